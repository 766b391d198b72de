"""Packs of evidence, and notes that a person brings."""

from __future__ import annotations

from typing import Annotated, Literal

from apiflask.fields import UploadFile
from pydantic import Field

from web.api.schemas.common import FormMoment, Input, Line, Text, Word


class PackQuery(Input):
    """Of which member (all where it is left out), in which form, in which language."""

    member: Word | None = None
    format: Literal["zip", "pdf", "json"] = "zip"
    language: Word | None = None


class SheetQuery(Input):
    """Of which member (all where it is left out), in which language."""

    member: Word | None = None
    language: Word | None = None


class HandoverStep(Input):
    """One step of bringing a note; `file` is needed when it was handed over, `waybill` when it was sent."""

    channel: Literal["hand", "courier", "post", "telephone"]
    step: Literal["sent", "handed_over", "brought_back", "told"]
    at: FormMoment = None
    person: Annotated[Line, Field(max_length=200)] = ""
    office: Annotated[Line, Field(max_length=200)] = ""
    waybill: Annotated[Line, Field(max_length=200)] = ""
    remark: Annotated[Text, Field(max_length=2_000)] = ""
    file: UploadFile | None = None
