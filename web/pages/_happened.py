"""What happened to the deliveries of a note, as far as its board tells of it."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import func, or_, select

from web.pages import _evidence
from workflow.models import Delivery, Event, Note, Outgoing
from workflow.operations.context import Work
from workflow.states import Human

# Of these a row says what they tell; of others only that they happened.
TELLING = (*_evidence.LOST_KINDS, Human.ACKNOWLEDGED)


class Happening(NamedTuple):
    """That something happened: an event without what it says."""

    id: int
    delivery_id: int
    attempt_id: int | None
    axis: str
    kind: str
    at: datetime


def events(work: Work, note: Note, opens: Collection[int]) -> Mapping[int, list[Event]]:
    """All events of a note; whole are those that a row tells of, and those of the deliveries that are open."""
    of_note = select(Outgoing.id).where(Outgoing.note_id == note.id, Outgoing.kind == "note")
    whole = {
        event.id: event
        for event in work.session.scalars(
            select(Event).where(
                Event.delivery_id.in_(of_note), or_(Event.kind.in_(TELLING), Event.delivery_id.in_(opens))
            )
        )
    }
    found: dict[int, list[Event]] = {}
    rows = work.session.execute(
        select(*(getattr(Event, name) for name in Happening._fields))
        .where(Event.delivery_id.in_(of_note))
        .order_by(Event.id)
    )
    for row in rows:
        event = whole.get(row.id) or cast(Event, Happening._make(row))
        found.setdefault(event.delivery_id, []).append(event)
    return found


def serial(work: Work, note: Note) -> int:
    """A number that is another one whenever the board is: the live page compares it."""
    deliveries = work.session.execute(
        select(
            Outgoing.id, Outgoing.queue, Outgoing.transport, Outgoing.human, Outgoing.address, Outgoing.due_at,
            Outgoing.held_reason, Outgoing.link_revoked_at,
        )
        .where(Outgoing.note_id == note.id)
        .order_by(Outgoing.id)
    ).all()  # fmt: skip
    newest = work.session.scalar(
        select(func.max(Event.id))
        .join(Delivery, Outgoing.id == Event.delivery_id)
        .where(Outgoing.note_id == note.id)
    )
    return zlib.crc32(repr(([tuple(map(str, one)) for one in deliveries], newest)).encode())
