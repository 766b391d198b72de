"""The web application, put together: settings, extensions, the API, the pages, the guards."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from apiflask import APIFlask
from flask import Flask
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

import tasks.app
import tasks.dispatch
import tasks.documents
from web import access, accounts, api, frame, limits, observe, problems
from web.session import is_api
from workflow.config import Settings
from workflow.means import Means

ROOT = Path(__file__).resolve().parent.parent


class NoteName(BaseConverter):
    """A note in an address: its draft's reference or its number, whose slashes may stand as they are.

    `D-2026-0012`, `TTF/374`, `TTF%2F374` and `ТТФ/374` are all taken; a server decodes %2F before
    it looks for the route, so the two forms are one.  A number has at most four parts.
    """

    part_isolating = False
    regex = r"[^/\x00-\x1f]{1,60}(?:/[^/\x00-\x1f]{1,60}){0,3}?"


class RowId(BaseConverter):
    """The id of a row: what a database's integer can hold, so that a larger one is simply not found."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


def create_app(means: Means, *, testing: bool = False) -> Flask:
    """The application over these means.

    Raises RuntimeError when a route does not declare who may use it.  With `testing`, requests are
    not counted.
    """
    settings = means.settings
    app = APIFlask(
        "web",
        title="Chancery",
        version="1",
        spec_path="/openapi.json",
        docs_path=None,
        openapi_blueprint_url_prefix="/api/v1",
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]
        template_folder=str(ROOT / "templates" / "pages"),
    )
    app.extensions["chancery"] = means
    app.url_map.converters.update(note=NoteName, row=RowId)
    app.config.update(_configuration(settings), TESTING=testing)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.proxies:
        # Only headers that our own proxies wrote are believed, counted from the nearest one.
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    tasks.app.configure(settings)
    problems.init_app(app)
    observe.init_app(app)
    csrf = CSRFProtect(app)
    accounts.init_app(app, settings, means.clock)
    Babel(
        app,
        default_translation_directories=str(ROOT / "web" / "translations"),
        locale_selector=frame.reader_language,
        timezone_selector=frame.zone,
    )
    csrf.exempt(api.blueprint)
    api.init_app(app)
    _add_pages(app)
    limits.init_app(app, enabled=not testing)
    access.init_app(app)
    access.require_declared(app)
    app.after_request(_headers)
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    secure = settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": settings.keys.session,
        "SESSION_COOKIE_NAME": "__Host-chancery" if secure else "chancery",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        # A cookie that turns up in another browser or from another place is not taken.
        "SESSION_PROTECTION": "strong",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_DURATION": timedelta(days=1),
        # Room for a form around the largest file.
        "MAX_CONTENT_LENGTH": settings.upload_bytes + 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "MAX_FORM_PARTS": 2_000,
        "WTF_CSRF_TIME_LIMIT": 12 * 60 * 60,
        # Our pages send no Referer, which the strict check would want on https; the token is the proof.
        "WTF_CSRF_SSL_STRICT": False,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": "en",
    }


def _add_pages(app: Flask) -> None:
    """Adds the theme and the pages where they are installed; the API works without them."""
    if find_spec("web.theme") is not None:
        theme = import_module("web.theme")
        theme.init_app(app, chrome=frame.chrome, zone=frame.zone)
    if find_spec("web.pages") is not None:
        import_module("web.pages").init_app(app)


def _headers(response):  # type: ignore[no-untyped-def]
    if is_api():
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response
