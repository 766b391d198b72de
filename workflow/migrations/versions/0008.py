"""A sealed document says when it was sealed, with which certificate, and how large it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = (
    ("sealed_size", sa.Integer()),
    ("sealed_at", sa.DateTime(timezone=True)),
    ("seal_certificate", sa.String(length=64)),
)
CHECKS = (
    ("ck_documents_sealed_at", "(sealed_sha256 IS NULL) = (sealed_at IS NULL)"),
    ("ck_documents_sealed_size", "(sealed_sha256 IS NULL) = (sealed_size IS NULL)"),
    ("ck_documents_seal_certificate", "(sealed_sha256 IS NULL) = (seal_certificate IS NULL)"),
    ("ck_documents_sealed", "sealed_sha256 IS NULL OR (state = 'ready' AND format = 'pdf')"),
)
INDEXES = ("sha256", "sealed_sha256")


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        for name, kind in COLUMNS:
            table.add_column(sa.Column(name, kind, nullable=True))
    # What was sealed before a step back keeps its digest; it was sealed when it was made, and the
    # certificate is in the seal itself.
    op.execute(
        "UPDATE documents SET sealed_at = made_at, sealed_size = size, seal_certificate = '' "
        "WHERE sealed_sha256 IS NOT NULL"
    )
    with op.batch_alter_table("documents") as table:
        for name, condition in CHECKS:
            table.create_check_constraint(op.f(name), condition)
    for name in INDEXES:
        op.create_index(op.f(f"ix_documents_{name}"), "documents", [name])


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(f"ix_documents_{name}"), "documents")
    with op.batch_alter_table("documents") as table:
        for name, _ in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for name, _ in COLUMNS:
            table.drop_column(name)
