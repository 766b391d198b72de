"""Ordinals, in words and in digits: Ninth, 9th, 9-го, девятого, 9-отырыстың, IX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance.language import Language
from workflow.concordance.words import Lexicon, Word

_ROMAN = re.compile(
    r"(?<![\w/.'’-])(?=[IVXL]{2,7}(?![^\W_a-zа-я]|[/.]\w))"
    r"((?:XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?:-\w{1,6}|e|er|è?me)?(?![\w/])"
)
# French alone counts by scores.
_TH = "ième"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}


@dataclass(frozen=True)
class OrdinalFound:
    """An ordinal; `weak` where the word may be an idiom ("the first", "second")."""

    value: int
    start: int
    end: int
    weak: bool


@lru_cache(maxsize=32)
def _words(language: Language) -> Lexicon[int]:
    table = language.table("ordinals")
    lexicon: Lexicon[int] = Lexicon(language.stemmer, language.spaced)
    units = dict(enumerate(table.get("words", ()), 1))
    tens = {int(value): words for value, words in table.get("tens", {}).items()}
    cardinals = {int(value): words for value, words in language.table("cardinals").get("words", {}).items()}
    for value, words in (units | tens).items():
        for word in words:
            lexicon.add(word, value)
    joins = table.get("joins", [""])
    for ten in range(20, 100, 10):
        for unit in range(1, 10):
            for before in [*cardinals.get(ten, ()), *tens.get(ten, ()), *(units.get(ten) or ())]:
                for after in [*units.get(unit, ()), *table.get("compound", {}).get(str(unit), ())]:
                    if table.get("units_first"):
                        lexicon.add(f"{after} {before}", ten + unit)
                        continue
                    for join in joins:
                        lexicon.add(f"{before} {join} {after}" if join else f"{before} {after}", ten + unit)
    if language.table("cardinals").get("vigesimal"):
        _add_vigesimal(lexicon, units, cardinals, table.get("compound", {}))
    return lexicon


def _add_vigesimal(
    lexicon: Lexicon[int],
    units: Mapping[int, Sequence[str]],
    cardinals: Mapping[int, Sequence[str]],
    compound: Mapping[str, Sequence[str]],
) -> None:
    """Seventy as sixty and ten, eighty as four times twenty: soixante-dixième, quatre-vingt-unième."""
    for four in cardinals.get(4, ()):
        for score in cardinals.get(20, ()):
            lexicon.add(f"{four} {score}{_TH}", 80)
            ones = [one.rpartition(" ")[2] for one in compound.get("1", ())]
            for unit, words in {**units, 1: ones}.items():
                for word in words if unit < 20 else ():
                    lexicon.add(f"{four} {score} {word}", 80 + unit)
    for sixty in cardinals.get(60, ()):
        for unit in range(10, 20):
            for word in units.get(unit, ()):
                lexicon.add(f"{sixty} {word}", 60 + unit)
                lexicon.add(f"{sixty} et {word}", 60 + unit)


def find(language: Language, text: str, words: Sequence[Word]) -> list[OrdinalFound]:
    """The ordinals in `text`; idioms of the language ("first of all") are none."""
    table = language.table("ordinals")
    idioms = [
        (m.start(), m.end()) for m in re.finditer(language.choice("ordinals", "idioms"), text, re.IGNORECASE)
    ]
    found = []
    for match in language.pattern("ordinals", "digits").finditer(text):
        digits = re.search(r"\d+", match[0])
        if digits and not (match.start() and text[match.start() - 1] in ".,/-–—\ufffc0123456789"):
            found.append(OrdinalFound(int(digits[0]), match.start(), match.end(), False))
    spoken = _numerals(language, text) if not language.spaced else []
    found += spoken
    # "девяносто" has the stem of "девяностый", and is no ordinal.
    counted = {word for forms in language.table("cardinals").get("words", {}).values() for word in forms}
    taken = [word for word in words if text[word.start] != "\ufffc"]
    for mention in _words(language).find(text, taken):
        said = text[mention.start : mention.end].lower()
        # "وعشرين" counts, "والعشرين" puts in order: the article makes it an ordinal.
        bare = said[1:] if said[:1] in language.stemmer.prefixes else said
        if (
            said not in counted
            and bare not in counted
            and not any(start <= mention.start < end for start, end in idioms)
        ):
            found.append(OrdinalFound(mention.value, mention.start, mention.end, mention.value <= 2))
    for match in _ROMAN.finditer(text) if table.get("roman", True) else ():
        numeral = match[1]
        # "XX" is more often a place to be filled than the twentieth.
        found.append(OrdinalFound(roman(numeral), match.start(), match.end(), numeral == "XX"))
    return sorted(set(found), key=lambda item: item.start)


def roman(text: str) -> int:
    """The value of a Roman numeral."""
    values = [_ROMAN_VALUES[letter] for letter in text]
    return sum(-v if v < max(values[at + 1 :], default=0) else v for at, v in enumerate(values))


_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def han(text: str) -> int:
    """The value of a Chinese numeral below 10,000."""
    total = unit = 0
    for sign in text:
        if sign in _HAN:
            unit = _HAN[sign]
        elif sign in "十百千":
            total += (unit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            unit = 0
    return total + unit


def _numerals(language: Language, text: str) -> list[OrdinalFound]:
    return [
        OrdinalFound(han(m[1]), m.start(), m.end(), False)
        for m in re.finditer("第([一二三四五六七八九十百]+)", text)
    ]
