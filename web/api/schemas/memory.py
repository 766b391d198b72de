"""The translation memory, the glossary, and what may be suggested for a paragraph."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import Day, Input, Line, Output, Text, Word


class MatchesQuery(Input):
    """Which text is to be matched, from which language into which."""

    source: Annotated[Word, Field(description="Language of the text.", examples=["en"])]
    target: Annotated[Word, Field(description="Language to translate into.", examples=["ru"])]
    text: Annotated[Text, Field(min_length=1, examples=["The documents are available."])]


class Change(Output):
    """A stretch of a text beside another one: the same, taken out (del), or added (ins)."""

    kind: Literal["same", "del", "ins"]
    text: str


class Origin(Output):
    """Where a pair comes from: a note by its number, or a file; and of which day it is."""

    note: str | None
    file: str | None
    day: date


class Match(Output):
    """An earlier translation. `kind`: the very text (exact), the same but for slots, numbers and dates
    (slots), or alike (fuzzy).

    `suggestion` is the earlier target written for the text that was asked about, slots as `{name}`;
    `whole` says that nothing is left to be mended by hand; `difference` leads from the earlier
    source to the one that was asked about.
    """

    kind: Literal["exact", "slots", "fuzzy"]
    percent: int
    source: str
    target: str
    suggestion: str
    whole: bool
    backwards: bool
    difference: list[Change]
    origin: Origin


class Matches(Output):
    """The matches, best first."""

    items: list[Match]
    next: None = None


class SearchQuery(Input):
    """A phrase; in one language and with its other text in another, where asked."""

    q: Annotated[Line, Field(min_length=1, description="The phrase; found whatever its inflection.")]
    language: Word | None = None
    other: Word | None = None


class Place(Output):
    """Where a word stands in a text: first sign, and the one after its last."""

    start: int
    end: int


class Hit(Output):
    """A pair that says the phrase: `source` is in the language of the phrase, `places` are its words there."""

    source_language: str
    target_language: str
    source: str
    target: str
    places: list[Place]
    together: Annotated[bool, Field(description="Whether the words stand one after another.")]
    origin: Origin


class Hits(Output):
    """The pairs, those with the whole phrase first, the newest of them first."""

    items: list[Hit]
    next: None = None


class ExportQuery(Input):
    """Only these languages, where asked."""

    source: Word | None = None
    target: Word | None = None


class ImportFile(Input):
    """A file; with `dry_run` it is only tried."""

    file: UploadFile
    dry_run: bool = False


class Imported(Output):
    """What was brought in, or would be, and what was there already."""

    new: int
    known: int
    dry_run: bool


class GlossaryQuery(Input):
    """Part of a term, a language, a day on which words are valid, where asked."""

    q: Line | None = None
    language: Word | None = None
    day: Day | None = None


class GlossaryWord(Output):
    """A word of a concept; `origin` is the file that it was brought in from, null for the profile's own."""

    concept: str
    language: str
    term: str
    forms: list[str]
    forbidden: list[str]
    note: str
    since: date | None
    until: date | None
    origin: str | None


class GlossaryWords(Output):
    """Words, concept by concept."""

    items: list[GlossaryWord]
    next: None = None


class GlossaryExportQuery(Input):
    """The edition of ISO 30042: 2008 is what most tools read."""

    edition: Literal["2008", "2019"] = "2008"


class TermUse(Output):
    """A term that the paragraph names: what to write for it, whether it is written, and what must not be."""

    concept: str
    source: str
    target: str | None
    forms: list[str]
    used: bool
    forbidden: list[str]
    wrong: list[str]


class MachineSuggestion(Output):
    """What a machine answered; `unread` while the paragraph's text is this one and nobody confirmed it."""

    id: int
    engine: str
    text: str
    asked_at: datetime
    confirmed_at: datetime | None
    unread: bool


class Suggestions(Output):
    """What is there for a paragraph: the memory first, then terms, then what a machine answered."""

    matches: list[Match]
    terms: list[TermUse]
    machine: list[MachineSuggestion]
    machine_offered: Annotated[bool, Field(description="Whether a machine may be asked about this note.")]
