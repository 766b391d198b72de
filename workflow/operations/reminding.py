"""Reminders and escalation: the sweep writes what is due, each rung once, each reminder a row.

Who gets one and when is said by `prospects.outlook`, which the preview shows too.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select

from workflow.models import Attempt, Contact, Delivery, Note, Reminder, ReminderPlan, ReminderRung
from workflow.models.directory import HANDED
from workflow.operations import by_rule, dispatch, notices, silent
from workflow.operations.context import Work, note_subject
from workflow.operations.prospects import Planned, next_look, outlook
from workflow.operations.recipients import Recipient


def due_notes(work: Work) -> list[int]:
    """The ids of the notes whose reminders somebody has to look at now."""
    return list(
        work.session.scalars(select(ReminderPlan.note_id).where(*_due(work)).order_by(ReminderPlan.note_id))
    )


def sweep_note(work: Work, note_id: int) -> int:
    """Writes the reminders of one note that are due; gives how many messages were written.

    Of two sweeps at once the second passes over what the first has in hand.
    """
    plan = work.session.scalar(
        select(ReminderPlan)
        .where(ReminderPlan.note_id == note_id, *_due(work))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return take_due(work, plan) if plan is not None else 0


def sweep(work: Work) -> list[int]:
    """Writes what is due over all notes in one transaction; gives the notes that have some to send."""
    return [note_id for note_id in due_notes(work) if sweep_note(work, note_id)]


def _due(work: Work) -> tuple[ColumnElement[bool], ...]:
    return (
        ReminderPlan.next_at <= work.now(),
        ReminderPlan.paused_at.is_(None),
        ReminderPlan.ended_at.is_(None),
    )


def take_due(work: Work, plan: ReminderPlan) -> int:
    """Takes every rung of a note that is due, once; gives how many messages were written.

    The caller holds the lock of the plan, so that of two sweeps one comes after the other.
    """
    note = work.session.get_one(Note, plan.note_id)
    now = work.now()
    written = 0
    by_note: dict[int, list[Planned]] = {}
    steps: list[list[object]] = []
    for planned in outlook(work, note):
        if planned.due_at > now:
            continue
        if silent.has_spoken(work, note.id, planned.member.id, lock=True):
            continue
        steps.append([planned.member.code, planned.rung.step])
        if planned.rung.form == "note" and not planned.rung.is_desk:
            by_note.setdefault(planned.rung.step, []).append(planned)
            continue
        for target in planned.targets:
            _write(work, note, planned, target)
            written += 1
        outcome = "desk" if planned.rung.is_desk else "mail" if planned.targets else "nobody"
        _take(work, note, planned, outcome)
    for silent_ones in by_note.values():
        following = by_rule.draft_reminder(work, note, plan, [one.member.id for one in silent_ones])
        for planned in silent_ones:
            _take(work, note, planned, "note", following.id)
    work.session.flush()
    plan.next_at = next_look(work, note)
    if steps:
        work.log("remind", note_subject(note), members=steps, messages=written)
    return written


def _take(work: Work, note: Note, planned: Planned, outcome: str, following_id: int | None = None) -> None:
    rung = ReminderRung(
        note_id=note.id,
        member_id=planned.member.id,
        step=planned.rung.step,
        outcome=outcome,
        taken_at=work.now(),
        following_id=following_id,
    )
    work.session.add(rung)
    if outcome == "desk":
        notices.silent_to_the_end(work, note, rung)


def _write(work: Work, note: Note, planned: Planned, target: Delivery | Contact) -> None:
    """The row of one reminder; an alternative contact gets a delivery of the note itself, which counts."""
    now = work.now()
    if isinstance(target, Delivery):
        if target.channel in HANDED:
            return  # No mail reaches it; the board lists what a person has to bring.
        work.session.add(
            Reminder(
                note_id=note.id,
                member_id=target.member_id,
                contact_id=target.contact_id,
                step=planned.rung.step,
                reminds_id=target.id,
                role=target.role,
                address=target.address,
                language=target.language,
                channel="link_only",
                documents=[],
                message_id=dispatch.message_id(
                    work, note, target.member_id, target.contact_id, planned.rung.step
                ),
                due_at=now,
            )
        )
        return
    one = Recipient(
        planned.member.id,
        planned.member.code,
        is_member=True,
        contact_id=target.id,
        role=target.role.value,
        address=target.address,
        language=target.language,
        channel=target.channel.value,
    )
    row = dispatch.delivery_to(work, note, one, now)
    row.reminds_id = _first_silent(work, note, planned.member.id)
    work.session.add(row)


def _first_silent(work: Work, note: Note, member_id: int) -> int:
    """The delivery that an escalation refers to: the first that was mailed to the member, or brought."""
    mailed = select(Attempt.id).where(Attempt.delivery_id == Delivery.id, Attempt.sending_at.is_not(None))
    return work.session.scalars(
        select(Delivery.id)
        .where(Delivery.note_id == note.id, Delivery.member_id == member_id, Delivery.role != "cc")
        .order_by(mailed.exists().desc(), Delivery.id)
        .limit(1)
    ).one()
