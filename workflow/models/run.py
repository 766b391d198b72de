"""When the tasks of the timer ended last, so that one that stands still is seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base


class LastRun(Base):
    """The last time at which a task of the timer came to its end: the sweep, the anchor, the mailbox."""

    __tablename__ = "last_runs"
    __table_args__ = (CheckConstraint("name IN ('sweep', 'anchor', 'mailbox')", name="name"),)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    ended_at: Mapped[datetime]
