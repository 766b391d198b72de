"""The register's rows: what is asked for, and how a number reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext
from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import selectinload

from web import board
from web.formats import write_day
from web.pages._board import count
from web.pages._lines import NAMED, line
from web.views.register import Continuity, RegisterRow
from workflow import register
from workflow.clock import day_in
from workflow.errors import Invalid
from workflow.models import ApprovedRecipient, Dating, Document, Enclosure, Note, ParagraphText, RegisterEntry
from workflow.models.text import Paragraph
from workflow.operations import standing
from workflow.operations.choices import require_day
from workflow.operations.context import Work, visible
from workflow.states import NoteState

# The states that a numbered note can be in; a withdrawn one is there as void.
STATES = ("approved", "dispatched", "void", "draft", "translated")


@dataclass(frozen=True)
class Query:
    """What is asked for; empty texts ask for everything."""

    text: str = ""
    series: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""
    marking: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The same as arguments of an address."""
        days = {"since": self.since, "until": self.until}
        return {
            "q": self.text,
            "series": self.series,
            "state": self.state,
            "marking": self.marking,
            **{name: day.isoformat() for name, day in days.items() if day},
        }


def asked(work: Work) -> Query:
    """The query in the address; a day that is none, or an unknown choice, asks for nothing."""

    def one_of(name: str, choices: Mapping[str, object] | Sequence[str]) -> str:
        value = request.args.get(name, "")
        return value if value in choices else ""

    return Query(
        text=request.args.get("q", "").strip()[:200],
        series=one_of("series", work.profile.series),
        since=_day("since"),
        until=_day("until"),
        state=one_of("state", STATES),
        marking=one_of("marking", work.profile.markings),
    )


def _day(name: str) -> date | None:
    text = request.args.get(name, "").strip()
    try:
        return require_day(text) if text else None
    except Invalid:
        return None


def statement(work: Work, query: Query) -> Select[tuple[RegisterEntry]]:
    """The numbers that a query asks for."""
    found = select(RegisterEntry).join(Note, Note.id == RegisterEntry.note_id)
    if query.series:
        found = found.where(RegisterEntry.series == query.series)
    if query.marking:
        found = found.where(Note.marking == query.marking)
    if query.state == "void":
        found = found.where(RegisterEntry.void_at.is_not(None))
    elif query.state:
        found = found.where(Note.state == NoteState(query.state), RegisterEntry.void_at.is_(None))
    if query.since or query.until:
        # The date that holds is the last one allotted.
        later = Dating.__table__.alias()
        dates = select(Dating.entry_id).where(
            ~select(later.c.id).where(later.c.entry_id == Dating.entry_id, later.c.id > Dating.id).exists()
        )
        if query.since:
            dates = dates.where(Dating.dated >= query.since)
        if query.until:
            dates = dates.where(Dating.dated <= query.until)
        found = found.where(RegisterEntry.id.in_(dates))
    if query.text:
        found = found.where(_matches(work, query.text))
    return found


def _matches(work: Work, text: str):  # type: ignore[no-untyped-def]
    """By number in any script, by subject in any language, and by the text of a version."""
    wanted = text.casefold()
    # Subjects are a small JSON object each; databases differ in folding case beyond ASCII, Python does not.
    rows = work.session.execute(select(Note.id, Note.titles).where(Note.entry_id.is_not(None)))
    named = [
        number for number, titles in rows if any(wanted in str(title).casefold() for title in titles.values())
    ]
    written = (
        select(Paragraph.note_id)
        .join(ParagraphText, ParagraphText.paragraph_id == Paragraph.id)
        .where(ParagraphText.text.icontains(text, autoescape=True))
    )
    key = register.fold(text)
    conditions = [RegisterEntry.note_id.in_(named), RegisterEntry.note_id.in_(written)]
    if key:
        conditions.append(RegisterEntry.key.contains(key, autoescape=True))
    return or_(*conditions)


def rows(work: Work, entries: Sequence[RegisterEntry], people: Mapping[int, str]) -> tuple[RegisterRow, ...]:
    """The numbers as they read, each child under its parent where both are shown."""
    ids = [entry.note_id for entry in entries]
    loaded = work.session.scalars(
        select(Note)
        .where(Note.id.in_(ids))
        .options(
            *NAMED,
            selectinload(Note.enclosures).selectinload(Enclosure.versions),
            selectinload(Note.versions),
        )
    )
    notes = {note.id: note for note in loaded}
    approvals = [note.approval.id for note in notes.values() if note.approval]
    shown = Shown(
        people,
        standing.of_notes(work, [one.id for one in notes.values() if one.state is NoteState.DISPATCHED]),
        _addressees(work, approvals),
        _documents(work, approvals),
    )
    places = {
        (one.series, one.year, one.serial): number for number, one in enumerate(entries) if not one.suffix
    }

    def place(item: tuple[int, RegisterEntry]) -> tuple[int, bool, int]:
        number, entry = item
        return (places.get((entry.series, entry.year, entry.serial), number), bool(entry.suffix), number)

    ordered = [entry for _, entry in sorted(enumerate(entries), key=place)]
    return tuple(_row(work, entry, notes[entry.note_id], shown) for entry in ordered)


