"""What signs our messages, and whose are encrypted: the organisation's key, the contacts' certificates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflow.errors import Conflict, Unavailable
from workflow.models import Contact, ContactCertificate, Note
from workflow.operations.context import Work
from workflow.post import certificate as certificates
from workflow.post import smime
from workflow.post.compose import Protection
from workflow.post.smime import Signer
from workflow.states import Protected

if TYPE_CHECKING:
    from workflow.operations.mailing import Parcels


# The certificates that stand for addresses of members; each one asked for is there, or stands as None.
Standing = Mapping[tuple[int, str], ContactCertificate | None]


def standing(work: Work, wanted: Collection[tuple[int, str]]) -> Standing:
    """The certificate for each address of a member; one that was replaced has nothing to say for the new one."""
    found: dict[tuple[int, str], ContactCertificate | None] = dict.fromkeys(wanted)
    rows = work.session.execute(
        select(Contact.member_id, Contact.address, ContactCertificate)
        .join(Contact, Contact.id == ContactCertificate.contact_id)
        .where(
            Contact.member_id.in_({member for member, _ in wanted}),
            Contact.address.in_({address for _, address in wanted}),
            ContactCertificate.confirmed_at.is_not(None),
            ContactCertificate.ended_at.is_(None),
        )
        .order_by(ContactCertificate.id)
    )
    # The newest comes last and stays.  A certificate of one member says nothing of another's address.
    found.update({(member, address): row for member, address, row in rows if (member, address) in found})
    return found


def signer(work: Work) -> Signer | None:
    """The organisation's signer, valid now; None where nothing is signed.  Raises Unavailable."""
    found = loaded(work)
    if found is not None:
        found.check(work.now())
    return found


def loaded(work: Work) -> Signer | None:
    """The organisation's signer, be it valid or not; None where nothing is signed.  Raises Unavailable."""
    settings = work.settings
    if settings.smime_certificate is None or settings.smime_key is None:
        return None
    return Signer.load(
        settings.smime_certificate, settings.smime_key, settings.smime_passphrase.get_secret_value()
    )


def of(
    work: Work, parcels: Parcels, theirs: ContactCertificate | None, address: str
) -> tuple[Protected, Protection | None]:
    """What is done to the content of a message to `address`, and how: signed, encrypted for `theirs`, both, or nothing.

    Raises Unavailable when it has to be signed and cannot be, Conflict when the contact's certificate
    cannot be used and the settings do not let the message leave without it.
    """
    if parcels.signer is None:
        parcels.signer = signer(work)
    ours = parcels.signer
    if ours is not None:
        ours.check(work.now())
    refusal = _why_not(theirs, address, work.now()) if theirs else None
    if refusal is not None and work.settings.smime_unusable == "hold":
        raise refusal
    if theirs is None or refusal is not None:
        return (Protected.SIGNED, ours.sign) if ours else (Protected.NONE, None)
    certificate = certificates.load(theirs.pem)

    def protect(entity: bytes) -> bytes:
        return smime.encrypt(ours.sign(entity) if ours else entity, [certificate])

    return (Protected.BOTH if ours else Protected.ENCRYPTED), protect


def objections(work: Work, note: Note, release: datetime) -> list[str]:
    """Why a note cannot be dispatched as its protection asks for; `release` is when it would leave."""
    found: list[str] = []
    try:
        ours = signer(work)
        if ours is not None:
            ours.check(release)
    except Unavailable as refusal:
        found.append(refusal.phrase)
    if work.settings.smime_unusable == "hold":
        found += in_the_clear(work, note, release)
    return found


def in_the_clear(work: Work, note: Note, release: datetime) -> list[str]:
    """A sentence for each recipient of a note whose certificate could not be used at its release."""
    approval = note.approval
    by_mail = [(one.member_id, one.address) for one in approval.recipients if one.address] if approval else []
    found: list[str] = []
    for (_, address), theirs in standing(work, by_mail).items():
        refusal = _why_not(theirs, address, release) if theirs is not None else None
        if refusal is not None:
            found.append(refusal.phrase)
    return found


def _why_not(row: ContactCertificate, address: str, when: datetime) -> Conflict | None:
    """Why mail cannot be encrypted for a certificate at a moment; None where it can be."""
    if row.not_before <= when < row.not_after:
        return None
    return Conflict(
        "certificate-expired",
        "The certificate of %(address)s is valid only until %(day)s. Ask the contact for a new one, or withdraw it.",
        address=address,
        day=f"{row.not_after:%Y-%m-%d}",
    )
