"""The translation desk and the review of a language version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.memory import NOTHING_BESIDE, Beside
from web.views.note import Remark
from web.views.parts import UNTYPED, Finding, NoteLine, Paragraph, Run, Typed


@dataclass(frozen=True)
class SlotChip:
    """A slot that can be inserted: `token` is what is typed (`{meeting}`), `reads` what will stand there."""

    token: str
    reads: str
    missing: bool = False


@dataclass(frozen=True)
class Earlier:
    """A text that a paragraph had: by whom, when, and what the one after it changed, as ins and del runs.

    `texts` are the two as typed; `machine` is the engine whose suggestion one of them was, word for word.
    """

    by: str
    at: datetime
    runs: tuple[Run, ...]
    texts: tuple[str, ...] = ()
    machine: str = ""


@dataclass(frozen=True)
class Segment:
    """A paragraph in both languages, sharing a row.

    Locked ones (`locked` is the sentence that says where they come from) have no text of their own.
    `text` is what the translator typed, slots as `{name}`; `reads` how it comes out.  `source_text` is the source
    as typed, for "Copy source"; `source_revision` goes back with the form.  `stale` with `stale_note`
    ("Source changed today 11:05 by Registry"); then `source` holds ins and del runs.  `machine` is the engine
    whose text stands there while nobody has confirmed it.
    """

    ordinal: int
    source: Paragraph
    reads: Paragraph | None = None
    locked: str = ""
    locked_target: str = ""
    text: str = ""
    source_text: str = ""
    source_revision: int = 0
    revision: int = 0
    stale: bool = False
    stale_note: str = ""
    slots: tuple[SlotChip, ...] = ()
    findings: tuple[Finding, ...] = ()
    history: tuple[Earlier, ...] = ()
    remarks: tuple[Remark, ...] = ()
    machine: str = ""

    @property
    def open(self) -> bool:
        """Whether somebody has something to do here: translate, look at the source again, mend, answer."""
        return bool(
            self.stale
            or not self.text
            or self.machine
            or any(one.status == "error" for one in self.findings)
            or any(not one.settled for one in self.remarks)
        )


@dataclass(frozen=True)
class TranslationPage:
    """The desk of one language version.  `open_at` is the ordinal of the paragraph that is worked on.

    `key` tells this person's unsaved texts in this browser from other people's.  `words` and
    `target_words` are the lengths of the free text, in signs where `source_signs` or `target_signs`
    say so.  `complete` is False while the findings are of the paragraphs that are there so far.
    `agree` is a sentence that lists what agrees.  `reviewing` turns the page into the reviewer's: the same
    texts, accept and return in place of the fields.  `blocked` are sentences that say what is missing.
    """

    note: NoteLine
    language: str
    source_language: str
    status: str
    standing: str
    revision: int
    segments: tuple[Segment, ...]
    source_revision: int = 1
    may: frozenset[str] = frozenset()
    due: date | None = None
    translator: str = ""
    reviewer: str = ""
    key: str = ""
    words: int = 0
    target_words: int = 0
    source_signs: bool = False
    target_signs: bool = False
    complete: bool = True
    saved: datetime | None = None
    open_at: int = 0
    findings: tuple[Finding, ...] = ()
    agree: str = ""
    beside: Beside = NOTHING_BESIDE
    remarks: tuple[Remark, ...] = ()
    blocked: tuple[str, ...] = ()
    returned: str = ""
    returned_by: str = ""
    typed: Typed = UNTYPED

    @property
    def stale(self) -> int:
        """How many paragraphs are stale."""
        return sum(segment.stale for segment in self.segments)

    @property
    def untranslated(self) -> int:
        """How many free paragraphs have no text yet."""
        return sum(not segment.locked and not segment.text.strip() for segment in self.segments)

    @property
    def open_remarks(self) -> tuple[Remark, ...]:
        """The remarks that nobody has settled."""
        return tuple(remark for remark in self.remarks if not remark.settled)

    @property
    def open_findings(self) -> int:
        """How many findings are errors that nobody has waived."""
        return sum(finding.status == "error" for finding in self.findings)
