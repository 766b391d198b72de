"""What has to happen before a changed address is in force, and what shall be sent again when it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Word, both_or_neither, one_of


class CheckState(StrEnum):
    QUEUED = "queued"  # Waits for its due time and a worker.
    SENT = "sent"  # The relay has taken it, or may have.
    FAILED = "failed"  # Refused for good, or returned: a person must look.


class AddressCheck(Base):
    """The message that asks the new address, tells the old one, or asks about a certificate (`side` "key").

    Each has its own link.  An objection to what is in force already waits for a person, who ends the
    contact or the certificate, or keeps it (`settled_by`).

    A message of unknown outcome is sent once more, with a mark (`repeated`); its Message-ID and its link
    stay the same.  `token` is in its return path, and only its digest of the link is kept.
    """

    __tablename__ = "address_checks"
    __table_args__ = (
        CheckConstraint("side IN ('new', 'old', 'key')", name="side"),
        CheckConstraint("(certificate_id IS NULL) = (side <> 'key')", name="certificate"),
        CheckConstraint("answer IS NULL OR answer IN ('agreed', 'objected')", name="answer"),
        one_of("state", CheckState, "state"),
        both_or_neither("answer", "answered_at", "answered"),
        both_or_neither("settled_by", "settled_at", "settled"),
        Index("ix_address_checks_due", "state", "due_at"),
        Index(
            "uq_address_checks_contact_id_side",
            "contact_id",
            "side",
            unique=True,
            sqlite_where=text("certificate_id IS NULL"),
            postgresql_where=text("certificate_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    side: Mapped[str] = mapped_column(String(3))
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("contact_certificates.id"), unique=True)
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
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]


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
