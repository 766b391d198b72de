"""Facts of one kind in paragraphs that say the same: which version has another set of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflow.concordance import dates, pages, wording
from workflow.concordance.context import Comparison, places
from workflow.concordance.facts import Fact, Reading
from workflow.errors import Phrase

Row = Mapping[str, Reading]
_KINDS = {
    "url": (
        "url",
        Phrase("The web addresses are not the same: %(shown)s. Write the same address in each version."),
    ),
    "email": (
        "email",
        Phrase("The e-mail addresses are not the same: %(shown)s. Write the same address in each version."),
    ),
    "reference": (
        "number",
        Phrase(
            "The numbers of documents are not the same: %(shown)s. "
            "Write the number as it stands in the document cited."
        ),
    ),
    "date": ("date", Phrase("The dates are not the same: %(shown)s. Write the date of the source.")),
    "time": ("deadline", Phrase("The hours are not the same: %(shown)s. Write the hour of the source.")),
    "zone": (
        "deadline",
        Phrase("The time zones are not the same: %(shown)s. Name the same time zone in each version."),
    ),
    "ordinal": (
        "ordinal",
        Phrase("The ordinals are not the same: %(shown)s. Write the ordinal of the source."),
    ),
    "quantity": (
        "quantity",
        Phrase("The quantities are not the same: %(shown)s. Write the quantity of the source."),
    ),
}
PAGES = Phrase("The counts of pages are not the same: %(shown)s. Count the pages of the document.")
DAYS = Phrase("The days of a deadline are not the same: %(shown)s. Write the date of the source.")


@dataclass(frozen=True)
class Difference:
    """What each version has more, and what it has less, than the majority."""

    surplus: Mapping[str, set[object]]
    missing: Mapping[str, set[object]]

    @property
    def languages(self) -> list[str]:
        """The versions that differ."""
        return [code for code in self.surplus if self.surplus[code] or self.missing[code]]


def difference(keys: Mapping[str, set[object]]) -> Difference:
    """The differences of sets from what most versions have; of two versions, both differ."""
    surplus: dict[str, set[object]] = {code: set() for code in keys}
    missing: dict[str, set[object]] = {code: set() for code in keys}
    for key in set().union(*keys.values()):
        having = [code for code in keys if key in keys[code]]
        for code in keys:
            if code in having and 2 * len(having) <= len(keys):
                surplus[code].add(key)
            elif code not in having and 2 * len(having) >= len(keys):
                missing[code].add(key)
    return Difference(surplus, missing)


def compare_row(comparison: Comparison, row: Row) -> None:
    """Compares all kinds of facts of paragraphs that say the same."""
    if len(row) < 2:
        return
    for kind in _KINDS:
        found = difference(_keys(row, kind))
        _forget_what_is_said_otherwise(row, kind, found)
        if found.languages:
            _report(comparison, row, kind, found)
    _compare_units(comparison, row)


def _keys(row: Row, kind: str) -> dict[str, set[object]]:
    keys = {code: reading.keys(kind) for code, reading in row.items()}
    if kind == "date":
        full = {day for found in keys.values() for day in found if isinstance(day, tuple) and day[0]}
        for code, found in keys.items():
            keys[code] = {_with_year(day, full) for day in found}
    if kind == "reference":
        keys = {code: {str(key).translate(_DASHES) for key in found} for code, found in keys.items()}
    return keys


_DASHES = str.maketrans("‐‑‒–—−", "------")


def _with_year(day: object, full: Iterable[object]) -> object:
    """A day without a year is the day with a year that another version writes."""
    if isinstance(day, tuple) and not day[0]:
        return next(
            (other for other in sorted(full, key=str) if isinstance(other, tuple) and other[1:] == day[1:]),
            day,
        )
    return day


def _forget_what_is_said_otherwise(row: Row, kind: str, found: Difference) -> None:
    """Takes out what is no difference: idioms, and "the 9th session" beside "session 9"."""
    if kind not in ("ordinal", "quantity"):
        return
    other = "quantity" if kind == "ordinal" else "ordinal"
    elsewhere = {code: reading.keys(other) for code, reading in row.items()}
    firm = {fact.key for reading in row.values() for fact in reading.facts[kind] if not fact.weak}
    for code, reading in row.items():
        # "On the ninth of May" is a date in another version.
        numbers = elsewhere[code] | {day[2] for day in reading.keys("date") if isinstance(day, tuple)}
        found.missing[code].difference_update(numbers)
    for code in row:
        anywhere = set().union(*(elsewhere[c] for c in row if c != code))
        found.surplus[code].difference_update({k for k in found.surplus[code] if k in anywhere})
        if not any(found.surplus.values()):
            found.missing[code].intersection_update(firm)
    if not any(found.missing.values()):
        for code, reading in row.items():
            weak = {fact.key for fact in reading.facts[kind] if fact.weak}
            found.surplus[code].difference_update(weak)


def _report(comparison: Comparison, row: Row, kind: str, found: Difference) -> None:
    type_, message = _KINDS[kind]
    if kind == "date" and _is_deadline(row, found):
        type_, message = "deadline", DAYS
    if kind == "quantity" and _are_pages(row, found):
        type_, message = "pages", PAGES
    at_fault = found.languages
    wanted = {code: found.surplus[code] or set().union(*found.missing.values()) for code in row}
    shown = comparison.beside({code: _values(kind, reading.keys(kind)) for code, reading in row.items()})
    comparison.add(type_, at_fault, places(row, kind, wanted), Phrase(message.message, shown=shown))


def _are_pages(row: Row, found: Difference) -> bool:
    """Whether the quantities that differ count pages or sheets."""
    differing = set().union(*found.surplus.values(), *found.missing.values())
    facts = [
        (reading, fact)
        for reading in row.values()
        for fact in reading.facts["quantity"]
        if fact.key in differing
    ]
    return bool(facts) and all(
        pages.count_pattern(reading.language).match(reading.text, fact.start) for reading, fact in facts
    )


def _values(kind: str, keys: Iterable[object]) -> str:
    return wording.listed(sorted(_shown(kind, key) for key in keys))


def _shown(kind: str, key: object) -> str:
    if kind == "date" and isinstance(key, tuple):
        return dates.written(key)
    if kind == "time" and isinstance(key, int):
        return f"{key // 60:02}:{key % 60:02}"
    return f"{key:g}" if isinstance(key, float) else str(key)


def _is_deadline(row: Row, found: Difference) -> bool:
    """Whether most versions put the date that differs after "not later than" and the like."""
    votes = 0
    for reading in row.values():
        words = reading.language.choice("times", "deadline")
        pattern = re.compile(
            rf"(?<!\w)(?:{words})(?!\w)" if reading.language.spaced else words, re.IGNORECASE
        )
        votes += any(_near(reading, fact, pattern) for fact in reading.facts["date"])
    return 2 * votes >= len(row) and votes > 0 and bool(found.languages)


def _near(reading: Reading, fact: Fact, pattern: re.Pattern[str]) -> bool:
    text = reading.text
    before, after = text[max(0, fact.start - 32) : fact.start], text[fact.end : fact.end + 32]
    return bool(pattern.search(before) or pattern.search(after.split(".")[0]))


_MEASURES = frozenset(
    [
        "day",
        "week",
        "month",
        "year",
        "hour",
        "minute",
        "percent",
        "usd",
        "eur",
        "kzt",
        "rub",
        "chf",
        "kilometre",
        "tonne",
        "hectare",
    ]
)


def _compare_units(comparison: Comparison, row: Row) -> None:
    """The same figure with another unit: "5 days" beside "5 weeks", or two counts exchanged."""
    units: dict[str, dict[object, object]] = {}
    for code, reading in row.items():
        units[code] = {
            fact.key[0]: fact.key[1] for fact in reading.facts["unit"] if isinstance(fact.key, tuple)
        }
    for value in sorted(set().union(*units.values()), key=str):
        said = {code: str(table[value]) for code, table in units.items() if value in table}
        if len(set(said.values())) < 2:
            continue
        swapped = all(
            any(unit == other and figure != value for figure, unit in units[code].items())
            for code in said
            for other in set(said.values()) - {said[code]}
        )
        if not (set(said.values()) <= _MEASURES or swapped):
            continue
        counts = {unit: list(said.values()).count(unit) for unit in said.values()}
        most = max(counts.values())
        at_fault = [code for code, unit in said.items() if counts[unit] < most] or list(said)
        keys = {code: {(value, said[code])} for code in said}
        shown = comparison.beside({c: wording.quoted(row[c].quote("unit", keys[c])) for c in said})
        comparison.add(
            "quantity",
            at_fault,
            places({code: row[code] for code in said}, "unit", keys),
            Phrase(
                "The figure %(figure)s has not the same unit: %(shown)s. Write the unit of the source.",
                figure=_shown("quantity", value),
                shown=shown,
            ),
        )
        return
