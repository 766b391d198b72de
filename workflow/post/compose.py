"""Making messages: what all contacts of a language share is encoded once, what is one contact's comes before it.

    tail = shared_tail(attachments)            # once per note, language and size class
    raw = message(head, tail)                  # once per contact: hundredths of a millisecond

The message is `multipart/mixed`: a plain text, then the documents.  No HTML, no remote picture, no
wish for a read receipt.  It is 7-bit throughout whatever the relay offers, because a server on the way
that has to convert 8-bit text breaks the DKIM signature (RFC 6376, 5.3); only an international
address makes its header 8-bit, and then the relay is asked for SMTPUTF8.

A note is released by a person, so its mail carries no `Auto-Submitted` field: an automatic reply
from the other side is wanted evidence.  A reminder is sent by rule and says `auto-generated` (RFC
3834, 5), which keeps two robots from answering each other.  Nothing here is bulk mail, so there is
neither `Precedence` nor `List-Unsubscribe`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property

from workflow.post.mime import CRLF, base64_lines, file_parameter, header, mailbox
from workflow.states import Protected

# The share that base64 and its line ends add to the raw size of the documents.
ENCODED = 78 / 57
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+>")
_KIND = re.compile(r"[a-z]+/[a-z0-9.+-]+")
LINE_SIGNS = 990
COVER = "X"


@dataclass(frozen=True)
class Attachment:
    """A file that goes with the note; `kind` is its media type, `language` a code or empty."""

    filename: str
    content: bytes = field(repr=False)
    kind: str = "application/pdf"
    language: str = ""

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError("an attachment's kind is a media type in lower case, such as application/pdf")


@dataclass(frozen=True)
class Tail:
    """The part of a message that follows the first text: bytes to the end, and the boundary they use.

    Without content (`LINK_ONLY`) the message is the text alone.  `names` are the files' names.
    """

    boundary: str
    content: bytes = field(repr=False)
    names: tuple[str, ...] = ()

    @property
    def attached(self) -> bool:
        """Whether documents travel with the message."""
        return bool(self.content)

    @cached_property
    def sha256(self) -> str | None:
        """The digest of the content (hex), computed once for all messages that carry it; None without any."""
        return hashlib.sha256(self.content).hexdigest() if self.content else None


@dataclass(frozen=True)
class Party:
    """A mailbox in a header: a checked address and the name to show, or none."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Head:
    """What is one recipient's own: the header fields and the text.

    `sender` (From) is the organisation; `agent` (Sender) is given when another mailbox sends for it.
    `date` is aware, in the zone that it shall show.  `message_id`, `in_reply_to` and `references`
    are in angle brackets.  `duplicate_of_attempt` is the number of this attempt when an earlier
    one may have arrived.  `automatic` says that no person released this message.
    """

    sender: Party
    to: Party
    subject: str
    text: str
    date: datetime
    message_id: str
    language: str
    agent: Party | None = None
    reply_to: Party | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    duplicate_of_attempt: int | None = None
    automatic: bool = False


@dataclass(frozen=True)
class Digests:
    """What a message can be known by after it has left; all digests are SHA-256 (hex).

    `size` is that of the whole message in bytes.  `head` is of its own bytes, which the tail follows, and
    `tail` of that.  `covered` is of the own bytes with the secret of the personal link covered, which may be
    shown.  A signed or encrypted message is its own bytes alone; `covered` is then of them before that.
    """

    size: int
    head: str
    covered: str
    tail: str | None
    protection: Protected = Protected.NONE


LINK_ONLY = Tail("", b"")
# Turns a MIME entity, fields and body, into another one that carries it.
Protection = Callable[[bytes], bytes]


def fits(attachments: Iterable[Attachment], cap: int) -> bool:
    """Whether the documents together are within `cap` bytes raw, so that they may travel with the mail."""
    return sum(len(item.content) for item in attachments) <= cap


def shared_tail(attachments: Iterable[Attachment]) -> Tail:
    """The documents, encoded once; the same documents in the same order give the same bytes."""
    items = tuple(attachments)
    if not items:
        return LINK_ONLY
    digest = hashlib.sha256()
    for item in items:
        digest.update(repr((item.filename, item.kind, item.language)).encode())
        digest.update(hashlib.sha256(item.content).digest())
    # The sign "_" does not occur in base64, so the boundary cannot occur in a document.
    boundary = f"=_{digest.hexdigest()[:40]}"
    pieces: list[bytes] = []
    for item in items:
        language = header("Content-Language", item.language) if item.language else ""
        pieces += [
            (
                f"--{boundary}{CRLF}Content-Type: {item.kind}{file_parameter('name', item.filename)}{CRLF}"
                f"{language}Content-Transfer-Encoding: base64{CRLF}"
                f"Content-Disposition: attachment{file_parameter('filename', item.filename)}{CRLF}{CRLF}"
            ).encode(),
            base64_lines(item.content),
        ]
    pieces.append(f"--{boundary}--{CRLF}".encode())
    return Tail(boundary, b"".join(pieces), tuple(item.filename for item in items))


