"""People who work with Chancery: accounts, roles, tokens for programs, and deputies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflow.db import Base
from workflow.models.columns import Word, one_of
from workflow.states import Role


class MailChoice(StrEnum):
    """How a person wants to be told what waits for them."""

    AT_ONCE = "at_once"  # A mail for each thing, when it happens.
    DIGEST = "digest"  # One mail a day with all of it.
    NONE = "none"  # No mail: the desk shows the same.


class Account(Base):
    """One person's account.

    `languages` are those that a translator or reviewer works in (BCP 47 codes); `locale` is the
    language of the person's pages and mails.  `mail` is how the person wants to be told
    what waits for them.  The columns from `fs_uniquifier` on belong to the login library and are
    not read by the domain.
    """

    __tablename__ = "accounts"
    __table_args__ = (one_of("mail", MailChoice, "mail"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(String(12), default="en")
    created_at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[MailChoice] = mapped_column(
        Word(MailChoice), default=MailChoice.AT_ONCE, server_default=MailChoice.AT_ONCE.value
    )
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    mf_recovery_codes: Mapped[list[str] | None]

    role_rows: Mapped[list[AccountRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountRole.role"
    )


class AccountRole(Base):
    """One role of one account."""

    __tablename__ = "account_roles"
    __table_args__ = (one_of("role", Role, "role"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(Word(Role), primary_key=True)


class ApiToken(Base):
    """A bearer token of an account, kept as its SHA-256 only; the text is shown once."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Delegation(Base):
    """A deputy may do the named actions for the principal, from and until given moments.

    Four eyes look at the deputy's own person; the log names both.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint("principal_id <> deputy_id", name="not_oneself"),
        CheckConstraint("valid_from < valid_until", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    actions: Mapped[list[str]]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


class OnceKey(Base):
    """What a program's `Idempotency-Key` has brought about, so that a repeated request finds it.

    `digest` is the SHA-256 of the request; `subject` what came of it, such as `note:12`, written
    in the transaction that made it.
    """

    __tablename__ = "once_keys"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime]
