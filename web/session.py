"""Who asks, and one piece of work per request.

Pages know a person by the session cookie, the API by a bearer token and by nothing else: a cookie
that a browser sends along by itself opens no door of the API.

`with looking() as work` reads; `with writing() as work` is one transaction, committed at the end
of the block or not at all.  A GET only ever looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

import tasks.offer
from workflow.means import Means
from workflow.models import Account
from workflow.operations import accounts, notice_rows
from workflow.operations.context import Work
from workflow.permissions import Actor

# Somebody without an account: a recipient at a personal link, or the login page.  Not SYSTEM, which
# sees everything: a visitor is shown nothing that is not asked for by a secret of its own.
VISITOR = Actor(id=0, name="Visitor", roles=frozenset())

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def means() -> Means:
    """The means of this process."""
    found: Means = current_app.extensions["chancery"]
    return found


def is_api() -> bool:
    """Whether the request is for the API."""
    return request.path.startswith("/api/")


def token_given() -> bool:
    """Whether an Authorization header came with the request."""
    return bool(request.headers.get("Authorization"))


def actor() -> Actor | None:
    """The person who asks, as the operations see them; None when nobody is signed in."""
    if "actor" not in g:
        with means().database.reading() as session:
            account = _account(session)
            g.actor = accounts.actor_of(session, account, means().clock) if account else None
    found: Actor | None = g.actor
    return found


def reader() -> Actor | None:
    """The person to whom an answer is worded; None as well when the database cannot say who it is.

    For the words around an answer only: even "the database does not answer" has to be said.
    """
    try:
        return actor()
    except SQLAlchemyError:
        g.actor = None
        return None


def account_id() -> int | None:
    """The account of the person who asks; None when nobody is signed in."""
    person = actor()
    return person.id if person else None


def _account(session: Session) -> Account | None:
    if is_api():
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            return None
        return accounts.account_of_token(session, token.strip(), means().clock)
    if not current_user.is_authenticated:
        return None
    account = session.get(Account, current_user.id)
    return account if account and account.active else None


@contextmanager
def looking() -> Iterator[Work]:
    """A look at the database as the person who asks; it takes no lock and changes nothing."""
    with means().look(actor() or VISITOR) as work:
        yield work


@contextmanager
def writing() -> Iterator[Work]:
    """One transaction as the person who asks; an error inside undoes all of it.

    The person's roles are read anew inside the transaction, so that rights taken away a moment ago
    are gone.  Raises RuntimeError for a GET, which may never write.
    """
    if request.method in READING:
        raise RuntimeError(f"{request.method} {request.endpoint} may not write")
    asked = actor()
    with means().work(VISITOR) as work:
        if asked is not None:
            account = work.session.get(Account, asked.id)
            current = (
                accounts.actor_of(work.session, account, means().clock)
                if account and account.active
                else VISITOR
            )
            work = replace(work, actor=current)
        yield work
        told = sorted(work.session.info.get(notice_rows.TOLD, ()))
    # After the commit, best effort: the rows stand, and the sweep offers what was not taken.
    tasks.offer.notices(told)
