"""The reminders of a note: its ladder, a preview of who would get one and when, pause, and the desk."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

import tasks.offer
from web.access import allowed
from web.api import present
from web.api.door import endpoint
from web.api.schemas import following as schemas
from web.api.schemas.attempts import Attempt
from web.api.schemas.common import Input, Why
from web.session import looking, writing
from workflow import models
from workflow.operations import deliveries, directory, ladder, prospects
from workflow.operations.context import Work, find_note
from workflow.states import Role

REMINDERS = "/notes/<note:note>/reminders"
MESSAGE = f"{REMINDERS}/messages/<row:message>"
READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
EXAMPLE = {"steps": [{"to": ["to"], "after": 14, "times": 2}, {"to": ["registry"], "after": 7}]}


class Nothing(Input):
    """An act that wants nothing said."""


def presented(work: Work, note: models.Note) -> schemas.Reminders:
    """All about the reminders of a note."""
    plan = ladder.plan_of(work, note)
    rungs = work.session.scalars(
        select(models.ReminderRung)
        .where(models.ReminderRung.note_id == note.id)
        .order_by(models.ReminderRung.id)
    ).all()
    sent = work.session.scalars(
        select(models.Reminder).where(models.Reminder.note_id == note.id).order_by(models.Reminder.id)
    ).all()
    people = present.People(work, [plan.paused_by if plan else None, *(one.settled_by for one in rungs)])
    codes = {row.id: row.code for row in work.session.scalars(select(models.Member))}
    return schemas.Reminders(
        steps=[schemas.Step.model_validate(step) for step in plan.steps] if plan else [],
        paused_at=plan.paused_at if plan else None,
        paused_by=people.get(plan.paused_by) if plan else None,
        paused_reason=plan.paused_reason if plan else None,
        ended_at=plan.ended_at if plan else None,
        next_at=plan.next_at if plan else None,
        planned=[
            schemas.PlannedReminder(
                member=one.member.code,
                step=one.rung.step,
                to=list(one.rung.to),
                form=one.rung.form,
                due_at=one.due_at,
                addresses=list(one.addresses),
            )
            for one in prospects.outlook(work, note, all_rungs=True)
        ],
        sent=[_sent(one, codes[one.member_id]) for one in sent],
        taken=[_taken(work, one, codes, people) for one in rungs],
    )


def _sent(one: models.Reminder, member: str) -> schemas.SentReminder:
    return present.plain(  # type: ignore[no-any-return]
        schemas.SentReminder,
        one,
        delivery=one.reminds_id,
        member=member,
        attempts=[Attempt.model_validate(each) for each in one.attempts],
    )


def _taken(
    work: Work, one: models.ReminderRung, codes: dict[int, str], people: present.People
) -> schemas.TakenStep:
    following = work.session.get(models.Note, one.following_id) if one.following_id else None
    return schemas.TakenStep(
        member=codes[one.member_id],
        step=one.step,
        outcome=one.outcome,
        at=one.taken_at,
        note=following.name if following else None,
        settled_at=one.settled_at,
        settled_by=people.get(one.settled_by),
        settled_reason=one.settled_reason,
    )


@endpoint("GET", REMINDERS, READERS, tag="Reminders", gives=schemas.Reminders)
def show_reminders(note: str) -> schemas.Reminders:
    """Show the reminders of a note: its ladder, who would get one and when, and what has happened."""
    with looking() as work:
        return presented(work, find_note(work, note))


@endpoint(
    "PUT",
    REMINDERS,
    allowed(actions="set_reminders"),
    tag="Reminders",
    body=schemas.Ladder,
    gives=schemas.Reminders,
    example=EXAMPLE,
)
def set_reminders(note: str, body: schemas.Ladder) -> schemas.Reminders:
    """Give a note reminders of its own, in place of the organisation's."""
    with writing() as work:
        row = find_note(work, note)
        ladder.set_reminders(work, row, [one.model_dump() for one in body.steps])
        return presented(work, row)


@endpoint(
    "POST",
    f"{REMINDERS}/pause",
    allowed(actions="pause_reminders"),
    tag="Reminders",
    body=Why,
    gives=schemas.Reminders,
)
def pause_reminders(note: str, body: Why) -> schemas.Reminders:
    """Stop the reminders of a note until they are let go on."""
    with writing() as work:
        row = find_note(work, note)
        ladder.pause(work, row, body.reason)
        return presented(work, row)


@endpoint(
    "POST",
    f"{REMINDERS}/resume",
    allowed(actions="resume_reminders"),
    tag="Reminders",
    body=Nothing,
    gives=schemas.Reminders,
)
def resume_reminders(note: str, body: Nothing) -> schemas.Reminders:
    """Let the reminders of a note go on."""
    with writing() as work:
        row = find_note(work, note)
        ladder.resume(work, row)
        return presented(work, row)


@endpoint(
    "POST",
    f"{REMINDERS}/<member>/settle",
    allowed(actions="settle_silent"),
    tag="Reminders",
    body=Why,
    gives=schemas.Reminders,
)
def settle_silent(note: str, member: str, body: Why) -> schemas.Reminders:
    """Say what was done about a state that kept silent to the end of the ladder."""
    with writing() as work:
        row = find_note(work, note)
        ladder.settle(work, row, directory.find_member(work, member).id, body.reason)
        return presented(work, row)


def _act(
    note: str,
    message: int,
    verb: Callable[[Work, models.Note, models.Outgoing, str], None],
    body: Why,
    *,
    sends: bool = False,
) -> schemas.SentReminder:
    with writing() as work:
        row = find_note(work, note)
        one = deliveries.find_reminder(work, row, message)
        verb(work, row, one, body.reason)
        shown = _sent(one, work.session.get_one(models.Member, one.member_id).code)
        identity = row.id
    if sends:
        tasks.offer.sending(identity)
    return shown


@endpoint(
    "POST",
    f"{MESSAGE}/hold",
    allowed(actions="hold_delivery"),
    tag="Reminders",
    body=Why,
    gives=schemas.SentReminder,
)
def hold_reminder(note: str, message: int, body: Why) -> schemas.SentReminder:
    """Stop one reminder that waits to be sent."""
    return _act(note, message, deliveries.hold, body)


@endpoint(
    "POST",
    f"{MESSAGE}/resume",
    allowed(actions="resume_delivery"),
    tag="Reminders",
    body=Why,
    gives=schemas.SentReminder,
)
def resume_reminder(note: str, message: int, body: Why) -> schemas.SentReminder:
    """Let one held reminder go on, at once."""
    return _act(note, message, deliveries.resume, body, sends=True)


@endpoint(
    "POST",
    f"{MESSAGE}/retry",
    allowed(actions="resume_delivery"),
    tag="Reminders",
    body=Why,
    gives=schemas.SentReminder,
)
def retry_reminder(note: str, message: int, body: Why) -> schemas.SentReminder:
    """Try one reminder again at once that was put off, could not be made, was refused or came back."""
    return _act(note, message, deliveries.retry, body, sends=True)


@endpoint(
    "POST",
    f"{MESSAGE}/cancel",
    allowed(actions="cancel_delivery"),
    tag="Reminders",
    body=Why,
    gives=schemas.SentReminder,
)
def cancel_reminder(note: str, message: int, body: Why) -> schemas.SentReminder:
    """Call one held reminder off for good; its state is still reminded by the next step."""
    return _act(note, message, deliveries.cancel, body)
