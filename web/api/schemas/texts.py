"""Language versions, findings, and the preview of an approval."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from web.api.schemas.addressees import Recipient
from web.api.schemas.common import Day, Id, Input, Output, Reason, Revision, Text
from web.api.schemas.notes import Person, Version


class Assign(Input):
    """Who translates and who reviews: different people."""

    revision: Revision
    translators: Annotated[list[Id], Field(max_length=20)] = Field([])
    reviewer: Id | None = None
    due: Day | None = None


class SaveParagraph(Input):
    """A translated paragraph; `revision` is that of the text you saw, 0 where there was none."""

    revision: Revision
    text: Text


class SavedParagraph(Output):
    """The paragraph as it now stands."""

    id: int
    language: str
    text: str
    revision: int
    changed_at: datetime


class VersionText(Version):
    """A version with its whole text from head to foot, as it would be printed."""

    text: str
    length: Annotated[int, Field(description="Of the free text: its formulas are not counted.")]
    length_unit: Literal["words", "characters"]


class ReturnVersion(Input):
    """Remarks for the translator."""

    reason: Reason


class AcceptVersion(Input):
    """Accepts what was seen."""

    revision: Revision | None = None


class NewRemark(Input):
    """A remark on the note, on a language, or on a paragraph counted from 1; never part of the note."""

    text: Annotated[Text, Field(min_length=1, max_length=2_000)]
    language: Annotated[str | None, Field(max_length=12)] = None
    ordinal: Annotated[int | None, Field(ge=1, le=1000)] = None


class Reply(Input):
    """An answer to a remark."""

    text: Annotated[Text, Field(min_length=1, max_length=2_000)]


class Waived(Output):
    """Why a finding was let pass, and by whom."""

    reason: str
    by: Person | None
    at: datetime


class Finding(Output):
    """A difference between language versions; `digest` names it when it is waived."""

    digest: str
    type: str
    severity: str
    languages: list[str]
    quotes: dict[str, str]
    paragraphs: dict[str, Any]
    message: str
    waiver: Waived | None


class Findings(Output):
    """All findings; `errors` and `warnings` count those that are not waived."""

    items: list[Finding]
    errors: int
    warnings: int
    next: None = None


class Waive(Input):
    """Lets one finding pass."""

    finding: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="`digest` of the finding.")]
    reason: Reason


class Preview(Output):
    """What the director would approve at this moment; `approve` sends digest, number and date back."""

    revision: int
    digest: str
    number: str
    date: date
    languages: list[str]
    left_out: list[str]
    recipients: list[Recipient]
    findings: list[Finding]
    objections: list[str]
    second_factor: Annotated[bool, Field(description="Whether `approve` wants your one-time password.")]
