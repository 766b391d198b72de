"""The audit log: its entries, and the walk that proves it whole."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, or_, select

from web.access import allowed
from web.pages import _tables
from web.pages._files import sent
from web.pages._lines import line, names
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.problems import said
from web.session import looking
from web.views.acts import act_words, acts_saying, sentence_case, subject_words
from web.views.audit import AuditPage, AuditRow, Verification
from web.views.parts import NoteLine
from workflow import anchors, audit, register
from workflow.errors import Invalid, Phrase, Refusal
from workflow.models import Account, AuditEntry, AuditHead, Note
from workflow.operations.context import Work

blueprint = Blueprint("audit", __name__)

READERS = allowed(actions="read_audit")
_NUMBER = re.compile(r"[Ee]ntry (\d+)")
DETAIL = 300
ANCHOR_BYTES = 5_000_000


@at(blueprint, "index")
@READERS
def index() -> str:
    """The entries, newest first."""
    return _page()


@at(blueprint, "verify")
@READERS
def verify() -> Answer:
    """Walks the whole log, its evidence and its anchors; nothing is changed, so it may be asked twice.

    An anchor file that somebody kept elsewhere takes the place of our own.
    """
    with looking() as work:
        try:
            known = _given() or _kept(work)
        except Refusal as refusal:
            return refused(refusal, url_for("audit.index"), gettext("Back to the log"))
        found = audit.verify(work.session, work.settings.keys.audit, known)
        agreeing = sum(_agrees(work, number, mac) for number, mac in known)
        broken = _NUMBER.search(found.faults[0]) if found.faults else None
        result = Verification(
            sound=found.good,
            entries=found.entries,
            head=found.head,
            at=work.now(),
            broken_at=(int(broken[1]) if broken else found.entries) if found.faults else None,
            problem=" ".join(str(said(fault)) for fault in found.faults[:3]),
            anchors=(agreeing, len(known)) if known else None,
        )
    return _page(result)


def _given() -> list[tuple[int, str]]:
    """The anchors of the file that came with the form; none when no file was chosen."""
    if not request.files.get("anchor"):
        return []
    file = sent("anchor", ANCHOR_BYTES, code="anchor-file", missing=Phrase("The anchor file is empty."))
    with NamedTemporaryFile(suffix=".jsonl") as place:
        place.write(file.data)
        place.flush()
        try:
            return anchors.read(Path(place.name))
        except Refusal as refusal:
            # The file is called what its owner calls it.
            raise Invalid(refusal.code, refusal.message, **{**refusal.values, "file": file.name}) from None


def _kept(work: Work) -> list[tuple[int, str]]:
    file = work.settings.anchor_file
    return anchors.read(file) if file.exists() else []


def _agrees(work: Work, number: int, mac: str) -> bool:
    entry = work.session.get(AuditEntry, number)
    return entry is not None and entry.mac == mac


def _page(verification: Verification | None = None) -> str:
    query = request.args.get("q", "").strip()[:200]
    with looking() as work:
        statement = select(AuditEntry)
        if query:
            statement = statement.where(_matches(work, query))
        entries, paging = _tables.keyset(work, statement, AuditEntry.number, keep={"q": query})
        people, notes = names(work), _notes(work, entries)
        count, mac = audit.head(work.session)
        head = work.session.get(AuditHead, 1)
        page = AuditPage(
            rows=tuple(_row(entry, people, notes) for entry in entries),
            entries=count,
            head=mac,
            verification=verification,
            last_anchor=head.anchored_at if head else None,
            query=query,
            paging=paging,
        )
        return render_template("audit.html", page=page)


def _matches(work: Work, query: str) -> ColumnElement[bool]:
    """By note (in any script), subject, action in its name or words, and person."""
    words = query.casefold()
    conditions: list[ColumnElement[bool]] = [AuditEntry.subject == query]
    note = register.find(work.session, query)
    if note is not None:
        conditions.append(AuditEntry.subject == f"note:{note.id}")
    conditions.append(AuditEntry.action.in_(acts_saying(words)))
    conditions.append(AuditEntry.action.contains(words.replace(" ", "_"), autoescape=True))
    rows = work.session.execute(select(Account.id, Account.name))
    people = [number for number, name in rows if words in name.casefold()]
    conditions += [AuditEntry.actor_id.in_(people), AuditEntry.acting_for_id.in_(people)]
    return or_(*conditions)


def _notes(work: Work, entries: list[AuditEntry]) -> Mapping[str, NoteLine]:
    """The notes that entries are about; the log itself holds ids only."""
    ids = {int(entry.subject.removeprefix("note:")) for entry in entries if entry.subject.startswith("note:")}
    return {
        f"note:{note.id}": line(work, note)
        for note in work.session.scalars(select(Note).where(Note.id.in_(ids)))
    }


def _row(entry: AuditEntry, people: Mapping[int, str], notes: Mapping[str, NoteLine]) -> AuditRow:
    said = act_words(entry.action)
    data = json.loads(entry.data)
    detail = ", ".join(
        f"{name.replace('_', ' ')}: {_value(value)}"
        for name, value in data.items()
        if value not in (None, "", [])
    )
    subject = _subject(entry.subject, people)
    return AuditRow(
        serial=entry.number,
        at=datetime.fromisoformat(entry.at),
        actor=people.get(entry.actor_id or 0, "") or "Chancery",
        action=sentence_case(said),
        subject=subject,
        digest=entry.mac,
        detail=detail if len(detail) <= DETAIL else detail[:DETAIL] + "…",
        acting_for=people.get(entry.acting_for_id or 0, ""),
        note=notes.get(entry.subject),
    )


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return str(value)


def _subject(subject: str, people: Mapping[int, str]) -> str:
    kind, _, number = subject.partition(":")
    if kind == "account" and number.isdecimal():
        return people.get(int(number), subject)
    return subject_words(subject)
