"""Keyset pages: `?after=` is the `next` of the page before, `limit` how many rows at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from web.api.schemas.common import Window
from workflow.operations.context import Work


def page(
    work: Work,
    statement: Select[Any],
    key: InstrumentedAttribute[int] | ColumnElement[int],
    window: Window,
    present: Callable[[Any], Any],
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `statement`, in the order of `key`: its items, and where the next one begins.

    A row that is added or taken away meanwhile neither repeats nor hides another.
    """
    if window.after is not None:
        statement = statement.where(key < window.after if newest_first else key > window.after)
    ordered = statement.order_by(key.desc() if newest_first else key).limit(window.limit + 1)
    rows = work.session.scalars(ordered).unique().all()
    kept = rows[: window.limit]
    last = getattr(kept[-1], key.key or "id") if len(rows) > window.limit else None
    return {"items": [present(row) for row in kept], "next": last}
