"""The enclosure line: how many enclosures, on how many pages or sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance import wording
from workflow.concordance.context import Comparison, Version, deviating, place
from workflow.concordance.facts import Reading
from workflow.concordance.language import Language
from workflow.concordance.roles import ENCLOSURE
from workflow.concordance.types import WARNING
from workflow.errors import Phrase

PAGES, SHEETS, UNCLEAR = "pages", "sheets", "unclear"
UNITS = {PAGES: Phrase("pages"), SHEETS: Phrase("sheets")}
NO_UNIT = Phrase("The count of the enclosure in %(language)s has no unit. Write the word for %(unit)s.")
UNCLEAR_UNIT = Phrase(
    "The count of the enclosure in %(language)s has the unit of “%(quote)s”, which may mean pages or other things. "
    "Write the word for %(unit)s."
)


@dataclass(frozen=True)
class Count:
    """A count of an enclosure: how many, of which unit (None where none is written), and the passage."""

    value: int
    unit: str | None
    quote: str
    reading: Reading


@lru_cache(maxsize=32)
def count_pattern(language: Language) -> re.Pattern[str]:
    """A count of pages or sheets, its unit as a group of that name."""
    groups = "|".join(
        f"(?P<{unit}>{language.choice('enclosure', unit)})" for unit in (PAGES, SHEETS, UNCLEAR)
    )
    end = r"(?!\w)" if language.spaced else ""
    return re.compile(rf"(?<![\d/])(?P<value>\d{{1,4}})\s*(?:[-–]\s*)?(?:{groups}){end}", re.IGNORECASE)


@lru_cache(maxsize=32)
def _bare(language: Language) -> re.Pattern[str]:
    return re.compile(r"(?<![\d/(])(?<![:：]\s)(?<![:：])(\d{1,4})(?![\d/)]|\.\s)(?!\.\S)")


def counts(version: Version) -> list[Count]:
    """The counts of the enclosure lines of a version, in order."""
    found = []
    for reading in version.role(ENCLOSURE):
        text = reading.text
        matches = list(count_pattern(version.language).finditer(text))
        for match in matches:
            unit = next(u for u in (PAGES, SHEETS, UNCLEAR) if match[u])
            found.append(Count(int(match["value"]), unit, match[0], reading))
        if (
            not matches
            and len(version.role(ENCLOSURE)) == 1
            and (bare := _bare(version.language).search(text))
        ):
            found.append(Count(int(bare[1]), None, bare[0], reading))
    return found


def compare(comparison: Comparison) -> None:
    """Compares the enclosure lines."""
    lines = {code: version.role(ENCLOSURE) for code, version in comparison.versions.items()}
    if not any(lines.values()):
        return
    without = [code for code, found in lines.items() if not found]
    quotes = {code: place(found[0]) for code, found in lines.items() if found}
    if without:
        comparison.add(
            "enclosure",
            without if len(without) < len(lines) - len(without) or len(lines) > 2 else list(lines),
            quotes,
            Phrase(
                "%(language)s has no enclosure line, and another version has one. Add the line.",
                language=comparison.names(without),
            ),
        )
    found = {code: counts(version) for code, version in comparison.versions.items() if lines[code]}
    for code, items in found.items():
        _check_units(comparison, code, items, found)
    numbers = {code: len(items) for code, items in found.items() if items}
    announced = {code: _announced(found_lines) for code, found_lines in lines.items() if found_lines}
    for counted in (numbers, announced):
        wrong = deviating(counted)
        if wrong:
            shown = comparison.beside({code: str(number) for code, number in counted.items()})
            comparison.add(
                "enclosure",
                wrong,
                quotes,
                Phrase(
                    "The versions do not announce as many enclosures: %(shown)s. List the same enclosures in each.",
                    shown=shown,
                ),
            )
            return
    for at in range(min(numbers.values(), default=0)):
        row = {code: _as_meant(comparison, code, items[at]) for code, items in found.items() if items}
        _compare_counts(comparison, row)


def _as_meant(comparison: Comparison, code: str, item: Count) -> Count:
    """A count without a clear unit is one of what the profile counts in."""
    meant = comparison.rules.units.get(code, PAGES) if item.unit in (UNCLEAR, None) else item.unit
    return Count(item.value, meant, item.quote, item.reading)


def _announced(lines: list[Reading]) -> int:
    """The number of enclosures in brackets after the heading; 0 where there is none."""
    match = (
        re.search(r"^[^\d\n(]{2,25}(?:[:：]?\s*\((\d{1,2})\)|\s?[:：]\s*(\d{1,2})$)", lines[0].text)
        if lines
        else None
    )
    return int(match[1] or match[2]) if match else 0


def _check_units(
    comparison: Comparison, code: str, items: list[Count], found: Mapping[str, list[Count]]
) -> None:
    expected = comparison.rules.units.get(code)
    quotes = {c: place(other[0].reading, other[0].quote) for c, other in found.items() if other}
    for item in items:
        quotes[code] = place(item.reading, item.quote)
        if item.unit in (UNCLEAR, None):
            message = NO_UNIT if item.unit is None else UNCLEAR_UNIT
            comparison.add(
                "page-unit",
                [code],
                quotes,
                Phrase(
                    message,
                    language=comparison.name(code),
                    quote=item.quote,
                    unit=UNITS.get(expected or PAGES, expected),
                ),
            )
            return
        if expected and item.unit != expected:
            comparison.add(
                "page-unit",
                [code],
                quotes,
                Phrase(
                    "%(language)s counts the enclosure in %(unit)s; the profile counts in %(expected)s. "
                    "Write the unit of the profile, and count again if sheets are printed on both sides.",
                    language=comparison.name(code),
                    unit=UNITS.get(item.unit, item.unit),
                    expected=UNITS.get(expected, expected),
                ),
                WARNING,
            )
            return


def _compare_counts(comparison: Comparison, row: Mapping[str, Count]) -> None:
    wrong = _wrong_counts(row, comparison.rules.simplex)
    if wrong:
        shown = comparison.beside({code: wording.quoted(item.quote) for code, item in row.items()})
        comparison.add(
            "pages",
            wrong,
            {code: place(item.reading, item.quote) for code, item in row.items()},
            Phrase(
                "The counts of the enclosure are not equal: %(shown)s. Count the pages of the file that is sent.",
                shown=shown,
            ),
        )


def _wrong_counts(row: Mapping[str, Count], simplex: bool | None) -> tuple[str, ...]:
    """The versions whose count is not that of the others.

    A sheet is one page where `simplex`, else two; where that is unknown, the
    reading holds that leaves fewer versions at fault.
    """
    single = deviating({code: item.value for code, item in row.items()})
    double = deviating(
        {c: item.value if item.unit == SHEETS else (item.value + 1) // 2 for c, item in row.items()}
    )
    if not double:
        # Nine and ten pages fill five sheets, and are not the same.
        double = deviating({code: item.value for code, item in row.items() if item.unit != SHEETS})
    if simplex is None and len({item.unit for item in row.values()}) > 1:
        return min(single, double, key=len)
    return double if simplex is False else single
