"""Circulation: all notes on their way, and the board of one note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from web.views.desk import Filter
from web.views.parts import SINGLE_PAGE, UNTYPED, Count, Event, Keyset, NoteLine, Option, Typed


@dataclass(frozen=True)
class CirculatingRow:
    """A dispatched note with its figures; `needs_person` counts states that stopped."""

    note: NoteLine
    dispatched: datetime
    count: Count
    needs_person: int = 0
    reminder: date | None = None


@dataclass(frozen=True)
class CirculationPage:
    """Notes in circulation: those that need a person first, then newest first.

    `total` counts all of them; the rows are those of one page.
    """

    rows: tuple[CirculatingRow, ...]
    completed: int = 0
    total: int = 0
    paging: Keyset = SINGLE_PAGE


@dataclass(frozen=True)
class DeliveryEvidence:
    """What the mail did for one contact.

    `queue` is that of the delivery ("queued", "claimed", "held", "done"); `may` holds "hold_delivery",
    "resume_delivery", "cancel_delivery", "resend", "revoke_link".  `messages` are (key, words) of stored messages to read.
    """

    key: str
    address: str
    role: str
    language: str
    queue: str
    events: tuple[Event, ...]
    may: frozenset[str] = frozenset()
    messages: tuple[tuple[str, str], ...] = ()
    next_try: datetime | None = None
    channel: str = "mail"


@dataclass(frozen=True)
class Evidence:
    """What an open row shows: what the mail did, what people did, what I can do.

    `receipt` are the lines of downloads and acknowledgement, `aside` notes that never move the ladder.
    `file` is (key, words) of an evidence file.
    """

    deliveries: tuple[DeliveryEvidence, ...]
    receipt: tuple[Event, ...] = ()
    aside: tuple[Event, ...] = ()
    may: frozenset[str] = frozenset()
    directory_member: str = ""
    directory_contact: str = ""
    file: tuple[str, str] | None = None


@dataclass(frozen=True)
class BoardRow:
    """A state on the board.

    `status` is a member status, or "on_behalf", "delayed", "unknown", "held".  `rungs` holds the time of each
    rung that has evidence, by its name; a rung without evidence stays hollow even when a later one is reached.
    `stopped` names the rung that shows a square.  `group` is "person", "way" or "done".
    `remark` is what comes next, or their number; `remark_tone` is "" or "stop".  Only an open row has evidence.
    `current` says of a note that was corrected whether the state holds the current version: a key of STATUSES.
    """

    member: str
    code: str
    name: str
    language: str
    status: str
    group: str
    rungs: Mapping[str, datetime]
    stopped: str = ""
    remark: str = ""
    remark_tone: str = ""
    evidence: Evidence | None = None
    current: str = ""


@dataclass(frozen=True)
class Progress:
    """Documents made, messages taken by the relay, reports back: (so many, of so many) each."""

    documents: tuple[int, int]
    taken: tuple[int, int]
    reports: tuple[int, int]
    reminder: date | None = None


@dataclass(frozen=True)
class BoardPage:
    """The board of one note.

    `as_of` is the time of the figures, `serial` is another one after each change (the live page compares it).
    `since` is the time after dispatch in words ("2 days, 1 hour after dispatch").  `filter` is the chosen tab:
    "all", "person", "silent", "done".  `shown_rows` obey it.  `open_member` is the member of the open row, or "".
    `needs_person` and `silent` are the counts of the tabs.  `stopped` messages wait because the dispatch was
    stopped as a whole; `release` is set as long as the time of release lies ahead.
    `current` is how many states hold the current version, of how many, once the note was corrected;
    `ended` is the note that replaced or withdrew it, `withdrawn` says which.
    `may` holds "remind", "hold_all", "resume_all", "cancel_all", "retry_all", "reschedule".
    """

    note: NoteLine
    revision: int
    count: Count
    contacts: int
    progress: Progress
    rows: tuple[BoardRow, ...]
    as_of: datetime
    serial: int = 0
    dispatched: datetime | None = None
    dispatched_by: str = ""
    since: str = ""
    filters: tuple[Filter, ...] = ()
    filter: str = "all"
    open_member: str = ""
    needs_person: int = 0
    silent: int = 0
    to_hand: int = 0
    may: frozenset[str] = frozenset()
    stopped: int = 0
    release: datetime | None = None
    current: tuple[int, int] | None = None
    ended: NoteLine | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class OnBehalfPage:
    """Recording a receipt on a state's behalf, with an evidence file."""

    note: NoteLine
    revision: int
    member: str
    name: str
    channels: tuple[Option, ...]
    typed: Typed = UNTYPED
    max_bytes: int = 20_000_000


@dataclass(frozen=True)
class HandoverPage:
    """Recording how a note was brought to a state; `ways` are channel and step in one choice.

    `address` is where it is brought to.  `latest` is the latest time that may be typed, on the organisation's clock.
    """

    note: NoteLine
    member: str
    name: str
    address: str
    ways: tuple[Option, ...]
    nonce: str
    latest: str = ""
    zone: str = ""
    typed: Typed = UNTYPED
    max_bytes: int = 20_000_000
