"""The smaller nouns of a profile: languages, kinds of letter, markings, terms, places, heads.

Each has a frozen dataclass and the function that reads it from its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflow.letters.calendar import DateFormat, overlap
from workflow.letters.language import LanguageFacts
from workflow.letters.layout import ROLES
from workflow.letters.members import CERTAINTY
from workflow.letters.schema import Section
from workflow.letters.wording import ADDRESSEE_KINDS, UNITS, Wording

STANDINGS = ("authentic", "courtesy")
AUTHENTICATIONS = ("none", "initials", "seal", "signature")
ENCLOSURE_PLACES = ("margin", "flow")
ADDRESSEE_PLACES = ("page_foot", "flow")
# One list level of paragraphs each; "" leaves the level unnumbered.
NUMBERINGS = ("{n}.", "{n}", ".{n}", "{n})", "({n})", "({letter})", "{letter})", "({roman})", "•", "–", "")


@dataclass(frozen=True)
class Language:
    """A language of the organisation.

    `standing` is "authentic" or "courtesy" and says nothing about `required`;
    `numbered` says that the version prints the note's number, `letterhead`
    that it carries the letterhead; `letterheads` are the
    languages that stand side by side in it, where they are not the profile's.
    """

    code: str
    standing: str
    required: bool
    numbered: bool
    letterhead: bool
    letterheads: tuple[str, ...]
    facts: LanguageFacts
    dates: DateFormat
    wording: Wording

    @property
    def own_name(self) -> str:
        """What the language calls itself."""
        return self.facts.own_name

    @property
    def direction(self) -> str:
        """ "ltr" or "rtl"."""
        return self.facts.direction


@dataclass(frozen=True)
class Kind:
    """A kind of letter: what it must have, to whom it goes, and in which order its parts stand.

    `addressee` is collective or individual; `addressee_as` says which formulas an individual one gets:
    those for a state, a mission or a person.
    """

    name: str
    titles: Mapping[str, str]
    series: str
    level: str
    addressee: str
    addressee_as: str
    addressee_class: str
    addressee_at: str
    enclosure_at: str
    enclosure_required: bool
    authentication: str
    authentication_space: float
    numbering: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True)
class Marking:
    """How a document is handled: whether it may go by e-mail, and whether it may be published."""

    name: str
    mail: bool
    publish: bool
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Term:
    """A word of the organisation: language → form → text; the first form is the nominative."""

    key: str
    forms: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class GlossaryWord:
    """The word to use in one language from `since` to `until`, and the variants that are not to be used for it.

    `forms` are inflected forms that are offered to be written, or that no stemming would find.
    """

    term: str
    forbidden: tuple[str, ...]
    note: str
    forms: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Place:
    """A place's name from `since` to `until` (both included): language → form → text."""

    key: str
    names: Mapping[str, Mapping[str, str]]
    since: date | None
    until: date | None
    source: str
    certainty: str


@dataclass(frozen=True)
class Head:
    """The title of the organisation's head from `since` to `until` (both included)."""

    key: str
    since: date | None
    until: date | None
    source: str
    certainty: str


@dataclass(frozen=True)
class Unit:
    """In what each language counts an enclosure: "pages" or "sheets"; sheets depend on the sides printed."""

    words: Mapping[str, str]
    simplex: bool

    def count(self, language: str, pages: int) -> int:
        """How many units `pages` pages are."""
        if self.words[language] == "pages" or self.simplex:
            return pages
        return (pages + 1) // 2


@dataclass(frozen=True)
class MailSettings:
    """Mail of the organisation: the size above which only links are sent, and the sender's name."""

    size_cap_bytes: int
    from_name: Mapping[str, str]


