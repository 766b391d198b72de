"""The translation memory with its index, the glossary's imported entries, and machine suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNIT_KEYS = ("exact_key", "slot_key", "reverse_key", "reverse_slot_key", "pair_key")


def upgrade() -> None:
    op.create_table(
        "memory_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("source_language", sa.String(length=12), nullable=False),
        sa.Column("target_language", sa.String(length=12), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("target_text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in UNIT_KEYS),
        sa.Column("marking", sa.String(length=40), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=True),
        sa.Column("paragraph_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(note_id IS NULL) = (paragraph_id IS NULL)", name=op.f("ck_memory_units_of_a_note")
        ),
        sa.CheckConstraint("(note_id IS NULL) = (origin <> '')", name=op.f("ck_memory_units_origin")),
        sa.CheckConstraint("source_language <> target_language", name=op.f("ck_memory_units_two_languages")),
        sa.CheckConstraint("source_text <> '' AND target_text <> ''", name=op.f("ck_memory_units_two_texts")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_memory_units_note_id")),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraphs.id"], name=op.f("fk_memory_units_paragraph_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_memory_units_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_units")),
    )
    for name in UNIT_KEYS:
        op.create_index(f"ix_memory_units_{name}", "memory_units", [name, "id"], unique=False)
    op.create_index("ix_memory_units_note", "memory_units", ["note_id", "target_language"], unique=False)
    op.create_table(
        "memory_terms",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_memory_terms_units")),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_memory_terms")),
    )
    op.create_table(
        "memory_postings",
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_unit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("units", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("term", "first_unit", name=op.f("pk_memory_postings")),
    )
    op.create_table(
        "glossary_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=60), nullable=False),
        sa.Column("concept", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("term", sa.String(length=300), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("forbidden", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "since IS NULL OR until IS NULL OR since <= until", name=op.f("ck_glossary_entries_period")
        ),
        sa.CheckConstraint("term <> ''", name=op.f("ck_glossary_entries_term")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_glossary_entries_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glossary_entries")),
    )
    op.create_index("ix_glossary_entries_concept", "glossary_entries", ["profile", "concept"], unique=False)
    op.create_table(
        "machine_suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("paragraph_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("engine", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_machine_suggestions_confirmed")
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_machine_suggestions_text")),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_machine_suggestions_note_id")),
        sa.ForeignKeyConstraint(
            ["paragraph_id"], ["paragraphs.id"], name=op.f("fk_machine_suggestions_paragraph_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_machine_suggestions_asked_by")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["accounts.id"], name=op.f("fk_machine_suggestions_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_suggestions")),
        sa.UniqueConstraint(
            "paragraph_id",
            "language",
            "digest",
            name=op.f("uq_machine_suggestions_paragraph_id_language_digest"),
        ),
    )
    op.create_index(op.f("ix_machine_suggestions_note_id"), "machine_suggestions", ["note_id"], unique=False)


def downgrade() -> None:
    for table in (
        "machine_suggestions",
        "glossary_entries",
        "memory_postings",
        "memory_terms",
        "memory_units",
    ):
        op.drop_table(table)
