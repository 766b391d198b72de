"""What the concordance found, as pages show it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext
from sqlalchemy import select

from web.pages._runs import reads
from web.problems import said
from web.views.parts import Finding
from workflow.concordance import TYPES
from workflow.models import AuditEntry, Note
from workflow.operations import completion, texts
from workflow.operations.composition import Judged
from workflow.operations.context import Work, note_subject
from workflow.permissions import may


def shown(
    work: Work,
    note: Note,
    judged: Iterable[Judged],
    people: dict[int, str],
    language: str = "",
    *,
    complete: bool = True,
) -> tuple[Finding, ...]:
    """The findings, open errors first; with `language`, only those that concern it.

    Those of texts that are not `complete` are told and not judged: they cannot be waived yet.
    """
    undone = _taken_back(work, note)
    found = [
        _finding(work, note, one, people, complete, undone.get(one.digest))
        for one in judged
        if not language or language in one.finding.quotes or language in one.finding.languages
    ]
    order = ("error", "warning", "waived")
    return tuple(sorted(found, key=lambda one: order.index(one.status)))


def open_errors(judged: Iterable[Judged]) -> list[Judged]:
    """The errors that nobody has waived."""
    return [one for one in judged if one.finding.severity == "error" and one.waiver is None]


def agreeing(judged: Iterable[Judged]) -> int:
    """How many kinds of comparison found nothing."""
    return len(TYPES) - len({one.finding.type for one in judged})


def agreement(judged: Sequence[Judged]) -> str:
    """The sentence that says how much agrees."""
    return gettext("%(n)s of %(total)s comparisons agree.", n=agreeing(judged), total=len(TYPES))


def _taken_back(work: Work, note: Note) -> dict[str, AuditEntry]:
    """The latest end of a waiver of each finding, from the log."""
    entries = work.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == note_subject(note), AuditEntry.action == "take_back_waiver")
        .order_by(AuditEntry.number)
    )
    return {str(json.loads(entry.data).get("finding")): entry for entry in entries}


def _finding(
    work: Work,
    note: Note,
    one: Judged,
    people: dict[int, str],
    complete: bool,
    undone: AuditEntry | None,
) -> Finding:
    quotes = one.finding.quotes
    order = [version.language for version in note.versions]
    waiver = one.waiver
    return Finding(
        key=one.digest,
        status="waived" if waiver else one.finding.severity,
        message=str(said(one.finding.message)),
        quotes=tuple((code, quotes[code], "") for code in order if code in quotes),
        languages=tuple(one.finding.languages),
        paragraph=_paragraph(work, note, one),
        reason=waiver.reason if waiver else "",
        by=people.get(waiver.waived_by, "") if waiver else "",
        at=waiver.waived_at if waiver else None,
        may_waive=complete and waiver is None and may_waive(work, note, one.finding.languages),
        may_take_back=waiver is not None
        and may(work.actor, "take_back_waiver", note.state)
        and completion.may_take_back(work, waiver),
        undone=str(json.loads(undone.data).get("reason", "")) if undone and waiver is None else "",
        undone_by=people.get(undone.actor_id or 0, "") if undone else "",
        undone_at=datetime.fromisoformat(undone.at) if undone else None,
    )


def may_waive(work: Work, note: Note, languages: Iterable[str]) -> bool:
    """Whether the person may let a finding pass: by role and state, and without having written the text."""
    if not may(work.actor, "waive_finding", note.state):
        return False
    wrote = {
        text.language
        for paragraph in note.paragraphs
        for text in paragraph.texts
        if text.changed_by == work.actor.id and text.language != note.source_language
    }
    return wrote.isdisjoint(languages)


def _paragraph(work: Work, note: Note, one: Judged) -> int:
    """The free paragraph in which a quoted passage stands; 0 when it stands in none of them."""
    # A long passage is quoted by its beginning.
    quotes = [
        quote.removesuffix(" …")
        for code, quote in one.finding.quotes.items()
        if code in one.finding.languages and quote
    ]
    for paragraph in texts.live_paragraphs(note):
        for text in paragraph.texts:
            said = "".join(run.text for run in reads(work, note, text.language, text.text))
            if any(quote in said for quote in quotes):
                return paragraph.ordinal
    return 0
