"""A door for a relay that delivers returned mail to us by LMTP (RFC 2033): each message into the Maildir.

The relay hears 250 only after the message is on disk, so that it is never lost between the two; what
cannot be kept is put off (451), and what is for somebody else is refused (550).  One recipient a
transaction, since the address that it came to, with its token, is written on top of the message.

Parameters of MAIL and RCPT are taken as announced: SIZE, BODY and SMTPUTF8; any other is 555 (RFC 5321,
section 4.1.1.11).  No relay sends NOTIFY, RET, ENVID or ORCPT where DSN is not announced (RFC 3461,
section 4): it reports by itself that it handed the message on, which is what became of it.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from workflow.post.office.mailboxes import write_safely
from workflow.whole_files import sync_folder

IDENT = "Chancery"
# Bytes of one message.  What is refused here for good is lost, so this is more than relays take themselves.
SIZE_LIMIT = 100_000_000
# An answer to a command, and no greeting, that has no enhanced status code.
_BARE = re.compile(r"(?!220)[245]\d\d (?!\d\.\d{1,3}\.\d{1,3} )")


class Session(LMTP):
    """One connection.  People's programs write lines beyond the 998 signs of RFC 5322; they are mail all the same."""

    line_length_limit = 10_000_000
    _greeting = False

    async def smtp_LHLO(self, arg: str) -> None:
        """The greeting, whose answer alone has no enhanced status codes (RFC 2034, section 4)."""
        self._greeting = True
        try:
            await super().smtp_LHLO(arg)
        finally:
            self._greeting = False

    async def push(self, status: str | bytes) -> None:
        """Sends an answer, with an enhanced status code where it has none: RFC 2033, section 5, wants them all."""
        text = status.decode() if isinstance(status, bytes) else status
        if not self._greeting and _BARE.match(text):
            text = f"{text[:4]}{text[0]}.{'5' if text[0] == '5' else '0'}.0 {text[4:]}"
        await super().push(text)


class Handler:
    """Takes what comes to the return path, with any token, and to the address that people answer to."""

    def __init__(self, maildir: Path, return_path: str, reply_address: str) -> None:
        self.maildir = maildir
        before, _, after = return_path.partition("{token}")
        self._ours = re.compile(rf"{re.escape(before)}[0-9A-Za-z]{{1,64}}{re.escape(after)}", re.IGNORECASE)
        self._reply = reply_address.lower()

    def is_ours(self, address: str) -> bool:
        """Whether mail to this address belongs into our mailbox."""
        return address.lower() == self._reply or self._ours.fullmatch(address) is not None

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """What is offered: the library's own, and the two that RFC 2033, section 5, demands."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """One recipient of ours a transaction."""
        if not self.is_ours(address):
            return "550 5.1.1 No such address here"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """The message, with the address that it came to on top, on disk before the answer."""
        head = f"Return-Path: <{(envelope.mail_from or '').strip('<>')}>\r\nDelivered-To: {envelope.rcpt_tos[0]}\r\n"
        content = envelope.original_content or b""
        try:
            _make(self.maildir)
            name = f"{secrets.token_hex(16)}.{os.getpid()}.chancery"
            write_safely(self.maildir / "tmp" / name, head.encode("utf-8", "replace") + content)
            (self.maildir / "tmp" / name).replace(self.maildir / "new" / name)
            sync_folder(self.maildir / "new")
        except OSError:
            return "451 4.3.0 Cannot be kept now, try again later"
        return "250 2.0.0 Kept"


def _make(maildir: Path) -> None:
    """The folders of a Maildir, confirmed by the disk when they are new: a message is lost with its folder."""
    if all((maildir / part).is_dir() for part in ("tmp", "new", "cur")):
        return
    for part in ("tmp", "new", "cur"):
        (maildir / part).mkdir(parents=True, exist_ok=True)
    for folder in (maildir, maildir.parent):
        sync_folder(folder)


class Door(Controller):
    """Listens for LMTP on a host and port; a context: it listens inside."""

    def __init__(self, handler: Handler, host: str, port: int, limit: int = SIZE_LIMIT) -> None:
        super().__init__(handler, hostname=host, port=port, ready_timeout=10)
        self._limit = limit

    def factory(self) -> Session:
        """The protocol of one connection."""
        return Session(self.handler, ident=IDENT, data_size_limit=self._limit, enable_SMTPUTF8=True)

    def __enter__(self) -> Door:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
