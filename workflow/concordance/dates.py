"""Dates and date ranges in the text of a language, as days without words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from workflow.concordance.language import Language

_DASH = r"\s*[-–—−]\s*"
_YEAR = r"(?:1[89]|20|21)\d\d"
_NUMERIC = re.compile(
    rf"(?<![\d.])(?:(?P<y1>{_YEAR})-(?P<m1>\d\d)-(?P<d1>\d\d)|(?P<d2>\d{{1,2}})[./](?P<m2>\d{{1,2}})[./](?P<y2>{_YEAR}))(?!\d)"
)


@dataclass(frozen=True)
class DateFound:
    """A day, a month or a range of days: year 0 and day 0 stand for what is not written."""

    year: int
    month: int
    day: int
    last: int
    start: int
    end: int

    @property
    def days(self) -> tuple[tuple[int, int, int], ...]:
        """The day, or first and last day, as (year, month, day): what two versions have to share."""
        first = (self.year, self.month, self.day)
        return (first, (self.year, self.month, self.last)) if self.last else (first,)


@lru_cache(maxsize=32)
def _pattern(language: Language) -> re.Pattern[str]:
    table = language.table("dates")
    endings = r"\w{0,6}" if table.get("endings") else ""
    months = "|".join(
        f"(?P<month{at}>{'|'.join(re.escape(name) for name in sorted(names, key=len, reverse=True))})"
        for at, names in enumerate(table.get("months", ()), 1)
    )
    if not months:
        return re.compile(r"(?!)")
    if not language.spaced:
        return re.compile(
            rf"(?:(?P<y>{_YEAR})年)?(?:{months})(?:(?P<d1>\d{{1,2}})[日号]?(?:(?:{_DASH}|至|和|到)(?P<d2>\d{{1,2}})(?=[日号]))?[日号]?)?"
        )
    joins = "|".join(re.escape(word) for word in table.get("joins", ()))
    marks = table.get("day_marks", "")
    year_mark = table.get("year_marks", "")
    join = rf"(?:{_DASH}|\s+(?:{joins})\s+)" if joins else _DASH
    join = rf"{join}(?:(?:{_weekdays(language)}),?\s+)?"
    attached = "|".join(re.escape(word) for word in table.get("prefixed_joins", ()))
    if attached:
        join = rf"(?:{join}|\s+(?:{attached})(?=\d))"
    days = rf"(?P<d1>\d{{1,2}}){marks}(?:{join}(?P<d2>\d{{1,2}}){marks})?"
    month = rf"(?<![^\W\d_])(?:{months}){endings}(?![^\W\d_])"
    between = table.get("between", r"\s+(?:de\s+|d['’])?")
    before_year = table.get("before_year", r",?\s+(?:de\s+|del\s+)?")
    year_first = rf"(?P<y0>{_YEAR})\s*{year_mark}\s+" if year_mark else ""
    # Where the year is written first, a figure after the month belongs to the next date.
    if year_first:
        shapes = [rf"(?:{year_first})?(?<!\d)(?:{days}){between}{month}", rf"{year_first}{month}"]
    else:
        shapes = [rf"(?<!\d)(?:{days}){between}{month}(?:{before_year}(?P<y>{_YEAR})(?!\d))?"]
        shapes.append(
            rf"{month}(?:\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?:{join}(?P<d2>\d{{1,2}}))?(?!\d)(?!\s*[:.]\d\d))?(?:{before_year}(?P<y>{_YEAR})(?!\d))?"
        )
    return re.compile(
        "|".join(f"(?:{_renamed(shape, at)})" for at, shape in enumerate(shapes)), re.IGNORECASE
    )


@lru_cache(maxsize=32)
def _weekdays(language: Language) -> str:
    """The names of the days of the week in any case, as an alternation."""
    try:
        names = Locale.parse(language.code).days["format"]["wide"].values()
    except (UnknownLocaleError, ValueError, KeyError):
        return "(?!)"
    return "|".join(rf"(?<!\w){re.escape(name[:-1])}\w{{0,4}}" for name in names if len(name) > 3) or "(?!)"


def _renamed(shape: str, at: int) -> str:
    """The shape with the names of its groups made its own."""
    return re.sub(r"\(\?P<(\w+)>", rf"(?P<s{at}_\1>", shape)


def find(language: Language, text: str) -> list[DateFound]:
    """The dates in `text`, in order.

    A day without a year takes the year of a later date that it is joined to
    ("28 December – 3 January 2022" goes from December 2021).
    """
    found = sorted([*_worded(language, text), *_numeric(text)], key=lambda date: date.start)
    result: list[DateFound] = []
    for at, item in enumerate(found):
        follower = found[at + 1] if at + 1 < len(found) else None
        open_ = item.year == 0 and follower is not None and follower.year > 0
        if open_ and follower and _joined(language, text[item.end : follower.start]):
            year = follower.year - (item.month > follower.month)
            item = DateFound(year, item.month, item.day, item.last, item.start, item.end)
        previous = result[-1] if result else None
        gap = text[previous.end : item.start] if previous else ""
        # Kazakh and Chinese write the year once, before the first of two joined days.
        if item.year == 0 and previous and previous.year and _joined(language, gap):
            year = previous.year + (item.month < previous.month)
            item = DateFound(year, item.month, item.day, item.last, item.start, item.end)
        result.append(item)
    return result


def _joined(language: Language, gap: str) -> bool:
    """Whether two dates with `gap` between them are one expression."""
    # "Wednesday, 13 May, to Friday, 22 May 2026"
    words = " ".join(re.sub(_weekdays(language), " ", gap.lower(), flags=re.IGNORECASE).split()).strip(" ,")
    return len(words) <= 8 and (
        words in language.table("dates").get("joins", ()) or bool(re.fullmatch(_DASH, gap))
    )


def _worded(language: Language, text: str) -> Iterator[DateFound]:
    proper = language.table("dates").get("proper", False)
    for match in _pattern(language).finditer(text):
        groups = {re.sub(r"^s\d_", "", k): v for k, v in match.groupdict().items() if v is not None}
        month = next((int(k[5:]) for k in groups if k.startswith("month")), 0)
        written = groups.get(f"month{month}", "")
        day, last = int(groups.get("d1", 0)), int(groups.get("d2", 0))
        year = int(groups.get("y") or groups.get("y0") or 0)
        if (proper and written[:1].islower()) or day > 31 or last > 31 or not (day or year):
            continue
        yield DateFound(year, month, day, last, match.start(), match.end())


def _numeric(text: str) -> Iterator[DateFound]:
    for match in _NUMERIC.finditer(text):
        year, month, day = (int(match[f"{part}1"] or match[f"{part}2"]) for part in "ymd")
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield DateFound(year, month, day, 0, match.start(), match.end())


def written(day: tuple[int, int, int]) -> str:
    """A day in figures, for a message: "28.03.2022"."""
    year, month, number = day
    return (f"{number:02}." if number else "") + f"{month:02}" + (f".{year}" if year else "")
