"""The source of a draft: its paragraphs, subject, shared values, particulars and marking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template, request
from flask_babel import gettext

from web.access import allowed
from web.pages import _lines, _note_page, _particular_fields, _particulars, _runs, _slots
from web.pages._answers import Answer
from web.pages._forms import done, prefixed, seen_revision, typed, whole
from web.pages._notes import notes
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import UNTYPED, Option, Paragraph, Typed
from web.views.source import SourcePage, SourceParagraph
from workflow.errors import Invalid, NotAllowed, NotFound, Refusal
from workflow.models import Note
from workflow.operations import choices, drafting, texts
from workflow.operations.context import Work, find_note
from workflow.states import VersionState


@at(notes, "source")
@allowed(actions="edit_source")
def source(note: str) -> Answer:
    """The source; a POST saves it, adds a paragraph, or takes one out."""
    if request.method == "GET":
        with looking() as work:
            return render_template("source.html", page=_page(work, find_note(work, note)))
    form = request.form
    change = form.get("change", "save")
    try:
        if change.startswith("add-"):
            return _with_room(note, change.removeprefix("add-"))
        with writing() as work:
            row = find_note(work, note)
            key = row.reference
            drafting.edit_source(
                work,
                row,
                seen_revision(),
                paragraphs=_paragraphs(change.removeprefix("drop-") if change.startswith("drop-") else ""),
                titles=prefixed("title-"),
                slots=_slots.read(prefixed("slot-"), row.slots),
                particulars=_particulars.read(
                    work, choices.kind_of(work.profile, row.kind), form, row.particulars
                ),
                marking=form.get("marking"),
                number_parts=_number_parts(work, row),
            )
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        with looking() as work:
            rows = [(identity, text) for _, identity, text in _numbered(form)]
            page = _page(work, find_note(work, note), rows, typed(refusal, _fields(refusal, change)))
            return render_template("source.html", page=page), refusal.status
    return done(gettext("The source is saved. Release it when it is agreed."), "notes.source", note=key)


def _fields(refusal: Refusal, change: str) -> dict[str, str]:
    """The field that a refusal is about."""
    if refusal.code == "title-missing":
        return {"title-missing": f"title-{refusal.values['language']}"}
    if refusal.code == "empty-paragraph" and not change.startswith("drop-"):
        return {"empty-paragraph": f"paragraph-{refusal.values['ordinal']}"}
    return _particulars.field_of(refusal)


def _numbered(form: Mapping[str, str]) -> list[tuple[int, int, str]]:
    """The paragraphs of the form in order: (place, id or 0 for a new one, text)."""
    found = []
    for name, text in form.items():
        place = name.removeprefix("paragraph-")
        if name.startswith("paragraph-") and (number := whole(place)) is not None:
            found.append((number, whole(form.get(f"paragraph-id-{place}")) or 0, text))
    return sorted(found)


def _paragraphs(drop: str) -> list[tuple[int | None, str]]:
    """The whole body as the operation takes it; an empty paragraph that was never kept is no paragraph."""
    return [
        (identity or None, text)
        for place, identity, text in _numbered(request.form)
        if str(place) != drop and (identity or text.strip())
    ]


def _with_room(name: str, after: str) -> Answer:
    """The same form with an empty paragraph after one; nothing is saved yet."""
    there = whole(after)
    if there is None:
        raise Invalid("no-such-paragraph", "The note has no paragraph %(ordinal)s.", ordinal=after[:20])
    rows: list[tuple[int, str]] = []
    for place, identity, text in _numbered(request.form):
        rows.append((identity, text))
        rows += [(0, "")] if place == there else []
    others = {key: value for key, value in request.form.items() if not key.startswith(("csrf", "paragraph-"))}
    with looking() as work:
        return render_template("source.html", page=_page(work, find_note(work, name), rows, Typed(others)))


def _number_parts(work: Work, note: Note) -> dict[str, str] | None:
    """What was typed for the number; None where the form has no field for it."""
    typed_parts = prefixed("number-")
    series = work.profile.series.get(note.series)
    if not typed_parts or series is None:
        return None
    return {part: text for part, text in typed_parts.items() if part in series.parts}


def _page(
    work: Work, note: Note, rows: Sequence[tuple[int, str]] | None = None, kept: Typed = UNTYPED
) -> SourcePage:
    """The page; `rows` are the paragraphs of a form that came back, as (id or 0, text)."""
    language = note.source_language
    known = {one.id: one for one in texts.live_paragraphs(note)}
    if rows is None:
        standing = {key: texts.text_in(one, language) for key, one in known.items()}
        rows = [(key, text.text) for key, text in standing.items() if text]
    paragraphs = []
    for place, (identity, text) in enumerate(rows or [(0, "")], 1):
        runs = _runs.reads(work, note, language, text) if text.strip() else ()
        if runs and place == 1:
            runs = _runs.opened(work, note, language, runs)
        stale = tuple(
            row.language
            for row in (known[identity].texts if identity in known else ())
            if row.language != language and row.text and row.source_seen != text
        )
        paragraphs.append(SourceParagraph(place, text, Paragraph(place, runs), stale, identity))
    return SourcePage(
        note=_lines.line(work, note),
        revision=note.revision,
        language=language,
        paragraphs=tuple(paragraphs),
        titles=tuple(
            Option(code, note.titles.get(code, ""), language=code) for code in _lines.codes_of(note)
        ),
        slots=_slots.fields(work.profile, note.slots),
        markings=_lines.markings(work.profile, note.marking),
        number_parts=_slots.number_parts(work.profile.series[note.series], note.number_parts)
        if note.entry is None and note.series in work.profile.series
        else (),
        particulars=_particular_fields.groups(
            work, choices.kind_of(work.profile, note.kind), note.particulars, kept.values
        ),
        opening=_runs.opening(work, note, language),
        closing=_runs.closing(work, note, language),
        released=texts.version_of(note, language).state is VersionState.ACCEPTED,
        may=_note_page.allowed_acts(work, note),
        languages=_lines.codes_of(note),
        max_bytes=work.settings.upload_bytes,
        typed=kept,
    )
