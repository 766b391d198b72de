"""The directory: member states with their names by date, and the contacts of each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Word, both_or_neither, one_of


class ContactRole(StrEnum):
    TO = "to"  # The note is addressed here; its receipt counts for the state.
    CC = "cc"  # A copy; never counts.
    ESCALATION = "escalation"  # Written to when the others are silent; counts.


class Channel(StrEnum):
    MAIL = "mail"  # The documents are attached, or linked above the size cap.
    LINK_ONLY = "link_only"  # The message carries the personal link and no attachment.
    COURIER = "courier"  # A courier brings the note on paper; `address` is where to.
    HAND = "hand"  # Somebody of the secretariat hands it over.


# What a person brings; no message is sent there.
HANDED = frozenset({Channel.COURIER, Channel.HAND})


class ContactState(StrEnum):
    PROPOSED = "proposed"  # In quarantine until a second person has checked it.
    CHECKED = "checked"  # Checked by a second person; the addresses themselves are being asked.
    CONFIRMED = "confirmed"  # May be written to.
    RETIRED = "retired"  # No longer used; kept for the history.


class Member(Base):
    """A member of the organisation, by its code in the profile (ISO 3166 for states)."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)

    names: Mapped[list[MemberName]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    memberships: Mapped[list[Membership]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Membership.valid_from"
    )


class MemberName(Base):
    """What a member is called in a language, from one day to another (both included)."""

    __tablename__ = "member_names"
    __table_args__ = (UniqueConstraint("member_id", "language", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    language: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text, default="")


class Membership(Base):
    """A period of membership (both days included); `certain` is false where sources differ about its beginning."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="period"),
        UniqueConstraint("member_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    certain: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(Text, default="")


class ContactCertificate(Base):
    """A certificate that a contact gave, so that mail to it is encrypted; the newest that stands is used.

    Like an address it waits in quarantine until somebody else than its proposer has confirmed it.
    `digest` is its SHA-256 fingerprint, `chain` the certificates above it, in PEM; `source` and
    `source_file` are how it came to us.  `other_address` says that it does not name the contact's
    address, which both people saw.  Those from before a second person was asked have no `confirmed_by`.
    """

    __tablename__ = "contact_certificates"
    __table_args__ = (
        CheckConstraint("not_before < not_after", name="period"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("length(source) > 0", name="source"),
        both_or_neither("ended_by", "ended_at", "ended"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> added_by", name="four_eyes"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_at IS NOT NULL", name="confirmed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    pem: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    source: Mapped[str] = mapped_column(Text)
    source_file: Mapped[str | None] = mapped_column(String(64))
    chain: Mapped[str] = mapped_column(Text, default="")
    other_address: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    added_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)


class Contact(Base):
    """An office of a member that notes are sent to.

    A new or changed address is a new row that names the one it `replaces`; it stays in quarantine
    until somebody else than its proposer has confirmed it, and, where the settings ask for it, until
    the new address itself has agreed.  `valid_from` and `valid_until` (both days
    included) say when it is written to; none says always.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("role", ContactRole, "role"),
        one_of("channel", Channel, "channel"),
        one_of("state", ContactState, "state"),
        both_or_neither("confirmed_by", "confirmed_at", "confirmed"),
        CheckConstraint(
            "state = 'proposed' OR state = 'retired' OR confirmed_by IS NOT NULL", name="checked"
        ),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="four_eyes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    address: Mapped[str] = mapped_column(String(320))
    office: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[ContactRole] = mapped_column(Word(ContactRole), default=ContactRole.TO)
    language: Mapped[str] = mapped_column(String(12))
    channel: Mapped[Channel] = mapped_column(Word(Channel), default=Channel.MAIL)
    state: Mapped[ContactState] = mapped_column(Word(ContactState), default=ContactState.PROPOSED)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    source: Mapped[str] = mapped_column(Text)
    source_file: Mapped[str | None] = mapped_column(String(64))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship(lazy="joined")
