"""Reminders, silence procedures and the family of a note."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from web.api.schemas.common import Input, Output
from web.api.schemas.notes import Person
from web.api.schemas.outcome import Attempt

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
    held_reason: str | None
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
