"""The check of a note's files against its record, and of a file that somebody received."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import Input, Output


class Checked(Output):
    """One file that was checked against its record."""

    what: str
    good: bool
    sentence: str
    sha256: str
    rendered_again: bool
    sealed_sha256: Annotated[str, Field(description="Of the file with its seal; empty without one.")]
    seal: Annotated[str, Field(description="What holds of its seal; empty where it has none.")]
    standards: Annotated[list[str], Field(description="Rules of PDF/A and PDF/UA that it breaks.")]


class Verified(Output):
    """Every file of a note, checked."""

    good: bool
    register_entry: Checked
    items: list[Checked]
    next: None = None


class QuestionedFile(Input):
    """A file that somebody received."""

    file: UploadFile


class FileSeal(Output):
    """What holds of a file's seal; times are those that the signer says, and of a trusted time stamp."""

    state: Literal["intact", "none", "altered", "extended", "other", "untrusted", "expired", "unreadable"]
    sentence: str
    holder: str
    certificate: str
    claimed_at: datetime | None
    stamped_at: datetime | None


class FilePart(Output):
    """Which part of which dispatched note a file is, or was before it was changed."""

    symbol: str
    dated: date
    language: str
    format: str
    ordinal: int | None


class FileVerified(Output):
    """Whether a file is what was dispatched, by digest, seal and register."""

    good: bool
    result: Literal["genuine", "unsealed", "altered", "sealed", "unknown"]
    sentence: str
    sha256: str
    seal: FileSeal
    part: FilePart | None
