"""Names of bodies, states and places: the same in each version, right for the date, one form in a version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise

from workflow.concordance import wording
from workflow.concordance.context import Comparison, Version, place, places
from workflow.concordance.differences import Difference, Row, difference
from workflow.concordance.facts import Reading
from workflow.concordance.language import DatedName
from workflow.concordance.roles import LETTERHEAD, PLACE_DATE, PROSE
from workflow.concordance.types import ERROR, WARNING
from workflow.concordance.words import Lexicon, Word
from workflow.errors import Phrase

_NAMED = {
    "institution": Phrase(
        "The institutions named are not the same: %(shown)s. Name the same in each version."
    ),
    "state": Phrase("The states named are not the same: %(shown)s. Name the same in each version."),
    "place": Phrase("The places named are not the same: %(shown)s. Name the same in each version."),
}
_WEAK_PREFIX = 4
LONG_NAME = 3
_SPELLINGS = 0.65


def compare_row(comparison: Comparison, row: Row) -> bool:
    """Compares the names in paragraphs that say the same; says whether another body is named."""
    other_body = False
    for kind in ("state", "place", "institution"):
        found = difference({code: _keys(reading, kind, row) for code, reading in row.items()})
        for code, reading in row.items():
            if found.surplus[code]:
                continue
            kept = {key for key in found.missing[code] if not _hinted(comparison, reading, kind, key)}
            found.missing[code].intersection_update(kept)
        _forget_unmatched_surplus(row, found, kind)
        if kind == "institution":
            _add_strangers(comparison, row, found)
            other_body = bool(found.languages)
        if found.languages:
            _report(comparison, row, kind, found)
    return other_body


def _add_strangers(comparison: Comparison, row: Row, found: Difference) -> None:
    """A body that one version names and no other has anywhere, though each has a name for it."""
    for code, reading in row.items():
        for key in reading.keys("institution"):
            body = comparison.rules.bodies_by_key[str(key)]
            others = [version for other, version in comparison.versions.items() if other != code]
            named = any(key in r.keys("institution") for version in others for r in version.readings)
            long = any(
                fact.key == key and len(reading.text[fact.start : fact.end].split()) >= LONG_NAME
                for fact in reading.facts["institution"]
            )
            addressed = reading.language.addressees.find(*_name_words(reading, key))
            if long and not named and not addressed and all(body.names.get(v.code) for v in others):
                found.surplus[code].add(key)


def _name_words(reading: Reading, key: object) -> tuple[str, list[Word]]:
    fact = next(fact for fact in reading.facts["institution"] if fact.key == key)
    return reading.text, [word for word in reading.words if fact.start <= word.start < fact.end]


def _keys(reading: Reading, kind: str, row: Row) -> set[object]:
    keys = reading.keys(kind)
    if kind == "place":
        ambiguous = set().union(*(other.language.ambiguous_places for other in row.values()))
        keys = keys - ambiguous
    return keys


def _forget_unmatched_surplus(row: Row, found: Difference, kind: str) -> None:
    """A name that one version adds is a difference only where another version lacks it."""
    missing = set().union(*found.missing.values())
    for code in row:
        unmatched = not found.missing[code] and not (found.surplus[code] & missing)
        if unmatched and (kind == "institution" or not missing):
            found.surplus[code].clear()
        if kind == "institution" and found.missing[code] and not found.surplus[code]:
            others = set().union(*(found.surplus[other] for other in row if other != code))
            found.missing[code].difference_update(others - missing)


def _hinted(comparison: Comparison, reading: Reading, kind: str, key: object) -> bool:
    """Whether a name is there in another shape: an adjective, a short form, elsewhere in the version."""
    language = reading.language
    if kind == "state" and key in reading.keys("demonym"):
        return True
    if kind == "institution":
        elsewhere = comparison.versions[language.code].readings
        return any(key in other.keys("institution") for other in elsewhere) or _unknown(
            comparison, language.code, key
        )
    lexicon: Lexicon[str] = language.states if kind == "state" else language.places
    phrases = lexicon.phrases.get(str(key), [])
    if not phrases:
        return True
    if not language.spaced:
        return any(phrase[:2] in reading.text for phrase in phrases)
    prefixes = {
        stem[:_WEAK_PREFIX] for phrase in phrases for stem in (language.stemmer.stem(phrase.split()[0]),)
    }
    if any(word.stem.startswith(prefix) for word in reading.words for prefix in prefixes):
        return True
    # A city's name is written in several ways in another script; a state's is not.
    return kind == "place" and any(
        word.capital and len(word.text) >= _WEAK_PREFIX and _alike(word.stem, language.stemmer.stem(phrase))
        for word in reading.words
        for phrase in phrases
    )


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SPELLINGS


def _unknown(comparison: Comparison, code: str, key: object) -> bool:
    """Whether the profile has no name of a body in a language, so that its absence says nothing."""
    body = comparison.rules.bodies_by_key.get(str(key))
    return body is None or not body.names.get(code)


def _report(comparison: Comparison, row: Row, kind: str, found: Difference) -> None:
    wanted = {code: found.surplus[code] or set().union(*found.missing.values()) for code in row}
    shown = comparison.beside(
        {code: _shown(reading, kind, reading.keys(kind)) for code, reading in row.items()}
    )
    comparison.add(
        kind,
        found.languages,
        places(row, kind, wanted),
        Phrase(_NAMED[kind].message, shown=shown),
    )


def _shown(reading: Reading, kind: str, keys: Iterable[object]) -> str:
    return wording.listed(wording.quoted(reading.quote(kind, {key})) for key in sorted(keys, key=str))


def compare_place_line(comparison: Comparison, row: Row) -> None:
    """Compares the place of issue; a place that no data know is compared by its sound."""
    known = {
        code: _keys(reading, "place", row) | _keys(reading, "state", row) for code, reading in row.items()
    }
    if all(known.values()):
        found = difference(known)
        if found.languages:
            comparison.add(
                "place",
                found.languages,
                {code: place(reading) for code, reading in row.items()},
                Phrase(
                    "The place of issue is not the same. Write the place of the source, by its name in each language."
                ),
            )
        return
    from workflow.concordance.sound import alike, place_words

    spoken = {code: place_words(reading) for code, reading in row.items()}
    spoken = {code: sound for code, sound in spoken.items() if sound}
    codes = list(spoken)
    for code in codes:
        others = [other for other in codes if other != code]
        if others and not any(alike(spoken[code], spoken[other]) for other in others):
            agreeing = len(others) > 1 and alike(spoken[others[0]], spoken[others[1]])
            comparison.add(
                "place",
                [code] if agreeing else codes,
                {c: place(reading) for c, reading in row.items()},
                Phrase(
                    "The place of issue in %(language)s does not sound like that of the other versions. "
                    "Write the place of the source, by its name in each language.",
                    language=comparison.name(code),
                ),
                # Many a city has another name in another language, which no data may know.
                WARNING,
            )
            return


def check_dates(comparison: Comparison, version: Version, day: date | None) -> None:
    """Finds names of states and places that were not in force on the note's date."""
    if day is None:
        return
    rows = [*comparison.rules.dated.get(version.code, ()), *version.language.dated]
    own = {row.name for row in comparison.rules.dated.get(version.code, ())}
    rows = [row for row in rows if row.name not in own or row in comparison.rules.dated.get(version.code, ())]
    lexicon: Lexicon[str] = Lexicon(version.language.stemmer, version.language.spaced)
    right: dict[str, bool] = {}
    for row in rows:
        lexicon.add(row.name, row.name, proper=True)
        right[row.name] = right.get(row.name, False) or row.holds(day)
    for reading in version.readings:
        for mention in lexicon.find(reading.text, reading.words):
            if not right[mention.value]:
                _report_dated(comparison, version, reading, mention.value, rows, day)


