"""Indexes that lists of hundreds of notes and thousands of deliveries are read by."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_deliveries_standing": (
        "deliveries",
        (
            "note_id", "member_id", "kind", "role", "transport", "human", "queue",
            "handed", "cancelled_at", "on_behalf", "channel",
        ),
    ),
    "ix_deliveries_outcome": ("deliveries", ("transport", "kind", "human", "queue", "cancelled_at")),
    "ix_deliveries_contact_id": ("deliveries", ("contact_id",)),
    "ix_datings_entry_id": ("datings", ("entry_id",)),
    "ix_notes_changed_at": ("notes", ("changed_at",)),
    "ix_notes_parent_id": ("notes", ("parent_id",)),
}  # fmt: skip


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, list(columns), unique=False)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
