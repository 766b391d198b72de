"""The rows of the incoming register: how an entry reads, and what a year proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from flask import Blueprint
from flask_babel import gettext, ngettext
from sqlalchemy import select

from web.formats import write_day
from web.pages import _forms, _lines
from web.pages._incoming_query import SORTS, STATES, Query
from web.views.incoming import IncomingContinuity, IncomingPage, IncomingRow
from web.views.parts import Keyset, NoteLine, Option
from web.views.words import INCOMING_KINDS
from workflow.clock import day_in
from workflow.errors import Invalid
from workflow.models import IncomingEntry, IncomingLink, Member, Note
from workflow.operations import directory, incoming
from workflow.operations.context import Work, visible
from workflow.permissions import why_not_office

papers = Blueprint("incoming", __name__)


def rows(work: Work, entries: Sequence[IncomingEntry]) -> tuple[IncomingRow, ...]:
    """The entries as they read."""
    if not entries:
        return ()
    people = _lines.names(work)
    members = {
        one.id: one
        for one in work.session.scalars(select(Member).where(Member.id.in_({e.member_id for e in entries})))
    }
    links = [one for entry in entries for one in entry.links]
    notes = {
        one.id: one
        for one in work.session.scalars(select(Note).where(Note.id.in_({one.note_id for one in links})))
    }
    language = _lines.reader(work.profile)
    found = []
    for entry in entries:
        row = _row(work, entry, people, notes)
        member = members.get(entry.member_id or 0)
        if member is not None:
            name = directory.name_of(member, language, entry.received_on)
            row = replace(row, sender=name, code=member.code)
        found.append(row)
    return tuple(found)


def _row(
    work: Work, entry: IncomingEntry, people: Mapping[int, str], notes: Mapping[int, Note]
) -> IncomingRow:
    late = entry.status == "open" and entry.due is not None and entry.due < work.today()
    about: list[NoteLine] = [
        _lines.line(work, note)
        for one in entry.links
        if (note := notes.get(one.note_id)) is not None and visible(work.actor, note)
    ]
    return IncomingRow(
        key=str(entry.id),
        symbol=entry.symbol,
        received=entry.received_on,
        sender=entry.party or gettext("(erased)"),
        subject=entry.subject or gettext("(erased)"),
        kind=entry.kind.value,
        status="late" if late else f"incoming_{entry.status}",
        reference=entry.reference,
        dated=entry.dated,
        due=entry.due if entry.status == "open" else None,
        due_words=late_words(work, entry) if late else "",
        assignee=people.get(entry.assigned_to or 0, ""),
        notes=tuple(about),
        files=len(entry.files),
        cancelled=_cancelled(work, entry, people),
    )


def late_words(work: Work, entry: IncomingEntry) -> str:
    """How late an entry is."""
    assert entry.due is not None
    return ngettext("%(num)s day late", "%(num)s days late", (work.today() - entry.due).days)


def _cancelled(work: Work, entry: IncomingEntry, people: Mapping[int, str]) -> str:
    if entry.cancelled_at is None:
        return ""
    return gettext(
        "Cancelled by %(person)s, %(day)s: “%(reason)s” The number is not used again.",
        person=people.get(entry.cancelled_by or 0, ""),
        day=write_day(day_in(entry.cancelled_at, work.zone)),
        reason=entry.cancelled_reason,
    )


def view(
    work: Work,
    query: Query,
    entries: Sequence[IncomingEntry],
    paging: Keyset,
    *,
    journal: bool = False,
) -> IncomingPage:
    """The page of the register."""
    years = work.session.scalars(
        select(IncomingEntry.year).distinct().order_by(IncomingEntry.year.desc())
    ).all()
    words = {
        "open": gettext("To deal with"),
        "late": gettext("Late"),
        "settled": gettext("Dealt with"),
        "cancelled": gettext("Cancelled"),
    }
    orders = {
        "number": gettext("By number"),
        "received": gettext("By day of receipt"),
        "due": gettext("By due date"),
        "sender": gettext("By sender"),
    }
    reads_register = why_not_office(work.actor, "read_register") is None
    return IncomingPage(
        rows=rows(work, entries),
        continuity=continuity(work, query.year or (years[0] if years else 0)) if reads_register else None,
        query=query.text,
        years=tuple(Option(str(one), str(one), one == query.year) for one in years if one),
        members=members_of(work, query.member, used=True),
        kinds=kinds(query.kind),
        states=tuple(Option(one, words[one], one == query.status) for one in STATES),
        sorts=tuple(Option(one, orders[one], one == query.sort) for one in SORTS),
        paging=paging,
        may_register=why_not_office(work.actor, "register_incoming") is None,
        filtered=bool(query.arguments),
        journal=journal,
        printed_by=work.actor.name,
        printed_at=work.now(),
    )


def kinds(chosen: str) -> tuple[Option, ...]:
    """What a paper can be."""
    return tuple(Option(key, gettext(words), key == chosen) for key, words in INCOMING_KINDS.items())


def members_of(work: Work, chosen: str, *, used: bool = False) -> tuple[Option, ...]:
    """The states to choose from, in the reader's alphabet: those of today, or those of the register (`used`)."""
    language, day = _lines.reader(work.profile), work.today()
    if used:
        known = select(IncomingEntry.member_id).where(incoming.visible_entries(work.actor))
        found = list(work.session.scalars(select(Member).where(Member.id.in_(known))))
    else:
        found = directory.members_on(work.session, day)
        if chosen and chosen not in {one.code for one in found}:
            found += list(work.session.scalars(select(Member).where(Member.code == chosen)))
    key = work.profile.sort_key(language)
    named = sorted(
        ((directory.name_of(one, language, day), one.code) for one in found), key=lambda n: key(n[0])
    )
    return tuple(Option(code, f"{name} ({code})", code == chosen) for name, code in named)


def continuity(work: Work, year: int) -> IncomingContinuity | None:
    """What the register proves of a year; None without a number."""
    found = work.session.execute(
        select(IncomingEntry.serial, IncomingEntry.symbol, IncomingEntry.cancelled_at)
        .where(IncomingEntry.year == year)
        .order_by(IncomingEntry.serial)
    ).all()
    if not found:
        return None
    serials = {one.serial for one in found}
    series = work.profile.incoming.series
    return IncomingContinuity(
        first=found[0].symbol,
        last=found[-1].symbol,
        numbers=len(found),
        cancelled=sum(one.cancelled_at is not None for one in found),
        gaps=tuple(
            series.number(serial, year)
            for serial in range(1 if series.yearly else min(serials), max(serials) + 1)
            if serial not in serials
        ),
    )


def of_note(work: Work, note: Note) -> tuple[IncomingRow, ...]:
    """The papers about a note, for its page."""
    return rows(work, incoming.of_note(work, note))


def linked_to(work: Work, entry: IncomingEntry) -> list[Note]:
    """The notes that an entry is about, of those that the person may see."""
    chosen = (
        select(Note)
        .join(IncomingLink, IncomingLink.note_id == Note.id)
        .where(IncomingLink.entry_id == entry.id)
        .order_by(Note.id)
    )
    return [one for one in work.session.scalars(chosen) if visible(work.actor, one)]


def day_field(name: str, code: str) -> date | None:
    """The day typed in a field; None when it is empty; raises Invalid with this code when it is no day."""
    try:
        return _forms.day_of(name)
    except Invalid as refusal:
        raise Invalid(code, refusal.message, **refusal.values) from None
