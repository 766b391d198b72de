"""When the tasks of the timer ended last, so that one that stands still is seen, and what keeps the mailbox from being read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from workflow.db import Base
from workflow.models.columns import Sentence


class LastRun(Base):
    """The last time at which a task of the timer came to its end: the sweep, the anchor, the mailbox."""

    __tablename__ = "last_runs"
    __table_args__ = (CheckConstraint("name IN ('sweep', 'anchor', 'mailbox')", name="name"),)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    ended_at: Mapped[datetime]


class MailboxFault(Base):
    """What keeps returned mail from being read or moved away; no row where all is well.

    `code` is the refusal's, `began_at` when it was met first without a good look in between.
    """

    __tablename__ = "mailbox_faults"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    sentence: Mapped[str] = mapped_column(Sentence)
    began_at: Mapped[datetime]
    met_at: Mapped[datetime]
