"""Erasing the personal data of a contact: what names it goes, what proves stays.

The audit log and the sealed evidence hold ids and commitments, never names, so nothing that is chained
or sealed is touched: the payloads behind the commitments are emptied, and everything still verifies.
Evidence then says that its personal data were erased, when, and by which decision.

What cannot be reached from here has to be erased where it is: copies in backups, the mailbox of returned
mail itself, packs of evidence that were given away, and the words of reasons that people typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, func, or_, select, update

from workflow.errors import Conflict, Invalid
from workflow.models import (
    AddressCheck,
    ApprovedRecipient,
    Attempt,
    Contact,
    ContactCertificate,
    Erasure,
    Event,
    IncomingCorrection,
    IncomingEntry,
    IncomingFile,
    Outgoing,
    PersonalData,
    ReturnedMessage,
    SilenceObjection,
)
from workflow.models.directory import ContactState
from workflow.operations import contact_line
from workflow.operations.context import Work, begin_office
from workflow.operations.incoming_papers import searchable
from workflow.operations.pack_rows import ending_of
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
    text = _require_decision(decision)
    work.session.refresh(contact, with_for_update={"of": Contact})
    if contact.state is not ContactState.RETIRED:
        raise Conflict("contact-in-use", "The contact is in use. End it first, then erase its data.")
    if erasure_of(work, contact) is not None:
        raise Conflict("erased", "The personal data of this contact are erased already.")
    # The rows that tell how it was before, and an earlier or later use of the same address, name it, too.
    others = contact_line.twins(work, contact)
    if any(one.state is not ContactState.RETIRED for one in others):
        raise Conflict(
            "address-in-use",
            "The same address is in use as another contact of the state. End that one first, then erase.",
        )
    others = [one for one in others if erasure_of(work, one) is None]
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
    work.session.add_all(
        Erasure(contact_id=one.id, decision=text, made_by=work.actor.id, made_at=work.now()) for one in others
    )
    work.session.flush()
    mine = [one.id for one in sent if one.contact_id in {contact.id, *(other.id for other in others)}]
    pieces = _empty(work, erasure, mine)
    files = _files(work, contact, mine, papers)
    mails = _papers_of(work, contact)
    for other in others:
        files |= _files(work, other, [], papers)
        mails += _papers_of(work, other)
    pieces += _empty_writers(work, erasure, mails)
    files |= {one.sha256 for entry in mails for one in entry.files} if papers else _messages_of(work, mails)
    _forget_address(work, contact)
    for other in others:
        _forget_row(other)
    work.session.flush()
    gone = sum(_drop(work, digest, mails) for digest in files)
    work.log("erase_personal", f"contact:{contact.id}", erasure=erasure.id, pieces=pieces, files=gone)
    return Erased(pieces, gone)


def erase_incoming(work: Work, entry: IncomingEntry, decision: str, *, papers: bool = False) -> Erased:
    """Erases what is written of people in one entry of the incoming register and in its corrections.

    Number, dates, state, kind and what was done stay.  With `papers` its files go, too; their digests
    stay.  Raises Conflict once it is erased already, and while somebody has still to deal with it.
    """
    begin_office(work, "erase_personal")
    text = _require_decision(decision)
    work.session.refresh(entry, with_for_update={"of": IncomingEntry})
    if entry.erasure_id is not None:
        raise Conflict("erased", "The personal data of this entry are erased already.")
    if entry.status == "open":
        raise Conflict(
            "incoming-in-use",
            "%(number)s is not settled yet. Settle it first, then erase.",
            number=entry.symbol,
        )
    erasure = Erasure(contact_id=None, decision=text, made_by=work.actor.id, made_at=work.now())
    work.session.add(erasure)
    work.session.flush()
    files = {one.sha256 for one in entry.files}
    pieces = _empty_writers(work, erasure, [entry])
    entry.erasure_id = erasure.id
    entry.party = entry.subject = entry.summary = entry.search = ""
    for one in entry.files:
        one.filename = f"{one.ordinal}.{ending_of(one.filename)}"
    work.session.flush()
    gone = 0
    if papers:
        _messages_of(work, [entry])
        gone = sum(_drop(work, digest, [entry]) for digest in files if not _is_evidence(work, digest))
    work.log("erase_personal", f"incoming:{entry.id}", erasure=erasure.id, pieces=pieces, files=gone)
    return Erased(pieces, gone)


def _require_decision(decision: str) -> str:
    text = decision.strip()
    if not text or len(text) > 500:
        raise Invalid(
            "decision-missing", "Name the decision by which the data are erased, in at most 500 characters."
        )
    return text


def _is_evidence(work: Work, digest: str) -> bool:
    """Whether a file proves a receipt as well, which stays until that of its contact is erased."""
    return bool(
        work.session.scalar(select(Event.id).where(cast(Event.facts, String).contains(digest)).limit(1))
    )


def _papers_of(work: Work, contact: Contact) -> list[IncomingEntry]:
    """The incoming papers that a contact wrote."""
    return list(
        work.session.scalars(select(IncomingEntry).where(IncomingEntry.contact_id == contact.id)).unique()
    )


def _empty_writers(work: Work, erasure: Erasure, entries: Sequence[IncomingEntry]) -> int:
    """Takes out of entries who wrote, and what their corrections say of people; gives how many pieces."""
    for entry in entries:
        entry.writer = ""
        entry.search = searchable(entry)
        entry.revision += 1
    promised = work.session.scalars(
        select(IncomingCorrection.personal).where(
            IncomingCorrection.entry_id.in_([entry.id for entry in entries]),
            IncomingCorrection.personal.is_not(None),
        )
    )
    return len(entries) + _empty_promised(work, erasure, list(promised))


def _messages_of(work: Work, entries: Sequence[IncomingEntry]) -> set[str]:
    """The messages that entries were taken from, whose own rows lose their senders."""
    wanted = [entry.returned_id for entry in entries if entry.returned_id is not None]
    rows = list(work.session.scalars(select(ReturnedMessage).where(ReturnedMessage.id.in_(wanted))))
    for row in rows:
        row.sender = row.subject = ""
    return {row.sha256 for row in rows}


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
    return _empty_promised(work, erasure, promised)


def _empty_promised(work: Work, erasure: Erasure, promised: Sequence[str | None]) -> int:
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
    _forget_row(contact)
    work.session.flush()
    work.session.expire_all()


def _forget_row(contact: Contact) -> None:
    contact.address, contact.office, contact.source = f"erased-{contact.id}@erased.invalid", "", ""


def _drop(work: Work, digest: str, freed: Sequence[IncomingEntry]) -> bool:
    """Removes a file unless something else of ours needs it than the entries that let it go; gives whether it was there."""
    used = [
        select(func.count()).select_from(Contact).where(Contact.source_file == digest),
        select(func.count()).select_from(ContactCertificate).where(ContactCertificate.source_file == digest),
        select(func.count())
        .select_from(ReturnedMessage)
        .join(Outgoing, Outgoing.id == ReturnedMessage.delivery_id)
        .where(ReturnedMessage.sha256 == digest, ReturnedMessage.sender != ""),
        select(func.count())
        .select_from(IncomingFile)
        .join(IncomingEntry, IncomingEntry.id == IncomingFile.entry_id)
        .where(
            IncomingFile.sha256 == digest,
            IncomingEntry.erasure_id.is_(None),
            IncomingEntry.id.not_in([entry.id for entry in freed]),
        ),
        select(func.count()).select_from(SilenceObjection).where(SilenceObjection.sha256 == digest),
    ]
    if any(work.session.scalar(statement) for statement in used) or not work.store.has(digest):
        return False
    work.store.erase(digest)
    return True
