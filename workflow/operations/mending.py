"""What came back from an address is sent again, once, when the one that mends it is in force."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from workflow.errors import Refusal
from workflow.models import Account, Contact, Delivery, Mending, Note
from workflow.operations import accounts, contact_line, deliveries
from workflow.operations.context import SYSTEM, Work
from workflow.states import Human, Transport

LOST = (Transport.FAILED, Transport.REFUSED_PERM)


def mend(work: Work, contact: Contact) -> None:
    """Sends again what was to be sent again once this contact, or what it proposed, is in force."""
    for mending in work.session.scalars(
        select(Mending)
        .where(Mending.contact_id == contact.id, Mending.done_at.is_(None))
        .order_by(Mending.id)
    ):
        _mend(work, mending)


def _mend(work: Work, mending: Mending) -> None:
    """Sends one delivery again for whoever asked for it; what stands against it is kept as a sentence."""
    account = work.session.get_one(Account, mending.asked_by)
    person = accounts.actor_of(work.session, account, work.clock) if account.active else SYSTEM
    delivery = work.session.get_one(Delivery, mending.delivery_id)
    outcome = ""
    try:
        with work.session.begin_nested():
            note = work.session.get_one(Note, delivery.note_id)
            deliveries.resend(replace(work, actor=person), note, delivery, "The address was mended.")
    except Refusal as refusal:
        outcome = refusal.sentence
    mending.done_at, mending.outcome = work.now(), outcome
    work.session.flush()


def ask_to_resend(work: Work, contact: Contact) -> int:
    """Notes that what came back from the address that `contact` replaces is sent again when it is in force.

    Gives how many deliveries that are.
    """
    if contact.replaces_id is None:
        return 0
    found = lost_deliveries(work, contact.replaces_id)
    for delivery in found:
        work.session.add(
            Mending(
                contact_id=contact.id, delivery_id=delivery.id, asked_by=work.actor.id, asked_at=work.now()
            )
        )
    work.session.flush()
    return len(found)


def lost_deliveries(work: Work, contact_id: int) -> list[Delivery]:
    """What came back from a contact, or from those whose place it took, and was neither acknowledged nor called off."""
    return list(
        work.session.scalars(
            select(Delivery)
            .where(
                Delivery.contact_id.in_(contact_line.lineage(work, contact_id)),
                Delivery.transport.in_(LOST),
                Delivery.human != Human.ACKNOWLEDGED,
                Delivery.cancelled_at.is_(None),
            )
            .order_by(Delivery.id)
        )
    )
