"""How an organisation numbers the papers that come in, and in how many days they are dealt with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.letters.numbers import PARTS, Series, places
from workflow.letters.schema import Section
from workflow.letters.series import check_pattern

# The counter of incoming papers; no profile can name a series so.
COUNTER = ".incoming"
PREFIX, PATTERN = "IN", "{prefix}-{serial}/{year}"


@dataclass(frozen=True)
class IncomingRule:
    """`series` writes the numbers of the incoming register; `days` is the time that is proposed, 0 for none."""

    series: Series
    days: int = 0


def read_incoming(profile: Section, outgoing: Mapping[str, Series]) -> IncomingRule:
    """The table [incoming] of a profile; without one, numbers such as IN-12/2026."""
    table = profile.section("incoming")
    series = Series(
        code=COUNTER,
        prefix=table.text("prefix", PREFIX),
        pattern=table.text("pattern", PATTERN),
        yearly=table.flag("yearly", True),
        width=int(table.number("width", 1, 1, 8)),
        suffixes={},
        titles={},
    )
    for place in places(series.pattern):
        if place in PARTS:
            table.fault(f"“pattern” has the place {{{place}}}, which an incoming paper does not bring.")
    check_pattern(series, table)
    days = int(table.number("days", 0, 0, 366))
    for code, one in outgoing.items():
        if (one.prefix, one.pattern) == (series.prefix, series.pattern):
            table.fault(f"incoming papers would have the numbers of the series “{code}”; give them a prefix.")
    table.finish()
    return IncomingRule(series, days)
