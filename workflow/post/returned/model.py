"""What a returned message says, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    FAIL = "fail"  # It says that the message was not delivered to the recipients, and never will be.
    DELAY = "delay"  # Not delivered yet; or given up for want of time, with no server's refusal to show.
    OK = "ok"  # Delivered, relayed, or expanded into a list.
    AUTO = "auto"  # An automatic reply or a read receipt: a note at the side.
    COMPLAINT = "complaint"  # Somebody reported the message as unwanted.
    UNKNOWN = "unknown"  # A human reply, or nothing that can be relied on: waits for a person.


class Note(StrEnum):
    READ_RECEIPT = "read_receipt_displayed"  # A reader's program says that the message was displayed.
    DISCARDED_UNREAD = "discarded_unread"  # A reader's program says that it was deleted or refused.
    COMPLAINT = "complaint"  # A feedback report, or a request to be left alone.
    AUTOMATIC_REPLY = "automatic_reply"  # Nobody wrote it.
    HUMAN_REPLY = "human_reply"  # It answers a message, and no machine says that it wrote it.
    GAVE_UP = "gave_up"  # A mailer stopped trying for want of time: a person should look.
    QUOTES_REPORT = "quotes_report"  # A person passes on or quotes a report: it is no report itself.
    UNREADABLE = "unreadable"  # The message could not be read at all.


@dataclass(frozen=True)
class RecipientReport:
    """What is said of one recipient.

    `address` is the final recipient in lower case; `original_recipient` the one that the sender gave,
    where it is named.  `action` is one of RFC 3464's words (failed, delayed, delivered, relayed, expanded), whether
    a report's field or prose said it; `stated` tells the first from the second.  `status` is the
    enhanced code of RFC 3463, for people: nothing is decided by it.
    """

    address: str
    action: str
    status: str = ""
    diagnostic: str = ""
    remote_mta: str = ""
    original_recipient: str = ""
    envelope_id: str = ""
    stated: bool = False


@dataclass(frozen=True)
class Returned:
    """A message that came back.

    `envelope_recipients` are the addresses that it was delivered to, from its own headers: with
    `envelope_id`, the only places from which a token may be taken (see `tokens`).
    `message_ids` name, angle brackets included, messages that it seems to be about.  Anyone can write them: they attach it to
    a page for a person to look at, and move nothing.
    `digest` is the SHA-256 of the raw message, in hexadecimal.
    """

    category: Category
    recipients: tuple[RecipientReport, ...] = ()
    envelope_recipients: tuple[str, ...] = ()
    envelope_id: str = ""
    message_ids: tuple[str, ...] = ()
    message_id: str = ""
    subject: str = ""
    sender: str = ""
    digest: str = ""
    notes: frozenset[Note] = frozenset()
    reporting_mta: str = ""
