"""The register of incoming papers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import BeforeValidator, Field

from web.api.schemas.common import (
    MOST,
    Day,
    FormDay,
    Id,
    Input,
    Line,
    Output,
    Reason,
    Revision,
    Sentence,
    Text,
    Window,
    Word,
)
from web.api.schemas.notes import Person

Kind = Literal["reply", "objection", "acknowledgement", "request", "other"]
Channel = Literal["mail", "hand", "courier", "post", "telephone"]
Long = Annotated[Text, Field(max_length=20_000)]
Subject = Annotated[Text, Field(min_length=1, max_length=500)]
Remark = Annotated[Text, Field(max_length=2_000)]
Number = Annotated[Line, Field(max_length=200, description="The sender's own number.", examples=["11-2/345"])]
# A form sends an empty field where JSON would leave it out.
FormId = Annotated[Id | None, BeforeValidator(lambda value: None if value == "" else value)]
Code = Annotated[Line, Field(max_length=16)]


class IncomingQuery(Window):
    """Which entries. `q` is found in numbers of any script, and in what is written of the paper."""

    q: Annotated[Line, Field(max_length=200)] = ""
    year: Annotated[int, Field(ge=0, le=9999)] = 0
    member: Code = ""
    kind: Literal["", "reply", "objection", "acknowledgement", "request", "other"] = ""
    status: Literal["", "open", "late", "settled", "cancelled"] = ""


class YearQuery(Input):
    """Which year; 0 where the numbers do not begin anew each year."""

    year: Annotated[int, Field(ge=0, le=9999)]


class NewIncoming(Input):
    """A paper that came; the field `file` may come several times.

    It is from the `member` or from another `party` in words. `notes` are the numbers of dispatched
    notes that it is about, with a semicolon between them. `received_on` is today where it is left
    out. `filed` says that nothing is to be done with it. `confirm` registers it although a paper of
    the same sender, number and date stands in the register (409 `incoming-twice`).
    """

    kind: Kind
    subject: Subject
    channel: Channel
    received_on: FormDay = None
    member: Code = ""
    party: Line = ""
    contact: FormId = None
    writer: Line = ""
    reference: Number = ""
    dated: FormDay = None
    language: Annotated[Line, Field(max_length=12)] = ""
    summary: Long = ""
    marking: Annotated[Line, Field(max_length=40)] = ""
    notes: Annotated[Text, Field(max_length=2_000)] = ""
    assignee: FormId = None
    due: FormDay = None
    filed: bool = False
    confirm: bool = False
    file: UploadFile | None = None


class PaperChange(Input):
    """What of a paper is said anew; what is left out stays."""

    kind: Kind | None = None
    subject: Subject | None = None
    channel: Channel | None = None
    received_on: Day | None = None
    member: Code | None = None
    party: Line | None = None
    contact: Id | None = None
    writer: Line | None = None
    reference: Number | None = None
    dated: Day | None = None
    language: Annotated[Line, Field(max_length=12)] | None = None
    summary: Long | None = None
    marking: Word | None = None
    notes: Annotated[list[Line], Field(max_length=50)] | None = None


class CorrectIncoming(PaperChange):
    """A correction with its reason; old and new values are kept."""

    revision: Revision
    reason: Reason
    confirm: bool = False


class RegisterReturned(PaperChange):
    """A returned message as an incoming paper; what is given wins over what the message says."""

    assignee: Id | None = None
    due: Day | None = None
    filed: bool = False
    confirm: bool = False


class AddFiles(Input):
    """Further files of an entry; the field may come several times."""

    revision: Annotated[int | None, Field(ge=0, le=MOST)] = None
    file: UploadFile


class AssignIncoming(Input):
    """Who deals with a paper, by when; nobody leaves it to the registry."""

    revision: Revision
    assignee: Id | None = None
    due: Day | None = None


class SettleIncoming(Input):
    """What was done with a paper, and the note of ours that answers it."""

    revision: Revision
    remark: Annotated[Remark, Field(min_length=1)]
    answer: Line = ""


class ReasonedIncoming(Input):
    """An act on an entry that wants a reason."""

    revision: Revision
    reason: Reason


class EraseIncoming(Input):
    """The decision by which the personal data of an entry are erased; with `papers` its files, too."""

    decision: Annotated[Text, Field(min_length=1, max_length=500)]
    papers: bool = False


class IncomingFile(Output):
    """A file of a paper; `there` is false once it was erased."""

    id: int
    filename: str
    size: int
    sha256: str
    there: bool
    added_at: datetime


class IncomingChange(Output):
    """One corrected field."""

    field: str
    old: str
    new: str
    erased: bool


class IncomingCorrection(Output):
    """A correction."""

    reason: str
    by: Person | None
    at: datetime
    changes: list[IncomingChange]


class IncomingLine(Output):
    """An entry of the register in a list."""

    id: int
    number: str
    year: int
    serial: int
    kind: Kind
    channel: Channel | None
    received_on: date
    member: str | None
    party: str
    reference: str
    dated: date | None
    language: str | None
    subject: str
    marking: str
    notes: Annotated[list[str], Field(description="References of those that you may see.")]
    status: Literal["open", "settled", "cancelled"]
    assigned_to: Person | None
    due: date | None
    revision: int
    registered_at: datetime
    cancelled_reason: str | None


class IncomingLines(Output):
    """A page of entries, the newest first."""

    items: list[IncomingLine]
    next: int | None


class Incoming(IncomingLine):
    """An entry whole. Who may not see the papers gets no writer, summary, files or corrections."""

    registered_by: Person | None
    papers: bool
    writer: str | None
    contact: int | None
    summary: str | None
    files: list[IncomingFile]
    corrections: list[IncomingCorrection]
    assigned_at: datetime | None
    settled_at: datetime | None
    settled_by: Person | None
    settled_remark: Sentence | None
    answer: str | None
    cancelled_at: datetime | None
    cancelled_by: Person | None
    returned: int | None
    objection: int | None
    withdraws: Annotated[int | None, Field(description="The objection that the state withdrew by it.")]
    erased: bool


class IncomingContinuity(Output):
    """What the register proves of a year; `gaps` are numbers that are missing."""

    year: int
    first: str | None
    last: str | None
    numbers: int
    cancelled: int
    gaps: list[str]
