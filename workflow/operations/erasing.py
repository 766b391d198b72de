"""Erasing the personal data of a contact: what names it goes, what proves stays.

The audit log and the sealed evidence hold ids and commitments, never names, so nothing that is chained
or sealed is touched: the payloads behind the commitments are emptied, and everything still verifies.
Evidence then says that its personal data were erased, when, and by which decision.

What cannot be reached from here has to be erased where it is: copies in backups, the mailbox of returned
mail itself, packs of evidence that were given away, and the words of reasons that people typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update

from workflow.errors import Conflict, Invalid
from workflow.models import (
    AddressCheck,
    ApprovedRecipient,
    Attempt,
    Contact,
    ContactCertificate,
    Erasure,
    Event,
    Outgoing,
    PersonalData,
    ReturnedMessage,
)
from workflow.models.directory import ContactState
from workflow.operations.context import Work, begin_office
from workflow.states import DeliveryQueue


@dataclass(frozen=True)
class Erased:
    """What was erased: pieces of evidence that lost their personal data, and files that are gone."""

    pieces: int
    files: int


def erase_contact(work: Work, contact: Contact, decision: str, *, papers: bool = False) -> Erased:
    """Erases what names a contact that is out of use; `decision` says by which decision, and is kept.

    With `papers` also the files that were handed in as evidence of its receipts, which then cannot be
    shown any more; their digests stay.  Raises Conflict while the contact is in use or mail to it is
    on its way, and once it is erased already.
    """
    begin_office(work, "erase_personal")
    text = decision.strip()
    if not text or len(text) > 500:
        raise Invalid(
            "decision-missing", "Name the decision by which the data are erased, in at most 500 characters."
        )
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is not ContactState.RETIRED:
        raise Conflict("contact-in-use", "The contact is in use. End it first, then erase its data.")
    if erasure_of(work, contact) is not None:
        raise Conflict("erased", "The personal data of this contact are erased already.")
    sent = list(
        work.session.scalars(
            select(Outgoing).where(
                or_(Outgoing.contact_id == contact.id, Outgoing.address == contact.address)
            )
        )
    )
    if any(one.queue in (DeliveryQueue.QUEUED, DeliveryQueue.CLAIMED) for one in sent):
        raise Conflict(
            "mail-under-way", "Mail to this contact is on its way. Wait until it is done, or cancel it."
        )
    erasure = Erasure(contact_id=contact.id, decision=text, made_by=work.actor.id, made_at=work.now())
    work.session.add(erasure)
    work.session.flush()
    mine = [one.id for one in sent if one.contact_id == contact.id]
    pieces = _empty(work, erasure, mine)
    files = _files(work, contact, mine, papers)
    _forget_address(work, contact)
    work.session.flush()
    gone = sum(_drop(work, digest) for digest in files)
    work.log("erase_personal", f"contact:{contact.id}", erasure=erasure.id, pieces=pieces, files=gone)
    return Erased(pieces, gone)


def erasure_of(work: Work, contact: Contact) -> Erasure | None:
    """The decision by which a contact's data were erased; None where they were not."""
    return work.session.scalar(select(Erasure).where(Erasure.contact_id == contact.id).limit(1))


def _empty(work: Work, erasure: Erasure, deliveries: Iterable[int]) -> int:
    """Empties what the evidence of these deliveries says of people; the commitments stay."""
    promised = list(
        work.session.scalars(
            select(Event.personal).where(Event.delivery_id.in_(deliveries), Event.personal.is_not(None))
        )
    )
    done = work.session.execute(
        update(PersonalData)
        .where(PersonalData.digest.in_(promised), PersonalData.erasure_id.is_(None))
        .values(salt=None, data=None, erasure_id=erasure.id)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _files(work: Work, contact: Contact, deliveries: list[int], papers: bool) -> set[str]:
    """The files that name the contact: its source document, what it wrote or its hosts reported, and papers."""
    found = {contact.source_file} if contact.source_file else set()
    for row in work.session.scalars(
        select(ReturnedMessage).where(ReturnedMessage.delivery_id.in_(deliveries))
    ):
        found.add(row.sha256)
        row.sender = row.subject = ""
    if papers:
        for event in work.session.scalars(select(Event).where(Event.delivery_id.in_(deliveries))).unique():
            if event.facts.get("file"):
                found.add(str(event.facts["file"]))
    contact.source_file = None
    for certificate in work.session.scalars(
        select(ContactCertificate).where(ContactCertificate.contact_id == contact.id)
    ):
        # The fingerprint stays: the log names it, and it tells nothing of the person.
        found |= {certificate.source_file} if certificate.source_file else set()
        certificate.pem = certificate.chain = certificate.subject = ""
        certificate.source, certificate.source_file = "erased", None
    return found


def _forget_address(work: Work, contact: Contact) -> None:
    """Puts a name that nobody has in the place of the address, wherever it was copied to."""
    # The same stand-in everywhere: attempts at this address and at another stay apart.
    address, stand_in = contact.address, f"erased-{contact.id}@erased.invalid"
    work.session.execute(
        update(Attempt)
        .where(Attempt.delivery_id.in_(select(Outgoing.id).where(Outgoing.member_id == contact.member_id)))
        .where(Attempt.address == address)
        .values(address=stand_in, answer=None)
        .execution_options(synchronize_session=False)
    )
    for table in (Outgoing, ApprovedRecipient):
        work.session.execute(
            update(table)
            .where(table.member_id == contact.member_id, table.address == address)
            .values(address=stand_in)
            .execution_options(synchronize_session=False)
        )
    work.session.execute(
        update(AddressCheck)
        .where(AddressCheck.address == address)
        .values(address=stand_in, relay_answer=None)
        .execution_options(synchronize_session=False)
    )
    contact.address, contact.office, contact.source = stand_in, "", ""
    work.session.flush()
    work.session.expire_all()


def _drop(work: Work, digest: str) -> bool:
    """Removes a file unless something else of ours needs it; gives whether it was there."""
    used = [
        select(func.count()).select_from(Contact).where(Contact.source_file == digest),
        select(func.count()).select_from(ContactCertificate).where(ContactCertificate.source_file == digest),
        select(func.count())
        .select_from(ReturnedMessage)
        .join(Outgoing, Outgoing.id == ReturnedMessage.delivery_id)
        .where(ReturnedMessage.sha256 == digest, ReturnedMessage.sender != ""),
    ]
    if any(work.session.scalar(statement) for statement in used) or not work.store.has(digest):
        return False
    work.store.erase(digest)
    return True
