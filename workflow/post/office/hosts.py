"""The hosts behind the relay: they deliver, delay, refuse and answer as the weather says."""

from __future__ import annotations

from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from pathlib import Path

from workflow.clock import Clock
from workflow.post.mime import CRLF
from workflow.post.office import reports
from workflow.post.office.mailboxes import deliver
from workflow.post.office.spool import Entry, Spool
from workflow.post.office.weather import Rule, Weather

# How long after a failed try a host that is down is tried again.
RETRY_SECONDS = 1.0


class Hosts:
    """Finishes spooled entries, each step safe to repeat after a crash: names of files are fixed by the entry."""

    def __init__(self, folder: Path, spool: Spool, weather: Weather, clock: Clock) -> None:
        self._folder = folder
        self._spool = spool
        self._weather = weather
        self._clock = clock

    def try_delivery(self, entry: Entry) -> Entry | None:
        """One try; gives the entry with its next due time, or None when it is finished."""
        rule = self._weather.rule(entry.recipient)
        now = self._clock().timestamp()
        if rule.bounce:
            if entry.wants("FAILURE"):
                said = f"550 {rule.bounce} <{entry.recipient}>: recipient address rejected"
                self._report(entry, "failed", rule.bounce, said)
        elif entry.tries < rule.down:
            self._tell_delay(entry, "connect to the host: connection timed out")
            return self._spool.postpone(entry, now + RETRY_SECONDS, tries=entry.tries + 1, delay_told=True)
        elif rule.delay and now < entry.arrived + rule.delay:
            self._tell_delay(entry, "450 4.2.0 mailbox is busy, try again later")
            return self._spool.postpone(entry, entry.arrived + rule.delay, delay_told=True)
        else:
            self._deliver(entry, rule)
        self._spool.remove(entry)
        return None

    def _deliver(self, entry: Entry, rule: Rule) -> None:
        self._put(entry.recipient, entry.sender, entry.identifier, entry.content)
        if rule.report != "none" and entry.wants("SUCCESS"):
            self._report(entry, rule.report, "2.0.0", "250 2.0.0 message delivered")
        origin, now = entry.origin(UTC), self._now()
        if rule.reply == "vacation" and entry.sender:
            self._put(entry.sender, "", f"{entry.identifier}.vacation", reports.vacation(origin, now))
        elif rule.reply == "human" and (author := _author(entry)):
            reply = reports.human_reply(origin, author, rule.text, now)
            self._put(author, entry.recipient, f"{entry.identifier}.reply", reply)

    def _tell_delay(self, entry: Entry, said: str) -> None:
        if not entry.delay_told and entry.wants("DELAY"):
            self._report(entry, "delayed", "4.2.0", said)

    def _report(self, entry: Entry, action: str, status: str, diagnostic: str) -> None:
        written = reports.report(entry.origin(UTC), action, status, diagnostic, self._now())
        self._put(entry.sender, "", f"{entry.identifier}.{action}", written)

    def _put(self, address: str, sender: str, name: str, content: bytes) -> None:
        added = (
            f"Return-Path: <{sender}>{CRLF}Delivered-To: {address}{CRLF}"
            f"Received: by {reports.HOST} with ESMTP id {name}{CRLF}\tfor <{address}>; "
            f"{format_datetime(self._now())}{CRLF}"
        )
        deliver(self._folder, address, name, added.encode() + content)

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)


def _author(entry: Entry) -> str:
    """Whom a person would answer: Reply-To, else From."""
    fields = BytesHeaderParser().parsebytes(entry.content, headersonly=True)
    for name in ("Reply-To", "From"):
        _, address = parseaddr(str(fields.get(name, "")))
        if "@" in address:
            return address
    return ""
