"""Since when, and until when, the time of a silence procedure runs for each state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from workflow.models import Delivery, Event, Member, Note, SilenceProcedure
from workflow.operations import evidence
from workflow.operations.context import Work
from workflow.post.receipts import member_receipt
from workflow.states import Handing, Human, MemberStatus, Transport

_RANK = tuple(MemberStatus)
# What proves that a state has come to a level; whoever came higher came to the lower ones too.
_PROOFS: Mapping[str, MemberStatus] = {
    Transport.ACCEPTED: MemberStatus.IN_TRANSIT,
    Transport.DELAYED: MemberStatus.IN_TRANSIT,
    Transport.RELAYED: MemberStatus.REACHED,
    Transport.DELIVERED: MemberStatus.REACHED,
    Handing.SENT: MemberStatus.IN_TRANSIT,
    Handing.DELIVERED: MemberStatus.REACHED,
    Human.DOWNLOADED: MemberStatus.DOWNLOADED,
    Human.ACKNOWLEDGED: MemberStatus.ACKNOWLEDGED,
}


@dataclass(frozen=True)
class Running:
    """The time of one state: when it came to the level, and when its time ends; None while it did not.

    A `waived` one goes without a message, so nobody waits for it.
    """

    member: Member
    status: MemberStatus
    reached_at: datetime | None
    ends_at: datetime | None
    waived: bool = False


def running(work: Work, note: Note, procedure: SilenceProcedure) -> list[Running]:
    """The time of every state that the note is addressed to, by code."""
    deliveries: dict[int, list[Delivery]] = {}
    for row in work.session.scalars(
        select(Delivery).where(Delivery.note_id == note.id).order_by(Delivery.id)
    ):
        deliveries.setdefault(row.member_id, []).append(row)
    events: dict[int, list[Event]] = {}
    for event in work.session.scalars(
        select(Event)
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(Delivery.note_id == note.id, Event.axis != "side")
        .order_by(Event.id)
    ):
        events.setdefault(event.delivery_id, []).append(event)
    addressed = {one.member_id for one in note.addressees}
    members = work.session.scalars(select(Member).where(Member.id.in_(addressed)).order_by(Member.code))
    found = []
    for member in members:
        mine = deliveries.get(member.id, [])
        receipt = member_receipt(evidence.contact_receipt(work, one) for one in mine)
        reached = None
        if _RANK.index(receipt.status) >= _RANK.index(procedure.level):
            reached = _reached(mine, events, procedure.level)
        found.append(Running(member, receipt.status, reached, ends_at(procedure, reached), not mine))
    return found


def _reached(
    deliveries: Sequence[Delivery], events: Mapping[int, Sequence[Event]], level: MemberStatus
) -> datetime | None:
    times = []
    for row in deliveries:
        if row.role == "cc":
            continue
        # What an address that was replaced since got proves nothing of the right one.
        here = {one.id for one in row.attempts if one.address == row.address}
        for event in events.get(row.id, ()):
            proof = _PROOFS.get(event.kind)
            if proof is None or _RANK.index(proof) < _RANK.index(level):
                continue
            if event.axis != "transport" or event.attempt_id in here:
                times.append(event.at)
    return min(times, default=None)


def ends_at(procedure: SilenceProcedure, reached_at: datetime | None) -> datetime | None:
    """The end of a state's time: as many days as all have, to the same hour by the clocks of the zone."""
    if reached_at is None:
        return None
    zone = ZoneInfo(procedure.zone)
    begins = procedure.begins_at.astimezone(zone).date()
    deadline = procedure.deadline_at.astimezone(zone)
    late = max(timedelta(), reached_at.astimezone(zone).date() - begins)
    if not late:
        return procedure.deadline_at
    # Days are counted by the calendar of the zone: a day that its clocks make longer or shorter is a day.
    local = (deadline.replace(tzinfo=None) + late).replace(tzinfo=zone)
    # Of an hour that comes twice, or is skipped, the later reading: nobody loses time.
    return max(local.replace(fold=fold).astimezone(ZoneInfo("UTC")) for fold in (0, 1))
