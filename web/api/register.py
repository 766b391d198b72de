"""The register of numbers, and what it proves of a series."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from web.access import allowed
from web.api import paging
from web.api.door import endpoint
from web.api.schemas import outcome as schemas
from web.session import looking
from workflow import models, register
from workflow.operations.context import Work

READERS = allowed(actions="read_register")


@endpoint(
    "GET", "/register", READERS, tag="Register", query=schemas.RegisterQuery, gives=schemas.RegisterLines
)
def list_register(query: schemas.RegisterQuery) -> dict[str, Any]:
    """List the numbers, the newest first, void ones too; `number` is found in any script."""
    with looking() as work:
        statement = select(models.RegisterEntry)
        if query.series:
            statement = statement.where(models.RegisterEntry.series == query.series)
        if query.number:
            statement = statement.where(models.RegisterEntry.key == register.fold(query.number))
        if query.void is not None:
            void = models.RegisterEntry.void_at
            statement = statement.where(void.is_not(None) if query.void else void.is_(None))
        return paging.page(
            work, statement, models.RegisterEntry.id, query, lambda one: _line(work, one), newest_first=True
        )


def _line(work: Work, row: models.RegisterEntry) -> schemas.RegisterLine:
    note = work.session.get_one(models.Note, row.note_id)
    return schemas.RegisterLine(
        id=row.id,
        symbol=row.symbol,
        series=row.series,
        year=row.year,
        serial=row.serial,
        suffix=row.suffix,
        reference=note.reference,
        titles=note.titles,
        state=note.state.value,
        dates=[one.dated for one in row.datings],
        allotted_at=row.allotted_at,
        void_at=row.void_at,
        void_reason=row.void_reason,
    )


@endpoint(
    "GET",
    "/register/continuity",
    READERS,
    tag="Register",
    query=schemas.ContinuityQuery,
    gives=schemas.Continuity,
)
def show_continuity(query: schemas.ContinuityQuery) -> schemas.Continuity:
    """Show whether a series has a gap: its first and last number, how many there are, how many are void."""
    with looking() as work:
        found = register.continuity(work.session, query.series, query.year)
        return schemas.Continuity(
            series=query.series,
            year=query.year,
            first=found.first if found else None,
            last=found.last if found else None,
            numbers=found.numbers if found else 0,
            void=found.void if found else 0,
            gaps=list(found.gaps) if found else [],
        )
