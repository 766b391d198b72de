"""The register of incoming papers, one entry, and its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import SINGLE_PAGE, UNTYPED, Event, Keyset, NoteLine, Option, Person, Typed


@dataclass(frozen=True)
class IncomingRow:
    """An entry in a list.

    `sender` is the state's name or the outside party in words, `code` the state's; `kind` is a key of
    INCOMING_KINDS, `status` one of the statuses; `due_words` stand in the chip of one that is due.
    `notes` are those that the reader may see.  A cancelled one has `cancelled` (who, when, why).
    """

    key: str
    symbol: str
    received: date
    sender: str
    subject: str
    kind: str
    status: str
    code: str = ""
    reference: str = ""
    dated: date | None = None
    due: date | None = None
    due_words: str = ""
    assignee: str = ""
    notes: tuple[NoteLine, ...] = ()
    files: int = 0
    cancelled: str = ""


@dataclass(frozen=True)
class IncomingContinuity:
    """That no number of a year is missing: first and last number, how many, cancelled, gaps by number."""

    first: str
    last: str
    numbers: int
    cancelled: int
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class IncomingPage:
    """The register, newest first, or the printed journal (`journal`); `late` counts what is late."""

    rows: tuple[IncomingRow, ...]
    continuity: IncomingContinuity | None = None
    query: str = ""
    since: date | None = None
    until: date | None = None
    years: tuple[Option, ...] = ()
    members: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    states: tuple[Option, ...] = ()
    sorts: tuple[Option, ...] = ()
    paging: Keyset = SINGLE_PAGE
    may_register: bool = False
    filtered: bool = False
    journal: bool = False
    printed_by: str = ""
    printed_at: datetime | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen, as arguments of an address."""
        lists = {
            "year": self.years,
            "member": self.members,
            "kind": self.kinds,
            "status": self.states,
            "sort": self.sorts,
        }
        picked = {
            name: next((one.value for one in options if one.chosen), "") for name, options in lists.items()
        }
        found = {"q": self.query, **picked}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class IncomingForm:
    """The form of a new paper, or of a correction (`entry` is its key, `symbol` its number).

    `expected` is the number that it would get; `kept` are files that were sent already, (token, name).
    `twice` names the entry that it is likely the same as, (number, key).  `returned` is the key of the message
    that it is taken from, whose own `note` is the file.
    """

    values: Typed
    kinds: tuple[Option, ...]
    channels: tuple[Option, ...]
    members: tuple[Option, ...]
    languages: tuple[Option, ...]
    markings: tuple[Option, ...]
    people: tuple[Person, ...] = ()
    expected: str = ""
    entry: str = ""
    symbol: str = ""
    revision: int | None = None
    returned: str = ""
    sure: bool = True
    kept: tuple[tuple[str, str], ...] = ()
    twice: tuple[str, str] | None = None
    max_bytes: int = 0
    today: date | None = None
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class IncomingFileLine:
    """A file: its key, name, size in bytes and SHA-256; `there` is false once it was erased."""

    key: str
    name: str
    size: int
    digest: str
    there: bool = True


@dataclass(frozen=True)
class IncomingEntryPage:
    """One entry.  `papers` says whether the reader may see who wrote, and the files; `may` are their acts.

    `objection` is the note whose silence procedure it is an objection to, `withdraws` the one an objection to
    which it withdraws, `may_object` one that it may become
    an objection to.  `erased` is the sentence of the decision by which its personal data went.
    """

    row: IncomingRow
    channel: str
    marking: str
    revision: int
    registered_by: str
    registered_at: datetime
    papers: bool = False
    writer: str = ""
    summary: str = ""
    language: str = ""
    files: tuple[IncomingFileLine, ...] = ()
    assigned_by: str = ""
    assigned_at: datetime | None = None
    settled_by: str = ""
    settled_at: datetime | None = None
    settled_remark: str = ""
    answer: NoteLine | None = None
    returned: str = ""
    objection: NoteLine | None = None
    withdraws: NoteLine | None = None
    may_object: tuple[NoteLine, ...] = ()
    erased: str = ""
    events: tuple[Event, ...] = ()
    people: tuple[Person, ...] = ()
    may: frozenset[str] = frozenset()
    max_bytes: int = 0
    typed: Typed = UNTYPED
    typed_action: str = ""
