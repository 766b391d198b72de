"""What follows a dispatched note by rule: the ladder of its reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import both_or_neither


class ReminderPlan(Base):
    """The ladder of one note: copied from the profile at dispatch, or set for the note by a person.

    `steps` is a list of {"to": [role, …], "after": days, "times": n, "form": "mail" | "note"}.
    `next_at` is when the sweep looks at it again; none once nothing can become due any more.
    `ended_by_id` is the note that took this one's place, after which nobody is reminded of it.
    """

    __tablename__ = "reminder_plans"
    __table_args__ = (
        both_or_neither("paused_at", "paused_by", "paused_person"),
        both_or_neither("paused_at", "paused_reason", "paused"),
        both_or_neither("ended_at", "ended_by_id", "ended"),
        CheckConstraint("ended_at IS NULL OR next_at IS NULL", name="over"),
    )

    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), primary_key=True, autoincrement=False)
    steps: Mapped[list[Any]]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    set_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    paused_reason: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))


class ReminderRung(Base):
    """One rung of the ladder that a silent member came to, once: what was done about it.

    `outcome` is `mail` (reminders were written), `note` (it is an addressee of the reminder note
    `following_id`), `desk` (a line for the registry, until somebody settles it) or `nobody`
    (there was no contact to write to).
    """

    __tablename__ = "reminder_rungs"
    __table_args__ = (
        UniqueConstraint("note_id", "member_id", "step"),
        CheckConstraint("step > 0", name="step"),
        CheckConstraint("outcome IN ('mail', 'note', 'desk', 'nobody')", name="outcome"),
        CheckConstraint("(outcome = 'note') = (following_id IS NOT NULL)", name="following"),
        CheckConstraint("settled_at IS NULL OR outcome = 'desk'", name="settled_desk"),
        both_or_neither("settled_at", "settled_by", "settled_person"),
        both_or_neither("settled_at", "settled_reason", "settled"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    step: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(12))
    taken_at: Mapped[datetime]
    following_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    settled_reason: Mapped[str | None] = mapped_column(Text)
