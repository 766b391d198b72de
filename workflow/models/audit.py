"""The rows of the audit log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base


class AuditEntry(Base):
    """One entry of the log, chained to the one before by `mac`.

    `number` counts from 1 without gaps.  `data` is the canonical JSON text over which the HMAC was
    made, kept as text so that no database rewrites it.  People are named by the id of their account.
    """

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    acting_for_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    data: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The head of the chain: one row, locked while an entry is added."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))
    anchored_count: Mapped[int] = mapped_column(default=0)
    anchored_at: Mapped[datetime | None]


class EvidenceSeal(Base):
    """Says which audit entry holds the Merkle root that covers an event."""

    __tablename__ = "evidence_seals"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, autoincrement=False)
    entry_number: Mapped[int] = mapped_column(ForeignKey("audit_entries.number"), index=True)
    position: Mapped[int]
