"""The glossary: what a thing is called in each language, and where a text says it, by stem.

A concept has one word or more in each language, each valid for a time, with the inflected forms
that are worth offering and the variants that are not to be used.  The profile's own list stands
first; concepts brought in from a file take the place of the profile's of the same name.

Words are found by stem, so "государствами-членами" is the term "государства-члены".  A forbidden
variant that differs from its term by inflection alone ("орталықтарының форумы" for "орталықтары
форумы") is found by its letters, since its stem is the term's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow.concordance.words import Lexicon, Mention
from workflow.letters.calendar import holds
from workflow.letters.organisation import Profile
from workflow.memory import words
from workflow.models import GlossaryEntry


@dataclass(frozen=True)
class Entry:
    """One word of a concept in one language; `origin` is "" for the profile's own."""

    concept: str
    language: str
    term: str
    forms: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    note: str = ""
    since: date | None = None
    until: date | None = None
    origin: str = ""


@dataclass(frozen=True)
class Glossary:
    """All entries, by concept, and the lexicons that were made of them, by language and day."""

    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    _lexicons: dict[tuple[str, date], Lexicon[Entry]] = field(default_factory=dict, compare=False, repr=False)

    def lexicon(self, language: str, day: date) -> Lexicon[Entry]:
        """The words of a language that are valid on a day, to be found in texts."""
        if (language, day) not in self._lexicons:
            valid = [one for one in self.all() if one.language == language and holds(one, day)]
            self._lexicons[language, day] = _lexicon(language, ((one, _phrases(one)) for one in valid))
        return self._lexicons[language, day]

    def words(self, concept: str, language: str, day: date | None = None) -> tuple[Entry, ...]:
        """What a concept is called in a language, on a day where one is given."""
        return tuple(
            entry
            for entry in self.entries.get(concept, ())
            if entry.language == language and (day is None or holds(entry, day))
        )

    def all(self) -> list[Entry]:
        """Every entry, concept by concept."""
        return [entry for entries in self.entries.values() for entry in entries]


@dataclass(frozen=True)
class Use:
    """A concept that a source text names, and what its translation makes of it.

    `places` are where the source names it; `target` is the word to use, None where the glossary has
    none in that language; `used` says that the translation has it, and `wrong` where it has a
    forbidden variant instead.
    """

    concept: str
    source: Entry
    places: tuple[tuple[int, int], ...]
    target: Entry | None
    used: bool
    wrong: tuple[tuple[int, int, str], ...]


def of(profile: Profile, brought_in: Iterable[GlossaryEntry] = ()) -> Glossary:
    """The glossary of a profile, with the entries that were brought in from files."""
    found: dict[str, tuple[Entry, ...]] = {}
    for concept, languages in profile.glossary.items():
        found[concept] = tuple(
            Entry(concept, code, w.term, w.forms, w.forbidden, w.note, w.since, w.until)
            for code, given in languages.items()
            for w in given
        )
    rows: dict[str, list[Entry]] = {}
    for row in brought_in:
        rows.setdefault(row.concept, []).append(
            Entry(
                row.concept,
                row.language,
                row.term,
                tuple(row.forms),
                tuple(row.forbidden),
                row.note,
                row.since,
                row.until,
                row.origin,
            )
        )
    found.update({concept: tuple(entries) for concept, entries in rows.items()})
    return Glossary(found)


def uses(
    glossary: Glossary, language: str, other: str, source: str, target: str, day: date
) -> tuple[Use, ...]:
    """The concepts that `source` names, in the order in which it names them, and their use in `target`."""
    places: dict[Entry, list[tuple[int, int]]] = {}
    for mention in _found(glossary.lexicon(language, day), language, source):
        places.setdefault(mention.value, []).append((mention.start, mention.end))
    named = {entry.concept for entry in places}
    right = {
        phrase.casefold()
        for concept in named
        for entry in glossary.words(concept, other, day)
        for phrase in _phrases(entry)
    }
    result = []
    for entry, at in places.items():
        there = next(iter(glossary.words(entry.concept, other, day)), None)
        used, wrong = _use(there, other, target, right) if there else (False, ())
        result.append(Use(entry.concept, entry, tuple(at), there, used, wrong))
    return tuple(result)


def says(entry: Entry, query: str) -> bool:
    """Whether an entry has `query` in its words: the letters, or the stems one after another."""
    everything = (entry.concept, entry.term, *entry.forms, *entry.forbidden, entry.note)
    if any(query.casefold() in text.casefold() for text in everything):
        return True
    wanted = _stems(entry.language, query)
    return bool(wanted) and any(
        wanted == stems[at : at + len(wanted)]
        for stems in (_stems(entry.language, text) for text in everything[1:])
        for at in range(len(stems))
    )


def _phrases(entry: Entry) -> tuple[str, ...]:
    return (entry.term, *entry.forms)


def _lexicon(language: str, given: Iterable[tuple[Entry, Sequence[str]]]) -> Lexicon[Entry]:
    lexicon: Lexicon[Entry] = Lexicon(words.stemmer(language), words.spaced(language))
    for entry, phrases in given:
        for phrase in phrases:
            lexicon.add(phrase, entry)
    return lexicon


def _found(lexicon: Lexicon[Entry], language: str, text: str) -> list[Mention[Entry]]:
    return lexicon.find(text, words.stemmer(language).words(text))


def _use(
    entry: Entry, language: str, target: str, right: set[str]
) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """Whether a translation has the term, and its forbidden variants as (start, end, variant)."""
    stems = {_stems(language, phrase) for phrase in _phrases(entry)}
    by_stem = [
        variant
        for variant in entry.forbidden
        if _stems(language, variant) not in stems and variant.casefold() not in right
    ]
    lexicon = _lexicon(language, [(entry, _phrases(entry))])
    marked = Entry(entry.concept, language, "\0forbidden")
    for variant in by_stem:
        lexicon.add(variant, marked)
    wrong = []
    used = False
    for mention in _found(lexicon, language, target):
        if mention.value is marked:
            wrong.append((mention.start, mention.end, mention.phrase))
        else:
            used = True
    for variant in entry.forbidden:
        if _stems(language, variant) in stems:
            wrong += [(m.start(), m.end(), variant) for m in _literal(variant).finditer(target)]
    if wrong and used:
        # A place that is forbidden to the letter is not the term's, though it has its stem.
        bad = {at for start, end, _ in wrong for at in range(start, end)}
        used = any(
            mention.value is not marked and mention.start not in bad
            for mention in _found(lexicon, language, target)
        )
    return used, tuple(sorted(wrong))


def _literal(variant: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(variant)}(?!\w)", re.IGNORECASE)


def _stems(language: str, phrase: str) -> tuple[str, ...]:
    return tuple(word.stem for word in words.words(language, phrase))
