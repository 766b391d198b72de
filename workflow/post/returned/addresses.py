"""Mail addresses in running text: found in linear time, told apart by what stands beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOCAL = re.compile(r"(?:\"[^\"\s<>@]{1,64}\"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]{1,64})$")
_DOMAIN = re.compile(
    r"[A-Za-z0-9\x80-\U0010ffff_](?:[A-Za-z0-9\x80-\U0010ffff_-]{0,63}\.){0,20}"
    r"[A-Za-z0-9\x80-\U0010ffff_-]{0,62}[A-Za-z0-9\x80-\U0010ffff]"
)
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
            start = at - len(name)
            found.append(
                Found(
                    f"{name}@{domain[0]}".lower(),
                    line[max(0, start - LIMIT) : start],
                    line[domain.end() :][:LIMIT],
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
