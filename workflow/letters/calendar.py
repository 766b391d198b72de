"""Dates: what is valid on a day, and how a day is written in a language.

The patterns and the names of the months are data of the language: locale
libraries give Kazakh and Russian dates in another than the diplomatic form,
and with narrow spaces that some fonts lack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar

from workflow.errors import Invalid


class Period(Protocol):
    """Anything that holds from a first day to a last day, both included; None is open."""

    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


Kind = TypeVar("Kind", bound=Period)


def holds(period: Period, day: date) -> bool:
    """Whether `period` holds on `day`."""
    return (period.since is None or period.since <= day) and (period.until is None or day <= period.until)


def valid(periods: Iterable[Kind], day: date) -> Kind | None:
    """The first of `periods` that holds on `day`, or None."""
    return next((period for period in periods if holds(period, day)), None)


def overlap(periods: Iterable[Period]) -> bool:
    """Whether any two of `periods` share a day, so that "the valid one" is not unique."""
    ordered = sorted(periods, key=lambda period: period.since or date.min)
    return any((first.until or date.max) >= (second.since or date.min) for first, second in pairwise(ordered))


@dataclass(frozen=True)
class DateFormat:
    """How a language writes a date.

    `patterns`: form → pattern with places {day} {day2} {month} {month.FORM}
    {month_number} {month2} {year}; `months`: form → twelve names.  The first
    of each is the ordinary one.  `first_day` is how the first of a month is
    written where that is not "1" (French "1er").
    """

    patterns: Mapping[str, str]
    months: Mapping[str, tuple[str, ...]]
    first_day: str = ""

    def write(self, day: date, form: str | None = None) -> str:
        """`day` in the form named; raises Invalid where the language has no such form."""
        pattern = self.patterns.get(form) if form else next(iter(self.patterns.values()), None)
        if pattern is None:
            raise Invalid(
                "date-form-missing",
                "The date form “%(form)s” is not in the language data; use one of %(forms)s.",
                form=form or "",
                forms=", ".join(self.patterns),
            )

        def fill(match: re.Match[str]) -> str:
            name, _, month_form = match[1].partition(".")
            names = self.months.get(month_form) if month_form else next(iter(self.months.values()), None)
            plain = {
                "day": (day.day == 1 and self.first_day) or str(day.day),
                "day2": f"{day.day:02}",
                "month_number": str(day.month),
                "month2": f"{day.month:02}",
                "year": str(day.year),
            }
            if name == "month" and names:
                return names[day.month - 1]
            if name in plain and not month_form:
                return plain[name]
            raise Invalid(
                "date-place-unknown",
                "The date pattern “%(pattern)s” has the place {%(place)s}, which is not known.",
                pattern=pattern,
                place=match[1],
            )

        return re.sub(r"\{([a-z0-9_.]+)\}", fill, pattern)
