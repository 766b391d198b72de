"""A new note: a chair institute submits a document, or the registry begins a draft."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from web.access import allowed
from web.formats import language_name
from web.pages import _lines, _note_page, _particular_fields, _particulars, _slots, _uploads
from web.pages._answers import Answer, act
from web.pages._forms import day_of, done, kept, prefixed, seen_revision, sentence, typed
from web.pages._notes import notes
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import UNTYPED, Option, Typed
from web.views.submission import Submission
from workflow.errors import Invalid, NotAllowed, Refusal
from workflow.letters.kinds import Kind
from workflow.letters.organisation import Profile
from workflow.models import Note
from workflow.operations import drafting, enclosing, following, texts
from workflow.operations.context import Work, find_note
from workflow.operations.submission import Submission as Handed
from workflow.states import Role

# Which field a refusal is about.
FIELDS = {
    "enclosure-missing": "enclosure",
    "enclosure-refused": "enclosure",
    "enclosure-pending": "enclosure",
    "enclosure-language": "enclosure_language",
    "enclosure-language-unknown": "enclosure_language",
    "bad-date": "due",
    "empty-paragraph": "text",
    "slot-unknown": "text",
    "slot-malformed": "text",
    "slot-form": "text",
}
BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")


@at(notes, "new")
@allowed(actions="submit")
def new() -> Answer:
    """The form of a new note; a POST takes the file, then makes the draft."""
    if request.method == "GET" or request.form.get("step") == "kind":
        with looking() as work:
            return render_template("submission.html", page=_page(work, kept({}) if request.form else UNTYPED))
    identity = None
    try:
        identity = _uploads.taken()
        if identity is not None:
            _uploads.frozen(identity)
        with writing() as work:
            note = drafting.submit(work, _handed(work, identity))
            key = note.reference
    except NotAllowed:
        raise
    except Refusal as refusal:
        with looking() as work:
            page = _page(work, _typed(refusal), "" if _uploads.is_of_file(refusal) else identity)
            return render_template("submission.html", page=page), refusal.status
    return done(gettext("The draft is made. Its number is allotted at approval."), "notes.show", note=key)


def _typed(refusal: Refusal) -> Typed:
    if refusal.code == "title-missing":
        return kept({f"title-{refusal.values['language']}": sentence(refusal)})
    if _uploads.is_of_file(refusal):
        return kept({"enclosure": sentence(refusal)})
    return typed(refusal, _particulars.field_of(refusal) or FIELDS)


def _handed(work: Work, identity: int | None) -> Handed:
    form = request.form
    return Handed(
        titles=prefixed("title-"),
        kind=form.get("kind", ""),
        series=form.get("series", ""),
        number_parts=_number_parts(work),
        source_language=form.get("source_language", ""),
        marking=form.get("marking", ""),
        slots=_slots.read(prefixed("slot-"), _before(work, "slots")),
        particulars=_particulars.read(
            work,
            _kind(work.profile, form.get("kind", "")),
            form,
            _before(work, "particulars"),
        )
        if work.actor.has(Role.REGISTRY)
        else {},
        # A chair institute hands in a document; the registry writes the covering note.
        paragraphs=_paragraphs(form.get("text", "")) if work.actor.has(Role.REGISTRY) else (),
        enclosures=(_uploads.enclosed(identity),) if identity is not None else (),
        due=day_of("due"),
        parent=form.get("parent", ""),
        relation=form.get("relation", ""),
        concerns=form.get("concerns", ""),
    )


def _before(work: Work, name: str) -> dict[str, Any]:
    """The shared values or particulars that the form began with: those of the note that a sibling copies."""
    form = request.form
    if form.get("relation") != following.SIBLING or not form.get("parent"):
        return {}
    before: dict[str, Any] = getattr(find_note(work, form["parent"]), name)
    return before


def _number_parts(work: Work) -> dict[str, str]:
    """What was typed for the number; a field of a series that is no longer chosen counts for nothing."""
    known = work.profile.series
    code = request.form.get("series") or _kind(work.profile, request.form.get("kind", "")).series
    parts = known[code].parts if code in known else ()
    return {part: text for part, text in prefixed("number-").items() if part in parts and text.strip()}


def _kind(profile: Profile, name: str) -> Kind:
    return profile.kinds.get(name) or profile.kinds[profile.default_kind]


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in BLANK_LINE.split(text) if one.strip()]


def _page(work: Work, form: Typed, upload: int | str | None = None) -> Submission:
    profile = work.profile
    given = form.values
    parent = given.get("parent") or request.args.get("parent", "")
    followed = find_note(work, parent) if parent else None
    relation = (given.get("relation") or request.args.get("relation", "")) if followed else ""
    if followed is not None and relation == following.SIBLING and not given:
        form = _as_its_sibling(work, followed)
        given = form.values
    # What follows another note begins like that one; its marking above all.
    begun = (
        following.begun_like(profile, Handed({}), followed)
        if followed is not None and relation != following.SIBLING
        else Handed({})
    )
    kind = given.get("kind") or request.args.get("kind") or begun.kind or profile.default_kind
    source = given.get("source_language") or begun.source_language or profile.source_language
    chosen = _kind(profile, kind)
    series = given.get("series") or begun.series or chosen.series
    return Submission(
        kinds=_lines.kinds(profile, chosen.name),
        series=_lines.series(profile, series),
        number_parts=_slots.number_parts(profile.series[series], {}) if series in profile.series else (),
        languages=_lines.languages(
            profile, source if source in profile.languages else profile.source_language
        ),
        markings=_lines.markings(
            profile, given.get("marking") or begun.marking or next(iter(profile.markings))
        ),
        slots=_slots.fields(profile, followed.slots if followed and relation == following.SIBLING else {}),
        particulars=_particular_fields.groups(
            work, chosen, followed.particulars if followed and relation == following.SIBLING else {}, given
        )
        if work.actor.has(Role.REGISTRY)
        else (),
        typed=form,
        kind_demands={name: one.enclosure_required for name, one in profile.kinds.items()},
        max_bytes=work.settings.upload_bytes,
        from_institute=not work.actor.has(Role.REGISTRY),
        kept_upload=str(upload or ""),
        parent=_lines.line(work, followed) if followed else None,
        relation=relation,
        concerns=_concerned(followed, given.get("concerns", "")) if relation == "corrigendum" else (),
    )


def _concerned(note: Note | None, chosen: str) -> tuple[Option, ...]:
    """The languages that a corrigendum of a note may be about alone."""
    codes = note.approval.languages if note is not None and note.approval is not None else []
    return tuple(Option(code, language_name(code), code == chosen, language=code) for code in codes)


def _as_its_sibling(work: Work, note: Note) -> Typed:
    """The form of a sibling, filled with what the note says, for the next kind of the profile."""
    language = note.source_language
    rows = [texts.text_in(one, language) for one in texts.live_paragraphs(note)]
    kind = request.args.get("kind", "")
    others = [name for name in work.profile.kinds if name != note.kind]
    return Typed(
        {
            "kind": kind or (others[0] if others else note.kind),
            "source_language": language,
            "marking": note.marking,
            "due": note.due.isoformat() if note.due else "",
            "text": "\n\n".join(row.text for row in rows if row),
            **{f"title-{code}": title for code, title in note.titles.items()},
        }
    )


@at(notes, "add_enclosure")
@allowed(actions="add_enclosure")
def add_enclosure(note: str) -> Answer:
    """Encloses a file with a draft."""
    return _enclose(note)


@at(notes, "add_enclosure_language")
@allowed(actions="add_enclosure")
def add_enclosure_language(note: str, ordinal: int) -> Answer:
    """Adds an enclosure of a draft in another language."""
    return _enclose(note, ordinal)


def _enclose(note: str, ordinal: int | None = None) -> Answer:
    action = f"add_enclosure-{ordinal}" if ordinal is not None else "add_enclosure"
    identity: int | None = None

    def refused(work: Work, row: Note, refusal: Refusal) -> Answer:
        kept_upload = "" if identity is None or _uploads.is_of_file(refusal) else str(identity)
        page = _note_page.make(work, row, _typed(refusal), action)
        return render_template("note.html", page=replace(page, kept_upload=kept_upload)), refusal.status

    try:
        with looking() as work:
            find_note(work, note)
        identity = _uploads.taken()
        if identity is not None:
            _uploads.frozen(identity)
    except NotAllowed:
        raise
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        with looking() as work:
            return refused(work, find_note(work, note), refusal)

    def verb(work: Work, row: Note) -> None:
        revision = seen_revision()
        if identity is None:
            raise Invalid("enclosure-missing", "Choose the file to enclose.")
        enclosing.add_enclosure(work, row, revision, _uploads.enclosed(identity), ordinal)

    return act(
        note,
        action,
        verb,
        lambda: gettext("The file is checked, frozen and enclosed."),
        refused=refused,
    )


@at(notes, "remove_enclosure")
@allowed(actions="remove_enclosure")
def remove_enclosure(note: str, ordinal: int) -> Answer:
    """Takes an enclosure out of a draft; the ones after it move up."""
    return act(
        note,
        "remove_enclosure",
        lambda work, row: enclosing.remove_enclosure(work, row, seen_revision(), ordinal),
        lambda: gettext("Enclosure %(n)s is taken out.", n=ordinal),
    )
