"""What is said of an incoming paper, checked: sender, number, dates, subject, and the notes that it is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from workflow import register as numbers
from workflow.errors import Conflict, Invalid, Phrase
from workflow.models import Contact, IncomingChannel, IncomingEntry, IncomingKind, Member, Note
from workflow.operations import choices, directory
from workflow.operations.context import Work, find_note
from workflow.post.returned.addresses import only
from workflow.states import NoteState

FILED = Phrase("Nothing was to be done: put to the file.")
EARLIEST = date(1990, 1, 1)
# How many signs a field holds.
LONGEST = {"party": 300, "writer": 300, "reference": 200, "subject": 500, "summary": 20_000}
# Joiners that Persian, Hindi and others need; every other sign that cannot be seen is left out.
_JOINERS = "\u200c\u200d"
# What stands in place of a number where the sender gave none.
_NO_NUMBER = frozenset({"none", "-", "—", "–", "б/н", "без номера", "н/т", "n/a", "s/n", "w/n"})


@dataclass(frozen=True)
class Paper:
    """An incoming paper as a person describes it.

    It comes from the `member` of this code or from an outside `party` in words.  `received_on` is
    today where none is given; `contact` is the id of who wrote, or `writer` names them; `notes` are
    the dispatched notes that it is about, by number or reference.
    """

    kind: str
    subject: str
    channel: str = ""
    received_on: date | None = None
    member: str = ""
    party: str = ""
    contact: int | None = None
    writer: str = ""
    reference: str = ""
    dated: date | None = None
    language: str = ""
    summary: str = ""
    marking: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """A checked paper: the columns of its entry, and the rows that it names."""

    values: Mapping[str, Any]
    member: Member | None
    notes: tuple[Note, ...]


def one_line(text: str) -> str:
    """The text on one line, without signs that cannot be seen: they could turn what stands beside it around."""
    seen = (
        sign if sign.isprintable() or sign in _JOINERS else " " if sign.isspace() else "" for sign in text
    )
    return " ".join("".join(seen).split())


def lines(text: str) -> str:
    """The text with its line breaks, each line as `one_line` has it."""
    return "\n".join(one_line(line) for line in text.replace("\r\n", "\n").split("\n")).strip()


def checked(work: Work, paper: Paper) -> Said:
    """The paper as it is kept; raises Invalid with the sentence of what is wrong."""
    if paper.kind not in set(IncomingKind):
        raise Invalid("incoming-kind", "Choose what the paper is: a reply, an objection, or another kind.")
    if paper.channel and paper.channel not in set(IncomingChannel):
        raise Invalid("incoming-channel", "Choose how the paper came.")
    texts = {
        "party": one_line(paper.party),
        "writer": one_line(paper.writer),
        "reference": one_line(paper.reference),
        "subject": one_line(paper.subject),
        "summary": lines(paper.summary),
    }
    for name, text in texts.items():
        if len(text) > LONGEST[name]:
            raise Invalid(
                "incoming-long",
                "A field has more than %(most)s characters. Shorten it.",
                most=LONGEST[name],
            )
    if texts["reference"].casefold() in _NO_NUMBER:
        texts["reference"] = ""
    if not texts["subject"]:
        raise Invalid("incoming-subject", "Say in a few words what the paper is about.")
    received = paper.received_on or work.today()
    _check_days(work, received, paper.dated)
    member = directory.find_member(work, paper.member) if paper.member.strip() else None
    contact = _contact(work, paper, member, texts["writer"])
    if contact is not None:
        member = contact.member
    if member is not None and texts["party"]:
        raise Invalid("incoming-two-senders", "Choose the state, or write who sent it; not both.")
    if member is None and not texts["party"]:
        raise Invalid("incoming-sender", "Choose the state that sent it, or write who did.")
    notes = tuple(dict.fromkeys(_about(work, name) for name in paper.notes if name.strip()))
    values = {
        **texts,
        "kind": IncomingKind(paper.kind),
        "channel": IncomingChannel(paper.channel) if paper.channel else None,
        "received_on": received,
        "reference_key": numbers.fold(texts["reference"])[:200],
        "dated": paper.dated,
        "member_id": member.id if member else None,
        "contact_id": contact.id if contact else None,
        "language": _language(paper.language),
        "marking": choices.marking_of(work.profile, paper.marking),
    }
    return Said(values, member, notes)


def _check_days(work: Work, received: date, dated: date | None) -> None:
    if received > work.today():
        raise Invalid("incoming-future", "The day on which it came cannot lie in the future.")
    if min(received, dated or received) < EARLIEST:
        raise Invalid(
            "incoming-early", "The dates of a paper cannot lie before %(year)s.", year=EARLIEST.year
        )
    # A day more, for a sender whose day has begun earlier than ours.
    if dated is not None and dated > received + timedelta(days=1):
        raise Invalid("incoming-dated", "The sender’s date lies after the day on which the paper came.")


def _contact(work: Work, paper: Paper, member: Member | None, writer: str) -> Contact | None:
    """The contact that is named by its id, or whose address stands in what is written of the writer."""
    if paper.contact is not None:
        contact = directory.find_contact(work, paper.contact)
        if member is not None and contact.member_id != member.id:
            raise Invalid(
                "incoming-contact", "This contact is not one of %(state)s. Choose another.", state=member.code
            )
        return contact
    if member is None:
        return None
    return contact_at(work, only(writer), member)


def contact_at(work: Work, address: str, member: Member | None = None) -> Contact | None:
    """The newest contact with this address, of one member or of any; None for none, or where states share it."""
    if not address:
        return None
    statement = select(Contact).where(func.lower(Contact.address) == address).order_by(Contact.id.desc())
    if member is not None:
        statement = statement.where(Contact.member_id == member.id)
    found = list(work.session.scalars(statement))
    return found[0] if len({one.member_id for one in found}) == 1 else None


def _language(code: str) -> str | None:
    text = code.strip()
    if len(text) > 12 or not all(part.isalnum() and part.isascii() for part in text.split("-") if text):
        raise Invalid(
            "incoming-language", "“%(code)s” is not the code of a language, such as en or kk.", code=text
        )
    return text or None


def _about(work: Work, name: str) -> Note:
    note = find_note(work, name.strip())
    if note.state is not NoteState.DISPATCHED:
        raise Conflict(
            "incoming-note",
            "%(note)s was not dispatched, so no paper can be about it.",
            note=note.name,
        )
    return note


def searchable(entry: IncomingEntry) -> str:
    """What a search looks into, in one case whatever the script."""
    said = (entry.symbol, entry.reference, entry.party, entry.writer, entry.subject, entry.summary)
    return in_one_case(" ".join(filter(None, said)))


def in_one_case(text: str) -> str:
    """The text as it is searched."""
    return unicodedata.normalize("NFKC", text).casefold()


def paper_of(work: Work, entry: IncomingEntry) -> Paper:
    """What an entry says, as it was given; its notes by their numbers."""
    member = work.session.get(Member, entry.member_id) if entry.member_id else None
    about = select(Note).where(Note.id.in_([one.note_id for one in entry.links])).order_by(Note.id)
    return Paper(
        kind=entry.kind.value,
        subject=entry.subject,
        channel=entry.channel.value if entry.channel else "",
        received_on=entry.received_on,
        member=member.code if member else "",
        party=entry.party,
        contact=entry.contact_id,
        writer=entry.writer,
        reference=entry.reference,
        dated=entry.dated,
        language=entry.language or "",
        summary=entry.summary,
        marking=entry.marking,
        notes=tuple(note.name for note in work.session.scalars(about)),
    )
