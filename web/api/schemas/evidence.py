"""Packs of evidence."""

from __future__ import annotations

from typing import Literal

from web.api.schemas.common import Input, Word


class PackQuery(Input):
    """Of which member (all where it is left out), in which form, in which language."""

    member: Word | None = None
    format: Literal["zip", "pdf", "json"] = "zip"
    language: Word | None = None
