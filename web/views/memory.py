"""The memory and the glossary: beside a paragraph, as pages of their own, and their exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from web.views.parts import UNTYPED, Option, Run, Typed


@dataclass(frozen=True)
class Whence:
    """Where a pair comes from: `name` is a note's number or a file; `key` leads to the note where one may see it."""

    name: str
    day: date
    key: str = ""
    file: bool = False


@dataclass(frozen=True)
class Suggested:
    """An earlier translation: `kind` is exact, slots or fuzzy; `source` says what differs, `target` how it reads.

    `text` is what is typed when it is taken; `rest` says that some of it has to be mended by hand.
    """

    kind: str
    percent: int
    source: tuple[Run, ...]
    target: str
    text: str
    whence: Whence
    rest: bool = False
    backwards: bool = False


@dataclass(frozen=True)
class Term:
    """A term of the glossary that the paragraph names; `number` is its key (0 for none).

    `avoid` are forbidden variants, `wrong` those that the translation has.
    """

    source: str
    target: str
    number: int = 0
    forms: tuple[str, ...] = ()
    used: bool = False
    avoid: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Machine:
    """What an engine answered; `unread` while it stands in the paragraph and nobody confirmed it."""

    engine: str
    text: str
    at: datetime
    unread: bool = False
    standing: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class Beside:
    """What the desk shows beside one paragraph (`ordinal`, 0 for none): terms, memory, machine.

    `revision` and `source_revision` go with a form that takes a text; `may_ask` says that an engine
    may be asked, `engine` what it is called.
    """

    ordinal: int = 0
    revision: int = 0
    source_revision: int = 0
    may_write: bool = False
    terms: tuple[Term, ...] = ()
    suggested: tuple[Suggested, ...] = ()
    machine: tuple[Machine, ...] = ()
    may_ask: bool = False
    engine: str = ""
    memory: bool = True


# A page without a paragraph to work on.
NOTHING_BESIDE = Beside(memory=False)


@dataclass(frozen=True)
class Hit:
    """A past pair that says a phrase: `source` with its words marked."""

    source_language: str
    target_language: str
    source: tuple[Run, ...]
    target: str
    whence: Whence
    together: bool = True


@dataclass(frozen=True)
class Trial:
    """What a file would bring in, or why it cannot; `digest` names the tried file when it is written."""

    filename: str = ""
    digest: str = ""
    new: int = 0
    known: int = 0
    checked: bool = False
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class MemoryPage:
    """Concordance search.  `searched` tells an empty answer from an empty question."""

    languages: tuple[Option, ...]
    others: tuple[Option, ...]
    query: str = ""
    searched: bool = False
    hits: tuple[Hit, ...] = ()
    most: int = 0
    units: int = 0
    notes: int = 0
    may_search: bool = True
    may_exchange: bool = False
    trial: Trial = field(default_factory=Trial)
    max_bytes: int = 25_000_000
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class GlossaryWord:
    """A word of a concept in one language, with what must not be written for it."""

    language: str
    term: str
    forms: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    note: str = ""
    since: date | None = None
    until: date | None = None
    valid: bool = True


@dataclass(frozen=True)
class Concept:
    """A concept with its words by language; `origin` is the file that it was brought in from."""

    name: str
    words: tuple[GlossaryWord, ...]
    origin: str = ""


@dataclass(frozen=True)
class GlossaryPage:
    """The glossary of the organisation, whole or as far as it matches; `left` matches more are not shown."""

    concepts: tuple[Concept, ...]
    languages: tuple[Option, ...]
    query: str = ""
    total: int = 0
    left: int = 0
    may_exchange: bool = False
    trial: Trial = field(default_factory=Trial)
    max_bytes: int = 25_000_000
