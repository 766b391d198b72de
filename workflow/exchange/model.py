"""What is handed out for translation, what came back, and what it means for the note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.errors import Phrase
from workflow.exchange.pieces import Pieces


class Standing(StrEnum):
    """How far the translation of a unit has come when it is handed out."""

    OPEN = "open"  # Nothing stands there yet.
    STALE = "stale"  # Its source changed after it was translated.
    DONE = "done"  # It renders the source as it stands.
    AGREED = "agreed"  # Its reviewer accepted it.
    LOCKED = "locked"  # A formula of the profile: never translated by hand.


@dataclass(frozen=True)
class Unit:
    """One paragraph, or one formula, in both languages, as typed at the desk (slots as `{name.form}`).

    `key` names it for ever (`p12`); `ordinal` is its place, from 1 (0 for a formula); `revision` is
    that of the translation that stands there (0 for none), and goes out with it.  `reads` says what a
    slot comes out as, by side ("source", "target") and slot as typed; `forms` are the ways in which
    each slot can be written in the other language.  `former_sources` are the texts that the source
    had before, `earlier` the texts of the translation by revision: they tell what is out of date from
    what was tampered with.  `notes` are sentences for the translator.
    """

    key: str
    ordinal: int
    source: str
    target: str = ""
    revision: int = 0
    standing: Standing = Standing.OPEN
    reads: Mapping[tuple[str, str], str] = field(default_factory=dict)
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    former_sources: frozenset[str] = frozenset()
    earlier: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def locked(self) -> bool:
        """Whether it comes from the profile and may not be changed."""
        return self.standing is Standing.LOCKED

    @property
    def identity(self) -> str:
        """What it is called in a file: its key, and the revision of the translation that was handed out."""
        return self.key if self.locked else f"{self.key}-{self.revision}"

    @property
    def name(self) -> str:
        """What it is called in a sentence."""
        if self.ordinal:
            return Phrase("Paragraph %(ordinal)s", ordinal=self.ordinal)
        return FORMULAS.get(self.key, self.key)


FORMULAS = {
    "opening": Phrase("The opening formula"),
    "closing": Phrase("The closing formula"),
}


@dataclass(frozen=True)
class Handover:
    """One language version as it is handed out.

    `reference` is the note's own name, which it keeps for ever; `title` its subject.  The languages
    are codes of the profile.  `removed` are the keys of paragraphs that the note had once.
    """

    reference: str
    title: str
    source_language: str
    target_language: str
    units: tuple[Unit, ...]
    rtl: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GivenUnit:
    """A unit as it came back; `place` is what a sentence calls it when its identity says nothing.

    `target` is None where the file has none; `partial` where some of its segments have none.
    `settled` is what the file says of its state: True for translated or better, False for less, None
    where it cannot say.
    """

    identity: str
    source: Pieces
    target: Pieces | None
    partial: bool = False
    settled: bool | None = None


@dataclass(frozen=True)
class Returned:
    """A file as it came back, read but not judged; `original` and the languages are what it says of itself."""

    original: str
    source_language: str
    target_language: str
    units: tuple[GivenUnit, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A paragraph that the file would change: the text before and after, as typed at the desk.

    `revision` is that of the text which the file's translator saw, for the check at saving.  Where
    before and after are the same, the file says that a stale text still renders its source.
    """

    key: str
    ordinal: int
    before: str
    after: str
    revision: int


@dataclass(frozen=True)
class Difference:
    """A paragraph that was changed here while the file was away: nothing of it is overwritten.

    `kind` is "text" (the translation changed), "source" or "removed"; `theirs` is the file's text,
    `ours` what stands there now.
    """

    kind: str
    key: str
    ordinal: int
    ours: str
    theirs: str


@dataclass(frozen=True)
class Matched:
    """What a file means for the note: what it changes, what stands in its way, what it leaves alone.

    `untranslated` are the places of paragraphs without a (whole) translation in the file.
    """

    changes: tuple[Change, ...]
    differences: tuple[Difference, ...]
    untranslated: tuple[int, ...]
    unchanged: int
