"""The three axes of a receipt, folded from append-only events.

**Transport**, per attempt, is the highest evidence seen; a delivery's is the best over the attempts
at its current address.  **Human**, per contact, only rises.  **Member status** is derived over a
member's `to` and `escalation` contacts; the highest wins.  All three are pure functions: the same
events in any order, and any of them twice, give the same result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workflow.states import Handing, Human, MemberStatus, Transport

# Evidence about one attempt, from the least to the most telling.  The two refusals rank alike, since an
# attempt gets one answer; should both be there all the same, the permanent one stands in any order.
RANK = {
    Transport.PREPARED: 0,
    Transport.SENDING: 1,
    Transport.UNKNOWN: 2,
    Transport.REFUSED_TEMP: 3,
    Transport.REFUSED_PERM: 3,
    Transport.ACCEPTED: 4,
    Transport.DELAYED: 5,
    Transport.RELAYED: 6,
    Transport.DELIVERED: 7,
    Transport.FAILED: 8,
}

# How good an attempt's outcome is for the delivery, from the best.
BEST = (
    Transport.DELIVERED,
    Transport.RELAYED,
    Transport.ACCEPTED,
    Transport.DELAYED,
    Transport.UNKNOWN,
    Transport.SENDING,
    Transport.PREPARED,
    Transport.REFUSED_TEMP,
    Transport.REFUSED_PERM,
    Transport.FAILED,
)

_HUMAN = tuple(Human)


def attempt_transport(evidence: Iterable[Transport]) -> Transport:
    """The highest evidence seen of one attempt; an attempt without any is prepared."""
    return max(
        evidence, key=lambda item: (RANK[item], item is Transport.REFUSED_PERM), default=Transport.PREPARED
    )


def is_late_bounce(evidence: Iterable[Transport]) -> bool:
    """Whether the same attempt was reported both delivered and failed: both are shown."""
    seen = set(evidence)
    return Transport.DELIVERED in seen and Transport.FAILED in seen


def delivery_transport(attempts: Iterable[Transport]) -> Transport | None:
    """The best over the attempts, in their order, at the delivery's current address; None before the first.

    Being put off, or prepared, counts for the last attempt alone: a later one tells what became of the message.
    """
    outcomes = list(attempts)
    told = [one for one in outcomes[:-1] if one not in (Transport.REFUSED_TEMP, Transport.PREPARED)]
    return min([*told, *outcomes[-1:]], key=BEST.index, default=None)


def human(evidence: Iterable[Human]) -> Human:
    """The highest that people did; it never falls."""
    return max(evidence, key=_HUMAN.index, default=Human.NONE)


def handed(evidence: Iterable[tuple[Handing, datetime]]) -> Handing | None:
    """Where a note on paper is: given over once is given over; else the latest of sent and brought back.

    Being told by telephone is no delivery and leaves it as it is.
    """
    steps = [(step, at) for step, at in evidence if step is not Handing.TOLD]
    if any(step is Handing.DELIVERED for step, _ in steps):
        return Handing.DELIVERED
    # Of two at one moment the less good one counts, in whatever order they became known.
    latest = max(steps, key=lambda item: (item[1], item[0] is Handing.RETURNED), default=None)
    return latest[0] if latest else None


@dataclass(frozen=True)
class ContactReceipt:
    """What is known of one contact: the input of the member's status.

    `final` says that no further attempt will be made by itself; `cancelled` that the delivery was
    called off before anything was sent.
    """

    role: str
    transport: Transport | None
    human: Human
    final: bool = False
    cancelled: bool = False
    on_behalf: bool = False
    no_report: bool = False
    handed: Handing | None = None


@dataclass(frozen=True)
class MemberReceipt:
    """A member's status, with the flags that stand beside it."""

    status: MemberStatus
    on_behalf: bool = False
    delayed: bool = False
    unknown: bool = False
    contact_failed: bool = False
    no_report: bool = False


_LOST = {Transport.REFUSED_PERM, Transport.FAILED}


def _lost(contact: ContactReceipt) -> bool:
    """Whether nothing will reach this contact unless a person acts."""
    if contact.handed in (Handing.SENT, Handing.DELIVERED):
        return False
    if contact.handed is Handing.RETURNED and contact.transport is None:
        return True
    return contact.transport in _LOST or (contact.final and contact.transport is Transport.REFUSED_TEMP)


def _contact_status(contact: ContactReceipt) -> MemberStatus:
    if contact.human is Human.ACKNOWLEDGED:
        return MemberStatus.ACKNOWLEDGED
    if contact.human is Human.DOWNLOADED:
        return MemberStatus.DOWNLOADED
    if contact.transport in (Transport.RELAYED, Transport.DELIVERED) or contact.handed is Handing.DELIVERED:
        return MemberStatus.REACHED
    on_way = (Transport.ACCEPTED, Transport.DELAYED, Transport.UNKNOWN)
    if contact.transport in on_way or contact.handed is Handing.SENT:
        return MemberStatus.IN_TRANSIT
    return MemberStatus.NOT_SENT


_MEMBER = tuple(MemberStatus)


def member_receipt(contacts: Iterable[ContactReceipt]) -> MemberReceipt:
    """The status of a member over its contacts; copies (`cc`) never count."""
    counting = [contact for contact in contacts if contact.role != "cc"]
    standing = [contact for contact in counting if not contact.cancelled]
    status = max(
        (_contact_status(contact) for contact in counting), key=_MEMBER.index, default=MemberStatus.NOT_SENT
    )
    if status is MemberStatus.NOT_SENT and standing and all(_lost(contact) for contact in standing):
        status = MemberStatus.UNDELIVERABLE
    acknowledged = [contact for contact in counting if contact.human is Human.ACKNOWLEDGED]
    transports = {contact.transport for contact in counting}
    return MemberReceipt(
        status=status,
        on_behalf=bool(acknowledged) and all(contact.on_behalf for contact in acknowledged),
        delayed=Transport.DELAYED in transports or Transport.REFUSED_TEMP in transports,
        unknown=Transport.UNKNOWN in transports,
        contact_failed=status is not MemberStatus.UNDELIVERABLE
        and any(_lost(contact) for contact in standing),
        no_report=any(contact.no_report for contact in counting),
    )
