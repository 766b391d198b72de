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
from datetime import timedelta

from sqlalchemy import select

from workflow.errors import Conflict, NotAllowed, NotFound, Phrase
from workflow.models import (
    AddressCheck,
    CheckState,
    Contact,
    ContactCertificate,
)
from workflow.models.directory import HANDED, ContactState
from workflow.operations import mending, unsent
from workflow.operations.context import Work, begin_office, require_reason
from workflow.states import Transport

LOST = (Transport.FAILED, Transport.REFUSED_PERM)
# How long a link takes an answer after its message was sent, and how long one waits before a person is told.
TERM = timedelta(days=30)
PATIENCE = timedelta(days=7)


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


def tell_of_certificate(work: Work, contact: Contact, certificate: ContactCertificate) -> None:
    """Writes the message that tells a contact of the certificate that its mail is encrypted for from now on."""
    if work.settings.address_check == "never":
        return
    _write(work, contact, "key", contact.address, contact.language, certificate)
    work.session.flush()


def _write(
    work: Work,
    contact: Contact,
    side: str,
    address: str,
    language: str,
    certificate: ContactCertificate | None = None,
) -> None:
    token = secrets.token_hex(16)
    domain = work.settings.return_path.partition("@")[2]
    about = f"{contact.id}-{certificate.id}" if certificate else contact.id
    message_id = f"<address-{about}-{side}.{secrets.token_hex(16)}@{domain}>"
    work.session.add(
        AddressCheck(
            contact_id=contact.id,
            side=side,
            certificate_id=certificate.id if certificate else None,
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
    if row.answer == "objected":
        raise Conflict(
            "address-objected", "An objection was made here already. The registry will write to you."
        )
    if not is_open(work, row, contact, agreed):
        raise Conflict("address-settled", "This change is settled already, so nothing was changed.")
    row.answer, row.answered_at = "agreed" if agreed else "objected", work.now()
    work.session.flush()
    work.log(
        "address_answer",
        f"contact:{contact.id}",
        side=row.side,
        answer=row.answer,
        certificate=row.certificate_id,
    )
    if row.side == "key":
        return row, contact
    if contact.state is ContactState.CONFIRMED:
        # Whoever answers first at a wrong address must not have the last word.
        unsent.hold_doubtful(work, contact)
        return row, contact
    answers = {one.side: one.answer for one in checks_of(work, contact)}
    if answers.get("new") == "agreed" and answers.get("old") != "objected":
        put_in_force(work, contact)
    return row, contact


def is_open(work: Work, row: AddressCheck, contact: Contact, agreed: bool) -> bool:
    """Whether an answer still says something: until a change is in force, an objection for some weeks after."""
    if row.sent_at is not None and work.now() > row.sent_at + TERM:
        return False
    if row.side == "key":
        certificate = work.session.get_one(ContactCertificate, row.certificate_id)
        return certificate.ended_at is None and contact.state is ContactState.CONFIRMED
    late = contact.state is ContactState.CONFIRMED and row.side == "old" and not agreed
    return contact.state is ContactState.CHECKED or late


def release(work: Work, contact: Contact, reason: str) -> Contact:
    """Ends the quarantine by a person's word, such as a call to the embassy; not by the proposer's.

    Of an address that is in force, it settles the objection of the old one: the change stays.
    """
    begin_office(work, "confirm_contact")
    text = require_reason(reason)
    work.session.refresh(contact, with_for_update={"of": Contact})
    late = late_objection(work, contact)
    if contact.state is not ContactState.CHECKED and late is None:
        raise Conflict("contact-state", "This address does not wait for an answer.")
    if contact.proposed_by == work.actor.id:
        raise NotAllowed("four-eyes", "You proposed this address, so somebody else has to confirm it.")
    work.log("release_contact", f"contact:{contact.id}", reason=text)
    if late is not None:
        late.settled_by, late.settled_at = work.actor.id, work.now()
        work.session.flush()
    else:
        put_in_force(work, contact)
    return contact


def late_objection(work: Work, contact: Contact) -> AddressCheck | None:
    """What the old address objected to after the change was in force, while nobody has settled it."""
    if contact.state is not ContactState.CONFIRMED:
        return None
    rows = (one for one in checks_of(work, contact) if one.side == "old")
    return next((one for one in rows if one.answer == "objected" and one.settled_at is None), None)


def keep_certificate(work: Work, certificate: ContactCertificate, reason: str) -> None:
    """Settles a contact's objection to its certificate by a person's word; not by whoever proposed it."""
    begin_office(work, "confirm_contact")
    text = require_reason(reason)
    row = check_of_certificate(work, certificate)
    if row is None or row.answer != "objected" or row.settled_at is not None:
        raise Conflict("certificate-undisputed", "Nobody objects to this certificate.")
    if certificate.added_by == work.actor.id:
        raise NotAllowed("four-eyes", "You proposed this certificate, so somebody else has to confirm it.")
    row.settled_by, row.settled_at = work.actor.id, work.now()
    work.session.flush()
    work.log(
        "keep_certificate", f"contact:{certificate.contact_id}", certificate=certificate.digest, reason=text
    )


def check_of_certificate(work: Work, certificate: ContactCertificate) -> AddressCheck | None:
    """What a contact was asked about its certificate."""
    return work.session.scalar(select(AddressCheck).where(AddressCheck.certificate_id == certificate.id))


def put_in_force(work: Work, contact: Contact) -> None:
    """The contact is written to from now on, the one that it replaces no more; what came back goes out again."""
    contact.state = ContactState.CONFIRMED
    if contact.replaces_id is not None:
        old = work.session.get_one(Contact, contact.replaces_id)
        if old.state is not ContactState.RETIRED:
            old.state, old.retired_at = ContactState.RETIRED, work.now()
    work.session.flush()
    work.log("contact_in_force", f"contact:{contact.id}", replaces=contact.replaces_id)
    mending.mend(work, contact)
    if contact.replaces_id is not None:
        unsent.hold_of(work, work.session.get_one(Contact, contact.replaces_id))


def checks_of(work: Work, contact: Contact) -> list[AddressCheck]:
    """The messages about a contact: to the new address, then to the old."""
    return list(
        work.session.scalars(
            select(AddressCheck)
            .where(AddressCheck.contact_id == contact.id, AddressCheck.side != "key")
            .order_by(AddressCheck.side == "old", AddressCheck.id)
        )
    )


def in_trouble(work: Work) -> list[tuple[AddressCheck, Contact]]:
    """What was asked and waits for a person: objected to, not arrived, or long without an answer."""
    failed = (AddressCheck.state == CheckState.FAILED) & AddressCheck.answer.is_(None)
    objected = (AddressCheck.answer == "objected") & AddressCheck.settled_at.is_(None)
    silent = (
        (AddressCheck.side == "new")
        & AddressCheck.answer.is_(None)
        & (AddressCheck.sent_at < work.now() - PATIENCE)
    )
    address = (Contact.state == ContactState.CHECKED) & (objected | failed | silent)
    late = (Contact.state == ContactState.CONFIRMED) & (AddressCheck.side == "old") & objected
    used = ContactCertificate.ended_at.is_(None) & (Contact.state == ContactState.CONFIRMED)
    rows = work.session.execute(
        select(AddressCheck, Contact)
        .join(Contact, Contact.id == AddressCheck.contact_id)
        .outerjoin(ContactCertificate, ContactCertificate.id == AddressCheck.certificate_id)
        .where(
            ((AddressCheck.side != "key") & (address | late))
            | ((AddressCheck.side == "key") & used & objected)
        )
        .order_by(AddressCheck.id)
    ).unique()
    return [(check, contact) for check, contact in rows]


def trouble_words(row: AddressCheck) -> Phrase:
    """Why somebody has to look at what was asked, in a sentence."""
    if row.answer == "objected" and row.side == "key":
        return Phrase("%(address)s objects to its certificate.", address=row.address)
    if row.answer == "objected":
        return Phrase("%(address)s objects to a change of its address.", address=row.address)
    if row.state is CheckState.FAILED:
        return Phrase("The question about its change did not reach %(address)s.", address=row.address)
    return Phrase("%(address)s has not answered the question about its change.", address=row.address)


def returned(work: Work, token: str, failed: bool) -> bool:
    """A report came back to the token of a question; gives whether the token is one of these."""
    row = work.session.scalar(select(AddressCheck).where(AddressCheck.token == token))
    if row is None:
        return False
    if failed:
        row.state = CheckState.FAILED
        work.session.flush()
    return True
