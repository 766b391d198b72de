"""Tables that people take away as CSV, and lists that are paged by keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Response, request
from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from web.pages._forms import whole
from web.views.parts import Keyset
from workflow.operations.context import Work
from workflow.tables import workbook, writing

Row = TypeVar("Row")
PAGE = 50


def table(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as a CSV file (RFC 4180) that spreadsheets open as UTF-8, with nothing that they would run."""
    response = Response(writing.csv_file(header, rows), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book(name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as a workbook (XLSX) with one sheet, called `title`."""
    response = Response(workbook.written(title, header, rows), content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def keyset(
    work: Work,
    statement: Select[Any],
    key: InstrumentedAttribute[int] | ColumnElement[int],
    *,
    keep: Mapping[str, str] | None = None,
) -> tuple[list[Any], Keyset]:
    """One page of `statement`, highest key first, by `before` and `after` of the address.

    `keep` are further arguments that the links to the neighbouring pages carry.  A row that is
    added or taken away meanwhile neither repeats nor hides another.
    """
    before, after, size = _key("before"), _key("after"), PAGE
    name = key.key or "id"
    if after is not None:
        found = list(
            work.session.scalars(statement.where(key > after).order_by(key).limit(size + 1)).unique()
        )
        rows, more_newer = found[:size][::-1], len(found) > size
        more_older = True
    else:
        if before is not None:
            statement = statement.where(key < before)
        found = list(work.session.scalars(statement.order_by(key.desc()).limit(size + 1)).unique())
        rows, more_older = found[:size], len(found) > size
        more_newer = before is not None
    kept = {name: value for name, value in (keep or {}).items() if value}
    if not rows:
        return [], Keyset(
            newer=kept if before is not None else None, older=kept if after is not None else None
        )
    older = {**kept, "before": str(getattr(rows[-1], name))} if more_older else None
    newer = {**kept, "after": str(getattr(rows[0], name))} if more_newer else None
    return rows, Keyset(older=older, newer=newer)


def numbered(
    rows: Sequence[Row], size: int = PAGE, *, keep: Mapping[str, str] | None = None
) -> tuple[Sequence[Row], Keyset]:
    """One page of rows that are all there, by `page` of the address; "newer" are those before it."""
    kept = {name: value for name, value in (keep or {}).items() if value}
    number = min(max(_key("page") or 1, 1), max(1, -(-len(rows) // size)))
    older = {**kept, "page": str(number + 1)} if number * size < len(rows) else None
    newer = {**kept, **({"page": str(number - 1)} if number > 2 else {})} if number > 1 else None
    return rows[(number - 1) * size : number * size], Keyset(older=older, newer=newer)


def _key(name: str) -> int | None:
    return whole(request.args.get(name))
