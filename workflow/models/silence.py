"""The rows of a silence procedure on a note: its clock, its extensions, its objections, its outcome."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Sentence, Word, both_or_neither, one_of
from workflow.states import MemberStatus


class SilenceOutcome(StrEnum):
    ADOPTED = "adopted"  # The deadline passed and no objection stands.
    OBJECTED = "objected"  # The deadline passed and an objection stands.
    BROKEN = "broken"  # The registry ended it before the deadline, because silence was broken.
    CANCELLED = "cancelled"  # Called off: the note was withdrawn, or it was begun by mistake.


class SilenceProcedure(Base):
    """One silence procedure on a note; a restart is a new row with the next `number`.

    `begins_at` and `deadline_at` are moments; `zone` is the IANA time zone in which the deadline was
    given and is shown.  The clock runs for a state from the moment at which it had come to `level`.
    At most one procedure of a note is open, and `outcome` is written once.  `notice_id` is the draft
    that the outcome made for the registry.
    """

    __tablename__ = "silence_procedures"
    __table_args__ = (
        UniqueConstraint("note_id", "number"),
        Index(
            "uq_silence_procedures_open",
            "note_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        one_of("level", MemberStatus, "level"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("begins_at < deadline_at", name="period"),
        CheckConstraint("outcome IN ('adopted', 'objected', 'broken', 'cancelled')", name="outcome"),
        both_or_neither("outcome", "ended_at", "ended"),
        CheckConstraint("notice_id IS NULL OR outcome IS NOT NULL", name="notice"),
        CheckConstraint("waived_reason IS NULL OR outcome IS NOT NULL", name="waived"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    number: Mapped[int]
    level: Mapped[MemberStatus] = mapped_column(Word(MemberStatus))
    zone: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime]
    deadline_at: Mapped[datetime] = mapped_column(index=True)
    started_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    started_at: Mapped[datetime]
    outcome: Mapped[SilenceOutcome | None] = mapped_column(Word(SilenceOutcome))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_reason: Mapped[str | None] = mapped_column(Sentence)
    waived_reason: Mapped[str | None] = mapped_column(Text)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))


class SilenceExtension(Base):
    """One extension of a deadline: from when, to when, by whom and why; never changed."""

    __tablename__ = "silence_extensions"
    __table_args__ = (CheckConstraint("before_at < deadline_at", name="later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("silence_procedures.id"), index=True)
    before_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class SilenceObjection(Base):
    """An objection of a member: its note's number and date, the file, and when it came.

    `late` says that it came after the member's time had ended: it is kept, and does not count.
    A withdrawn one does not count either, and stays with its reason.
    """

    __tablename__ = "silence_objections"
    __table_args__ = (
        UniqueConstraint("procedure_id", "member_id", "sha256"),
        both_or_neither("withdrawn_at", "withdrawn_by", "withdrawn_person"),
        both_or_neither("withdrawn_at", "withdrawn_reason", "withdrawn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("silence_procedures.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    reference: Mapped[str] = mapped_column(String(200))
    dated: Mapped[date]
    received_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    remark: Mapped[str] = mapped_column(Text, default="")
    registered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    registered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    withdrawn_sha256: Mapped[str | None] = mapped_column(String(64))
