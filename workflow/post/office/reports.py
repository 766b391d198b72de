"""What a mail server writes back: delivery reports (RFC 3464), vacation replies, a person's reply.

All go out with an empty return path, except the person's, and are built by hand so that they look
as servers write them: CRLF, three parts, the original's header fields last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime

from workflow.post.mime import CRLF, header

HOST = "post-office.localhost"
_SAY = {
    "delivered": "It was delivered to the mailbox named below.",
    "relayed": "It was handed to a server that sends no delivery reports itself.",
    "delayed": "It was not delivered yet. Delivery is tried again; you need not do anything.",
    "failed": "It was not delivered, and no further try will be made.",
}
_SUBJECT = {
    "delivered": "Successful Mail Delivery Report",
    "relayed": "Successful Mail Delivery Report",
    "delayed": "Delayed Mail (still being retried)",
    "failed": "Undelivered Mail Returned to Sender",
}


@dataclass(frozen=True)
class Origin:
    """The message that is written back about: its envelope, what RFC 3461 asked, and its bytes."""

    identifier: str
    sender: str
    recipient: str
    envid: str
    original_recipient: str
    full: bool
    arrived: datetime
    content: bytes


def report(origin: Origin, action: str, status: str, diagnostic: str, at: datetime) -> bytes:
    """A delivery report; `action` is delivered, relayed, delayed or failed, `status` an enhanced status code."""
    boundary = f"{origin.identifier}.{action}/{HOST}"
    per_message = [f"Reporting-MTA: dns; {HOST}"]
    if origin.envid:
        per_message.append(f"Original-Envelope-Id: {origin.envid}")
    per_message.append(f"Arrival-Date: {format_datetime(origin.arrived)}")
    kind = "rfc822" if origin.recipient.isascii() else "utf-8"
    per_recipient = [f"Final-Recipient: {kind}; {origin.recipient}"]
    if origin.original_recipient:
        per_recipient.append(f"Original-Recipient: {origin.original_recipient}")
    per_recipient += [f"Action: {action}", f"Status: {status}"]
    if action != "relayed":
        per_recipient.append(f"Diagnostic-Code: smtp; {diagnostic}")
    head, _, _ = origin.content.partition(b"\r\n\r\n")
    # RFC 6533: what holds UTF-8 has media types of its own.
    world = "" if origin.recipient.isascii() and origin.content.isascii() else "global-"
    if origin.full:
        returned, kind = origin.content, "message/global" if world else "message/rfc822"
    else:
        returned, kind = head + b"\r\n", "message/global-headers" if world else "text/rfc822-headers"
    encoding = f"Content-Transfer-Encoding: 8bit{CRLF}" if world else ""
    text = CRLF.join(
        [
            f"This is the mail system at host {HOST}.",
            "",
            f"A message of yours was for <{origin.recipient}>.",
            _SAY[action],
            "",
            f"Answer of the receiving host: {diagnostic}",
            "",
        ]
    )
    delivery = CRLF.join([*per_message, "", *per_recipient, ""])
    message = _fields(origin, f"MAILER-DAEMON@{HOST}", "Mail Delivery System", _SUBJECT[action], action, at)
    message += (
        f"Auto-Submitted: auto-replied{CRLF}MIME-Version: 1.0{CRLF}"
        f'Content-Type: multipart/report; report-type=delivery-status;{CRLF}\tboundary="{boundary}"{CRLF}{CRLF}'
        f"--{boundary}{CRLF}Content-Type: text/plain; charset=utf-8{CRLF}Content-Transfer-Encoding: 8bit{CRLF}"
        f"{CRLF}{text}{CRLF}"
        f"--{boundary}{CRLF}Content-Type: message/{world}delivery-status{CRLF}{encoding}{CRLF}{delivery}{CRLF}"
        f"--{boundary}{CRLF}Content-Type: {kind}{CRLF}{encoding}{CRLF}"
    )
    return message.encode() + returned + f"{CRLF}--{boundary}--{CRLF}".encode()


def vacation(origin: Origin, at: datetime) -> bytes:
    """An automatic reply as RFC 3834 describes it."""
    text = "I am away from the office until Monday, and your message was not read yet."
    message = _fields(origin, origin.recipient, "", "Automatic reply", "vacation", at) + _thread(origin)
    return (f"{message}Auto-Submitted: auto-replied{CRLF}" + _plain(text)).encode()


def human_reply(origin: Origin, author: str, text: str, at: datetime) -> bytes:
    """What a person at the address writes back to `author`, whom the message names."""
    said = text or "Thank you, the note has reached us and was passed to the department concerned."
    subject = str(BytesHeaderParser().parsebytes(origin.content, headersonly=True).get("Subject", ""))
    # The subject stays in its encoded form: it goes back as it came, behind the customary sign.
    line = f"Subject: Re: {subject}{CRLF}"
    message = _fields(origin, origin.recipient, "", None, "reply", at, author) + line + _thread(origin)
    return (message + _plain(said)).encode("utf-8", "surrogateescape")


def _fields(
    origin: Origin, sender: str, name: str, subject: str | None, kind: str, at: datetime, to: str = ""
) -> str:
    shown = f"{name} <{sender}>" if name else sender
    lines = [f"From: {shown}{CRLF}", f"To: {to or origin.sender}{CRLF}"]
    if subject is not None:
        lines.append(header("Subject", subject))
    lines += [
        f"Date: {format_datetime(at)}{CRLF}",
        f"Message-ID: <{origin.identifier}.{kind}@{HOST}>{CRLF}",
    ]
    return "".join(lines)


def _thread(origin: Origin) -> str:
    fields = BytesHeaderParser().parsebytes(origin.content, headersonly=True)
    identifier = " ".join(str(fields.get("Message-ID", "")).split())
    return f"In-Reply-To: {identifier}{CRLF}References: {identifier}{CRLF}" if identifier else ""


def _plain(text: str) -> str:
    return (
        f"MIME-Version: 1.0{CRLF}Content-Type: text/plain; charset=utf-8{CRLF}"
        f"Content-Transfer-Encoding: 8bit{CRLF}{CRLF}{CRLF.join(text.splitlines())}{CRLF}"
    )
