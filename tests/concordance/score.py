"""Precision and recall of the concordance over the faulty notes, per type, and the table of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.concordance.corpus import Note
from tests.concordance.mutations import Case, cases
from workflow.concordance import Finding, compare

# An unclosed mark hides the title too; a paragraph left in another language has no facts of its own.
CONSEQUENCES = {"quotation-marks": {"quoted-title"}}


@dataclass
class Score:
    """Counts per type of fault: found, missed, and findings where there is no such fault."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)

    def precision(self, type_: str | None = None) -> float:
        """Of what was reported, the share that is right; 1 where nothing was reported."""
        found, false = self._sum(self.found, type_), self._sum(self.false, type_)
        return found / (found + false) if found + false else 1.0

    def recall(self, type_: str | None = None) -> float:
        """Of the faults there are, the share that was found; 1 where there are none."""
        found, missed = self._sum(self.found, type_), self._sum(self.missed, type_)
        return found / (found + missed) if found + missed else 1.0

    def _sum(self, counts: Counter[str], type_: str | None) -> int:
        return counts[type_] if type_ else sum(counts.values())

    def table(self) -> str:
        """One line per type and one over all."""
        lines = [f"{'type':<20}{'faults':>7}{'found':>7}{'false':>7}{'precision':>11}{'recall':>8}"]
        for type_ in sorted({*self.found, *self.missed, *self.false}):
            lines.append(self._line(type_, type_))
        lines.append(self._line("all", None))
        return "\n".join(lines)

    def _line(self, label: str, type_: str | None) -> str:
        found, missed, false = (self._sum(c, type_) for c in (self.found, self.missed, self.false))
        return (
            f"{label:<20}{found + missed:>7}{found:>7}{false:>7}"
            f"{self.precision(type_):>11.3f}{self.recall(type_):>8.3f}"
        )


def score(notes: Iterable[Note]) -> Score:
    """Every fault of every note, and the correct notes too, whose findings are all false."""
    result = Score()
    for note in notes:
        for finding in compare(note.profile, note.texts):
            result.false[finding.type] += 1
            result.remarks.append(f"{note.name}: correct, but {finding.type} {finding.languages}")
        for case in cases(note):
            _count(result, case, compare(note.profile, case.texts))
    return result


def _cut(case: Case, finding: Finding) -> Iterator[str]:
    """The quotes of a finding that begin or end within a word; Chinese has no blanks to tell."""
    for code, quote in finding.quotes.items():
        words, text = " ".join(quote.removesuffix(" …").split()), " ".join(case.texts[code].split())
        if not words or words not in text or code == "zh":
            continue
        begins = r"(?<![^\W\d_])" if words[0].isalpha() else ""
        ends = r"(?![^\W\d_])" if words[-1].isalpha() else ""
        if not re.search(begins + re.escape(words) + ends, text):
            yield f"{case.note.name} {code} {finding.type}: {words}"


def _count(result: Score, case: Case, findings: list[Finding]) -> None:
    right = [f for f in findings if f.type in case.types and case.language in f.languages]
    label = case.maker.partition(":")[0]
    if right:
        result.found[label] += 1
    else:
        result.missed[label] += 1
        result.remarks.append(f"{case.note.name} {case.language}: {case.maker} not found")
    result.cut += [words for finding in findings for words in _cut(case, finding)]
    allowed = CONSEQUENCES.get(label, set())
    for finding in findings:
        if finding not in right and finding.type not in allowed:
            result.false[finding.type] += 1
            result.remarks.append(
                f"{case.note.name} {case.language}: {case.maker}, but also {finding.type} {finding.languages}"
                f" {dict(finding.quotes)}"
            )
