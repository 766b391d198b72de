"""The database's schema: numbered migrations, both ways, run without a configuration file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from workflow.db import Base, Database
from workflow.errors import Unavailable

FOLDER = Path(__file__).resolve().parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest migration that this program knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current(database: Database) -> str | None:
    """The migration that the database is at; None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, target: str = "head") -> None:
    """Brings the database up to `target`, in one transaction."""
    with _migrating(database) as connection:
        command.upgrade(_config(connection), target)


def downgrade(database: Database, target: str) -> None:
    """Takes the database back to `target` (`base` for empty), in one transaction."""
    with _migrating(database) as connection:
        command.downgrade(_config(connection), target)


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """A transaction in which tables may be rebuilt.

    SQLite changes a constraint by writing the table anew, which foreign keys would hinder; it takes
    the switch outside a transaction only, and all keys are checked before the commit (SQLite,
    “Making Other Kinds Of Table Schema Changes”).
    """
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        if database.is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise Unavailable(
                            "migration",
                            "The migration would leave a row without what it belongs to (%(table)s). Nothing was changed.",
                            table=broken[0],
                        )
        finally:
            if database.is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def differences(database: Database) -> list[object]:
    """What the models and the migrated database disagree about; empty when they are equal."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def require_current(database: Database) -> None:
    """Raises Unavailable with what to do when the database is not at this program's migration."""
    if current(database) != head():
        raise Unavailable(
            "migrate",
            "The database is not at the version of this program. Run “chancery init” and start again.",
        )
