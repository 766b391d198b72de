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

from workflow.errors import Invalid, Phrase

PLACES = ("prefix", "serial", "year", "year2", "topic", "audience", "revision")
REQUIRED_PLACES = ("serial",)
# The parts that a note brings with it; the others come from the register and the profile.
PARTS = ("topic", "audience", "revision")
# A part is letters and figures of any script with the few signs that numbers have between them.
_PART = re.compile(r"[^\W_](?:[\w.,/ &+-]{0,22}[\w.)])?")
RELATIONS = ("addendum", "corrigendum", "revision", "reminder", "withdrawal_notice", "outcome")


def places(pattern: str) -> tuple[str, ...]:
    """The names of the places of a pattern, in order."""
    return tuple(re.findall(r"\{(\w*)\}", pattern))


@dataclass(frozen=True)
class Series:
    """A series of numbers: `code` names it in the register, `prefix` stands for it in print.

    `yearly` says that the serial begins at 1 each year; `width` pads the serial
    with zeros; `topic` and `audience` are those of every number of the series
    that is given no other; `topics` and `audiences` are the codes to choose
    from (any where there are none); `revision_marks` are what stands at {revision}
    in the first revision of a number, the second and so on, the last for all
    later ones, with {n}; `suffixes` are the patterns of child numbers, with
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
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    revision_marks: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that a note of this series may bring, in the order of the pattern."""
        return tuple(place for place in dict.fromkeys(places(self.pattern)) if place in PARTS)

    @property
    def needed(self) -> tuple[str, ...]:
        """The parts that every note of this series has to bring."""
        firm = places(re.sub(r"\[[^\[\]]*\]", "", self.pattern))
        return tuple(part for part in self.parts if part in firm and not getattr(self, part, ""))

    def choices(self, part: str) -> tuple[str, ...]:
        """The codes to choose from for a part; none where any may be given."""
        return {"topic": self.topics, "audience": self.audiences}.get(part, ())

    def check_parts(self, given: Mapping[str, str]) -> dict[str, str]:
        """The parts of a number as they are kept; raises Invalid for one that its numbers do not have."""
        kept = {}
        for part, text in given.items():
            value = " ".join(text.split())
            if part not in self.parts:
                raise Invalid(
                    "number-part-unknown",
                    "Numbers of series %(series)s have no part “%(part)s”; leave it out. They may have: %(known)s.",
                    series=self.code,
                    part=part,
                    known=", ".join(self.parts) or Phrase("none"),
                )
            known = self.choices(part)
            if value and (value not in known if known else not _PART.fullmatch(value)):
                raise Invalid(
                    "number-part",
                    "“%(value)s” cannot stand as “%(part)s” in a number. Use %(known)s.",
                    value=value,
                    part=part,
                    known=", ".join(known) or Phrase("at most 24 letters and figures"),
                )
            if value:
                kept[part] = value
        for part in self.needed:
            if part not in kept:
                raise self._missing(part)
        return kept

    def _missing(self, part: str) -> Invalid:
        return Invalid(
            "number-part-missing",
            "Numbers of series %(series)s have the part “%(part)s”; give it, or write its place "
            "in square brackets in the profile.",
            series=self.code,
            part=part,
        )

    def mark(self, ordinal: int) -> str:
        """What stands at {revision} in the `ordinal`-th revision of a number."""
        return self.revision_marks[min(ordinal, len(self.revision_marks)) - 1].replace("{n}", str(ordinal))

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
                raise self._missing(name)
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
