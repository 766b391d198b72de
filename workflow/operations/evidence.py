"""Evidence: append-only events, and the folds that are kept on attempts and deliveries."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.canonical import digest as canonical_digest
from workflow.models import Attempt, Event, Outgoing, PersonalData
from workflow.operations import plain, silent
from workflow.operations.context import Work
from workflow.post import receipts
from workflow.post.receipts import ContactReceipt
from workflow.states import DeliveryQueue, Handing, Human, Transport

# What says that the message arrived somewhere.
STANDING = (Transport.ACCEPTED, Transport.DELAYED, Transport.RELAYED, Transport.DELIVERED)

# How many deliveries are folded anew at once.
AT_ONCE = 500

# What evidence may say openly: it names nobody.  Whatever else is said is personal, and can be erased.
OPEN = frozenset(
    {
        "action",
        "channel",
        "code",
        "dated",
        "elsewhere",
        "file",
        "message",
        "on_behalf",
        "queue_id",
        "reference",
        "report",
        "sha256",
        "sha256_covered",
        "status",
        "step",
    }
)


def key_of(*parts: object) -> str:
    """An event's unique key: SHA-256 over its parts, so that a repeat is seen for what it is."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


@dataclass(frozen=True)
class Piece:
    """A piece of evidence before it is recorded; what `data` says beyond `OPEN` is personal."""

    delivery: Outgoing
    axis: str
    kind: str
    key: str
    at: datetime
    attempt: Attempt | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def message_of(attempt: Attempt) -> dict[str, Any]:
    """What evidence says of the message of an attempt: its size and digests, which the log then seals."""
    return {"message": attempt.message} if attempt.message else {}


def record(
    work: Work,
    delivery: Outgoing,
    axis: str,
    kind: str,
    *,
    key: str,
    at: datetime,
    attempt: Attempt | None = None,
    **data: Any,
) -> bool:
    """Adds a piece of evidence and folds it in; gives False when its key was there already.

    What `data` says beyond `OPEN` is kept apart as personal data; the evidence holds its commitment.
    """
    return bool(record_all(work, [Piece(delivery, axis, kind, key, at, attempt, data)]))


def record_all(work: Work, pieces: Sequence[Piece], *, locked: bool = False) -> set[str]:
    """Adds evidence on several deliveries at once and folds it in; gives the keys that were new.

    With `locked` the caller has read the deliveries and their attempts under the lock that is otherwise
    taken here; what it changed of them since is kept, and all of it is written with the commit.
    """
    if not pieces:
        return set()
    session = work.session
    if not locked:
        _lock(work, {one.delivery.id for one in pieces})
    values, apart = [], {}
    for one in pieces:
        personal = {name: said for name, said in one.data.items() if name not in OPEN}
        if personal:
            apart[one.key] = kept_apart(personal)
        values.append(
            {
                "key": one.key,
                "delivery_id": one.delivery.id,
                "attempt_id": one.attempt.id if one.attempt else None,
                "axis": one.axis,
                "kind": one.kind,
                "at": one.at,
                "recorded_at": work.now(),
                "actor_id": work.actor.id or None,
                "data": {name: said for name, said in one.data.items() if name in OPEN},
                "personal": apart[one.key]["digest"] if personal else None,
            }
        )
    statement = _INSERTS[session.get_bind().dialect.name]
    # Nothing that is still to be written bears on what is asked here, so it is all written at once, later.
    with session.no_autoflush:
        added = set(session.execute(statement, values).scalars())
        if new := [row for key, row in apart.items() if key in added]:
            session.execute(_KEEP, new)
        moved = {one.delivery.id: one.delivery for one in pieces if one.key in added and one.axis != "side"}
        told = _told(work, moved)
    for identity in sorted(moved):
        _fold(moved[identity], told[identity], moved[identity].attempts)
    if not locked:
        session.flush()
    for identity in sorted(moved):
        _hear(work, moved[identity])
    return added


