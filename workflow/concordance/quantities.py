"""Quantities in digits and in words, with their units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance.language import Language
from workflow.concordance.ordinals import han
from workflow.concordance.words import Lexicon, Word

_BEFORE = re.compile(r"(?:USD|EUR|CHF|KZT|RUB|US\$|\$|€)\s?$")
# A figure may stand right behind an Arabic or Chinese word, never behind a Latin or Cyrillic one.
_ALONE = r"(?<![^\W\u0600-\u06ff\u3040-\u9fff])(?<!\d[.,])"
_NUMBER = re.compile(_ALONE + r"(?:\d{1,3}(?:[ ,.'’]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?(?!\d))")
_UNIT_REACH = 3
_FRACTION = re.compile(r"\s?[¼½¾⅓⅔]")
# Groups of three from the end of a number, and what is left of it: 000 10, 500 2.
_TURNED = re.compile(r"(?<![\d.,/])\d{3}(?: \d{3})* \d{1,2}(?![\d.,/:]| \d)")


@dataclass(frozen=True)
class QuantityFound:
    """A quantity and its unit, if it is known; `weak` where it is one small word that may be an idiom."""

    value: float
    unit: str
    start: int
    end: int
    weak: bool


@lru_cache(maxsize=32)
def _numerals(language: Language) -> tuple[dict[str, int], dict[str, int]]:
    """The words of the cardinals and of the scales, in lower case."""
    table = language.table("cardinals")
    fold = _fold
    words = {fold(word): int(v) for v, forms in table.get("words", {}).items() for word in forms}
    words |= {fold(word): int(v) for v, forms in table.get("units", {}).items() for word in forms}
    scales = {
        fold(word.rstrip(".")): int(v) for v, forms in table.get("scales", {}).items() for word in forms
    }
    return words, scales


def _fold(word: str) -> str:
    return word.lower().replace("ё", "е")


def find(language: Language, text: str, words: Sequence[Word]) -> list[QuantityFound]:
    """The quantities in `text`, whose other facts are covered already."""
    found = [*_digits(language, text)]
    covered = [(item.start, item.end) for item in found]
    for item in _spelled(language, text, words) if language.spaced else _han(text):
        if not any(start < item.end and item.start < end for start, end in covered):
            found.append(item)
    return [_with_unit(language, text, words, item) for item in sorted(found, key=lambda item: item.start)]


def _digits(language: Language, text: str) -> list[QuantityFound]:
    decimal = language.data.get("decimal", ".")
    _, scales = _numerals(language)
    found = []
    if language.data.get("turned_groups"):
        for match in _TURNED.finditer(text):
            groups = match[0].split(" ")
            value = float("".join(reversed(groups)))
            found.append(QuantityFound(value, "", match.start(), match.end(), False))
            text = text[: match.start()] + "\ufffc" * len(match[0]) + text[match.end() :]
    for match in _NUMBER.finditer(text):
        value = _value(match[0], decimal)
        end = match.end()
        if _FRACTION.match(text, end):
            # Other versions write such a half in words, in as many ways as there are languages.
            continue
        scale = re.compile(r"[\s-]*([^\W\d_]+)\.?").match(text, end) if language.spaced else None
        # "1 mille" is a nautical mile.
        if scale and _fold(scale[1]) in scales and not (value == 1 and scales[_fold(scale[1])] == 1000):
            value *= scales[_fold(scale[1])]
            end = scale.end(1)
        elif not language.spaced and text[end : end + 1] in ("万", "亿"):
            value *= {"万": 10_000, "亿": 100_000_000}[text[end]]
            end += 1
        found.append(QuantityFound(round(value, 6), "", match.start(), end, False))
    return found


def _value(written: str, decimal: str) -> float:
    groups = re.fullmatch(r"(\d{1,3}(?:([ ,.'’])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?", written)
    if groups and groups[2] != decimal:
        whole = re.sub(r"\D", "", groups[1])
        return float(f"{whole}.{groups[4] or 0}")
    plain = written.replace(" ", "").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return float(re.sub(r"\D", "", written) or 0)


def _spelled(language: Language, text: str, words: Sequence[Word]) -> list[QuantityFound]:
    numerals, scales = _numerals(language)
    join = language.table("cardinals").get("join", "")
    ones = {_fold(w) for forms in language.table("cardinals").get("units", {}).values() for w in forms}
    twenties = language.table("cardinals").get("vigesimal", False)
    teens = {_fold(word) for word in language.table("cardinals").get("teens", ())}
    units_first = language.table("cardinals").get("units_first", False)
    said = [_bare(language, word.text, numerals) for word in words]
    found: list[QuantityFound] = []
    at = 0
    while at < len(words):
        if (
            said[at] not in numerals
            or text[words[at].start] == "\ufffc"
            or (said[at] in ones and not (said[at + 1 : at + 2] and said[at + 1] in teens))
        ):
            at += 1
            continue
        total, current, first, last = 0, 0, at, at
        while at < len(words):
            word = said[at]
            if word in teens and 0 < current < 10:
                current += 10
            elif units_first and 0 < current < 10 and numerals.get(word, 0) in range(20, 100, 10):
                current += numerals[word]
            elif twenties and current % 100 == 4 and numerals.get(word) == 20:
                current += 76
            elif word in numerals and (
                current == 0
                or numerals[word] < _lowest(current)
                or (twenties and current % 100 in (60, 80) and numerals[word] < 20)
            ):
                current += numerals[word]
            elif word in scales and current:
                if scales[word] == 100:
                    current *= 100
                else:
                    total, current = total + current * scales[word], 0
            elif (
                word == join
                and at > first
                and at + 1 < len(words)
                and said[at + 1] in numerals
                and current >= 100
            ):
                at += 1
                continue
            else:
                break
            last = at
            at += 1
        value = total + current
        found.append(QuantityFound(value, "", words[first].start, words[last].end, True))
    return found


def _bare(language: Language, word: str, numerals: Mapping[str, int]) -> str:
    """A word in lower case, and a numeral without the small words that are written together with it."""
    folded = _fold(word)
    if folded in numerals:
        return folded
    for prefix in language.stemmer.prefixes:
        if folded.startswith(prefix) and folded[len(prefix) :] in numerals:
            return folded[len(prefix) :]
    return folded


def _lowest(value: int) -> int:
    """The size of the last digit of `value` that is not 0: twenty leaves room for units only."""
    size = 1
    while value and value % (size * 10) == 0:
        size *= 10
    return size


def _han(text: str) -> list[QuantityFound]:
    return [
        QuantityFound(han(m[0]), "", m.start(), m.end(), True)
        for m in re.finditer("[二两三四五六七八九十百千]{1,6}(?=[个名位份天周月年小项国人次页])", text)
    ]


def _with_unit(language: Language, text: str, words: Sequence[Word], item: QuantityFound) -> QuantityFound:
    """The quantity with the unit that stands behind it, a word or two on, or a sign before it."""
    unit = ""
    if re.compile(r"\s?%").match(text, item.end):
        unit = "percent"
    elif before := _BEFORE.search(text[max(0, item.start - 5) : item.start]):
        sign = before[0].strip()
        unit = {"$": "usd", "US$": "usd", "€": "eur"}.get(sign, sign.lower())
    elif language.spaced:
        following = [word for word in words if item.end <= word.start <= item.end + 40][:_UNIT_REACH]
        near = _unit_lexicon(language).find(text, following)
        unit = near[0].value if near else ""
        if unit and re.search(r"[.,;:]", text[item.end : near[0].start]):
            unit = ""
    else:
        near = _unit_lexicon(language).find(text[item.end : item.end + 6], ())
        unit = near[0].value if near and near[0].start == 0 else ""
    return QuantityFound(item.value, unit, item.start, item.end, item.weak)


def _unit_lexicon(language: Language) -> Lexicon[str]:
    return language.units
