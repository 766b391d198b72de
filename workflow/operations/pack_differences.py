"""Why a message that was made again is not, byte for byte, what went over the line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow.errors import Phrase
from workflow.models import Attempt, ContactCertificate, Delivery, Outgoing
from workflow.operations import mailing
from workflow.operations.context import Work
from workflow.operations.dispatch import link_digest
from workflow.proof import sent
from workflow.states import Protected

_PROTECTED = {
    Protected.SIGNED: Phrase(
        "It was signed (S/MIME), and a signature is not made twice with the same bytes. The digests that were recorded "
        "before it left say that this file is what was signed."
    ),
    Protected.ENCRYPTED: Phrase(
        "It was encrypted for the contact’s certificate (S/MIME), which never gives the same bytes twice. The digests "
        "that were recorded before it left say that this file is what was encrypted."
    ),
    Protected.BOTH: Phrase(
        "It was signed and then encrypted for the contact’s certificate (S/MIME), which never gives the same bytes "
        "twice. The digests that were recorded before it left say that this file is what was signed and encrypted."
    ),
}


def differences(
    work: Work,
    delivery: Outgoing,
    attempt: Attempt,
    certificates: Sequence[ContactCertificate],
    standing: str,
    tail: str | None,
    linked: bool,
) -> list[Phrase]:
    """A sentence for each reason; none where the message is what was sent and its link is known (`linked`).

    `standing` is how it stands to what was recorded; `tail` is the digest of the documents made again.
    """
    if standing == sent.NO_DIGEST:
        return list(_guessed(work, delivery, attempt, certificates))
    if standing == sent.DIFFERS:
        return [
            Phrase(
                "Made again, this message differs from what was sent: settings, names, words or the program were "
                "changed since. What was sent is known by the digests that were recorded before it left."
            ),
            *_same_documents(attempt, tail),
            *_moved(work, delivery),
        ]
    if attempt.message_protection in _PROTECTED:
        return [_PROTECTED[attempt.message_protection]]
    if not linked:
        return [
            Phrase(
                "The personal link that it carried cannot be made again, so there is no digest of the message with its "
                "link; that of its own bytes with it was recorded before it left."
            )
        ]
    return []


def _same_documents(attempt: Attempt, tail: str | None) -> Iterator[Phrase]:
    if tail is not None and tail == attempt.message_tail:
        yield Phrase("The documents that follow it are those that were sent, byte for byte.")


def _guessed(
    work: Work, delivery: Outgoing, attempt: Attempt, certificates: Sequence[ContactCertificate]
) -> Iterator[Phrase]:
    """Of attempts of before nothing was recorded: why they may differ, by what is known now."""
    moment = attempt.sending_at or attempt.prepared_at
    if any(
        one.confirmed_at is not None
        and one.confirmed_at <= moment
        and (one.ended_at is None or one.ended_at > moment)
        and one.not_before <= moment < one.not_after
        for one in certificates
    ):
        yield Phrase(
            "A certificate of the contact stood then, so the message was encrypted (S/MIME), which never gives the "
            "same bytes twice; the file holds it as it was before that."
        )
    if work.settings.smime_certificate is not None:
        yield Phrase(
            "Messages are signed here (S/MIME), and a signature is not made twice with the same bytes; the file holds "
            "the message without one."
        )
    yield from _moved(work, delivery)
    original = work.session.get_one(Delivery, delivery.original_id)
    secret = mailing.link(work, delivery).rpartition("/")[2]
    if original.link_serial or link_digest(secret) != original.link_digest:
        yield Phrase(
            "The contact’s personal link was replaced, and which link a message carried is not kept, so there is no "
            "digest of the message with its link."
        )


def _moved(work: Work, delivery: Outgoing) -> Iterator[Phrase]:
    """The Message-ID is written with the delivery, in the domain that mail came back to at that time."""
    then, now = (
        text.rpartition("@")[2] for text in (delivery.message_id.rstrip(">"), work.settings.reply_address)
    )
    if then != now:
        yield Phrase(
            "Mail came back to %(then)s then and comes back to %(now)s now: the settings were changed, so fields such "
            "as From and Reply-To are not those that were sent.",
            then=then,
            now=now,
        )
