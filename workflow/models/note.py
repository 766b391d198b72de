"""The note itself, and what hangs on it while it is a draft."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Sentence, Sentences, Word, both_or_neither, one_of
from workflow.models.outcome import Approval, RegisterEntry
from workflow.models.text import Enclosure, LanguageVersion, Paragraph
from workflow.states import NoteState


class Note(Base):
    """A note, circular or letter on its way from draft to dispatch.

    `reference` is the draft's own name (`D-2026-0012`), accepted wherever a note is named, for
    ever.  `revision` counts every change of the note other than the saving of a paragraph; a page
    posts the revision that it showed, and a stale page is refused.  `source_revision` counts the
    releases of a changed source, and `released_digest` is that of the source as last released.  `slots` are the shared values that every language renders in its own
    way; `number_parts` are the parts of its number that the series leaves to the note (topic,
    audience, revision mark); `titles` is the subject per language; `particulars` are what only some kinds have (deadline,
    file reference, copies, signatory, …).  `concerns` is the one language that a
    corrigendum is about, and exists in; none where it concerns them all.
    """

    __tablename__ = "notes"
    __table_args__ = (
        one_of("state", NoteState, "state"),
        both_or_neither("withdrawn_at", "withdrawn_by", "withdrawn_person"),
        both_or_neither("dispatched_at", "dispatched_by", "dispatched_person"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
        CheckConstraint("(state = 'dispatched') = (dispatched_at IS NOT NULL)", name="dispatched"),
        CheckConstraint(
            "state NOT IN ('approved', 'dispatched') OR approval_id IS NOT NULL", name="approved"
        ),
        CheckConstraint("state NOT IN ('draft', 'translated') OR approval_id IS NULL", name="not_approved"),
        CheckConstraint("approval_id IS NULL OR entry_id IS NOT NULL", name="numbered"),
        CheckConstraint("dispatched_at IS NULL OR release_at IS NOT NULL", name="released"),
        CheckConstraint("concerns IS NULL OR relation = 'corrigendum'", name="concerns"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    series: Mapped[str] = mapped_column(String(40))
    number_parts: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    source_language: Mapped[str] = mapped_column(String(12))
    titles: Mapped[dict[str, Any]] = mapped_column(default=dict)
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    marking: Mapped[str] = mapped_column(String(40))
    state: Mapped[NoteState] = mapped_column(Word(NoteState), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    source_revision: Mapped[int] = mapped_column(default=0)
    released_digest: Mapped[str | None] = mapped_column(String(64))
    due: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    relation: Mapped[str | None] = mapped_column(String(40))
    concerns: Mapped[str | None] = mapped_column(String(12))

    submitted_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    translated_at: Mapped[datetime | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entries.id"), unique=True)
    approval_id: Mapped[int | None] = mapped_column(ForeignKey("approvals.id", use_alter=True), unique=True)
    dispatched_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    dispatched_for: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    dispatched_at: Mapped[datetime | None]
    release_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    versions: Mapped[list[LanguageVersion]] = relationship(order_by="LanguageVersion.ordinal")
    paragraphs: Mapped[list[Paragraph]] = relationship(order_by="Paragraph.ordinal")
    enclosures: Mapped[list[Enclosure]] = relationship(order_by="Enclosure.ordinal")
    addressees: Mapped[list[Addressee]] = relationship(order_by="Addressee.id")
    entry: Mapped[RegisterEntry | None] = relationship(foreign_keys=[entry_id])
    approval: Mapped[Approval | None] = relationship(foreign_keys=[approval_id])

    @property
    def symbol(self) -> str | None:
        """The number as the register holds it, such as `TTF/374`; None before approval."""
        return self.entry.symbol if self.entry else None

    @property
    def name(self) -> str:
        """The symbol, or the draft's reference while there is none."""
        return self.symbol or self.reference


class Addressee(Base):
    """A member that the note is addressed to; waived when it has no usable contact and may go without."""

    __tablename__ = "addressees"
    __table_args__ = (
        UniqueConstraint("note_id", "member_id"),
        both_or_neither("waived_by", "waived_reason", "waived"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    waived_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    waived_reason: Mapped[str | None] = mapped_column(Text)


class Waiver(Base):
    """A concordance finding that somebody other than the translator let pass, with the reason.

    `finding` is the digest of the finding's type, languages and quotes: when a quoted text
    changes, the finding is another one and the waiver no longer covers it.
    """

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("note_id", "finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    finding: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(60))
    quotes: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    waived_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    waived_at: Mapped[datetime]


class Remark(Base):
    """What one person tells another about a version; never part of the note.

    `turns` are the answers and what became of it; `settled_at` says that it needs nobody any more.
    """

    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    language: Mapped[str | None] = mapped_column(String(12))
    paragraph_id: Mapped[int | None] = mapped_column(ForeignKey("paragraphs.id"))
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    turns: Mapped[list[RemarkTurn]] = relationship(lazy="selectin", order_by="RemarkTurn.id")


class RemarkTurn(Base):
    """What followed a remark: an answer, its being settled, its being opened again."""

    __tablename__ = "remark_turns"
    __table_args__ = (
        CheckConstraint("turn IN ('reply', 'settled', 'reopened')", name="turn"),
        CheckConstraint("(turn = 'reply') = (text <> '')", name="text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    remark_id: Mapped[int] = mapped_column(ForeignKey("remarks.id"), index=True)
    turn: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class Upload(Base):
    """A file on its way to become an enclosure: checked at once, frozen as PDF by a worker.

    `state` is `pending` until a worker has frozen it, then `ready` or `refused`.  A refused file
    leaves this row and the log entry; its bytes are not kept.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'ready', 'refused')", name="state"),
        CheckConstraint("(state = 'ready') = (frozen_sha256 IS NOT NULL)", name="frozen"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused"),
        both_or_neither("frozen_sha256", "pages", "counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    clean: Mapped[bool] = mapped_column(default=False)
    warnings: Mapped[list[Any]] = mapped_column(Sentences, default=list)
    refusal: Mapped[str | None] = mapped_column(Sentence)
    frozen_sha256: Mapped[str | None] = mapped_column(String(64))
    pages: Mapped[int | None]
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    uploaded_at: Mapped[datetime]
