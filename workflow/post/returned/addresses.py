"""Mail addresses in running text: found in linear time, told apart by what stands beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The signs of other scripts that may stand in an address: neither spaces nor punctuation, be it wide or not.
_SIGNS = (
    r"\u00aa\u00b5\u00ba\u00c0-\u1fff\u200c\u200d\u2070-\u2fff\u3005-\u3007\u3021-\u3029\u3031-\ufdff"
    r"\ufe10-\ufefe\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U00010000-\U0010ffff"
)
_LOCAL = re.compile(rf"(?:\"[^\"\s<>@]{{1,64}}\"|[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.{_SIGNS}-]{{1,64}})$")
_DOMAIN = re.compile(
    rf"[A-Za-z0-9{_SIGNS}_](?:[A-Za-z0-9{_SIGNS}_-]{{0,63}}\.){{0,20}}"
    rf"[A-Za-z0-9{_SIGNS}_-]{{0,62}}[A-Za-z0-9{_SIGNS}]"
)
# Scripts without spaces between words: a plain address ends where they begin.
_UNSPACED = r"\u0e00-\u0eff\u1100-\u11ff\u3005-\u9fff\uac00-\ud7af\uf900-\ufaff"
_GLUED_BEFORE = re.compile(rf".*[{_UNSPACED}](?=[!-~]{{1,64}}$)", re.S)
_GLUED_AFTER = re.compile(rf"(?<=[a-z0-9])[{_UNSPACED}]+$", re.I)
_EDGES = ".'`,*=/"
# Kinds of address that X.400 gateways and others write before the address itself.
_PREFIXES = {"smtp", "rfc822", "rfc-822", "internet", "to", "rcpt", "email"}
LIMIT = 400


@dataclass(frozen=True)
class Found:
    """An address in lower case, and the text of its line on both sides."""

    address: str
    before: str
    after: str


def find(line: str) -> list[Found]:
    """The addresses in one line, in order; at most LIMIT signs around each are looked at."""
    found: list[Found] = []
    at = line.find("@")
    while at > 0 and len(found) < 50:
        local = _LOCAL.search(line, max(0, at - 66), at)
        domain = _DOMAIN.match(line, at + 1, at + 256)
        if local and domain:
            # An encoded word (RFC 2047) begins with a sign that otherwise only stands before an address.
            name = local[0] if local[0].startswith("=?") else local[0].lstrip(_EDGES) or local[0]
            prefix, equals, rest = name.partition("=")
            if equals and rest and prefix.lower() in _PREFIXES:
                name = rest
            host, end = domain[0], domain.end()
            if not host.isascii() and (glued := _GLUED_AFTER.search(host, host.rfind(".") + 1)):
                host, end = host[: glued.start()], end - (len(host) - glued.start())
            if not name.isascii():
                name = _GLUED_BEFORE.sub("", name) or name
            start = at - len(name)
            found.append(
                Found(
                    f"{name}@{host}".lower(),
                    line[max(0, start - LIMIT) : start],
                    line[end:][:LIMIT],
                )
            )
        at = line.find("@", at + 1)
    return found


def only(text: str) -> str:
    """The first address of a header's value, in lower case; empty when there is none."""
    bracketed = text.rpartition("<")[2] if "<" in text else text
    for part in (bracketed, text):
        if found := find(part[:1000]):
            return found[0].address
    return ""


def every(text: str) -> list[str]:
    """All addresses of a header's value, each once, in order."""
    return list(dict.fromkeys(one.address for one in find(text[:4000])))
