"""Personal data of evidence kept apart from it, so that they can be erased and every seal holds.

Events that were sealed before keep their words where they are: the log proves them as they stand.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(decision) > 0", name=op.f("ck_erasures_decision")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_erasures_contact_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_erasures_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_contact_id"), "erasures", ["contact_id"], unique=False)
    op.create_table(
        "personal_data",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("erasure_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(salt IS NULL) = (data IS NULL)", name=op.f("ck_personal_data_whole")),
        sa.CheckConstraint("(erasure_id IS NULL) = (salt IS NOT NULL)", name=op.f("ck_personal_data_erased")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_personal_data_digest")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_personal_data_erasure_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_personal_data")),
    )
    op.create_index(op.f("ix_personal_data_erasure_id"), "personal_data", ["erasure_id"], unique=False)
    op.add_column("events", sa.Column("personal", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("events", "personal")
    op.drop_index(op.f("ix_personal_data_erasure_id"), table_name="personal_data")
    op.drop_table("personal_data")
    op.drop_index(op.f("ix_erasures_contact_id"), table_name="erasures")
    op.drop_table("erasures")
