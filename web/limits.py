"""How often: limits per account, or per address where nobody is signed in.

The counters are in memory when Chancery runs embedded, as one process, and in Redis when that is
the broker, so that several web processes count together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from web import session
from web.session import means
from workflow.errors import Conflict, Unavailable

DEFAULT = "1800 per minute"
EVERY_ACCOUNT = "10 per minute; 60 per hour"
# What may be tried from outside, or costs much: endpoint → (limits, what is counted).
LIMITS = {
    "security.login": ("30 per minute; 300 per hour", "address"),
    "security.forgot_password": ("5 per minute; 20 per hour", "address"),
    "security.reset_password": ("10 per minute", "address"),
    "security.change_password": ("10 per minute", "account"),
    "security.verify": ("10 per minute", "account"),
    "security.two_factor_token_validation": ("10 per minute", "address"),
    "security.mf_recovery": ("5 per minute", "address"),
    "receipt.show": ("60 per minute", "link"),
    "receipt.download": ("60 per minute", "link"),
    "receipt.acknowledge": ("20 per minute", "link"),
    "receipt.report": ("10 per minute", "link"),
    "receipt.slip": ("20 per minute", "link"),
    "address.show": ("30 per minute", "link"),
    "verification.index": ("30 per minute", "address"),
    "settings.calendar": ("30 per minute", "address"),
    "circulation.pack": ("60 per minute", "account"),
    "api.download_evidence": ("60 per minute", "account"),
    "api.upload_file": ("120 per minute", "account"),
    "api.preview_pdf": ("120 per minute", "account"),
    "api.verify_note": ("60 per minute", "account"),
    "api.verify_file": ("60 per minute", "account"),
    "api.verify_audit": ("20 per minute", "account"),
}
ONLY_POST = {"security.login", "security.two_factor_token_validation", "verification.index"}
UNCOUNTED = ("theme.asset", "observe.health", "observe.ready", "observe.metrics")

# A one-time password has a million values, and a person types a wrong one now and then.
OTP_TRIES = parse("6 per 10 minute")


def _address() -> str:
    return f"address:{request.remote_addr or 'unknown'}"


def _account() -> str:
    account = session.account_id()
    return f"account:{account}" if account else _address()


def _link() -> str:
    # The link is a secret: what is kept of it in the counters' store is its digest.
    token = str((request.view_args or {}).get("token", ""))
    return f"link:{hashlib.sha256(token.encode()).hexdigest()[:24]}"


def _identity() -> str:
    given = request.form.get("email", "").strip().lower()
    return f"login:{hashlib.sha256(given.encode()).hexdigest()[:24]}"


KEYS = {"address": _address, "account": _account, "link": _link}


def init_app(app: Flask, *, enabled: bool) -> None:
    """Counts requests; call it once all routes are there."""
    broker = app.extensions["chancery"].settings.broker
    uri = broker if broker.startswith(("redis://", "rediss://")) else "memory://"
    app.extensions["chancery-counters"] = storage_from_string(uri, wrap_exceptions=True)
    app.config.setdefault("RATELIMIT_STORAGE_URI", uri)
    limiter = Limiter(
        key_func=_account,
        app=app,
        default_limits=[DEFAULT],
        enabled=enabled,
        headers_enabled=False,
        # A store of counters that is away must not stop the secretariat's work.
        swallow_errors=True,
        in_memory_fallback_enabled=uri != "memory://",
    )
    # Its decorators hold it weakly.
    app.extensions["chancery-limiter"] = limiter
    view: Any
    for endpoint, (limits, counted) in LIMITS.items():
        if endpoint in app.view_functions:
            methods = ["POST"] if endpoint in ONLY_POST else None
            view = limiter.limit(limits, key_func=KEYS[counted], methods=methods)(
                app.view_functions[endpoint]
            )
            if endpoint == "security.login":
                view = limiter.limit(EVERY_ACCOUNT, key_func=_identity, methods=["POST"])(view)
            app.view_functions[endpoint] = view
    for endpoint in UNCOUNTED:
        if endpoint in app.view_functions:
            view = limiter.exempt(app.view_functions[endpoint])
            app.view_functions[endpoint] = view


def counters() -> Storage:
    """The store of counters of this application."""
    found: Storage = current_app.extensions["chancery-counters"]
    return found


def require_below(item: RateLimitItem, *names: str) -> None:
    """Raises Conflict with status 429 when there were too many wrong tries; see `count_wrong`."""
    with _answering():
        below = FixedWindowRateLimiter(counters()).test(item, *names)
    if not below:
        refusal = Conflict("too-many-tries", "Too many wrong tries. Wait ten minutes, then try again.")
        refusal.status = 429
        raise refusal


def count_wrong(item: RateLimitItem, *names: str) -> None:
    """Counts one more wrong try."""
    with _answering():
        FixedWindowRateLimiter(counters()).hit(item, *names)


def first_use(name: str, seconds: int) -> bool:
    """Whether `name` is used for the first time within `seconds`; the asking counts as its use."""
    with _answering():
        return counters().incr(f"{means().settings.profile}/{name}", seconds) == 1


@contextmanager
def _answering() -> Iterator[None]:
    # Where a secret is guarded by a count, no count means no entry.
    try:
        yield
    except StorageError as error:
        raise Unavailable(
            "counters-away",
            "A part that is needed (Redis) does not answer. Nothing was changed. Try again in a moment.",
        ) from error
