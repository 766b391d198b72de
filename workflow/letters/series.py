"""Reading a profile's number series, with a sentence for each fault of a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflow.errors import Invalid
from workflow.letters.kinds import labels
from workflow.letters.numbers import PLACES, RELATIONS, REQUIRED_PLACES, Series, places
from workflow.letters.schema import Section
from workflow.letters.wording import Wording


def read_series(code: str, table: Section, wordings: Mapping[str, Wording]) -> Series:
    """One table [series.<code>]."""
    series = Series(
        code=code,
        prefix=table.text("prefix", code),
        pattern=table.text("pattern"),
        yearly=table.flag("yearly", False),
        width=int(table.number("width", 1, 1, 8)),
        suffixes=table.texts("suffixes"),
        titles=labels(table, "series", code, {name: words.series for name, words in wordings.items()}),
        topic=table.text("topic", ""),
        audience=table.text("audience", ""),
        topics=table.lines("topics"),
        audiences=table.lines("audiences"),
        revision_marks=table.lines("revision_marks"),
    )
    _check_parts(series, table)
    check_pattern(series, table)
    for relation, pattern in series.suffixes.items():
        if relation not in RELATIONS:
            table.fault(f"“{relation}” in “suffixes” is not known; use {', '.join(RELATIONS)}.")
        if sorted(places(pattern)) != ["n", "parent"]:
            table.fault(f"the suffix “{relation}” needs the places {{parent}} and {{n}}, each once.")
    table.finish()
    return series


def _check_parts(series: Series, table: Section) -> None:
    given = places(series.pattern)
    for key in ("topic", "audience", "topics", "audiences", "revision_marks"):
        part = key.removesuffix("_marks").removesuffix("s")
        if getattr(series, key) and part not in given:
            table.fault(f"“{key}” is given, but “pattern” has no place {{{part}}}.")
        if series.choices(key) and getattr(series, key) and getattr(series, key) not in series.choices(key):
            table.fault(f"“{key}” is “{getattr(series, key)}”, which is not in “{key}s”; add it there.")
    for mark in series.revision_marks:
        if set(places(mark)) - {"n"} or not mark.strip():
            table.fault("“revision_marks” may have the place {n} only, and none may be empty.")
    if series.revision_marks and "revision" in series.suffixes:
        table.fault("“revision_marks” and a suffix “revision” exclude each other; keep one of them.")


def check_pattern(series: Series, table: Section) -> None:
    """Notes a fault for each thing that is wrong with the pattern of a series."""
    given = places(series.pattern)
    outside = re.sub(r"\[[^\[\]]*\]", "", series.pattern)
    if "[" in outside or "]" in outside:
        table.fault("“pattern” has a square bracket without its fellow; write [ ] around what may be absent.")
    if re.search(r"[{}]", re.sub(r"\{\w*\}", "", series.pattern)):
        table.fault("“pattern” has a brace that belongs to no place; write places such as {serial}.")
    if len(series.pattern) > 80 or len(series.prefix) > 40:
        table.fault("“pattern” or “prefix” is longer than the register holds; shorten it.")
    for place in given:
        if place not in PLACES:
            table.fault(f"“pattern” has the place {{{place}}}; known are {', '.join(PLACES)}.")
    for place in REQUIRED_PLACES:
        if given.count(place) != 1:
            table.fault(f"“pattern” needs the place {{{place}}} once.")
    if series.yearly and not {"year", "year2"} & set(given):
        table.fault("a yearly series needs {year} or {year2} in “pattern”, else a number would come twice.")


def alike(series: Mapping[str, Series]) -> list[tuple[str, str]]:
    """The pairs of series whose numbers are the same where their notes bring no parts."""
    written: dict[str, str] = {}
    found = []
    for code, one in series.items():
        try:
            number = one.number(1, 2001)
        except (Invalid, KeyError, ValueError, IndexError):
            continue  # Its notes bring parts, or its pattern has a fault of its own.
        if number in written:
            found.append((written[number], code))
        written.setdefault(number, code)
    return found
