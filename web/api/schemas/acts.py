"""Who did what with a note, and when, as the API shows it."""

from __future__ import annotations

from datetime import date, datetime

from web.api.schemas.common import Output


class Person(Output):
    """Somebody by id and name."""

    id: int
    name: str


class Approved(Output):
    """The approval in force."""

    digest: str
    dated: date
    languages: list[str]
    by: Person | None
    acting_for: Person | None
    at: datetime


class Dispatched(Output):
    """The act of dispatch."""

    at: datetime
    release_at: datetime | None
    by: Person | None
    acting_for: Person | None


class Withdrawn(Output):
    """The act of withdrawal."""

    at: datetime
    by: Person | None
    reason: str | None
