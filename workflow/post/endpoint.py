"""Where the relay is and how to speak to it: the parts of `CHANCERY_SMTP_URL`.

    smtp://user:password@host:port?starttls=required|optional|off&auth=plain|login&cafile=PATH&name=NAME
    smtps://user:password@host:port
    smtp://user@host:port?auth=xoauth2|oauthbearer&tokenfile=PATH   (or oauth=PATH; see `bearer`)

Reserved signs in user and password are percent-encoded.  Without `starttls`, TLS is required.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from workflow.errors import Invalid
from workflow.post import bearer
from workflow.post.bearer import Bearer

Security = Literal["implicit", "required", "optional", "off"]
PASSWORDS = ("plain", "login")
MECHANISMS = (*PASSWORDS, *bearer.MECHANISMS)


@dataclass(frozen=True)
class Endpoint:
    """The relay's address.  `security` is how TLS begins; certificates are always verified.

    `password` is never shown.  With `mechanism` xoauth2 or oauthbearer it is an access token, or
    `token_file` or `oauth` say where one is had.  `name` is what the relay hears in EHLO; empty
    stands for the machine's own name.
    """

    host: str
    port: int
    security: Security = "required"
    user: str = ""
    password: str = field(default="", repr=False)
    mechanism: str = ""
    cafile: str = ""
    name: str = ""
    token_file: str = ""
    oauth: str = ""

    @property
    def bearer(self) -> Bearer | None:
        """Where access tokens come from; None where a password logs in."""
        if self.mechanism not in bearer.MECHANISMS:
            return None
        return Bearer(self.password, self.token_file, self.oauth)

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """The endpoint that `url` names; raises Invalid with a sentence that never repeats the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _refused("its host or port cannot be read") from None
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise _refused("it begins with smtp:// or smtps:// and names a host")
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        if unknown := set(query) - {"starttls", "auth", "cafile", "name", "tokenfile", "oauth"}:
            raise _refused(f"it has a setting that is not known: {', '.join(sorted(unknown))}")
        wanted = query.get("starttls", "required")
        security: Security
        if parts.scheme == "smtps":
            security = "implicit"
        elif wanted == "required":
            security = "required"
        elif wanted == "optional":
            security = "optional"
        elif wanted == "off":
            security = "off"
        else:
            raise _refused("starttls is required, optional or off")
        mechanism = query.get("auth", "").lower()
        if mechanism and mechanism not in MECHANISMS:
            raise _refused("auth is plain, login, xoauth2 or oauthbearer")
        if {"tokenfile", "oauth"} & set(query) and mechanism not in bearer.MECHANISMS:
            raise _refused("tokenfile and oauth go with auth=xoauth2 or auth=oauthbearer")
        if {"tokenfile", "oauth"} <= set(query):
            raise _refused("it has either a tokenfile or oauth")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if any(sign in user + password for sign in "\r\n\0"):
            raise _refused("user and password have no line break")
        endpoint = cls(
            host=parts.hostname,
            port=port or (465 if security == "implicit" else 587 if user else 25),
            security=security,
            user=user,
            password=password,
            mechanism=mechanism,
            cafile=query.get("cafile", ""),
            name=query.get("name", ""),
            token_file=query.get("tokenfile", ""),
            oauth=query.get("oauth", ""),
        )
        if user and security == "off" and not endpoint.loopback:
            raise _refused("with a password TLS cannot be off, except on this machine itself")
        return endpoint

    @property
    def loopback(self) -> bool:
        """Whether the relay is on this machine, where nobody listens on the wire."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def context(self) -> ssl.SSLContext:
        """A TLS context that verifies the certificate and the host's name, TLS 1.2 or newer."""
        try:
            context = ssl.create_default_context(cafile=self.cafile or None)
        except OSError:
            raise _refused("its cafile cannot be read") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _refused(reason: str) -> Invalid:
    return Invalid("smtp_url", "CHANCERY_SMTP_URL is not usable: %(reason)s.", reason=reason)
