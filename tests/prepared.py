"""Installations that have come as far as a state, made once a session by the operations, then copied.

A note's way to dispatch takes a second or two; the tests of what follows start from a copy of the
database and of the store instead, so that each has an installation of its own all the same.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from tests.conftest import SetClock, make_settings
from tests.office import MEMBERS, Office
from workflow.db import Database
from workflow.means import Means
from workflow.states import NoteState

BEGIN = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)


@dataclass
class Prepared:
    """An installation with one note in the state that was asked for."""

    means: Means
    office: Office
    clock: SetClock
    note_id: int


@dataclass
class _Template:
    url: str
    data: Path
    people: dict[str, int]
    note_id: int


_templates: dict[tuple[str, NoteState, int], _Template] = {}
_count = iter(range(10**9))


def _admin(url: str, *statements: str) -> None:
    admin = Database(url.format(name="postgres").replace("postgresql://", "postgresql+psycopg://"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.close()


def _new_database(request: pytest.FixtureRequest, kind: str, folder: Path, template: str | None) -> str:
    """A copy of the template's database, or of the empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        source = (
            Path(template.removeprefix("sqlite:///"))
            if template
            else request.getfixturevalue("sqlite_template")
        )
        shutil.copy(source, folder / "chancery.sqlite")
        return f"sqlite:///{folder / 'chancery.sqlite'}"
    server = request.getfixturevalue("postgresql_server")
    name = f"prepared_{os.getpid()}_{next(_count)}"
    before = make_url(template).database if template else "template_chancery"
    _admin(server, f"CREATE DATABASE {name} TEMPLATE {before}")
    return str(server.format(name=name))


def _template(request: pytest.FixtureRequest, kind: str, state: NoteState, contacts: int) -> _Template:
    if (kind, state, contacts) not in _templates:
        folder = Path(
            tempfile.mkdtemp(
                prefix="prepared-", dir=request.getfixturevalue("tmp_path_factory").getbasetemp()
            )
        )
        url = _new_database(request, kind, folder, None)
        means = Means.of(make_settings(folder, database_url=url), SetClock(BEGIN))
        office = Office(means)
        for code in MEMBERS:
            for number in range(2, contacts + 1):
                office.contact(code, f"office{number}@mfa.{code.lower()}.example")
        note_id = office.note(state)
        if kind == "sqlite":
            with means.database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        means.database.close()
        _templates[kind, state, contacts] = _Template(url, folder / "data", office.ids, note_id)
    return _templates[kind, state, contacts]


def prepare(
    request: pytest.FixtureRequest, kind: str, folder: Path, state: NoteState, contacts: int = 1
) -> Iterator[Prepared]:
    """An installation of its own, copied from the one that came as far as `state`.

    Each of the four members has so many `contacts`.
    """
    template = _template(request, kind, state, contacts)
    url = _new_database(request, kind, folder, template.url)
    shutil.copytree(template.data, folder / "data")
    clock = SetClock(BEGIN)
    means = Means.of(make_settings(folder, database_url=url), clock)
    office = Office.__new__(Office)
    office.means, office.ids = means, dict(template.people)
    try:
        yield Prepared(means, office, clock, template.note_id)
    finally:
        means.database.close()
        if kind == "postgresql":
            name = make_url(url).database
            _admin(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def copied(request: pytest.FixtureRequest, prepared: Prepared, folder: Path) -> Iterator[Means]:
    """The means of a copy of an installation as it stands, with a clock of its own that shows the same."""
    settings = prepared.means.settings
    kind = "sqlite" if settings.database.startswith("sqlite") else "postgresql"
    if kind == "sqlite":
        with prepared.means.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    # A database that somebody is connected to cannot be copied.
    prepared.means.database.close()
    url = _new_database(request, kind, folder, settings.database_url)
    shutil.copytree(settings.data_dir, folder / "data")
    given = {"address_check": settings.address_check, "database_url": url}
    means = Means.of(make_settings(folder, **given), SetClock(prepared.clock()))
    try:
        yield means
    finally:
        means.database.close()
        if kind == "postgresql":
            name = make_url(url).database
            _admin(request.getfixturevalue("postgresql_server"), f"DROP DATABASE {name} WITH (FORCE)")


DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=DATABASES)
def dispatched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note that was dispatched to four members, on each kind of database; nothing is sent yet."""
    yield from prepare(request, request.param, tmp_path, NoteState.DISPATCHED)


@pytest.fixture(params=DATABASES)
def translated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note that waits for the director, on each kind of database."""
    yield from prepare(request, request.param, tmp_path, NoteState.TRANSLATED)
