"""A language version that comes back as a file."""

from __future__ import annotations

from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import Input, Output


class ImportVersion(Input):
    """A translated file; with `dry_run` nothing is changed."""

    file: UploadFile
    dry_run: bool = False


class ImportChange(Output):
    """A paragraph that the file changes, as typed at the desk; `before` is empty where there was none."""

    id: int
    ordinal: int
    before: str
    after: str


class ImportConflict(Output):
    """A paragraph that was changed here after the file was handed out; it is not overwritten."""

    kind: Annotated[Literal["text", "source", "removed"], Field(description="What changed here meanwhile.")]
    id: int
    ordinal: int
    ours: str
    theirs: str


class Imported(Output):
    """What was taken from the file, or would be.

    `confirmed` are stale paragraphs that the file says still render their source; `untranslated` the
    places that it leaves open.
    """

    dry_run: bool
    changes: list[ImportChange]
    confirmed: list[ImportChange]
    conflicts: list[ImportConflict]
    untranslated: list[int]
    unchanged: int
