"""Deliveries and reminders, their attempts, and the evidence of what became of them.

The rows are the outbox.  A delivery is claimed by compare-and-set; each attempt has its own
unguessable token, is committed before anything is sent, and is never used again.  Evidence is
append-only: each event carries a unique key, so that repeats and order do not matter.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Sentence, Word, both_or_neither, one_of
from workflow.states import DeliveryQueue, Handing, Hold, Human, Transport

if TYPE_CHECKING:
    from workflow.models.attempt import Attempt


class Outgoing(Base):
    """What goes out to one contact of one member: the note itself, or a reminder of it.

    Both take the same way: claimed, attempted, of unknown outcome, returned.  `step` is 0 for the
    note and the rung of the ladder for a reminder.  `reminds_id` is the delivery that this message
    follows, and whose Message-ID it names in its References: always for a reminder, and for the
    note itself where it goes to an alternative contact because the first kept silent.

    `message_id` is made with the row and is the same at every attempt.  `due_at` says when the
    next attempt may begin.  `transport`, `human` and `handed` are folds of the events, kept for the
    board; `receipts.fold` computes them anew and must agree.  `link_serial` counts how often the
    personal link was made anew.  One that a person hands over has nothing to send: it is done.
    `held_reason` is the sentence that a person reads, `held_as` what it was held for.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("note_id", "member_id", "contact_id", "step"),
        one_of("queue", DeliveryQueue, "queue"),
        one_of("human", Human, "human"),
        both_or_neither("claimed_at", "claimed_by", "claim"),
        CheckConstraint("(queue = 'claimed') = (claimed_at IS NOT NULL)", name="claimed"),
        CheckConstraint("queue <> 'held' OR held_reason IS NOT NULL", name="held"),
        CheckConstraint("held_as IS NULL OR queue = 'held'", name="held_as"),
        CheckConstraint("kind IN ('note', 'reminder')", name="kind"),
        CheckConstraint("(kind = 'note') = (step = 0)", name="step"),
        CheckConstraint("kind <> 'reminder' OR reminds_id IS NOT NULL", name="reminds"),
        # A reminder carries the link of the delivery that it reminds of, and nobody receives for it.
        CheckConstraint("(kind = 'note') = (link_digest IS NOT NULL)", name="link"),
        CheckConstraint("kind = 'note' OR human = 'none'", name="human_of_note"),
        Index("ix_deliveries_due", "queue", "due_at"),
        # All that the standing of a note's members is told by, so that a list of notes reads no delivery.
        Index(
            "ix_deliveries_standing",
            *("note_id", "member_id", "kind", "role", "transport", "human", "queue"),
            *("handed", "cancelled_at", "on_behalf", "channel"),
        ),
        Index("ix_deliveries_outcome", "transport", "kind", "human", "queue", "cancelled_at"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012 - SQLAlchemy reads it once.

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), default="note")
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    step: Mapped[int] = mapped_column(default=0)
    reminds_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(20))
    documents: Mapped[list[Any]]
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    link_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_serial: Mapped[int] = mapped_column(default=0, server_default="0")
    link_revoked_at: Mapped[datetime | None]
    queue: Mapped[DeliveryQueue] = mapped_column(Word(DeliveryQueue), default=DeliveryQueue.QUEUED)
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    held_reason: Mapped[str | None] = mapped_column(Sentence)
    held_as: Mapped[Hold | None] = mapped_column(Word(Hold))
    cancelled_at: Mapped[datetime | None]
    transport: Mapped[Transport | None] = mapped_column(Word(Transport))
    human: Mapped[Human] = mapped_column(Word(Human), default=Human.NONE)
    handed: Mapped[Handing | None] = mapped_column(Word(Handing))
    late_bounce: Mapped[bool] = mapped_column(default=False)
    possible_duplicate: Mapped[bool] = mapped_column(default=False)
    on_behalf: Mapped[bool] = mapped_column(default=False)

    attempts: Mapped[list[Attempt]] = relationship(order_by="Attempt.number", lazy="selectin")

    @property
    def original_id(self) -> int:
        """The delivery of the note that this message is about: its own, or the one it reminds of."""
        return self.reminds_id if self.kind == "reminder" and self.reminds_id else self.id


