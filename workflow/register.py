"""The register of outgoing notes: series, numbers, folding of look-alikes, voids, continuity.

A number is taken from the locked counter of its series in the transaction of the approval, so
that numbers have no gap and are never used twice.  A withdrawn note keeps its number, void.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflow.errors import Conflict, Invalid
from workflow.models import Dating, Note, RegisterEntry, Series

# Cyrillic and Greek letters by the Latin letter that they look like, or, where they look like
# none, by the one that stands for them in transliteration: ТТФ and TTF must find one number.
_TRANSLITERATED = str.maketrans(
    {"б": "b", "г": "g", "д": "d", "ж": "zh", "з": "z", "и": "i", "й": "i", "л": "l", "п": "p", "ф": "f",
     "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
     "γ": "g", "δ": "d", "θ": "th", "λ": "l", "ξ": "x", "π": "p", "σ": "s", "φ": "f", "ψ": "ps", "ω": "o"}
)  # fmt: skip
_SAME_LOOK = str.maketrans(
    {"а": "a", "в": "b", "с": "c", "е": "e", "ё": "e", "н": "h", "к": "k", "м": "m", "о": "o", "р": "p", "т": "t",
     "х": "x", "у": "y", "і": "i", "ѕ": "s", "ј": "j", "һ": "h", "қ": "k", "ғ": "g", "ң": "n", "ө": "o", "ұ": "y",
     "ү": "y", "ә": "a", "α": "a", "β": "b", "ε": "e", "ζ": "z", "η": "h", "ι": "i", "κ": "k", "μ": "m", "ν": "v",
     "ο": "o", "ρ": "p", "τ": "t", "υ": "y", "χ": "x"}
)  # fmt: skip
# The counter of the drafts' references; no profile can name a series so.
DRAFTS = ".drafts"

_LABEL = re.compile(r"^\s*(?:№|no\s*[.:]|nr\s*[.:]|ref\s*[.:]|ref\s+|no\s+(?=\S))\s*", re.IGNORECASE)


def fold(text: str) -> str:
    """The key under which a number is found: one for all scripts that it may be typed in.

    Case, spaces, the label before it ("No.", "№", "Ref:") and the kind of dash do not count;
    letters that look alike count as the same.  `№ ТТФ / 374` and `TTF/374` give one key.
    """
    text = _LABEL.sub("", text)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    # Marks over a letter do not make another number of it.
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = text.translate(_SAME_LOOK).translate(_TRANSLITERATED)
    text = re.sub(r"[‐-―−﹘﹣－]", "-", text)
    return re.sub(r"[\s​⁠]+", "", text)


@dataclass(frozen=True)
class Number:
    """A number as it would be allotted: serial and year (0 where not yearly), and how it is written."""

    series: str
    year: int
    serial: int
    symbol: str
    suffix: str = ""


class NumberSeries(Protocol):
    """What the register needs of a series of the profile: its code, and how a serial is written."""

    @property
    def code(self) -> str:
        """The series' name in the register."""

    @property
    def yearly(self) -> bool:
        """Whether the serial begins at 1 each year."""

    @property
    def suffixes(self) -> Mapping[str, str]:
        """The relations whose notes get a child of their parent's number."""

    @property
    def revision_marks(self) -> tuple[str, ...]:
        """The marks of revisions, where they stand within the parent's number instead of behind it."""

    def number(
        self, serial: int, year: int, *, topic: str = "", audience: str = "", revision: str = ""
    ) -> str:
        """The symbol of a serial in a year, with the parts that the note brings."""

    def mark(self, ordinal: int) -> str:
        """The mark of the `ordinal`-th revision."""

    def child(self, parent: str, relation: str, ordinal: int) -> str:
        """The symbol of the `ordinal`-th note of a relation to `parent`."""


def open_series(session: Session, series: NumberSeries, next_serial: int, year: int = 0) -> None:
    """Sets a series' next number; raises Conflict when that number or a later one was already used."""
    if next_serial < 1:
        raise Invalid("next-number", "The next number of a series is 1 or more.")
    used = session.scalar(
        select(RegisterEntry.symbol)
        .where(
            RegisterEntry.series == series.code,
            RegisterEntry.year == year,
            RegisterEntry.serial >= next_serial,
        )
        .order_by(RegisterEntry.serial.desc())
        .limit(1)
    )
    if used:
        raise Conflict(
            "number-used",
            "%(symbol)s is already in the register, so series %(series)s cannot go back to %(serial)s.",
            symbol=used,
            series=series.code,
            serial=next_serial,
        )
    row = session.get(Series, (series.code, year))
    if row is None:
        session.add(Series(code=series.code, year=year, next_serial=next_serial))
    else:
        row.next_serial = next_serial
    session.flush()


def expected(session: Session, series: NumberSeries, day: date, note: Note | None = None) -> Number:
    """The number that the next approval of the series (of `note`) would get; nothing is taken."""
    child = _child(session, series, note) if note is not None else None
    if child is not None:
        return child
    year = day.year if series.yearly else 0
    serial = session.scalar(select(Series.next_serial).where(Series.code == series.code, Series.year == year))
    parts = note.number_parts if note is not None else {}
    return Number(series.code, year, serial or 1, series.number(serial or 1, day.year, **parts))


def hold(session: Session, series: NumberSeries, note: Note, day: date) -> None:
    """Locks what the note's number is taken from until the commit, so that the number expected now stays so.

    That is the counter of its series, or for a corrigendum and the like the entry of its parent; a
    note that has its number already needs no lock.
    """
    if note.entry is not None:
        return
    parent = _parent(session, series, note)
    if parent is not None:
        session.refresh(parent, with_for_update=True)
        return
    lock(session, series.code, day.year if series.yearly else 0)


