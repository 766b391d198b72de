"""Accounts and tokens: who a person is to the operations."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.clock import Clock
from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.models import Account, AccountRole, ApiToken, Delegation, MailChoice
from workflow.operations import notice_rows
from workflow.operations.context import SYSTEM, Work, begin_office
from workflow.permissions import Actor
from workflow.post.address import check_address
from workflow.states import Role

TOKEN_DAYS = 365


def actor_of(session: Session, account: Account, clock: Clock) -> Actor:
    """The person as the operations see them, with the delegations in force at this moment."""
    now = clock()
    deputy_for: dict[str, int] = {}
    for row in session.scalars(
        select(Delegation).where(
            Delegation.deputy_id == account.id,
            Delegation.valid_from <= now,
            Delegation.valid_until > now,
            Delegation.ended_at.is_(None),
        )
    ):
        principal = session.get(Account, row.principal_id)
        # A principal who is no longer the director has nothing left to pass on.
        if principal and principal.active and Role.DIRECTOR in {one.role for one in principal.role_rows}:
            deputy_for.update(dict.fromkeys(row.actions, principal.id))
    return Actor(
        id=account.id,
        name=account.name,
        roles=frozenset(row.role for row in account.role_rows),
        languages=frozenset(account.languages),
        locale=account.locale,
        deputy_for=deputy_for,
    )


def create(
    work: Work,
    email: str,
    name: str,
    roles: Sequence[str],
    *,
    password_hash: str | None = None,
    languages: Sequence[str] = (),
    organisation: str = "",
    locale: str = "en",
) -> Account:
    """Makes an account; the administrator does, or the command line at installation.

    Raises Invalid for an unknown role or language and Conflict when the address is taken.
    """
    if work.actor is not SYSTEM:
        begin_office(work, "manage_accounts")
    address = _free_address(work, email)
    if not name.strip():
        raise Invalid("name-missing", "Give the person's name.")
    _require_roles(roles)
    strange = [code for code in languages if code not in work.profile.languages]
    if strange:
        raise Invalid(
            "no-such-language", "The profile has no language “%(language)s”.", language=", ".join(strange)
        )
    account = Account(
        email=address,
        name=name.strip(),
        organisation=organisation,
        languages=list(languages),
        locale=locale,
        created_at=work.now(),
        confirmed_at=work.now(),
        password=password_hash,
        fs_uniquifier=secrets.token_hex(16),
        role_rows=[AccountRole(role=Role(role)) for role in dict.fromkeys(roles)],
    )
    work.session.add(account)
    work.session.flush()
    work.log("create_account", f"account:{account.id}", roles=list(roles))
    return account


def find(work: Work, email: str) -> Account:
    """The account of an address; raises NotFound."""
    account = work.session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise NotFound("no-such-account", "There is no account for %(email)s.", email=email)
    return account


def change(work: Work, account: Account, *, reason: str = "", **changes: Any) -> Account:
    """Changes an account's activity, roles, languages, name or address; by the administrator.

    Raises Invalid for an unknown role or a wrong address, and Conflict when the address is taken or
    nobody would be left who can manage accounts.
    """
    begin_office(work, "manage_accounts")
    if "email" in changes:
        changes["email"] = _free_address(work, changes["email"], account.id)
    roles = changes.pop("roles", None)
    if roles is not None:
        _require_roles(roles)
        account.role_rows = [
            AccountRole(account_id=account.id, role=Role(role)) for role in dict.fromkeys(roles)
        ]
    for name, value in changes.items():
        setattr(account, name, value)
    work.session.flush()
    managers = select(AccountRole.account_id).where(AccountRole.role == Role.ADMINISTRATOR)
    if not work.session.scalar(select(Account.id).where(Account.active, Account.id.in_(managers)).limit(1)):
        raise Conflict(
            "last-administrator",
            "%(name)s is the last administrator. Make another person administrator first.",
            name=account.name,
        )
    more: dict[str, Any] = {"reason": reason} if reason else {}
    work.log(
        "change_account",
        f"account:{account.id}",
        changed=sorted([*changes, *(["roles"] if roles else [])]),
        **more,
    )
    return account


def _require_roles(roles: Sequence[str]) -> None:
    known = {role.value for role in Role}
    unknown = [role for role in roles if role not in known]
    if unknown or not roles:
        raise Invalid(
            "no-such-role",
            "“%(role)s” is not a role. The roles are %(roles)s.",
            role=", ".join(unknown) or "(none)",
            roles=", ".join(sorted(known)),
        )


def _free_address(work: Work, email: str, own: int | None = None) -> str:
    # An account is found by its address whatever its capitals, as people type them.
    address = check_address(email).lower()
    holder = work.session.scalar(select(Account.id).where(Account.email == address))
    if holder is not None and holder != own:
        raise Conflict("account-taken", "There is already an account for %(email)s.", email=address)
    return address


def choose_locale(work: Work, locale: str) -> Account:
    """Sets the language of one's own pages and mails."""
    account = work.session.get(Account, work.actor.id)
    if account is None:
        raise NotAllowed("not-signed-in", "Log in first.")
    if account.locale != locale:
        account.locale = locale
        work.session.flush()
        work.log("choose_locale", f"account:{account.id}", locale=locale)
    return account


