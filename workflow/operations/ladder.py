"""What a person may do with the reminders of a note: set them, pause them, settle a silent state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from workflow.errors import Conflict, Invalid, NotFound, one_after_another
from workflow.letters.follow_up import faults_of, step_of
from workflow.models import Member, Note, Outgoing, ReminderPlan, ReminderRung
from workflow.operations import prospects, silent
from workflow.operations.context import Work, begin, note_subject, require_reason
from workflow.states import DeliveryQueue, NoteState, Transport


def plan_of(work: Work, note: Note, *, lock: bool = False) -> ReminderPlan | None:
    """The ladder of a note; None where it has none of its own and was not dispatched yet."""
    return work.session.get(ReminderPlan, note.id, with_for_update=lock, populate_existing=True)


def set_reminders(work: Work, note: Note, steps: Sequence[Any]) -> ReminderPlan:
    """Gives a note a ladder of its own; none of the steps at all means no reminders.

    Whoever has come to a rung stays there and goes on at the next one of the new ladder.
    """
    begin(work, note, "set_reminders")
    if note.relation == "reminder":
        raise Conflict("is-reminder", "Nobody is reminded of a reminder.")
    faults = faults_of(list(steps))
    if faults:
        raise Invalid(
            "reminder-steps",
            "The reminders were not set: %(why)s",
            why=one_after_another(faults),
            details=tuple(faults),
        )
    plain = [step_of(step).plain() for step in steps]
    plan = plan_of(work, note, lock=True)
    if plan is None:
        plan = ReminderPlan(note_id=note.id, steps=plain, set_at=work.now())
        work.session.add(plan)
    silent.require_open(plan)
    plan.steps, plan.set_by, plan.set_at = plain, work.actor.id, work.now()
    work.session.flush()
    plan.next_at = prospects.next_look(work, note) if note.state is NoteState.DISPATCHED else None
    work.log("set_reminders", note_subject(note), steps=plain)
    return plan


def pause(work: Work, note: Note, reason: str) -> None:
    """Stops the reminders of a note until somebody lets them go on; what is written and not sent waits."""
    begin(work, note, "pause_reminders", reason=reason)
    plan = _plan(work, note)
    silent.require_open(plan)
    if plan.paused_at is not None:
        raise Conflict("reminders-paused", "The reminders of this note are paused already.")
    plan.paused_at, plan.paused_by = work.now(), work.actor.id
    plan.paused_reason = require_reason(reason)
    for row in _unsent(work, note, DeliveryQueue.QUEUED):
        row.queue, row.held_reason = DeliveryQueue.HELD, silent.PAUSED
    work.log("pause_reminders", note_subject(note), reason=reason)


def resume(work: Work, note: Note) -> None:
    """Lets the reminders of a note go on: what waited is sent, and what became due meanwhile is written."""
    begin(work, note, "resume_reminders")
    plan = _plan(work, note)
    if plan.paused_at is None:
        raise Conflict("reminders-not-paused", "The reminders of this note are not paused.")
    plan.paused_at = plan.paused_by = plan.paused_reason = None
    for row in _unsent(work, note, DeliveryQueue.HELD):
        if row.held_reason == silent.PAUSED:
            row.queue, row.held_as, row.held_reason = DeliveryQueue.QUEUED, None, None
            row.due_at = work.now()
    work.session.flush()
    plan.next_at = prospects.next_look(work, note)
    work.log("resume_reminders", note_subject(note))


def settle(work: Work, note: Note, member_id: int, reason: str) -> ReminderRung:
    """Says what was done about a state that was still silent at the end of the ladder."""
    begin(work, note, "settle_silent", reason=reason)
    rung = work.session.scalar(
        select(ReminderRung)
        .where(
            ReminderRung.note_id == note.id,
            ReminderRung.member_id == member_id,
            ReminderRung.outcome == "desk",
            ReminderRung.settled_at.is_(None),
        )
        .order_by(ReminderRung.step)
        .limit(1)
        .with_for_update()
    )
    if rung is None or silent.has_spoken(work, note.id, member_id):
        raise NotFound("not-on-desk", "This state does not wait on the registry's desk.")
    rung.settled_at, rung.settled_by = work.now(), work.actor.id
    rung.settled_reason = require_reason(reason)
    code = work.session.get_one(Member, member_id).code
    work.log("settle_silent", note_subject(note), member=code, reason=reason)
    return rung


def is_on_desk(work: Work, note: Note, member_id: int) -> bool:
    """Whether a state came to the end of the ladder of a note, is still silent, and nobody settled it."""
    rung = select(ReminderRung.id).where(
        ReminderRung.note_id == note.id,
        ReminderRung.member_id == member_id,
        ReminderRung.outcome == "desk",
        ReminderRung.settled_at.is_(None),
    )
    waits = work.session.scalar(rung.limit(1)) is not None
    return waits and not silent.has_spoken(work, note.id, member_id) and not _ended(work, note)


def on_desk(work: Work, about: Note | None = None) -> list[tuple[Note, Member, ReminderRung]]:
    """The states that came to the end of a ladder (of one note) and are still silent, the longest first."""
    ended = select(ReminderPlan.note_id).where(ReminderPlan.ended_at.is_not(None))
    wanted = (
        select(ReminderRung, Note, Member)
        .join(Note, Note.id == ReminderRung.note_id)
        .join(Member, Member.id == ReminderRung.member_id)
        .where(
            ReminderRung.outcome == "desk",
            ReminderRung.settled_at.is_(None),
            ReminderRung.note_id.not_in(ended),
        )
        .options(joinedload(Note.entry))
        .order_by(ReminderRung.taken_at, ReminderRung.id)
    )
    if about is not None:
        wanted = wanted.where(ReminderRung.note_id == about.id)
    rows = work.session.execute(wanted).all()
    spoken = silent.spoken(work, {note.id for _, note, _ in rows})
    return [(note, member, rung) for rung, note, member in rows if (note.id, member.id) not in spoken]


def _ended(work: Work, note: Note) -> bool:
    plan = work.session.get(ReminderPlan, note.id)
    return plan is not None and plan.ended_at is not None


def _plan(work: Work, note: Note) -> ReminderPlan:
    plan = plan_of(work, note, lock=True)
    if plan is None:
        raise Conflict("no-reminders", "This note has no reminders. Set them first.")
    return plan


def _unsent(work: Work, note: Note, queue: DeliveryQueue) -> list[Outgoing]:
    """The reminders of which nothing was sent yet, in this place of the queue."""
    rows = work.session.scalars(
        select(Outgoing)
        .where(Outgoing.note_id == note.id, silent.follows(), Outgoing.queue == queue)
        .order_by(Outgoing.id)
        .with_for_update(skip_locked=True)
    )
    return [one for one in rows if all(each.transport is Transport.PREPARED for each in one.attempts)]
