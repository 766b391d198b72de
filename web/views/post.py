"""Mail as it came: the embedded post office, returned mail, one message as safe text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from web.views.parts import SINGLE_PAGE, Keyset, NoteLine


@dataclass(frozen=True)
class Mailbox:
    """A mailbox of the embedded post office.  `weather` says how it behaves ("refuses", "is down until 12:10")."""

    key: str
    address: str
    owner: str
    messages: int
    last: datetime | None = None
    weather: str = ""


@dataclass(frozen=True)
class OfficePage:
    """All mailboxes by domain."""

    domains: Mapping[str, tuple[Mailbox, ...]]


@dataclass(frozen=True)
class MessageLine:
    """A message in a list.  `verdict` is a class of returned mail or ""."""

    key: str
    sender: str
    subject: str
    at: datetime
    size: int
    verdict: str = ""
    note: NoteLine | None = None


@dataclass(frozen=True)
class MailboxPage:
    """The messages of one mailbox, newest first."""

    mailbox: Mailbox
    messages: tuple[MessageLine, ...]
    paging: Keyset = SINGLE_PAGE


@dataclass(frozen=True)
class Part:
    """A part of a message that is not text: its name, type, size in bytes; `url` allows its download, or ""."""

    name: str
    mimetype: str
    size: int
    url: str = ""


@dataclass(frozen=True)
class MessagePage:
    """One message as text that does nothing: headers, the plain text, the parts, the raw source.

    `back_url` and `back_label` lead to where it was listed.  `links` are personal receipt pages found in a demo
    mailbox, (url, words).  `raw` may be cut; `raw_size` is the whole.
    """

    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    raw: str
    raw_size: int
    digest: str
    back_url: str
    back_label: str
    at: datetime | None = None
    parts: tuple[Part, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    returned: ReturnedLine | None = None


@dataclass(frozen=True)
class ReturnedLine:
    """Returned mail that waits for a person: why it moved nothing (`why`), the likely note, unverified.

    `incoming` is the entry that it is registered as, (number, key).
    """

    key: str
    sender: str
    subject: str
    at: datetime
    verdict: str
    why: str
    note: NoteLine | None = None
    settled: bool = False
    incoming: tuple[str, str] | None = None
    may_register: bool = False


@dataclass(frozen=True)
class ReturnedPage:
    """Returned mail that nobody has settled yet, oldest first."""

    messages: tuple[ReturnedLine, ...]
    settled: int = 0
    paging: Keyset = SINGLE_PAGE