def read_kind(name: str, table: Section, wordings: Mapping[str, Wording]) -> Kind:
    """One table [kinds.<name>]."""
    kind = Kind(
        name=name,
        titles=labels(table, "kinds", name, {code: words.kinds for code, words in wordings.items()}),
        series=table.text("series"),
        level=table.text("level"),
        addressee=table.choice("addressee", ("collective", "individual")),
        addressee_as=table.choice("addressee_as", ADDRESSEE_KINDS[1:], "state"),
        addressee_class=table.text("addressee_class"),
        addressee_at=table.choice("addressee_at", ADDRESSEE_PLACES, "page_foot"),
        enclosure_at=table.choice("enclosure_at", ENCLOSURE_PLACES, "margin"),
        enclosure_required=table.flag("enclosure_required", False),
        authentication=table.choice("authentication", AUTHENTICATIONS, "none"),
        authentication_space=table.number("authentication_space", 18, 0, 60),
        numbering=table.lines("numbering"),
        order=table.lines("order", True),
    )
    for part in kind.order:
        if part not in ROLES:
            table.fault(f"“{part}” in “order” is not a part of a letter; use {', '.join(ROLES)}.")
    for part in ("body", "number", "addressee", "acknowledgement"):
        if kind.order.count(part) != 1:
            table.fault(f"“order” has to name “{part}” once.")
    if len(set(kind.order)) != len(kind.order):
        table.fault("“order” names a part twice; keep each once.")
    for label in kind.numbering:
        if label not in NUMBERINGS:
            table.fault(
                f"“{label}” in “numbering” is not known; use {', '.join(NUMBERINGS[:-1])} or an empty text."
            )
    for code, words in wordings.items():
        if kind.level not in words.formulas:
            table.fault(
                f"languages/{code}.toml has no [formulas.{kind.level}.…]; add the formulas of that level."
            )
        if kind.addressee_class not in words.addressees:
            table.fault(f"languages/{code}.toml has no [addressees.{kind.addressee_class}]; add it.")
        who = kind.addressee if kind.addressee == "collective" else kind.addressee_as
        if kind.level in words.formulas and words.formula(kind.level, who) is None:
            table.fault(
                f"languages/{code}.toml has no [formulas.{kind.level}.{who}] and none for any; add one of them."
            )
        if kind.authentication in ("initials", "seal") and not getattr(words, kind.authentication):
            table.fault(
                f"languages/{code}.toml has no words.{kind.authentication}; add the text of the slot."
            )
    table.finish()
    return kind


def read_marking(name: str, table: Section, wordings: Mapping[str, Wording]) -> Marking:
    """One table [markings.<name>]."""
    titles = labels(table, "markings", name, {code: words.markings for code, words in wordings.items()})
    marking = Marking(name, table.flag("mail", False), table.flag("publish", False), titles)
    if marking.publish and not marking.mail:
        table.fault("“publish” is true and “mail” is false; what may be published may be mailed.")
    table.finish()
    return marking


def labels(table: Section, group: str, name: str, texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What each language calls `name` of a group; a fault for each language that has no word for it."""
    for code, known in texts.items():
        if name not in known:
            table.fault(f"languages/{code}.toml [{group}] has no “{name}”; add its text.")
    return {code: known.get(name, "") for code, known in texts.items()}


def read_place(row: Section, languages: tuple[str, ...]) -> Place:
    """One table [[places]]."""
    names = row.section("names", True)
    place = Place(
        key=row.text("key"),
        names={code: names.forms(code) for code in languages},
        since=row.day("from"),
        until=row.day("until"),
        source=row.text("source"),
        certainty=row.choice("certainty", CERTAINTY),
    )
    for code, forms in place.names.items():
        for form in ("nominative", "line"):
            if form not in forms and forms:
                names.fault(f"“{code}” has no form “{form}”; the line of place and date needs “line”.")
    names.finish()
    row.finish()
    return place


def read_glossary_words(concept: Section, code: str) -> tuple[GlossaryWord, ...]:
    """What one concept is called in a language: a table, or a list of tables where it changes by date."""
    given = concept.values.get(code)
    found = []
    for row in concept.rows(code) if isinstance(given, list) else [concept.section(code, True)]:
        word = GlossaryWord(
            term=row.text("term"),
            forbidden=row.lines("forbidden"),
            note=row.text("note", ""),
            forms=row.lines("forms"),
            since=row.day("from"),
            until=row.day("until"),
        )
        row.finish()
        found.append(word)
    if overlap(found):
        concept.fault(f"“{code}” has two words on one day; end the earlier before the later begins.")
    return tuple(found)


def read_head(row: Section, wordings: Mapping[str, Wording]) -> Head:
    """One table [[heads]]."""
    key = row.text("key")
    labels(row, "heads", key, {code: words.heads for code, words in wordings.items()})
    head = Head(
        key=key,
        since=row.day("from"),
        until=row.day("until"),
        source=row.text("source"),
        certainty=row.choice("certainty", CERTAINTY),
    )
    row.finish()
    return head


def read_unit(section: Section, languages: tuple[str, ...]) -> Unit:
    """The table [unit]."""
    unit = Unit({code: section.choice(code, UNITS) for code in languages}, section.flag("simplex", True))
    section.finish()
    return unit
