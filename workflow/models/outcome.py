"""What approval brings: the number in the register, the approval itself, and the documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Sentence, both_or_neither


class Series(Base):
    """The counter of one series (and year, where the series begins anew each year; else 0).

    The row is locked while a number is taken, so that numbers are gapless and never reused.
    """

    __tablename__ = "series"
    __table_args__ = (CheckConstraint("next_serial > 0", name="next_serial"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    next_serial: Mapped[int]


class RegisterEntry(Base):
    """A number of the outgoing register.  It is never reused; a void one stays, with its reason.

    `symbol` is what is printed, such as `TTF/374`; `key` is its fold, by which look-alikes in
    another script find the same entry.
    """

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("series", "year", "serial", "suffix"),
        both_or_neither("void_at", "void_reason", "void"),
        both_or_neither("void_at", "void_by", "void_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    serial: Mapped[int]
    suffix: Mapped[str] = mapped_column(String(40), default="")
    symbol: Mapped[str] = mapped_column(String(100), unique=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", use_alter=True), unique=True)
    allotted_at: Mapped[datetime]
    void_at: Mapped[datetime | None]
    void_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)

    datings: Mapped[list[Dating]] = relationship(lazy="selectin", order_by="Dating.id")


class Dating(Base):
    """A date that was allotted to a number; after a send-back there is a second one, and both show."""

    __tablename__ = "datings"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("register_entries.id"), index=True)
    dated: Mapped[date]
    allotted_at: Mapped[datetime]


class Approval(Base):
    """An approval: the digest of everything that was approved, with number, date and code.

    A send-back voids it; at most one approval of a note is in force.
    """

    __tablename__ = "approvals"
    __table_args__ = (
        both_or_neither("void_at", "void_reason", "void"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("length(code) = 6", name="code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(6))
    dated: Mapped[date]
    place: Mapped[str | None] = mapped_column(String(40))
    languages: Mapped[list[str]]
    approved_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    approved_for: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime]
    void_at: Mapped[datetime | None]
    void_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    void_reason: Mapped[str | None] = mapped_column(Text)

    recipients: Mapped[list[ApprovedRecipient]] = relationship(order_by="ApprovedRecipient.id")
    documents: Mapped[list[Document]] = relationship(order_by="Document.id")


class ApprovedRecipient(Base):
    """A recipient as approved: a copy, so that a later change of the directory is seen, not followed.

    `contact_id` is none where the member has no usable contact and is waived.
    """

    __tablename__ = "approved_recipients"
    __table_args__ = (UniqueConstraint("approval_id", "member_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    role: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(320))
    language: Mapped[str | None] = mapped_column(String(12))
    channel: Mapped[str | None] = mapped_column(String(20))
    waived_reason: Mapped[str | None] = mapped_column(Text)


class Document(Base):
    """A final document of an approval, pending until a worker has made it.

    `letter` is the letter model as JSON and `fingerprint` that of its renderer, so that it can be
    rendered again and must give the recorded SHA-256.  `addressee` is the member's code where
    the profile makes documents per addressee, and empty otherwise.

    A sealed document has two files: the one that can be rendered again (`sha256`), and the one with
    the seal behind it (`sealed_sha256`), which is what goes out.  `seal_certificate` is the SHA-256
    of the certificate that sealed it.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("approval_id", "language", "format", "addressee"),
        CheckConstraint("format IN ('pdf', 'docx')", name="format"),
        CheckConstraint("state IN ('pending', 'ready', 'failed')", name="state"),
        CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL)", name="made"),
        both_or_neither("sha256", "made_at", "made_at"),
        both_or_neither("sha256", "size", "size"),
        both_or_neither("sealed_sha256", "sealed_at", "sealed_at"),
        both_or_neither("sealed_sha256", "sealed_size", "sealed_size"),
        both_or_neither("sealed_sha256", "seal_certificate", "seal_certificate"),
        CheckConstraint("sealed_sha256 IS NULL OR (state = 'ready' AND format = 'pdf')", name="sealed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), index=True)
    language: Mapped[str] = mapped_column(String(12))
    format: Mapped[str] = mapped_column(String(8))
    addressee: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[str] = mapped_column(String(12), default="pending")
    letter: Mapped[dict[str, Any]]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    sealed_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int | None]
    pages: Mapped[int | None]
    made_at: Mapped[datetime | None]
    fault: Mapped[str | None] = mapped_column(Sentence)
    sealed_size: Mapped[int | None]
    sealed_at: Mapped[datetime | None]
    seal_certificate: Mapped[str | None] = mapped_column(String(64))

    @property
    def final_sha256(self) -> str | None:
        """The SHA-256 of the file that goes out: the sealed one where there is one."""
        return self.sealed_sha256 or self.sha256

    @property
    def final_size(self) -> int | None:
        """The size in bytes of the file that goes out."""
        return self.sealed_size if self.sealed_sha256 else self.size
