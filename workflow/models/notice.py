"""Mail to people of the house: what they are told, and whether it went out."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Word, one_of


class NoticeKind(StrEnum):
    """What somebody is told: always what they are to do next."""

    SUBMISSION = "submission"  # A summary came in: the registry writes the note.
    ASSIGNED = "assigned"  # A version is given to a translator, or to its reviewer.
    RELEASED = "released"  # The source is agreed: its translators can finish.
    SOURCE_CHANGED = "source_changed"  # Paragraphs of a translation are stale.
    SUBMITTED = "submitted"  # A version waits for its reviewer.
    RETURNED = "returned"  # A version came back to its translators.
    FINDINGS = "findings"  # Every version is accepted, but they do not say the same.
    SENT_BACK = "sent_back"  # A note came back to the registry.
    TO_APPROVE = "to_approve"  # A note waits for the director.
    TO_DISPATCH = "to_dispatch"  # The final documents are made: the note can go out.
    UNDELIVERABLE = "undeliverable"  # No contact of a state could be reached.
    SILENT = "silent"  # A state was reminded to the end and has not answered: a person asks it.
    HELD = "held"  # A message waits for a person: its outcome is unknown twice, or it cannot be sent.
    REMARK = "remark"  # Somebody remarked on a text that the person works on.
    REPLY = "reply"  # Somebody replied to a remark that concerns the person.
    LATE = "late"  # A day has passed and the work is not done.
    INCOMING = "incoming"  # An incoming paper is given to somebody to deal with.
    INCOMING_LATE = "incoming_late"  # A day has passed and an incoming paper is not dealt with.


class NoticeState(StrEnum):
    """Where a notice stands."""

    QUEUED = "queued"  # Waits for its due time and a worker.
    SENDING = "sending"  # In a worker's hand since `claimed_at`; it may be on the wire.
    SENT = "sent"  # The relay took it.
    UNKNOWN = "unknown"  # The line or the worker broke while it was sent; it is sent once more, with a mark.
    FAILED = "failed"  # Refused for good, or returned.
    DROPPED = "dropped"  # Not sent: its person left, or wants no mail.


class Notice(Base):
    """One thing that one person is told once.

    `key` says what it is about, so that the same thing is never told twice.  `token` is the
    envelope's, the same for all notices of one message; `answer` is the relay's last word.  `repeated` says
    that an unknown outcome is dealt with: the message was sent once more with a mark, or is of no use any more.
    `member` is the code of the state that is spoken of, `remark_id` the remark that is spoken of.  It is about
    a note or, where it has no `note_id`, about an incoming paper.
    """

    __tablename__ = "notices"
    __table_args__ = (
        one_of("kind", NoticeKind, "kind"),
        one_of("state", NoticeState, "state"),
        CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name="claimed"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent"),
        CheckConstraint(
            "(member IS NOT NULL) = (kind IN ('undeliverable', 'silent', 'held'))", name="member"
        ),
        CheckConstraint("(remark_id IS NOT NULL) = (kind IN ('remark', 'reply'))", name="remark"),
        CheckConstraint("(note_id IS NULL) <> (incoming_id IS NULL)", name="about"),
        CheckConstraint("(incoming_id IS NOT NULL) = (kind LIKE 'incoming%')", name="incoming"),
        Index("ix_notices_waiting", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming_entries.id"))
    language: Mapped[str | None] = mapped_column(String(12))
    member: Mapped[str | None] = mapped_column(String(12))
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remarks.id"))
    by: Mapped[date | None]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[NoticeState] = mapped_column(Word(NoticeState), default=NoticeState.QUEUED)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[bool] = mapped_column(default=False, server_default=false())
    token: Mapped[str | None] = mapped_column(String(64), index=True)
    answer: Mapped[str | None] = mapped_column(Text)
