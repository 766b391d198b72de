"""Documents, deliveries, receipts, returned mail and the register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.attempts import Attempt
from web.api.schemas.common import FormDay, FormMoment, Input, Line, Output, Reason, Sentence, Window, Word
from web.api.schemas.notes import Person


class NewUpload(Input):
    """A file; with `clean`, tracked changes, comments and metadata are taken out of the frozen copy."""

    file: UploadFile
    clean: bool = False


class Upload(Output):
    """A file on its way to become an enclosure: `pending` until it is frozen as PDF."""

    id: int
    filename: str
    kind: str
    size: int
    sha256: str
    state: Literal["pending", "ready", "refused"]
    warnings: list[Sentence]
    refusal: Sentence | None
    pages: int | None
    frozen_sha256: str | None
    uploaded_at: datetime


class Document(Output):
    """A final document; `sha256` and `size` are of the unsealed file, which can be rendered again.

    What goes out is the sealed file, where there is one; it begins with the unsealed file.
    """

    id: int
    language: str
    format: Literal["pdf", "docx"]
    addressee: str
    state: Literal["pending", "ready", "failed"]
    fault: Sentence | None
    sha256: str | None
    sealed_sha256: str | None
    size: int | None
    pages: int | None
    made_at: datetime | None
    sealed_size: int | None
    sealed_at: datetime | None
    seal_certificate: Annotated[str | None, Field(description="SHA-256 of the certificate.")]


class Documents(Output):
    """The documents of the approval in force."""

    items: list[Document]
    next: None = None


class Delivery(Output):
    """The note to one contact of one member."""

    id: int
    member: str
    contact: int
    role: str
    address: str
    language: str
    channel: str
    message_id: str
    queue: Literal["queued", "claimed", "held", "done"]
    due_at: datetime
    held_reason: Sentence | None
    cancelled_at: datetime | None
    link_revoked_at: datetime | None
    transport: str | None
    human: Literal["none", "downloaded", "acknowledged"]
    handed: str | None
    late_bounce: bool
    possible_duplicate: bool
    on_behalf: bool
    documents: Annotated[
        list[dict[str, Any]], Field(description="What goes with the message: name, digest, size.")
    ]
    attempts: list[Attempt]


class Deliveries(Output):
    """A page of a note's deliveries."""

    items: list[Delivery]
    next: int | None


class Event(Output):
    """A piece of evidence."""

    id: int
    axis: Literal["transport", "human", "side", "hand"]
    kind: str
    at: datetime
    recorded_at: datetime
    attempt: int | None
    by: Person | None
    data: dict[str, Any]


class Events(Output):
    """A page of a delivery's evidence, in the order in which it became known."""

    items: list[Event]
    next: int | None


class OnBehalf(Input):
    """A receipt that somebody reported otherwise, with the file that proves it."""

    file: UploadFile
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    office: Annotated[Line, Field(min_length=1, max_length=200)]
    reason: Reason
    reference: Annotated[Line, Field(max_length=200)] = ""
    dated: FormDay = None
    at: FormMoment = None


class ContactReceipt(Output):
    """What is known of one contact."""

    delivery: int
    role: str
    office: str
    address: str
    transport: str | None
    human: str
    queue: str
    on_behalf: bool
    acknowledged: dict[str, Any] | None


class MemberReceipt(Output):
    """What holds for a member as a whole, with the flags beside it."""

    member: str
    name: str
    status: Literal["not_sent", "undeliverable", "in_transit", "reached", "downloaded", "acknowledged"]
    on_behalf: bool
    delayed: bool
    unknown: bool
    contact_failed: bool
    no_report: bool
    waived_reason: str | None
    current: Annotated[
        Literal["yes", "on_its_way", "no"] | None,
        Field(
            description="Whether it holds the current version; null while nothing was corrected or replaced."
        ),
    ]
    contacts: list[ContactReceipt]


class Receipts(Output):
    """All members of a dispatched note, and how many stand where."""

    items: list[MemberReceipt]
    counts: dict[str, int]
    next: None = None


class BoardLine(Output):
    """A dispatched note, and how many members stand where."""

    reference: str
    symbol: str | None
    titles: dict[str, str]
    dated: date | None
    dispatched_at: datetime
    members: int
    counts: dict[str, int]
    waiting: Annotated[int, Field(description="Deliveries that are not done yet.")]


class Board(Output):
    """A page of dispatched notes, the newest first."""

    items: list[BoardLine]
    next: int | None


class RegisterLine(Output):
    """A number of the register; every date that it was given shows."""

    id: int
    symbol: str
    series: str
    year: int
    serial: int
    suffix: str
    reference: str
    titles: dict[str, str]
    state: str
    dates: list[date]
    allotted_at: datetime
    void_at: datetime | None
    void_reason: str | None


class RegisterLines(Output):
    """A page of the register, the newest number first."""

    items: list[RegisterLine]
    next: int | None


class RegisterQuery(Window):
    """Which numbers. `number` is found in any script: ТТФ/374 finds TTF/374."""

    series: Word | None = None
    number: Line | None = None
    void: bool | None = None


class ContinuityQuery(Input):
    """Which series; `year` where it begins anew each year."""

    series: Word
    year: Annotated[int, Field(ge=0, le=9999)] = 0


class Continuity(Output):
    """What the register can prove of a series: its numbers, how many are void, and the gaps."""

    series: str
    year: int
    first: str | None
    last: str | None
    numbers: int
    void: int
    gaps: list[int]


class ReturnedQuery(Window):
    """Which returned messages."""

    state: Literal["moved", "aside", "waiting", "settled"] | None = None


class Returned(Output):
    """A message from the return path's mailbox; `verified` says that it carried our own token."""

    id: int
    category: str
    state: str
    reason: Sentence
    sender: str
    subject: str
    delivery: int | None
    verified: bool
    sha256: str
    received_at: datetime
    settled_at: datetime | None
    settled_by: Person | None


class ReturnedPage(Output):
    """A page of returned messages, oldest first."""

    items: list[Returned]
    next: int | None
