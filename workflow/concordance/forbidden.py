"""Words that the glossary forbids: a variant in one version where another version names the thing.

The glossary says for each concept the word to use in a language, from a day to a day, and variants
that are not to be used for it.  A variant alone is no fault: "report" is wrong for what the others
call a summary, and right for a report.  So a version is at fault where another one names the
concept by its word more often than it does, and it has the variant in the place of the word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from workflow.concordance.context import Comparison
from workflow.concordance.differences import Row
from workflow.concordance.facts import Reading, whole
from workflow.concordance.language import Language
from workflow.concordance.roles import ADDRESSEE, ENCLOSURE
from workflow.concordance.types import ERROR, WARNING
from workflow.concordance.words import Lexicon
from workflow.errors import Phrase
from workflow.letters.calendar import Period, holds

# What another comparison already says of the same words is one fault, and is said once.
_SAID_BY = frozenset(
    {"enclosed-noun", "act", "availability", "opening", "closing", "name-form", "abbreviation"}
)
# Words with one stem begin alike.
_HEAD = 3
# A variant in the title of another document, in an address or in the name of a body stands as it is.
_NOT_WITHIN = ("title", "url", "email", "institution")


class Term(Period, Protocol):
    """One word of a concept: of the profile's glossary, or of one that was brought in."""

    @property
    def term(self) -> str: ...
    @property
    def forms(self) -> tuple[str, ...]: ...
    @property
    def forbidden(self) -> tuple[str, ...]: ...


Terms = Mapping[str, Mapping[str, Sequence[Term]]]
"""Concept → language → its words."""


@dataclass(frozen=True)
class Sense:
    """What a phrase is for a concept: its word, a forbidden variant, or its word of another time."""

    concept: str
    kind: str


WORD, VARIANT, OUTDATED = "word", "variant", "outdated"


@dataclass(frozen=True)
class Place:
    """Where a paragraph has a phrase of a concept."""

    sense: Sense
    start: int
    end: int


@dataclass
class Vocabulary:
    """The phrases of one language on one day, and the word to use for each concept."""

    lexicon: Lexicon[tuple[Sense, ...]]
    literal: list[tuple[Sense, re.Pattern[str]]] = field(default_factory=list)
    preferred: dict[str, str] = field(default_factory=dict)

    def find(self, reading: Reading) -> list[Place]:
        """The phrases in a paragraph; a variant to the letter takes the place of the word with its stem."""
        text = reading.text
        exact = [
            Place(sense, match.start(), match.end())
            for sense, pattern in self.literal
            for match in pattern.finditer(text)
        ]
        places = [
            Place(sense, mention.start, mention.end)
            for mention in self.lexicon.find(text, reading.words)
            for sense in mention.value
            if not any(
                one.sense.concept == sense.concept and one.start < mention.end and mention.start < one.end
                for one in exact
            )
        ]
        standing = [fact for kind in _NOT_WITHIN for fact in reading.facts.get(kind, ())]
        return [
            place
            for place in (*places, *exact)
            if place.sense.kind == WORD
            or not any(fact.start <= place.start and place.end <= fact.end for fact in standing)
        ]


def vocabulary(language: Language, terms: Terms, day: date | None) -> Vocabulary:
    """What a glossary says in a language on a day; on every day where it is not known."""
    senses: dict[tuple[str, ...], tuple[str, list[Sense]]] = {}
    known = Vocabulary(Lexicon(language.stemmer, language.spaced))
    for concept, languages in terms.items():
        given = languages.get(language.code, ())
        now = [one for one in given if day is None or holds(one, day)]
        if not now:
            continue
        known.preferred[concept] = now[0].term
        right = {
            key: phrase for one in now for phrase in (one.term, *one.forms) if (key := _key(language, phrase))
        }
        for key, phrase in right.items():
            senses.setdefault(key, (phrase, []))[1].append(Sense(concept, WORD))
        for kind, phrases in (
            (VARIANT, [phrase for one in now for phrase in one.forbidden]),
            (OUTDATED, [one.term for one in given if one not in now]),
        ):
            for phrase in phrases:
                key, sense = _key(language, phrase), Sense(concept, kind)
                if key in right and kind == VARIANT and phrase.casefold() != right[key].casefold():
                    known.literal.append((sense, _literal(phrase)))
                elif key and key not in right and sense not in senses.setdefault(key, (phrase, []))[1]:
                    senses[key][1].append(sense)
    for phrase, found in senses.values():
        known.lexicon.add(phrase, tuple(found))
    return known


def _key(language: Language, phrase: str) -> tuple[str, ...]:
    if not language.spaced:
        return (phrase,) if phrase else ()
    return tuple(word.stem for word in language.stemmer.words(phrase))


