"""A dispatch as a whole, and what of the post needs a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from web.api.schemas.common import Moment, Output, Reason, Revision, Why


class Release(Why):
    """Another time of release, with its offset; without one, the note is released at once."""

    revision: Revision
    release_at: Moment | None = None
    reason: Reason


class Halted(Output):
    """How many deliveries an act moved."""

    moved: int
    on_the_wire: Annotated[int, Field(description="Messages that are being sent and cannot be called back.")]
    revision: int


class Trouble(Output):
    """One thing that needs a person, with its one next act."""

    kind: Annotated[str, Field(examples=["undeliverable"])]
    act: Annotated[str, Field(examples=["correct"])]
    sentence: str
    since: datetime
    note: str | None
    member: str | None
    delivery: int | None
    reminder: Annotated[bool, Field(description="Whether `delivery` is a reminder, or went out as one.")]
    returned: int | None
    count: int


class Troubles(Output):
    """What of the post needs a person, the most urgent first, and the figures of the post."""

    figures: dict[str, int]
    items: list[Trouble]