def lock(session: Session, code: str, year: int) -> None:
    """Locks a counter until the commit, so that whoever else would take a number from it waits."""
    _begin(session, code, year)
    session.execute(
        select(Series.next_serial).where(Series.code == code, Series.year == year).with_for_update()
    )


def allot(session: Session, series: NumberSeries, note: Note, day: date, at: datetime) -> RegisterEntry:
    """Takes the next number for `note` and dates it; the counter stays locked until the commit.

    A note that was sent back after an approval keeps its number and gets a new date.
    """
    if note.entry is not None:
        note.entry.datings.append(Dating(dated=day, allotted_at=at))
        return note.entry
    hold(session, series, note, day)
    number = _child(session, series, note)
    if number is None:
        year = day.year if series.yearly else 0
        serial = take(session, series.code, year)
        number = Number(series.code, year, serial, series.number(serial, day.year, **note.number_parts))
    entry = RegisterEntry(
        series=number.series,
        year=number.year,
        serial=number.serial,
        suffix=number.suffix,
        symbol=number.symbol,
        key=fold(number.symbol),
        note_id=note.id,
        allotted_at=at,
        datings=[Dating(dated=day, allotted_at=at)],
    )
    session.add(entry)
    session.flush()
    note.entry_id = entry.id
    note.entry = entry
    return entry


def _parent(session: Session, series: NumberSeries, note: Note) -> RegisterEntry | None:
    """The entry that a corrigendum or the like takes its number from; None for a note with its own."""
    parent = session.get(Note, note.parent_id) if note.parent_id is not None else None
    if note.relation == "revision":
        # Rev.2 is a child of what Rev.1 is a child of.
        while parent is not None and parent.relation == "revision" and parent.parent_id is not None:
            parent = session.get(Note, parent.parent_id)
    if parent is None or parent.entry is None or note.relation is None:
        return None
    # A mark stands within the number, and only a number of its own has a place for it.
    marked = note.relation == "revision" and series.revision_marks and not parent.entry.suffix
    return parent.entry if note.relation in series.suffixes or marked else None


def _child(session: Session, series: NumberSeries, note: Note) -> Number | None:
    """The child number of a corrigendum or the like (`TTF/371/Corr.1`); None for a note with its own."""
    parent = _parent(session, series, note)
    if parent is None or note.relation is None:
        return None
    before = f"{parent.suffix}/{note.relation}."
    taken = session.scalars(
        select(RegisterEntry.suffix).where(
            RegisterEntry.series == parent.series,
            RegisterEntry.year == parent.year,
            RegisterEntry.serial == parent.serial,
            RegisterEntry.suffix.startswith(before, autoescape=True),
        )
    )
    # What follows a child of this kind is none of them itself: Corr.1/Add.1 is no second Corr.
    own = [int(rest) for one in taken if (rest := one.removeprefix(before)).isdecimal()]
    ordinal = max(own, default=0) + 1
    if note.relation not in series.suffixes:
        parts = {"revision": series.mark(ordinal), **note.number_parts}
        symbol = series.number(parent.serial, parent.datings[0].dated.year, **parts)
    else:
        symbol = series.child(parent.symbol, note.relation, ordinal)
    return Number(parent.series, parent.year, parent.serial, symbol, f"{before}{ordinal}")


def take(session: Session, code: str, year: int) -> int:
    """The next serial of a counter, begun if it is not there yet; the counter stays locked until the commit."""
    _begin(session, code, year)
    # An UPDATE that adds one takes the row's lock and the number in one step, on both databases.
    taken = session.execute(
        update(Series)
        .where(Series.code == code, Series.year == year)
        .values(next_serial=Series.next_serial + 1)
        .returning(Series.next_serial)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return taken - 1


def _begin(session: Session, code: str, year: int) -> None:
    """Makes sure that a counter is there; of two transactions at once, one begins it and the other finds it."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(Series).values(code=code, year=year, next_serial=1).on_conflict_do_nothing())


def void(entry: RegisterEntry, by: int, reason: str, at: datetime) -> None:
    """Marks a number void; it stays in the register and is never used again."""
    entry.void_at, entry.void_by, entry.void_reason = at, by, reason


def find(session: Session, text: str) -> Note | None:
    """The note of a draft's reference or of a number in any script; None if there is none."""
    note = session.scalar(select(Note).where(Note.reference == text.strip().upper()))
    if note is None:
        note = session.scalar(
            select(Note)
            .join(RegisterEntry, RegisterEntry.id == Note.entry_id)
            .where(RegisterEntry.key == fold(text))
        )
    return note


@dataclass(frozen=True)
class Continuity:
    """What the register can prove of a series: its numbers, how many are void, and the gaps."""

    first: str
    last: str
    numbers: int
    void: int
    gaps: tuple[int, ...]


def continuity(session: Session, series: str, year: int = 0) -> Continuity | None:
    """The continuity of a series (and year); None while it has no number."""
    rows = session.execute(
        select(RegisterEntry.serial, RegisterEntry.symbol, RegisterEntry.void_at)
        .where(RegisterEntry.series == series, RegisterEntry.year == year, RegisterEntry.suffix == "")
        .order_by(RegisterEntry.serial)
    ).all()
    if not rows:
        return None
    serials = {row.serial for row in rows}
    gaps = tuple(serial for serial in range(min(serials), max(serials) + 1) if serial not in serials)
    voids = sum(row.void_at is not None for row in rows)
    return Continuity(rows[0].symbol, rows[-1].symbol, len(rows), voids, gaps)


def allot_reference(session: Session, year: int) -> str:
    """The next draft's reference of the year, such as `D-2026-0012`; it is accepted wherever a note is."""
    return f"D-{year}-{take(session, DRAFTS, year):04}"
