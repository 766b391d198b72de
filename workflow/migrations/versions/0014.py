"""When the tasks of the timer ended last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "last_runs",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name IN ('sweep', 'anchor', 'mailbox')", name=op.f("ck_last_runs_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_last_runs")),
    )


def downgrade() -> None:
    op.drop_table("last_runs")
