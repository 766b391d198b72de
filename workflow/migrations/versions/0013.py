"""Mail for a remark and for a reply to it: two kinds of notices, and the remark that they speak of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.migrations import checks

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BEFORE = (
    "submission", "assigned", "released", "source_changed", "submitted", "returned", "findings", "sent_back",
    "to_approve", "to_dispatch", "undeliverable", "late",
)  # fmt: skip
NOW = (*BEFORE[:-1], "remark", "reply", "late")
REMARK = "(remark_id IS NOT NULL) = (kind IN ('remark', 'reply'))"


def upgrade() -> None:
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *BEFORE), checks.words("kind", *NOW))
    with op.batch_alter_table("notices") as table:
        table.add_column(sa.Column("remark_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_notices_remark_id"), "remarks", ["remark_id"], ["id"])
        table.create_check_constraint(op.f("ck_notices_remark"), REMARK)


def downgrade() -> None:
    # What these mails told of stands on the desk all the same.
    op.execute("DELETE FROM notices WHERE kind IN ('remark', 'reply')")
    with op.batch_alter_table("notices") as table:
        table.drop_constraint(op.f("ck_notices_remark"), type_="check")
        table.drop_constraint(op.f("fk_notices_remark_id"), type_="foreignkey")
        table.drop_column("remark_id")
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *NOW), checks.words("kind", *BEFORE))
