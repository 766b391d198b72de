"""Certificates of contacts wait for a second person, with the document that they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "contact_certificates"
CHECKS = (
    ("ck_contact_certificates_four_eyes", "confirmed_by IS NULL OR confirmed_by <> added_by"),
    ("ck_contact_certificates_confirmed", "confirmed_by IS NULL OR confirmed_at IS NOT NULL"),
)
NEW = ("source_file", "chain", "other_address", "confirmed_by", "confirmed_at", "end_reason")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(sa.Column("source_file", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("chain", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("other_address", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("confirmed_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("end_reason", sa.Text(), nullable=True))
        table.create_foreign_key(
            op.f("fk_contact_certificates_confirmed_by"), "accounts", ["confirmed_by"], ["id"]
        )
    # Mail that is encrypted today is not to leave in the clear tomorrow: what stands goes on standing.
    op.execute("UPDATE contact_certificates SET confirmed_at = added_at")
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("chain", existing_type=sa.Text(), server_default=None)
        table.alter_column("other_address", existing_type=sa.Boolean(), server_default=None)
        for name, condition in CHECKS:
            table.create_check_constraint(op.f(name), condition)


def downgrade() -> None:
    # What waits was never in force, and must not be after the step back.
    op.execute(
        "UPDATE contact_certificates SET ended_by = added_by, ended_at = added_at "
        "WHERE confirmed_at IS NULL AND ended_at IS NULL"
    )
    with op.batch_alter_table(TABLE) as table:
        for name, _ in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        table.drop_constraint(op.f("fk_contact_certificates_confirmed_by"), type_="foreignkey")
        for column in NEW:
            table.drop_column(column)
