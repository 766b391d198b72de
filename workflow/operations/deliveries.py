"""What a person may do with one message of a dispatched note; the note itself never changes.

Most acts are the same for a delivery and for a reminder, which is a message of its own; only a
delivery is sent again to an address that was corrected, and only a reminder ends with its ladder.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from workflow.errors import Conflict, NotFound, Phrase, either
from workflow.models import Contact, Delivery, Note, Outgoing, Reminder, ReminderPlan
from workflow.models.directory import HANDED
from workflow.operations import claims, contact_line, evidence, silent, succession, unsent
from workflow.operations.context import Work, begin, note_subject, require_reason
from workflow.operations.dispatch import link_digest, link_token
from workflow.states import DeliveryQueue, Hold, Transport

# What the program itself had stopped, and what trying again may mend; a second copy is for a person to decide.
MENDABLE = (Hold.PATIENCE, Hold.FAULT)
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


def find_message(work: Work, note: Note, message_id: int) -> Outgoing:
    """A delivery or a reminder of this note; raises NotFound."""
    row = work.session.get(Outgoing, message_id)
    if row is None or row.note_id != note.id:
        raise NotFound("no-such-message", "The note has no message %(id)s.", id=message_id)
    return row


def find_reminder(work: Work, note: Note, reminder_id: int) -> Reminder:
    """A reminder of this note; raises NotFound."""
    row = work.session.get(Reminder, reminder_id)
    if row is None or row.note_id != note.id:
        raise NotFound("no-such-reminder", "The note has no reminder %(id)s.", id=reminder_id)
    return row


def hold(work: Work, note: Note, delivery: Outgoing, reason: str) -> None:
    """Stops a message that waits to be sent; one that a worker has in hand cannot be stopped any more."""
    begin(work, note, "hold_delivery", reason=reason)
    _move(
        work,
        delivery,
        (DeliveryQueue.QUEUED,),
        DeliveryQueue.HELD,
        held_reason=require_reason(reason),
        held_as=Hold.PERSON,
    )
    _log(work, "hold", note, delivery, reason)


def resume(work: Work, note: Note, delivery: Outgoing, reason: str) -> None:
    """Lets a held message go on, at once."""
    begin(work, note, "resume_delivery", reason=reason)
    if delivery.cancelled_at is not None:
        raise Conflict("cancelled", "This delivery was cancelled and is not sent any more.")
    _require_wanted(work, delivery)
    decided(delivery)
    # What was never tried does not leave before the time of release.
    due = max(work.now(), note.release_at or work.now()) if not delivery.attempts else work.now()
    if isinstance(delivery, Delivery):
        unsent.require_usable(work, delivery, due)
    _move(work, delivery, (DeliveryQueue.HELD,), DeliveryQueue.QUEUED, held_reason=None, due_at=due)
    _log(work, "resume", note, delivery, reason)


def retry(work: Work, note: Note, delivery: Outgoing, reason: str) -> None:
    """Tries one message again at once: put off by the relay, stopped by the program, or a refused reminder.

    A reminder that was refused goes where the note itself went last.  A note that was refused is sent
    again by `resend`, which looks for the address that is right now.
    """
    begin(work, note, "resume_delivery", reason=reason)
    require_reason(reason)
    work.session.refresh(delivery, with_for_update={"of": Outgoing})
    _require_wanted(work, delivery)
    refused = delivery.transport in (Transport.REFUSED_PERM, Transport.FAILED)
    if not try_at_once(delivery, work.now()):
        if not isinstance(delivery, Reminder) or not refused or delivery.queue is not DeliveryQueue.DONE:
            raise Conflict(
                "nothing-to-retry-here",
                "This message was not put off, so there is nothing to try again. What was refused or came back "
                "is sent again; what a person held goes on.",
            )
        address = work.session.get_one(Delivery, delivery.original_id).address
        if address != delivery.address:
            delivery.address, delivery.transport = address, None
        claims.release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at, delivery.cancelled_at = work.now(), None
    work.session.flush()
    _log(work, "retry", note, delivery, reason)


def try_at_once(delivery: Outgoing, now: datetime) -> bool:
    """Makes due what the relay put off or the program had stopped; gives whether it was one of these."""
    last = delivery.attempts[-1] if delivery.attempts else None
    put_off = delivery.queue is DeliveryQueue.QUEUED and last is not None and delivery.due_at > now
    if put_off and last is not None and last.transport not in (Transport.UNKNOWN, Transport.SENDING):
        delivery.due_at = now
        return True
    if delivery.held_as in MENDABLE:
        decided(delivery)
        claims.release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at = now
        return True
    return False


def _require_wanted(work: Work, delivery: Outgoing) -> None:
    """Raises Conflict where a message goes out only to the silent, and nobody is to be written to any more."""
    if delivery.reminds_id is None:
        return
    plan = work.session.get(ReminderPlan, delivery.note_id, populate_existing=True)
    silent.require_open(plan)
    if silent.has_spoken(work, delivery.note_id, delivery.member_id):
        raise Conflict("answered", "The state has acknowledged the note, so it is not reminded any more.")
    if plan is not None and plan.paused_at is not None:
        raise Conflict(
            "reminders-stand-still",
            "The reminders of this note are paused, so this one would wait as well. Let them go on first.",
        )


def cancel(work: Work, note: Note, delivery: Outgoing, reason: str) -> None:
    """Calls a held message off for good; by a delivery that is called off its member counts as not sent."""
    begin(work, note, "cancel_delivery", reason=reason)
    _move(
        work,
        delivery,
        (DeliveryQueue.HELD,),
        DeliveryQueue.DONE,
        held_reason=require_reason(reason),
        cancelled_at=work.now(),
    )
    _log(work, "cancel", note, delivery, reason)


def resend(work: Work, note: Note, delivery: Delivery, reason: str) -> None:
    """Sends the note to a contact again, with the same Message-ID, to the address that is right now.

    Where the contact's address was replaced and confirmed by a second person, the new one is used.
    """
    begin(work, note, "resend", reason=reason)
    text = require_reason(reason)
    succession.require_standing(work, note)
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


def decided(delivery: Outgoing) -> None:
    """A person lets a delivery go on although its outcome is unknown a second time: the wait is over."""
    last = delivery.attempts[-1] if delivery.attempts else None
    if last is not None and last.possible_duplicate and last.transport is Transport.UNKNOWN:
        last.superseded = True


def _standing_contact(work: Work, contact_id: int) -> Contact:
    """The contact itself, or the confirmed one that took its place."""
    contact = contact_line.standing(work, contact_id)
    if contact is None:
        raise Conflict(
            "contact-retired",
            "%(address)s is retired and nothing confirmed takes its place. Propose a new address first.",
            address=work.session.get_one(Contact, contact_id).address,
        )
    return contact


def _log(work: Work, verb: str, note: Note, message: Outgoing, reason: str) -> None:
    if isinstance(message, Reminder):
        work.log(f"{verb}_reminder", note_subject(note), reminder=message.id, reason=reason)
    else:
        work.log(f"{verb}_delivery", note_subject(note), delivery=message.id, reason=reason)


def _move(
    work: Work, delivery: Outgoing, sources: tuple[DeliveryQueue, ...], target: DeliveryQueue, **changes: Any
) -> None:
    done = work.session.execute(
        update(Outgoing)
        .where(Outgoing.id == delivery.id, Outgoing.queue.in_(sources))
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
