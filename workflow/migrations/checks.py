"""CHECK constraints changed in place, with rows in the table.

SQLite can neither drop nor add one, and making the table anew would drop its triggers and offend the
rows that point at it.  A change of a CHECK alone touches no row on disk, for which SQLite's manual
(ALTER TABLE, section 7) names this way: the text of the table is corrected in the schema itself.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text


def replace(table: str, name: str, old: str, new: str, *, ask: bool = True) -> None:
    """Gives the CHECK `name` of `table` the condition `new`; `old` is the condition that it has.

    With `ask` off the rows that are there are not held against it: on the way back, those of an
    append-only table cannot be brought to agree.

    Raises RuntimeError where the table does not have it, so that nothing is changed by halves.
    """
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({new})" + ("" if ask else " NOT VALID"))
        return
    found = bind.execute(
        text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table"), {"table": table}
    ).scalar_one()
    before, after = f"CONSTRAINT {name} CHECK ({old})", f"CONSTRAINT {name} CHECK ({new})"
    if found.count(before) != 1:
        raise RuntimeError(f"the table {table} has no {before}")
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        bind.execute(
            text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table"),
            {"sql": found.replace(before, after), "table": table},
        )
        # The connection reads the schema anew, as every other one will.
        bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    finally:
        bind.exec_driver_sql("PRAGMA writable_schema = OFF")


def words(column: str, *allowed: str) -> str:
    """The condition that a column holds one of these words, as the models write it."""
    return f"{column} IN ({', '.join(repr(word) for word in allowed)})"
