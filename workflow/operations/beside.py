"""What else went to a member beside a delivery: whether it is reached another way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from workflow.models import Delivery
from workflow.operations.context import Work
from workflow.states import Human, Transport


class Beside(NamedTuple):
    """What counts of another delivery to the same member."""

    id: int
    transport: Transport | None
    human: Human


def of(work: Work, rows: Sequence[Delivery]) -> dict[tuple[int, int], list[Beside]]:
    """The deliveries that count for the members of these, by note and member."""
    notes, members = {row.note_id for row in rows}, {row.member_id for row in rows}
    found: dict[tuple[int, int], list[Beside]] = {}
    for note_id, member_id, identity, transport, human in work.session.execute(
        select(Delivery.note_id, Delivery.member_id, Delivery.id, Delivery.transport, Delivery.human).where(
            Delivery.note_id.in_(notes),
            Delivery.member_id.in_(members),
            Delivery.role != "cc",
            Delivery.cancelled_at.is_(None),
        )
    ):
        found.setdefault((note_id, member_id), []).append(Beside(identity, transport, human))
    return found
