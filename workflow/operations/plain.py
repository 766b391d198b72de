"""Deliveries and attempts as plain rows, for the places where hundreds are handled at once.

A plain row has the attributes of its model and is changed like it, so the same operations work on
either.  It is read and written in one statement for many, without the object mapper, which takes
most of the time of a turn in which the relay took every message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, RowMapping, Table, Update, and_, bindparam, select, update

from workflow.models import Attempt, Delivery, Outgoing
from workflow.operations.context import Work

_DELIVERIES, _ATTEMPTS = cast(Table, Outgoing.__table__), cast(Table, Attempt.__table__)
# What is big, and what no answer changes or asks for.
_LEFT_OUT = {"documents", "message_id", "link_digest"}


class _Plain(SimpleNamespace):
    """A row's values as attributes; what they were stays known."""

    def __init__(self, values: RowMapping) -> None:
        super().__init__(**values)
        self._were = values

    def changes(self) -> dict[str, Any]:
        """The columns that have another value by now."""
        return {name: self.__dict__[name] for name, was in self._were.items() if self.__dict__[name] != was}


class _PlainAttempt(_Plain):
    """An attempt names its message as its model does."""

    message = Attempt.message


def _reading(table: Table, order: str, *conditions: ColumnElement[bool]) -> Executable:
    columns = [column for column in table.c if column.name not in _LEFT_OUT]
    return select(*columns).where(*conditions).order_by(table.c[order])


def _is_one(column: ColumnElement[int]) -> ColumnElement[bool]:
    return column.in_(bindparam("deliveries", expanding=True))


_READ_DELIVERIES = _reading(_DELIVERIES, "id", _is_one(_DELIVERIES.c.id))
_READ_ATTEMPTS = _reading(_ATTEMPTS, "number", _is_one(_ATTEMPTS.c.delivery_id))
_OF_NOTE, _FOLLOWING = (
    (
        _reading(_DELIVERIES, "id", concerned),
        _reading(_ATTEMPTS, "number", _ATTEMPTS.c.delivery_id == _DELIVERIES.c.id, concerned),
    )
    for concerned in (
        and_(_DELIVERIES.c.note_id == bindparam("note"), condition)
        for condition in (_DELIVERIES.c.kind == "note", _DELIVERIES.c.reminds_id.is_not(None))
    )
)


def read(work: Work, deliveries: Collection[int]) -> list[Outgoing]:
    """The deliveries with all their attempts, in order; the caller holds their locks."""
    given = {"deliveries": list(deliveries)}
    return cast("list[Outgoing]", _read(work, _READ_DELIVERIES, _READ_ATTEMPTS, given))


def of_note(work: Work, note_id: int) -> list[Delivery]:
    """The deliveries of a note with all their attempts, in order, for whoever only looks at them."""
    return cast("list[Delivery]", _read(work, *_OF_NOTE, {"note": note_id}))


def following(work: Work, note_id: int) -> list[Outgoing]:
    """What went out of a note only because somebody kept silent, in order, for whoever only looks at it."""
    return cast("list[Outgoing]", _read(work, *_FOLLOWING, {"note": note_id}))


def _read(work: Work, deliveries: Executable, tries: Executable, given: dict[str, Any]) -> list[_Plain]:
    rows = [_Plain(row) for row in work.session.execute(deliveries, given).mappings()]
    attempts: dict[int, list[_Plain]] = defaultdict(list)
    for row in work.session.execute(tries, given).mappings():
        attempts[row["delivery_id"]].append(_PlainAttempt(row))
    for delivery in rows:
        delivery.attempts = attempts[delivery.id]
    return rows


def write(work: Work, deliveries: Sequence[Outgoing]) -> None:
    """Writes what was changed of plain deliveries and of their attempts."""
    rows = cast("Sequence[_Plain]", deliveries)
    _write(work, _ATTEMPTS, (attempt for delivery in rows for attempt in delivery.attempts))
    _write(work, _DELIVERIES, rows)


def _write(work: Work, table: Table, rows: Iterable[_Plain]) -> None:
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if changes := row.changes():
            alike[tuple(changes)].append({"row": row.id, **changes})
    for names, values in alike.items():
        work.session.execute(_update(table, names), values)


@lru_cache(maxsize=64)
def _update(table: Table, names: tuple[str, ...]) -> Update:
    return (
        update(table)
        .where(table.c.id == bindparam("row"))
        .values({name: bindparam(name, type_=table.c[name].type) for name in names})
    )
