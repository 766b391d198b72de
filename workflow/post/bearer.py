"""Access tokens for relays and mailboxes that refuse passwords (OAuth 2.0): where they come from, and a fresh one.

A token is given in the address itself, kept fresh in a file by another program, or asked of the
token endpoint that a JSON file describes:

    {"token_url": "https://login.example.org/token", "client_id": "…", "client_secret": "…",
     "refresh_token": "…", "scope": "…"}

With a refresh token it asks by that grant (RFC 6749, section 6), without one by the client's own
credentials (section 4.4).  A refresh token that the endpoint renews is written back.  Nothing
secret enters an exception, a log or a repr.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from workflow.errors import Invalid, Phrase, Unavailable

MECHANISMS = ("xoauth2", "oauthbearer")
SECONDS = 15.0
MOST_BYTES = 100_000
# A token is not used in its last minute: it could end on the way.
MARGIN = 60.0
# How long a token holds whose endpoint does not say so.
DEFAULT_SECONDS = 600.0
_FIELDS = frozenset({"token_url", "client_id", "client_secret", "refresh_token", "scope"})
# What RFC 6749, section 5.2, lets an endpoint say, as far as it is a word.
_CODE = re.compile(r"[a-z_]{1,40}")
_HINTS = {
    "invalid_grant": Phrase("its refresh token has expired or was revoked, so a person has to grant it anew"),
    "invalid_client": Phrase("it does not know the client or its secret"),
    "invalid_scope": Phrase("it does not know the scope, or the client may not ask for it"),
    "unauthorized_client": Phrase("the client may not ask for tokens in this way"),
}

_lock = threading.Lock()
_kept: dict[str, tuple[str, float]] = {}
_renewed: dict[str, str] = {}


@dataclass(frozen=True)
class Bearer:
    """Where a token comes from: `given` itself, a `token_file`, or a file that describes an endpoint (`oauth`)."""

    given: str = field(default="", repr=False)
    token_file: str = ""
    oauth: str = ""

    def token(self, refused: str = "") -> str:
        """A token; `refused` is one that a server did not accept, which is not given again if there is another.

        Raises Unavailable with a sentence when there is none to be had, Invalid for a faulty file.
        """
        if self.token_file:
            try:
                return Path(self.token_file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise Invalid(
                    "token-file", "The file of the access token (tokenfile) cannot be read."
                ) from None
        return _of_endpoint(self.oauth, refused) if self.oauth else self.given


def response(mechanism: str, user: str, token: str, host: str, port: int) -> bytes:
    """What the client says first: of XOAUTH2, or of OAUTHBEARER (RFC 7628, section 3.1)."""
    if mechanism == "xoauth2":
        return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
    # RFC 5801: a comma or an equals sign of the user's name is written as a code.
    name = user.replace("=", "=3D").replace(",", "=2C")
    return f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()


def _of_endpoint(path: str, refused: str) -> str:
    with _lock:
        token, until = _kept.get(path, ("", 0.0))
        if token and token != refused and time.monotonic() < until:
            return token
        wanted = _settings(path)
        answer = _ask(wanted)
        fresh = answer.get("access_token")
        if not isinstance(fresh, str) or not fresh or not fresh.isascii() or not fresh.isprintable():
            raise _refused(wanted, Phrase("its answer has no access token"))
        try:
            holds = float(answer.get("expires_in", DEFAULT_SECONDS))
        except (TypeError, ValueError):
            holds = DEFAULT_SECONDS
        _kept[path] = (fresh, time.monotonic() + max(0.0, min(holds, 86_400.0) - MARGIN))
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != wanted.get("refresh_token"):
            _write_back(path, wanted, renewed)
        return fresh


def _settings(path: str) -> dict[str, str]:
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Invalid(
            "oauth-file", "The file that describes the token endpoint (oauth) cannot be read."
        ) from None
    if (
        not isinstance(data, dict)
        or set(data) - _FIELDS
        or not all(isinstance(value, str) for value in data.values())
        or not data.get("token_url")
        or not data.get("client_id")
    ):
        raise Invalid(
            "oauth-file",
            "The file that describes the token endpoint (oauth) holds token_url and client_id, and may hold "
            "client_secret, refresh_token and scope, each a text.",
        )
    if path in _renewed:
        data["refresh_token"] = _renewed[path]
    address = urlsplit(data["token_url"])
    if address.scheme != "https" and not (address.scheme == "http" and _is_loopback(address.hostname or "")):
        raise Invalid("oauth-file", "The token endpoint has to begin with https://, since secrets go there.")
    return data


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _ask(wanted: dict[str, str]) -> dict[str, Any]:
    """The endpoint's answer; raises Unavailable."""
    form = {name: wanted[name] for name in ("client_id", "client_secret", "scope") if wanted.get(name)}
    if wanted.get("refresh_token"):
        form |= {"grant_type": "refresh_token", "refresh_token": wanted["refresh_token"]}
    else:
        form |= {"grant_type": "client_credentials"}
    try:
        # The address is the operator's own, so neither proxies nor netrc of the machine are asked for it.
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", wanted["token_url"], data=form) as answer,
        ):
            status, body = answer.status_code, b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise httpx.DecodingError("answer too large")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _refused(wanted, type(error).__name__) from None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _refused(wanted, Phrase("status %(status)s", status=status))
    if status != 200:
        code = data.get("error")
        known = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
        why = Phrase("status %(status)s", status=status)
        if known:
            why = Phrase("status %(status)s, %(code)s", status=status, code=known)
        if known in _HINTS:
            why = Phrase("%(code)s: %(hint)s", code=known, hint=_HINTS[known])
        raise _refused(wanted, why)
    return data


def _refused(wanted: dict[str, str], why: str) -> Unavailable:
    return Unavailable(
        "token-refused",
        "The token endpoint %(host)s gave no access token (%(why)s). Nothing is lost: it is asked again.",
        host=urlsplit(wanted["token_url"]).hostname or "?",
        why=why,
    )


def _write_back(path: str, wanted: dict[str, str], renewed: str) -> None:
    """Keeps a renewed refresh token: in the file, or, where it cannot be written, as long as the process lives."""
    _renewed[path] = renewed
    place = Path(path)
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=place.parent, prefix=f".{place.name}.", delete=False, encoding="utf-8"
        ) as file:
            json.dump({**wanted, "refresh_token": renewed}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        # Made with the rights of its owner alone, as secrets have it.
        Path(file.name).replace(place)
    except OSError:
        return
    del _renewed[path]
