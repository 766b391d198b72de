"""What is done with an entry of the incoming register: corrected, given to somebody, settled, cancelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, Stale
from workflow.models import (
    Contact,
    IncomingCorrection,
    IncomingEntry,
    IncomingLink,
    Member,
    Note,
    PersonalData,
)
from workflow.operations import evidence, incoming, incoming_files, incoming_papers, notices
from workflow.operations.context import Work, begin_office, find_note, require_reason
from workflow.operations.incoming_papers import Paper
from workflow.states import NoteState

# What is written of people and by people: a correction keeps it apart, so that it can be erased.
PERSONAL = ("party", "writer", "subject", "summary")
FACTS = ("kind", "channel", "received_on", "reference", "dated", "language", "marking")


@dataclass(frozen=True)
class Change:
    """One corrected field, with its old and its new value; `erased` where they are there no more."""

    field: str
    old: str
    new: str
    erased: bool = False


def correct(
    work: Work,
    entry: IncomingEntry,
    paper: Paper,
    reason: str,
    *,
    revision: int | None = None,
    confirmed: bool = False,
) -> IncomingCorrection:
    """Puts what is said of a paper right; old and new values are kept with the reason.

    Raises Stale when the entry changed since `revision` was shown, Conflict for a cancelled or erased
    one, and where the corrected sender, number and date are those of another entry (`confirmed` lets it pass).
    """
    _begin(work, "correct_incoming", entry, revision)
    text = require_reason(reason)
    if entry.erasure_id is not None:
        raise Conflict("incoming-erased", "The personal data of this entry are erased, so it stays as it is.")
    said = incoming_papers.checked(work, paper)
    first = None if confirmed else incoming.same_paper(work, said, entry.id)
    if first is not None:
        raise Conflict(
            "incoming-twice",
            "%(number)s has the same sender, number and date: it is likely registered already. "
            "Look at it first; if this is another paper, confirm that.",
            number=first.symbol,
        )
    before, linked = _values(work, entry), _linked(work, entry)
    for name, value in said.values.items():
        setattr(entry, name, value)
    fresh = [note for note in said.notes if note.id not in {one.note_id for one in entry.links}]
    wanted = {note.id for note in said.notes}
    entry.links = [one for one in entry.links if one.note_id in wanted] + [
        IncomingLink(note_id=note.id) for note in fresh
    ]
    work.session.flush()
    after = _values(work, entry)
    facts = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    notes = _linked(work, entry)
    if notes != linked:
        facts["notes"] = [linked, notes]
    if not facts:
        raise Invalid("incoming-same", "Nothing is different, so nothing was corrected.")
    apart = {name: facts.pop(name) for name in PERSONAL if name in facts}
    personal = PersonalData(**evidence.kept_apart(apart)) if apart else None
    if personal is not None:
        work.session.add(personal)
    row = IncomingCorrection(
        entry_id=entry.id,
        facts=facts,
        personal=personal.digest if personal else None,
        reason=text,
        made_by=work.actor.id,
        made_at=work.now(),
    )
    work.session.add(row)
    _changed(work, entry)
    work.log(
        "correct_incoming",
        incoming.subject_of(entry),
        correction=row.id,
        facts=facts,
        texts=sorted(apart),
        reason=text,
    )
    incoming.tell_notes(work, entry, fresh)
    return row


def corrections_of(work: Work, entry: IncomingEntry) -> list[tuple[IncomingCorrection, list[Change]]]:
    """The corrections of an entry, oldest first, each with its fields."""
    found = work.session.execute(
        select(IncomingCorrection, PersonalData)
        .outerjoin(PersonalData, PersonalData.digest == IncomingCorrection.personal)
        .where(IncomingCorrection.entry_id == entry.id)
        .order_by(IncomingCorrection.id)
    ).unique()
    return [(row, _changes(row, kept)) for row, kept in found]


def _changes(row: IncomingCorrection, kept: PersonalData | None) -> list[Change]:
    said: Mapping[str, Any] = {**row.facts, **((kept and kept.data) or {})}
    found = [Change(name, _words(old), _words(new)) for name, (old, new) in said.items()]
    if kept is not None and kept.data is None:
        found.append(Change("texts", "", "", erased=True))
    return found


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _values(work: Work, entry: IncomingEntry) -> dict[str, Any]:
    """What can be corrected, as plain data."""
    found = {name: getattr(entry, name) for name in (*FACTS, *PERSONAL)}
    member = work.session.get(Member, entry.member_id) if entry.member_id else None
    plain = {
        name: value.value
        if isinstance(value, StrEnum)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in found.items()
    }
    # A contact is named by its id: its address is its own, and is erased with it.
    return {**plain, "member": member.code if member else None, "contact": entry.contact_id}


def _linked(work: Work, entry: IncomingEntry) -> list[str]:
    wanted = select(Note.reference).where(Note.id.in_([one.note_id for one in entry.links]))
    return sorted(work.session.scalars(wanted))


def add_files(
    work: Work, entry: IncomingEntry, files: Sequence[incoming_files.File], *, revision: int | None = None
) -> None:
    """Adds files to an entry, such as the scan of a letter that was registered before it."""
    _begin(work, "correct_incoming", entry, revision)
    if not files:
        raise Invalid("incoming-no-file", "Choose a file to add.")
    rows = incoming_files.add(work, entry, files)
    _changed(work, entry)
    work.log("add_incoming_files", incoming.subject_of(entry), files=[one.sha256 for one in rows])


def assign(
    work: Work,
    entry: IncomingEntry,
    assignee: int | None,
    due: date | None,
    *,
    revision: int | None = None,
) -> None:
    """Gives a paper to a person of the house, with the day by which it is due; None gives it to the registry."""
    _begin(work, "assign_incoming", entry, revision)
    _require_open(entry)
    if due is not None and due < entry.received_on:
        raise Invalid("incoming-due", "The day by which it is due lies before the day on which it came.")
    person = incoming.assignable(work, assignee)
    entry.due = due
    if person != entry.assigned_to:
        entry.assigned_to = person
        entry.assigned_by, entry.assigned_at = (work.actor.id, work.now()) if person else (None, None)
    _changed(work, entry)
    work.log(
        "assign_incoming",
        incoming.subject_of(entry),
        assigned_to=person,
        due=due.isoformat() if due else None,
    )
    notices.incoming_given(work, entry)


def settle(
    work: Work, entry: IncomingEntry, remark: str, answer: str = "", *, revision: int | None = None
) -> None:
    """Says that a paper is dealt with, what was done, and, where a note of ours answers it, which."""
    if entry.assigned_to is None or entry.assigned_to != work.actor.id:
        begin_office(work, "settle_incoming")
    _lock(work, entry, revision)
    _require_open(entry)
    text = remark.strip()
    if not text:
        raise Invalid("incoming-remark", "Say what was done with it.")
    if len(text) > 2000:
        raise Invalid("reason-long", "The reason has more than 2,000 characters. Shorten it.")
    note = find_note(work, answer.strip()) if answer.strip() else None
    if note is not None and note.state is NoteState.WITHDRAWN:
        raise Conflict("incoming-answer", "%(note)s was withdrawn, so it answers nothing.", note=note.name)
    entry.settled_by, entry.settled_at, entry.settled_remark = work.actor.id, work.now(), text
    entry.answer_id = note.id if note else None
    _changed(work, entry)
    work.log(
        "settle_incoming",
        incoming.subject_of(entry),
        answer=note.reference if note else None,
        reason=text,
    )


def reopen(work: Work, entry: IncomingEntry, reason: str, *, revision: int | None = None) -> None:
    """Takes back that a paper is dealt with; what was said of it stays in the log."""
    _begin(work, "reopen_incoming", entry, revision)
    text = require_reason(reason)
    if entry.settled_at is None:
        raise Conflict("incoming-open", "%(number)s is not settled yet.", number=entry.symbol)
    entry.settled_by = entry.settled_at = entry.settled_remark = entry.answer_id = None
    _changed(work, entry)
    work.log("reopen_incoming", incoming.subject_of(entry), reason=text)
    notices.incoming_given(work, entry)


def cancel(work: Work, entry: IncomingEntry, reason: str, *, revision: int | None = None) -> None:
    """Cancels what was registered by mistake: it stays in the register with its number and the reason."""
    _begin(work, "cancel_incoming", entry, revision)
    text = require_reason(reason)
    entry.cancelled_by, entry.cancelled_at, entry.cancelled_reason = work.actor.id, work.now(), text
    _changed(work, entry)
    work.log("cancel_incoming", incoming.subject_of(entry), reason=text)


def contact_words(work: Work, entry: IncomingEntry) -> str:
    """Who wrote: as it is written, or the contact's office and address."""
    if entry.writer or entry.contact_id is None:
        return entry.writer
    contact = work.session.get_one(Contact, entry.contact_id)
    return f"{contact.office} <{contact.address}>" if contact.office else contact.address


def _begin(work: Work, name: str, entry: IncomingEntry, revision: int | None) -> None:
    begin_office(work, name)
    _lock(work, entry, revision)


def _lock(work: Work, entry: IncomingEntry, revision: int | None) -> None:
    """Locks the entry until the commit; raises Stale, or Conflict for a cancelled one."""
    work.session.flush()
    work.session.refresh(entry, with_for_update={"of": IncomingEntry})
    if revision is not None and revision != entry.revision:
        raise Stale(
            "stale",
            "Not done: %(number)s changed since you opened it. Open it again, look at what changed, then decide.",
            number=entry.symbol,
        )
    if entry.cancelled_at is not None:
        raise Conflict(
            "incoming-cancelled", "%(number)s was cancelled, so it stays as it is.", number=entry.symbol
        )


def _require_open(entry: IncomingEntry) -> None:
    if entry.settled_at is not None:
        raise Conflict(
            "incoming-settled",
            "%(number)s is settled already. Open it again where there is more to do.",
            number=entry.symbol,
        )


def _changed(work: Work, entry: IncomingEntry) -> None:
    entry.revision += 1
    entry.search = incoming_papers.searchable(entry)
    work.session.flush()
