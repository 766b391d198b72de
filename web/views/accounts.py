"""Accounts, deputies and one's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import UNTYPED, Option, Person, Typed


@dataclass(frozen=True)
class AccountLine:
    """An account: roles as keys of ROLES, languages as codes; `status` "in_force" or "ended".

    `last_seen` is when the log last has it doing something.
    """

    key: str
    name: str
    address: str
    roles: tuple[str, ...]
    languages: tuple[str, ...] = ()
    status: str = "in_force"
    second_factor: bool = False
    last_seen: datetime | None = None
    tokens: int = 0


@dataclass(frozen=True)
class AccountsPage:
    """All accounts, by name."""

    accounts: tuple[AccountLine, ...]
    query: str = ""


@dataclass(frozen=True)
class TokenLine:
    """A bearer token of the API: its name and dates; the token itself is shown once, when it is made."""

    key: str
    name: str
    made: datetime
    until: date | None = None
    last_used: datetime | None = None


@dataclass(frozen=True)
class AccountPage:
    """An account, or a new one (`account` is None).  `new_token` is shown once.

    `asks_password` says that the first password is given here, since no mail goes with a link.
    """

    account: AccountLine | None
    roles: tuple[Option, ...]
    languages: tuple[Option, ...]
    revision: int = 0
    tokens: tuple[TokenLine, ...] = ()
    new_token: str = ""
    typed: Typed = UNTYPED
    asks_password: bool = False


@dataclass(frozen=True)
class DelegationLine:
    """Somebody acts for somebody: days inclusive; `status` "in_force", "due" (begins later) or "ended"."""

    key: str
    principal: str
    deputy: str
    actions: tuple[str, ...]
    since: date
    until: date
    status: str
    reason: str = ""
    made_by: str = ""
    may_end: bool = False


@dataclass(frozen=True)
class DelegationsPage:
    """Deputies.  `principals` has one person for the director, all directors for the administrator."""

    delegations: tuple[DelegationLine, ...]
    principals: tuple[Person, ...] = ()
    deputies: tuple[Person, ...] = ()
    may: frozenset[str] = frozenset()
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class SettingsPage:
    """One's own settings.  `mail` are the ways to be told what waits; `calendar` is
    the secret address of the person's deadlines; `second_factor` tells whether it is set up."""

    name: str
    address: str
    roles: tuple[str, ...]
    languages: tuple[Option, ...]
    colours: tuple[Option, ...]
    mail: tuple[Option, ...] = ()
    calendar: str = ""
    keys: bool = True
    second_factor: bool = False
    typed: Typed = UNTYPED
