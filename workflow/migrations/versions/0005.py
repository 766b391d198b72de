"""Reminders beside the deliveries, the ladder of a note, silence procedures, a corrigendum of one language."""

# ruff: noqa: S608 - the names of tables and columns come from this file and the database itself.

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_UNIQUE = "CONSTRAINT uq_deliveries_note_id_member_id_contact_id UNIQUE (note_id, member_id, contact_id)"
NEW_UNIQUE = (
    "CONSTRAINT uq_deliveries_note_id_member_id_contact_id_step UNIQUE (note_id, member_id, contact_id, step)"
)
CHECKS = {
    "ck_deliveries_kind": "kind IN ('note', 'reminder')",
    "ck_deliveries_step": "(kind = 'note') = (step = 0)",
    "ck_deliveries_reminds": "kind <> 'reminder' OR reminds_id IS NOT NULL",
    "ck_deliveries_link": "(kind = 'note') = (link_digest IS NOT NULL)",
    "ck_deliveries_human_of_note": "kind = 'note' OR human = 'none'",
}
CONCERNS = "concerns IS NULL OR relation = 'corrigendum'"
# Tables whose rows nobody may remove, and what may hang on a reminder that an older program does not know.
GUARDED = ("events", "evidence_seals")


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _rebuild(table: str, change: Callable[[str], str]) -> None:
    """SQLite: writes a table anew from its own text, changed; columns of both are kept, indexes too."""
    bind = op.get_bind()
    master = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND sql IS NOT NULL AND type "
    text = bind.execute(sa.text(master + "= 'table'"), {"table": table}).scalar_one()
    others = bind.execute(sa.text(master + "IN ('index', 'trigger')"), {"table": table}).scalars().all()
    before = {row[1] for row in bind.execute(sa.text(f"PRAGMA table_info({table})"))}
    head, body = str(text).split("(", 1)
    assert table in head
    op.execute(f"CREATE TABLE {table}_anew ({change(body)}")
    after = [row[1] for row in bind.execute(sa.text(f"PRAGMA table_info({table}_anew)"))]
    columns = ", ".join(name for name in after if name in before)
    op.execute(f"INSERT INTO {table}_anew ({columns}) SELECT {columns} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for one in others:
        op.execute(one)


def _replaced(body: str, *pairs: tuple[str, str]) -> str:
    """The text with each first replaced by its second; every one has to be there, once."""
    for old, new in pairs:
        assert body.count(old) == 1, f"{old!r} is not there once"
        body = body.replace(old, new)
    return body


def upgrade() -> None:
    _widen_deliveries()
    if _is_sqlite():
        op.execute(
            f"ALTER TABLE notes ADD COLUMN concerns VARCHAR(12) CONSTRAINT ck_notes_concerns CHECK ({CONCERNS})"
        )
    else:
        op.add_column("notes", sa.Column("concerns", sa.String(length=12), nullable=True))
        op.create_check_constraint("ck_notes_concerns", "notes", CONCERNS)
    op.create_table(
        "reminder_plans",
        sa.Column("note_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.Integer(), nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_reminder_plans_ended")
        ),
        sa.CheckConstraint("ended_at IS NULL OR next_at IS NULL", name=op.f("ck_reminder_plans_over")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["notes.id"], name=op.f("fk_reminder_plans_ended_by_id")),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_by IS NULL)", name=op.f("ck_reminder_plans_paused_person")
        ),
        sa.CheckConstraint(
            "(paused_at IS NULL) = (paused_reason IS NULL)", name=op.f("ck_reminder_plans_paused")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_reminder_plans_note_id")),
        sa.ForeignKeyConstraint(["paused_by"], ["accounts.id"], name=op.f("fk_reminder_plans_paused_by")),
        sa.ForeignKeyConstraint(["set_by"], ["accounts.id"], name=op.f("fk_reminder_plans_set_by")),
        sa.PrimaryKeyConstraint("note_id", name=op.f("pk_reminder_plans")),
    )
    op.create_index(op.f("ix_reminder_plans_next_at"), "reminder_plans", ["next_at"], unique=False)
    op.create_table(
        "reminder_rungs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("following_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'note') = (following_id IS NOT NULL)", name=op.f("ck_reminder_rungs_following")
        ),
        sa.CheckConstraint(
            "outcome IN ('mail', 'note', 'desk', 'nobody')", name=op.f("ck_reminder_rungs_outcome")
        ),
        sa.CheckConstraint(
            "settled_at IS NULL OR outcome = 'desk'", name=op.f("ck_reminder_rungs_settled_desk")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_reminder_rungs_settled_person")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_reason IS NULL)", name=op.f("ck_reminder_rungs_settled")
        ),
        sa.CheckConstraint("step > 0", name=op.f("ck_reminder_rungs_step")),
        sa.ForeignKeyConstraint(["following_id"], ["notes.id"], name=op.f("fk_reminder_rungs_following_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reminder_rungs_member_id")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_reminder_rungs_note_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_reminder_rungs_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_rungs")),
        sa.UniqueConstraint(
            "note_id", "member_id", "step", name=op.f("uq_reminder_rungs_note_id_member_id_step")
        ),
    )
    op.create_index(op.f("ix_reminder_rungs_note_id"), "reminder_rungs", ["note_id"], unique=False)
    op.create_table(
        "silence_procedures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.Column("notice_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "level IN ('not_sent', 'undeliverable', 'in_transit', 'reached', 'downloaded', 'acknowledged')",
            name=op.f("ck_silence_procedures_level"),
        ),
        sa.CheckConstraint(
            "outcome IN ('adopted', 'objected', 'broken', 'cancelled')",
            name=op.f("ck_silence_procedures_outcome"),
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_silence_procedures_ended")
        ),
        sa.CheckConstraint("begins_at < deadline_at", name=op.f("ck_silence_procedures_period")),
        sa.CheckConstraint(
            "notice_id IS NULL OR outcome IS NOT NULL", name=op.f("ck_silence_procedures_notice")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_silence_procedures_number")),
        sa.CheckConstraint(
            "waived_reason IS NULL OR outcome IS NOT NULL", name=op.f("ck_silence_procedures_waived")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_silence_procedures_ended_by")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_silence_procedures_note_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notes.id"], name=op.f("fk_silence_procedures_notice_id")),
        sa.ForeignKeyConstraint(
            ["started_by"], ["accounts.id"], name=op.f("fk_silence_procedures_started_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_procedures")),
        sa.UniqueConstraint("note_id", "number", name=op.f("uq_silence_procedures_note_id_number")),
    )
    op.create_index(
        op.f("ix_silence_procedures_deadline_at"), "silence_procedures", ["deadline_at"], unique=False
    )
    op.create_index(op.f("ix_silence_procedures_note_id"), "silence_procedures", ["note_id"], unique=False)
    op.create_index(
        "uq_silence_procedures_open",
        "silence_procedures",
        ["note_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "silence_extensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("before_at < deadline_at", name=op.f("ck_silence_extensions_later")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_silence_extensions_made_by")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["silence_procedures.id"], name=op.f("fk_silence_extensions_procedure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_extensions")),
    )
    op.create_index(
        op.f("ix_silence_extensions_procedure_id"), "silence_extensions", ["procedure_id"], unique=False
    )
    op.create_table(
        "silence_objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
            name=op.f("ck_silence_objections_withdrawn_person"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_silence_objections_withdrawn"),
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_silence_objections_member_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["silence_procedures.id"], name=op.f("fk_silence_objections_procedure_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["accounts.id"], name=op.f("fk_silence_objections_registered_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["accounts.id"], name=op.f("fk_silence_objections_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_objections")),
        sa.UniqueConstraint(
            "procedure_id",
            "member_id",
            "sha256",
            name=op.f("uq_silence_objections_procedure_id_member_id_sha256"),
        ),
    )
    op.create_index(
        op.f("ix_silence_objections_procedure_id"), "silence_objections", ["procedure_id"], unique=False
    )


def _widen_deliveries() -> None:
    """A row may be a reminder: unique by its step, without a link of its own."""
    op.add_column("deliveries", sa.Column("kind", sa.String(12), nullable=False, server_default="note"))
    op.add_column("deliveries", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
    if _is_sqlite():
        op.add_column("deliveries", sa.Column("reminds_id", sa.Integer(), nullable=True))
        checks = "".join(f",\n\tCONSTRAINT {name} CHECK ({rule})" for name, rule in CHECKS.items())
        more = "CONSTRAINT fk_deliveries_reminds_id FOREIGN KEY(reminds_id) REFERENCES deliveries (id)"
        _rebuild(
            "deliveries",
            lambda body: _replaced(
                body,
                (OLD_UNIQUE, f"{NEW_UNIQUE},\n\t{more}{checks}"),
                ("link_digest VARCHAR(64) NOT NULL", "link_digest VARCHAR(64)"),
            ),
        )
    else:
        key = sa.ForeignKey("deliveries.id", name="fk_deliveries_reminds_id")
        op.add_column("deliveries", sa.Column("reminds_id", sa.Integer(), key, nullable=True))
        op.alter_column("deliveries", "link_digest", existing_type=sa.String(64), nullable=True)
        op.drop_constraint("uq_deliveries_note_id_member_id_contact_id", "deliveries", type_="unique")
        op.create_unique_constraint(
            "uq_deliveries_note_id_member_id_contact_id_step",
            "deliveries",
            ["note_id", "member_id", "contact_id", "step"],
        )
        for name, rule in CHECKS.items():
            op.create_check_constraint(name, "deliveries", rule)
    op.create_index("ix_deliveries_reminds_id", "deliveries", ["reminds_id"])


def downgrade() -> None:
    op.drop_table("silence_objections")
    op.drop_table("silence_extensions")
    op.drop_table("silence_procedures")
    op.drop_table("reminder_rungs")
    op.drop_table("reminder_plans")
    if _is_sqlite():
        _rebuild("notes", _without_concerns)
    else:
        op.drop_constraint("ck_notes_concerns", "notes", type_="check")
        op.drop_column("notes", "concerns")
    _forget_reminders()
    op.drop_index("ix_deliveries_reminds_id", table_name="deliveries")
    if _is_sqlite():
        _rebuild("deliveries", _narrowed)
        return
    for name in CHECKS:
        op.drop_constraint(name, "deliveries", type_="check")
    op.drop_constraint("uq_deliveries_note_id_member_id_contact_id_step", "deliveries", type_="unique")
    op.create_unique_constraint(
        "uq_deliveries_note_id_member_id_contact_id", "deliveries", ["note_id", "member_id", "contact_id"]
    )
    op.alter_column("deliveries", "link_digest", existing_type=sa.String(64), nullable=False)
    op.drop_constraint("fk_deliveries_reminds_id", "deliveries", type_="foreignkey")
    for column in ("reminds_id", "step", "kind"):
        op.drop_column("deliveries", column)


def _without_concerns(body: str) -> str:
    return _replaced(body, (f", concerns VARCHAR(12) CONSTRAINT ck_notes_concerns CHECK ({CONCERNS})", ""))


def _narrowed(body: str) -> str:
    checks = "".join(f",\n\tCONSTRAINT {name} CHECK ({rule})" for name, rule in CHECKS.items())
    more = "CONSTRAINT fk_deliveries_reminds_id FOREIGN KEY(reminds_id) REFERENCES deliveries (id)"
    return _replaced(
        body,
        (f"{NEW_UNIQUE},\n\t{more}{checks}", OLD_UNIQUE),
        ("link_digest VARCHAR(64)", "link_digest VARCHAR(64) NOT NULL"),
        (", kind VARCHAR(12) DEFAULT 'note' NOT NULL", ""),
        (", step INTEGER DEFAULT '0' NOT NULL", ""),
        (", reminds_id INTEGER", ""),
    )


def _forget_reminders() -> None:
    """An older program knows no reminders, so they go with their attempts and what was learnt of them."""
    reminders = "SELECT id FROM deliveries WHERE kind = 'reminder'"
    events = f"SELECT id FROM events WHERE delivery_id IN ({reminders})"
    attempts = f"SELECT id FROM attempts WHERE delivery_id IN ({reminders})"
    triggers: list[str] = []
    if _is_sqlite():
        for table in GUARDED:
            found = op.get_bind().execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
                {"table": table},
            )
            for name, text in found.all():
                triggers.append(text)
                op.execute(f"DROP TRIGGER {name}")
    else:
        for table in GUARDED:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
    op.execute(f"DELETE FROM evidence_seals WHERE event_id IN ({events})")
    op.execute(f"DELETE FROM events WHERE delivery_id IN ({reminders})")
    op.execute(f"DELETE FROM second_copies WHERE attempt_id IN ({attempts})")
    op.execute(f"UPDATE returned_messages SET delivery_id = NULL WHERE delivery_id IN ({reminders})")
    op.execute(f"DELETE FROM attempts WHERE delivery_id IN ({reminders})")
    op.execute("DELETE FROM deliveries WHERE kind = 'reminder'")
    for text in triggers:
        op.execute(text)
    if not _is_sqlite():
        for table in GUARDED:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")
