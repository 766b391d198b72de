"""The register of incoming papers, and mail to people of the house about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflow.migrations import checks

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = (
    "submission", "assigned", "released", "source_changed", "submitted", "returned", "findings", "sent_back",
    "to_approve", "to_dispatch", "undeliverable", "silent", "held", "remark", "reply", "late",
)  # fmt: skip
NOW = (*BEFORE, "incoming", "incoming_late")
ABOUT = "(note_id IS NULL) <> (incoming_id IS NULL)"
OF_INCOMING = "(incoming_id IS NOT NULL) = (kind LIKE 'incoming%')"
# What of a table nobody may do: corrections stay as they are; of an entry its number does, and nothing goes.
NUMBER = "UPDATE OF year, serial, symbol"
GUARDED = {
    "incoming_corrections": ("UPDATE", "DELETE"),
    "incoming_entries": (NUMBER, "DELETE"),
    "incoming_files": ("DELETE",),
}


def upgrade() -> None:
    op.create_table(
        "incoming_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("reference_key", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("party", sa.String(length=300), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("writer", sa.String(length=300), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("marking", sa.String(length=40), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_remark", sa.Text(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("returned_id", sa.Integer(), nullable=True),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column("erasure_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('mail', 'hand', 'courier', 'post', 'telephone')",
            name=op.f("ck_incoming_entries_channel"),
        ),
        sa.CheckConstraint(
            "kind IN ('reply', 'objection', 'acknowledgement', 'request', 'other')",
            name=op.f("ck_incoming_entries_kind"),
        ),
        sa.CheckConstraint(
            "member_id IS NOT NULL OR party <> '' OR erasure_id IS NOT NULL",
            name=op.f("ck_incoming_entries_sender"),
        ),
        sa.CheckConstraint("member_id IS NULL OR party = ''", name=op.f("ck_incoming_entries_one_sender")),
        sa.CheckConstraint(
            "subject <> '' OR erasure_id IS NOT NULL", name=op.f("ck_incoming_entries_subject")
        ),
        sa.CheckConstraint(
            "(assigned_to IS NULL) = (assigned_at IS NULL)", name=op.f("ck_incoming_entries_assigned")
        ),
        sa.CheckConstraint(
            "(assigned_to IS NULL) = (assigned_by IS NULL)", name=op.f("ck_incoming_entries_assigned_person")
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by IS NULL)",
            name=op.f("ck_incoming_entries_cancelled_person"),
        ),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_reason IS NULL)", name=op.f("ck_incoming_entries_cancelled")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_incoming_entries_settled_person")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_remark IS NULL)", name=op.f("ck_incoming_entries_settled")
        ),
        sa.CheckConstraint(
            "answer_id IS NULL OR settled_at IS NOT NULL", name=op.f("ck_incoming_entries_answer")
        ),
        sa.CheckConstraint(
            "contact_id IS NULL OR member_id IS NOT NULL", name=op.f("ck_incoming_entries_contact")
        ),
        sa.CheckConstraint("serial > 0", name=op.f("ck_incoming_entries_serial")),
        sa.ForeignKeyConstraint(["answer_id"], ["notes.id"], name=op.f("fk_incoming_entries_answer_id")),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["accounts.id"], name=op.f("fk_incoming_entries_assigned_by")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["accounts.id"], name=op.f("fk_incoming_entries_assigned_to")
        ),
        sa.ForeignKeyConstraint(
            ["cancelled_by"], ["accounts.id"], name=op.f("fk_incoming_entries_cancelled_by")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_incoming_entries_contact_id")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasures.id"], name=op.f("fk_incoming_entries_erasure_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_incoming_entries_member_id")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["silence_objections.id"], name=op.f("fk_incoming_entries_objection_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["accounts.id"], name=op.f("fk_incoming_entries_registered_by")
        ),
        sa.ForeignKeyConstraint(
            ["returned_id"], ["returned_messages.id"], name=op.f("fk_incoming_entries_returned_id")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_incoming_entries_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_incoming_entries_key")),
        sa.UniqueConstraint("symbol", name=op.f("uq_incoming_entries_symbol")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_incoming_entries_year_serial")),
    )
    op.create_index(
        op.f("ix_incoming_entries_assigned_to"), "incoming_entries", ["assigned_to"], unique=False
    )
    op.create_index(op.f("ix_incoming_entries_contact_id"), "incoming_entries", ["contact_id"], unique=False)
    op.create_index(op.f("ix_incoming_entries_member_id"), "incoming_entries", ["member_id"], unique=False)
    op.create_index(
        "ix_incoming_entries_objection_id",
        "incoming_entries",
        ["objection_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_index(
        "ix_incoming_entries_open", "incoming_entries", ["settled_at", "cancelled_at", "due"], unique=False
    )
    op.create_index(
        op.f("ix_incoming_entries_reference_key"), "incoming_entries", ["reference_key"], unique=False
    )
    op.create_index(
        "ix_incoming_entries_returned_id",
        "incoming_entries",
        ["returned_id"],
        unique=True,
        sqlite_where=sa.text("cancelled_at IS NULL"),
        postgresql_where=sa.text("cancelled_at IS NULL"),
    )
    op.create_table(
        "incoming_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("personal", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["incoming_entries.id"], name=op.f("fk_incoming_corrections_entry_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_incoming_corrections_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_corrections")),
    )
    op.create_index(
        op.f("ix_incoming_corrections_entry_id"), "incoming_corrections", ["entry_id"], unique=False
    )
    op.create_table(
        "incoming_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_incoming_files_digest")),
        sa.CheckConstraint("ordinal > 0", name=op.f("ck_incoming_files_ordinal")),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=op.f("fk_incoming_files_added_by")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["incoming_entries.id"], name=op.f("fk_incoming_files_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_files")),
        sa.UniqueConstraint("entry_id", "ordinal", name=op.f("uq_incoming_files_entry_id_ordinal")),
        sa.UniqueConstraint("entry_id", "sha256", name=op.f("uq_incoming_files_entry_id_sha256")),
    )
    op.create_index(op.f("ix_incoming_files_sha256"), "incoming_files", ["sha256"], unique=False)
    op.create_table(
        "incoming_links",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["incoming_entries.id"], name=op.f("fk_incoming_links_entry_id")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_incoming_links_note_id")),
        sa.PrimaryKeyConstraint("entry_id", "note_id", name=op.f("pk_incoming_links")),
    )
    op.create_index(op.f("ix_incoming_links_note_id"), "incoming_links", ["note_id"], unique=False)
    for name, verbs in GUARDED.items():
        _guard(name, verbs)
    with op.batch_alter_table("erasures") as table:
        table.alter_column("contact_id", existing_type=sa.Integer(), nullable=True)
    _widen_notices()


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _guard(table: str, verbs: tuple[str, ...]) -> None:
    if _is_sqlite():
        for verb in verbs:
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(verbs)} OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _widen_notices() -> None:
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *BEFORE), checks.words("kind", *NOW))
    with op.batch_alter_table("notices") as table:
        table.alter_column("note_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("incoming_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_notices_incoming_id"), "incoming_entries", ["incoming_id"], ["id"])
        table.create_check_constraint(op.f("ck_notices_about"), ABOUT)
        table.create_check_constraint(op.f("ck_notices_incoming"), OF_INCOMING)


def downgrade() -> None:
    # An older program has neither these mails nor what they are about.
    op.execute("DELETE FROM notices WHERE incoming_id IS NOT NULL")
    with op.batch_alter_table("notices") as table:
        table.drop_constraint(op.f("ck_notices_incoming"), type_="check")
        table.drop_constraint(op.f("ck_notices_about"), type_="check")
        table.drop_constraint(op.f("fk_notices_incoming_id"), type_="foreignkey")
        table.drop_column("incoming_id")
        table.alter_column("note_id", existing_type=sa.Integer(), nullable=False)
    checks.replace("notices", "ck_notices_kind", checks.words("kind", *NOW), checks.words("kind", *BEFORE))
    op.execute(
        "DELETE FROM personal_data WHERE digest IN (SELECT personal FROM incoming_corrections) "
        "OR erasure_id IN (SELECT id FROM erasures WHERE contact_id IS NULL)"
    )
    # The triggers go with their tables.
    op.drop_table("incoming_links")
    op.drop_table("incoming_files")
    op.drop_table("incoming_corrections")
    op.drop_table("incoming_entries")
    op.execute("DELETE FROM erasures WHERE contact_id IS NULL")
    with op.batch_alter_table("erasures") as table:
        table.alter_column("contact_id", existing_type=sa.Integer(), nullable=False)
    op.execute("DELETE FROM series WHERE code = '.incoming'")
