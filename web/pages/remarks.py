"""Remarks and what follows them: written, answered, settled, opened again; from the note's page or a desk."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from web.access import allowed_signed_in
from web.pages import _note_page
from web.pages import translation as desk
from web.pages._answers import Answer
from web.pages._forms import typed, whole
from web.pages._notes import notes
from web.pages._routes import at
from web.pages.note_acts import ordinal_of
from web.session import looking, writing
from workflow.errors import NotAllowed, NotFound, Refusal
from workflow.models import Note, Remark
from workflow.operations import remarks
from workflow.operations.context import Work, find_note

# The pages on which a remark stands, by what its forms say.
PAGES = {"translation": "translation.show", "review": "review.show"}
FIELDS = {"remark-missing": "text", "remark-long": "text", "no-such-paragraph": "paragraph"}


@at(notes, "remark")
@allowed_signed_in
def remark(note: str) -> Answer:
    """Writes a remark on the note, a language or a paragraph."""
    form = request.form

    def verb(work: Work, row: Note) -> Remark:
        language, ordinal = form.get("language", "").strip() or None, ordinal_of(form.get("paragraph", ""))
        return remarks.remark(work, row, form.get("text", ""), language=language, ordinal=ordinal)

    return _act(note, verb, lambda: gettext("The remark is written."))


@at(notes, "reply_remark")
@allowed_signed_in
def reply_remark(note: str, remark: str) -> Answer:
    """Answers a remark."""
    return _act(
        note,
        lambda work, row: remarks.reply(work, row, _id(remark), request.form.get("text", "")),
        lambda: gettext("The answer is written."),
    )


@at(notes, "settle_remark")
@allowed_signed_in
def settle_remark(note: str, remark: str) -> Answer:
    """Marks a remark as settled."""
    return _act(
        note,
        lambda work, row: remarks.settle(work, row, _id(remark)),
        lambda: gettext("The remark is settled."),
    )


@at(notes, "reopen_remark")
@allowed_signed_in
def reopen_remark(note: str, remark: str) -> Answer:
    """Opens a settled remark again."""
    return _act(
        note,
        lambda work, row: remarks.reopen(work, row, _id(remark)),
        lambda: gettext("The remark is open again."),
    )


def _id(text: str) -> int:
    return whole(text) or 0


def _act(note: str, verb: Callable[[Work, Note], Remark], words: Callable[[], str]) -> Answer:
    """Does one act, then leads back to the remark on the page that it was done on."""
    try:
        with writing() as work:
            row = find_note(work, note)
            address = _back(row, verb(work, row))
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        with looking() as work:
            return _again(work, find_note(work, note), refusal)
    flash(words(), "done")
    return redirect(address, 303)


def _back(note: Note, remark: Remark) -> str:
    endpoint, language = PAGES.get(request.form.get("page", "")), request.form.get("language", "")
    anchor = f"remark-{remark.id}"
    if endpoint and any(version.language == language for version in note.versions):
        return url_for(endpoint, note=note.reference, language=language, _anchor=anchor)
    return url_for("notes.show", note=note.reference, _anchor=anchor)


def _again(work: Work, note: Note, refusal: Refusal) -> Answer:
    """The page from which the form came, with what was typed."""
    page, language = request.form.get("page", ""), request.form.get("language", "")
    if page in PAGES:
        shown = desk.page(work, note, language, typed(refusal))
        return render_template(f"{page}.html", page=shown), refusal.status
    made = _note_page.make(work, note, typed(refusal, FIELDS), "remark")
    return render_template("note.html", page=made), refusal.status