def _lock(work: Work, deliveries: Collection[int]) -> None:
    """Locks deliveries and reads them anew: two pieces of evidence at once must both be in the last fold."""
    work.session.flush()
    concerned = (
        select(Outgoing)
        .where(Outgoing.id.in_(deliveries))
        .order_by(Outgoing.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    work.session.scalars(concerned).all()


class Told(NamedTuple):
    """What a fold wants to know of an event; none of it is personal."""

    attempt_id: int | None
    axis: str
    kind: str
    at: datetime
    facts: Mapping[str, Any]


# Built once, and of tables: they are asked at every turn of the pipeline.
_EVENTS, _KEPT = cast(Table, Event.__table__), cast(Table, PersonalData.__table__)
_INSERTS = {
    name: add(_EVENTS).on_conflict_do_nothing(index_elements=["key"]).returning(_EVENTS.c.key)
    for name, add in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
_KEEP = insert(_KEPT)
_TOLD = (
    select(*(_EVENTS.c[name] for name in ("delivery_id", "attempt_id", "axis", "kind", "at", "data")))
    .where(_EVENTS.c.delivery_id.in_(bindparam("deliveries", expanding=True)))
    .order_by(_EVENTS.c.id)
)


def _told(work: Work, deliveries: Collection[int]) -> dict[int, list[Told]]:
    """All that is known of each of the deliveries, in the order in which it became known."""
    found: dict[int, list[Told]] = {identity: [] for identity in deliveries}
    rows = work.session.execute(_TOLD, {"deliveries": list(found)}) if found else ()
    for identity, *told in rows:
        found[identity].append(Told(*told))
    return found


def kept_apart(data: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `PersonalData` that keeps `data` apart from the evidence."""
    salt = secrets.token_hex(16)
    return {"digest": commitment(salt, data), "salt": salt, "data": dict(data)}


def commitment(salt: str, data: Mapping[str, Any]) -> str:
    """What is sealed in place of personal data: SHA-256 over the canonical JSON of salt and data."""
    return canonical_digest({"data": data, "salt": salt})


def events_of(work: Work, delivery: Outgoing) -> Sequence[Event]:
    """All evidence about a delivery, in the order in which it became known."""
    return work.session.scalars(
        select(Event).where(Event.delivery_id == delivery.id).order_by(Event.id)
    ).all()


def was_there(work: Work, attempt: Attempt) -> bool:
    """Whether a failed attempt may be in the mailbox all the same: a report said so, or it came back from further on."""
    told = _told(work, [attempt.delivery_id])[attempt.delivery_id]
    mine = [event for event in told if event.axis == "transport" and event.attempt_id == attempt.id]
    return any(
        event.kind == Transport.DELIVERED or (event.kind == Transport.FAILED and event.facts.get("elsewhere"))
        for event in mine
    )


def fold(work: Work, delivery: Outgoing) -> None:
    """Computes attempts' and delivery's axes anew from all events; the same events give the same result."""
    attempts = work.session.scalars(
        select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.number)
    ).all()
    _fold(delivery, _told(work, [delivery.id])[delivery.id], attempts)
    work.session.flush()
    _hear(work, delivery)


def _fold(delivery: Outgoing, events: Sequence[Told], attempts: Sequence[Attempt]) -> None:
    late = False
    for attempt in attempts:
        evidence = [
            Transport(event.kind)
            for event in events
            if event.axis == "transport" and event.attempt_id == attempt.id
        ]
        begun = [Transport.SENDING] if attempt.sending_at else []
        attempt.transport = receipts.attempt_transport([Transport.PREPARED, *begun, *evidence])
        late = late or receipts.is_late_bounce(evidence)
    delivery.transport = receipts.delivery_transport(
        attempt.transport for attempt in attempts if attempt.address == delivery.address
    )
    delivery.late_bounce = late
    delivery.possible_duplicate = any(attempt.possible_duplicate for attempt in attempts)
    acts = [event for event in events if event.axis == "human"]
    delivery.human = receipts.human(Human(event.kind) for event in acts)
    delivery.handed = receipts.handed((Handing(one.kind), one.at) for one in events if one.axis == "hand")
    acknowledged = [event for event in acts if event.kind == Human.ACKNOWLEDGED]
    delivery.on_behalf = bool(acknowledged) and all(event.facts.get("on_behalf") for event in acknowledged)
    if delivery.queue in (DeliveryQueue.QUEUED, DeliveryQueue.HELD) and _settled(delivery, attempts):
        # The report that was waited for has come, be it of an attempt before the last: nothing is sent again.
        delivery.queue, delivery.held_reason, delivery.held_as = DeliveryQueue.DONE, None, None


def _hear(work: Work, delivery: Outgoing) -> None:
    """Nobody reminds a state that has acknowledged."""
    if delivery.human is Human.ACKNOWLEDGED and delivery.role != "cc":
        silent.stop(work, delivery.note_id, silent.ANSWERED, delivery.member_id)


def _settled(delivery: Outgoing, attempts: Sequence[Attempt]) -> bool:
    """Whether an attempt of unknown outcome turned out to have arrived, or the last one to have failed."""
    here = [one for one in attempts if one.unknown_at and one.address == delivery.address]
    last = attempts[-1] if attempts else None
    return any(
        one.transport in STANDING or (one is last and one.transport is Transport.FAILED) for one in here
    )


def contact_receipt(work: Work, delivery: Outgoing) -> ContactReceipt:
    """What is known of one contact, as the member's fold wants it."""
    last = delivery.attempts[-1] if delivery.attempts else None
    silent_since = last.answered_at if last and delivery.transport is Transport.ACCEPTED else None
    patience = timedelta(hours=work.settings.no_report_hours)
    return ContactReceipt(
        role=delivery.role,
        transport=delivery.transport,
        human=delivery.human,
        final=delivery.queue in (DeliveryQueue.DONE, DeliveryQueue.HELD),
        cancelled=delivery.cancelled_at is not None,
        on_behalf=delivery.on_behalf,
        handed=delivery.handed,
        no_report=silent_since is not None and silent_since + patience < work.now(),
    )


def rebuild(work: Work) -> tuple[int, int]:
    """Folds every delivery anew; gives how many there are and how many had been different."""
    work.session.flush()
    count = changed = after = 0
    kept = ("transport", "human", "handed", "late_bounce", "on_behalf")
    some = select(Outgoing.id).order_by(Outgoing.id).limit(AT_ONCE).with_for_update()
    while ids := work.session.scalars(some.where(Outgoing.id > after)).all():
        count, after = count + len(ids), ids[-1]
        rows, told = plain.read(work, ids), _told(work, ids)
        before = [[getattr(row, name) for name in kept] for row in rows]
        for row in rows:
            _fold(row, told[row.id], row.attempts)
        pairs = zip(rows, before, strict=True)
        other = [row for row, had in pairs if had != [getattr(row, name) for name in kept]]
        changed += len(other)
        plain.write(work, rows)
        for row in other:
            _hear(work, row)
    work.session.expire_all()  # It may hold what was before.
    return count, changed
