"""A dispatch that is stopped as a whole, and the rates at which messages may leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HELD = "held_as IS NULL OR queue = 'held'"


def upgrade() -> None:
    op.create_table(
        "rate_buckets",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("tokens >= 0", name=op.f("ck_rate_buckets_tokens")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rate_buckets")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # SQLite takes a constraint with a new column only, and lets both go together.
        op.execute(
            f"ALTER TABLE deliveries ADD COLUMN held_as VARCHAR(40) CONSTRAINT ck_deliveries_held_as CHECK ({HELD})"
        )
    else:
        op.add_column("deliveries", sa.Column("held_as", sa.String(length=40), nullable=True))
        op.create_check_constraint(op.f("ck_deliveries_held_as"), "deliveries", HELD)
    # Until now the sentence alone told what a person had held from what waited for one.
    for kind, words in (("patience", "The relay put it off %"), ("unknown", "The outcome is unknown %")):
        op.execute(
            sa.text(
                "UPDATE deliveries SET held_as = :kind WHERE queue = 'held' AND held_reason LIKE :words"
            ).bindparams(kind=kind, words=words)
        )
    op.execute("UPDATE deliveries SET held_as = 'person' WHERE queue = 'held' AND held_as IS NULL")


def downgrade() -> None:
    op.drop_column("deliveries", "held_as")
    op.drop_table("rate_buckets")
