"""The reminders of a note: who would get one and when, its ladder, pause, and states that stay silent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import select

from web.access import allowed
from web.formats import reader_locale
from web.pages import _forms
from web.pages._halting import acts_on_message
from web.pages._lines import line, names, note_day, reader
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.problems import said
from web.session import looking, writing
from web.views.following import DeskRow, PlannedRow, RemindersPage, SentRow, StepFields
from web.views.parts import UNTYPED, Event, Option, Typed
from workflow.errors import Invalid, Refusal
from workflow.letters.follow_up import MOST_STEPS, step_of
from workflow.models import Note, Outgoing, ReminderPlan, ReminderRung
from workflow.operations import directory, ladder, naming, plain, prospects
from workflow.operations.context import Work, find_note
from workflow.permissions import may
from workflow.states import Role, Transport

blueprint = Blueprint("reminders", __name__)

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
# What a list offers; another mix of roles, set through the API, is added where a note has it.
TARGETS = ("to", "to,escalation", "escalation", "cc", "registry")
BLANK = 2


@at(blueprint, "show")
@READERS
def show(note: str) -> Answer:
    """The reminders; a POST sets the note's own ladder."""
    if request.method == "GET":
        return _page(note)
    try:
        with writing() as work:
            ladder.set_reminders(work, find_note(work, note), _steps())
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(note, _forms.typed(refusal)), refusal.status
    return _forms.done(gettext("The reminders are set."), "reminders.show", note=note)


def _steps() -> list[dict[str, Any]]:
    """The steps that the form has; a step without a target is left out."""
    found = []
    for number in range(1, MOST_STEPS + BLANK + 1):
        target = request.form.get(f"to-{number}", "")
        if not target:
            continue
        after, times = (request.form.get(f"{name}-{number}", "").strip() for name in ("after", "times"))
        if not (after.isdecimal() and (times or "1").isdecimal() and len(after + times) < 9):
            raise Invalid("reminder-days", "Step %(n)s: give days and times as whole numbers.", n=number)
        found.append(
            {
                "to": target.split(","),
                "after": int(after),
                "times": int(times or "1"),
                "form": request.form.get(f"form-{number}", "mail"),
            }
        )
    return found


@at(blueprint, "pause")
@allowed(actions="pause_reminders")
def pause(note: str) -> Answer:
    """Stops the reminders of a note."""
    return _act(
        note, lambda work, row: ladder.pause(work, row, _reason()), gettext("The reminders are paused.")
    )


@at(blueprint, "resume")
@allowed(actions="resume_reminders")
def resume(note: str) -> Answer:
    """Lets the reminders of a note go on."""
    return _act(note, ladder.resume, gettext("The reminders go on."))


@at(blueprint, "settle")
@allowed(actions="settle_silent")
def settle(note: str, member: str) -> Answer:
    """Says what was done about a state that kept silent to the end."""

    def verb(work: Work, row: Note) -> None:
        ladder.settle(work, row, directory.find_member(work, member).id, _reason())

    return _act(note, verb, gettext("It is noted what was done."))


def _reason() -> str:
    return request.form.get("reason", "")


def _act(note: str, verb: Any, words: str) -> Answer:
    try:
        with writing() as work:
            verb(work, find_note(work, note))
    except Refusal as refusal:
        return refused(refusal, url_for("reminders.show", note=note), gettext("Back to the reminders"))
    return _forms.done(words, "reminders.show", note=note)


def target_words(roles: tuple[str, ...] | list[str]) -> str:
    """Whom a step turns to."""
    known = {
        "to": gettext("the contacts of the state"),
        "cc": gettext("the contacts for copies"),
        "escalation": gettext("the alternative contact"),
        "registry": gettext("the registry’s desk"),
    }
    return _forms.joined(known[role] for role in roles)