def message(head: Head, tail: Tail = LINK_ONLY, protect: Protection | None = None) -> bytes:
    """The whole message, ready for the relay: CRLF, lines under 998, dots not yet doubled.

    `protect` turns the content into another, signed or encrypted one.  Without it, the same head and
    tail give the same bytes.  Raises ValueError for a naive date or a malformed Message-ID.
    """
    if protect is None:
        return opening(head, tail.boundary) + tail.content
    return _fields(head) + protect(_content(head, tail.boundary) + tail.content)


def known(
    head: Head,
    tail: Tail = LINK_ONLY,
    secret: str = "",
    protection: Protected = Protected.NONE,
    protect: Protection | None = None,
) -> tuple[bytes, Digests]:
    """The message as `message` makes it, and what it can be known by; `secret` is what is to be covered."""
    fields, content = _fields(head), _content(head, tail.boundary)
    hidden = _sha256(fields + _content(covered(head, secret), tail.boundary))
    if protect is not None:
        whole = fields + protect(content + tail.content)
        return whole, Digests(len(whole), _sha256(whole), hidden, None, protection)
    own = fields + content
    whole = own + tail.content
    return whole, Digests(len(whole), _sha256(own), hidden, tail.sha256)


def opening(head: Head, boundary: str) -> bytes:
    """The recipient's own bytes: header fields and text, with `boundary` as the first part of several."""
    return _fields(head) + _content(head, boundary)


def covered(head: Head, secret: str) -> Head:
    """The same head with a secret in its text covered by as many signs, so that no length changes."""
    return replace(head, text=head.text.replace(secret, COVER * len(secret))) if secret else head


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _fields(head: Head) -> bytes:
    """The fields of the message itself; those of its content follow."""
    if head.date.tzinfo is None:
        raise ValueError("a message's date is aware of its zone")
    for identifier in (head.message_id, *filter(None, (head.in_reply_to, *head.references))):
        if not _MESSAGE_ID.fullmatch(identifier):
            raise ValueError("a message's identifier has the form <left@right>")
    fields = [
        _party("From", head.sender),
        _party("Sender", head.agent),
        _party("Reply-To", head.reply_to),
        _party("To", head.to),
        header("Subject", head.subject),
        f"Date: {format_datetime(head.date)}{CRLF}",
        f"Message-ID: {head.message_id}{CRLF}",
        f"In-Reply-To: {head.in_reply_to}{CRLF}" if head.in_reply_to else "",
        f"References: {f'{CRLF} '.join(head.references)}{CRLF}" if head.references else "",
        f"Auto-Submitted: auto-generated{CRLF}" if head.automatic else "",
        f"X-Chancery-Attempt: {head.duplicate_of_attempt}; possible-duplicate{CRLF}"
        if head.duplicate_of_attempt is not None
        else "",
        f"MIME-Version: 1.0{CRLF}",
    ]
    return "".join(fields).encode()


def _content(head: Head, boundary: str) -> bytes:
    """The fields of the content and the text, with `boundary` as the first part of several."""
    charset, encoding, body = _body(head.text)
    parts = (
        f'Content-Type: multipart/mixed; boundary="{boundary}"{CRLF}{CRLF}--{boundary}{CRLF}'
        if boundary
        else ""
    )
    own = (
        f"Content-Type: text/plain; charset={charset}{CRLF}{header('Content-Language', head.language)}"
        f"Content-Transfer-Encoding: {encoding}{CRLF}{CRLF}"
    )
    return (parts + own).encode() + body


def _party(name: str, party: Party | None) -> str:
    return f"{name}: {mailbox(party.address, party.name)}{CRLF}" if party else ""


def _body(text: str) -> tuple[str, str, bytes]:
    """Charset, transfer encoding and bytes of the text, the bytes ending in CRLF."""
    lines = text.splitlines()
    body = (CRLF.join(lines) + CRLF).encode()
    # "From " and a single dot at the start of a line are altered by some old gateways, and base64 by none.
    if body.isascii() and b"\0" not in body and max(map(len, lines), default=0) < LINE_SIGNS:
        return "us-ascii", "7bit", body
    return "utf-8", "base64", base64_lines(body)
