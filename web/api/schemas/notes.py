"""A note as the API shows it, and what may be sent to change it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from web.api.schemas.acts import Approved, Dispatched, Person, Withdrawn
from web.api.schemas.common import (
    Day,
    Digest,
    Id,
    Input,
    Line,
    Moment,
    Output,
    Reason,
    Revision,
    Text,
    Titles,
    Window,
    Word,
)
from workflow.states import TRANSITIONS

ACTIONS = tuple(dict.fromkeys(row.name for row in TRANSITIONS if row.name != "submit"))
State = Literal["draft", "translated", "approved", "dispatched", "withdrawn"]
Slots = Annotated[
    dict[Word, dict[str, Any]],
    Field(
        max_length=100,
        description="The shared values.",
        examples=[{"meeting": {"kind": "ordinal", "value": 9}}],
    ),
]
Particulars = Annotated[
    dict[Word, Any], Field(max_length=20, description="What only some kinds of note have.")
]
NumberParts = Annotated[
    dict[Literal["topic", "audience", "revision"], Annotated[Line, Field(max_length=40)]],
    Field(
        description="What the series leaves of its numbers to the note; only parts that its pattern has.",
        examples=[{"audience": "PR"}],
    ),
]


class Enclose(Input):
    """An accepted upload to be enclosed."""

    upload: Id
    titles: Titles = Field({})
    language: Annotated[
        str, Field(max_length=12, description="Of the file; else the note's source language.")
    ] = ""
    origin: Annotated[
        Line, Field(max_length=40, examples=["copy", "translated:ru"], description="Else it is the original.")
    ] = ""
    standing: Literal["authentic", "courtesy"] = "authentic"


class NewNote(Input):
    """A submission. What is left out is the profile's first choice.

    A note that follows a dispatched one names it as `parent`, and how as `relation`. A `sibling` says the
    same to another audience: what is left out, it has from the note that it names, with its translations
    and enclosures.
    """

    titles: Titles = Field({})
    kind: Annotated[Line, Field(examples=["note_verbale"])] = ""
    series: Annotated[Line, Field(examples=["TTF"])] = ""
    number_parts: NumberParts = Field({})
    source_language: Annotated[Line, Field(examples=["en"])] = ""
    marking: Line = ""
    slots: Slots = Field({})
    particulars: Particulars = Field({})
    paragraphs: Annotated[list[Text], Field(max_length=200)] = Field([])
    enclosures: Annotated[list[Enclose], Field(max_length=50)] = Field([])
    due: Day | None = None
    parent: Annotated[Line, Field(description="A note's reference or number.", examples=["TTF/374"])] = ""
    relation: Literal[
        "", "corrigendum", "addendum", "revision", "reminder", "withdrawal_notice", "outcome", "sibling"
    ] = ""
    concerns: Annotated[
        Line, Field(description="The one language that a corrigendum is about.", examples=["ru"])
    ] = ""


class Notes(Window):
    """Which notes."""

    state: State | None = None
    series: Word | None = None
    q: Annotated[Line | None, Field(description="Number, reference, or words of subject and text.")] = None


class NoteLine(Output):
    """A note in a list."""

    reference: str
    symbol: str | None
    state: State
    revision: int
    kind: str
    series: str
    marking: str
    titles: dict[str, str]
    due: date | None
    submitted_at: datetime
    changed_at: datetime


class NoteLines(Output):
    """A page of notes, the newest first."""

    items: list[NoteLine]
    next: int | None


class Version(Output):
    """A language version: `current` while it is accepted and its source has not changed since."""

    language: str
    standing: str
    required: bool
    is_source: bool
    state: Literal["waiting", "in_progress", "submitted", "accepted"]
    current: bool
    revision: int
    due: date | None
    translators: list[Person]
    reviewer: Person | None
    stale: Annotated[
        list[int], Field(description="Paragraphs to be translated from the source as it stands.")
    ]
    submitted_at: datetime | None
    accepted_at: datetime | None
    accepted_by: Person | None


class ParagraphText(Output):
    """A paragraph in one language."""

    text: str
    revision: int
    stale: bool
    changed_at: datetime


class Paragraph(Output):
    """A free paragraph in all languages that have it."""

    id: int
    ordinal: int
    texts: dict[str, ParagraphText]


class EnclosureVersion(Output):
    """An enclosure in one language; `sha256` is that of the frozen PDF."""

    language: str
    standing: str
    name: str
    pages: int
    sha256: str
    original_sha256: str


class Enclosure(Output):
    """An enclosure."""

    ordinal: int
    titles: dict[str, str]
    origin: str
    versions: list[EnclosureVersion]


class Addressee(Output):
    """A member that the note is addressed to."""

    member: str
    name: str
    waived_reason: str | None


class ActionNow(Output):
    """Whether you may do something with the note as it stands, and if not, why."""

    action: str
    allowed: bool
    reason: str | None


class RemarkTurn(Output):
    """What followed a remark: an answer, its being settled or opened again."""

    turn: Literal["reply", "settled", "reopened"]
    text: str
    by: Person | None
    at: datetime


class Remark(Output):
    """What somebody remarked on the note, a version or a paragraph, and what followed."""

    id: int
    language: str | None
    paragraph: int | None
    text: str
    by: Person | None
    at: datetime
    settled_at: datetime | None
    turns: list[RemarkTurn]


class Linked(Output):
    """A note in the same dossier: `parent` is followed by this one, the others follow it or are its siblings."""

    reference: str
    symbol: str | None
    kind: str
    relation: str


class Note(NoteLine):
    """A note whole."""

    source_language: str
    source_revision: int
    number_parts: dict[str, str]
    slots: dict[str, Any]
    particulars: dict[str, Any]
    submitted_by: Person | None
    versions: list[Version]
    paragraphs: list[Paragraph]
    enclosures: list[Enclosure]
    addressees: list[Addressee]
    remarks: list[Remark]
    approval: Approved | None
    dispatch: Dispatched | None
    withdrawal: Withdrawn | None
    linked: list[Linked]
    actions: list[ActionNow]


class SourceParagraph(Input):
    """A paragraph of the source: with the id that it has, or without one when it is new."""

    id: Id | None = None
    text: Text


class EditSource(Input):
    """What changes; what is left out stays. `paragraphs` is the whole body in order."""

    revision: Revision
    paragraphs: Annotated[list[SourceParagraph], Field(max_length=200)] | None = None
    titles: Titles | None = None
    slots: Slots | None = None
    particulars: Particulars | None = None
    marking: Word | None = None
    series: Word | None = None
    number_parts: NumberParts | None = None
    due: Day | None = None


class AddEnclosure(Enclose):
    """An upload to be enclosed; with `ordinal`, as another language of that enclosure."""

    revision: Revision
    ordinal: Annotated[int | None, Field(ge=1, le=1000)] = None


class Transition(Input):
    """A step of the note. Which members an action wants is said in its own words when one is missing.

    `approve` wants `digest`, `number` and `date` as the preview showed them, and `otp` where the
    account has a second factor; `send_back` and `withdraw` want `reason`; `dispatch` takes
    `release_at`. `complete_translation` happens by itself and is refused here.
    """

    action: Literal["complete_translation", "send_back", "approve", "dispatch", "withdraw"]
    revision: Revision
    digest: Digest | None = None
    number: Line | None = None
    date: Day | None = None
    reason: Reason | None = None
    otp: Annotated[str | None, Field(max_length=20)] = None
    release_at: Moment | None = None
