"""The review of a language version: accept it, return it, let a finding pass."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from web.access import allowed
from web.formats import language_name
from web.pages import translation as desk
from web.pages._answers import Answer, act
from web.pages._forms import seen_revision, typed, whole
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import UNTYPED, Typed
from workflow.errors import NotAllowed, NotFound, Refusal
from workflow.models import Note
from workflow.operations import completion, composition, texts, translation
from workflow.operations.context import Work, find_note
from workflow.states import NoteState

blueprint = Blueprint("review", __name__)


@at(blueprint, "show")
@allowed(actions=("accept_version", "waive_finding"))
def show(note: str, language: str) -> str:
    """The version beside its source, and the decision."""
    with looking() as work:
        open_at = whole(request.args.get("paragraph"))
        return _render(work, find_note(work, note), language, open_at=open_at)


def _render(
    work: Work, note: Note, language: str, back: Typed = UNTYPED, *, open_at: int | None = None
) -> str:
    return render_template("review.html", page=desk.page(work, note, language, back, open_at=open_at))


@at(blueprint, "accept")
@allowed(actions="accept_version")
def accept(note: str, language: str) -> Answer:
    """Accepts the version; with the last required one the note becomes translated."""
    came: list[NoteState] = []

    def verb(work: Work, row: Note) -> None:
        translation.accept_version(work, row, language, seen_revision())
        came.append(row.state)

    def words() -> str:
        name = language_name(language)
        if came[-1] is NoteState.TRANSLATED:
            return gettext("%(language)s is accepted. With it the note is translated.", language=name)
        return gettext("%(language)s is accepted.", language=name)

    def refused(work: Work, row: Note, refusal: Refusal) -> Answer:
        return _render(work, row, language, Typed({}, {}, typed(refusal).summary)), refusal.status

    return act(note, "accept_version", verb, words, refused=refused)


@at(blueprint, "return_version")
@allowed(actions="return_version")
def return_version(note: str, language: str) -> Answer:
    """Hands the version back to its translator, with what should be changed."""

    def refused(work: Work, row: Note, refusal: Refusal) -> Answer:
        fields = {"reason-missing": "reason", "reason-long": "reason"}
        return _render(work, row, language, typed(refusal, fields)), refusal.status

    return act(
        note,
        "return_version",
        lambda work, row: translation.return_version(work, row, language, request.form.get("reason", "")),
        lambda: gettext("%(language)s is returned to its translator.", language=language_name(language)),
        refused=refused,
    )


@at(blueprint, "waive")
@allowed(actions="waive_finding")
def waive(note: str, finding: str) -> Answer:
    """Lets one finding pass, with a reason; then back to the version that it concerns."""
    return _decide(
        note, finding, completion.waive_finding, gettext("The finding is waived; the reason is kept.")
    )


@at(blueprint, "take_back")
@allowed(actions="take_back_waiver")
def take_back(note: str, finding: str) -> Answer:
    """Opens a waived finding again, with a reason; then back to where it stands."""
    return _decide(
        note,
        finding,
        completion.take_back_waiver,
        gettext("The waiver is taken back; the finding is open again."),
    )


def _decide(note: str, finding: str, verb: Callable[[Work, Note, str, str], object], words: str) -> Answer:
    try:
        with writing() as work:
            row = find_note(work, note)
            address = _back(work, row, finding)
            verb(work, row, finding, request.form.get("reason", ""))
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        with looking() as work:
            row = find_note(work, note)
            language = _concerned(work, row, finding)
            page = desk.page(work, row, language, typed(refusal))
            template = "review.html" if _reviews(work, row, language) else "translation.html"
            return render_template(template, page=page), refusal.status
    flash(words, "done")
    return redirect(address, 303)  # type: ignore[return-value]


def _concerned(work: Work, note: Note, finding: str) -> str:
    """The version on whose page a finding stands: the person's own where they review one."""
    found = next((one for one in composition.concordance_of(work, note) if one.digest == finding), None)
    others = [version.language for version in note.versions if not version.is_source]
    languages = [code for code in (found.finding.quotes if found else ()) if code in others] or others
    mine = [code for code in languages if _reviews(work, note, code)]
    return (mine or languages or [note.source_language])[0]


def _reviews(work: Work, note: Note, language: str) -> bool:
    return texts.duty_of(texts.version_of(note, language), work.actor.id) == "review"


def _back(work: Work, note: Note, finding: str) -> str:
    language = _concerned(work, note, finding)
    endpoint = "review.show" if _reviews(work, note, language) else "translation.show"
    return url_for(endpoint, note=note.reference, language=language)