@dataclass(frozen=True)
class Shown:
    """What the rows of one page tell beside their notes: people by id, the rest by note or approval."""

    people: Mapping[int, str]
    groups: Mapping[int, Sequence[standing.Group]]
    addressees: Mapping[int, int]
    documents: Mapping[int, Sequence[tuple[int, str]]]


def _addressees(work: Work, approvals: Sequence[int]) -> dict[int, int]:
    """How many members each approval was for."""
    rows = work.session.execute(
        select(ApprovedRecipient.approval_id, func.count(ApprovedRecipient.member_id.distinct()))
        .where(ApprovedRecipient.approval_id.in_(approvals))
        .group_by(ApprovedRecipient.approval_id)
    )
    return {approval: members for approval, members in rows.all() if members}


def _documents(work: Work, approvals: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The PDF files of each approval that are ready, by id and language."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = work.session.execute(
        select(Document.approval_id, Document.id, Document.language)
        .where(Document.approval_id.in_(approvals), Document.format == "pdf", Document.sha256.is_not(None))
        .order_by(Document.id)
    )
    for approval_id, identity, language in rows:
        found.setdefault(approval_id, []).append((identity, language))
    return found


def _row(work: Work, entry: RegisterEntry, note: Note, shown: Shown) -> RegisterRow:
    approval = note.approval
    ready = shown.documents.get(approval.id, ()) if approval else ()
    pdf = next(
        (one for one, language in ready if language == note.source_language), ready[0][0] if ready else None
    )
    versions = [version for enclosure in note.enclosures for version in enclosure.versions]
    groups = shown.groups.get(note.id)
    figures = count(board.receipts_of(groups)) if groups else None
    dates = [one.dated for one in entry.datings]
    return RegisterRow(
        note=line(work, note),
        dated=dates[-1] if dates else day_in(entry.allotted_at, work.zone),
        status="void" if entry.void_at else note.state.value,
        languages=tuple(approval.languages)
        if approval
        else tuple(version.language for version in note.versions),
        enclosures=(len(note.enclosures), sum(version.pages for version in versions)),
        addressees=shown.addressees.get(approval.id, 0) if approval else 0,
        acknowledged=(figures.acknowledged, figures.total) if figures else None,
        void_sentence=_void(work, entry, shown.people),
        child=bool(entry.suffix),
        pdf=f"d{pdf}" if pdf and visible(work.actor, note) else "",
        earlier_dates=tuple(dates[:-1]),
    )


def _void(work: Work, entry: RegisterEntry, people: Mapping[int, str]) -> str:
    if entry.void_at is None:
        return ""
    return gettext(
        "Withdrawn after approval by %(person)s, %(day)s: “%(reason)s” The number is not used again.",
        person=people.get(entry.void_by or 0, ""),
        day=write_day(day_in(entry.void_at, work.zone)),
        reason=entry.void_reason,
    )


def continuity(work: Work, series: str) -> Continuity | None:
    """What the register proves of a series; of a yearly one, in the year of its last number.  None without a number."""
    year = work.session.scalar(select(func.max(RegisterEntry.year)).where(RegisterEntry.series == series))
    if year is None:
        return None
    found = register.continuity(work.session, series, year)
    if found is None:
        return None
    of_year = (RegisterEntry.series == series, RegisterEntry.year == year)
    voids = work.session.scalars(
        select(RegisterEntry.symbol)
        .where(*of_year, RegisterEntry.suffix == "", RegisterEntry.void_at.is_not(None))
        .order_by(RegisterEntry.serial)
    ).all()
    dispatched, children = work.session.execute(
        select(
            func.count(case((and_(RegisterEntry.suffix == "", Note.state == NoteState.DISPATCHED), 1))),
            func.count(case((RegisterEntry.suffix != "", 1))),
        )
        .join(Note, Note.id == RegisterEntry.note_id)
        .where(*of_year)
    ).one()
    known = work.profile.series.get(series)
    return Continuity(
        first=found.first,
        last=found.last,
        numbers=found.numbers,
        dispatched=dispatched,
        void=found.void,
        under_way=found.numbers - dispatched - found.void,
        children=children,
        gaps=tuple(_symbol(known, serial, year) for serial in found.gaps),
        voids=tuple(voids),
    )


def _symbol(series, serial: int, year: int) -> str:  # type: ignore[no-untyped-def]
    try:
        return str(series.number(serial, year)) if series else str(serial)
    except Invalid:
        return str(serial)  # The pattern wants more than a serial, such as a topic.
