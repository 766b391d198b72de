"""Attempts: each try to hand a message to the relay, and what the message can be known by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Word, both_or_neither, one_of
from workflow.states import Protected, Transport


class Attempt(Base):
    """One try to hand the message to the relay; `token` is in its return path and its ENVID.

    `transport` is the highest evidence seen.  `superseded` says that a later attempt took its
    place; what is reported of it still counts.  What starts with `message_` is what the message can be
    known by that it took to the relay, written before its DATA; attempts of before have none.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number"),
        one_of("transport", Transport, "transport"),
        CheckConstraint("transport <> 'unknown' OR unknown_at IS NOT NULL", name="unknown_since"),
        both_or_neither("message_size", "message_head", "message_head"),
        both_or_neither("message_size", "message_covered", "message_covered"),
        both_or_neither("message_size", "message_protection", "message_protected"),
        one_of("message_protection", Protected, "message_protection"),
        # What is signed or encrypted is one whole, and what nobody began to send has no message.
        CheckConstraint(
            "message_tail IS NULL OR (message_size IS NOT NULL AND message_protection = 'none')",
            name="message_tail",
        ),
        CheckConstraint(
            "message_size IS NULL OR (message_size > 0 AND sending_at IS NOT NULL)", name="message_size"
        ),
        CheckConstraint(
            "length(message_head) = 64 AND length(message_covered) = 64 AND "
            "(message_tail IS NULL OR length(message_tail) = 64)",
            name="message_digests",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    number: Mapped[int]
    token: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    linked: Mapped[bool] = mapped_column(default=False)
    transport: Mapped[Transport] = mapped_column(Word(Transport), default=Transport.PREPARED)
    prepared_at: Mapped[datetime]
    sending_at: Mapped[datetime | None]
    unknown_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    queue_id: Mapped[str | None] = mapped_column(String(100))
    possible_duplicate: Mapped[bool] = mapped_column(default=False)
    superseded: Mapped[bool] = mapped_column(default=False)
    message_size: Mapped[int | None]
    message_head: Mapped[str | None] = mapped_column(String(64))
    message_covered: Mapped[str | None] = mapped_column(String(64))
    message_tail: Mapped[str | None] = mapped_column(String(64))
    message_protection: Mapped[Protected | None] = mapped_column(Word(Protected))

    @property
    def message(self) -> dict[str, Any] | None:
        """What its message can be known by, as evidence and packs name it: see `compose.Digests`."""
        if self.message_size is None or self.message_protection is None:
            return None
        return {
            "size": self.message_size,
            "head": self.message_head,
            "covered": self.message_covered,
            "tail": self.message_tail,
            "protection": self.message_protection.value,
        }
