"""Rows named in an address."""

from __future__ import annotations

import re
from typing import TypeVar

from workflow.errors import NotFound
from workflow.operations.context import Work

Row = TypeVar("Row")
_ID = re.compile(r"[1-9][0-9]{0,8}")


def row_id(text: str) -> int:
    """The id in an address; raises NotFound for what is none that a database could hold."""
    if not _ID.fullmatch(text):
        raise _missing()
    return int(text)


def find_row(work: Work, kind: type[Row], text: str) -> Row:
    """The row that an address names; raises NotFound."""
    row = work.session.get(kind, row_id(text))
    if row is None:
        raise _missing()
    return row


def _missing() -> NotFound:
    return NotFound(
        "not-found", "There is no such page. The address may be mistyped, or it is not yours to see."
    )
