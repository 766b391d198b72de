"""The directory, people and their tokens, deputies, the audit log, and the profile."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from web.api.schemas.common import Day, Id, Input, Line, Moment, Output, Reason, Sentence, Window, Word

RoleName = Literal["chair_institute", "registry", "translator", "reviewer", "director", "administrator"]


class MembersQuery(Input):
    """On which day; today where it is left out."""

    day: Day | None = None
    language: Word | None = None


class Member(Output):
    """A member with its name on the day."""

    code: str
    name: str
    since: date | None
    until: date | None
    certain: bool


class Members(Output):
    """The members on a day."""

    items: list[Member]
    next: None = None


class NewDelegation(Input):
    """A deputy of the director for a period."""

    principal: Id
    deputy: Id
    actions: Annotated[list[Literal["approve", "dispatch"]], Field(min_length=1, max_length=2)]
    valid_from: Moment
    valid_until: Moment
    reason: Reason


class Delegation(Output):
    """A deputy of the director."""

    id: int
    principal: int
    deputy: int
    actions: list[str]
    valid_from: datetime
    valid_until: datetime
    reason: str
    made_by: int
    ended_at: datetime | None


class Delegations(Output):
    """A page of deputies."""

    items: list[Delegation]
    next: int | None


class PeopleQuery(Window):
    """Which people."""

    role: RoleName | None = None
    language: Word | None = None


class PersonLine(Output):
    """Somebody who works with Chancery."""

    id: int
    name: str
    organisation: str
    roles: list[str]
    languages: list[str]


class People(Output):
    """A page of people."""

    items: list[PersonLine]
    next: int | None


class NewAccount(Input):
    """An account; without a password it can be used by tokens only, until one is set."""

    email: Annotated[Line, Field(max_length=254, examples=["a.person@secretariat.example"])]
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    roles: Annotated[list[RoleName], Field(min_length=1, max_length=6)]
    languages: Annotated[list[Word], Field(max_length=20)] = Field([])
    organisation: Annotated[Line, Field(max_length=200)] = ""
    locale: Annotated[Literal["en", "ru", "kk"], Field()] = "en"
    password: Annotated[str | None, Field(min_length=12, max_length=200)] = None


class ChangeAccount(Input):
    """What changes of an account."""

    active: bool | None = None
    name: Annotated[Line | None, Field(min_length=1, max_length=200)] = None
    organisation: Annotated[Line | None, Field(max_length=200)] = None
    roles: Annotated[list[RoleName] | None, Field(min_length=1, max_length=6)] = None
    languages: Annotated[list[Word] | None, Field(max_length=20)] = None
    locale: Literal["en", "ru", "kk"] | None = None


class ChangeMe(Input):
    """One's own language, and how one wants to be told what waits."""

    locale: Literal["en", "ru", "kk"] | None = None
    mail: Literal["at_once", "digest", "none"] | None = None


class Account(PersonLine):
    """An account as its owner and the administrator see it; `mail` is how they are told what waits."""

    email: str
    locale: str
    mail: Literal["at_once", "digest", "none"]
    active: bool
    second_factor: bool
    created_at: datetime


class Accounts(Output):
    """A page of accounts."""

    items: list[Account]
    next: int | None


class Me(Account):
    """The account of the token, with the delegations in force."""

    deputy_for: dict[str, int]


class NewToken(Input):
    """A token: what it is for, and how long it is valid."""

    name: Annotated[Line, Field(min_length=1, max_length=100, examples=["Statistics script"])]
    days: Annotated[int, Field(ge=1, le=365)] = 365


class Token(Output):
    """A token without its text."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class Tokens(Output):
    """The tokens of an account."""

    items: list[Token]
    next: int | None


class IssuedToken(Token):
    """A new token; its text is shown this once and kept nowhere."""

    token: str


class AuditQuery(Window):
    """Which entries; `subject` is such as `note:12`."""

    subject: Annotated[Line | None, Field(max_length=60)] = None
    action: Annotated[Line | None, Field(max_length=60)] = None


class Entry(Output):
    """An entry of the log; people are named by the id of their account."""

    number: int
    at: str
    actor: int | None
    acting_for: int | None
    action: str
    subject: str
    data: dict[str, Any]
    mac: str


class Entries(Output):
    """A page of the log, oldest first."""

    items: list[Entry]
    next: int | None


class Verification(Output):
    """What the walk through the whole log found; no fault means that it is whole."""

    good: bool
    entries: int
    head: str
    sealed: int
    unsealed: int
    anchors: int
    faults: list[Sentence]


class Choice(Output):
    """A choice of the profile by its code, with its words per language."""

    code: str
    titles: dict[str, str]


class ProfileLanguage(Output):
    """A language of the profile."""

    code: str
    standing: str
    required: bool


class Profile(Output):
    """What the organisation's profile offers to whoever submits a note."""

    name: str
    digest: str
    titles: dict[str, str]
    zone: str
    source_language: str
    languages: list[ProfileLanguage]
    kinds: list[Choice]
    series: list[Choice]
    markings: list[str]
    terms: list[str]
