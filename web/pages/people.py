"""Accounts: who works with Chancery, their roles, second factors and tokens."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_security.recoverable import send_reset_password_instructions
from sqlalchemy import select

from web.access import allowed
from web.accounts import hash_password
from web.pages import _people
from web.pages._forms import SECRET, day_of, done, seen_revision, sentence, typed
from web.pages._ids import find_row, row_id
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.accounts import AccountsPage
from web.views.parts import Typed
from workflow.errors import NotFound, Refusal, Stale, Unavailable
from workflow.models import Account, ApiToken
from workflow.operations import accounts
from workflow.operations.context import Work, require_reason

blueprint = Blueprint("accounts", __name__)

MANAGERS = allowed(actions="manage_accounts")
FIELDS = {
    "name-missing": "name",
    "account-taken": "address",
    "address": "address",
    "no-such-role": "role",
    "no-such-language": "language",
    "password-short": "password",
    "last-administrator": "role",
}


@at(blueprint, "index")
@MANAGERS
def index() -> str:
    """All accounts by name, closed ones too."""
    with looking() as work:
        query = request.args.get("q", "").strip()[:200]
        wanted = query.casefold()
        rows = [
            row
            for row in work.session.scalars(select(Account))
            if wanted in row.name.casefold() or wanted in row.email.casefold()
        ]
        acts = _people.last_acts(work)
        rows.sort(key=lambda row: (not row.active, row.name.casefold(), row.id))
        page = AccountsPage(tuple(_people.account_line(row, acts) for row in rows), query)
        return render_template("accounts.html", page=page)


@at(blueprint, "new")
@MANAGERS
def new() -> Answer:
    """Makes an account; its first password is set by a mailed link, or given here where no mail goes."""
    if request.method == "GET":
        with looking() as work:
            return render_template("account.html", page=_people.account_page(work, None))
    form = request.form
    try:
        # A hash takes a tenth of a second on purpose, so it is made before the transaction begins.
        hashed = None if _people.mails_links() else hash_password(form.get("password", ""))
        with writing() as work:
            row = accounts.create(
                work,
                form.get("address", ""),
                form.get("name", ""),
                form.getlist("role"),
                password_hash=hashed,
                languages=form.getlist("language"),
            )
            key, name, email = row.id, row.name, row.email
    except Refusal as refusal:
        return _again(None, refusal)
    if _people.mails_links() and not _send_link(email):
        flash(
            gettext(
                "The mail with the link could not be sent. %(name)s can ask for it at the login page.",
                name=name,
            ),
            "warning",
        )
    return done(gettext("The account of %(name)s is made.", name=name), "accounts.show", account=key)


def _send_link(email: str) -> bool:
    user = current_app.extensions["security"].datastore.find_user(email=email)
    try:
        send_reset_password_instructions(user)
    except Unavailable:
        return False
    return True


@at(blueprint, "show")
@MANAGERS
def show(account: str) -> Answer:
    """An account; a POST changes its name, address, roles and languages."""
    if request.method == "GET":
        with looking() as work:
            return render_template(
                "account.html", page=_people.account_page(work, find_row(work, Account, account))
            )
    form = request.form
    try:
        seen = seen_revision()
        with writing() as work:
            row = find_row(work, Account, account)
            if seen != _people.revision(row):
                raise Stale(
                    "account-stale", "Not done: the account changed since you opened it. Open it again."
                )
            accounts.change(
                work,
                row,
                name=form.get("name", ""),
                email=form.get("address", ""),
                roles=form.getlist("role"),
                languages=form.getlist("language"),
            )
    except Refusal as refusal:
        return _again(account, refusal)
    return done(gettext("The account is saved."), "accounts.show", account=account)


def _again(key: str | None, refusal: Refusal) -> Answer:
    """The form with everything that was typed, but the password."""
    form = request.form
    field = FIELDS.get(refusal.code)
    words = sentence(refusal)
    values = {
        name: value for name, value in form.items() if name not in SECRET | {"password", "role", "language"}
    }
    answer = Typed(values, {field: words}, "") if field else Typed(values, {}, words)
    with looking() as work:
        page = _people.account_page(
            work,
            find_row(work, Account, key) if key else None,
            typed=answer,
            roles=form.getlist("role"),
            languages=form.getlist("language"),
        )
        return render_template("account.html", page=page), refusal.status


def _change(account: str, words: str, *, reason: bool, **changes: object) -> Answer:
    try:
        with writing() as work:
            row = find_row(work, Account, account)
            why = require_reason(request.form.get("reason")) if reason else ""
            accounts.change(work, row, reason=why, **changes)
    except NotFound:
        raise
    except Refusal as refusal:
        return refused(refusal, url_for("accounts.show", account=account), gettext("Back to the account"))
    return done(words, "accounts.show", account=account)


@at(blueprint, "close")
@MANAGERS
def close(account: str) -> Answer:
    """Closes an account: its sessions and tokens end with the next request."""
    return _change(account, gettext("The account is closed."), reason=True, active=False)


@at(blueprint, "reopen")
@MANAGERS
def reopen(account: str) -> Answer:
    """Opens a closed account again."""
    return _change(account, gettext("The account is open again."), reason=False, active=True)


@at(blueprint, "reset_factor")
@MANAGERS
def reset_factor(account: str) -> Answer:
    """Takes a lost second factor away; the person sets a new one up."""
    words = gettext("The second factor is reset.")
    return _change(
        account, words, reason=True, tf_primary_method=None, tf_totp_secret=None, mf_recovery_codes=None
    )


@at(blueprint, "make_token")
@MANAGERS
def make_token(account: str) -> Answer:
    """Makes a token; the answer shows it, and no page does so again."""
    try:
        until = day_of("until")
        with writing() as work:
            row = find_row(work, Account, account)
            days = (until - work.today()).days if until else accounts.TOKEN_DAYS
            text = accounts.issue_token(work, row, request.form.get("name", ""), days)
            page = _people.account_page(work, row, new_token=text)
    except NotFound:
        raise
    except Refusal as refusal:
        with looking() as work:
            row = find_row(work, Account, account)
            return render_template(
                "account.html", page=_people.account_page(work, row, typed=_summary(refusal))
            ), refusal.status
    return render_template("account.html", page=page), 201


def _summary(refusal: Refusal) -> Typed:
    # The token's name must not end up in the field of the person's.
    return Typed({}, {}, typed(refusal).summary)


@at(blueprint, "revoke_token")
@MANAGERS
def revoke_token(account: str, token: str) -> Answer:
    """Ends a token at once."""
    with writing() as work:
        _own_token(work, account, token)
        accounts.revoke_token(work, row_id(token))
    flash(gettext("The token is revoked."), "done")
    return redirect(url_for("accounts.show", account=account), 303)


def _own_token(work: Work, account: str, token: str) -> None:
    row = find_row(work, ApiToken, token)
    if row.account_id != row_id(account):
        raise NotFound("no-such-token", "There is no token %(id)s of this account.", id=token)
