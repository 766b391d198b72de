"""Login, passwords and second factor: Flask-Security on the domain's own tables.

The tables `accounts` and `account_roles` are mapped a second time here, for the library only, with
a session of its own: it reads without a lock and opens a transaction that writes only to save a
password or a second factor.  The operations never see these classes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import structlog
from flask import Flask, current_app, g, request
from flask_security import (
    FormInfo,
    LoginForm,
    MailUtil,
    RoleMixin,
    Security,
    SQLAlchemySessionUserDatastore,
    UserMixin,
)
from flask_security.totp import Totp
from passlib.hash import argon2
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, registry, relationship, scoped_session, sessionmaker, synonym

from web import limits, session
from web.session import means
from workflow.clock import Clock
from workflow.config import Settings
from workflow.errors import Invalid, Refusal
from workflow.models import Account, AccountRole
from workflow.post.address import check_address
from workflow.post.endpoint import Endpoint
from workflow.post.envelope import Envelope
from workflow.post.smtp import Relay
from workflow.post.wire import Timeouts
from workflow.states import Transport

log = structlog.get_logger("chancery.accounts")

SHORTEST = 12
# Figures of RFC 9106, section 4, second recommended option, with less parallelism: 64 MiB, three passes.
HASHING = {"time_cost": 3, "memory_cost": 65536, "parallelism": 2}
# How far a telephone's clock may be off, in seconds.
DRIFT = 30

mapped = registry()


class LoginRole(RoleMixin):
    """A role as the login library sees it."""


class LoginUser(UserMixin):
    """An account as the login library sees it."""

    # The library asks for a telephone's number even where none is ever used.
    tf_phone_number: str | None = None


mapped.map_imperatively(LoginRole, AccountRole.__table__, properties={"name": synonym("role")})
mapped.map_imperatively(
    LoginUser,
    Account.__table__,
    properties={"roles": relationship(LoginRole, lazy="joined", viewonly=True)},
)


class _LoginSession(Session):
    """Reads without a lock; only what is saved goes through a transaction that writes."""

    def get_bind(self, *_: Any, **__: Any) -> Engine | Connection:
        database = means().database
        return database.engine if self._flushing else database.reader


class _Mail(MailUtil):
    """Addresses by our own rule, and mail through the organisation's relay."""

    def normalize(self, email: str) -> str:
        """The one form of an address; raises ValueError when it is none."""
        try:
            return check_address(email)
        except Refusal as refusal:
            raise ValueError(refusal.sentence) from None

    def validate(self, email: str) -> str:
        """The same: an address is not asked for by DNS."""
        return self.normalize(email)

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Sends one message of the login library, as plain text, beside the answer.

        Whether an address has an account must not show in how long the answer takes.  A relay that
        is away is in the log, and the person asks again.
        """
        settings = means().settings
        message = EmailMessage()
        message["Subject"] = str(subject)
        message["From"] = settings.sender
        message["To"] = recipient if isinstance(recipient, str) else recipient[1]
        message["Auto-Submitted"] = "auto-generated"
        # The library makes links from the request's Host header, which anybody can write.
        message.set_content((body or "").replace(request.url_root, f"{settings.base_url}/"))
        relay = Endpoint.parse(settings.smtp_url.get_secret_value())
        threading.Thread(target=_send, args=(relay, message), daemon=True).start()


def _send(relay: Endpoint, message: EmailMessage) -> None:
    """Hands one message to the relay, by the same session as every other; its fault is in the log."""
    try:
        with Relay(relay, timeouts=Timeouts(connect=10, command=10, body=10, dot=10)) as line:
            # The only kind of report that is of use comes back to the sender by itself.
            envelope = Envelope(message["From"], message["To"], secrets.token_hex(16), ("FAILURE",))
            offered = line.offer(envelope, message.as_bytes(policy=policy.SMTP.clone(cte_type="7bit")))
            answer = offered.refusal or line.transmit(offered)
    except Refusal as error:
        log.warning("relay-away", error=type(error).__name__)
        return
    if answer.transport is not Transport.ACCEPTED:
        log.warning("mail-refused", answer=answer.code)


class _LoginForm(LoginForm):
    """The login, which nothing outlives: no cookie logs anybody in another day."""

    remember = None


class _OnceTotp(Totp):
    """One-time passwords that are taken once: whoever looked over a shoulder comes too late."""

    def verify_totp(self, token: str, totp_secret: str, user: Any, window: int = 0) -> bool:
        """Whether `token` is right at this moment and was not used before."""
        if not super().verify_totp(token, totp_secret, user, min(window, DRIFT)):
            return False
        mark = hashlib.sha256(f"{user.fs_uniquifier}:{token}".encode()).hexdigest()[:32]
        return limits.first_use(f"otp/{mark}", 4 * DRIFT)


def hash_password(text: str) -> str:
    """The argon2id hash of a password, as the login checks it; needs no application.

    Raises Invalid for a password that is too short.
    """
    if len(text) < SHORTEST:
        raise Invalid("password-short", "A password has at least %(least)s characters.", least=SHORTEST)
    # The login brings what is typed to the same normal form before it compares.
    return str(argon2.using(type="ID", **HASHING).hash(unicodedata.normalize("NFKD", text)))


def second_factor(account: Account) -> bool:
    """Whether an account has a one-time password set up."""
    return account.tf_primary_method == "authenticator" and bool(account.tf_totp_secret)


def require_second_factor(otp: str | None) -> None:
    """Asks the person who acts for their one-time password, where they have set one up.

    Call it before an operation that binds the organisation (approve), outside of its transaction.
    Raises Invalid when it is missing or wrong, and Conflict (429) after too many wrong ones.
    """
    number = session.account_id()
    if number is None:
        return
    with session.looking() as work:
        account = work.session.get_one(Account, number)
        secret = account.tf_totp_secret if second_factor(account) else None
    if secret is None:
        return
    if not (otp or "").strip():
        raise Invalid("otp-missing", "Give the one-time password of your telephone as well.")
    limits.require_below(limits.OTP_TRIES, "otp", str(number))
    security: Security = current_app.extensions["security"]
    given = "".join((otp or "").split())
    if not security._totp_factory.verify_totp(given, secret, cast(Any, account), DRIFT):
        limits.count_wrong(limits.OTP_TRIES, "otp", str(number))
        raise Invalid(
            "otp-wrong", "The one-time password is not right, or was used already. Wait for the next one."
        )


def totp(settings: Settings) -> Totp:
    """The maker and reader of second-factor secrets of this installation, for setup outside a request."""
    return _OnceTotp(_totp_secrets(settings), "Chancery")


def _totp_secrets(settings: Settings) -> dict[str, str]:
    key = hmac.new(settings.keys.session.encode(), b"second factor", hashlib.sha256).digest()
    return {"1": base64.urlsafe_b64encode(key).decode()}


def _can_mail(settings: Settings) -> bool:
    """Whether a relay was named; the default address is only that of an office that may not run."""
    return "smtp_url" in settings.model_fields_set


def _identity(given: str) -> str | None:
    return given.strip() if "@" in given else None


def configuration(settings: Settings) -> dict[str, Any]:
    """The settings of Flask-Security."""
    secure = settings.base_url.startswith("https://")
    key = settings.keys.session.encode()
    salt = hmac.new(key, b"password salt", hashlib.sha256).hexdigest()
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        # A hash is complete in itself, so that the command line can make one without the application.
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            f"argon2__{name}": value for name, value in HASHING.items()
        },
        "SECURITY_PASSWORD_SALT": salt,
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": _identity, "case_insensitive": True}}],
        # The library speaks no Kazakh, and its Russian answers to another name than ours.
        "SECURITY_I18N_DIRNAME": ["builtin", str(Path(__file__).resolve().parent / "translations")],
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RECOVERABLE": _can_mail(settings),
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": _can_mail(settings),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
        "SECURITY_EMAIL_SENDER": settings.sender,
        "SECURITY_EMAIL_HTML": False,
        # /verify is the public page that checks a file.
        "SECURITY_VERIFY_URL": "/confirm-password",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_RESCUE_MAIL": settings.sender,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {"httponly": True, "secure": secure, "samesite": "Strict"},
        "SECURITY_TOTP_SECRETS": _totp_secrets(settings),
        "SECURITY_TOTP_ISSUER": "Chancery",
        "SECURITY_CSRF_COOKIE": {"samesite": "Strict", "httponly": False, "secure": secure},
        "SECURITY_STATIC_FOLDER": None,
    }


def init_app(app: Flask, settings: Settings, clock: Clock) -> Security:
    """Adds the login to the application; needs `app.extensions["chancery"]`."""
    app.config.update(configuration(settings), SECURITY_DATETIME_FACTORY=clock)
    maker = sessionmaker(class_=_LoginSession, autoflush=False, expire_on_commit=False)
    sessions: scoped_session[_LoginSession] = scoped_session(maker, scopefunc=_scope)
    datastore = SQLAlchemySessionUserDatastore(sessions, LoginUser, LoginRole)
    security = Security(datastore=datastore, mail_util_cls=_Mail, totp_cls=_OnceTotp)
    security.set_form_info("login_form", FormInfo(cls=_LoginForm))
    security.init_app(app)
    # The library would also take a token of its own from the address of a page; ours has none.
    cast(Any, app).login_manager._request_callback = None

    @app.teardown_appcontext
    def _close(_: BaseException | None) -> None:
        sessions.remove()

    return security


def _scope() -> int:
    return id(g._get_current_object())
