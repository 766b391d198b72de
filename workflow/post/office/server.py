"""The office's SMTP side: aiosmtpd with the DSN extension, chunked reading and the weather at RCPT and DATA."""

from __future__ import annotations

import asyncio
import collections
import itertools
import logging
import re
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from workflow.clock import Clock
from workflow.post.envelope import unxtext
from workflow.post.office.spool import Entry, Spool
from workflow.post.office.weather import Weather

SIZE_BYTES = 50_000_000
_PATH = re.compile(r"([^<]*<[^>]*>)(.*)", re.DOTALL)
_NOTIFY = frozenset({"SUCCESS", "FAILURE", "DELAY"})


class Asked(Envelope):
    """An envelope with what RFC 3461 adds: RET and ENVID of the message, NOTIFY and ORCPT per recipient."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.envid = ""
        self.wishes: dict[str, tuple[tuple[str, ...], str]] = {}


class Office:
    """What all sessions share: the weather, the spool, and what to do with a taken entry."""

    def __init__(self, spool: Spool, weather: Weather, clock: Clock, taken: Callable[[Entry], None]) -> None:
        self.spool = spool
        self.weather = weather
        self._clock = clock
        self._taken = taken
        self._serial = itertools.count(1)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Asked, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer what this office does beyond aiosmtpd."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", "250-ENHANCEDSTATUSCODES", "250-DSN", responses[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Asked, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient as the weather says."""
        rule = self.weather.rule(address)
        if rule.slow:
            await asyncio.sleep(rule.slow)
        if rule.refuse:
            return rule.refuse
        if rule.greylist and self.spool.count(f"greylist {address.lower()}") < rule.greylist:
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """What the sender hears of a fault of ours: later, for nothing is wrong with the message."""
        logging.getLogger(__name__).error("the post office failed", exc_info=error)
        return f"45{'2 4.3.1 no room or no disk' if isinstance(error, OSError) else '1 4.3.0 fault of the office'}"

    async def take(self, envelope: Asked, content: bytes) -> str | None:
        """Keep the message for each recipient; None asks for the line to be dropped without an answer."""
        now = self._clock().timestamp()
        sender = "" if envelope.mail_from in {None, "<>"} else str(envelope.mail_from)
        names, silent = [], False
        for recipient in envelope.rcpt_tos:
            rule = self.weather.rule(recipient)
            if rule.slow:
                await asyncio.sleep(rule.slow)
            dropped = bool(rule.drop) and not self.spool.count(f"drop {recipient.lower()}")
            silent = silent or dropped
            if dropped and rule.drop == "lost":
                continue
            notify, original = envelope.wishes.get(recipient, (("FAILURE", "DELAY"), ""))
            entry = Entry(
                f"{int(now * 1e6):x}-{next(self._serial):x}",
                sender,
                recipient,
                now,
                envid=envelope.envid,
                original_recipient=original,
                notify=notify,
                full=envelope.full,
                content=content,
            )
            self.spool.add(entry)
            self._taken(entry)
            names.append(entry.identifier)
        return None if silent else f"250 2.0.0 Ok: queued as {names[0]}"


class OfficeSMTP(SMTP):
    """One session.  aiosmtpd knows no DSN parameters and turns all parameters to capitals, so they are taken first."""

    def __init__(self, office: Office, **settings: Any) -> None:
        super().__init__(
            office,
            enable_SMTPUTF8=True,
            data_size_limit=SIZE_BYTES,
            hostname="post-office.localhost",
            ident="ESMTP Chancery post office",
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            **settings,
        )
        self._office = office
        # The library's own limits are shared between sessions and grow with each EHLO.
        self.command_size_limits = collections.defaultdict(lambda: 2000)

    def _create_envelope(self) -> Asked:
        return Asked()

    async def smtp_MAIL(self, arg: str | None) -> None:
        """MAIL with RET and ENVID (RFC 3461, 4.3 and 4.4)."""
        arg, asked = _split(arg, {"RET", "ENVID"})
        if asked.get("RET", "HDRS").upper() not in {"HDRS", "FULL"}:
            await self.push("501 5.5.4 RET is FULL or HDRS")
            return
        await super().smtp_MAIL(arg)
        if isinstance(self.envelope, Asked) and self.envelope.mail_from is not None:
            self.envelope.full = asked.get("RET", "HDRS").upper() == "FULL"
            self.envelope.envid = unxtext(asked.get("ENVID", ""))

    async def smtp_RCPT(self, arg: str | None) -> None:
        """RCPT with NOTIFY and ORCPT (RFC 3461, 4.1 and 4.2)."""
        arg, asked = _split(arg, {"NOTIFY", "ORCPT"})
        notify = tuple(asked.get("NOTIFY", "FAILURE,DELAY").upper().split(","))
        if notify != ("NEVER",) and not set(notify) <= _NOTIFY:
            await self.push("501 5.5.4 NOTIFY is NEVER, or of SUCCESS, FAILURE and DELAY")
            return
        envelope = self.envelope
        taken = len(envelope.rcpt_tos) if envelope else 0
        await super().smtp_RCPT(arg)
        if isinstance(envelope, Asked) and len(envelope.rcpt_tos) > taken:
            kind, _, original = asked.get("ORCPT", "").partition(";")
            text = f"{kind}; {unxtext(original)}" if original else ""
            envelope.wishes[envelope.rcpt_tos[-1]] = (notify, text)

    async def smtp_DATA(self, arg: str | None) -> None:
        """DATA, read in large pieces: the library's way, line by line, takes a fifth of a second for a note."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if arg or not isinstance(self.envelope, Asked) or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = await self._content()
        if content is None:
            self.envelope = self._create_envelope()
            await self.push("552 5.3.4 Error: too much mail data")
            return
        envelope, self.envelope = self.envelope, self._create_envelope()
        answer = await self._office.take(envelope, content)
        if answer is not None:
            await self.push(answer)
        elif isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def _content(self) -> bytes | None:
        """The message, undotted; None when it is over the size."""
        data, size = bytearray(), 0
        while True:
            try:
                piece = await self._reader.readuntil(b".\r\n")
            except asyncio.LimitOverrunError as over:
                # So many bytes can be read without passing the end of the message.
                piece = await self._reader.read(over.consumed)
            size += len(piece)
            data += piece
            if data == b".\r\n" or data.endswith(b"\r\n.\r\n"):
                break
            if size > SIZE_BYTES:
                # Only what is needed to see the end is kept; the sender is told when it is done.
                del data[:-5]
        if size > SIZE_BYTES + 3:
            return None
        del data[-3:]
        if data.startswith(b"."):
            del data[0]
        return bytes(data).replace(b"\r\n..", b"\r\n.")


def _split(arg: str | None, names: set[str]) -> tuple[str | None, dict[str, str]]:
    """The argument without the parameters `names`, and their values."""
    found = _PATH.fullmatch(arg or "")
    if found is None:
        return arg, {}
    asked: dict[str, str] = {}
    rest = []
    for parameter in found[2].split():
        name, _, value = parameter.partition("=")
        if name.upper() in names:
            asked[name.upper()] = value
        else:
            rest.append(parameter)
    return " ".join([found[1], *rest]), asked
