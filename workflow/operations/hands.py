"""What a worker has in its hand: looked at and locked before each step, and laid down when it ends.

A worker that stood still longer than a claim lasts finds here that another one took over, and one
whose dispatch was stopped that a person did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, Table, bindparam, select, update

from workflow.models import Attempt, Outgoing
from workflow.operations.claims import mark_unknown, release
from workflow.operations.context import Work
from workflow.post.compose import Digests
from workflow.states import DeliveryQueue, Hold, Transport


class Held(NamedTuple):
    """An attempt's delivery, locked until the commit: in whose hand it is, and whom it reminds."""

    attempt_id: int
    transport: Transport
    delivery_id: int
    queue: DeliveryQueue
    claimed_by: str | None
    reminds_id: int | None

    def is_in_hand(self, worker: str) -> bool:
        """Whether the attempt is not over, and its delivery in this worker's hand."""
        under_way = self.transport in (Transport.PREPARED, Transport.SENDING)
        return under_way and self.queue is DeliveryQueue.CLAIMED and self.claimed_by == worker


# Built once, and of tables where rows are enough: a turn of the pipeline asks these, and building them takes
# longer than answering them.
_ATTEMPTS: BindParameter[Collection[int]] = bindparam("attempts", expanding=True)
_ATTEMPT, _DELIVERY = cast(Table, Attempt.__table__), cast(Table, Outgoing.__table__)
_LOCKED = (
    select(
        _ATTEMPT.c.id,
        _ATTEMPT.c.transport,
        _DELIVERY.c.id,
        _DELIVERY.c.queue,
        _DELIVERY.c.claimed_by,
        _DELIVERY.c.reminds_id,
    )
    .join(_DELIVERY, _DELIVERY.c.id == _ATTEMPT.c.delivery_id)
    .where(_ATTEMPT.c.id.in_(_ATTEMPTS))
    .order_by(_DELIVERY.c.id)
    .with_for_update(of=_DELIVERY)
)
_CONCERNED = select(Outgoing).where(
    Outgoing.id.in_(select(Attempt.delivery_id).where(Attempt.id.in_(_ATTEMPTS)))
)
_MESSAGE = {f"message_{name}": name for name in ("size", "head", "covered", "tail", "protection")}
_ENTER = (
    update(_ATTEMPT)
    .where(_ATTEMPT.c.id == bindparam("row"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=_ATTEMPT.c[name].type)
            for name in ("transport", "sending_at", *_MESSAGE)
        }
    )
)


def lock(work: Work, attempts: Collection[int]) -> dict[int, Held]:
    """Locks the deliveries of the attempts, all in one order, so that nobody waits for another crosswise."""
    if not attempts:
        return {}
    rows = work.session.execute(_LOCKED, {"attempts": attempts})
    return {row[0]: Held(*row) for row in rows}


def loaded(work: Work, attempts: Collection[int]) -> dict[int, tuple[Attempt, Outgoing]]:
    """The attempts with their deliveries, read together so that nobody asks for each."""
    if not attempts:
        return {}
    deliveries = work.session.scalars(_CONCERNED, {"attempts": attempts}).all()
    rows = {one.id: (one, delivery) for delivery in deliveries for one in delivery.attempts}
    return {identity: rows[identity] for identity in attempts}


def in_hand(work: Work, attempts: Collection[int], worker: str) -> list[tuple[Attempt, Outgoing]]:
    """Those of the attempts whose delivery is in this worker's hand, locked until the commit."""
    held = lock(work, attempts)
    return list(loaded(work, [key for key, one in held.items() if one.is_in_hand(worker)]).values())


def enter(work: Work, messages: Mapping[int, Digests]) -> None:
    """Locked attempts that may be on the wire once this is committed, and what their messages can be known by.

    Written each time that an attempt enters, so it is of the bytes that this DATA carries.
    """
    if not messages:
        return
    begun = {"new_transport": Transport.SENDING, "new_sending_at": work.now()}
    rows = [
        {"row": one, **begun, **{f"new_{column}": getattr(known, name) for column, name in _MESSAGE.items()}}
        for one, known in messages.items()
    ]
    work.session.execute(_ENTER, rows)


def unsend(attempt: Attempt) -> None:
    """An attempt that was about to be sent, and of which nothing was: it is only prepared again."""
    attempt.transport, attempt.sending_at = Transport.PREPARED, None
    for column in _MESSAGE:
        setattr(attempt, column, None)


def put_back(delivery: Outgoing, due: datetime) -> None:
    """Nothing of the last attempt was offered: it stays prepared, and is sent at `due`."""
    release(delivery, DeliveryQueue.QUEUED)
    delivery.due_at = due


def give_back(work: Work, attempts: Sequence[int], worker: str, due: datetime) -> None:
    """A worker lays down what it still has in its hand: unsent at `due`, or `unknown` when it may be out."""
    for attempt, delivery in in_hand(work, attempts, worker):
        if attempt.transport is Transport.SENDING:
            mark_unknown(work, delivery, attempt)
        else:
            put_back(delivery, due)


def set_aside(work: Work, attempt_id: int, worker: str, why: str) -> None:
    """A delivery whose message cannot be made waits for a person, with a sentence that says why."""
    for _, delivery in in_hand(work, [attempt_id], worker):
        release(delivery, DeliveryQueue.HELD, Hold.FAULT, why)
