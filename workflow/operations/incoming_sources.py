"""Where incoming papers come from: a message that people answered with, and an objection to a procedure.

Both are taken over, so that a state, its number and its file are typed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sqlalchemy import select

from workflow.clock import day_in
from workflow.errors import Conflict, Phrase
from workflow.models import (
    Contact,
    Delivery,
    IncomingEntry,
    IncomingKind,
    Member,
    Note,
    ReturnedMessage,
)
from workflow.operations import incoming, incoming_files, incoming_papers
from workflow.operations.context import Work, begin_office
from workflow.operations.incoming_papers import EARLIEST, Paper
from workflow.post import returned
from workflow.post.returned import Note as MailNote
from workflow.post.returned.addresses import only
from workflow.post.returned.message import read, words
from workflow.states import NoteState

NO_SUBJECT = Phrase("(no subject)")
CUT = "…"


@dataclass(frozen=True)
class Taken:
    """What a message says of itself: the paper as it would be registered, and its one file.

    `sure` says that it came back to a token of ours, so that the note and the contact are those
    that we wrote to; otherwise a person has to look whether they are.
    """

    paper: Paper
    file: incoming_files.File
    sure: bool


def may_register(row: ReturnedMessage) -> bool:
    """Whether a returned message is one that can be registered: a report of a server is no letter."""
    return row.state in ("waiting", "settled", "aside") and row.category not in ("fail", "delay", "ok")


def entry_of_returned(work: Work, row: ReturnedMessage) -> IncomingEntry | None:
    """The entry that a message is registered as; None where it is not, or was cancelled."""
    return work.session.scalar(
        select(IncomingEntry).where(IncomingEntry.returned_id == row.id, IncomingEntry.cancelled_at.is_(None))
    )


def of_returned(work: Work, row: ReturnedMessage) -> Taken:
    """A returned message as an incoming paper: sender, date, subject, note, contact and the message itself."""
    raw = work.store.get(row.sha256)
    message = read(raw)
    sender = incoming_papers.one_line(words(message.header("from")))[: incoming_papers.LONGEST["writer"]]
    subject = incoming_papers.one_line(words(message.header("subject"))) or str(NO_SUBJECT)
    received = day_in(row.received_at, work.zone)
    delivery = work.session.get(Delivery, row.delivery_id) if row.delivery_id else None
    contact = incoming_papers.contact_at(work, only(sender))
    if contact is None and delivery is not None and row.verified:
        # Whoever answers for the office that we wrote to writes from an address of their own.
        contact = work.session.get(Contact, delivery.contact_id)
    member = contact.member.code if contact else ""
    if not member and delivery is not None:
        member = work.session.get_one(Member, delivery.member_id).code
    note = work.session.get_one(Note, delivery.note_id) if delivery else None
    notes = returned.parse(raw).notes
    paper = Paper(
        kind=_kind(row, notes),
        subject=_cut(subject, incoming_papers.LONGEST["subject"]),
        channel="mail",
        received_on=received,
        member=member,
        party="" if member else (sender or str(NO_SUBJECT)),
        contact=contact.id if contact else None,
        writer=sender,
        dated=_dated(work, message.header("date"), received),
        marking=note.marking if note else "",
        notes=(note.reference,) if note and note.state is NoteState.DISPATCHED else (),
    )
    return Taken(paper, incoming_files.File(f"message-{row.id}.eml", raw, kept=True), row.verified)


def register_returned(
    work: Work,
    row: ReturnedMessage,
    given: Mapping[str, Any] | None = None,
    *,
    duty: incoming.Duty = incoming.NOBODY,
    confirmed: bool = False,
) -> IncomingEntry:
    """Registers a returned message as an incoming paper; what waited for a person is settled with it.

    `given` are fields of a Paper that a person says better.  Raises Conflict where it is registered already,
    or is a report of a server.
    """
    begin_office(work, "register_incoming")
    work.session.refresh(row, with_for_update={"of": ReturnedMessage})
    known = entry_of_returned(work, row)
    if known is not None:
        raise Conflict(
            "incoming-known", "This message is registered already, as %(number)s.", number=known.symbol
        )
    if not may_register(row):
        raise Conflict(
            "incoming-report", "This message is a report about one of our messages, and no letter to us."
        )
    taken = of_returned(work, row)
    paper = replace(taken.paper, **(given or {}))
    if paper.member and paper.member.strip().upper() != taken.paper.member:
        # Another state than the message seemed to be from: its contact goes with the state.
        paper = replace(paper, contact=(given or {}).get("contact"))
    if paper.member:
        paper = replace(paper, party=(given or {}).get("party", ""))
    elif paper.party:
        paper = replace(paper, contact=None)
    entry = incoming.register(work, paper, (taken.file,), duty=duty, confirmed=confirmed, returned=row)
    if row.state == "waiting":
        row.state, row.reason = "settled", Phrase("Registered as %(number)s.", number=entry.symbol)
        row.settled_by, row.settled_at = work.actor.id, work.now()
        work.log("settle_returned", f"returned:{row.id}", incoming=entry.id, symbol=entry.symbol)
    work.session.flush()
    return entry


def _kind(row: ReturnedMessage, notes: frozenset[MailNote]) -> str:
    if row.category == "complaint":
        return IncomingKind.REQUEST.value
    if MailNote.READ_RECEIPT in notes:
        return IncomingKind.ACKNOWLEDGEMENT.value
    return IncomingKind.REPLY.value if MailNote.HUMAN_REPLY in notes else IncomingKind.OTHER.value


def _dated(work: Work, text: str, received: date) -> date | None:
    """The day that the message bears, on its writer's own clock; None where it bears none that can be."""
    try:
        day = parsedate_to_datetime(text[:200]).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return day if EARLIEST <= day <= received + timedelta(days=1) else None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + CUT
