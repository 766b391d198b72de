"""The look of the pages as a Flask extension: assets, headers, filters.

`init_app(app, chrome=..., zone=...)` gives the templates everything that is
not a page's own value:

* assets under addresses that carry their digest, compressed once at start and
  cached for a year: Bootstrap's style sheet (from Bootstrap-Flask), our style
  sheet and script, and one sprite with only the icons in use;
* security headers with a Content-Security-Policy whose nonce is new for each
  request (`csp_nonce()` in a template);
* `asset(name)`, `icon_href(name)`, `chrome`, the words of the statuses and the
  filters `moment`, `day`, `bytes`, `number`, `fold_digest`, `language_name`, `quoted`.

The pages may contain no style attributes and no inline handlers: the policy
would refuse them.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Flask, Response, abort, g, request, url_for

from web import formats
from web.views import keys, words
from web.views.chrome import NAVIGATION, Chrome

HERE = Path(__file__).parent
PAGES = HERE.parent / "templates" / "pages"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
YEAR = 365 * 24 * 60 * 60

# Every icon that a template or a status names; a test compares this set with the templates.
ICONS = frozenset(
    [
        "alarm",
        "arrow-down",
        "arrow-repeat",
        "arrow-return-left",
        "arrow-right",
        "arrows-fullscreen",
        "bell",
        "bookmark",
        "calendar-event",
        "calendar3",
        "check-lg",
        "check2-all",
        "chevron-down",
        "clock-history",
        "cloud-check",
        "cpu",
        "download",
        "envelope",
        "exclamation-triangle",
        "eye",
        "file-earmark-pdf",
        "file-earmark-spreadsheet",
        "hourglass",
        "inbox",
        "info-circle",
        "list",
        "lock",
        "patch-check",
        "pen",
        "pencil",
        "pencil-square",
        "people",
        "person-check",
        "plus-lg",
        "printer",
        "question-circle",
        "search",
        "send",
        "send-check",
        "shield-check",
        "slash-circle",
        "translate",
        "x-octagon",
    ]
)

blueprint = Blueprint("theme", __name__)


@dataclass(frozen=True)
class Asset:
    """A file served under an address with its digest: plain and gzip bytes."""

    name: str
    mimetype: str
    body: bytes
    packed: bytes
    digest: str


def _asset(name: str, mimetype: str, body: bytes) -> Asset:
    # The modification time inside gzip is fixed, so that every process serves the same bytes.
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(name, mimetype, body, packed, hashlib.sha256(body).hexdigest()[:16])


def sprite(names: frozenset[str] = ICONS) -> bytes:
    """One SVG with a symbol for each of `names`, cut from Bootstrap-Flask's set.

    Raises LookupError when the set has no icon of a name.
    """
    source = (BOOTSTRAP / "icons" / "bootstrap-icons.svg").read_text("utf-8")
    found = {
        match["id"]: match
        for match in re.finditer(
            r'<symbol[^>]*?viewBox="(?P<box>[^"]+)"[^>]*?id="(?P<id>[^"]+)"[^>]*>(?P<body>.*?)</symbol>',
            source,
            re.S,
        )
    }
    missing = sorted(names - found.keys())
    if missing:
        raise LookupError(f"Bootstrap-Flask has no icon named {', '.join(missing)}")
    symbols = "".join(
        f'<symbol id="{name}" viewBox="{found[name]["box"]}">{found[name]["body"].strip()}</symbol>'
        for name in sorted(names)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'.encode()


@cache
def assets() -> dict[str, Asset]:
    """All assets by name, made once in a process."""
    made = (
        _asset(
            "bootstrap.css",
            "text/css",
            (BOOTSTRAP / "css" / "bootstrap.min.css").read_bytes().split(b"\n/*# source")[0],
        ),
        _asset("chancery.css", "text/css", (HERE / "static" / "chancery.css").read_bytes()),
        _asset("beside.js", "text/javascript", (HERE / "static" / "beside.js").read_bytes()),
        _asset("desk.js", "text/javascript", (HERE / "static" / "desk.js").read_bytes()),
        _asset("chancery.js", "text/javascript", (HERE / "static" / "chancery.js").read_bytes()),
        _asset("icons.svg", "image/svg+xml", sprite()),
        _asset("mark.svg", "image/svg+xml", (HERE / "static" / "mark.svg").read_bytes()),
    )
    return {asset.name: asset for asset in made}


def asset_url(name: str) -> str:
    """The address of an asset; it changes whenever the bytes do."""
    return url_for("theme.asset", digest=assets()[name].digest, name=name)


def icon_href(name: str) -> str:
    """The address of one icon in the sprite, for `<use>`."""
    if name not in ICONS:
        raise LookupError(f"the icon {name} is not in web.theme.ICONS")
    return f"{asset_url('icons.svg')}#{name}"


@blueprint.get("/assets/<digest>/<name>")
def asset(digest: str, name: str) -> Response:
    """An asset; an address with an older digest is not found rather than wrong."""
    found = assets().get(name)
    if found is None or found.digest != digest:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.packed if packed else found.body, mimetype=found.mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    response.set_etag(found.digest)
    response.make_conditional(request)
    return response


def csp_nonce() -> str:
    """The nonce of this request's Content-Security-Policy."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def policy(nonce: str) -> str:
    """The Content-Security-Policy of every page.

    `data:` pictures are Bootstrap's own check marks and the second factor's square code.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def secure(response: Response) -> Response:
    """Set the headers that every answer carries, unless a view set its own."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(csp_nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    # Personal links and pages behind a login have no place in a search engine.
    headers.setdefault("X-Robots-Tag", "noindex, nofollow")
    # A page shows what holds for one person at one moment: no cache may keep it.  The login library
    # writes “no-store=True”, which caches do not know.
    if "no-store" in headers.get("Cache-Control", "no-store"):
        headers["Cache-Control"] = "no-store"
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    return response


def init_app(app: Flask, *, chrome: Callable[[], Chrome], zone: Callable[[], str]) -> None:
    """Attach the theme to `app`, which must already have Flask-Babel.

    `chrome()` gives the frame of the present page (it is asked once a request);
    `zone()` gives the organisation's IANA time zone.  Templates live in `PAGES`,
    which the application names as its template folder.
    """
    app.register_blueprint(blueprint)
    app.after_request(secure)
    env = app.jinja_env
    env.trim_blocks = True
    env.lstrip_blocks = True
    for name, function in formats.filters(zone).items():
        env.filters[name] = function
    env.globals.update(
        asset=asset_url,
        icon_href=icon_href,
        csp_nonce=csp_nonce,
        WORDS=words,
        KEYS=keys,
        NAVIGATION=NAVIGATION,
    )

    @app.context_processor
    def frame() -> dict[str, Chrome]:
        if "chrome" not in g:
            g.chrome = chrome()
        return {"chrome": g.chrome}
