"""The message of a delivery: the documents encoded once, one contact's head before them."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from workflow.errors import Conflict
from workflow.models import Attempt, Delivery, Member, Note, Outgoing, Reminder
from workflow.operations import directory, protection
from workflow.operations.context import Work
from workflow.operations.dispatch import link_token
from workflow.operations.protection import Standing
from workflow.post import wording
from workflow.post.compose import (
    LINK_ONLY,
    Attachment,
    Digests,
    Head,
    Party,
    Protection,
    Tail,
    covered,
    known,
    opening,
    shared_tail,
)
from workflow.post.smime import Signer
from workflow.states import Protected

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KEPT = 4


@dataclass
class Parcels:
    """The encoded documents of the notes that a worker has in hand, most recent last."""

    tails: OrderedDict[tuple[str, ...], Tail] = field(default_factory=OrderedDict)
    signer: Signer | None = None

    def tail(self, work: Work, documents: list[dict[str, Any]]) -> Tail:
        """The tail for these documents, built on first use from the store, digests checked."""
        key = tuple(f"{item['name']}:{item['sha256']}" for item in documents)
        if key not in self.tails:
            self.tails[key] = shared_tail(
                Attachment(
                    item["name"], work.store.get(item["sha256"]), KINDS[item["format"]], item["language"]
                )
                for item in documents
            )
            while len(self.tails) > KEPT:
                self.tails.popitem(last=False)
        self.tails.move_to_end(key)
        return self.tails[key]


def link(work: Work, delivery: Outgoing) -> str:
    """The contact's personal link; a reminder carries that of the delivery that it reminds of."""
    own = delivery.original_id == delivery.id
    original = delivery if own else work.session.get_one(Delivery, delivery.original_id)
    return f"{work.settings.base_url}/r/{link_token(work, original.message_id, original.link_serial)}"


def travels(work: Work, delivery: Outgoing, attempt: Attempt) -> bool:
    """Whether the documents go with the message: below the size cap, and not to a contact by link only."""
    size = sum(item["size"] for item in delivery.documents)
    cap = min(work.profile.mail.size_cap_bytes, work.settings.mail_bytes)
    return not attempt.linked and size <= cap


@dataclass(frozen=True)
class Letter:
    """One attempt's message in its parts: small, until `made` puts them together.

    `secret` is that of the contact's personal link, which stands in the text.
    """

    head: Head
    tail: Tail
    secret: str
    protection: Protected = Protected.NONE
    protect: Protection | None = None

    def made(self) -> tuple[bytes, Digests]:
        """The bytes that go over the line, and what they can be known by."""
        return known(self.head, self.tail, self.secret, self.protection, self.protect)

    def own(self) -> bytes:
        """The bytes before the documents, which are this attempt's own; the tail's content follows them."""
        return opening(self.head, self.tail.boundary)

    def linked(self, secret: str) -> bytes:
        """The own bytes with another secret in the personal link, such as one that was replaced since."""
        text = self.head.text.replace(self.secret, secret)
        return opening(replace(self.head, text=text), self.tail.boundary)

    def covered(self) -> bytes:
        """The own bytes with the secret of the personal link covered, as they may be shown."""
        return opening(covered(self.head, self.secret), self.tail.boundary)


def message(work: Work, parcels: Parcels, note: Note, delivery: Outgoing, attempt: Attempt) -> bytes:
    """The bytes of one attempt; without a signature, the same attempt gives the same bytes."""
    certificates = protection.standing(work, [(delivery.member_id, attempt.address)])
    return letter(work, parcels, note, delivery, attempt, certificates).made()[0]


def letter(
    work: Work,
    parcels: Parcels,
    note: Note,
    delivery: Outgoing,
    attempt: Attempt,
    certificates: Standing,
) -> Letter:
    """Everything that the message of one attempt is made of; nothing more is asked of the database.

    `certificates` has the word on the contact's address.

    Raises Conflict when a document is not final: a draft cannot leave.
    """
    bare = unprotected(work, parcels, note, delivery, attempt, link(work, delivery))
    theirs = certificates[delivery.member_id, attempt.address]
    protected, protect = protection.of(work, parcels, theirs, attempt.address)
    return replace(bare, protection=protected, protect=protect)


def unprotected(
    work: Work, parcels: Parcels, note: Note, delivery: Outgoing, attempt: Attempt, personal: str
) -> Letter:
    """The message of one attempt neither signed nor encrypted, with `personal` for the contact's link.

    The same attempt gives the same bytes while the settings, the profile and the words of mails stay.
    Raises Conflict as `letter` does, NotFound for a document that is not in the store.
    """
    approval, profile = note.approval, work.profile
    follows = work.session.get_one(Outgoing, delivery.reminds_id) if delivery.reminds_id else None
    if approval is None or note.symbol is None:
        raise Conflict("not-final", "A note without approval cannot be sent.")
    kind = "reminder" if isinstance(delivery, Reminder) else "note" if follows is None else "escalation"
    attached = kind != "reminder" and travels(work, delivery, attempt)
    tail = parcels.tail(work, delivery.documents) if attached else LINK_ONLY
    language = delivery.language
    member = work.session.get_one(Member, delivery.member_id)
    organisation = profile.languages[language].wording.title
    words = wording.load(wording.written_in(language))
    subject, text = words.write(
        {
            "organisation": organisation,
            "number": note.symbol,
            "date": profile.languages[language].dates.write(approval.dated),
            "member": directory.name_of(member, language, approval.dated),
            "address": attempt.address,
            "link": personal,
        },
        [item["name"] for item in delivery.documents],
        attached=attached,
        possible_duplicate=attempt.possible_duplicate,
        kind=kind,
    )
    head = Head(
        sender=Party(work.settings.sender, profile.mail.from_name.get(language, organisation)),
        to=Party(attempt.address),
        # Answers belong beside the delivery that they answer, so they come to the mailbox that is read.
        reply_to=Party(work.settings.reply_address),
        subject=subject,
        text=text,
        date=attempt.prepared_at.astimezone(ZoneInfo(work.zone)),
        message_id=delivery.message_id,
        language=words.language,
        # What was brought by hand has no message that another one could refer to.
        in_reply_to=follows.message_id if follows and follows.attempts else "",
        references=(follows.message_id,) if follows and follows.attempts else (),
        automatic=follows is not None,
        duplicate_of_attempt=attempt.number if attempt.possible_duplicate else None,
    )
    return Letter(head, tail, personal.rpartition("/")[2])
