"""Acts on a note's page: release, assign, send back, withdraw, dispatch."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext

import tasks.offer
from web.access import allowed, allowed_signed_in
from web.formats import language_name
from web.pages import _note_page
from web.pages._answers import Answer, act
from web.pages._forms import day_of, moment_of, seen_revision, whole
from web.pages._notes import notes
from web.pages._routes import at
from web.session import looking
from workflow.errors import Invalid
from workflow.models import Note
from workflow.operations import approval, dispatch, drafting, remarks, translation
from workflow.operations.context import Work, find_note


@at(notes, "release_source")
@allowed(actions="release_source")
def release_source(note: str) -> Answer:
    """Agrees the source; the translators begin, or are shown what changed."""
    return act(
        note,
        "release_source",
        lambda work, row: drafting.release_source(work, row, seen_revision()),
        lambda: gettext("The source is released. Its translators are shown what changed."),
    )


@at(notes, "assign")
@allowed(actions="assign")
def assign(note: str, language: str) -> Answer:
    """Gives a version to its translator and its reviewer."""

    def verb(work: Work, row: Note) -> None:
        translators = [_person(one) for one in request.form.getlist("translator") if one.strip()]
        reviewer = request.form.get("reviewer", "").strip()
        translation.assign(
            work,
            row,
            seen_revision(),
            language,
            translators=translators,
            reviewer=_person(reviewer) if reviewer else None,
            due=day_of("due"),
        )

    return act(
        note, "assign", verb, lambda: gettext("%(language)s is assigned.", language=language_name(language))
    )


def _person(text: str) -> int:
    number = whole(text)
    if number is None:
        raise Invalid("no-such-person", "Choose a person from the list.")
    return number


@at(notes, "send_back")
@allowed(actions="send_back")
def send_back(note: str) -> Answer:
    """Returns a translated or approved note to draft; what is to be changed may name a paragraph."""
    form = request.form

    def verb(work: Work, row: Note) -> None:
        reason = form.get("reason", "")
        approval.send_back(work, row, seen_revision(), reason)
        language = form.get("language", "").strip() or None
        ordinal = ordinal_of(form.get("paragraph", ""))
        if language or ordinal:
            remarks.remark(work, row, reason, language=language, ordinal=ordinal)

    return act(note, "send_back", verb, lambda: gettext("The note is sent back to draft."))


@at(notes, "withdraw")
@allowed(actions="withdraw")
def withdraw(note: str) -> Answer:
    """Ends a note before dispatch; a number that it had is void."""
    return act(
        note,
        "withdraw",
        lambda work, row: approval.withdraw(work, row, seen_revision(), request.form.get("reason", "")),
        lambda: gettext("The note is withdrawn."),
    )


@at(notes, "dispatch")
@allowed(actions="dispatch")
def dispatch_note(note: str) -> Answer:
    """Releases the note to its recipients, at once or at the time given."""
    released: list[int] = []

    def verb(work: Work, row: Note) -> None:
        dispatch.dispatch(work, row, seen_revision(), moment_of("release_at", work.zone))
        released.append(row.id)

    answer = act(note, "dispatch", verb, lambda: gettext("The note is dispatched."))
    for identity in released:
        tasks.offer.sending(identity)
    return answer


def ordinal_of(text: str) -> int | None:
    """The paragraph that a form names, counted from 1; None where it names none."""
    if not text.strip():
        return None
    number = whole(text)
    if number is None:
        raise Invalid("no-such-paragraph", "The note has no paragraph %(ordinal)s.", ordinal=text[:20])
    return number


@at(notes, "show")
@allowed_signed_in
def show(note: str) -> str:
    """The page of one note."""
    with looking() as work:
        return render_template("note.html", page=_note_page.make(work, find_note(work, note)))
