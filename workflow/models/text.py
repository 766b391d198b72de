"""The texts of a note: versions, paragraphs with their history, and enclosures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Word, one_of
from workflow.states import VersionState


class LanguageVersion(Base):
    """The note in one language.  The source is a version too, accepted when it is released.

    `accepted_revision` is the source revision at which the reviewer accepted; the version is
    current while it equals the note's.  Its being stale is a fact of its paragraphs.
    """

    __tablename__ = "language_versions"
    __table_args__ = (
        UniqueConstraint("note_id", "language"),
        one_of("state", VersionState, "state"),
        CheckConstraint("standing IN ('authentic', 'courtesy')", name="standing"),
        CheckConstraint("(state = 'accepted') = (accepted_by IS NOT NULL)", name="accepted_by"),
        CheckConstraint("(state = 'accepted') = (accepted_revision IS NOT NULL)", name="accepted_revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    language: Mapped[str] = mapped_column(String(12))
    ordinal: Mapped[int]
    standing: Mapped[str] = mapped_column(String(12))
    required: Mapped[bool]
    is_source: Mapped[bool]
    state: Mapped[VersionState] = mapped_column(Word(VersionState), default=VersionState.WAITING)
    revision: Mapped[int] = mapped_column(default=1)
    due: Mapped[date | None]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    accepted_at: Mapped[datetime | None]
    accepted_revision: Mapped[int | None]

    assignments: Mapped[list[Assignment]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Assignment.id"
    )


class Assignment(Base):
    """Who translates or reviews a version; several translators may share one."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("duty IN ('translate', 'review')", name="duty"),
        UniqueConstraint("version_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("language_versions.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    duty: Mapped[str] = mapped_column(String(12))
    assigned_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    assigned_at: Mapped[datetime]


class Paragraph(Base):
    """One free paragraph of the body; formulas come from the profile and are not rows.

    `source_revision` is the source revision at which its source text last changed.
    """

    __tablename__ = "paragraphs"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    ordinal: Mapped[int]
    source_revision: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]

    texts: Mapped[list[ParagraphText]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ParagraphText.id"
    )


class ParagraphText(Base):
    """A paragraph in one language, as it stands now.

    `source_seen` is the source text that it was translated from: while it differs from the
    source's text of now, the translation is stale and the difference can be shown.
    """

    __tablename__ = "paragraph_texts"
    __table_args__ = (UniqueConstraint("paragraph_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paragraph_id: Mapped[int] = mapped_column(ForeignKey("paragraphs.id"))
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)
    source_seen: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]


class Revision(Base):
    """Every text that a paragraph ever had, in order: its history."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("text_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("paragraph_texts.id"))
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime]


class Enclosure(Base):
    """Something that goes with the note; it exists in one or more languages."""

    __tablename__ = "enclosures"
    __table_args__ = (UniqueConstraint("note_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    ordinal: Mapped[int]
    titles: Mapped[dict[str, Any]]
    origin: Mapped[str] = mapped_column(String(200), default="")
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]

    versions: Mapped[list[EnclosureVersion]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="EnclosureVersion.id"
    )


class EnclosureVersion(Base):
    """An enclosure in one language: the file as submitted, and frozen as PDF with its pages counted."""

    __tablename__ = "enclosure_versions"
    __table_args__ = (
        UniqueConstraint("enclosure_id", "language"),
        CheckConstraint("pages > 0", name="pages"),
        CheckConstraint("standing IN ('authentic', 'courtesy')", name="standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enclosure_id: Mapped[int] = mapped_column(ForeignKey("enclosures.id"))
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    language: Mapped[str] = mapped_column(String(12))
    standing: Mapped[str] = mapped_column(String(12), default="authentic")
    original_name: Mapped[str] = mapped_column(String(255))
    original_sha256: Mapped[str] = mapped_column(String(64))
    frozen_sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
