"""Returned mail: each message is kept raw, processed once, and moves transport only.

Only an attempt's own token (in the return path or as ENVID) can move anything; it cannot be
guessed, so a forged report changes nothing.  Message-ID and References merely attach a message to
its delivery, unverified, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, NotFound, Phrase
from workflow.models import Attempt, Outgoing, ReturnedMessage
from workflow.operations import address_checks, evidence, notice_mail, notices
from workflow.operations.context import Work, begin_office
from workflow.operations.links import in_use
from workflow.post import returned
from workflow.post.address import check_address
from workflow.post.returned.model import Category, Returned
from workflow.post.returned.model import Note as MailNote
from workflow.proof.covering import covered
from workflow.states import Transport
from workflow.store import sha256

# What the Action of a report proves (RFC 3464, section 2.3.3).  `expanded` was delivered to a list.
ACTIONS = {
    "failed": Transport.FAILED,
    "delayed": Transport.DELAYED,
    "delivered": Transport.DELIVERED,
    "relayed": Transport.RELAYED,
    "expanded": Transport.RELAYED,
}
# What a report without readable recipients proves, by its class.
CLASSES = {
    Category.FAIL: Transport.FAILED,
    Category.DELAY: Transport.DELAYED,
    Category.OK: Transport.RELAYED,
}
# What is shown at the side, the most telling first.
SIDE_NOTES = (
    MailNote.COMPLAINT,
    MailNote.READ_RECEIPT,
    MailNote.DISCARDED_UNREAD,
    MailNote.AUTOMATIC_REPLY,
    MailNote.HUMAN_REPLY,
)


def process(work: Work, raw: bytes) -> ReturnedMessage:
    """Takes one message of the return path's mailbox; the same bytes a second time change nothing.

    Nor does the same message by another way, such as LMTP beside IMAP, with other fields on top.
    """
    digest = sha256(raw)
    known = work.session.scalar(select(ReturnedMessage).where(ReturnedMessage.sha256 == digest))
    if known is not None:
        return known
    message = returned.parse(raw)
    content = returned.content_digest(message, raw, work.settings.return_path) or None
    twin = select(ReturnedMessage).where(ReturnedMessage.content_sha256 == content)
    if content is not None and (known := work.session.scalar(twin)) is not None:
        return known
    # Kept only now, since nobody would ever find the bytes of a second copy again, nor erase them.
    work.store.put(raw)
    row = ReturnedMessage(
        sha256=digest,
        content_sha256=content,
        category=message.category.value,
        state="waiting",
        sender=message.sender[:500],
        subject=message.subject[:500],
        received_at=work.now(),
    )
    attempt = _attempt_of(work, message)
    if attempt is not None:
        delivery = work.session.get_one(Outgoing, attempt.delivery_id)
        row.delivery_id, row.verified = delivery.original_id, True
        file = _named(work, raw, digest, delivery.original_id)
        moved = _move(work, delivery, attempt, message, file)
        waits = message.category in (Category.UNKNOWN, Category.COMPLAINT)
        row.state = "moved" if moved else "waiting" if waits else "aside"
        if MailNote.GAVE_UP in message.notes:
            # No later report may come, and an earlier one may say more than this proves: a person asks.
            row.state = "waiting"
            row.reason = Phrase(
                "A mail server says that it has stopped trying. Ask the contact whether it came."
            )
        if moved:
            notices.not_reached(work, delivery)
        else:
            # What people answer to a reminder belongs beside the delivery that it reminds of.
            original = work.session.get_one(Outgoing, delivery.original_id)
            _side_note(work, original, attempt, message, file)
    elif _of_a_notice(work, message):
        row.state, row.verified = "aside", True
        row.reason = Phrase("It is about a mail to one of our own people.")
    else:
        delivery_id = _attached(work, message)
        if delivery_id is not None:
            row.delivery_id = delivery_id
        row.reason = (
            Phrase("It names one of our messages, but no token of ours came with it, so nothing was changed.")
            if delivery_id
            else Phrase("It belongs to no message of ours.")
        )
    work.session.add(row)
    work.session.flush()
    if row.state == "waiting":
        work.log("returned_waiting", f"returned:{row.id}", category=row.category, sha256=digest)
    return row


def keep_unread(work: Work, raw: bytes) -> ReturnedMessage:
    """Keeps a message that could not be taken in, for a person; nothing of it is read but its bytes."""
    digest = work.store.put(raw)
    known = work.session.scalar(select(ReturnedMessage).where(ReturnedMessage.sha256 == digest))
    if known is not None:
        return known
    row = ReturnedMessage(
        sha256=digest, category=Category.UNKNOWN.value, state="waiting", received_at=work.now()
    )
    row.reason = Phrase(
        "It could not be read by the program, so nothing was changed. Look at it as it came, and say what was done."
    )
    work.session.add(row)
    work.session.flush()
    work.log("returned_waiting", f"returned:{row.id}", category=row.category, sha256=digest)
    return row


def settle(work: Work, returned_id: int, reason: str) -> ReturnedMessage:
    """A person has looked at a waiting message and says what was done about it."""
    begin_office(work, "settle_returned")
    row = work.session.get(ReturnedMessage, returned_id)
    if row is None:
        raise NotFound("no-such-message", "There is no returned message %(id)s.", id=returned_id)
    # Somebody may be registering it as an incoming paper at this moment, which settles it, too.
    work.session.refresh(row, with_for_update={"of": ReturnedMessage})
    if row.state != "waiting":
        raise Conflict("settled", "This message does not wait for anybody.")
    row.state, row.reason = "settled", reason.strip()[:2000]
    row.settled_by, row.settled_at = work.actor.id, work.now()
    work.log("settle_returned", f"returned:{row.id}", reason=row.reason)
    return row


def _attempt_of(work: Work, message: Returned) -> Attempt | None:
    """The attempt whose own token the message carries where only its relay could have put it."""
    tokens = returned.tokens(message, work.settings.return_path)
    if len(tokens) != 1:
        # Two tokens that disagree prove nothing about either attempt.
        return None
    return work.session.scalar(select(Attempt).where(Attempt.token == tokens[0].lower()))


def _of_a_notice(work: Work, message: Returned) -> bool:
    """Whether the message came back to the token of a mail to one of our own people."""
    tokens = returned.tokens(message, work.settings.return_path)
    failed = message.category is Category.FAIL
    if len(tokens) != 1:
        return False
    token = tokens[0].lower()
    return notice_mail.returned(work, token, failed) or address_checks.returned(work, token, failed)


def _attached(work: Work, message: Returned) -> int | None:
    row = work.session.scalar(
        select(Outgoing).where(Outgoing.message_id.in_(message.message_ids)).order_by(Outgoing.id).limit(1)
    )
    return row.original_id if row is not None else None


def _named(work: Work, raw: bytes, digest: str, delivery_id: int) -> dict[str, str]:
    """How evidence names a message: by its digest, and where it quotes a personal link by that of the covered file."""
    hidden = sha256(covered(raw, in_use(work, [delivery_id])))
    return {"sha256": digest, **({"sha256_covered": hidden} if hidden != digest else {})}


def _move(
    work: Work, delivery: Outgoing, attempt: Attempt, message: Returned, file: Mapping[str, str]
) -> bool:
    """Records what the report proves of this attempt; gives whether it proved anything."""
    digest = file["sha256"]
    reports = [report for report in message.recipients if report.action in ACTIONS]
    # A report on several recipients speaks of this attempt where it names its address; a report that
    # names only another one (a forwarded mailbox) still came back to this attempt's own token.
    named = [
        one for one in reports if attempt.address.lower() in (one.address, one.original_recipient.lower())
    ]
    reports = named or reports
    for report in reports:
        evidence.record(
            work,
            delivery,
            "transport",
            ACTIONS[report.action].value,
            key=evidence.key_of("mail", attempt.token, report.address, report.action, digest),
            at=work.now(),
            attempt=attempt,
            **file,
            address=report.address,
            action=report.action,
            status=report.status,
            diagnostic=report.diagnostic[:1000],
            # What comes back from where a mailbox passes its mail on leaves open whether it kept a copy.
            **({"elsewhere": True} if _is_elsewhere(report.address, attempt.address) else {}),
        )
    if not reports and message.category in CLASSES:
        evidence.record(
            work,
            delivery,
            "transport",
            CLASSES[message.category].value,
            key=evidence.key_of("mail", attempt.token, attempt.address, message.category.value, digest),
            at=work.now(),
            attempt=attempt,
            **file,
            address=attempt.address,
            action=message.category.value,
        )
    return bool(reports) or message.category in CLASSES


def _is_elsewhere(reported: str, ours: str) -> bool:
    """Whether a report speaks of another address than that of the attempt, however either is written."""
    with suppress(Invalid):
        reported = check_address(reported)
    return reported.casefold() not in ("", ours.casefold())


def _side_note(
    work: Work, delivery: Outgoing, attempt: Attempt, message: Returned, file: Mapping[str, str]
) -> None:
    """An automatic answer, a read receipt, a complaint or a person's reply: shown beside, never a state."""
    kind = next((note.value for note in SIDE_NOTES if note in message.notes), "reply")
    evidence.record(
        work,
        delivery,
        "side",
        kind,
        key=evidence.key_of("mail", attempt.token, kind, file["sha256"]),
        at=work.now(),
        attempt=attempt,
        **file,
        subject=message.subject[:300],
    )


def waiting(work: Work) -> list[ReturnedMessage]:
    """The messages that wait for a person, oldest first."""
    return list(
        work.session.scalars(
            select(ReturnedMessage).where(ReturnedMessage.state == "waiting").order_by(ReturnedMessage.id)
        )
    )
