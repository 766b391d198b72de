"""What has to happen before a changed address is in force, and what shall be sent again when it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Word, both_or_neither, one_of


class CheckState(StrEnum):
    QUEUED = "queued"  # Waits for its due time and a worker.
    SENT = "sent"  # The relay has taken it, or may have.
    FAILED = "failed"  # Refused for good, or returned: a person must look.


class AddressCheck(Base):
    """The message that asks the new address, or tells the old one, of a change; each has its own link.

    A message of unknown outcome is sent once more, with a mark (`repeated`); its Message-ID and its link
    stay the same.  `token` is in its return path, and only its digest of the link is kept.
    """

    __tablename__ = "address_checks"
    __table_args__ = (
        UniqueConstraint("contact_id", "side"),
        CheckConstraint("side IN ('new', 'old')", name="side"),
        CheckConstraint("answer IS NULL OR answer IN ('agreed', 'objected')", name="answer"),
        one_of("state", CheckState, "state"),
        both_or_neither("answer", "answered_at", "answered"),
        Index("ix_address_checks_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    side: Mapped[str] = mapped_column(String(3))
    address: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(12))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    link_digest: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[CheckState] = mapped_column(Word(CheckState), default=CheckState.QUEUED)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent_at: Mapped[datetime | None]
    relay_answer: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(String(12))
    answered_at: Mapped[datetime | None]


class Mending(Base):
    """A delivery that is sent again by itself, once, when the contact that mends its address is in force.

    `outcome` is empty when it was sent again, and else says why it was not.
    """

    __tablename__ = "mendings"
    __table_args__ = (
        UniqueConstraint("contact_id", "delivery_id"),
        both_or_neither("done_at", "outcome", "done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
