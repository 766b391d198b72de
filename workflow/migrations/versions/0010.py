"""Certificates of contacts, for which mail to them is encrypted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("not_before < not_after", name=op.f("ck_contact_certificates_period")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_contact_certificates_digest")),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_contact_certificates_source")),
        sa.CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_contact_certificates_ended")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_contact_certificates_contact_id")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=op.f("fk_contact_certificates_added_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_contact_certificates_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_certificates")),
    )
    op.create_index(
        op.f("ix_contact_certificates_contact_id"), "contact_certificates", ["contact_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("contact_certificates")
