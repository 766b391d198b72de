"""How the members of a dispatched note stand: the fold of all its deliveries, for pages and API."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflow.models import Contact, Delivery, Event, Note
from workflow.operations import naming, plain, standing
from workflow.operations.context import Work
from workflow.operations.evidence import contact_receipt
from workflow.post.receipts import MemberReceipt, member_receipt
from workflow.states import Human, MemberStatus


@dataclass(frozen=True)
class Standing:
    """One member of a note: its receipt, its deliveries as plain rows to look at, or why it goes without."""

    member: naming.Named
    name: str
    receipt: MemberReceipt
    deliveries: tuple[Delivery, ...]
    waived_reason: str | None = None


def standings(work: Work, note: Note, language: str) -> list[Standing]:
    """Every member that the note was approved for, by name in `language` where the profile has it."""
    approval = note.approval
    if approval is None:
        return []
    by_member: dict[int, list[Delivery]] = {}
    for delivery in plain.of_note(work, note.id):
        by_member.setdefault(delivery.member_id, []).append(delivery)
    waived = {one.member_id: one.waived_reason for one in approval.recipients if one.contact_id is None}
    wanted = {one.member_id for one in approval.recipients}
    profile = work.profile
    shown = language if language in profile.languages else note.source_language
    sort_key = profile.sort_key(shown)
    found = [
        Standing(
            member=member,
            name=member.name,
            receipt=member_receipt(contact_receipt(work, one) for one in by_member.get(member.id, ())),
            deliveries=tuple(by_member.get(member.id, ())),
            waived_reason=waived.get(member.id),
        )
        for member in naming.named(work.session, shown, approval.dated, wanted).values()
    ]
    return sorted(found, key=lambda one: sort_key(one.name))


def deliveries_of(work: Work, note: Note) -> list[Delivery]:
    """All deliveries of a note."""
    return list(
        work.session.scalars(select(Delivery).where(Delivery.note_id == note.id).order_by(Delivery.id))
    )


def counts(receipts: Mapping[MemberReceipt, int]) -> dict[str, int]:
    """How many members stand where, by how many have each receipt; every status is there, so that none goes missing."""
    counted: Counter[MemberStatus] = Counter()
    for receipt, members in receipts.items():
        counted[receipt.status] += members
    return {status.value: counted[status] for status in MemberStatus}


def receipts_of(groups: Iterable[standing.Group]) -> Counter[MemberReceipt]:
    """How many members of these groups have each receipt."""
    found: Counter[MemberReceipt] = Counter()
    for group in groups:
        found[group.receipt] += group.members
    return found


def counts_of(work: Work, notes: Iterable[Note]) -> Mapping[int, tuple[int, dict[str, int], int]]:
    """Per note id: its members, how many stand where, and the deliveries that are not done."""
    ids = [note.id for note in notes]
    found = standing.of_notes(work, ids)
    result = {}
    for number in ids:
        groups = found.get(number, [])
        waiting = sum(group.waiting for group in groups)
        members = sum(group.members for group in groups)
        result[number] = (members, counts(receipts_of(groups)), waiting)
    return result


def offices(work: Work, deliveries: Iterable[Delivery]) -> dict[int, str]:
    """The office of each delivery's contact, by the contact's id."""
    ids = {delivery.contact_id for delivery in deliveries}
    rows = work.session.execute(select(Contact.id, Contact.office).where(Contact.id.in_(ids)))
    return {row.id: row.office for row in rows}


def acknowledgements(work: Work, note: Note) -> dict[int, dict[str, Any]]:
    """The latest acknowledgement of each delivery: who, office, their reference and date, and when."""
    rows = work.session.scalars(
        select(Event)
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(Delivery.note_id == note.id, Event.axis == "human", Event.kind == Human.ACKNOWLEDGED.value)
        .order_by(Event.id)
    )
    shown = ("name", "office", "reference", "dated", "on_behalf", "reason", "filename")
    return {
        row.delivery_id: {
            "at": row.at.isoformat(),
            **{key: row.data[key] for key in shown if key in row.data},
        }
        for row in rows
    }
