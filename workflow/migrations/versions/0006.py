"""What a person hands over, periods of contacts, and links that are made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.migrations import checks

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

AXES = ("transport", "human", "side")
CHANNELS = ("mail", "link_only")


def upgrade() -> None:
    checks.replace(
        "events", "ck_events_axis", checks.words("axis", *AXES), checks.words("axis", *AXES, "hand")
    )
    checks.replace(
        "contacts",
        "ck_contacts_channel",
        checks.words("channel", *CHANNELS),
        checks.words("channel", *CHANNELS, "courier", "hand"),
    )
    op.add_column("contacts", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("contacts", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("deliveries", sa.Column("handed", sa.String(length=40), nullable=True))
    op.add_column("deliveries", sa.Column("link_serial", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    # What was handed over, and whom only a person reaches, has no words in the earlier schema.
    op.drop_column("deliveries", "link_serial")
    op.drop_column("deliveries", "handed")
    op.drop_column("contacts", "valid_until")
    op.drop_column("contacts", "valid_from")
    op.execute("UPDATE contacts SET channel = 'link_only' WHERE channel NOT IN ('mail', 'link_only')")
    checks.replace(
        "contacts",
        "ck_contacts_channel",
        checks.words("channel", *CHANNELS, "courier", "hand"),
        checks.words("channel", *CHANNELS),
    )
    checks.replace(
        "events",
        "ck_events_axis",
        checks.words("axis", *AXES, "hand"),
        checks.words("axis", *AXES),
        ask=False,
    )
