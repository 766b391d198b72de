"""The registry's work after dispatch: states that stay silent, and silence procedures near their end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext, ngettext

from web.formats import write_moment
from web.pages import _lines, _waiting
from web.views.desk import Task
from workflow.clock import day_in
from workflow.models import Member, Note, ReminderRung, SilenceProcedure
from workflow.operations import by_rule, clocks, directory, ladder, outcomes, silence
from workflow.operations.context import Work

NEAR = timedelta(days=7)


def tasks(work: Work) -> list[tuple[date, datetime, Task]]:
    """What waits for the registry, with its day and since when."""
    return [*_silent(work), *_procedures(work)]


def _silent(work: Work) -> list[tuple[date, datetime, Task]]:
    """One line a note: the states that came to the end of its ladder."""
    groups: dict[int, list[tuple[Note, Member, ReminderRung]]] = {}
    for one in ladder.on_desk(work):
        groups.setdefault(one[0].id, []).append(one)
    found = []
    language = _lines.reader(work.profile)
    for rows in groups.values():
        note, since = rows[0][0], rows[0][2].taken_at
        day = _lines.note_day(work, note)
        states = ", ".join(directory.name_of(member, language, day) for _, member, _ in rows)
        task = Task(
            ngettext("Ask %(num)s silent state", "Ask %(num)s silent states", len(rows)),
            gettext("Reminded to the end, no answer: %(states)s", states=states),
            _lines.line(work, note),
            "late",
            url_for("reminders.show", note=note.reference),
            gettext("Look"),
            gettext("silent"),
            _waiting.waited(work.now() - since),
        )
        found.append((day_in(since, work.zone), since, task))
    return found


def _procedures(work: Work) -> list[tuple[date, datetime, Task]]:
    """Silence procedures that end within a week, or whose deadline passed without an outcome."""
    found = []
    now = work.now()
    for note, procedure in outcomes.waiting(work):
        if not outcomes.is_near(procedure, work, NEAR):
            continue
        passed = procedure.deadline_at <= now
        task = Task(
            gettext("Decide on a silence procedure") if passed else gettext("A silence procedure ends"),
            _why(work, note, procedure, passed),
            _lines.line(work, note),
            "late" if passed else "due",
            url_for("silence.show", note=note.reference),
            gettext("Look"),
            gettext("deadline passed")
            if passed
            else write_moment(procedure.deadline_at, procedure.zone, "due"),
            "" if passed else by_rule.offset(procedure.deadline_at.astimezone(ZoneInfo(procedure.zone))),
        )
        found.append((day_in(procedure.deadline_at, work.zone), procedure.started_at, task))
    return found


def _why(work: Work, note: Note, procedure: SilenceProcedure, passed: bool) -> str:
    running = clocks.running(work, note, procedure)
    standing = sum(silence.stands(one) for one in silence.objections_of(work, procedure))
    waits = len(silence.waits_for(running, max(work.now(), procedure.deadline_at)))
    if passed:
        return ngettext(
            "%(num)s state was not reached, or has time left",
            "%(num)s states were not reached, or have time left",
            waits,
        )
    if standing:
        return ngettext("%(num)s objection stands", "%(num)s objections stand", standing)
    unreached = sum(one.reached_at is None and not one.waived for one in running)
    if unreached:
        return ngettext("%(num)s state is not yet reached", "%(num)s states are not yet reached", unreached)
    return gettext("No objection so far")
