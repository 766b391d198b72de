"""Abbreviations: defined once, used as defined."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.concordance.context import Comparison, Version, place
from workflow.concordance.facts import Reading
from workflow.concordance.language import load
from workflow.concordance.roles import PROSE
from workflow.errors import Phrase

_ABBREVIATION = re.compile(r"(?<![\w/.@-])([^\W\d_]{2,8})(?:['’]s)?(?![\w/@]|\.\w|-\d)")
_DEFINITION = re.compile(
    r"[(（]\s*(?:далее\s*[–—-]\s*|бұдан әрі\s*[–—-]\s*|hereinafter\s*)?[“\"«]?([^\W\d_]{2,10}(?:[- ][^\W\d_]{2,8})?)[”\"»]?\s*[)）]"
)
_ROMAN = re.compile(r"[IVXLCDM]+$")
_EDITS = 1


@dataclass(frozen=True)
class Defined:
    """An abbreviation in brackets behind its name."""

    short: str
    reading: Reading
    start: int


def _is_abbreviation(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return (
        len(letters) >= 2
        and sum(c.isupper() for c in letters) >= len(letters) - 1
        and letters[0].isupper()
        and sum(c.isupper() for c in letters) >= 2
    )


def definitions(version: Version) -> list[Defined]:
    """The abbreviations that the version defines, in order."""
    found = []
    for reading in version.readings:
        if reading.part.role in PROSE:
            for match in _DEFINITION.finditer(reading.text):
                if _is_abbreviation(match[1]) and match[1] not in load("en").data.get("abbreviations", ()):
                    found.append(Defined(match[1], reading, match.start(1)))
    return found


def uses(version: Version) -> list[Defined]:
    """The abbreviations in the prose of a version, those in brackets too; not words in a line of capitals."""
    found = []
    for reading in version.readings:
        if reading.part.role not in PROSE or reading.text.isupper():
            continue
        for match in _ABBREVIATION.finditer(reading.text):
            if match[1].isupper() and not _ROMAN.match(match[1]):
                found.append(Defined(match[1], reading, match.start(1)))
    return found


def compare(comparison: Comparison) -> None:
    """Compares which abbreviations are defined, and checks their use in each version."""
    defined = {code: definitions(version) for code, version in comparison.versions.items()}
    for code, version in comparison.versions.items():
        _check(comparison, version, defined[code])
    numbers = {code: len({item.short for item in found}) for code, found in defined.items()}
    if len(set(numbers.values())) > 1:
        most = max(numbers.values())
        full = [code for code, number in numbers.items() if number == most]
        fewer = [code for code, number in numbers.items() if number < most]
        if 2 * len(full) >= len(numbers) and not _known_findings(comparison, fewer):
            for code in fewer:
                comparison.add(
                    "abbreviation",
                    [code],
                    {c: place(found[-1].reading, found[-1].short) for c, found in defined.items() if found},
                    Phrase(
                        "%(language)s defines %(fewer)s abbreviations and %(others)s %(more)s. "
                        "Put the abbreviation in brackets behind the name where it first stands.",
                        language=comparison.name(code),
                        fewer=numbers[code],
                        others=comparison.names(full),
                        more=most,
                    ),
                )


def _known_findings(comparison: Comparison, codes: list[str]) -> bool:
    return any(f.type == "abbreviation" and set(f.languages) & set(codes) for f in comparison.findings)


def _check(comparison: Comparison, version: Version, defined: list[Defined]) -> None:
    shorts = [item.short for item in defined]
    for item in defined:
        if shorts.count(item.short) > 1 and shorts.index(item.short) != defined.index(item):
            comparison.add(
                "abbreviation",
                [version.code],
                {version.code: place(item.reading, item.short)},
                Phrase(
                    "%(language)s defines “%(short)s” twice. Define it where it first stands, and use it from there.",
                    language=comparison.name(version.code),
                    short=item.short,
                ),
            )
    known = set(shorts) | _of_profile(comparison, version)
    if not known:
        return
    seen: set[str] = set()
    for item in uses(version):
        near = [short for short in shorts if short not in seen and _nearly(item.short, short)]
        if item.short not in known and near and item.short not in seen:
            seen.add(item.short)
            comparison.add(
                "abbreviation",
                [version.code],
                {version.code: place(item.reading, item.short)},
                Phrase(
                    "“%(short)s” in %(language)s is not defined; “%(defined)s” is. "
                    "Write the abbreviation as it is defined.",
                    short=item.short,
                    language=comparison.name(version.code),
                    defined=near[0],
                ),
            )
    _undefined(comparison, version, known)


def _undefined(comparison: Comparison, version: Version, known: set[str]) -> None:
    """An abbreviation that no definition and no other version explains."""
    others = {
        item.short for other in comparison.versions.values() if other is not version for item in uses(other)
    }
    reported = {f.quotes.get(version.code) for f in comparison.findings if f.type == "abbreviation"}
    counterparts = {code: _undefined_shorts(comparison, v) for code, v in comparison.versions.items()}
    mine = counterparts[version.code]
    fewest = min(len(found) for found in counterparts.values())
    for item in mine[fewest:] if fewest else mine:
        if item.short not in others and item.short not in known and item.short not in reported:
            comparison.add(
                "abbreviation",
                [version.code],
                {version.code: place(item.reading, item.short)},
                Phrase(
                    "“%(short)s” in %(language)s is not defined, and no other version has such an abbreviation. "
                    "Define it behind the name where it first stands, or write the name.",
                    short=item.short,
                    language=comparison.name(version.code),
                ),
            )
            return


def _undefined_shorts(comparison: Comparison, version: Version) -> list[Defined]:
    known = {item.short for item in definitions(version)} | _of_profile(comparison, version)
    found: dict[str, Defined] = {}
    for item in uses(version):
        if item.short not in known:
            found.setdefault(item.short, item)
    return list(found.values())


def _of_profile(comparison: Comparison, version: Version) -> set[str]:
    """The abbreviations that the profile and the language know without a definition."""
    own = {
        word
        for body in comparison.rules.bodies_by_key.values()
        for name in (*body.names.get(version.code, ()), *body.short.get(version.code, ()))
        for word in re.findall(r"[^\W\d_]{2,}", name)
        if word.isupper()
    }
    # What is known without a definition in English is known in any language.
    own |= set(version.language.data.get("abbreviations", ())) | set(load("en").data.get("abbreviations", ()))
    states = {
        phrase
        for phrases in version.language.states.phrases.values()
        for phrase in phrases
        if phrase.isupper()
    }
    return own | states


def _nearly(one: str, other: str) -> bool:
    """Whether one abbreviation is the other with a letter changed, left out, added or exchanged."""
    if one == other or abs(len(one) - len(other)) > _EDITS or min(len(one), len(other)) < 3:
        return False
    if sorted(one) == sorted(other):
        return True
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
