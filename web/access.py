"""Who may use a route: each declares it, and an application with an undeclared one does not start.

A declaration says who may come to the door; what they may do with one note is decided by the
operation behind it.  `allowed` reads the tables of `workflow.states`, so a change there changes
the doors too.  Library routes, which cannot carry a decorator, are declared in `LIBRARY`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from web import session
from workflow.errors import NotAllowed, Phrase, Refusal, either
from workflow.permissions import ACTION_WORDS, ROLE_WORDS, Actor
from workflow.states import DUTIES, OFFICE, TRANSITIONS, Role

View = TypeVar("View", bound=Callable[..., Any])


class NotSignedIn(Refusal):
    """Nobody is logged in, or the token is not a valid one."""

    status = 401


@dataclass(frozen=True)
class Access:
    """The declaration of one route.

    `public` gives the reason why anybody may use it.  Else a person has to be signed in, and, where
    `roles` or `deputies` are given, have one of the roles or stand in for the director in one of
    the actions.
    """

    public: str = ""
    roles: frozenset[Role] = frozenset()
    deputies: frozenset[str] = frozenset()
    actions: tuple[str, ...] = ()

    @property
    def for_all_signed_in(self) -> bool:
        """Whether being signed in is enough."""
        return not self.public and not self.roles and not self.deputies

    def admits(self, actor: Actor) -> bool:
        """Whether a signed-in person may come in."""
        if self.public or self.for_all_signed_in:
            return True
        return actor.has(*self.roles) or not self.deputies.isdisjoint(actor.deputy_for)

    def refusal(self) -> NotAllowed:
        """Why somebody of another role may not."""
        who = either(ROLE_WORDS[role] for role in Role if role in self.roles)
        who = who or Phrase("a deputy of the director")
        words = ACTION_WORDS[self.actions[0]] if len(self.actions) == 1 else Phrase("do this")
        return NotAllowed("wrong-role", "Only %(who)s may %(action)s.", who=who, action=words)


def allowed(*roles: Role, actions: tuple[str, ...] | str = ()) -> Callable[[View], View]:
    """Only these roles, and whoever the tables of `workflow.states` let do one of `actions`."""
    names = (actions,) if isinstance(actions, str) else actions
    admitted, deputies = set(roles), set()
    for name in names:
        rows = [row for row in (*TRANSITIONS, *DUTIES) if row.name == name]
        if not rows and name not in OFFICE:
            raise LookupError(f"there is no action {name}")
        admitted |= OFFICE.get(name, frozenset())
        for row in rows:
            admitted |= row.roles
            deputies |= {name} if row.deputies else set()
    if not admitted:
        raise LookupError("name the roles, or use allowed_signed_in")
    return _declare(Access(roles=frozenset(admitted), deputies=frozenset(deputies), actions=names))


def allowed_signed_in(view: View) -> View:
    """Everybody who is signed in; the operation behind it looks at the rest."""
    return _declare(Access())(view)


def allowed_public(reason: str) -> Callable[[View], View]:
    """Anybody, for this reason."""
    if not reason.strip():
        raise LookupError("a public route needs its reason")
    return _declare(Access(public=reason))


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


_LOGIN = Access(public="Whoever logs in is not logged in yet.")
_RESET = Access(public="Whoever forgot the password cannot log in; the mailed token is the proof.")
_SECOND = Access(public="The second step of logging in: the session holds who passed the first.")

LIBRARY: dict[str, Access] = {
    "security.login": _LOGIN,
    "security.logout": Access(public="Logging out twice is harmless."),
    "security.verify": Access(),
    "security.forgot_password": _RESET,
    "security.reset_password": _RESET,
    "security.change_password": Access(),
    "security.two_factor_setup": Access(),
    "security.two_factor_setup_validate": Access(),
    "security.two_factor_token_validation": _SECOND,
    "security.two_factor_rescue": _SECOND,
    "security.tf_select": _SECOND,
    "security.mf_recovery_codes": Access(),
    "security.mf_recovery": _SECOND,
    "theme.asset": Access(public="Style sheets, scripts and pictures hold nothing of any note."),
    "openapi.spec": Access(public="The description of the API holds nothing of any note."),
}


def declaration(app: Flask, endpoint: str) -> Access | None:
    """What a route declares; None when it declares nothing."""
    found = getattr(app.view_functions[endpoint], "access", None)
    return found if isinstance(found, Access) else LIBRARY.get(endpoint)


def undeclared(app: Flask) -> list[str]:
    """The endpoints that do not declare who may use them."""
    return sorted(endpoint for endpoint in app.view_functions if declaration(app, endpoint) is None)


def require_declared(app: Flask) -> None:
    """Raises RuntimeError naming the routes that declare nothing: the application must not start."""
    missing = undeclared(app)
    if missing:
        raise RuntimeError(f"These routes do not declare who may use them: {', '.join(missing)}")


def init_app(app: Flask) -> None:
    """Asks the declaration before every request."""
    app.before_request(_ask)


def _ask() -> Response | None:
    if request.endpoint is None:
        return None  # There is no such route; that is said elsewhere.
    access = declaration(current_app, request.endpoint)
    if access is None:
        raise RuntimeError(f"{request.endpoint} does not declare who may use it")
    if access.public:
        return None
    actor = session.actor()
    if actor is None:
        return _not_signed_in()
    if not access.admits(actor):
        raise access.refusal()
    return None


def _not_signed_in() -> Response:
    if session.is_api():
        if session.token_given():
            raise NotSignedIn(
                "token-invalid",
                "The token is not valid: it is wrong, has expired or was revoked. Ask for a new one.",
            )
        raise NotSignedIn("token-missing", "Send the token of your account as “Authorization: Bearer …”.")
    if request.method not in {"GET", "HEAD"}:
        raise NotSignedIn("not-signed-in", "You are not logged in any more. Log in, then do it again.")
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
