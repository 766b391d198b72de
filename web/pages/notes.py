"""Notes: the list, the log and the differences; the other modules of notes are added here."""

from __future__ import annotations

import json
from typing import Any

from flask import render_template, request
from flask_babel import gettext
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import selectinload

from web.access import allowed_signed_in
from web.pages import _events, _lines, _runs, _waiting
from web.pages import documents as documents
from web.pages import note_acts as note_acts
from web.pages import recipients as recipients
from web.pages import remarks as remarks
from web.pages import source as source
from web.pages import submission as submission
from web.pages._notes import notes
from web.pages._routes import at
from web.session import looking
from web.views.audit import Difference, DifferencesPage, LogPage
from web.views.notes import NoteRow, NotesList
from web.views.parts import Keyset, Option, Paragraph
from web.views.words import STATUSES
from workflow import register
from workflow.models import Note, ParagraphText, RegisterEntry, Revision
from workflow.models import Paragraph as Row
from workflow.operations.context import Work, find_note, visible_notes
from workflow.permissions import may
from workflow.states import NoteState

blueprint = notes

# Rows of one page, and the longest search that is looked for.
PAGE, LONGEST = 50, 200


@at(notes, "index")
@allowed_signed_in
def index() -> str:
    """The notes that the person may see, the newest change first."""
    asked = request.args
    words = asked.get("q", "").strip()[:LONGEST]
    with looking() as work:
        wanted = select(Note).where(visible_notes(work.actor))
        if asked.get("state") in {state.value for state in NoteState}:
            wanted = wanted.where(Note.state == NoteState(asked["state"]))
        if asked.get("series"):
            wanted = wanted.where(Note.series == asked["series"])
        if words:
            wanted = wanted.where(_found(words))
        total = work.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
        found, paging = _page(work, wanted)
        people = _lines.names(work)
        profile = work.profile
        chosen = asked.get("state", ""), asked.get("series", "")
        page = NotesList(
            rows=tuple(_row(work, one, people) for one in found),
            query=words,
            states=tuple(
                Option(state.value, gettext(STATUSES[state.value].word), state.value == chosen[0])
                for state in NoteState
            ),
            series=tuple(
                Option(code, _lines.series_words(profile, code), code == chosen[1]) for code in profile.series
            ),
            paging=paging,
            can_submit=may(work.actor, "submit", None),
            total=total,
        )
        return render_template("notes.html", page=page)


def _found(words: str) -> Any:
    """The condition that a note has `words` in its number, reference, subject or a text."""
    conditions = [Note.reference.icontains(words, autoescape=True)]
    entries = select(RegisterEntry.note_id).where(
        RegisterEntry.key.contains(register.fold(words), autoescape=True)
    )
    conditions.append(Note.id.in_(entries))
    # Databases fold the case of Latin letters only; the usual spellings are asked for one by one.
    for spelling in {words, words.lower(), words.capitalize(), words.upper()}:
        # Subjects are kept as JSON, with other scripts escaped.
        inside = json.dumps(spelling)[1:-1]
        conditions.append(cast(Note.titles, String).icontains(inside, autoescape=True))
        texts = (
            select(Row.note_id)
            .join(ParagraphText, ParagraphText.paragraph_id == Row.id)
            .where(Row.removed_at.is_(None), ParagraphText.text.icontains(spelling, autoescape=True))
        )
        conditions.append(Note.id.in_(texts))
    return or_(*conditions)


def _page(work: Work, wanted: Any) -> tuple[list[Note], Keyset]:
    """One page by keys: older than `before`, or newer than `after`; both are references of notes."""
    before, after = (_edge(work, request.args.get(name, "")) for name in ("before", "after"))
    wanted = wanted.options(*_lines.NAMED, selectinload(Note.versions))
    order = (Note.changed_at.desc(), Note.id.desc())
    if after is not None:
        newer = or_(
            Note.changed_at > after.changed_at, (Note.changed_at == after.changed_at) & (Note.id > after.id)
        )
        rows = list(
            work.session.scalars(wanted.where(newer).order_by(Note.changed_at, Note.id).limit(PAGE + 1))
        )
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return rows, _keys(rows, older=True, newer=more)
    if before is not None:
        older = or_(
            Note.changed_at < before.changed_at,
            (Note.changed_at == before.changed_at) & (Note.id < before.id),
        )
        wanted = wanted.where(older)
    rows = list(work.session.scalars(wanted.order_by(*order).limit(PAGE + 1)))
    return rows[:PAGE], _keys(rows[:PAGE], older=len(rows) > PAGE, newer=before is not None)


def _edge(work: Work, reference: str) -> Note | None:
    if not reference:
        return None
    return work.session.scalar(select(Note).where(Note.reference == reference, visible_notes(work.actor)))


def _keys(rows: list[Note], *, older: bool, newer: bool) -> Keyset:
    kept = {name: value for name, value in request.args.items() if name in ("q", "state", "series") and value}
    return Keyset(
        {**kept, "before": rows[-1].reference} if older and rows else None,
        {**kept, "after": rows[0].reference} if newer and rows else None,
        rows[-1].name if older and rows else "",
    )


def _row(work: Work, note: Note, people: dict[int, str]) -> NoteRow:
    waits = _waiting.waiting(note, people)
    due = min((one.due for one in waits if one.due), default=None)
    who = dict.fromkeys(f"{one.who}: {one.words}" for one in waits)
    return NoteRow(
        note=_lines.line(work, note),
        status=note.state.value,
        languages=_lines.codes_of(note),
        dated=note.approval.dated if note.approval else None,
        changed=note.changed_at,
        waits_for="; ".join(who),
        due=due,
        late=due is not None and due < work.today(),
    )


@at(notes, "log")
@allowed_signed_in
def log(note: str) -> str:
    """Everything that happened to a note, newest first."""
    with looking() as work:
        row = find_note(work, note)
        events = _events.told(_events.entries(work, row), _lines.names(work))
        return render_template("log.html", page=LogPage(_lines.line(work, row), events))


@at(notes, "differences")
@allowed_signed_in
def differences(note: str) -> str:
    """What changed between the revisions of each text, newest first."""
    with looking() as work:
        row = find_note(work, note)
        found = work.session.execute(
            select(Revision, ParagraphText, Row)
            .join(ParagraphText, ParagraphText.id == Revision.text_id)
            .join(Row, Row.id == ParagraphText.paragraph_id)
            .where(Row.note_id == row.id)
            .order_by(Revision.text_id, Revision.revision)
        ).all()
        people = _lines.names(work)
        shown, before = [], {}
        for revision, text, paragraph in found:
            if text.id in before:
                runs = _runs.difference(before[text.id], revision.text)
                by = people.get(revision.changed_by, "")
                shown.append(
                    Difference(
                        text.language,
                        Paragraph(paragraph.ordinal, runs),
                        by,
                        revision.changed_at,
                        revision.revision,
                    )
                )
            before[text.id] = revision.text
        shown.sort(key=lambda one: one.at, reverse=True)
        return render_template("differences.html", page=DifferencesPage(_lines.line(work, row), tuple(shown)))
