"""Contacts: what is proposed, what is there, and what their addresses were asked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import Day, FormDay, Id, Input, Line, Output, Text, Window, Word


class ContactQuery(Window):
    """Which contacts."""

    member: Word | None = None
    state: Literal["proposed", "checked", "confirmed", "retired"] | None = None


class NewContact(Input):
    """A new or changed address and the document that it comes from; it waits for a second person."""

    member: Annotated[Word, Field(examples=["KZ"])]
    address: Annotated[Line, Field(max_length=400, examples=["registry@mfa-kz.example"])]
    language: Annotated[Word, Field(examples=["en"])]
    source: Annotated[
        Text, Field(min_length=1, max_length=2_000, examples=["Note verbale 12-3/45 of 3 March 2026"])
    ]
    office: Annotated[Line, Field(max_length=200)] = ""
    role: Literal["to", "cc", "escalation"] = "to"
    channel: Literal["mail", "link_only", "courier", "hand"] = "mail"
    replaces: Id | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None


class AddressQuestion(Output):
    """What an address was asked or told of a change, and what it said."""

    side: Literal["new", "old"]
    address: str
    state: Literal["queued", "sent", "failed"]
    sent_at: datetime | None
    answer: Literal["agreed", "objected"] | None
    answered_at: datetime | None


class Contact(Output):
    """An office of a member that notes are sent to."""

    id: int
    member: str
    address: str
    office: str
    role: str
    language: str
    channel: str
    state: str
    source: str
    shared_with: Annotated[list[str], Field(description="Other members with the same address.")]
    questions: list[AddressQuestion]
    valid_from: date | None
    valid_until: date | None
    replaces: int | None
    proposed_by: int
    proposed_at: datetime
    confirmed_by: int | None
    confirmed_at: datetime | None
    retired_at: datetime | None


class Contacts(Output):
    """A page of contacts."""

    items: list[Contact]
    next: int | None


class ContactProposal(Input):
    """A new or changed address, with the document that it comes from as a file; `replaces` is a contact's id."""

    file: UploadFile
    member: Annotated[Word, Field(examples=["KZ"])]
    address: Annotated[Line, Field(max_length=400)]
    language: Word
    source: Annotated[Text, Field(min_length=1, max_length=2_000)]
    office: Annotated[Line, Field(max_length=200)] = ""
    role: Literal["to", "cc", "escalation"] = "to"
    channel: Literal["mail", "link_only", "courier", "hand"] = "mail"
    replaces: Id | None = None
    valid_from: FormDay = None
    valid_until: FormDay = None
    resend: bool = False


class Erasing(Input):
    """By which decision; with `papers` the files that were handed in as evidence go, too."""

    decision: Annotated[Text, Field(min_length=1, max_length=500)]
    papers: bool = False


class ExportQuery(Input):
    """As which file."""

    format: Literal["csv", "xlsx"] = "csv"


class ContactImport(Input):
    """A table of contacts, CSV or XLSX; `document` is the paper that all of it comes from."""

    file: UploadFile
    document: UploadFile | None = None
    dry_run: bool = False


class ImportLine(Output):
    """What a line of the table did, or would do; `changed` names the details that differ."""

    number: int
    member: str
    address: str
    what: Literal["new", "changed", "known"]
    changed: list[str]


class ImportOutcome(Output):
    """What an import did, or would do; `missing` are contacts that it does not name, which stay as they are."""

    new: int
    changed: int
    known: int
    dry_run: bool
    lines: list[ImportLine]
    missing: list[str]
    ignored: Annotated[list[str], Field(description="Columns without a meaning here.")]
