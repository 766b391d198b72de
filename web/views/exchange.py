"""A version handed out to another program, and taken back."""

from __future__ import annotations

from dataclasses import dataclass

from web.views.parts import UNTYPED, NoteLine, Run, Typed


@dataclass(frozen=True)
class Form:
    """A form in which the version can be taken away: its name in the address, what it is called, its ending."""

    name: str
    words: str
    suffix: str


@dataclass(frozen=True)
class Changed:
    """A paragraph that the file changes, confirms or cannot change.

    `kind` is "new", "changed", "confirmed", or for a conflict "text", "source" or "removed"; `runs` is the
    new text, or the difference to what stands there now; `source` is the paragraph that it renders.
    """

    ordinal: int
    kind: str
    runs: tuple[Run, ...]
    ours: str = ""
    source: tuple[Run, ...] = ()


@dataclass(frozen=True)
class ExchangePage:
    """Hand out and take back: choose, try, then take.

    After a trial `checked` is true; `changes` and `conflicts` say what the file brings, `untranslated` are the
    places that it leaves open, `faults` why it was refused.  `digest` seals the tried file and goes back, so
    that what is taken is what was tried.
    """

    note: NoteLine
    language: str
    source_language: str
    forms: tuple[Form, ...]
    may_bring: bool
    checked: bool = False
    filename: str = ""
    digest: str = ""
    changes: tuple[Changed, ...] = ()
    conflicts: tuple[Changed, ...] = ()
    untranslated: tuple[int, ...] = ()
    unchanged: int = 0
    faults: tuple[str, ...] = ()
    typed: Typed = UNTYPED
    max_bytes: int = 4_000_000

    @property
    def takeable(self) -> bool:
        """Whether there is something to take and nothing in its way."""
        return bool(self.changes and not self.conflicts and self.digest)
