"""Changed addresses that are asked themselves, and what is sent again when they are in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.migrations import checks

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = ("proposed", "confirmed", "retired")
NOW = ("proposed", "checked", "confirmed", "retired")


def upgrade() -> None:
    checks.replace(
        "contacts", "ck_contacts_state", checks.words("state", *BEFORE), checks.words("state", *NOW)
    )
    op.create_table(
        "address_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("link_digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("relay_answer", sa.Text(), nullable=True),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("side IN ('new', 'old')", name=op.f("ck_address_checks_side")),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('agreed', 'objected')", name=op.f("ck_address_checks_answer")
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_address_checks_state")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_address_checks_answered")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_address_checks_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_checks")),
        sa.UniqueConstraint("contact_id", "side", name=op.f("uq_address_checks_contact_id_side")),
        sa.UniqueConstraint("token", name=op.f("uq_address_checks_token")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_address_checks_link_digest")),
        sa.UniqueConstraint("message_id", name=op.f("uq_address_checks_message_id")),
    )
    op.create_index("ix_address_checks_due", "address_checks", ["state", "due_at"], unique=False)
    op.create_table(
        "mendings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name=op.f("ck_mendings_done")),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_mendings_asked_by")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_mendings_contact_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_mendings_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mendings")),
        sa.UniqueConstraint("contact_id", "delivery_id", name=op.f("uq_mendings_contact_id_delivery_id")),
    )


def downgrade() -> None:
    op.drop_table("mendings")
    op.drop_index("ix_address_checks_due", table_name="address_checks")
    op.drop_table("address_checks")
    # A change that waits for its address waits for its second person again.
    op.execute(
        "UPDATE contacts SET state = 'proposed', confirmed_by = NULL, confirmed_at = NULL WHERE state = 'checked'"
    )
    checks.replace(
        "contacts", "ck_contacts_state", checks.words("state", *NOW), checks.words("state", *BEFORE)
    )
