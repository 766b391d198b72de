"""Quoted titles in paragraphs that say the same: as many, and of the same words as far as they are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher

from workflow.concordance.context import Comparison, deviating, place
from workflow.concordance.differences import Row
from workflow.concordance.facts import Reading, excerpt
from workflow.concordance.sound import sound
from workflow.concordance.words import Lexicon
from workflow.errors import Phrase

_NAME_WORDS = 3
_SHORTEST_NAME = 5
_ALIKE = 0.75


def compare_row(comparison: Comparison, row: Row) -> None:
    """Compares the titles of one row of paragraphs."""
    if len(row) < 2:
        return
    numbers = {
        code: len(reading.facts["title"]) - len(_names_elsewhere(reading, row))
        for code, reading in row.items()
    }
    numbers = _without_needless(numbers, row)
    quotes = {code: place(reading, reading.quote("title")) for code, reading in row.items()}
    wrong = deviating(numbers)
    if wrong:
        fewer = [code for code in wrong if numbers[code] < max(numbers.values())]
        shown = comparison.beside({code: str(number) for code, number in numbers.items()})
        comparison.add(
            "quoted-title",
            fewer or wrong,
            quotes,
            Phrase(
                "The versions do not quote as many titles: %(shown)s. Quote the same titles in each version.",
                shown=shown,
            ),
        )
        return
    if any(numbers[code] != len(reading.facts["title"]) for code, reading in row.items()):
        return
    for at in range(min(numbers.values())):
        _compare_one(comparison, row, at)


def _without_needless(numbers: Mapping[str, int], row: Row) -> dict[str, int]:
    """The numbers of titles, where a language that marks every work's name (《…》) counts as the others do."""
    result = dict(numbers)
    for code, reading in row.items():
        marks = reading.language.table("quotation").get("works", "")
        works = sum(reading.text[t.start] in marks for t in reading.facts["title"]) if marks else 0
        others = Counter(number for other, number in numbers.items() if other != code)
        wanted = others.most_common(1)[0][0]
        if numbers[code] - works <= wanted < numbers[code]:
            result[code] = wanted
    return result


def _names_elsewhere(reading: Reading, row: Row) -> list[str]:
    """The quoted names that a version in another script has without marks: аэропорт «Нурсултан Назарбаев».

    A title is translated, and a name is only written in other letters.
    """
    found = []
    for title in reading.facts["title"]:
        words = [word for word in reading.words if title.start <= word.start < title.end]
        heard = sound(str(title.key))
        if not 1 <= len(words) <= _NAME_WORDS or len(heard) < _SHORTEST_NAME:
            continue
        for other in row.values():
            if other.language.script == reading.language.script or not other.words:
                continue
            free = [
                w for w in other.words if not any(t.start <= w.start < t.end for t in other.facts["title"])
            ]
            count = len(words)
            for at in range(len(free) - count + 1):
                there = sound(" ".join(word.text for word in free[at : at + count]))
                if free[at].capital and SequenceMatcher(None, heard, there, autojunk=False).ratio() >= _ALIKE:
                    found.append(heard)
                    break
            if heard in found:
                break
    return found


def _compare_one(comparison: Comparison, row: Row, at: int) -> None:
    """The words of the `at`-th title that the lexicons know, each version's with each other's."""
    known: dict[str, set[object]] = {code: _concepts(reading, at) for code, reading in row.items()}
    doubtful = []
    for code, mine in known.items():
        others = [theirs for other, theirs in known.items() if other != code]
        if (mine and all(theirs and (mine - theirs) and (theirs - mine) for theirs in others)) or (
            len(others) > 1
            and len(set.intersection(*others) - mine) > 1
            and len(set.intersection(*others)) > 1
        ):
            doubtful.append(code)
    if len(row) > 2 and len(doubtful) > 1:
        agreeing = [c for c in row if any(known[c] == known[o] for o in row if o != c)]
        doubtful = [c for c in doubtful if c not in agreeing] or doubtful
    if len(doubtful) == 1 or (doubtful and len(row) == 2):
        quotes = {}
        for code, reading in row.items():
            title = reading.facts["title"][at]
            quotes[code] = place(reading, excerpt(reading.text[title.start : title.end]))
        comparison.add(
            "quoted-title",
            doubtful,
            quotes,
            Phrase(
                "The title quoted in %(language)s has other words than in the other versions. "
                "Quote the title by which the document or section is known.",
                language=comparison.names(doubtful),
            ),
        )


def _concepts(reading: Reading, at: int) -> set[object]:
    title = reading.facts["title"][at]
    inside: set[object] = set()
    for kind in ("noun", "institution", "state", "place", "ordinal", "quantity"):
        inside |= {(kind, f.key) for f in reading.facts[kind] if title.start <= f.start < title.end}
    return inside


__all__ = ["Lexicon", "compare_row"]
