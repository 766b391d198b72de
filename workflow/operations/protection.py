"""What signs our messages, and whose are encrypted: the organisation's key, the contacts' certificates."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from workflow.errors import Conflict, Invalid, NotFound, Phrase, Unavailable
from workflow.models import Attempt, Contact, ContactCertificate, Note, Outgoing
from workflow.models.directory import ContactState
from workflow.operations.context import Work, begin_office, require_reason
from workflow.post import smime
from workflow.post.compose import Protection
from workflow.post.smime import Signer

if TYPE_CHECKING:
    from workflow.operations.mailing import Parcels


def signer(work: Work) -> Signer | None:
    """The organisation's signer, valid now; None where nothing is signed.  Raises Unavailable."""
    settings = work.settings
    if settings.smime_certificate is None or settings.smime_key is None:
        return None
    found = Signer.load(
        settings.smime_certificate, settings.smime_key, settings.smime_passphrase.get_secret_value()
    )
    found.check(work.now())
    return found


def of(work: Work, parcels: Parcels, delivery: Outgoing, attempt: Attempt) -> Protection | None:
    """What is done to the content of a message: signed, encrypted, both, or nothing.

    Raises Unavailable when it has to be signed and cannot be, Conflict when the contact's certificate
    has expired: neither leaves without its protection.
    """
    if parcels.signer is None:
        parcels.signer = signer(work)
    ours = parcels.signer
    if ours is not None:
        ours.check(work.now())
    theirs = _for_address(work, delivery.member_id, attempt.address)
    if theirs is None:
        return ours.sign if ours else None
    _require_valid(theirs, attempt.address, work.now())
    certificate = x509.load_pem_x509_certificate(theirs.pem.encode())

    def protect(entity: bytes) -> bytes:
        return smime.encrypt(ours.sign(entity) if ours else entity, [certificate])

    return protect


def objections(work: Work, note: Note, release: datetime) -> list[str]:
    """Why a note cannot be dispatched as its protection asks for; `release` is when it would leave."""
    found: list[str] = []
    try:
        ours = signer(work)
        if ours is not None:
            ours.check(release)
    except Unavailable as refusal:
        found.append(refusal.phrase)
    approval = note.approval
    for one in approval.recipients if approval else []:
        theirs = _for_address(work, one.member_id, one.address) if one.address else None
        if theirs is not None and one.address:
            try:
                _require_valid(theirs, one.address, release)
            except Conflict as refusal:
                found.append(refusal.phrase)
    return found


def add_certificate(work: Work, contact: Contact, data: bytes, source: str) -> ContactCertificate:
    """Has mail to a contact encrypted for this certificate, in place of the one before.

    Raises Invalid for a file that is no such certificate, one of another address, or one that is
    not valid now.
    """
    begin_office(work, "propose_contact")
    if contact.state is ContactState.RETIRED:
        raise Conflict("contact-retired", "%(address)s is retired.", address=contact.address)
    found, now = smime.recipient(data), work.now()
    named = smime.addresses(found)
    if contact.address.lower() not in named:
        raise Invalid(
            "certificate-address",
            "The certificate does not name %(address)s, but %(named)s.",
            address=contact.address,
            named=", ".join(sorted(named)) or Phrase("no address"),
        )
    if not found.not_valid_before_utc <= now < smime.ends(found):
        raise Invalid(
            "certificate-period",
            "The certificate is valid from %(begin)s to %(end)s, not now. Ask for a new one.",
            begin=f"{found.not_valid_before_utc:%Y-%m-%d}",
            end=f"{smime.ends(found):%Y-%m-%d}",
        )
    for earlier in standing(work, contact.id):
        earlier.ended_by, earlier.ended_at = work.actor.id, now
    row = ContactCertificate(
        contact_id=contact.id,
        digest=smime.fingerprint(found),
        pem=found.public_bytes(Encoding.PEM).decode(),
        subject=found.subject.rfc4514_string()[:1000],
        not_before=found.not_valid_before_utc,
        not_after=smime.ends(found),
        source=require_reason(source),
        added_by=work.actor.id,
        added_at=now,
    )
    work.session.add(row)
    work.session.flush()
    work.log("add_certificate", f"contact:{contact.id}", certificate=row.digest, source=source)
    return row


def end_certificate(work: Work, contact: Contact, reason: str) -> None:
    """Mail to a contact is not encrypted any more; raises NotFound where it was not."""
    begin_office(work, "propose_contact")
    text, rows = require_reason(reason), standing(work, contact.id)
    if not rows:
        raise NotFound("no-certificate", "%(address)s has no certificate.", address=contact.address)
    for row in rows:
        row.ended_by, row.ended_at = work.actor.id, work.now()
        work.log("end_certificate", f"contact:{contact.id}", certificate=row.digest, reason=text)


def standing(work: Work, contact_id: int) -> list[ContactCertificate]:
    """The certificates of a contact that nobody ended, the newest first."""
    return list(
        work.session.scalars(
            select(ContactCertificate)
            .where(ContactCertificate.contact_id == contact_id, ContactCertificate.ended_at.is_(None))
            .order_by(ContactCertificate.id.desc())
        )
    )


def expiring(work: Work, before: datetime) -> list[tuple[ContactCertificate, Contact]]:
    """The certificates of contacts in use that end before a moment, the first to end first."""
    rows = work.session.execute(
        select(ContactCertificate, Contact)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            ContactCertificate.ended_at.is_(None),
            ContactCertificate.not_after < before,
            Contact.state == ContactState.CONFIRMED,
        )
        .order_by(ContactCertificate.not_after)
    )
    return [(row[0], row[1]) for row in rows]


def _for_address(work: Work, member_id: int, address: str) -> ContactCertificate | None:
    """The certificate for an address of a member; one that was replaced has nothing to say for the new one."""
    return work.session.scalar(
        select(ContactCertificate)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            Contact.member_id == member_id,
            Contact.address == address,
            ContactCertificate.ended_at.is_(None),
        )
        .order_by(ContactCertificate.id.desc())
        .limit(1)
    )


def _require_valid(row: ContactCertificate, address: str, when: datetime) -> None:
    if not row.not_before <= when < row.not_after:
        raise Conflict(
            "certificate-expired",
            "The certificate of %(address)s is valid only until %(day)s. Ask the contact for a new one, or end it.",
            address=address,
            day=f"{row.not_after:%Y-%m-%d}",
        )