def _literal(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def compare(comparison: Comparison, rows: Iterable[Row]) -> None:
    """Finds forbidden variants in rows of paragraphs that say the same, and in the lines beside them."""
    # A concept that one version alone has words for says nothing of the others.
    terms = _that_matter(
        {
            concept: languages
            for concept, languages in comparison.glossary.items()
            if sum(bool(languages.get(code)) for code in comparison.versions) > 1
        }
    )
    if not terms:
        return
    known = {
        code: vocabulary(version.language, terms, comparison.day)
        for code, version in comparison.versions.items()
    }
    for row in [*rows, *_beside(comparison)]:
        if len(row) > 1:
            _compare_row(comparison, row, {code: known[code].find(row[code]) for code in row}, known)


def _that_matter(terms: Terms) -> Terms:
    """The concepts with a variant or a word of another time, and those whose word may be one of these.

    A glossary may have thousands of concepts, and most of them forbid nothing.
    """
    heads = {
        (code, phrase[:_HEAD].casefold())
        for languages in terms.values()
        for code, given in languages.items()
        for one in given
        for phrase in (*one.forbidden, *((one.term,) if len(given) > 1 else ()))
    }
    return {
        concept: languages
        for concept, languages in terms.items()
        if any(
            len(given) > 1
            or one.forbidden
            or any((code, phrase[:_HEAD].casefold()) in heads for phrase in (one.term, *one.forms))
            for code, given in languages.items()
            for one in given
        )
    }


def _beside(comparison: Comparison) -> list[Row]:
    """The lines of enclosure and of the addressee, where each version has as many."""
    found: list[Row] = []
    for role in (ENCLOSURE, ADDRESSEE):
        lines = {code: version.role(role) for code, version in comparison.versions.items()}
        if len({len(readings) for readings in lines.values()}) == 1:
            count = len(next(iter(lines.values())))
            found += [{code: readings[at] for code, readings in lines.items()} for at in range(count)]
    return found


def _compare_row(
    comparison: Comparison,
    row: Row,
    places: Mapping[str, Sequence[Place]],
    known: Mapping[str, Vocabulary],
) -> None:
    counts = {code: Counter(place.sense for place in found) for code, found in places.items()}
    for code, found in places.items():
        for place in found:
            sense = place.sense
            if sense.kind == WORD or _is_right(place, code, places, counts):
                continue
            severity = _severity(sense, code, counts)
            if severity:
                _report(comparison, row, code, place, known, severity)


def _is_right(
    place: Place,
    code: str,
    places: Mapping[str, Sequence[Place]],
    counts: Mapping[str, Counter[Sense]],
) -> bool:
    """Whether the same words are the word of another concept, which another version names too."""
    return any(
        other.sense.kind == WORD
        and (other.start, other.end) == (place.start, place.end)
        and any(there[other.sense] for name, there in counts.items() if name != code)
        for other in places[code]
    )


def _severity(sense: Sense, code: str, counts: Mapping[str, Counter[Sense]]) -> str:
    """How grave a variant is: an error where another version has the word; empty where it is none."""
    word = Sense(sense.concept, WORD)
    mine = counts[code]
    others = [there for name, there in counts.items() if name != code]
    if any(there[word] > mine[word] and there[sense] < mine[sense] for there in others):
        return ERROR
    by_variant = all(there[sense] and not there[word] for there in counts.values())
    # All versions agree, on words that the organisation does not want; what two of them share may be another thing.
    return WARNING if sense.kind == VARIANT and by_variant and len(counts) > 2 else ""


def _report(
    comparison: Comparison,
    row: Row,
    code: str,
    place: Place,
    known: Mapping[str, Vocabulary],
    severity: str,
) -> None:
    reading = row[code]
    surface = whole(reading.text, place.start, place.end)
    if any(
        finding.type in _SAID_BY
        and finding.paragraphs.get(code) == reading.number
        and (quote := finding.quotes.get(code, ""))
        and (surface in quote or quote in surface)
        for finding in comparison.findings
    ):
        return
    quotes = {code: (surface, reading.number)}
    for other, there in row.items():
        if other != code:
            named = next(
                (one for one in known[other].find(there) if one.sense.concept == place.sense.concept), None
            )
            if named:
                quotes[other] = (whole(there.text, named.start, named.end), there.number)
    values = {
        "language": comparison.name(code),
        "form": surface,
        "term": known[code].preferred[place.sense.concept],
    }
    message = (
        Phrase(
            "“%(form)s” in %(language)s is not to be used here, says the glossary. Write “%(term)s”.",
            **values,
        )
        if place.sense.kind == VARIANT
        else Phrase(
            "“%(form)s” in %(language)s is not the word of the glossary on the note’s date. Write “%(term)s”.",
            **values,
        )
    )
    comparison.add("forbidden-term", [code], quotes, message, severity)
