"""The parts of a number that its note brings: topic, audience, revision mark."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: nothing that refers to the table moves, on either database.
    op.execute("ALTER TABLE notes ADD COLUMN number_parts JSON DEFAULT '{}' NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE notes DROP COLUMN number_parts")