def _page(name: str, form: Typed = UNTYPED) -> str:
    with looking() as work:
        note = find_note(work, name)
        plan = ladder.plan_of(work, note)
        language, day = reader(work.profile), note_day(work, note)
        shown = naming.named(work.session, language, day)
        by_name = cache(work.profile.sort_key(language))
        rows = plain.of_note(work, note.id)
        outlook = prospects.outlook(work, note, all_rungs=True, rows=rows)
        outlook.sort(key=lambda one: (one.due_at, by_name(shown[one.member.id].name)))
        in_words = cache(_whom)
        next_ones, later, seen = [], [], set()
        for one in outlook:
            row = PlannedRow(
                one.member.code,
                shown[one.member.id].name,
                one.rung.step,
                one.due_at,
                in_words(one.rung),
                one.addresses,
            )
            (later if one.member.id in seen else next_ones).append(row)
            seen.add(one.member.id)
        steps = plan.steps if plan else [one.plain() for one in work.profile.follow_up.ladder.steps]
        page = RemindersPage(
            note=line(work, note),
            steps=_fields(steps, form),
            planned=tuple(next_ones),
            later=tuple(later),
            sent=tuple(_sent(work, note, shown)),
            on_desk=tuple(
                DeskRow(member.code, shown[member.id].name, rung.taken_at)
                for _, member, rung in ladder.on_desk(work, note)
            ),
            notes=tuple(line(work, one) for one in _notes(work, note)),
            paused=_paused(plan, names(work)),
            ended=line(work, work.session.get_one(Note, plan.ended_by_id))
            if plan and plan.ended_by_id
            else None,
            hour=f"{work.profile.follow_up.ladder.hour:%H:%M}",
            days_off=_days_off(work),
            has_ladder=bool(plan and plan.steps),
            ladder=tuple(_in_words(one) for one in prospects.rungs_of(step_of(step) for step in steps)),
            may=frozenset(
                one
                for one in ("set_reminders", "pause_reminders", "settle_silent")
                if may(work.actor, one, note.state) and not (plan and plan.ended_at)
            ),
            typed=form,
        )
        return render_template("reminders.html", page=page)


def _whom(rung: prospects.Rung) -> str:
    """To whom a rung turns, in the list of who is reminded."""
    return gettext("a reminder note, to be approved") if rung.form == "note" else target_words(rung.to)


def _in_words(rung: prospects.Rung) -> tuple[str, str]:
    """When a rung comes, and to whom it turns."""
    when = ngettext("After %(num)s day:", "After %(num)s days:", rung.after)
    if rung.form == "note" and not rung.is_desk:
        return when, gettext("a reminder note to %(whom)s", whom=target_words(rung.to))
    return when, target_words(rung.to)


def _fields(steps: list[dict[str, Any]], form: Typed) -> tuple[StepFields, ...]:
    """The steps as fields, with room for more; what was typed wins."""
    rows = []
    shown = min(len(steps) + BLANK, MOST_STEPS)
    for number in range(1, max(shown, 3) + 1):
        step = steps[number - 1] if number <= len(steps) else {}
        target = form.values.get(f"to-{number}", ",".join(step.get("to", ())))
        kind = form.values.get(f"form-{number}", step.get("form", "mail"))
        offered = TARGETS if target in ("", *TARGETS) else (*TARGETS, target)
        rows.append(
            StepFields(
                number,
                tuple(
                    Option(value, _capital(target_words(value.split(","))), value == target)
                    for value in offered
                    if all(role in ("to", "cc", "escalation", "registry") for role in value.split(","))
                ),
                form.values.get(f"after-{number}", str(step.get("after", ""))),
                form.values.get(f"times-{number}", str(step.get("times", ""))),
                (
                    Option("mail", gettext("Message"), kind == "mail"),
                    Option("note", gettext("Reminder note with a number"), kind == "note"),
                ),
            )
        )
    return tuple(rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sent(work: Work, note: Note, shown: Mapping[int, naming.Named]) -> list[SentRow]:
    found = []
    for row in reversed(plain.following(work, note.id)):
        last = row.attempts[-1] if row.attempts else None
        at = (last.sending_at if last else None) or row.cancelled_at or row.due_at
        found.append(
            SentRow(
                shown[row.member_id].code,
                shown[row.member_id].name,
                row.address,
                row.step,
                _status(row),
                at,
                str(said(row.held_reason or "")),
                str(row.id),
                acts_on_message(work, note, row),
            )
        )
    return found


def _status(row: Outgoing) -> str:
    if row.cancelled_at is not None:
        return "cancelled"
    if row.queue.value == "held":
        return "held"
    return {
        Transport.ACCEPTED: "in_transit",
        Transport.DELAYED: "delayed",
        Transport.RELAYED: "reached",
        Transport.DELIVERED: "reached",
        Transport.UNKNOWN: "unknown",
        Transport.REFUSED_PERM: "undeliverable",
        Transport.FAILED: "undeliverable",
    }.get(row.transport or Transport.PREPARED, "not_sent")


def _notes(work: Work, note: Note) -> list[Note]:
    """The reminder notes that were drafted by rule."""
    ids = select(ReminderRung.following_id).where(
        ReminderRung.note_id == note.id, ReminderRung.following_id.is_not(None)
    )
    return list(work.session.scalars(select(Note).where(Note.id.in_(ids)).order_by(Note.id)))


def _paused(plan: ReminderPlan | None, people: dict[int, str]) -> Event | None:
    if plan is None or plan.paused_at is None:
        return None
    return Event(plan.paused_reason or "", plan.paused_at, people.get(plan.paused_by or 0, ""))


def _days_off(work: Work) -> str:
    """The weekly days off in words; holidays are named by their rule."""
    days = get_day_names("wide", locale=reader_locale())
    return ", ".join(days[number] for number in sorted(work.profile.working_days.weekly))
