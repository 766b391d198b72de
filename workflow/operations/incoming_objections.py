"""Papers of a silence procedure in the incoming register: an objection, and what withdraws one.

Each is registered from where it is written down first, so that a state, its number and its file are typed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from workflow import register as numbers
from workflow.clock import day_in
from workflow.errors import Invalid, NotFound, Phrase
from workflow.models import (
    IncomingEntry,
    IncomingFile,
    IncomingKind,
    IncomingLink,
    Member,
    Note,
    SilenceObjection,
)
from workflow.operations import incoming, incoming_files, incoming_papers
from workflow.operations.context import Work
from workflow.operations.incoming_papers import Paper

if TYPE_CHECKING:
    from workflow.operations.objections import Withdrawal


def entries_of(work: Work, rows: Sequence[SilenceObjection]) -> dict[tuple[str, int], tuple[str, str]]:
    """The papers of objections, (number, key): for ("objection", id) and ("withdrawal", id), as far as there is one."""
    ids = [one.id for one in rows]
    found = {}
    for entry in work.session.scalars(
        select(IncomingEntry).where(
            or_(IncomingEntry.objection_id.in_(ids), IncomingEntry.withdraws_id.in_(ids)),
            IncomingEntry.cancelled_at.is_(None),
        )
    ):
        if entry.objection_id is not None:
            found["objection", entry.objection_id] = entry.symbol, str(entry.id)
        elif entry.withdraws_id is not None:
            found["withdrawal", entry.withdraws_id] = entry.symbol, str(entry.id)
    return found


def register_objection(
    work: Work, note: Note, row: SilenceObjection, member: Member, data: bytes, channel: str = ""
) -> IncomingEntry:
    """Registers the paper of an objection in a silence procedure of `note`, or links it to the entry that it has.

    An entry with the same state, number and date is the same paper.
    """
    day = day_in(row.received_at, work.zone)
    paper = Paper(
        kind=IncomingKind.OBJECTION.value,
        subject=str(Phrase("Objection to %(note)s", note=note.name)),
        channel=channel,
        received_on=day,
        member=member.code,
        reference=row.reference,
        dated=row.dated,
        summary=row.remark,
        marking=note.marking,
        notes=(note.reference,),
    )
    file = incoming_files.File(row.filename, data, kept=True)
    known = incoming.same_paper(work, incoming_papers.checked(work, paper))
    if known is None or known.objection_id is not None:
        return incoming.register(work, paper, (file,), confirmed=True, objection=row)
    # Somebody registered the paper before it was known as an objection: it has its number.
    if row.sha256 not in {one.sha256 for one in known.files}:
        incoming_files.add(work, known, (file,))
    link_objection(work, note, known, row)
    return known


def register_withdrawal(
    work: Work, note: Note, row: SilenceObjection, member: Member, said: Withdrawal
) -> IncomingEntry:
    """Registers the paper by which a state withdrew its objection, or links the entry that it has."""
    paper = Paper(
        kind=IncomingKind.REPLY.value,
        subject=str(Phrase("Withdrawal of the objection to %(note)s", note=note.name)),
        channel=said.channel,
        received_on=said.received_on or work.today(),
        member=member.code,
        reference=said.reference,
        dated=said.dated,
        marking=note.marking,
        notes=(note.reference,),
    )
    file = incoming_files.File(said.filename, work.store.get(said.sha256), kept=True)
    known = incoming.same_paper(work, incoming_papers.checked(work, paper))
    if known is None or known.objection_id is not None or known.withdraws_id is not None:
        known = incoming.register(work, paper, (file,), duty=incoming.Duty(filed=True), confirmed=True)
    elif said.sha256 not in {one.sha256 for one in known.files}:
        incoming_files.add(work, known, (file,))
    link_withdrawal(work, note, known, row)
    return known


def find_withdrawal(work: Work, note: Note, member: Member, name: str) -> tuple[IncomingEntry, IncomingFile]:
    """The entry that withdraws an objection of `member`, and its first file; raises NotFound or Invalid."""
    entry = _entry_for_update(work, name)
    if entry not in linkable(work, note) or entry.member_id != member.id:
        raise Invalid(
            "withdrawal-paper",
            "%(number)s cannot withdraw the objection of %(code)s to %(note)s: it has to be about this note, "
            "from this state, with a file, and neither an objection nor a withdrawal already.",
            number=entry.symbol,
            code=member.code,
            note=note.name,
        )
    return entry, entry.files[0]


def link_withdrawal(work: Work, note: Note, entry: IncomingEntry, row: SilenceObjection) -> None:
    """Says which objection the paper of an entry withdraws, and relates the entry to the note."""
    entry.withdraws_id = row.id
    _relate(work, note, entry)
    work.log("link_withdrawal", incoming.subject_of(entry), objection=row.id, note=note.reference)


def linkable(work: Work, note: Note) -> list[IncomingEntry]:
    """The papers about a note that an objection can be taken from: of a state, with a file, and not taken yet."""
    return [
        one
        for one in incoming.of_note(work, note)
        if one.member_id
        and one.files
        and one.objection_id is None
        and one.withdraws_id is None
        and one.cancelled_at is None
    ]


def find_linkable(work: Work, note: Note, name: str) -> tuple[IncomingEntry, Member, IncomingFile]:
    """The entry that an objection is taken from, its member and its first file.

    Raises Invalid where the paper is not about this note, has no state or no file, or is an
    objection already.
    """
    entry = _entry_for_update(work, name)
    if entry not in linkable(work, note):
        raise Invalid(
            "objection-paper",
            "%(number)s cannot be taken as an objection to %(note)s: it has to be about this note, from a state, "
            "with a file, and no objection already.",
            number=entry.symbol,
            note=note.name,
        )
    member = work.session.get_one(Member, entry.member_id)
    return entry, member, entry.files[0]


def _entry_for_update(work: Work, name: str) -> IncomingEntry:
    entry = work.session.scalar(
        select(IncomingEntry)
        .where(IncomingEntry.key == numbers.fold(name))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound(
            "no-such-incoming", "There is no incoming paper “%(name)s” that you may see.", name=name
        )
    return entry


def link_objection(work: Work, note: Note, entry: IncomingEntry, row: SilenceObjection) -> None:
    """Says that an objection is the one that an entry registered, and relates the entry to its note."""
    was, entry.kind = entry.kind, IncomingKind.OBJECTION
    entry.objection_id = row.id
    _relate(work, note, entry)
    work.log(
        "link_objection",
        incoming.subject_of(entry),
        objection=row.id,
        note=note.reference,
        kind=[was.value, entry.kind.value],
    )


def _relate(work: Work, note: Note, entry: IncomingEntry) -> None:
    fresh = note.id not in {one.note_id for one in entry.links}
    if fresh:
        entry.links.append(IncomingLink(note_id=note.id))
    entry.revision += 1
    work.session.flush()
    if fresh:
        incoming.tell_notes(work, entry, (note,))
