"""Who keeps silent: whether a reminder is still wanted, asked anew before each step of its sending.

A reminder may have been written days ago, or a second ago.  Before a worker begins with it, and
again in the transaction after which it may be on the wire, the member's deliveries are locked and
looked at: whoever has acknowledged gets no reminder.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, select

from workflow.clock import day_in
from workflow.errors import Conflict, Phrase
from workflow.models import Delivery, Note, Outgoing, ReminderPlan
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Human, NoteState

ANSWERED = "The state acknowledged before the reminder was sent."
SUPERSEDED = "Another note took the place of this one before the reminder was sent."
PAUSED = Phrase("The reminders of this note are paused.")


def follows() -> ColumnElement[bool]:
    """The condition that a message goes out only because somebody kept silent."""
    return Outgoing.reminds_id.is_not(None)


def has_spoken(work: Work, note_id: int, member_id: int, *, lock: bool = False) -> bool:
    """Whether a member has acknowledged a note by one of the contacts that count for it.

    With `lock`, an acknowledgement that is being written is waited for.
    """
    statement = (
        select(Delivery)
        .where(Delivery.note_id == note_id, Delivery.member_id == member_id, Delivery.role != "cc")
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    )
    rows = work.session.scalars(statement.with_for_update() if lock else statement).all()
    return any(row.human is Human.ACKNOWLEDGED for row in rows)


def spoken(work: Work, notes: Collection[int]) -> set[tuple[int, int]]:
    """The members that have acknowledged, as (note, member), of these notes."""
    rows = work.session.execute(
        select(Delivery.note_id, Delivery.member_id)
        .where(Delivery.note_id.in_(notes), Delivery.role != "cc", Delivery.human == Human.ACKNOWLEDGED)
        .distinct()
    )
    return {(note_id, member_id) for note_id, member_id in rows}


def still_wanted(work: Work, row: Outgoing) -> bool:
    """Whether a message in a worker's hand may go on; a reminder that may not is put aside here.

    It ends when its state has spoken or another note took the place of this one, is held while the
    note's reminders are paused, and waits on the organisation's days off.
    """
    if row.reminds_id is None:
        return True
    work.session.flush()
    # What a person wrote about this delivery is asked for last and locked, so nobody answers in between.
    if has_spoken(work, row.note_id, row.member_id, lock=True):
        _end(work, row, ANSWERED)
        return False
    plan = work.session.get(ReminderPlan, row.note_id, populate_existing=True)
    if plan is not None and plan.ended_at is not None:
        _end(work, row, SUPERSEDED)
        return False
    if plan is not None and plan.paused_at is not None:
        _put(row, DeliveryQueue.HELD, PAUSED)
        return False
    days, zone = work.profile.working_days, work.zone
    today = day_in(work.now(), zone)
    if days.is_off(today):
        _put(row, DeliveryQueue.QUEUED)
        row.due_at = days.moment(today, work.profile.follow_up.ladder.hour, zone)
        return False
    return True


def all_wanted(work: Work, reminders: Collection[int]) -> bool:
    """Whether each of these messages may enter DATA now; those that may not are put aside."""
    if not reminders:
        return True
    rows = work.session.scalars(select(Outgoing).where(Outgoing.id.in_(reminders)).order_by(Outgoing.id))
    # Each is asked, so that every one that nobody wants any more is put aside.
    answers = [still_wanted(work, row) for row in rows.all()]
    return all(answers)


def stop(work: Work, note_id: int, reason: str, member_id: int | None = None) -> int:
    """Ends what is written and not sent of a note's reminders (of one member); gives how many.

    A row that a worker has in hand at this moment is passed over: the worker asks once more.
    """
    waiting = and_(
        Outgoing.note_id == note_id,
        follows(),
        Outgoing.queue.in_([DeliveryQueue.QUEUED, DeliveryQueue.HELD]),
        Outgoing.cancelled_at.is_(None),
    )
    if member_id is not None:
        waiting = and_(waiting, Outgoing.member_id == member_id)
    rows = work.session.scalars(
        select(Outgoing).where(waiting).order_by(Outgoing.id).with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        _end(work, row, reason)
    work.session.flush()
    return len(rows)


def _end(work: Work, row: Outgoing, reason: str) -> None:
    _put(row, DeliveryQueue.DONE, reason)
    row.cancelled_at = work.now()


def _put(row: Outgoing, queue: DeliveryQueue, reason: str | None = None) -> None:
    row.queue, row.held_as, row.held_reason = queue, None, reason
    row.claimed_at = row.claimed_by = None


def is_over(note: Note) -> bool:
    """Whether nobody is to be reminded of a note at all: it is not out, or is a reminder itself."""
    return note.state is not NoteState.DISPATCHED or note.relation == "reminder"


def open_plan(work: Work, note: Note) -> ReminderPlan | None:
    """The ladder of a note that is being dispatched: the profile's, unless a person has set one."""
    if note.relation == "reminder":
        return None
    plan = work.session.get(ReminderPlan, note.id)
    if plan is None:
        steps = [step.plain() for step in work.profile.follow_up.ladder.steps]
        plan = ReminderPlan(note_id=note.id, steps=steps, set_at=work.now())
        work.session.add(plan)
    # The first sweep after the release finds out when the first rung is due.
    plan.next_at = note.release_at if plan.steps else None
    work.session.flush()
    return plan


def require_open(plan: ReminderPlan | None) -> None:
    """Raises Conflict where another note has taken the place of this one."""
    if plan is not None and plan.ended_at is not None:
        raise Conflict(
            "reminders-ended", "Another note has taken the place of this one, so nobody is reminded of it."
        )


def end_plan(work: Work, note_id: int, by: Note) -> None:
    """Nobody is reminded of a note any more, since another one took its place."""
    plan = work.session.get(ReminderPlan, note_id, with_for_update=True)
    if plan is not None and plan.ended_at is None:
        plan.ended_at, plan.ended_by_id, plan.next_at = work.now(), by.id, None
    stop(work, note_id, SUPERSEDED)
