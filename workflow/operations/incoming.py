"""The register of incoming papers: what is registered, under which number, and who may see it.

A number is taken from the locked counter of the incoming register in the transaction that registers
the paper, so that numbers have no gap and are never used twice.  Nothing is removed: what was
registered by mistake is cancelled and keeps its number (`workflow.operations.incoming_acts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select, true

from workflow import register as numbers
from workflow.errors import Conflict, Invalid, NotFound
from workflow.models import (
    Account,
    IncomingEntry,
    IncomingFile,
    IncomingLink,
    Member,
    Note,
    ReturnedMessage,
    SilenceObjection,
)
from workflow.operations import incoming_files, incoming_papers, notices
from workflow.operations.context import SYSTEM, Work, begin_office, note_subject, visible_notes
from workflow.operations.incoming_files import File
from workflow.operations.incoming_papers import Paper, Said
from workflow.permissions import Actor, why_not_office
from workflow.states import Role

FILED = incoming_papers.FILED


@dataclass(frozen=True)
class Duty:
    """Who has to deal with a paper, by when; `filed` says that nothing is to be done."""

    assignee: int | None = None
    due: date | None = None
    filed: bool = False


NOBODY = Duty()


def register(
    work: Work,
    paper: Paper,
    files: Sequence[File] = (),
    *,
    duty: Duty = NOBODY,
    confirmed: bool = False,
    returned: ReturnedMessage | None = None,
    objection: SilenceObjection | None = None,
) -> IncomingEntry:
    """Registers a paper under the next number of the incoming register.

    Raises Conflict `incoming-twice`, which names the first one, where a paper of the same sender,
    number and date is registered already, unless `confirmed` says that this is another one.
    `returned` or `objection` is what it was taken from.
    """
    begin_office(work, "register_incoming")
    said = incoming_papers.checked(work, paper)
    due = duty.due
    if due is not None and due < said.values["received_on"]:
        raise Invalid("incoming-due", "The day by which it is due lies before the day on which it came.")
    if duty.filed and duty.assignee is not None:
        raise Invalid(
            "incoming-filed", "Nothing is to be done with it, so give it to nobody, or change that."
        )
    assignee = assignable(work, duty.assignee)
    incoming_files.check(work, files, [])
    # The counter is locked from here to the commit, so two registrations see each other's papers.
    series, day = work.profile.incoming.series, work.today()
    year = day.year if series.yearly else 0
    numbers.lock(work.session, series.code, year)
    first = None if confirmed else same_paper(work, said)
    if first is not None:
        raise Conflict(
            "incoming-twice",
            "%(number)s has the same sender, number and date: it is likely registered already. "
            "Look at it first; if this is another paper, confirm that.",
            number=first.symbol,
        )
    serial = numbers.take(work.session, series.code, year)
    symbol = series.number(serial, day.year)
    entry = IncomingEntry(
        year=year,
        serial=serial,
        symbol=symbol,
        key=numbers.fold(symbol),
        **said.values,
        registered_by=work.actor.id,
        registered_at=work.now(),
        due=due,
        returned_id=returned.id if returned else None,
        objection_id=objection.id if objection else None,
        links=[IncomingLink(note_id=note.id) for note in said.notes],
    )
    entry.search = incoming_papers.searchable(entry)
    if assignee is not None:
        entry.assigned_to, entry.assigned_by, entry.assigned_at = assignee, work.actor.id, work.now()
    if duty.filed:
        entry.settled_by, entry.settled_at, entry.settled_remark = work.actor.id, work.now(), FILED
    work.session.add(entry)
    work.session.flush()
    incoming_files.keep(work, entry, files)
    work.log(
        "register_incoming",
        subject_of(entry),
        symbol=entry.symbol,
        kind=entry.kind.value,
        member=said.member.code if said.member else None,
        notes=[note.reference for note in said.notes],
        files=[one.sha256 for one in entry.files],
        assigned_to=assignee,
        returned=entry.returned_id,
        objection=entry.objection_id,
        filed=duty.filed or None,
    )
    tell_notes(work, entry, said.notes)
    notices.incoming_given(work, entry)
    return entry


def subject_of(entry: IncomingEntry) -> str:
    """What the log calls an entry."""
    return f"incoming:{entry.id}"


def tell_notes(work: Work, entry: IncomingEntry, notes: Sequence[Note]) -> None:
    """Logs on each note that a paper about it stands in the incoming register."""
    member = work.session.get(Member, entry.member_id) if entry.member_id else None
    for note in notes:
        work.log(
            "link_incoming",
            note_subject(note),
            incoming=entry.id,
            symbol=entry.symbol,
            kind=entry.kind.value,
            member=member.code if member else None,
            files=[one.sha256 for one in entry.files],
        )


def same_paper(work: Work, said: Said, own: int | None = None) -> IncomingEntry | None:
    """The first entry with the same sender, number and date; None without a number, or where there is none."""
    values = said.values
    if not values["reference_key"]:
        return None
    conditions = [
        IncomingEntry.reference_key == values["reference_key"],
        IncomingEntry.cancelled_at.is_(None),
        IncomingEntry.member_id == values["member_id"]
        if values["member_id"]
        else IncomingEntry.party == values["party"],
        IncomingEntry.dated == values["dated"] if values["dated"] else IncomingEntry.dated.is_(None),
    ]
    if own is not None:
        conditions.append(IncomingEntry.id != own)
    return work.session.scalar(select(IncomingEntry).where(*conditions).order_by(IncomingEntry.id).limit(1))


def assignable(work: Work, account_id: int | None) -> int | None:
    """The id of an active person of the house, or None; raises Invalid for anybody else."""
    if account_id is None:
        return None
    account = work.session.get(Account, account_id)
    house = set(Role) - {Role.CHAIR_INSTITUTE}
    if account is None or not account.active or not house & {one.role for one in account.role_rows}:
        raise Invalid("incoming-assignee", "Choose a person of the house who works here now.")
    return account.id


def people_of_the_house(work: Work) -> list[Account]:
    """Those whom a paper can be given to, by name."""
    rows = work.session.scalars(select(Account).where(Account.active).order_by(Account.name, Account.id))
    return [one for one in rows if {row.role for row in one.role_rows} - {Role.CHAIR_INSTITUTE}]


def proposed_due(work: Work, received_on: date) -> date | None:
    """The day by which the profile wants a paper dealt with; None where it says nothing."""
    days = work.profile.incoming.days
    return received_on + timedelta(days=days) if days else None


def expected(work: Work) -> str:
    """The number that the next paper would get; nothing is taken."""
    return numbers.expected(work.session, work.profile.incoming.series, work.today()).symbol


def reads_all(actor: Actor) -> bool:
    """Whether a person reads every paper: the registry, the director and their deputies."""
    return actor is SYSTEM or actor.has(Role.REGISTRY, Role.DIRECTOR) or bool(actor.deputy_for)


def reads_papers(actor: Actor, entry: IncomingEntry) -> bool:
    """Whether a person may see who wrote, and the files; others who see the entry see its line alone."""
    return reads_all(actor) or entry.assigned_to == actor.id


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """The condition, for a SELECT of entries, of those that a person may see.

    Who reads the register sees every line; the others see what is given to them, and what relates to a note
    that they may see.
    """
    if reads_all(actor) or why_not_office(actor, "read_register") is None:
        return true()
    mine = (
        select(IncomingLink.entry_id).join(Note, Note.id == IncomingLink.note_id).where(visible_notes(actor))
    )
    return or_(IncomingEntry.assigned_to == actor.id, IncomingEntry.id.in_(mine))


def find_entry(work: Work, name: int | str) -> IncomingEntry:
    """The entry of an id, or of a number in any script; only if its asker may see it.

    Raises NotFound, which reads the same whether there is no such entry or it is not the asker's.
    """
    found = IncomingEntry.id == name if isinstance(name, int) else IncomingEntry.key == numbers.fold(name)
    entry = work.session.scalar(select(IncomingEntry).where(found, visible_entries(work.actor)))
    if entry is None:
        raise NotFound(
            "no-such-incoming", "There is no incoming paper “%(name)s” that you may see.", name=name
        )
    return entry


def find_file(work: Work, entry: IncomingEntry, number: int) -> IncomingFile:
    """A file of an entry by its id; raises NotFound unless the asker may read the papers."""
    row = next((one for one in entry.files if one.id == number), None)
    if row is None or not reads_papers(work.actor, entry):
        raise NotFound("no-such-file", "There is no file %(id)s that you may see.", id=number)
    return row


def of_note(work: Work, note: Note) -> list[IncomingEntry]:
    """The papers about a note that the person may see, the newest last."""
    chosen = (
        select(IncomingEntry)
        .join(IncomingLink, IncomingLink.entry_id == IncomingEntry.id)
        .where(IncomingLink.note_id == note.id, visible_entries(work.actor))
    )
    return list(work.session.scalars(chosen.order_by(IncomingEntry.id)))


def unsettled(work: Work) -> ColumnElement[bool]:
    """The condition of the entries that somebody has still to deal with."""
    return IncomingEntry.settled_at.is_(None) & IncomingEntry.cancelled_at.is_(None)
