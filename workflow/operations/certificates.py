"""Certificates of contacts, with four eyes: whoever changes one decides who can read the mail.

A certificate goes the way of an address: it is proposed with the document that it comes from, and
stays in quarantine, while the one before it is used on, until a second person has confirmed it.
Then it takes the place of the one before.  Withdrawn it is at once and by one person, since a key
that was lost cannot wait; mail then leaves without encryption, which the log says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound, Phrase
from workflow.models import Contact, ContactCertificate
from workflow.models.directory import HANDED, ContactState
from workflow.operations import address_checks
from workflow.operations.context import Work, begin_office, require_reason
from workflow.post import certificate as certificates


def propose(
    work: Work,
    contact: Contact,
    data: bytes,
    source: str,
    *,
    source_file: str | None = None,
    other_address: bool = False,
) -> ContactCertificate:
    """Puts the certificate of a file in quarantine; nothing is encrypted for it until a second person confirms.

    One that does not name the contact's address is refused, unless `other_address` says that this is
    known and meant.  Raises InputRefused for a file that is no certificate for encrypting mail,
    Invalid for one that is not valid now, Conflict where it is there already, or another one waits.
    """
    begin_office(work, "propose_contact")
    _lock(work, contact)
    offered, now = certificates.recipient(data), work.now()
    found = offered.certificate
    named = certificates.addresses(found)
    unnamed = contact.address.lower() not in named
    if unnamed and not other_address:
        raise Invalid(
            "certificate-address",
            "The certificate does not name %(address)s, but %(named)s. If this is right all the same, say so.",
            address=contact.address,
            named=", ".join(sorted(named)) or Phrase("no address"),
        )
    _require_now(found.not_valid_before_utc, certificates.ends(found), now)
    text, digest = require_reason(source), certificates.fingerprint(found)
    if waiting(work, contact.id) is not None:
        raise Conflict(
            "certificate-waiting",
            "Another certificate of %(address)s waits for a second person. Confirm or reject it first.",
            address=contact.address,
        )
    if any(one.digest == digest for one in standing(work, contact.id)):
        raise Conflict(
            "certificate-known", "%(address)s has this certificate already.", address=contact.address
        )
    row = ContactCertificate(
        contact_id=contact.id,
        digest=digest,
        pem=certificates.as_pem(found),
        chain=certificates.as_pem(*offered.chain),
        subject=certificates.name(found),
        not_before=found.not_valid_before_utc,
        not_after=certificates.ends(found),
        source=text,
        source_file=source_file,
        other_address=unnamed,
        added_by=work.actor.id,
        added_at=now,
    )
    work.session.add(row)
    work.session.flush()
    work.log("propose_certificate", f"contact:{contact.id}", certificate=digest, other_address=unnamed)
    return row


def confirm(work: Work, row: ContactCertificate) -> ContactCertificate:
    """Encrypts mail for a proposed certificate from now on, in place of the one before; not by its proposer."""
    begin_office(work, "confirm_contact")
    contact = work.session.get_one(Contact, row.contact_id)
    _lock(work, contact)
    _require_waiting(work, row)
    if row.added_by == work.actor.id:
        raise NotAllowed("four-eyes", "You proposed this certificate, so somebody else has to confirm it.")
    now = work.now()
    _require_now(row.not_before, row.not_after, now)
    for earlier in standing(work, contact.id):
        earlier.ended_by, earlier.ended_at = work.actor.id, now
    row.confirmed_by, row.confirmed_at = work.actor.id, now
    work.session.flush()
    work.log("confirm_certificate", f"contact:{contact.id}", certificate=row.digest)
    address_checks.tell_of_certificate(work, contact, row)
    return row


def reject(work: Work, row: ContactCertificate, reason: str) -> ContactCertificate:
    """Ends a proposed certificate that shall not be used; the proposer may take it back, too."""
    begin_office(work, "confirm_contact")
    text = require_reason(reason)
    work.session.refresh(work.session.get_one(Contact, row.contact_id), with_for_update={"of": Contact})
    _require_waiting(work, row)
    _end(work, row, text)
    work.log("reject_certificate", f"contact:{row.contact_id}", certificate=row.digest, reason=text)
    return row


def withdraw(work: Work, contact: Contact, reason: str) -> None:
    """Mail to a contact is not encrypted any more; raises NotFound where it was not."""
    begin_office(work, "retire_contact")
    text = require_reason(reason)
    work.session.refresh(contact, with_for_update={"of": Contact})
    rows = standing(work, contact.id)
    if not rows:
        raise NotFound("no-certificate", "%(address)s has no certificate.", address=contact.address)
    for row in rows:
        _end(work, row, text)
        work.log("withdraw_certificate", f"contact:{contact.id}", certificate=row.digest, reason=text)


def find(work: Work, contact: Contact, identity: int) -> ContactCertificate:
    """A certificate of this contact; raises NotFound."""
    row = work.session.get(ContactCertificate, identity)
    if row is None or row.contact_id != contact.id:
        raise NotFound(
            "no-such-certificate",
            "%(address)s has no certificate %(id)s.",
            address=contact.address,
            id=identity,
        )
    return row


def of_contact(work: Work, contact_id: int) -> list[ContactCertificate]:
    """All certificates of a contact, the newest first."""
    return list(
        work.session.scalars(
            select(ContactCertificate)
            .where(ContactCertificate.contact_id == contact_id)
            .order_by(ContactCertificate.id.desc())
        )
    )


def standing(work: Work, contact_id: int) -> list[ContactCertificate]:
    """The certificates of a contact that were confirmed and that nobody ended, the newest first."""
    return [
        one for one in of_contact(work, contact_id) if one.confirmed_at is not None and one.ended_at is None
    ]


def waiting(work: Work, contact_id: int) -> ContactCertificate | None:
    """The certificate of a contact that waits for a second person."""
    found = (one for one in of_contact(work, contact_id) if one.confirmed_at is None and one.ended_at is None)
    return next(found, None)


def all_waiting(work: Work) -> list[tuple[ContactCertificate, Contact]]:
    """Every certificate that waits for a second person, the oldest first."""
    rows = work.session.execute(
        select(ContactCertificate, Contact)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            ContactCertificate.ended_at.is_(None),
            ContactCertificate.confirmed_at.is_(None),
            Contact.state != ContactState.RETIRED,
        )
        .order_by(ContactCertificate.id)
    )
    return [(row[0], row[1]) for row in rows.unique()]


def expiring(work: Work, before: datetime) -> list[tuple[ContactCertificate, Contact]]:
    """The certificates of contacts in use that end before a moment, the first to end first."""
    rows = work.session.execute(
        select(ContactCertificate, Contact)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            ContactCertificate.ended_at.is_(None),
            ContactCertificate.confirmed_at.is_not(None),
            ContactCertificate.not_after < before,
            Contact.state == ContactState.CONFIRMED,
        )
        .order_by(ContactCertificate.not_after)
    )
    return [(row[0], row[1]) for row in rows.unique()]


def in_use(work: Work) -> int:
    """How many contacts have a certificate in force."""
    rows = work.session.scalars(
        select(ContactCertificate.contact_id)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            ContactCertificate.ended_at.is_(None),
            ContactCertificate.confirmed_at.is_not(None),
            Contact.state == ContactState.CONFIRMED,
        )
        .distinct()
    )
    return len(list(rows))


def state_of(row: ContactCertificate) -> Literal["proposed", "in_force", "ended", "rejected"]:
    """What became of a certificate; in force says nothing of its dates."""
    if row.ended_at is not None:
        return "ended" if row.confirmed_at is not None else "rejected"
    return "proposed" if row.confirmed_at is None else "in_force"


def _lock(work: Work, contact: Contact) -> None:
    """Two people who change the certificate of one contact are asked one after the other."""
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is ContactState.RETIRED:
        raise Conflict("contact-retired", "%(address)s is retired.", address=contact.address)
    if contact.channel in HANDED:
        raise Conflict(
            "certificate-by-hand",
            "Nothing is mailed to %(address)s, so nothing is encrypted.",
            address=contact.address,
        )


def _require_waiting(work: Work, row: ContactCertificate) -> None:
    work.session.refresh(row)
    if row.confirmed_at is not None or row.ended_at is not None:
        raise Conflict("certificate-state", "This certificate does not wait for a confirmation.")


def _require_now(begin: datetime, end: datetime, now: datetime) -> None:
    if not begin <= now < end:
        raise Invalid(
            "certificate-period",
            "The certificate is valid from %(begin)s to %(end)s, not now. Ask for a new one.",
            begin=f"{begin:%Y-%m-%d}",
            end=f"{end:%Y-%m-%d}",
        )


def _end(work: Work, row: ContactCertificate, reason: str) -> None:
    row.ended_by, row.ended_at, row.end_reason = work.actor.id, work.now(), reason
    work.session.flush()