def _report_dated(
    comparison: Comparison, version: Version, reading: Reading, name: str, rows: list[DatedName], day: date
) -> None:
    row = next(row for row in rows if row.name == name)
    instead = [
        other.name for other in rows if other.key == row.key and other.name != name and other.holds(day)
    ]
    values = {"name": name, "language": wording.name(version.language), "day": day.isoformat()}
    message = (
        Phrase(
            "“%(name)s” in %(language)s was not the name in force on %(day)s. Write %(right)s.",
            **values,
            right=instead[0],
        )
        if instead
        else Phrase(
            "“%(name)s” in %(language)s was not the name in force on %(day)s. "
            "Write the name that was in force then.",
            **values,
        )
    )
    quotes = {version.code: place(reading, name)}
    for code, other in comparison.versions.items():
        same = [r for r in other.readings if r.part.role == reading.part.role] if code != version.code else []
        if same:
            quotes[code] = place(same[0])
    comparison.add(
        row.kind,
        [version.code],
        quotes,
        message,
    )


def check_forms(comparison: Comparison, version: Version) -> None:
    """Finds bodies that one version names in two ways, and variants that the profile forbids."""
    language = version.language
    for key, body in comparison.rules.bodies_by_key.items():
        forbidden = {_inner(name, version) for name in body.forbidden.get(version.code, ())}
        canonical = {_inner(name, version) for name in body.names.get(version.code, ())}
        canonical |= {_inner(name, version) for name in body.short.get(version.code, ())}
        for reading in version.readings:
            if reading.part.role == LETTERHEAD:
                continue
            for fact in reading.facts["institution"]:
                surface = reading.text[fact.start : fact.end]
                inner = _inner(surface, version)
                # Cases of the inner words are free except where the language fixes them (Kazakh).
                wrong = inner in forbidden or (language.data.get("repeat") and inner not in canonical)
                if fact.key == key and wrong:
                    name = body.names.get(version.code, ("",))[0]
                    comparison.add(
                        "name-form",
                        [version.code],
                        {version.code: place(reading, surface)},
                        Phrase(
                            "%(language)s names one body in two ways: “%(form)s” is not the form of the profile. "
                            "Write “%(name)s” throughout.",
                            language=wording.name(language),
                            form=surface,
                            name=name,
                        ),
                        ERROR if inner in forbidden else WARNING,
                    )


def _inner(name: str, version: Version) -> str:
    """A name as it is compared for one form: as written, with only the last word cut to its stem."""
    language = version.language
    words = language.stemmer.words(name) if language.spaced else []
    if not words:
        return name
    gaps = [name[one.end : other.start].strip() for one, other in pairwise(words)]
    fixed = language.data.get("repeat")
    shown = [word.text.lower() if fixed else word.stem for word in words[:-1]] + [words[-1].stem]
    return "".join(f"{word} {gap}" for word, gap in zip(shown, [*gaps, ""], strict=True))


__all__ = ["PLACE_DATE", "PROSE", "check_dates", "check_forms", "compare_place_line", "compare_row"]
