"""The paper by which a state withdrew its objection stands in the incoming register, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = "incoming_entries"
ONE = "objection_id IS NULL OR withdraws_id IS NULL"


def _triggers() -> list[str]:
    """The triggers of the table on SQLite, which making it anew would lose."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        return []
    found = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    return list(bind.execute(sa.text(found), {"table": TABLE}).scalars())


def upgrade() -> None:
    kept = _triggers()
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("withdraws_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_incoming_entries_withdraws_id"), "silence_objections", ["withdraws_id"], ["id"]
        )
        table.create_check_constraint(op.f("ck_incoming_entries_one_objection"), ONE)
    for trigger in kept:
        op.execute(trigger)
    op.create_index(
        "ix_incoming_entries_withdraws_id",
        TABLE,
        ["withdraws_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )


def downgrade() -> None:
    # The paper stays in the register, with its file; only what it withdraws is no longer said.
    op.drop_index("ix_incoming_entries_withdraws_id", TABLE)
    kept = _triggers()
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("ck_incoming_entries_one_objection"), type_="check")
        table.drop_constraint(op.f("fk_incoming_entries_withdraws_id"), type_="foreignkey")
        table.drop_column("withdraws_id")
    for trigger in kept:
        op.execute(trigger)
