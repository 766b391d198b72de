"""Values that several pages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True)
class Typed:
    """A form that comes back: `values` as typed, `errors` one sentence a field, both by field name.

    `summary` is the sentence that says what was not done; it may stand without field errors.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""


# A form that nobody has sent yet.
UNTYPED = Typed()


@dataclass(frozen=True)
class Option:
    """One choice of a list: the value that is sent and the words that are read."""

    value: str
    label: str
    chosen: bool = False
    hint: str = ""
    language: str = ""


@dataclass(frozen=True)
class Run:
    """A stretch of a note's text.

    `kind`: "text", "slot" (a shared value; `note` names the slot), "formula" (of the profile, locked),
    "mark" (a finding; `note` says which), "term" (of the glossary; `note` is the word to use), "ins" or "del" (a difference), "break" (a new line).
    """

    text: str
    kind: str = "text"
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as it reads: its place (1, 2 …; 0 for a locked one) and its runs."""

    ordinal: int
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Event:
    """One line of a time line.  `tone`: "" (plain), "done", "care", "stop" or "now".

    `head` is set in bold before `text`; both are finished sentences in the reader's language.
    """

    text: str
    at: datetime | None = None
    by: str = ""
    tone: str = ""
    head: str = ""
    detail: str = ""


@dataclass(frozen=True)
class NoteLine:
    """A note as other pages name it; `open` says whether its own page is the reader's to see."""

    key: str
    symbol: str
    subject: str
    series: str = ""
    open: bool = True

    @property
    def name(self) -> str:
        """The symbol, or the draft identifier while there is none."""
        return self.symbol or self.key


@dataclass(frozen=True)
class Count:
    """How many states stand where; the parts add up to `total`.

    `delayed`, `unknown` and `on_behalf` are parts of `in_transit` and `acknowledged`, told apart in words.
    """

    total: int
    not_sent: int = 0
    undeliverable: int = 0
    in_transit: int = 0
    reached: int = 0
    downloaded: int = 0
    acknowledged: int = 0
    delayed: int = 0
    unknown: int = 0
    on_behalf: int = 0

    @property
    def waiting(self) -> int:
        """States to which no report has come: not sent yet, or in transit."""
        return self.not_sent + self.in_transit


@dataclass(frozen=True)
class Finding:
    """What the concordance found.  `quotes`: (language, quoted text, gloss or "") for each language.

    `status` is "error", "warning" or "waived"; a waived one has `reason`, `by` and `at`.
    `languages` are those at fault, marked in the quotes.
    """

    key: str
    status: str
    message: str
    quotes: tuple[tuple[str, str, str], ...] = ()
    languages: tuple[str, ...] = ()
    paragraph: int = 0
    reason: str = ""
    by: str = ""
    at: datetime | None = None
    may_waive: bool = False
    may_take_back: bool = False
    undone: str = ""
    undone_by: str = ""
    undone_at: datetime | None = None


@dataclass(frozen=True)
class PagePicture:
    """One page of a document as a picture (PNG) of the PDF itself.

    `name` is the page's address in the viewer (`en-1`), `label` what is read under it ("EN", "Encl. 2").
    `language` is that of the page's text.
    """

    name: str
    label: str
    url: str
    language: str
    document: str = ""
    width: int = 595
    height: int = 842
    seen: bool = False


@dataclass(frozen=True)
class DocumentLine:
    """A document: `key` for its address, its pages, size in bytes and SHA-256.

    `kind` is "note", "enclosure" or "original"; `formats` are (format, key, size in bytes), the first one
    is the main.  `status`: "ready", "making" or "failed"; `problem` is the sentence of why it failed, or of
    what it waits for.  `sealed` is when the organisation's seal was set.
    """

    title: str
    kind: str
    language: str
    formats: tuple[tuple[str, str, int], ...]
    pages: int | None = None
    standing: str = ""
    picture: str = ""
    digest: str = ""
    status: str = "ready"
    problem: str = ""
    origin: str = ""
    sealed: datetime | None = None


@dataclass(frozen=True)
class Recipient:
    """An addressee with one contact, as the approval and the recipients' page show it.

    `role`: "to", "cc" or "escalation".  `problem` is a sentence when the contact cannot be used.
    """

    member: str
    code: str
    name: str
    contact: str
    address: str
    language: str
    role: str = "to"
    channel: str = "mail"
    chosen: bool = True
    problem: str = ""


@dataclass(frozen=True)
class RecipientGroup:
    """A state and its contacts; a waived one has the reason and gets nothing.

    `chosen` is the tick of its box; `addressed` says that the note as kept is addressed to it.
    """

    member: str
    code: str
    name: str
    contacts: tuple[Recipient, ...]
    waived: str = ""
    waived_by: str = ""
    chosen: bool = True
    addressed: bool = True

    @property
    def usable(self) -> bool:
        """Whether one of its contacts can be written to, and its receipt counts from the beginning."""
        return any(not contact.problem and contact.role == "to" for contact in self.contacts)


@dataclass(frozen=True)
class Person:
    """Somebody who can be chosen: `key` is sent, `name` is read; `why_not` says why they cannot be."""

    key: str
    name: str
    why_not: str = ""


@dataclass(frozen=True)
class Keyset:
    """Paging by keys: the query arguments of the neighbouring pages, or None; `older_from` names the next entry."""

    older: Mapping[str, str] | None = None
    newer: Mapping[str, str] | None = None
    older_from: str = ""


# A list that fits on one page.
SINGLE_PAGE = Keyset()


@dataclass(frozen=True)
class Worked:
    """Who did what on a note: "Drafted" → name, "Russian" → translator and reviewer."""

    what: str
    who: str
    language: str = ""
    on: date | None = None
