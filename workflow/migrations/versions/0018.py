"""A message by two ways is one; mail of unknown outcome goes out once more with a mark; faults of the mailbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REPEATED = ("notices", "address_checks")


def upgrade() -> None:
    op.add_column("returned_messages", sa.Column("content_sha256", sa.String(length=64), nullable=True))
    op.create_index("ix_returned_messages_content", "returned_messages", ["content_sha256"], unique=True)
    for table in REPEATED:
        op.add_column(table, sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What was written off before is old news by now, and is not sent once more.
    op.execute("UPDATE notices SET repeated = true WHERE state = 'unknown'")
    op.create_table(
        "mailbox_faults",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_mailbox_faults")),
    )


def downgrade() -> None:
    op.drop_table("mailbox_faults")
    for table in REPEATED:
        op.drop_column(table, "repeated")
    op.drop_index("ix_returned_messages_content", table_name="returned_messages")
    op.drop_column("returned_messages", "content_sha256")
