"""A note with all that followed it: what holds now, and which state has it.

Nothing is kept here: everything follows from the notes, their deliveries and their receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from workflow.models import Delivery, Member, Note
from workflow.operations import evidence, lineage
from workflow.operations.context import Work
from workflow.post.receipts import member_receipt
from workflow.states import MemberStatus

# What a state has, by its receipt: on its way is neither yes nor no.
HELD = (MemberStatus.REACHED, MemberStatus.DOWNLOADED, MemberStatus.ACKNOWLEDGED)


@dataclass(frozen=True)
class Holding:
    """What a state has of one note: how far it came, and in which languages it was sent."""

    note: Note
    status: MemberStatus
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Holdings:
    """What a state has of a family; `current` is "yes", "on_its_way" or "no"."""

    member: Member
    items: tuple[Holding, ...]
    current: str


@dataclass(frozen=True)
class Family:
    """A root with its dispatched followers; `holds` are the notes that together are the current version."""

    root: Note
    members: tuple[Note, ...]
    holds: tuple[Note, ...]
    withdrawn_by: Note | None


def family_of(work: Work, note: Note) -> Family:
    """The family of a note, whichever of its notes is given."""
    root = lineage.root_of(work, note)
    holds = lineage.in_force(work, root, out=True)
    last = lineage.versions_of(work, root, out=True)[-1]
    return Family(
        root,
        (root, *lineage.descendants(work, root)),
        holds,
        None if holds else lineage.withdrawal_of(work, last, out=True),
    )


def holdings(work: Work, family: Family) -> list[Holdings]:
    """What every state of the root has of the notes that hold now, by code."""
    ids = [one.id for one in family.members]
    deliveries: dict[tuple[int, int], list[Delivery]] = {}
    for row in work.session.scalars(select(Delivery).where(Delivery.note_id.in_(ids)).order_by(Delivery.id)):
        deliveries.setdefault((row.note_id, row.member_id), []).append(row)
    addressed = {row.member_id for row in family.root.addressees}
    members = work.session.scalars(select(Member).where(Member.id.in_(addressed)).order_by(Member.code))
    found = []
    for member in members:
        items = tuple(
            _holding(work, note, deliveries[note.id, member.id])
            for note in family.members
            if (note.id, member.id) in deliveries
        )
        found.append(Holdings(member, items, _current(work, family, member, items)))
    return found


def current_by_member(work: Work, note: Note) -> dict[int, str]:
    """Per member id "yes", "on_its_way" or "no": whether it holds the current version of the note's matter.

    Nothing while nothing was corrected, supplemented or replaced, and once there is no version any more.
    """
    found = family_of(work, note)
    if not found.holds or not any(one.relation in lineage.AMENDING for one in found.members):
        return {}
    return {one.member.id: one.current for one in holdings(work, found)}


def _holding(work: Work, note: Note, rows: Sequence[Delivery]) -> Holding:
    receipt = member_receipt(evidence.contact_receipt(work, one) for one in rows)
    languages = dict.fromkeys(
        item["language"] for row in rows for item in row.documents if item["kind"] == "note"
    )
    return Holding(note, receipt.status, tuple(languages))


def _current(work: Work, family: Family, member: Member, items: Sequence[Holding]) -> str:
    had = {item.note.id: item.status for item in items}
    answer = "yes"
    for note in family.holds:
        if note.id not in had and note.concerns and not _concerned(note, member):
            continue  # It was sent to those of its language only.
        status = had.get(note.id, MemberStatus.NOT_SENT)
        if status in HELD:
            continue
        if status is not MemberStatus.IN_TRANSIT:
            return "no"
        answer = "on_its_way"
    return answer if family.holds else "no"


def _concerned(note: Note, member: Member) -> bool:
    return any(row.member_id == member.id for row in note.addressees)
