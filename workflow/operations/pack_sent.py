"""The messages that were sent, as a pack of evidence holds them: made again from the rows.

Of a message no byte is kept when it is sent, but what it can be known by is: its size and its digests,
written before it left and sealed into the log (`workflow.proof.sent`).  The same attempt gives the same
bytes while settings, profile and words of mails stay, so each message is made again, and the pack says
whether it is what was sent, and if not, why it may differ.  Of attempts of before nothing was recorded.

Only what was offered to the relay is here: an attempt whose content went over the line, in part at
least, and whose end was seen or is unknown; never one that is merely prepared.

A note to hundreds of offices with its documents in base64 in each message would be hundreds of
megabytes of the same.  So each message is a file of its own bytes, its fields and its text (some two
kilobytes), and the documents as they follow in it are one file for all messages with the same
documents.  Nothing but joining the two makes the message, which anybody can do and check with tools
that every system has: `cat sent/….eml sent/documents-….mime | sha256sum`, or `copy /b` and `certutil`.
The pack of one state is made in the same way, so there is one thing to explain and to verify.

A message carries the contact's personal link, and who has the link can acknowledge in the contact's
name.  A pack is handed to third parties, so the secret of the link is covered by as many "X": no byte
more or less.  The digest of the message with its link stands beside, for whoever received it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workflow.canonical import digest as canonical_digest
from workflow.errors import Phrase, Refusal, packed
from workflow.models import Attempt, ContactCertificate, Delivery, Member, Note, Outgoing
from workflow.operations import directory, mailing
from workflow.operations.context import Work
from workflow.operations.dispatch import link_token
from workflow.operations.pack_differences import differences
from workflow.post import compose, mime, wording
from workflow.post.answers import Step
from workflow.proof import sent
from workflow.states import Transport

ABOUT = Phrase(
    "These messages were made again from the rows, with the settings that are in force now. Before each one left, its "
    "length and its digests were recorded, and the log sealed them with the relay’s answer; beside each file stands "
    "whether it is what was sent. The secret of the personal link is covered by the sign X."
)
ERASED_AT = "@erased.invalid"
# How an answer begins, as it is recorded, that came before any of the content.
_BEFORE_CONTENT = tuple(f"{step}:" for step in Step if step not in (Step.BODY, Step.DOT))


def sent_record(work: Work, note: Note, deliveries: Sequence[Outgoing]) -> dict[str, Any]:
    """The messages of these deliveries that were offered to the relay: files, sizes in bytes, SHA-256, or why not.

    Of a message, `file` and `head` are its own bytes, `tail`
    the file that follows them; `size` and `sha256` are of both joined, `sha256_with_link` of the same
    with the personal link uncovered.  `as_sent` says how they stand to what was recorded before the message
    left (`workflow.proof.sent`).  `made_from` is the same where it was made from the same things.
    """
    parcels, certificates = mailing.Parcels(), _certificates(work, deliveries)
    tails: dict[str, dict[str, Any]] = {}
    messages = []
    offers = [(one, row) for row in deliveries for one in row.attempts if is_offered(one)]
    for attempt, delivery in sorted(offers, key=lambda pair: pair[0].id):
        theirs = certificates.get(delivery.contact_id, ())
        messages.append(_message(work, parcels, note, delivery, attempt, theirs, tails))
    return {
        "about": packed(ABOUT),
        "settings": _settings(work),
        "tails": sorted(tails.values(), key=lambda one: str(one["file"])),
        "messages": messages,
    }


def sent_files(work: Work, record: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The files that a record of sent messages names, made anew in the same way."""
    parcels = mailing.Parcels()
    tails = {one["file"] for one in record["tails"]}
    for one in record["messages"]:
        if one["file"] is None:
            continue
        attempt = work.session.get_one(Attempt, one["attempt"])
        delivery = work.session.get_one(Outgoing, attempt.delivery_id)
        note = work.session.get_one(Note, delivery.note_id)
        letter = mailing.unprotected(work, parcels, note, delivery, attempt, mailing.link(work, delivery))
        yield one["file"], letter.covered()
        if one["tail"] in tails:
            tails.remove(one["tail"])
            yield one["tail"], letter.tail.content


def offered(attempt: Mapping[str, Any]) -> bool:
    """Whether the content of a recorded attempt was offered to the relay, and how that ended is known or unknown.

    What the relay refused by its envelope, before the content, was not.
    """
    return (
        attempt["sending_at"] is not None
        and attempt["transport"] not in (Transport.PREPARED, Transport.SENDING)
        and not str(attempt["answer"] or "").startswith(_BEFORE_CONTENT)
    )


def is_offered(attempt: Attempt) -> bool:
    """Whether the content of an attempt was offered to the relay, and how that ended is known or unknown."""
    return offered(
        {"sending_at": attempt.sending_at, "transport": attempt.transport, "answer": attempt.answer}
    )


