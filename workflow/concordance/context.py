"""One comparison: the versions as read, and how its findings are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from workflow.concordance import wording
from workflow.concordance.facts import Reading, excerpt
from workflow.concordance.language import Language
from workflow.concordance.rules import Rules
from workflow.concordance.types import ERROR, Finding
from workflow.errors import Phrase, both

Key = TypeVar("Key", bound=Hashable)


@dataclass
class Version:
    """One language version: its language, its paragraphs as written, and its parts as read.

    The parts are read with letters of another script set right and places to be
    filled left out, so that one fault is not found as many.  `left` are the
    numbers of the paragraphs that were left in another language.
    """

    language: Language
    written: dict[int, str]
    readings: list[Reading]
    left: set[int] = field(default_factory=set)

    @property
    def code(self) -> str:
        """The code of its language."""
        return self.language.code

    def role(self, role: str) -> list[Reading]:
        """Its parts in one role."""
        return [reading for reading in self.readings if reading.part.role == role]


@dataclass
class Comparison:
    """The versions of one note, by language, and what was found; the first version is the reference."""

    rules: Rules
    versions: Mapping[str, Version]
    day: date | None
    draft: bool = False
    glossary: Mapping[str, Mapping[str, Sequence[Any]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def name(self, code: str) -> str:
        """What the language is called in a message."""
        return wording.name(self.versions[code].language)

    def names(self, codes: Iterable[str]) -> str:
        """Several languages in a message."""
        return both(self.name(code) for code in codes)

    def beside(self, said: Mapping[str, str]) -> str:
        """What each version has, side by side, in a message."""
        return wording.beside({code: (self.name(code), value) for code, value in said.items()})

    def add(
        self,
        type_: str,
        languages: Sequence[str],
        places: Mapping[str, tuple[str, int]],
        message: Phrase,
        severity: str = ERROR,
    ) -> None:
        """Records a finding; `places` are the quote and the paragraph of each version."""
        finding = Finding(
            type_,
            severity,
            tuple(code for code in self.versions if code in set(languages)),
            {code: quote for code, (quote, _) in places.items()},
            {code: number for code, (_, number) in places.items()},
            message,
        )
        if finding not in self.findings:
            self.findings.append(finding)


def deviating(values: Mapping[str, Key]) -> tuple[str, ...]:
    """The languages whose value is not that of the majority; all of them where there is no majority."""
    counts = Counter(values.values())
    if len(counts) <= 1:
        return ()
    (first, most), (_, next_most) = counts.most_common(2)
    if most == next_most:
        return tuple(values)
    return tuple(code for code, value in values.items() if value != first)


def place(reading: Reading, quote: str | None = None) -> tuple[str, int]:
    """A quote of a reading and the number of its paragraph."""
    return (quote if quote is not None else excerpt(reading.text), reading.number)


def places(
    row: Mapping[str, Reading], kind: str, keys: Mapping[str, Iterable[object]]
) -> dict[str, tuple[str, int]]:
    """Each version's passage of a kind of fact."""
    return {code: (reading.quote(kind, keys.get(code, ())), reading.number) for code, reading in row.items()}
