"""Accounts as their pages show them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from web.accounts import second_factor
from web.formats import language_name
from web.views.accounts import AccountLine, AccountPage, TokenLine
from web.views.parts import UNTYPED, Option, Typed
from web.views.words import ROLES
from workflow.clock import day_in
from workflow.models import Account, ApiToken, AuditEntry
from workflow.operations.context import Work
from workflow.states import Role


def mails_links() -> bool:
    """Whether a forgotten password can be set anew by mail; a first one then is, too."""
    return bool(current_app.config["SECURITY_RECOVERABLE"])


def last_acts(work: Work) -> dict[int, datetime]:
    """When each account last did something that the log has."""
    last = (
        select(func.max(AuditEntry.number))
        .where(AuditEntry.actor_id.is_not(None))
        .group_by(AuditEntry.actor_id)
    )
    rows = work.session.execute(select(AuditEntry.actor_id, AuditEntry.at).where(AuditEntry.number.in_(last)))
    return {row.actor_id: datetime.fromisoformat(row.at) for row in rows if row.actor_id is not None}


def account_line(account: Account, acts: Mapping[int, datetime]) -> AccountLine:
    """An account in the list."""
    return AccountLine(
        key=str(account.id),
        name=account.name,
        address=account.email,
        roles=tuple(row.role.value for row in account.role_rows),
        languages=tuple(account.languages),
        status="in_force" if account.active else "ended",
        second_factor=second_factor(account),
        last_seen=acts.get(account.id),
    )


def revision(account: Account) -> int:
    """A number that is another one whenever what the form shows is: a stale form is refused by it."""
    roles = [row.role.value for row in account.role_rows]
    return zlib.crc32(repr((account.name, account.email, sorted(roles), sorted(account.languages))).encode())


def account_page(
    work: Work,
    account: Account | None,
    *,
    typed: Typed = UNTYPED,
    roles: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    new_token: str = "",
) -> AccountPage:
    """An account, or the form of a new one; `roles` and `languages` are those that were ticked."""
    line = account_line(account, last_acts(work)) if account else None
    ticked = roles if roles is not None else (line.roles if line else ())
    spoken = languages if languages is not None else (line.languages if line else ())
    return AccountPage(
        account=line,
        roles=tuple(Option(one.value, ROLES[one.value], one.value in ticked) for one in Role),
        languages=tuple(
            Option(code, language_name(code), code in spoken, language=code)
            for code in work.profile.languages
        ),
        revision=revision(account) if account else 0,
        tokens=_tokens(work, account) if account else (),
        new_token=new_token,
        typed=typed,
        asks_password=account is None and not mails_links(),
    )


def _tokens(work: Work, account: Account) -> tuple[TokenLine, ...]:
    rows = work.session.scalars(
        select(ApiToken)
        .where(
            ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now()
        )
        .order_by(ApiToken.id)
    )
    return tuple(
        TokenLine(str(row.id), row.name, row.created_at, day_in(row.expires_at, work.zone)) for row in rows
    )
