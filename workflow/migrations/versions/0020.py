"""A contact is told of its certificate, too, and an objection that comes late is settled by a person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE = "address_checks"
SIDE, SIDES = "side IN ('new', 'old')", "side IN ('new', 'old', 'key')"
CHECKS = (
    ("ck_address_checks_certificate", "(certificate_id IS NULL) = (side <> 'key')"),
    ("ck_address_checks_settled", "(settled_by IS NULL) = (settled_at IS NULL)"),
)
KEYS = (
    ("fk_address_checks_certificate_id", "contact_certificates", "certificate_id"),
    ("fk_address_checks_settled_by", "accounts", "settled_by"),
)
ONCE = "uq_address_checks_contact_id_side"
WHERE = sa.text("certificate_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f(ONCE), type_="unique")
        table.drop_constraint(op.f("ck_address_checks_side"), type_="check")
        table.create_check_constraint(op.f("ck_address_checks_side"), SIDES)
        table.add_column(sa.Column("certificate_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("settled_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        for name, target, column in KEYS:
            table.create_foreign_key(op.f(name), target, [column], ["id"])
        for name, condition in CHECKS:
            table.create_check_constraint(op.f(name), condition)
        table.create_unique_constraint(op.f("uq_address_checks_certificate_id"), ["certificate_id"])
    op.create_index(
        ONCE, TABLE, ["contact_id", "side"], unique=True, sqlite_where=WHERE, postgresql_where=WHERE
    )


def downgrade() -> None:
    # What was asked about certificates has no place in the table of before.
    op.execute("DELETE FROM address_checks WHERE side = 'key'")
    op.drop_index(ONCE, table_name=TABLE)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("uq_address_checks_certificate_id"), type_="unique")
        for name, _ in CHECKS:
            table.drop_constraint(op.f(name), type_="check")
        for name, _, column in KEYS:
            table.drop_constraint(op.f(name), type_="foreignkey")
            table.drop_column(column)
        table.drop_column("settled_at")
        table.drop_constraint(op.f("ck_address_checks_side"), type_="check")
        table.create_check_constraint(op.f("ck_address_checks_side"), SIDE)
        table.create_unique_constraint(op.f(ONCE), ["contact_id", "side"])
