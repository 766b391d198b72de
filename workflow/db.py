"""The database: engine, sessions, and the types that all models share.

The same code runs on SQLite and PostgreSQL.  SQLite is used as MVCC with one writer: WAL,
`synchronous=FULL`, and `BEGIN IMMEDIATE` for every transaction that may write, so that a
transaction never finds out at its end that another one wrote in between.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from workflow.errors import Unavailable

# How long a writer waits for SQLite's only write lock, and how long between two tries, in seconds.
WRITER_SECONDS, WRITER_PAUSE = 15, 0.0003

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it without its zone, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: it would be read in whatever zone the server happens to be in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the moment back with its zone, whatever the driver's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all models; every constraint has a name, so migrations can name it too."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
    }


class Database:
    """One engine and its sessions.

    `transaction()` is for work that may write: it commits at the end, or rolls back and lets the
    error through.  `reading()` is for work that only reads: it never takes SQLite's write lock.
    """

    def __init__(self, url: str, **options: Any) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            options.setdefault("connect_args", {"timeout": WRITER_SECONDS, "check_same_thread": False})
        else:
            options.setdefault("pool_pre_ping", True)
            options.setdefault("pool_size", 10)
            options.setdefault("max_overflow", 20)
        self.engine: Engine = create_engine(parsed, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self.reader = self.engine.execution_options(reading=True)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed at the end of the block."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    def ping(self) -> None:
        """Asks the database for a sign of life; raises Unavailable with a sentence."""
        try:
            with self.reader.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (DBAPIError, OSError) as error:
            raise Unavailable(
                "database-away",
                "The database does not answer. Nothing was changed. Check that it runs and that "
                "CHANCERY_DATABASE_URL is right, then try again.",
            ) from error

    def wait(self, seconds: float = 60) -> None:
        """Waits until the database answers, since services start in any order; at most `seconds`."""
        end = time.monotonic() + seconds
        pause = 0.1
        while True:
            try:
                return self.ping()
            except Unavailable:
                if time.monotonic() + pause > end:
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 2)

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={WRITER_SECONDS * 1000}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Any) -> None:
    if connection.get_execution_options().get("reading"):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own wait sleeps longer each time, up to a tenth of a second, while a writer of ours is done
    # in a few milliseconds: two workers would mostly sleep.  So the lock is asked for often instead.
    driver = connection.connection.driver_connection
    end = time.monotonic() + WRITER_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < end:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(WRITER_PAUSE)
        # Once more, so that the error comes out as the library's own.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={WRITER_SECONDS * 1000}")


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Has `act` done once the session's transaction is committed, and never when it is rolled back.

    For what stands outside the database and must not be ahead of it, such as a line in a file.
    What `act` raises reaches the caller although the work is done, so it had better raise nothing.
    """
    waiting = [act]

    def done(committed: Session) -> None:
        # The release of a savepoint is reported too, and is no commit yet.
        if waiting and not committed.in_nested_transaction():
            waiting.pop()()

    event.listen(session, "after_commit", done)


def is_busy(error: Exception) -> bool:
    """Whether an error of the database means "another transaction was first; try again"."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return state in {"40001", "40P01", "55P03"} or "locked" in str(error.orig)
