"""The list of notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import SINGLE_PAGE, Keyset, NoteLine, Option


@dataclass(frozen=True)
class NoteRow:
    """A note in the list: `waits_for` says who is to act, `due` by when."""

    note: NoteLine
    status: str
    languages: tuple[str, ...] = ()
    dated: date | None = None
    changed: datetime | None = None
    waits_for: str = ""
    due: date | None = None
    late: bool = False


@dataclass(frozen=True)
class NotesList:
    """The notes that the person may see, newest change first.  `query` is what was searched."""

    rows: tuple[NoteRow, ...]
    query: str = ""
    states: tuple[Option, ...] = ()
    series: tuple[Option, ...] = ()
    paging: Keyset = SINGLE_PAGE
    can_submit: bool = False
    total: int | None = None