def choose_mail(work: Work, choice: str) -> Account:
    """Sets how one wants to be told what waits: `at_once`, `digest` or `none`; what waits follows at once.

    Raises Invalid for another word.
    """
    account = work.session.get(Account, work.actor.id)
    if account is None:
        raise NotAllowed("not-signed-in", "Log in first.")
    if choice not in set(MailChoice):
        raise Invalid(
            "no-such-choice",
            "Choose how to be told: %(known)s, not “%(choice)s”.",
            known=", ".join(MailChoice),
            choice=choice,
        )
    if account.mail != choice:
        account.mail = MailChoice(choice)
        notice_rows.reschedule(work, account)
        work.log("choose_mail", f"account:{account.id}", mail=choice)
    return account


def issue_token(work: Work, account: Account, name: str, days: int = TOKEN_DAYS) -> str:
    """Makes a bearer token for an account and gives its text, which is shown this once.

    Only its SHA-256 is kept.  A person makes tokens for themselves, the administrator for anyone.
    """
    if work.actor is not SYSTEM and work.actor.id != account.id:
        begin_office(work, "manage_accounts")
    if not 1 <= days <= TOKEN_DAYS:
        raise Invalid("token-days", "A token is valid for 1 to %(most)s days.", most=TOKEN_DAYS)
    text = "chy_" + secrets.token_urlsafe(32)
    row = ApiToken(
        account_id=account.id,
        name=name.strip()[:100] or "token",
        digest=token_digest(text),
        created_at=work.now(),
        expires_at=work.now() + timedelta(days=days),
    )
    work.session.add(row)
    work.session.flush()
    work.log("issue_token", f"account:{account.id}", token=row.id, days=days)
    return text


def revoke_token(work: Work, token_id: int) -> None:
    """Ends a token at once."""
    row = work.session.get(ApiToken, token_id)
    if row is None or (row.account_id != work.actor.id and not work.actor.has(Role.ADMINISTRATOR)):
        raise NotFound("no-such-token", "There is no token %(id)s of yours.", id=token_id)
    row.revoked_at = row.revoked_at or work.now()
    work.log("revoke_token", f"account:{row.account_id}", token=row.id)


def account_of_token(session: Session, text: str, clock: Clock) -> Account | None:
    """The active account of a valid bearer token; None for a wrong, expired or revoked one."""
    row = session.scalar(select(ApiToken).where(ApiToken.digest == token_digest(text)))
    if row is None or row.revoked_at is not None or row.expires_at <= clock():
        return None
    account = session.get(Account, row.account_id)
    return account if account and account.active else None


def token_digest(text: str) -> str:
    """SHA-256 of a token's text; a token is random, so no slow hash is needed."""
    return hashlib.sha256(text.encode()).hexdigest()
