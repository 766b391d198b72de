"""The envelope: what the relay is told about a message, as SMTP commands.

`MAIL` carries the attempt's own return path and ENVID, `RCPT` the wish for reports on this one
recipient (RFC 3461), each only where the relay offers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.post.address import check_address, needs_smtputf8
from workflow.post.answers import Answer, Step

# No head with its text is longer; what comes after it is taken to be shared.
HEAD_BYTES = 16384
NOTIFY = ("SUCCESS", "FAILURE", "DELAY")
_ENVID = re.compile(r"[\x21-\x7e]{1,64}")


@dataclass(frozen=True)
class Envelope:
    """One recipient, and the return path `sender` that the reports come back to.

    `reports` are the kinds of reports that are wished for (RFC 3461, 4.1).  `envid` is the attempt's token: 1 to 64 printable ASCII signs.  Addresses are checked when the envelope
    is made: raises Invalid for a faulty address, ValueError for a faulty token.
    """

    sender: str
    recipient: str
    envid: str
    reports: tuple[str, ...] = NOTIFY

    def __post_init__(self) -> None:
        object.__setattr__(self, "sender", check_address(self.sender))
        object.__setattr__(self, "recipient", check_address(self.recipient))
        if not _ENVID.fullmatch(self.envid):
            raise ValueError("an envelope's identifier is 1 to 64 printable ASCII characters")


def commands(
    envelope: Envelope, message: bytes, extensions: Mapping[str, str]
) -> tuple[bytes, bytes] | Answer:
    """The MAIL and RCPT lines for a relay with these EHLO `extensions` (upper-case name to parameters).

    Where the relay's own words already exclude the message, gives the answer that it would have
    earned, with the same codes, and nothing needs to be sent.
    """
    # Nearly every message is ASCII throughout, and looking costs less than parting it.
    head, _, body = (b"", b"", b"") if message.isascii() else message.partition(b"\r\n\r\n")
    international = (
        needs_smtputf8(envelope.sender) or needs_smtputf8(envelope.recipient) or not head.isascii()
    )
    if international and "SMTPUTF8" not in extensions:
        return Answer(Step.MAIL, 553, "the relay does not offer SMTPUTF8, which this address needs", "5.6.7")
    mail = [f"MAIL FROM:<{envelope.sender}>"]
    if "SIZE" in extensions:
        limit = extensions["SIZE"]
        if limit.isascii() and limit.isdigit() and 0 < int(limit) < len(message):
            return Answer(
                Step.MAIL, 552, f"the relay takes {limit} bytes, and this message has {len(message)}", "5.3.4"
            )
        mail.append(f"SIZE={len(message)}")
    if international or not body.isascii():
        if "8BITMIME" not in extensions:
            return Answer(
                Step.MAIL, 554, "the relay does not offer 8BITMIME, which this message needs", "5.6.3"
            )
        mail.append("BODY=8BITMIME")
    if international:
        mail.append("SMTPUTF8")
    rcpt = [f"RCPT TO:<{envelope.recipient}>"]
    if "DSN" in extensions:
        mail += ["RET=HDRS", f"ENVID={xtext(envelope.envid)}"]
        rcpt += ["NOTIFY=" + ",".join(envelope.reports), "ORCPT=" + original_recipient(envelope.recipient)]
    return _line(mail), _line(rcpt)


def xtext(text: str) -> str:
    """ASCII `text` as RFC 3461, section 4 writes it: `+`, `=` and all but 33 to 126 as +XX."""
    return "".join(
        sign if 33 <= ord(sign) <= 126 and sign not in "+=" else f"+{ord(sign):02X}" for sign in text
    )


def unxtext(text: str) -> str:
    """The text that `xtext` encoded; a faulty escape stays as it is."""
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text)


def original_recipient(address: str) -> str:
    """The value of ORCPT: type rfc822, or utf-8 (RFC 6533, section 3) for an international address."""
    if address.isascii():
        return "rfc822;" + xtext(address)
    return "utf-8;" + "".join(rf"\x{{{ord(sign):X}}}" if sign in "\\+=" else sign for sign in address)


def stuffed(message: bytes) -> bytes:
    """`message` ready for DATA: a dot doubled at the start of each line, and CRLF at the end.

    Raises ValueError for a bare CR or LF: servers differ in where they see a line's end, and a
    message that ends for one of them before the final dot could smuggle a second one.
    """
    if message.count(b"\n") != (lines := message.count(b"\r\n")) or message.count(b"\r") != lines:
        raise ValueError("every line of a message ends in CRLF, and nothing else does")
    if message.startswith(b"."):
        message = b"." + message
    if b"\r\n." in message:
        message = message.replace(b"\r\n.", b"\r\n..")
    return message if message.endswith(b"\r\n") else message + b"\r\n"


class Stuffer:
    """`stuffed` for many messages with the same documents: the shared end is looked through only once.

    Comparing the end with that of the message before costs a fiftieth of looking through it.
    """

    def __init__(self) -> None:
        self._shared = self._done = b""

    def __call__(self, message: bytes) -> bytes:
        """The same as `stuffed(message)`."""
        at = len(message) - len(self._shared)
        if self._shared and message.endswith(self._shared) and message.endswith(b"\r\n", 0, at):
            return stuffed(message[:at]) + self._done
        whole = stuffed(message)
        # Any line after the recipient's own part may be where the shared end begins.
        line = message.find(b"\r\n", HEAD_BYTES)
        if 0 <= line < len(message) - 2:
            self._shared = message[line + 2 :]
            self._done = stuffed(self._shared)
        return whole


def _line(words: list[str]) -> bytes:
    return " ".join(words).encode() + b"\r\n"
