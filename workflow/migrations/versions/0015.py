"""Mail for states that stay silent to the end, and for messages that wait for a person."""

from __future__ import annotations

from alembic import op

from workflow.migrations import checks

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = (
    "submission", "assigned", "released", "source_changed", "submitted", "returned", "findings", "sent_back",
    "to_approve", "to_dispatch", "undeliverable", "remark", "reply", "late",
)  # fmt: skip
NOW = (*BEFORE[:-3], "silent", "held", *BEFORE[-3:])
OF_A_MEMBER = "(member IS NOT NULL) = (kind = 'undeliverable')"
OF_MEMBERS = "(member IS NOT NULL) = (kind IN ('undeliverable', 'silent', 'held'))"


def upgrade() -> None:
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *BEFORE), checks.words("kind", *NOW))
    checks.replace("notices", "ck_notices_member", OF_A_MEMBER, OF_MEMBERS)


def downgrade() -> None:
    # What these mails told of stands on the desk all the same.
    op.execute("DELETE FROM notices WHERE kind IN ('silent', 'held')")
    checks.replace("notices", "ck_notices_member", OF_MEMBERS, OF_A_MEMBER)
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *NOW), checks.words("kind", *BEFORE))
