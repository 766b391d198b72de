"""A changed address asks itself in: confirmed by a second person, then by the address itself.

Once a second person has checked it, a message goes to the new address and one to the old; rows
before messages.  Until somebody at the new address has agreed on its page, the contact is in
quarantine and the old one stays in force; an objection from the old address keeps it so.  Then
the change comes into force by itself, and what came back from the old address is sent again, once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import replace

from sqlalchemy import select

from workflow.errors import Conflict, NotAllowed, NotFound, Refusal
from workflow.models import Account, AddressCheck, CheckState, Contact, Delivery, Mending, Note
from workflow.models.directory import HANDED, ContactState
from workflow.operations import accounts, contact_line, deliveries, unsent
from workflow.operations.context import SYSTEM, Work, begin_office, require_reason
from workflow.states import Human, Transport

LOST = (Transport.FAILED, Transport.REFUSED_PERM)
SECONDS_A_DAY = 86_400


def is_wanted(work: Work, contact: Contact) -> bool:
    """Whether the addresses themselves are asked before this contact is in force."""
    policy = work.settings.address_check
    if contact.channel in HANDED or policy == "never":
        return False
    return policy == "always" or contact.replaces_id is not None


def begin(work: Work, contact: Contact) -> None:
    """Writes the messages to the new address and to the old one; they leave after the commit."""
    _write(work, contact, "new", contact.address, contact.language)
    if contact.replaces_id is not None:
        old = work.session.get_one(Contact, contact.replaces_id)
        # The same address with another role or language asks nobody a second time.
        if old.channel not in HANDED and old.address != contact.address:
            _write(work, contact, "old", old.address, old.language)
    work.session.flush()


def _write(work: Work, contact: Contact, side: str, address: str, language: str) -> None:
    token = secrets.token_hex(16)
    domain = work.settings.return_path.partition("@")[2]
    message_id = f"<address-{contact.id}-{side}.{secrets.token_hex(16)}@{domain}>"
    work.session.add(
        AddressCheck(
            contact_id=contact.id,
            side=side,
            address=address,
            language=language,
            token=token,
            link_digest=_digest(link_token(work, message_id)),
            message_id=message_id,
            due_at=work.now(),
        )
    )


def link_token(work: Work, message_id: str) -> str:
    """The secret part of the page where an address answers; made anew when needed and never kept."""
    mark = hmac.new(work.settings.keys.session.encode(), f"address:{message_id}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mark.digest()).decode().rstrip("=")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_link(work: Work, token: str) -> tuple[AddressCheck, Contact]:
    """The question behind a link, with the contact that it is about; raises NotFound for any other link.

    Looking changes nothing: mail gateways open links by themselves.
    """
    row = work.session.scalar(select(AddressCheck).where(AddressCheck.link_digest == _digest(token)))
    if row is None:
        raise NotFound("no-such-link", "This link is not valid, or no longer so.")
    return row, work.session.get_one(Contact, row.contact_id)


def answer(work: Work, token: str, agreed: bool) -> tuple[AddressCheck, Contact]:
    """What an address says; agreed by the new one, and not objected to by the old one, the change is in force.

    An objection can follow an agreement, as long as the change is not in force; nothing undoes an
    objection but a person of the registry.
    """
    row, contact = open_link(work, token)
    work.session.refresh(contact, with_for_update={"of": Contact})
    work.session.refresh(row)
    if contact.state is not ContactState.CHECKED:
        raise Conflict("address-settled", "This change is settled already, so nothing was changed.")
    if row.answer == "objected":
        raise Conflict(
            "address-objected", "An objection was made here already. The registry will write to you."
        )
    row.answer, row.answered_at = "agreed" if agreed else "objected", work.now()
    work.session.flush()
    work.log("address_answer", f"contact:{contact.id}", side=row.side, answer=row.answer)
    answers = {one.side: one.answer for one in checks_of(work, contact)}
    if answers.get("new") == "agreed" and answers.get("old") != "objected":
        put_in_force(work, contact)
    return row, contact


def release(work: Work, contact: Contact, reason: str) -> Contact:
    """Ends the quarantine by a person's word, such as a call to the embassy; not by the proposer's."""
    begin_office(work, "confirm_contact")
    text = require_reason(reason)
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is not ContactState.CHECKED:
        raise Conflict("contact-state", "This address does not wait for an answer.")
    if contact.proposed_by == work.actor.id:
        raise NotAllowed("four-eyes", "You proposed this address, so somebody else has to confirm it.")
    work.log("release_contact", f"contact:{contact.id}", reason=text)
    put_in_force(work, contact)
    return contact


def put_in_force(work: Work, contact: Contact) -> None:
    """The contact is written to from now on, the one that it replaces no more; what came back goes out again."""
    contact.state = ContactState.CONFIRMED
    if contact.replaces_id is not None:
        old = work.session.get_one(Contact, contact.replaces_id)
        if old.state is not ContactState.RETIRED:
            old.state, old.retired_at = ContactState.RETIRED, work.now()
    work.session.flush()
    work.log("contact_in_force", f"contact:{contact.id}", replaces=contact.replaces_id)
    mend(work, contact)
    if contact.replaces_id is not None:
        unsent.hold_of(work, work.session.get_one(Contact, contact.replaces_id))


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


def checks_of(work: Work, contact: Contact) -> list[AddressCheck]:
    """The messages about a contact: to the new address, then to the old."""
    return list(
        work.session.scalars(
            select(AddressCheck)
            .where(AddressCheck.contact_id == contact.id)
            .order_by(AddressCheck.side == "old", AddressCheck.id)
        )
    )


def in_trouble(work: Work) -> list[tuple[AddressCheck, Contact]]:
    """The changes of an address that wait for a person: objected to, or a message that did not arrive."""
    rows = work.session.execute(
        select(AddressCheck, Contact)
        .join(Contact, Contact.id == AddressCheck.contact_id)
        .where(
            Contact.state == ContactState.CHECKED,
            (AddressCheck.answer == "objected")
            | ((AddressCheck.state == CheckState.FAILED) & AddressCheck.answer.is_(None)),
        )
        .order_by(AddressCheck.id)
    ).unique()
    return [(check, contact) for check, contact in rows]


def returned(work: Work, token: str, failed: bool) -> bool:
    """A report came back to the token of a question; gives whether the token is one of these."""
    row = work.session.scalar(select(AddressCheck).where(AddressCheck.token == token))
    if row is None:
        return False
    if failed:
        row.state = CheckState.FAILED
        work.session.flush()
    return True
