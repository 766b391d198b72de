"""Answers to remarks, mail to people of the house, and how each of them wants it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = (
    "submission",
    "assigned",
    "released",
    "source_changed",
    "submitted",
    "returned",
    "findings",
    "sent_back",
    "to_approve",
    "to_dispatch",
    "undeliverable",
    "late",
)
STATES = ("queued", "sending", "sent", "unknown", "failed", "dropped")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _guard_turns() -> None:
    """What was said stays said."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER remark_turns_no_{verb.lower()} BEFORE {verb} ON remark_turns "
                "BEGIN SELECT RAISE(ABORT, 'remark_turns is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER remark_turns_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON remark_turns "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    # A column with its own CHECK is added to SQLite's table in place: nothing that refers to it moves.
    op.execute(
        "ALTER TABLE accounts ADD COLUMN mail VARCHAR(40) DEFAULT 'at_once' NOT NULL "
        "CONSTRAINT ck_accounts_mail CHECK (mail IN ('at_once', 'digest', 'none'))"
    )
    op.create_table(
        "remark_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("turn IN ('reply', 'settled', 'reopened')", name=op.f("ck_remark_turns_turn")),
        sa.CheckConstraint("(turn = 'reply') = (text <> '')", name=op.f("ck_remark_turns_text")),
        sa.ForeignKeyConstraint(["remark_id"], ["remarks.id"], name=op.f("fk_remark_turns_remark_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_remark_turns_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark_turns")),
    )
    op.create_index(op.f("ix_remark_turns_remark_id"), "remark_turns", ["remark_id"], unique=False)
    _guard_turns()
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("member", sa.String(length=12), nullable=True),
        sa.Column("by", sa.Date(), nullable=True),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.CheckConstraint(_one_of("kind", KINDS), name=op.f("ck_notices_kind")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_notices_state")),
        sa.CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name=op.f("ck_notices_claimed")),
        sa.CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_notices_sent")),
        sa.CheckConstraint("(member IS NOT NULL) = (kind = 'undeliverable')", name=op.f("ck_notices_member")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_notices_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    op.create_index(op.f("ix_notices_account_id"), "notices", ["account_id"], unique=False)
    op.create_index(op.f("ix_notices_token"), "notices", ["token"], unique=False)
    op.create_index("ix_notices_waiting", "notices", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("notices")
    # The triggers go with their table.
    op.drop_table("remark_turns")
    op.execute("ALTER TABLE accounts DROP COLUMN mail")
