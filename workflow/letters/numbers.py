"""Number series: how a note's number is printed from its parts.

The register counts; this module only writes.  A pattern has the places
{prefix} {serial} {year} {year2} {topic} {audience} {revision}; a part that is
not given leaves its place empty together with the punctuation that stands in
square brackets around it: "{prefix} {year}/{serial}[({revision})][-{audience}]".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.errors import Invalid

PLACES = ("prefix", "serial", "year", "year2", "topic", "audience", "revision")
REQUIRED_PLACES = ("serial",)
RELATIONS = ("addendum", "corrigendum", "revision")


def places(pattern: str) -> tuple[str, ...]:
    """The names of the places of a pattern, in order."""
    return tuple(re.findall(r"\{(\w*)\}", pattern))


@dataclass(frozen=True)
class Series:
    """A series of numbers: `code` names it in the register, `prefix` stands for it in print.

    `yearly` says that the serial begins at 1 each year; `width` pads the serial
    with zeros; `topic` and `audience` are those of every number of the series
    that is given no other; `suffixes` are the patterns of child numbers, with
    {parent} and {n}; `titles` say per language what the series is for.
    """

    code: str
    prefix: str
    pattern: str
    yearly: bool
    width: int
    suffixes: Mapping[str, str]
    titles: Mapping[str, str]
    topic: str = ""
    audience: str = ""

    def number(
        self,
        serial: int,
        year: int,
        *,
        topic: str = "",
        audience: str = "",
        revision: str = "",
    ) -> str:
        """The number as printed; raises Invalid where a part that the pattern demands is not given."""
        parts = {
            "prefix": self.prefix,
            "serial": str(serial).zfill(self.width),
            "year": f"{year:04}",
            "year2": f"{year % 100:02}",
            "topic": topic or self.topic,
            "audience": audience or self.audience,
            "revision": revision,
        }

        def optional(match: re.Match[str]) -> str:
            return match[1] if all(parts.get(name) for name in places(match[1])) else ""

        pattern = re.sub(r"\[([^\[\]]*)\]", optional, self.pattern)
        for name in places(pattern):
            if not parts.get(name):
                raise Invalid(
                    "number-part-missing",
                    "Numbers of series %(series)s have the part “%(part)s”; give it, or write its place "
                    "in square brackets in the profile.",
                    series=self.code,
                    part=name,
                )
        return pattern.format(**parts)

    def child(self, parent: str, relation: str, ordinal: int) -> str:
        """The number of an addendum, corrigendum or revision of `parent`, the `ordinal`-th (from 1)."""
        pattern = self.suffixes.get(relation)
        if pattern is None:
            raise Invalid(
                "number-suffix-missing",
                "Series %(series)s has no suffix for “%(relation)s”; add it under suffixes in the profile.",
                series=self.code,
                relation=relation,
            )
        return pattern.format(parent=parent, n=ordinal)
