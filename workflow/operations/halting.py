"""A dispatch as a whole: stop it, let it go on, end it, try again at once, or release it at another time.

The note itself stays as it is: only its deliveries move.  What a worker has on the wire at this very
moment, at most a handful of messages, cannot be called back any more, and the answer says how many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflow.errors import Conflict, Invalid
from workflow.models import Delivery, Note
from workflow.operations import claims, succession, unsent
from workflow.operations.context import Work, begin, note_subject, require_reason, touch
from workflow.operations.deliveries import try_at_once
from workflow.states import DeliveryQueue, Hold, Transport


@dataclass(frozen=True)
class Halted:
    """How many deliveries an act moved, and how many are on the wire and out of its reach."""

    moved: int
    on_the_wire: int = 0


def hold_all(work: Work, note: Note, reason: str) -> Halted:
    """Stops a running dispatch: nothing that is not on the wire already is sent until it goes on."""
    begin(work, note, "hold_delivery", reason=reason)
    halted = _hold(work, note, require_reason(reason))
    if not halted.moved:
        raise Conflict(
            "nothing-to-hold",
            "Nothing of %(note)s waits to be sent, so there is nothing to stop.",
            note=note.name,
        )
    work.log("hold_deliveries", note_subject(note), deliveries=halted.moved, reason=reason)
    return halted


def resume_all(work: Work, note: Note, reason: str) -> Halted:
    """Lets a dispatch that was stopped as a whole go on; what was held by itself stays held."""
    begin(work, note, "resume_delivery", reason=reason)
    unsent.hold_over(work)
    rows = [row for row in _locked(work, note, DeliveryQueue.HELD) if row.held_as is Hold.NOTE]
    if not rows:
        raise Conflict("not-stopped", "The dispatch of %(note)s is not stopped.", note=note.name)
    for row in rows:
        # Its time stays: a release that was set for later is still later.
        claims.release(row, DeliveryQueue.QUEUED)
    work.log("resume_deliveries", note_subject(note), deliveries=len(rows), reason=reason)
    return Halted(len(rows))


def cancel_all(work: Work, note: Note, reason: str) -> Halted:
    """Ends a dispatch for good: whoever has not got the note does not get it, unless it is sent again."""
    begin(work, note, "cancel_delivery", reason=reason)
    text = require_reason(reason)
    halted = _hold(work, note, text)
    rows = _locked(work, note, DeliveryQueue.HELD)
    if not rows:
        raise Conflict(
            "nothing-to-cancel", "Nothing of %(note)s waits to be sent or is held.", note=note.name
        )
    for row in rows:
        claims.release(row, DeliveryQueue.DONE, reason=text)
        row.cancelled_at = work.now()
    work.session.flush()
    succession.give_up(work, note)
    work.log("cancel_deliveries", note_subject(note), deliveries=len(rows), reason=reason)
    return Halted(len(rows), halted.on_the_wire)


def retry_all(work: Work, note: Note, reason: str) -> Halted:
    """Tries again at once what the relay put off, and what the program had stopped for a fault."""
    begin(work, note, "resume_delivery", reason=reason)
    now, moved = work.now(), 0
    for row in _locked(work, note, DeliveryQueue.QUEUED, DeliveryQueue.HELD):
        moved += try_at_once(row, now)
    if not moved:
        raise Conflict(
            "nothing-to-retry",
            "Nothing of %(note)s was put off. What failed is sent again by itself, at a corrected address.",
            note=note.name,
        )
    work.log("retry_deliveries", note_subject(note), deliveries=moved, reason=reason)
    return Halted(moved)


def reschedule(
    work: Work, note: Note, revision: int | None, release_at: datetime | None, reason: str
) -> Halted:
    """Releases a note at another time than was set, or at once; only as long as nothing of it was sent."""
    begin(work, note, "reschedule", revision=revision, reason=reason)
    now = work.now()
    release = release_at or now
    if release < now:
        raise Invalid("release-past", "The time of release has passed. Leave it out to dispatch at once.")
    rows = [
        row
        for row in _locked(work, note, DeliveryQueue.QUEUED, DeliveryQueue.HELD, DeliveryQueue.CLAIMED)
        if not row.attempts
    ]
    if note.release_at is None or note.release_at <= now or not rows:
        raise Conflict(
            "released", "%(note)s is released already: its time cannot be changed.", note=note.name
        )
    for row in rows:
        if row.queue is not DeliveryQueue.HELD:
            unsent.require_usable(work, row, release)
    for row in rows:
        row.due_at = release
    before = note.release_at
    touch(work, note, release_at=release)
    succession.move(work, note, before, release)
    work.log(
        "reschedule",
        note_subject(note),
        before=before.isoformat(),
        release_at=release.isoformat(),
        reason=reason,
    )
    return Halted(len(rows))


def _hold(work: Work, note: Note, reason: str) -> Halted:
    moved = wire = 0
    for row in _locked(work, note, DeliveryQueue.QUEUED, DeliveryQueue.CLAIMED):
        last = row.attempts[-1] if row.attempts else None
        # A worker asks once more before each message, under the same lock, whether it is still its own.
        if row.queue is DeliveryQueue.CLAIMED and last is not None and last.transport is Transport.SENDING:
            wire += 1
            continue
        claims.release(row, DeliveryQueue.HELD, Hold.NOTE, reason)
        moved += 1
    work.session.flush()
    return Halted(moved, wire)


def _locked(work: Work, note: Note, *queues: DeliveryQueue) -> list[Delivery]:
    """The note's deliveries in these queues, locked; their attempts are read after the lock was had."""
    work.session.flush()
    return list(
        work.session.scalars(
            select(Delivery)
            .where(Delivery.note_id == note.id, Delivery.queue.in_(queues))
            .order_by(Delivery.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
