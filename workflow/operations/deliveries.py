"""What a person may do with one delivery of a dispatched note; the note itself never changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from workflow.errors import Conflict, NotFound, Phrase, either
from workflow.models import Contact, Delivery, Note
from workflow.models.directory import HANDED, ContactState
from workflow.operations import evidence, succession
from workflow.operations.context import Work, begin, note_subject, require_reason
from workflow.operations.dispatch import link_digest, link_token
from workflow.states import DeliveryQueue, Hold, Transport

QUEUE_WORDS = {
    DeliveryQueue.QUEUED: Phrase("queued"),
    DeliveryQueue.CLAIMED: Phrase("claimed"),
    DeliveryQueue.HELD: Phrase("held"),
    DeliveryQueue.DONE: Phrase("done"),
}


def find_delivery(work: Work, note: Note, delivery_id: int) -> Delivery:
    """A delivery of this note; raises NotFound."""
    row = work.session.get(Delivery, delivery_id)
    if row is None or row.note_id != note.id:
        raise NotFound("no-such-delivery", "The note has no delivery %(id)s.", id=delivery_id)
    return row


def hold(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Stops a delivery that waits to be sent; one that a worker has in hand cannot be stopped any more."""
    begin(work, note, "hold_delivery", reason=reason)
    _move(
        work,
        delivery,
        (DeliveryQueue.QUEUED,),
        DeliveryQueue.HELD,
        held_reason=require_reason(reason),
        held_as=Hold.PERSON,
    )
    work.log("hold_delivery", note_subject(note), delivery=delivery.id, reason=reason)


def resume(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Lets a held delivery go on, at once."""
    begin(work, note, "resume_delivery", reason=reason)
    if delivery.cancelled_at is not None:
        raise Conflict("cancelled", "This delivery was cancelled and is not sent any more.")
    decided(delivery)
    # What was never tried does not leave before the time of release.
    due = max(work.now(), note.release_at or work.now()) if not delivery.attempts else work.now()
    _move(work, delivery, (DeliveryQueue.HELD,), DeliveryQueue.QUEUED, held_reason=None, due_at=due)
    work.log("resume_delivery", note_subject(note), delivery=delivery.id, reason=reason)


def cancel(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Calls a held delivery off for good; its member counts as not sent."""
    begin(work, note, "cancel_delivery", reason=reason)
    _move(
        work,
        delivery,
        (DeliveryQueue.HELD,),
        DeliveryQueue.DONE,
        held_reason=require_reason(reason),
        cancelled_at=work.now(),
    )
    work.log("cancel_delivery", note_subject(note), delivery=delivery.id, reason=reason)


def resend(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Sends the note to a contact again, with the same Message-ID, to the address that is right now.

    Where the contact's address was replaced and confirmed by a second person, the new one is used.
    """
    begin(work, note, "resend", reason=reason)
    text = require_reason(reason)
    withdrawn = succession.withdrawal_of(work, note)
    if withdrawn is not None:
        raise Conflict(
            "parent-withdrawn",
            "%(note)s was withdrawn by %(by)s, so nothing can follow it any more.",
            note=note.name,
            by=withdrawn.name,
        )
    contact = _standing_contact(work, delivery.contact_id)
    if contact.channel in HANDED:
        raise Conflict(
            "by-hand",
            "%(office)s gets its notes by hand or courier. Record how the note was handed over instead.",
            office=contact.office or contact.address,
        )
    if delivery.human.value == "acknowledged":
        raise Conflict("acknowledged", "This contact has acknowledged the note, so it is not sent again.")
    if contact.address == delivery.address and delivery.transport in evidence.STANDING:
        raise Conflict(
            "already-sent",
            "The relay has taken this message for %(address)s, so sending it again would make a second copy. "
            "If the address is wrong, correct the contact first.",
            address=delivery.address,
        )
    decided(delivery)
    renewed: dict[str, Any] = {}
    moved = contact.address != delivery.address
    if delivery.kind == "note" and (moved or delivery.link_revoked_at is not None):
        # Whoever got the message at the other address keeps a link that opens nothing any more.
        serial = delivery.link_serial + 1
        token = link_token(work, delivery.message_id, serial)
        renewed = {"link_serial": serial, "link_digest": link_digest(token), "link_revoked_at": None}
    _move(
        work,
        delivery,
        (DeliveryQueue.DONE, DeliveryQueue.HELD),
        DeliveryQueue.QUEUED,
        held_reason=None,
        cancelled_at=None,
        due_at=work.now(),
        address=contact.address,
        transport=None if contact.address != delivery.address else delivery.transport,
        **renewed,
    )
    work.log("resend", note_subject(note), delivery=delivery.id, contact=contact.id, reason=text)


def decided(delivery: Delivery) -> None:
    """A person lets a delivery go on although its outcome is unknown a second time: the wait is over."""
    last = delivery.attempts[-1] if delivery.attempts else None
    if last is not None and last.possible_duplicate and last.transport is Transport.UNKNOWN:
        last.superseded = True


def _standing_contact(work: Work, contact_id: int) -> Contact:
    """The contact itself, or the confirmed one that took its place."""
    contact = work.session.get_one(Contact, contact_id)
    while contact.state is ContactState.RETIRED:
        successor = work.session.scalar(
            select(Contact).where(
                Contact.replaces_id == contact.id,
                Contact.state.not_in((ContactState.PROPOSED, ContactState.CHECKED)),
                # A change that was rejected takes nobody's place.
                Contact.confirmed_by.is_not(None),
            )
        )
        if successor is None:
            raise Conflict(
                "contact-retired",
                "%(address)s is retired and nothing confirmed takes its place. Propose a new address first.",
                address=contact.address,
            )
        contact = successor
    return contact


def _move(
    work: Work, delivery: Delivery, sources: tuple[DeliveryQueue, ...], target: DeliveryQueue, **changes: Any
) -> None:
    done = work.session.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.queue.in_(sources))
        .values(queue=target, claimed_at=None, claimed_by=None, **{"held_as": None, **changes})
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(delivery)
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            "delivery-state",
            "Not done: the delivery is %(state)s, and this needs one that is %(needed)s.",
            state=QUEUE_WORDS[delivery.queue],
            needed=either(QUEUE_WORDS[source] for source in sources),
        )
