"""The translation memory with its index, the glossary's imported entries, and what a machine suggested."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import both_or_neither

KEYS = ("exact_key", "slot_key", "reverse_key", "reverse_slot_key", "pair_key")


class MemoryUnit(Base):
    """A text and its translation, as accepted in a note or as brought in from a file.

    `words` says what each slot of the two texts read in its note, so that they can be read without
    it: {"source": {token: words}, "target": {…}}.  The keys are numbers of 64 bits: `exact_key`
    and `reverse_key` of what source and target read, `slot_key` and `reverse_slot_key` of the same
    with slots, numbers and dates taken out, `pair_key` of the whole pair.  A unit answers while it
    is not withdrawn; a withdrawn one stays, and comes back when its very texts are accepted again.
    """

    __tablename__ = "memory_units"
    __table_args__ = (
        both_or_neither("note_id", "paragraph_id", "of_a_note"),
        CheckConstraint("(note_id IS NULL) = (origin <> '')", name="origin"),
        CheckConstraint("source_language <> target_language", name="two_languages"),
        CheckConstraint("source_text <> '' AND target_text <> ''", name="two_texts"),
        Index("ix_memory_units_note", "note_id", "target_language"),
        # With the id, so that the newest of many units with one key are read without the others.
        *(Index(f"ix_memory_units_{name}", name, "id") for name in KEYS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(String(60))
    source_language: Mapped[str] = mapped_column(String(12))
    target_language: Mapped[str] = mapped_column(String(12))
    source_text: Mapped[str] = mapped_column(Text)
    target_text: Mapped[str] = mapped_column(Text)
    words: Mapped[dict[str, Any]] = mapped_column(default=dict)
    exact_key: Mapped[int] = mapped_column(BigInteger)
    slot_key: Mapped[int] = mapped_column(BigInteger)
    reverse_key: Mapped[int] = mapped_column(BigInteger)
    reverse_slot_key: Mapped[int] = mapped_column(BigInteger)
    pair_key: Mapped[int] = mapped_column(BigInteger)
    marking: Mapped[str] = mapped_column(String(40))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    paragraph_id: Mapped[int | None] = mapped_column(ForeignKey("paragraphs.id"))
    origin: Mapped[str] = mapped_column(String(200), default="")
    dated: Mapped[date | None]
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class MemoryTerm(Base):
    """In how many units a word stem stands; `term` stands for the stem, its language and the other one."""

    __tablename__ = "memory_terms"
    __table_args__ = (CheckConstraint("units > 0", name="units"),)

    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    units: Mapped[int]


class MemoryPosting(Base):
    """The units of one batch in which a stem stands: their ids in rising order, four bytes each.

    Each batch adds rows of its own and changes none, so that people who feed the memory at the same
    time never wait for each other here.
    """

    __tablename__ = "memory_postings"

    term: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_unit: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    units: Mapped[bytes] = mapped_column(LargeBinary)


class GlossaryEntry(Base):
    """A word of the glossary that was brought in from a file, beside those of the profile's own list.

    Entries of one concept (`concept`) take the place of the profile's concept of the same name.
    """

    __tablename__ = "glossary_entries"
    __table_args__ = (
        CheckConstraint("since IS NULL OR until IS NULL OR since <= until", name="period"),
        CheckConstraint("term <> ''", name="term"),
        Index("ix_glossary_entries_concept", "profile", "concept"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(String(60))
    concept: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(12))
    term: Mapped[str] = mapped_column(String(300))
    forms: Mapped[list[str]] = mapped_column(default=list)
    forbidden: Mapped[list[str]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[date | None]
    until: Mapped[date | None]
    origin: Mapped[str] = mapped_column(String(200))
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class MachineSuggestion(Base):
    """What a machine engine answered for a paragraph.

    While a paragraph's text is still this one, it counts as the machine's until somebody has read
    and confirmed it: a version with such a paragraph is neither submitted nor accepted.
    """

    __tablename__ = "machine_suggestions"
    __table_args__ = (
        UniqueConstraint("paragraph_id", "language", "digest"),
        both_or_neither("confirmed_by", "confirmed_at", "confirmed"),
        CheckConstraint("text <> ''", name="text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    language: Mapped[str] = mapped_column(String(12))
    source_text: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None]
