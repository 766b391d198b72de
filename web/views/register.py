"""The register of outgoing notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import SINGLE_PAGE, Keyset, NoteLine, Option


@dataclass(frozen=True)
class RegisterRow:
    """A number of the register.

    `status` is the note's state or "void"; a void one has `void_sentence` (who, when, why; the number is not used
    again).  `child` rows stand under their parent.  `acknowledged` is (so many, of so many), None when not sent.
    `enclosures` is (count, pages).  `earlier_dates` are dates of approvals that were undone.
    """

    note: NoteLine
    dated: date
    status: str
    languages: tuple[str, ...] = ()
    enclosures: tuple[int, int] = (0, 0)
    addressees: int = 0
    acknowledged: tuple[int, int] | None = None
    void_sentence: str = ""
    child: bool = False
    pdf: str = ""
    earlier_dates: tuple[date, ...] = ()


@dataclass(frozen=True)
class Continuity:
    """That no number is missing: first and last number, how many, dispatched, void, children; gaps by number.

    `under_way` counts numbers that are allotted and not dispatched yet.  `voids` and `gaps` are the numbers.
    """

    first: str
    last: str
    numbers: int
    dispatched: int
    void: int
    under_way: int = 0
    children: int = 0
    gaps: tuple[str, ...] = ()
    voids: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegisterPage:
    """The register, newest first, or the printed journal of a period (`journal`).

    `title_series`, `since` and `until` name what is shown.  `query` as typed; `folded` is the number as it is read
    when that differs (ТТФ is read as TTF).  `last_number` helps when nothing matches.
    """

    rows: tuple[RegisterRow, ...]
    continuity: Continuity | None
    title_series: str = ""
    since: date | None = None
    until: date | None = None
    query: str = ""
    folded: str = ""
    series: tuple[Option, ...] = ()
    states: tuple[Option, ...] = ()
    markings: tuple[Option, ...] = ()
    paging: Keyset = SINGLE_PAGE
    last_number: str = ""
    journal: bool = False
    printed_by: str = ""
    printed_at: datetime | None = None
