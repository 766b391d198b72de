"""Who a draft goes to."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext

from web.access import allowed
from web.pages import _lines, _note_page, _recipients
from web.pages._answers import Answer, act
from web.pages._forms import seen_revision, typed
from web.pages._notes import notes
from web.pages._routes import at
from web.session import looking
from web.views.parts import UNTYPED, Typed
from web.views.source import RecipientsPage
from workflow.errors import Refusal
from workflow.models import Note
from workflow.operations import addressing
from workflow.operations.context import Work, find_note


@at(notes, "recipients")
@allowed(actions="set_recipients")
def recipients(note: str) -> Answer:
    """Every state with its contacts; a POST addresses the note to the chosen ones."""
    if request.method == "GET":
        with looking() as work:
            return render_template("recipients.html", page=_page(work, find_note(work, note)))
    return act(
        note,
        "set_recipients",
        lambda work, row: addressing.set_recipients(
            work, row, seen_revision(), request.form.getlist("member")
        ),
        lambda: gettext("The recipients are saved."),
        endpoint="notes.recipients",
        refused=_refused,
    )


@at(notes, "waive_addressee")
@allowed(actions="waive_addressee")
def waive_addressee(note: str, member: str) -> Answer:
    """Lets an addressee without a usable contact go without a message."""
    reason = request.form.get("reason", "")
    return act(
        note,
        "waive_addressee",
        lambda work, row: addressing.waive_addressee(work, row, seen_revision(), member, reason),
        lambda: gettext("%(state)s is waived; it gets no message.", state=member.upper()),
        endpoint="notes.recipients",
        refused=_refused,
    )


def _refused(work: Work, note: Note, refusal: Refusal) -> Answer:
    return render_template("recipients.html", page=_page(work, note, typed(refusal))), refusal.status


def _page(work: Work, note: Note, kept: Typed = UNTYPED) -> RecipientsPage:
    people = _lines.names(work)
    groups = _recipients.of_directory(work, note, people, frozenset(request.form.getlist("member")))
    return RecipientsPage(
        _lines.line(work, note), note.revision, groups, _note_page.allowed_acts(work, note), kept
    )
