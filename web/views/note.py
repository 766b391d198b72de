"""The page of one note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.incoming import IncomingRow
from web.views.parts import UNTYPED, DocumentLine, Event, NoteLine, Paragraph, Person, RecipientGroup, Typed


@dataclass(frozen=True)
class Step:
    """One of the four steps.

    `state` is "draft", "translated", "approved", "dispatched" or "withdrawn"; `when` "past", "now", "next" or
    "undone" (sent back: the date is struck through and `reason` stands under it).  The present step is named by
    what is to be done in `label` ("Dispatch"); otherwise the state's word is shown.  `detail` is a short text.
    """

    state: str
    when: str
    detail: str = ""
    label: str = ""
    reason: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True)
class Version:
    """A language version, side by side with the others.

    `standing` is "authentic" or "courtesy"; `status` of a version; `stale` counts its stale paragraphs.
    `words` is the length of its free text, in signs where `signs` says so.
    `assignees` may be chosen by whoever may assign.  `work_url` leads to its desk for whoever has to act on it,
    `work_label` is the button ("Translate", "Review").
    """

    language: str
    standing: str
    status: str
    paragraphs: tuple[Paragraph, ...]
    source: bool = False
    required: bool = True
    translator: str = ""
    reviewer: str = ""
    due: date | None = None
    accepted: datetime | None = None
    stale: int = 0
    open_findings: int = 0
    work_url: str = ""
    work_label: str = ""
    words: int = 0
    signs: bool = False
    translators: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()


@dataclass(frozen=True)
class EnclosureLine:
    """An enclosure in a language and its count as the letter states it; `ordinal` from 1.

    `last` is its last language, where what is done with the whole enclosure stands; `missing` are the
    languages of the organisation that it is not there in.
    """

    ordinal: int
    title: str
    language: str
    pages: int
    sheets: int | None = None
    origin: str = ""
    warnings: tuple[str, ...] = ()
    courtesy: bool = False
    last: bool = True
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemarkTurn:
    """What followed a remark: `turn` is "reply", "settled" or "reopened"; only a reply has a text."""

    turn: str
    by: str
    at: datetime
    text: str = ""


@dataclass(frozen=True)
class Remark:
    """A remark at a paragraph (0 is the whole note) of a language ("" is all), and what followed."""

    key: str
    paragraph: int
    language: str
    by: str
    at: datetime
    text: str
    settled: bool = False
    may_settle: bool = False
    turns: tuple[RemarkTurn, ...] = ()
    may_reply: bool = False
    may_reopen: bool = False


@dataclass(frozen=True)
class NotePage:
    """One note.

    `place` and `dated` are "" and None before approval, when the number reads "allotted at approval".
    `act` is the sentence of who must act, by when.  `actions` are keys of `may` in words of states.py; `main`
    is the one that is the filled button: "dispatch", "approve", "release_source", "review" … or "".
    `making` is (made, to be made) while documents are being made.  `aliases` are other spellings that find it.
    `digests_agree` is None before approval.  `blocked` are sentences that say why the main act waits.
    `may` also holds "remark", and "dossier" for who may have everything that is kept of the note.
    `kept_upload` is the key of a file that was accepted before a form came back.
    `follow_ups` are the relations that may be made now ("corrigendum", "addendum", "reminder", "withdrawal_notice", "sibling").
    """

    note: NoteLine
    state: str
    revision: int
    kind: str
    marking: str
    steps: tuple[Step, ...]
    versions: tuple[Version, ...]
    may: frozenset[str] = frozenset()
    main: str = ""
    act: str = ""
    place: str = ""
    dated: date | None = None
    sender: str = ""
    aliases: tuple[str, ...] = ()
    documents: tuple[DocumentLine, ...] = ()
    enclosures: tuple[EnclosureLine, ...] = ()
    recipients: tuple[RecipientGroup, ...] = ()
    members: int = 0
    contacts: int = 0
    remarks: tuple[Remark, ...] = ()
    incoming: tuple[IncomingRow, ...] = ()
    may_register: bool = False
    events: tuple[Event, ...] = ()
    linked: tuple[tuple[NoteLine, str], ...] = ()
    superseded_by: NoteLine | None = None
    is_withdrawn: bool = False
    deputies: tuple[str, ...] = ()
    making: tuple[int, int] | None = None
    open_findings: int = 0
    approval_digest: str = ""
    digests_agree: bool | None = None
    blocked: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    typed: Typed = UNTYPED
    typed_action: str = ""
    kept_upload: str = ""
