"""The audit log and the log of one note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.views.parts import SINGLE_PAGE, Event, Keyset, NoteLine, Paragraph


@dataclass(frozen=True)
class AuditRow:
    """An entry of the chain: its number, time, actor (with the principal when acting for one), action, subject."""

    serial: int
    at: datetime
    actor: str
    action: str
    subject: str
    digest: str
    detail: str = ""
    acting_for: str = ""
    note: NoteLine | None = None


@dataclass(frozen=True)
class Verification:
    """The result of a verification: `sound`, how many entries, the head; else the first broken entry and why.

    `anchors` is (agreeing, of how many) anchored heads outside the database.
    """

    sound: bool
    entries: int
    head: str
    at: datetime
    broken_at: int | None = None
    problem: str = ""
    anchors: tuple[int, int] | None = None


@dataclass(frozen=True)
class AuditPage:
    """The log, newest first.  `verification` is the last result, or None."""

    rows: tuple[AuditRow, ...]
    entries: int
    head: str
    verification: Verification | None = None
    last_anchor: datetime | None = None
    query: str = ""
    paging: Keyset = SINGLE_PAGE
    may_verify: bool = True


@dataclass(frozen=True)
class LogPage:
    """Everything that happened to a note, newest first."""

    note: NoteLine
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Difference:
    """A paragraph between two revisions, as ins and del runs."""

    language: str
    paragraph: Paragraph
    by: str
    at: datetime
    revision: int


@dataclass(frozen=True)
class DifferencesPage:
    """The differences between revisions of a note's texts, newest first."""

    note: NoteLine
    differences: tuple[Difference, ...]
