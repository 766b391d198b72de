"""Hours of the day and the time zones that they are given in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance.language import Language, alternation
from workflow.concordance.words import Word

_CLOCK = re.compile(
    r"(?<![\d.:€$£])(?P<hour>[01]?\d|2[0-4])(?::(?P<minute>[0-5]\d)|\s?h(?:\s?(?P<fr>[0-5]\d)|(?![^\W\d_]))|(?:\.(?P<dot>[0-5]\d)))"
    # A full stop may end the sentence; a scale (1:50 000) and a share are no hours.
    r"(?!\d|[.:]\d|%| \d{3}(?!\d))"
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
    found = _spelled(language, text)
    for time in found:
        text = text[: time.start] + "\ufffc" * (time.end - time.start) + text[time.end :]
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
        if not half and hour * 60 + minute > 24 * 60:
            continue
        if half:
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        found.append(TimeFound(hour * 60 + minute, match.start(), match.end()))
    for key, minutes in (("noon", 720), ("midnight", 1440)):
        pattern = rf"(?<!\w)(?:{language.choice('times', key)})(?!\w)"
        found += [TimeFound(minutes, m.start(), m.end()) for m in re.finditer(pattern, text, re.IGNORECASE)]
    return sorted(found, key=lambda time: time.start)


@lru_cache(maxsize=32)
def _patterns(language: Language) -> tuple[re.Pattern[str], ...]:
    """How the language writes an hour out: groups `hour`, `minute` and, for the second half of the day, `pm`."""
    return tuple(re.compile(one, re.IGNORECASE) for one in language.table("times").get("spelled", ()))


def _spelled(language: Language, text: str) -> list[TimeFound]:
    """The hours that are written by the language's own words: "18 час. 30 мин.", "17 heures", 下午5时."""
    found: list[TimeFound] = []
    for pattern in _patterns(language):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
            if parts.get("pm") and hour < 12:
                hour += 12
            # "В 10.30" has its preposition in the sentence, 下午5时 its half of the day in the hour.
            start, end = match.start("hour" if language.spaced else 0), match.end()
            if hour * 60 + minute <= 24 * 60 and not any(t.start < end and start < t.end for t in found):
                found.append(TimeFound(hour * 60 + minute, start, end))
    return found


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
        if language.spaced and not any(isinstance(zone.key, str) and zone.key.islower() for zone in found):
            found += _adjectives(language, words, marks)
    return sorted(found, key=lambda zone: zone.start)


def _adjectives(language: Language, words: Sequence[Word], marks: Sequence[re.Match[str]]) -> list[TimeFound]:
    """A place in the shape of an adjective beside the word for time: «по женевскому времени»."""
    beside = [w for w in words for m in marks if 0 < m.start() - w.end <= 2 or 0 < w.start - m.end() <= 2]
    prefixes = _place_prefixes(language)
    ending = re.compile(language.table("times").get("adjective", "(?!)"))
    found = []
    for word in beside:
        bare = ending.sub("", word.text.lower())
        key = prefixes.get(bare) or (
            prefixes.get(word.stem[:ADJECTIVE_PREFIX]) if len(word.stem) > ADJECTIVE_PREFIX else None
        )
        if key:
            found.append(TimeFound(key, word.start, word.end))
    return found[:1]


@lru_cache(maxsize=32)
def _place_prefixes(language: Language) -> dict[str, str]:
    """The beginnings of the places' names that the language's own data have, and what they mean."""
    found: dict[str, str] = {}
    for key, names in language.table("places").items():
        for name in names:
            # Of a name such as Нью-Йорк the last word makes the adjective's end (нью-йоркский).
            stem = language.stemmer.stem(name.rpartition("-")[2])
            found.setdefault(stem[:ADJECTIVE_PREFIX], key)
            found.setdefault(stem, key)
    return found
