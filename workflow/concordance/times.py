"""Hours of the day and the time zones that they are given in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance.language import Language, alternation
from workflow.concordance.words import Word

_CLOCK = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])(?::(?P<minute>[0-5]\d)|\s?h\s?(?P<fr>[0-5]\d)?|(?:\.(?P<dot>[0-5]\d)))(?![\d.]|:\d|%)"
    r"(?:\s*(?P<half>[ap]\.?\s?m\.?)(?!\w))?"
    r"|(?<![\d.:])(?P<only>1[0-2]|0?[1-9])\s*(?P<onlyhalf>[ap]\.?\s?m\.?)(?!\w)",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"\b(?:UTC|GMT|ВКВ|УТК|BST|ГМТ)(?:\s?(?P<sign>[+−–-])\s?(?P<hour>\d{1,2})(?::?(?P<minute>\d\d))?)?\b"
)
_ABBREVIATION = re.compile(r"\b(?:CEST|CET|EEST|EET|EDT|EST|MSK|МСК|ALMT)\b")
ADJECTIVE_PREFIX = 4
_SAME_ZONE = {"МСК": "MSK"}


@dataclass(frozen=True)
class TimeFound:
    """An hour, as minutes after midnight, or a zone; and where it stands."""

    key: object
    start: int
    end: int


def find(language: Language, text: str) -> list[TimeFound]:
    """The hours in `text`; "6 p.m.", "18:00", "18 h 00" and "сағат 18.00" are one."""
    found = []
    clock = language.choice("times", "clock")
    for match in _CLOCK.finditer(text):
        half = match["half"] or match["onlyhalf"]
        hour = int(match["hour"] or match["only"])
        minute = int(match["minute"] or match["fr"] or match["dot"] or 0)
        if match["dot"] and not half:
            # A full stop divides an hour only where a word says that it is one.
            around = (
                text[max(0, match.start() - 12) : match.start()] + " " + text[match.end() : match.end() + 10]
            )
            if not re.search(rf"(?<!\w)(?:{clock})(?!\w)", around, re.IGNORECASE):
                continue
        if half:
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        found.append(TimeFound(hour * 60 + minute, match.start(), match.end()))
    for key, minutes in (("noon", 720), ("midnight", 1440)):
        pattern = rf"(?<!\w)(?:{language.choice('times', key)})(?!\w)"
        found += [TimeFound(minutes, m.start(), m.end()) for m in re.finditer(pattern, text, re.IGNORECASE)]
    return sorted(found, key=lambda time: time.start)


@lru_cache(maxsize=32)
def _zone_words(language: Language) -> re.Pattern[str]:
    words = alternation(language.table("times").get("zone_words", ()))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)" if language.spaced else words, re.IGNORECASE)


def zones(language: Language, text: str, words: Sequence[Word]) -> list[TimeFound]:
    """The time zones in `text`: offsets, abbreviations, "local time" and "Vienna time"."""
    found = []
    for match in _OFFSET.finditer(text):
        sign = "-" if match["sign"] and match["sign"] != "+" else "+"
        minutes = int(match["hour"] or 0) * 60 + int(match["minute"] or 0)
        found.append(TimeFound(f"UTC{sign}{minutes}" if minutes else "UTC", match.start(), match.end()))
    for match in _ABBREVIATION.finditer(text):
        found.append(TimeFound(_SAME_ZONE.get(match[0], match[0]), match.start(), match.end()))
    local = re.compile(language.choice("times", "local"), re.IGNORECASE)
    found += [TimeFound("local", m.start(), m.end()) for m in local.finditer(text)]
    marks = list(_zone_words(language).finditer(text))
    if marks:
        for mention in language.places.find(text, words):
            near = [
                m
                for m in marks
                if -14 <= m.start() - mention.end <= 14 or -14 <= mention.start - m.end() <= 4
            ]
            if near:
                start = min(mention.start, near[0].start())
                found.append(TimeFound(mention.value, start, max(mention.end, near[0].end())))
        if not found and language.spaced:
            found = _adjectives(language, words, marks)
    return sorted(found, key=lambda zone: zone.start)


def _adjectives(language: Language, words: Sequence[Word], marks: Sequence[re.Match[str]]) -> list[TimeFound]:
    """A place in the shape of an adjective beside the word for time: «по женевскому времени»."""
    beside = [w for w in words for m in marks if 0 < m.start() - w.end <= 2 or 0 < w.start - m.end() <= 2]
    prefixes = _place_prefixes(language)
    return [
        TimeFound(prefixes[word.stem[:ADJECTIVE_PREFIX]], word.start, word.end)
        for word in beside
        if len(word.stem) > ADJECTIVE_PREFIX and word.stem[:ADJECTIVE_PREFIX] in prefixes
    ][:1]


@lru_cache(maxsize=32)
def _place_prefixes(language: Language) -> dict[str, str]:
    """The beginnings of the places' names that the language's own data have, and what they mean."""
    return {
        language.stemmer.stem(name)[:ADJECTIVE_PREFIX]: key
        for key, names in language.table("places").items()
        for name in names
    }
