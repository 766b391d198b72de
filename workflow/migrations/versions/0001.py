"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_entries", "events", "evidence_seals", "revisions")

# PostgreSQL wants both tables there before they can point at each other; SQLite takes it as it comes.
CIRCULAR = (("register_entries", "note_id", "notes"), ("notes", "approval_id", "approvals"))


def _guard_appended() -> None:
    """Rows of the log, of evidence and of a text's history are added, never changed or removed."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _close_circles() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table, column, target in CIRCULAR:
            op.create_foreign_key(f"fk_{table}_{column}", table, target, [column], ["id"])


def _open_circles() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table, column, _ in CIRCULAR:
            op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_accounts_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_accounts_fs_webauthn_user_handle")),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("anchored_count", sa.Integer(), nullable=False),
        sa.Column("anchored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("code", name=op.f("uq_members_code")),
    )
    op.create_table(
        "series",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_serial", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_serial > 0", name=op.f("ck_series_next_serial")),
        sa.PrimaryKeyConstraint("code", "year", name=op.f("pk_series")),
    )
    op.create_table(
        "account_roles",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.CheckConstraint(
            "role IN ('chair_institute', 'registry', 'translator', 'reviewer', 'director', 'administrator')",
            name=op.f("ck_account_roles_role"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_roles_account_id")),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_roles")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_tokens_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_index(op.f("ix_api_tokens_account_id"), "api_tokens", ["account_id"], unique=False)
    op.create_table(
        "once_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_once_keys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once_keys")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_once_keys_account_id_key")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("acting_for_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["acting_for_id"], ["accounts.id"], name=op.f("fk_audit_entries_acting_for_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_audit_entries_actor_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_subject"), "audit_entries", ["subject"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_file", sa.String(length=64), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'link_only')", name=op.f("ck_contacts_channel")),
        sa.CheckConstraint("role IN ('to', 'cc', 'escalation')", name=op.f("ck_contacts_role")),
        sa.CheckConstraint(
            "state = 'proposed' OR state = 'retired' OR confirmed_by IS NOT NULL",
            name=op.f("ck_contacts_checked"),
        ),
        sa.CheckConstraint("state IN ('proposed', 'confirmed', 'retired')", name=op.f("ck_contacts_state")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_contacts_confirmed")
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_contacts_four_eyes")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["accounts.id"], name=op.f("fk_contacts_confirmed_by")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_contacts_member_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_contacts_proposed_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["contacts.id"], name=op.f("fk_contacts_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_member_id"), "contacts", ["member_id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("principal_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("principal_id <> deputy_id", name=op.f("ck_delegations_not_oneself")),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_delegations_period")),
        sa.ForeignKeyConstraint(["deputy_id"], ["accounts.id"], name=op.f("fk_delegations_deputy_id")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_delegations_made_by")),
        sa.ForeignKeyConstraint(["principal_id"], ["accounts.id"], name=op.f("fk_delegations_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
    )
    op.create_index(op.f("ix_delegations_deputy_id"), "delegations", ["deputy_id"], unique=False)
    op.create_table(
        "member_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_names_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_names")),
        sa.UniqueConstraint(
            "member_id", "language", "valid_from", name=op.f("uq_member_names_member_id_language_valid_from")
        ),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("certain", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until", name=op.f("ck_memberships_period")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_memberships_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("member_id", "valid_from", name=op.f("uq_memberships_member_id_valid_from")),
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("suffix", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("allotted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_by", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(void_at IS NULL) = (void_by IS NULL)", name=op.f("ck_register_entries_void_person")
        ),
        sa.CheckConstraint(
            "(void_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_register_entries_void")
        ),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_register_entries_note_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["void_by"], ["accounts.id"], name=op.f("fk_register_entries_void_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_register_entries_key")),
        sa.UniqueConstraint("note_id", name=op.f("uq_register_entries_note_id")),
        sa.UniqueConstraint(
            "series", "year", "serial", "suffix", name=op.f("uq_register_entries_series_year_serial_suffix")
        ),
        sa.UniqueConstraint("symbol", name=op.f("uq_register_entries_symbol")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("clean", sa.Boolean(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("frozen_sha256", sa.String(length=64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'ready') = (frozen_sha256 IS NOT NULL)", name=op.f("ck_uploads_frozen")),
        sa.CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name=op.f("ck_uploads_refused")),
        sa.CheckConstraint("state IN ('pending', 'ready', 'refused')", name=op.f("ck_uploads_state")),
        sa.CheckConstraint("(frozen_sha256 IS NULL) = (pages IS NULL)", name=op.f("ck_uploads_counted")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name=op.f("fk_uploads_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "datings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("allotted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_datings_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datings")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("source_language", sa.String(length=12), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("particulars", sa.JSON(), nullable=False),
        sa.Column("marking", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("released_digest", sa.String(length=64), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("translated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("dispatched_by", sa.Integer(), nullable=True),
        sa.Column("dispatched_for", sa.Integer(), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'dispatched') = (dispatched_at IS NOT NULL)", name=op.f("ck_notes_dispatched")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_notes_withdrawn")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'translated', 'approved', 'dispatched', 'withdrawn')",
            name=op.f("ck_notes_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'dispatched') OR approval_id IS NOT NULL",
            name=op.f("ck_notes_approved"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'translated') OR approval_id IS NULL", name=op.f("ck_notes_not_approved")
        ),
        sa.CheckConstraint(
            "(dispatched_at IS NULL) = (dispatched_by IS NULL)", name=op.f("ck_notes_dispatched_person")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_notes_withdrawn_person")
        ),
        sa.CheckConstraint("approval_id IS NULL OR entry_id IS NOT NULL", name=op.f("ck_notes_numbered")),
        sa.CheckConstraint("dispatched_at IS NULL OR release_at IS NOT NULL", name=op.f("ck_notes_released")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_notes_approval_id"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["dispatched_by"], ["accounts.id"], name=op.f("fk_notes_dispatched_by")),
        sa.ForeignKeyConstraint(["dispatched_for"], ["accounts.id"], name=op.f("fk_notes_dispatched_for")),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_notes_entry_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["notes.id"], name=op.f("fk_notes_parent_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["accounts.id"], name=op.f("fk_notes_submitted_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["accounts.id"], name=op.f("fk_notes_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_notes_approval_id")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_notes_entry_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_notes_reference")),
    )
    op.create_index(op.f("ix_notes_state"), "notes", ["state"], unique=False)
    op.create_table(
        "addressees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(waived_by IS NULL) = (waived_reason IS NULL)", name=op.f("ck_addressees_waived")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_addressees_member_id")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_addressees_note_id")),
        sa.ForeignKeyConstraint(["waived_by"], ["accounts.id"], name=op.f("fk_addressees_waived_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addressees")),
        sa.UniqueConstraint("note_id", "member_id", name=op.f("uq_addressees_note_id_member_id")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=False),
        sa.Column("approved_for", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_by", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(void_at IS NULL) = (void_reason IS NULL)", name=op.f("ck_approvals_void")),
        sa.CheckConstraint("length(code) = 6", name=op.f("ck_approvals_code")),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_approvals_digest")),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name=op.f("fk_approvals_approved_by")),
        sa.ForeignKeyConstraint(["approved_for"], ["accounts.id"], name=op.f("fk_approvals_approved_for")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_approvals_note_id")),
        sa.ForeignKeyConstraint(["void_by"], ["accounts.id"], name=op.f("fk_approvals_void_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_note_id"), "approvals", ["note_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("link_digest", sa.String(length=64), nullable=False),
        sa.Column("link_revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queue", sa.String(40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=100), nullable=True),
        sa.Column("held_reason", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transport", sa.String(40), nullable=True),
        sa.Column("human", sa.String(40), nullable=False),
        sa.Column("late_bounce", sa.Boolean(), nullable=False),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(queue = 'claimed') = (claimed_at IS NOT NULL)", name=op.f("ck_deliveries_claimed")
        ),
        sa.CheckConstraint(
            "human IN ('none', 'downloaded', 'acknowledged')", name=op.f("ck_deliveries_human")
        ),
        sa.CheckConstraint("queue <> 'held' OR held_reason IS NOT NULL", name=op.f("ck_deliveries_held")),
        sa.CheckConstraint(
            "queue IN ('queued', 'claimed', 'held', 'done')", name=op.f("ck_deliveries_queue")
        ),
        sa.CheckConstraint("(claimed_at IS NULL) = (claimed_by IS NULL)", name=op.f("ck_deliveries_claim")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_deliveries_contact_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_deliveries_member_id")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_deliveries_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_deliveries_link_digest")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
        sa.UniqueConstraint(
            "note_id", "member_id", "contact_id", name=op.f("uq_deliveries_note_id_member_id_contact_id")
        ),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["queue", "due_at"], unique=False)
    op.create_index(op.f("ix_deliveries_note_id"), "deliveries", ["note_id"], unique=False)
    op.create_table(
        "enclosures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["accounts.id"], name=op.f("fk_enclosures_added_by")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_enclosures_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclosures")),
        sa.UniqueConstraint("note_id", "ordinal", name=op.f("uq_enclosures_note_id_ordinal")),
    )
    op.create_table(
        "language_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_revision", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_by IS NOT NULL)", name=op.f("ck_language_versions_accepted_by")
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_revision IS NOT NULL)",
            name=op.f("ck_language_versions_accepted_revision"),
        ),
        sa.CheckConstraint(
            "standing IN ('authentic', 'courtesy')", name=op.f("ck_language_versions_standing")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'in_progress', 'submitted', 'accepted')",
            name=op.f("ck_language_versions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["accounts.id"], name=op.f("fk_language_versions_accepted_by")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_language_versions_note_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["accounts.id"], name=op.f("fk_language_versions_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language_versions")),
        sa.UniqueConstraint("note_id", "language", name=op.f("uq_language_versions_note_id_language")),
    )
    op.create_table(
        "paragraphs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("source_revision", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_paragraphs_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraphs")),
    )
    op.create_index(op.f("ix_paragraphs_note_id"), "paragraphs", ["note_id"], unique=False)
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_waivers_note_id")),
        sa.ForeignKeyConstraint(["waived_by"], ["accounts.id"], name=op.f("fk_waivers_waived_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint("note_id", "finding", name=op.f("uq_waivers_note_id_finding")),
    )
    op.create_table(
        "approved_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approved_recipients_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_approved_recipients_contact_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_approved_recipients_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved_recipients")),
        sa.UniqueConstraint(
            "approval_id",
            "member_id",
            "contact_id",
            name=op.f("uq_approved_recipients_approval_id_member_id_contact_id"),
        ),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("duty IN ('translate', 'review')", name=op.f("ck_assignments_duty")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_assignments_account_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["accounts.id"], name=op.f("fk_assignments_assigned_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["language_versions.id"], name=op.f("fk_assignments_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("version_id", "account_id", name=op.f("uq_assignments_version_id_account_id")),
    )
    op.create_index(op.f("ix_assignments_account_id"), "assignments", ["account_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("transport", sa.String(40), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unknown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("queue_id", sa.String(length=100), nullable=True),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "transport <> 'unknown' OR unknown_at IS NOT NULL", name=op.f("ck_attempts_unknown_since")
        ),
        sa.CheckConstraint(
            "transport IN ('prepared', 'sending', 'unknown', 'refused_temp', 'refused_perm', 'accepted', 'delayed', 'relayed', 'delivered', 'failed')",
            name=op.f("ck_attempts_transport"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_attempts_delivery_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_attempts_token")),
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("addressee", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("letter", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("sealed_sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL)", name=op.f("ck_documents_made")),
        sa.CheckConstraint("format IN ('pdf', 'docx')", name=op.f("ck_documents_format")),
        sa.CheckConstraint("state IN ('pending', 'ready', 'failed')", name=op.f("ck_documents_state")),
        sa.CheckConstraint("(sha256 IS NULL) = (made_at IS NULL)", name=op.f("ck_documents_made_at")),
        sa.CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name=op.f("ck_documents_size")),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_documents_approval_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "approval_id",
            "language",
            "format",
            "addressee",
            name=op.f("uq_documents_approval_id_language_format_addressee"),
        ),
    )
    op.create_index(op.f("ix_documents_approval_id"), "documents", ["approval_id"], unique=False)
    op.create_table(
        "enclosure_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enclosure_id", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("original_name", sa.String(length=255), nullable=False),
        sa.Column("original_sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('authentic', 'courtesy')", name=op.f("ck_enclosure_versions_standing")
        ),
        sa.CheckConstraint("pages > 0", name=op.f("ck_enclosure_versions_pages")),
        sa.ForeignKeyConstraint(
            ["enclosure_id"], ["enclosures.id"], name=op.f("fk_enclosure_versions_enclosure_id")
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_enclosure_versions_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclosure_versions")),
        sa.UniqueConstraint(
            "enclosure_id", "language", name=op.f("uq_enclosure_versions_enclosure_id_language")
        ),
    )
    op.create_table(
        "paragraph_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source_seen", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_paragraph_texts_changed_by")),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraphs.id"], name=op.f("fk_paragraph_texts_paragraph_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paragraph_texts")),
        sa.UniqueConstraint(
            "paragraph_id", "language", name=op.f("uq_paragraph_texts_paragraph_id_language")
        ),
    )
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("paragraph_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_remarks_made_by")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_remarks_note_id")),
        sa.ForeignKeyConstraint(["paragraph_id"], ["paragraphs.id"], name=op.f("fk_remarks_paragraph_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remarks")),
    )
    op.create_index(op.f("ix_remarks_note_id"), "remarks", ["note_id"], unique=False)
    op.create_table(
        "returned_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('moved', 'aside', 'waiting', 'settled')", name=op.f("ck_returned_messages_state")
        ),
        sa.CheckConstraint(
            "(settled_by IS NULL) = (settled_at IS NULL)", name=op.f("ck_returned_messages_settled")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_returned_messages_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["accounts.id"], name=op.f("fk_returned_messages_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returned_messages")),
        sa.UniqueConstraint("sha256", name=op.f("uq_returned_messages_sha256")),
    )
    op.create_index(op.f("ix_returned_messages_state"), "returned_messages", ["state"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("axis", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.CheckConstraint("axis IN ('transport', 'human', 'side')", name=op.f("ck_events_axis")),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_events_actor_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_events_attempt_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_events_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("key", name=op.f("uq_events_key")),
    )
    op.create_index(op.f("ix_events_delivery_id"), "events", ["delivery_id"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_revisions_changed_by")),
        sa.ForeignKeyConstraint(["text_id"], ["paragraph_texts.id"], name=op.f("fk_revisions_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("text_id", "revision", name=op.f("uq_revisions_text_id_revision")),
    )
    op.create_table(
        "second_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_second_copies_attempt_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts.id"], name=op.f("fk_second_copies_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_copies")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_second_copies_attempt_id")),
    )
    op.create_table(
        "evidence_seals",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_number"], ["audit_entries.number"], name=op.f("fk_evidence_seals_entry_number")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_evidence_seals_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_evidence_seals")),
    )
    op.create_index(op.f("ix_evidence_seals_entry_number"), "evidence_seals", ["entry_number"], unique=False)
    _close_circles()
    _guard_appended()


def downgrade() -> None:
    _open_circles()
    op.drop_index(op.f("ix_evidence_seals_entry_number"), table_name="evidence_seals")
    op.drop_table("evidence_seals")
    op.drop_table("second_copies")
    op.drop_table("revisions")
    op.drop_index(op.f("ix_events_delivery_id"), table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_returned_messages_state"), table_name="returned_messages")
    op.drop_table("returned_messages")
    op.drop_index(op.f("ix_remarks_note_id"), table_name="remarks")
    op.drop_table("remarks")
    op.drop_table("paragraph_texts")
    op.drop_table("enclosure_versions")
    op.drop_index(op.f("ix_documents_approval_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_table("attempts")
    op.drop_index(op.f("ix_assignments_account_id"), table_name="assignments")
    op.drop_table("assignments")
    op.drop_table("approved_recipients")
    op.drop_table("waivers")
    op.drop_index(op.f("ix_paragraphs_note_id"), table_name="paragraphs")
    op.drop_table("paragraphs")
    op.drop_table("language_versions")
    op.drop_table("enclosures")
    op.drop_index(op.f("ix_deliveries_note_id"), table_name="deliveries")
    op.drop_index("ix_deliveries_due", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_approvals_note_id"), table_name="approvals")
    op.drop_table("approvals")
    op.drop_table("addressees")
    op.drop_index(op.f("ix_notes_state"), table_name="notes")
    op.drop_table("notes")
    op.drop_table("datings")
    op.drop_table("uploads")
    op.drop_table("register_entries")
    op.drop_table("memberships")
    op.drop_table("member_names")
    op.drop_index(op.f("ix_delegations_deputy_id"), table_name="delegations")
    op.drop_table("delegations")
    op.drop_index(op.f("ix_contacts_member_id"), table_name="contacts")
    op.drop_table("contacts")
    op.drop_index(op.f("ix_audit_entries_subject"), table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("once_keys")
    op.drop_index(op.f("ix_api_tokens_account_id"), table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_table("account_roles")
    op.drop_table("series")
    op.drop_table("members")
    op.drop_table("audit_head")
    op.drop_table("accounts")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change()")