class Delivery(Outgoing):
    """One note to one contact of one member; a SELECT of deliveries finds no reminders.

    `message_id` is made with the row and is the same at every attempt.  `due_at` says when the
    next attempt may begin.  `transport` and `human` are folds of the events, kept for the board;
    `receipts.fold` computes them anew and must agree.
    """

    __mapper_args__ = {"polymorphic_identity": "note"}  # noqa: RUF012 - SQLAlchemy reads it once.


class Reminder(Outgoing):
    """A reminder of one delivery, sent by rule to a contact that kept silent.

    Unique per delivery and step of the ladder.  Its Message-ID is its own, the same at every
    attempt; its transport is its own, too, and never moves that of the delivery it reminds of.
    """

    __mapper_args__ = {"polymorphic_identity": "reminder"}  # noqa: RUF012 - SQLAlchemy reads it once.


class RateBucket(Base):
    """A token bucket: how many messages may leave at once to a domain, or in all under the empty name.

    It had `tokens` at `filled_at`; how fast it fills is a setting.
    """

    __tablename__ = "rate_buckets"
    __table_args__ = (CheckConstraint("tokens >= 0", name="tokens"),)

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    tokens: Mapped[float] = mapped_column(Double)
    filled_at: Mapped[datetime]


class PersonalData(Base):
    """What evidence says of people, kept apart from it so that it can be erased.

    The evidence names only `digest`, a commitment that the salt keeps from being guessed; the log
    seals the commitment.  Erasing empties `salt` and `data`; the digest stays, and every seal holds.
    """

    __tablename__ = "personal_data"
    __table_args__ = (
        both_or_neither("salt", "data", "whole"),
        CheckConstraint("(erasure_id IS NULL) = (salt IS NOT NULL)", name="erased"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    erasure_id: Mapped[int | None] = mapped_column(ForeignKey("erasures.id"), index=True)

    erasure: Mapped[Erasure | None] = relationship(lazy="joined")


class Erasure(Base):
    """A decision that personal data are erased: of which contact, by which decision, by whom and when.

    `contact_id` is none where those of one incoming paper alone were erased, which names its erasure.
    """

    __tablename__ = "erasures"
    __table_args__ = (CheckConstraint("length(decision) > 0", name="decision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    decision: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]


class Event(Base):
    """A piece of evidence; append-only, and unique by `key`.

    `kind` is the transport that it gives evidence of, the human act, or the name of a side note.
    `at` is when it happened, `recorded_at` when we learnt of it.  `facts` name nobody; what is said
    of people is under the commitment `personal`.  `data` is both together, as far as it is there.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    axis: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    facts: Mapped[dict[str, Any]] = mapped_column("data", default=dict)
    personal: Mapped[str | None] = mapped_column(String(64))

    kept: Mapped[PersonalData | None] = relationship(
        primaryjoin="foreign(Event.personal) == PersonalData.digest", lazy="joined", viewonly=True
    )

    __table_args__ = (CheckConstraint("axis IN ('transport', 'human', 'side', 'hand')", name="axis"),)

    @property
    def data(self) -> dict[str, Any]:
        """Everything that is known of it; what was erased is not there."""
        return {**self.facts, **((self.kept and self.kept.data) or {})}

    @property
    def erased(self) -> Erasure | None:
        """The decision by which its personal data were erased, if they were."""
        return self.kept.erasure if self.kept else None


class SecondCopy(Base):
    """A person's finding that the contact got the message twice, after a possible duplicate."""

    __tablename__ = "second_copies"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    recorded_at: Mapped[datetime]


class ReturnedMessage(Base):
    """A message from the return path's mailbox: kept raw in the store, processed once.

    `state` is `moved` (it gave evidence), `aside` (a side note, or nothing to do), `waiting` (a
    person has to look at it) or `settled` (a person did).  `content_sha256` is of what its sender wrote
    (see `returned.content_digest`): the same message by another way has other bytes on top.
    """

    __tablename__ = "returned_messages"
    __table_args__ = (
        CheckConstraint("state IN ('moved', 'aside', 'waiting', 'settled')", name="state"),
        both_or_neither("settled_by", "settled_at", "settled"),
        Index("ix_returned_messages_content", "content_sha256", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    content_sha256: Mapped[str | None] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), index=True)
    reason: Mapped[str] = mapped_column(Sentence, default="")
    sender: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    verified: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None]
