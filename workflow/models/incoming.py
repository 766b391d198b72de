"""The register of incoming papers: what came, from whom, what it is about, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Sentence, Word, both_or_neither, one_of


class IncomingKind(StrEnum):
    """What a paper is."""

    REPLY = "reply"  # It answers a note of ours.
    OBJECTION = "objection"  # It objects to what a note of ours proposes.
    ACKNOWLEDGEMENT = "acknowledgement"  # It says that a note of ours was received.
    REQUEST = "request"  # It asks something of us.
    OTHER = "other"  # None of these.


class IncomingChannel(StrEnum):
    """How a paper came."""

    MAIL = "mail"  # By e-mail.
    HAND = "hand"  # Somebody brought it.
    COURIER = "courier"  # A courier brought it.
    POST = "post"  # By post.
    TELEPHONE = "telephone"  # Somebody said it on the telephone; the file is the minute, if there is one.


class IncomingEntry(Base):
    """An entry of the incoming register.  It is never removed; a cancelled one stays, with its number and reason.

    The number is allotted when it is registered, from a counter of its own; `key` is its fold.
    `received_on` is the day on which the paper came, `reference` and `dated` are the sender's own
    number and date, `reference_key` is the fold of that number.  It comes from a member, or from an
    outside `party` written in words; `contact_id` or `writer` say who wrote.  `due` is the day by
    which `assigned_to` (or, without one, the registry) deals with it; `answer_id` is the note of ours that answers
    it.  `returned_id` and `objection_id` name the returned message or the objection that it was
    taken from, `withdraws_id` the objection that the state withdrew by it.  `search` is what is searched, in one case.  Erasing empties all that was written of people.
    """

    __tablename__ = "incoming_entries"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        one_of("kind", IncomingKind, "kind"),
        one_of("channel", IncomingChannel, "channel"),
        CheckConstraint("serial > 0", name="serial"),
        CheckConstraint("member_id IS NULL OR party = ''", name="one_sender"),
        CheckConstraint("member_id IS NOT NULL OR party <> '' OR erasure_id IS NOT NULL", name="sender"),
        CheckConstraint("contact_id IS NULL OR member_id IS NOT NULL", name="contact"),
        CheckConstraint("subject <> '' OR erasure_id IS NOT NULL", name="subject"),
        both_or_neither("assigned_to", "assigned_by", "assigned_person"),
        both_or_neither("assigned_to", "assigned_at", "assigned"),
        both_or_neither("settled_at", "settled_by", "settled_person"),
        both_or_neither("settled_at", "settled_remark", "settled"),
        CheckConstraint("answer_id IS NULL OR settled_at IS NOT NULL", name="answer"),
        both_or_neither("cancelled_at", "cancelled_by", "cancelled_person"),
        both_or_neither("cancelled_at", "cancelled_reason", "cancelled"),
        # A message or an objection stands in the register once, unless that entry was cancelled.
        Index(
            "ix_incoming_entries_returned_id",
            "returned_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index(
            "ix_incoming_entries_objection_id",
            "objection_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        Index(
            "ix_incoming_entries_withdraws_id",
            "withdraws_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        CheckConstraint("objection_id IS NULL OR withdraws_id IS NULL", name="one_objection"),
        Index("ix_incoming_entries_open", "settled_at", "cancelled_at", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    serial: Mapped[int]
    symbol: Mapped[str] = mapped_column(String(100), unique=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[IncomingKind] = mapped_column(Word(IncomingKind))
    channel: Mapped[IncomingChannel | None] = mapped_column(Word(IncomingChannel))
    received_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(200), default="")
    reference_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    dated: Mapped[date | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    party: Mapped[str] = mapped_column(String(300), default="")
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    writer: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str | None] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(500))
    summary: Mapped[str] = mapped_column(Text, default="")
    marking: Mapped[str] = mapped_column(String(40))
    search: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=1)
    registered_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    registered_at: Mapped[datetime]
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    assigned_at: Mapped[datetime | None]
    due: Mapped[date | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
    settled_remark: Mapped[str | None] = mapped_column(Sentence)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str | None] = mapped_column(Text)
    returned_id: Mapped[int | None] = mapped_column(ForeignKey("returned_messages.id"))
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("silence_objections.id"))
    withdraws_id: Mapped[int | None] = mapped_column(ForeignKey("silence_objections.id"))
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasures.id"))

    files: Mapped[list[IncomingFile]] = relationship(lazy="selectin", order_by="IncomingFile.ordinal")
    links: Mapped[list[IncomingLink]] = relationship(
        lazy="selectin", order_by="IncomingLink.note_id", cascade="all, delete-orphan"
    )

    @property
    def status(self) -> str:
        """`open` until somebody has dealt with it, then `settled`; or `cancelled`."""
        if self.cancelled_at is not None:
            return "cancelled"
        return "open" if self.settled_at is None else "settled"


class IncomingFile(Base):
    """A file of an incoming paper, as it came; the file itself lies in the store under its digest."""

    __tablename__ = "incoming_files"
    __table_args__ = (
        UniqueConstraint("entry_id", "ordinal"),
        UniqueConstraint("entry_id", "sha256"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        CheckConstraint("length(sha256) = 64", name="digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("incoming_entries.id"))
    ordinal: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]


class IncomingLink(Base):
    """That an incoming paper relates to a note of ours."""

    __tablename__ = "incoming_links"

    entry_id: Mapped[int] = mapped_column(ForeignKey("incoming_entries.id"), primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True, index=True)


class IncomingCorrection(Base):
    """What was corrected in an entry, from which value to which, by whom and why; never changed.

    `facts` are the changed fields that name nobody, each [old, new]; what was written of people is
    under the commitment `personal`, so that it can be erased.
    """

    __tablename__ = "incoming_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("incoming_entries.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    personal: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
