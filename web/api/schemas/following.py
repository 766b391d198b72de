"""Reminders, silence procedures and the family of a note."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.attempts import Attempt
from web.api.schemas.common import (
    Day,
    FormDay,
    FormMoment,
    Input,
    Line,
    Moment,
    Output,
    Reason,
    Sentence,
    Text,
    Word,
)
from web.api.schemas.notes import Person

Target = Literal["to", "cc", "escalation", "registry"]


class Step(Input):
    """A step of the ladder: `times` reminders, each `after` days after the one before."""

    to: Annotated[
        list[Target],
        Field(min_length=1, max_length=4, description="Roles of contacts, or the registry's desk alone."),
    ]
    after: Annotated[int, Field(ge=1, le=366, description="Days without an acknowledgement.")]
    times: Annotated[int, Field(ge=1, le=12)] = 1
    form: Annotated[
        Literal["mail", "note"], Field(description="A message that refers to the first, or a numbered note.")
    ] = "mail"


class Ladder(Input):
    """The reminders of a note; no steps mean none."""

    steps: Annotated[list[Step], Field(max_length=10)]


class PlannedReminder(Output):
    """What would happen to a state that stays silent."""

    member: str
    step: int
    to: list[str]
    form: str
    due_at: datetime
    addresses: Annotated[list[str], Field(description="Who would be written to as things stand.")]


class SentReminder(Output):
    """A reminder that was written: its own message, its own attempts."""

    id: int
    delivery: Annotated[int, Field(description="The delivery that it reminds of.")]
    member: str
    step: int
    address: str
    message_id: str
    queue: str
    due_at: datetime
    transport: str | None
    held_reason: Sentence | None
    cancelled_at: datetime | None
    attempts: list[Attempt]


class TakenStep(Output):
    """A step that a state has come to, and what was done."""

    member: str
    step: int
    outcome: Literal["mail", "note", "desk", "nobody"]
    at: datetime
    note: Annotated[str | None, Field(description="The reminder note that was drafted.")]
    settled_at: datetime | None
    settled_by: Person | None
    settled_reason: str | None


class Reminders(Output):
    """The ladder of a note, what would happen next, and what has happened."""

    steps: list[Step]
    paused_at: datetime | None
    paused_by: Person | None
    paused_reason: str | None
    ended_at: datetime | None
    next_at: Annotated[datetime | None, Field(description="When the sweep looks at the note again.")]
    planned: list[PlannedReminder]
    sent: list[SentReminder]
    taken: list[TakenStep]


class StartSilence(Input):
    """The deadline, by the clocks of `zone`; what is left out is the organisation's."""

    deadline: Annotated[
        str,
        Field(
            max_length=40,
            description="By the clocks of the zone (2026-06-26T18:00), or a moment with its offset. Else the profile's length from now, at 18:00.",
            examples=["2026-06-26T18:00"],
        ),
    ] = ""
    zone: Annotated[Line, Field(max_length=64, examples=["Asia/Almaty"])] = ""
    begins_at: Moment | None = None
    level: Literal["", "in_transit", "reached", "downloaded", "acknowledged"] = ""


class ExtendSilence(Input):
    """A later deadline, by the clocks of the procedure's zone, and why."""

    deadline: Annotated[str, Field(min_length=1, max_length=40, examples=["2026-07-03T18:00"])]
    reason: Reason


class EndSilence(Input):
    """How it ends: broken by an objection, cancelled, or concluded although some were not reached."""

    how: Literal["broken", "cancelled", "concluded"]
    reason: Reason


class NewObjection(Input):
    """A state's objection with the file of its note; `received_at` is now where it is left out.

    Its paper gets a number in the register of incoming papers; `channel` says how it came.
    """

    file: UploadFile
    member: Word
    reference: Annotated[Line, Field(min_length=1, max_length=200)]
    dated: Day
    received_at: FormMoment = None
    remark: Annotated[Text, Field(max_length=2000)] = ""
    channel: Literal["", "mail", "hand", "courier", "post", "telephone"] = ""


class WithdrawObjection(Input):
    """How a state withdrew its objection; `incoming` is the number of the paper by which it did, if it is registered."""

    reason: Reason
    incoming: Annotated[Line, Field(max_length=100, examples=["IN-14/2026"])] = ""


class NewWithdrawal(Input):
    """The paper by which a state withdrew its objection; it gets a number in the register of incoming papers."""

    file: UploadFile
    reason: Reason
    reference: Annotated[Line, Field(max_length=200)] = ""
    dated: FormDay = None
    received_on: FormDay = None
    channel: Literal["", "mail", "hand", "courier", "post", "telephone"] = ""


class TakenObjection(Input):
    """An objection that stands in the register of incoming papers under the number `incoming`.

    `received_at` is when it came, where it was not registered on that day.
    """

    incoming: Annotated[Line, Field(min_length=1, max_length=100, examples=["IN-12/2026"])]
    received_at: Moment | None = None
    remark: Annotated[Text, Field(max_length=2000)] = ""


class Objection(Output):
    """An objection; it counts unless it is late or withdrawn."""

    id: int
    member: str
    reference: str
    dated: date
    received_at: datetime
    late: bool
    counts: bool
    sha256: str
    filename: str
    remark: str
    registered_by: Person | None
    registered_at: datetime
    incoming: Annotated[str | None, Field(description="Its number in the register of incoming papers.")]
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    withdrawn_sha256: str | None
    withdrawn_incoming: Annotated[
        str | None, Field(description="The number of the incoming paper that withdrew it.")
    ]


class Extension(Output):
    """One extension of the deadline."""

    before_at: datetime
    deadline_at: datetime
    reason: str
    made_by: Person | None
    made_at: datetime


class StateClock(Output):
    """The time of one state: it runs from the receipt that the procedure asks for."""

    member: str
    status: str
    reached_at: datetime | None
    ends_at: Annotated[datetime | None, Field(description="None while the state was not reached.")]
    waived: bool


class Procedure(Output):
    """A silence procedure on a note."""

    number: int
    level: str
    zone: str
    begins_at: datetime
    deadline_at: datetime
    outcome: Literal["adopted", "objected", "broken", "cancelled"] | None
    ended_at: datetime | None
    ended_by: Person | None
    ended_reason: Sentence | None
    waived_reason: str | None
    notice: Annotated[str | None, Field(description="The draft of the notice that the outcome made.")]
    waits_for: Annotated[list[str], Field(description="States whose time has not ended.")]
    clocks: list[StateClock]
    extensions: list[Extension]
    objections: list[Objection]


class Procedures(Output):
    """The silence procedures on a note, the latest first."""

    items: list[Procedure]
    next: None = None


class Kin(Output):
    """A note of a family."""

    reference: str
    symbol: str | None
    relation: str | None
    dated: date | None
    concerns: str | None
    holds: Annotated[bool, Field(description="Whether it is part of the current version.")]


class Held(Output):
    """What a state has of one note."""

    note: str
    status: str
    languages: list[str]


class StateHoldings(Output):
    """Whether a state holds the current version."""

    member: str
    current: Literal["yes", "on_its_way", "no"]
    notes: list[Held]


class Family(Output):
    """A note with all that followed it, and which state has what of it."""

    root: str
    withdrawn_by: str | None
    notes: list[Kin]
    states: list[StateHoldings]
