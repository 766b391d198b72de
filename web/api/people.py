"""People, their accounts, and the tokens of programs that act for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from web.access import allowed, allowed_signed_in
from web.accounts import hash_password, second_factor
from web.api import paging
from web.api.door import endpoint
from web.api.schemas import office as schemas
from web.api.schemas.common import Window
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.operations import accounts
from workflow.operations.context import Work
from workflow.states import Role

MANAGERS = allowed(actions="manage_accounts")


def _line(row: models.Account) -> schemas.PersonLine:
    return schemas.PersonLine(
        id=row.id,
        name=row.name,
        organisation=row.organisation,
        roles=[one.role.value for one in row.role_rows],
        languages=row.languages,
    )


def _account(row: models.Account) -> schemas.Account:
    return schemas.Account(
        **_line(row).model_dump(),
        email=row.email,
        locale=row.locale,
        mail=row.mail.value,
        active=row.active,
        second_factor=second_factor(row),
        created_at=row.created_at,
    )


def _find(work: Work, number: int) -> models.Account:
    row = work.session.get(models.Account, number)
    if row is None:
        raise NotFound("no-such-account", "There is no account %(id)s.", id=number)
    return row


@endpoint("GET", "/me", allowed_signed_in, tag="People", gives=schemas.Me)
def show_me() -> schemas.Me:
    """Show the account of the token, and for whom it may act now."""
    with looking() as work:
        row = work.session.get_one(models.Account, work.actor.id)
        return schemas.Me(**_account(row).model_dump(), deputy_for=work.actor.deputy_for)


@endpoint("PATCH", "/me", allowed_signed_in, tag="People", body=schemas.ChangeMe, gives=schemas.Account)
def change_me(body: schemas.ChangeMe) -> schemas.Account:
    """Choose your language, and how you are told what waits for you: at once, once a day, or not by mail."""
    with writing() as work:
        if body.locale is not None:
            accounts.choose_locale(work, body.locale)
        if body.mail is not None:
            accounts.choose_mail(work, body.mail)
        return _account(_find(work, work.actor.id))


@endpoint(
    "GET",
    "/people",
    allowed(Role.REGISTRY, Role.DIRECTOR, Role.ADMINISTRATOR),
    tag="People",
    query=schemas.PeopleQuery,
    gives=schemas.People,
)
def list_people(query: schemas.PeopleQuery) -> dict[str, Any]:
    """List who works with Chancery, for instance the translators of a language."""
    with looking() as work:
        statement = select(models.Account).where(models.Account.active)
        if query.role:
            having = select(models.AccountRole.account_id).where(models.AccountRole.role == Role(query.role))
            statement = statement.where(models.Account.id.in_(having))
        if query.language:
            # Languages are a short list in JSON; which accounts have one is decided here.
            rows = work.session.execute(select(models.Account.id, models.Account.languages))
            speaking = [number for number, languages in rows if query.language in languages]
            statement = statement.where(models.Account.id.in_(speaking))
        return paging.page(work, statement, models.Account.id, query, _line)


@endpoint("GET", "/accounts", MANAGERS, tag="Accounts", query=Window, gives=schemas.Accounts)
def list_accounts(query: Window) -> dict[str, Any]:
    """List all accounts, closed ones too."""
    with looking() as work:
        return paging.page(work, select(models.Account), models.Account.id, query, _account)


@endpoint("GET", "/accounts/<row:account>", MANAGERS, tag="Accounts", gives=schemas.Account)
def show_account(account: int) -> schemas.Account:
    """Show an account."""
    with looking() as work:
        return _account(_find(work, account))


@endpoint(
    "POST", "/accounts", MANAGERS, tag="Accounts", body=schemas.NewAccount, gives=schemas.Account, status=201
)
def create_account(body: schemas.NewAccount) -> schemas.Account:
    """Make an account."""
    # A hash takes a tenth of a second on purpose, so it is made before the transaction begins.
    hashed = hash_password(body.password) if body.password else None
    with writing() as work:
        row = accounts.create(
            work,
            body.email,
            body.name,
            body.roles,
            password_hash=hashed,
            languages=body.languages,
            organisation=body.organisation,
            locale=body.locale,
        )
        return _account(row)


@endpoint(
    "PATCH",
    "/accounts/<row:account>",
    MANAGERS,
    tag="Accounts",
    body=schemas.ChangeAccount,
    gives=schemas.Account,
    example={"active": False},
)
def change_account(account: int, body: schemas.ChangeAccount) -> schemas.Account:
    """Change an account: close or reopen it, its roles, languages or name."""
    with writing() as work:
        row = _find(work, account)
        return _account(accounts.change(work, row, **body.model_dump(exclude_none=True)))


def _tokens(work: Work, account: int, query: Window) -> dict[str, Any]:
    statement = select(models.ApiToken).where(models.ApiToken.account_id == account)
    return paging.page(work, statement, models.ApiToken.id, query, schemas.Token.model_validate)


def _issue(work: Work, row: models.Account, body: schemas.NewToken) -> schemas.IssuedToken:
    text = accounts.issue_token(work, row, body.name, body.days)
    made = work.session.scalars(
        select(models.ApiToken).where(models.ApiToken.digest == accounts.token_digest(text))
    ).one()
    return schemas.IssuedToken(**schemas.Token.model_validate(made).model_dump(), token=text)


@endpoint("GET", "/me/tokens", allowed_signed_in, tag="Accounts", query=Window, gives=schemas.Tokens)
def list_my_tokens(query: Window) -> dict[str, Any]:
    """List your own tokens."""
    with looking() as work:
        return _tokens(work, work.actor.id, query)


@endpoint(
    "POST",
    "/me/tokens",
    allowed_signed_in,
    tag="Accounts",
    body=schemas.NewToken,
    gives=schemas.IssuedToken,
    status=201,
)
def issue_my_token(body: schemas.NewToken) -> schemas.IssuedToken:
    """Make a token for yourself; its text is shown this once."""
    with writing() as work:
        return _issue(work, _find(work, work.actor.id), body)


@endpoint(
    "GET", "/accounts/<row:account>/tokens", MANAGERS, tag="Accounts", query=Window, gives=schemas.Tokens
)
def list_tokens(account: int, query: Window) -> dict[str, Any]:
    """List the tokens of an account."""
    with looking() as work:
        return _tokens(work, _find(work, account).id, query)


@endpoint(
    "POST",
    "/accounts/<row:account>/tokens",
    MANAGERS,
    tag="Accounts",
    body=schemas.NewToken,
    gives=schemas.IssuedToken,
    status=201,
)
def issue_token(account: int, body: schemas.NewToken) -> schemas.IssuedToken:
    """Make a token for an account; its text is shown this once."""
    with writing() as work:
        return _issue(work, _find(work, account), body)


@endpoint("DELETE", "/tokens/<row:token>", allowed_signed_in, tag="Accounts", gives=schemas.Token)
def revoke_token(token: int) -> schemas.Token:
    """End a token at once: one of your own, or any as the administrator."""
    with writing() as work:
        accounts.revoke_token(work, token)
        return schemas.Token.model_validate(work.session.get_one(models.ApiToken, token))