def _certificates(work: Work, deliveries: Iterable[Outgoing]) -> dict[int, list[ContactCertificate]]:
    """The certificates of the contacts of these deliveries, those that ended too."""
    found: dict[int, list[ContactCertificate]] = {}
    contacts = {one.contact_id for one in deliveries}
    for one in work.session.scalars(
        select(ContactCertificate)
        .where(ContactCertificate.contact_id.in_(contacts))
        .order_by(ContactCertificate.id)
    ):
        found.setdefault(one.contact_id, []).append(one)
    return found


def _message(
    work: Work,
    parcels: mailing.Parcels,
    note: Note,
    delivery: Outgoing,
    attempt: Attempt,
    certificates: Sequence[ContactCertificate],
    tails: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "attempt": attempt.id,
        "delivery": delivery.id,
        "number": attempt.number,
        "file": None,
        "head": None,
        "tail": None,
        "size": None,
        "sha256": None,
        "sha256_with_link": None,
        "as_sent": None,
        "made_from": None,
        "reasons": [],
    }
    if attempt.address.endswith(ERASED_AT):
        why = Phrase(
            "The contact’s address was erased by decision, so the message to it cannot be made again."
        )
        return {**found, "reasons": [packed(why)]}
    try:
        letter = mailing.unprotected(work, parcels, note, delivery, attempt, mailing.link(work, delivery))
        own = letter.covered()
    except Refusal as refusal:
        why = Phrase("The message cannot be made again: %(why)s", why=refusal.phrase)
        return {**found, "reasons": [packed(why)]}
    except (KeyError, OSError, ValueError) as error:
        # The words of mails or the profile are not what they were: said here, and the rest of the pack stands.
        why = Phrase("The message cannot be made again: %(why)s", why=type(error).__name__)
        return {**found, "reasons": [packed(why)]}
    tail, head, size = letter.tail, hashlib.sha256(own).hexdigest(), len(own) + len(letter.tail.content)
    standing = sent.standing(attempt.message, head, tail.sha256, size)
    linked = _linked(work, letter, delivery, attempt)
    reasons = differences(work, delivery, attempt, certificates, standing, tail.sha256, linked is not None)
    return {
        **found,
        "file": f"sent/{attempt.id:08}-{attempt.number}.eml",
        "head": {"size": len(own), "sha256": head},
        "tail": _tail(tail, delivery, tails),
        "size": size,
        "sha256": _joined(own, tail.content),
        "sha256_with_link": None if reasons or linked is None else _joined(linked, tail.content),
        "as_sent": standing,
        "made_from": _made_from(work, note, delivery),
        "reasons": [packed(one) for one in reasons],
    }


def _joined(own: bytes, tail: bytes) -> str:
    digest = hashlib.sha256(own)
    digest.update(tail)
    return digest.hexdigest()


def _tail(tail: compose.Tail, delivery: Outgoing, tails: dict[str, dict[str, Any]]) -> str | None:
    """The file that follows a message's own bytes, described once; None where the message is its own bytes alone."""
    if not tail.attached:
        return None
    if tail.boundary not in tails:
        tails[tail.boundary] = {
            "file": f"sent/documents-{tail.boundary.removeprefix('=_')[:16]}.mime",
            "size": len(tail.content),
            "sha256": tail.sha256,
            "documents": [one["sha256"] for one in delivery.documents],
        }
    return str(tails[tail.boundary]["file"])


def _linked(work: Work, letter: mailing.Letter, delivery: Outgoing, attempt: Attempt) -> bytes | None:
    """The own bytes with the very link that the message carried; None where that cannot be told any more.

    Where what was recorded says so it may be a link that was replaced since.
    """
    if attempt.message is None:
        return letter.own()
    original = work.session.get_one(Delivery, delivery.original_id)
    for serial in range(original.link_serial, -1, -1):
        own = letter.linked(link_token(work, original.message_id, serial))
        if hashlib.sha256(own).hexdigest() == attempt.message["head"]:
            return own
    return None


def _settings(work: Work) -> dict[str, Any]:
    """What the messages are made from beside the rows, as far as people know it by name."""
    return {
        "sender": work.settings.sender,
        "reply_to": work.settings.reply_address,
        "base_url": work.settings.base_url,
        "zone": work.zone,
        "signed": work.settings.smime_certificate is not None,
    }


def _made_from(work: Work, note: Note, delivery: Outgoing) -> str:
    """A digest of everything that may change, and with it the message, though the attempt stays the same."""
    member = work.session.get_one(Member, delivery.member_id)
    dated = note.approval.dated if note.approval else None
    language = wording.written_in(delivery.language)
    return canonical_digest(
        {
            "settings": _settings(work),
            "most_bytes": work.settings.mail_bytes,
            "profile": work.profile.digest,
            "program": _program(),
            "words": hashlib.sha256((wording.FOLDER / f"{language}.toml").read_bytes()).hexdigest(),
            "member": directory.name_of(member, delivery.language, dated) if dated else "",
        }
    )


@cache
def _program() -> str:
    """SHA-256 (hex) over the parts of this program that decide the bytes of a message."""
    digest = hashlib.sha256()
    for part in (mailing.__file__, compose.__file__, mime.__file__, wording.__file__):
        digest.update(hashlib.sha256(Path(part).read_bytes()).digest())
    return digest.hexdigest()
