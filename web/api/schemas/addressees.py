"""Whom a note goes to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from web.api.schemas.common import Input, Output, Reason, Revision, Word


class SetRecipients(Input):
    """The addressees by their codes; null stands for all members of today."""

    revision: Revision
    members: Annotated[list[Word], Field(max_length=1000)] | None = None


class WaiveAddressee(Input):
    """Lets an addressee go without a message."""

    revision: Revision
    reason: Reason


class Recipient(Output):
    """A contact that would get the note; without `contact`, an addressee that has none."""

    member: str
    is_member: bool
    contact: int | None
    role: str | None
    address: str | None
    language: str | None
    channel: str | None
    office: str
    waived_reason: str | None


class Recipients(Output):
    """All recipients of a note, as the directory has them now."""

    items: list[Recipient]
    next: None = None
