"""What the message of an attempt can be known by: its size and digests, written before it leaves."""

# ruff: noqa: S608 - the names of columns come from this file.

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.migrations import checks

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("message_size", "INTEGER", sa.Integer()),
    ("message_head", "VARCHAR(64)", sa.String(length=64)),
    ("message_covered", "VARCHAR(64)", sa.String(length=64)),
    ("message_tail", "VARCHAR(64)", sa.String(length=64)),
    ("message_protection", "VARCHAR(40)", sa.String(length=40)),
)
CHECKS = {
    "ck_attempts_message_head": "(message_size IS NULL) = (message_head IS NULL)",
    "ck_attempts_message_covered": "(message_size IS NULL) = (message_covered IS NULL)",
    "ck_attempts_message_protected": "(message_size IS NULL) = (message_protection IS NULL)",
    "ck_attempts_message_protection": checks.words(
        "message_protection", "none", "signed", "encrypted", "signed_encrypted"
    ),
    "ck_attempts_message_tail": (
        "message_tail IS NULL OR (message_size IS NOT NULL AND message_protection = 'none')"
    ),
    "ck_attempts_message_size": "message_size IS NULL OR (message_size > 0 AND sending_at IS NOT NULL)",
    "ck_attempts_message_digests": (
        "length(message_head) = 64 AND length(message_covered) = 64 AND "
        "(message_tail IS NULL OR length(message_tail) = 64)"
    ),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # SQLite takes a constraint with a new column only, and lets both go together.
        rules = " ".join(f"CONSTRAINT {name} CHECK ({rule})" for name, rule in CHECKS.items())
        for name, word, _ in COLUMNS:
            more = rules if name == COLUMNS[-1][0] else ""
            op.execute(f"ALTER TABLE attempts ADD COLUMN {name} {word} {more}")
    else:
        for name, _, kind in COLUMNS:
            op.add_column("attempts", sa.Column(name, kind, nullable=True))
        for name, rule in CHECKS.items():
            op.create_check_constraint(op.f(name), "attempts", rule)
    _restore()


def _restore() -> None:
    """After a step back the evidence, which stays for ever, still names the messages."""
    bind = op.get_bind()
    found = bind.execute(
        sa.text(
            "SELECT attempt_id, data FROM events WHERE attempt_id IS NOT NULL AND axis = 'transport' "
            "AND CAST(data AS TEXT) LIKE '%\"message\"%'"
        )
    ).all()
    names = [name for name, *_ in COLUMNS]
    into = ", ".join(f"{name} = :{name}" for name in names)
    for attempt, data in found:
        known = (json.loads(data) if isinstance(data, str) else data).get("message")
        if isinstance(known, dict):
            values = {name: known[name.removeprefix("message_")] for name in names}
            bind.execute(
                sa.text(f"UPDATE attempts SET {into} WHERE id = :attempt"), {**values, "attempt": attempt}
            )


def downgrade() -> None:
    for name, *_ in reversed(COLUMNS):
        op.drop_column("attempts", name)
