"""Messages for a contact that is out of use before they left: they wait for a person.

A note is released for a later hour, its dispatch is stopped, or its relay puts it off; meanwhile the contact
ends, its address is changed, or its days run out.  Nothing leaves for it then by itself; whoever
looks sends it to the address that is right now, or calls it off.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from workflow.clock import day_in
from workflow.errors import Conflict, Phrase
from workflow.models import Contact, Delivery, Outgoing
from workflow.models.directory import ContactState
from workflow.operations import claims
from workflow.operations.context import Work
from workflow.operations.directory import is_valid_on
from workflow.states import DeliveryQueue, Hold


def hold_of(work: Work, contact: Contact) -> int:
    """Holds what waits for the address of a contact that is out of use; gives how many messages that are."""
    return _hold(
        work,
        (Delivery.member_id == contact.member_id) & (Delivery.address == contact.address),
        Phrase(
            "The contact ended before the message left. Send it again, to the address in its place, or cancel it."
        ),
    )


def hold_doubtful(work: Work, contact: Contact) -> int:
    """Holds what waits for an address that the one before it objects to; gives how many messages that are."""
    return _hold(
        work,
        (Delivery.member_id == contact.member_id) & (Delivery.address == contact.address),
        Phrase(
            "The address in whose place this one stands objects. Settle it in the directory, then let the message go on or cancel it."
        ),
    )


def hold_over(work: Work) -> int:
    """Holds what waits for contacts whose last day has passed; gives how many messages that are."""
    return _hold(
        work,
        exists().where(
            Contact.id == Delivery.contact_id,
            Contact.address == Delivery.address,
            Contact.state == ContactState.CONFIRMED,
            Contact.valid_until < work.today(),
        ),
        Phrase(
            "The last day of the contact passed before the message left. Correct the contact and let the message "
            "go on, or cancel it."
        ),
    )


def require_usable(work: Work, message: Outgoing, moment: datetime) -> None:
    """Raises Conflict where a message would leave for a contact that is out of use, or not valid at `moment`."""
    contact = work.session.get_one(Contact, message.contact_id)
    if contact.address != message.address:
        return  # Sent again to another address, it follows that one's contact.
    if contact.state is ContactState.RETIRED:
        raise Conflict(
            "contact-out-of-use",
            "%(address)s is out of use. Send the note again instead, to the address in its place, or cancel it.",
            address=contact.address,
        )
    day = day_in(moment, work.zone)
    if not is_valid_on(contact, day):
        raise Conflict(
            "contact-not-valid",
            "%(address)s is not valid on %(day)s. Correct its days in the directory first.",
            address=contact.address,
            day=day.isoformat(),
        )


def _hold(work: Work, condition: ColumnElement[bool], reason: str) -> int:
    work.session.flush()
    # What the whole dispatch was stopped with is marked, too: it does not go on with the others.
    waiting = or_(
        Delivery.queue == DeliveryQueue.QUEUED,
        and_(Delivery.queue == DeliveryQueue.HELD, Delivery.held_as == Hold.NOTE),
    )
    rows = work.session.scalars(
        select(Delivery)
        .where(condition, waiting)
        .order_by(Delivery.id)
        .with_for_update(of=Outgoing)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        claims.release(row, DeliveryQueue.HELD, Hold.PERSON, reason)
        work.log("hold_delivery", f"note:{row.note_id}", delivery=row.id, reason=str(reason))
    work.session.flush()
    return len(rows)
