"""Migrations: they give what the models say, and work both ways, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from workflow import schema
from workflow.db import Database
from workflow.errors import Unavailable
from workflow.means import Means


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_models_equal_migrations_down_and_up_again(means: Means) -> None:
    database = means.database
    assert schema.current(database) == schema.head()
    assert schema.differences(database) == []
    before = tables(database)
    schema.downgrade(database, "base")
    assert tables(database) == set() and schema.current(database) is None
    with pytest.raises(Unavailable, match="chancery init"):
        schema.require_current(database)
    schema.upgrade(database)
    assert tables(database) == before and schema.differences(database) == []
    schema.require_current(database)
