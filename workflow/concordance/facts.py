"""What a paragraph says that can be compared whatever its words: numbers, dates, names, addresses.

Each kind of fact covers its place in the text, so that the day of a date is not
counted as a quantity too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflow.concordance import dates, links, ordinals, quantities, times, titles
from workflow.concordance.language import Language
from workflow.concordance.roles import Part
from workflow.concordance.rules import Rules
from workflow.concordance.words import Mention, Word

COVER = "\ufffc"


@dataclass(frozen=True)
class Fact:
    """One fact: `key` is what versions share, `start` and `end` where it stands in the paragraph."""

    key: object
    start: int
    end: int
    weak: bool = False


@dataclass
class Reading:
    """A part of one version with its facts, by kind."""

    language: Language
    part: Part
    words: list[Word]
    facts: dict[str, list[Fact]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The paragraph on one line."""
        return self.part.text

    @property
    def number(self) -> int:
        """The paragraph's number in its text."""
        return self.part.number

    def keys(self, kind: str) -> set[object]:
        """What is said of one kind."""
        return {fact.key for fact in self.facts.get(kind, ())}

    def quote(self, kind: str, keys: Iterable[object] = ()) -> str:
        """The passage where a fact of the kind stands (of one of `keys`, where given); else the beginning."""
        wanted = set(keys)
        for fact in self.facts.get(kind, ()):
            if not wanted or fact.key in wanted:
                return whole(self.text, fact.start, fact.end)
        return excerpt(self.text)


def excerpt(text: str, start: int = 0, length: int = 90) -> str:
    """A beginning of `text` that is short enough to be quoted."""
    part = text[start : start + length]
    return part if len(text) - start <= length else passage(text, start, start, after=length) + " …"


def passage(text: str, start: int, end: int, before: int = 0, after: int = 0) -> str:
    """A place in a text with up to so many signs around it, and no word cut in two."""
    first, last = max(0, start - before), min(len(text), end + after)
    while 0 < first < start and _within_word(text, first):
        first += 1
    while end < last < len(text) and _within_word(text, last):
        last -= 1
    return text[first:last].strip()


def whole(text: str, start: int, end: int) -> str:
    """A place in a text with the words that it begins or ends within."""
    while 0 < start < len(text) and _within_word(text, start):
        start -= 1
    while 0 < end < len(text) and _within_word(text, end):
        end += 1
    return text[start:end].strip()


def _within_word(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    # Chinese writes no space between words.
    return left.isalnum() and right.isalnum() and not "\u3040" <= right <= "\u9fff"


def read(language: Language, part: Part, rules: Rules) -> Reading:
    """The facts of one part of a version."""
    text = part.text
    words = language.stemmer.words(text) if language.spaced else []
    reading = Reading(language, part, words)
    rest = COVER * len(part.label) + text[len(part.label) :]
    for kind, found in (
        ("url", links.urls(rest)),
        ("email", links.emails(rest)),
    ):
        reading.facts[kind] = [Fact(link.key, link.start, link.end) for link in found]
        rest = _cover(rest, reading.facts[kind])
    reading.facts["date"] = [Fact(key, d.start, d.end) for d in dates.find(language, rest) for key in d.days]
    rest = _cover(rest, reading.facts["date"])
    reading.facts["reference"] = [Fact(r.key, r.start, r.end) for r in links.references(rest)]
    rest = _cover(rest, reading.facts["reference"])
    reading.facts["zone"] = [Fact(z.key, z.start, z.end) for z in times.zones(language, rest, words)]
    rest = _cover(rest, reading.facts["zone"])
    reading.facts["time"] = [Fact(t.key, t.start, t.end) for t in times.find(language, rest)]
    rest = _cover(rest, reading.facts["time"])
    found_ordinals = ordinals.find(language, rest, words)
    reading.facts["ordinal"] = [Fact(o.value, o.start, o.end, o.weak) for o in found_ordinals]
    rest = _cover(rest, reading.facts["ordinal"])
    found_quantities = quantities.find(language, rest, words)
    reading.facts["quantity"] = [Fact(q.value, q.start, q.end, q.weak) for q in found_quantities]
    reading.facts["unit"] = [Fact((q.value, q.unit), q.start, q.end) for q in found_quantities if q.unit]
    reading.facts["title"] = [Fact(t.text, t.start, t.end) for t in titles.find(language, text)]
    _names(reading, rules)
    return reading


def _names(reading: Reading, rules: Rules) -> None:
    language, text, words = reading.language, reading.text, reading.words
    bodies = rules.bodies(language).find(text, words)
    reading.facts["institution"] = [Fact(m.value, m.start, m.end) for m in bodies]
    for kind, lexicon in (
        ("state", language.states),
        ("demonym", language.demonyms),
        ("place", language.places),
        ("act", language.acts),
        ("noun", language.nouns),
        ("addressee", language.addressees),
    ):
        mentions: list[Mention[str]] = lexicon.find(text, words)
        if kind in ("state", "place"):
            # A city or a state within the name of a body, a time zone or a currency, belongs to that name.
            units = language.units.find(text, words)
            zones = [*reading.facts["zone"], *(Fact(unit.value, unit.start, unit.end) for unit in units)]
            mentions = [m for m in mentions if not any(b.start <= m.start and m.end <= b.end for b in bodies)]
            mentions = [m for m in mentions if not any(z.start <= m.start and m.end <= z.end for z in zones)]
        reading.facts[kind] = [Fact(m.value, m.start, m.end) for m in mentions]


def _cover(text: str, found: Iterable[Fact]) -> str:
    signs = list(text)
    for fact in found:
        signs[fact.start : fact.end] = COVER * (fact.end - fact.start)
    return "".join(signs)
