"""How the members of many notes stand, without reading each of their deliveries.

A member's receipt is decided by which kinds of contacts it has, and not by how many of each.  So the
database gathers what the fold wants to know of a member's contacts into one text, members with the
same text are one group, and each group is folded once, by the same fold as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, String, Table, case, func, literal, select, type_coerce

from workflow.models import Attempt, Delivery, Outgoing
from workflow.operations.context import Work
from workflow.operations.evidence import contact_receipt
from workflow.post.receipts import MemberReceipt, member_receipt
from workflow.states import DeliveryQueue, Handing, Human, MemberStatus, Transport

_TABLE = cast(Table, Outgoing.__table__)
_PART, _BETWEEN = "/", ","
# Stands for the time of a cancellation, which no fold asks for.
_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Kind:
    """What the folds want to know of a delivery, whosever it is; the same names as the model's.

    `cancelled_at` says only whether it was cancelled.  Of attempts nothing is known, so that nothing is
    said of reports that do not come.
    """

    role: str
    transport: Transport | None
    human: Human
    queue: DeliveryQueue
    handed: Handing | None
    cancelled_at: datetime | None
    on_behalf: bool
    channel: str
    attempts: tuple[Attempt, ...] = ()


class Group(NamedTuple):
    """So many members of a note that stand alike; `waiting` deliveries of theirs are not done."""

    receipt: MemberReceipt
    kinds: tuple[Delivery, ...]
    members: int
    waiting: int


def _text() -> ColumnElement[str]:
    """What the fold wants to know of a delivery, as one text."""
    said = [
        _TABLE.c.role,
        func.coalesce(_TABLE.c.transport, ""),
        _TABLE.c.human,
        _TABLE.c.queue,
        func.coalesce(_TABLE.c.handed, ""),
        case((_TABLE.c.cancelled_at.is_(None), ""), else_="1"),
        case((_TABLE.c.on_behalf, "1"), else_=""),
        _TABLE.c.channel,
    ]
    text: ColumnElement[str] = type_coerce(said[0], String)
    for part in said[1:]:
        text = text.op("||")(literal(_PART)).op("||")(type_coerce(part, String))
    return text


def _members(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Each member of the notes with the kinds of its contacts."""
    open_ = case((_TABLE.c.queue != DeliveryQueue.DONE, 1), else_=0)
    return (
        select(
            _TABLE.c.note_id,
            _TABLE.c.member_id,
            func.aggregate_strings(_text(), _BETWEEN).label("kinds"),
            func.sum(open_).label("waiting"),
        )
        .where(_TABLE.c.kind == "note", *conditions)
        .group_by(_TABLE.c.note_id, _TABLE.c.member_id)
    )


def of_notes(work: Work, notes: Collection[int] | Select[tuple[int]]) -> dict[int, list[Group]]:
    """Per note, the groups of its members."""
    each = _members(_TABLE.c.note_id.in_(notes)).subquery()
    rows = work.session.execute(
        select(each.c.note_id, each.c.kinds, func.count(), func.sum(each.c.waiting)).group_by(
            each.c.note_id, each.c.kinds
        )
    )
    folded = cache(partial(_fold, work))
    found: dict[int, list[Group]] = {}
    for note_id, text, members, waiting in rows:
        kinds = _kinds(text)
        found.setdefault(note_id, []).append(Group(folded(kinds), kinds, members, int(waiting)))
    return found


def undeliverable(work: Work, notes: Select[tuple[int]]) -> list[tuple[int, int]]:
    """The members that a note has not reached and will not, as (note, member), of these notes."""
    troubled = case(
        (_TABLE.c.transport.in_([Transport.REFUSED_PERM, Transport.FAILED, Transport.REFUSED_TEMP]), 1),
        (_TABLE.c.handed == Handing.RETURNED, 1),
        else_=0,
    )
    rows = work.session.execute(_members(_TABLE.c.note_id.in_(notes)).having(func.max(troubled) == 1))
    folded = cache(partial(_fold, work))
    return [
        (note_id, member_id)
        for note_id, member_id, text, _ in rows
        if folded(_kinds(text)).status is MemberStatus.UNDELIVERABLE
    ]


def _fold(work: Work, kinds: tuple[Delivery, ...]) -> MemberReceipt:
    return member_receipt(contact_receipt(work, one) for one in kinds)


@lru_cache(maxsize=4096)
def _kinds(text: str) -> tuple[Delivery, ...]:
    """The kinds that a text of the database names; they are looked at like deliveries."""
    return cast("tuple[Delivery, ...]", tuple(_kind(one) for one in sorted(set(text.split(_BETWEEN)))))


def _kind(text: str) -> Kind:
    role, transport, human, queue, handed, cancelled, on_behalf, channel = text.split(_PART)
    return Kind(
        role,
        Transport(transport) if transport else None,
        Human(human),
        DeliveryQueue(queue),
        Handing(handed) if handed else None,
        _ONCE if cancelled else None,
        bool(on_behalf),
        channel,
    )
