"""Personal links covered in the files of a pack: no byte more or less, whatever the mail did to the text.

A report or an answer may quote our message, and with it the link by which a contact acknowledges.  Who is
given a pack must not be given that, so each sign of a link's secret is covered by "X" where it stands: as it
is, quoted-printable, in base64 (also inside one another), percent-encoded by a gateway that writes links
anew, as a character reference of HTML, in UTF-16, and cut by the end of a line.

What is compressed or encrypted inside a message is not looked into.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from pathlib import Path

COVER = b"X"
# A secret is SHA-256 in base64 for URLs, without its padding.
LENGTH = 43
# A message in a message in a message: deeper is nobody's report.
DEPTH = 4
# How many of the secrets that a file might hold are in use: the others are not covered.
InUse = Callable[[Collection[str]], Collection[str]]

_BEHIND_PATH = re.compile(rb"/[a-z]/([A-Za-z0-9_-]{43})")
_BARE = re.compile(rb"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})|%(?:25)?([0-9A-Fa-f]{2})|&#(\d{2,3});")
_SOFT_END = re.compile(rb"=[ \t]*\r?\n")
_END = re.compile(rb"[ \t]*\r?\n[> \t|]*")
_UNIT = re.compile(rb"=[0-9A-Fa-f]{2}|%(?:25)?[0-9A-Fa-f]{2}|&#\d{2,3};|[A-Za-z0-9_-]")
_BETWEEN = rb"(?:\x00|=?[ \t]*\r?\n[> \t|]*)?"
_BASE64 = re.compile(
    rb"^[> \t|]{0,8}(?:[A-Za-z0-9+/]{40,}+[ \t]*\r?\n[> \t|]{0,8})*[A-Za-z0-9+/]{2,}+={0,2}[ \t]*\r?$",
    re.MULTILINE,
)
_SIGN = re.compile(rb"[A-Za-z0-9+/]")
_NO_SIGNS = bytes(one for one in range(256) if not _SIGN.match(bytes([one])))


def covered(raw: bytes, in_use: InUse) -> bytes:
    """The same bytes with every secret covered of which `in_use` says that it opens something; as long as they were."""
    found = {one for layer in _layers(raw, DEPTH) for one in _candidates(layer)}
    secrets = in_use(found) if found else ()
    return _cover(raw, [one.encode() for one in sorted(secrets)], DEPTH) if secrets else raw


@cache
def program() -> str:
    """SHA-256 (hex) over what decides how links are covered."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _layers(data: bytes, depth: int) -> Iterator[bytes]:
    """The bytes, and what is in base64 in them, and what is in base64 in that."""
    yield data
    if depth:
        for _, inner in _blocks(data):
            yield from _layers(inner, depth - 1)


def _blocks(data: bytes) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Each block of base64 that could hold a secret, and what it says."""
    for block in _BASE64.finditer(data):
        inner = _decoded(block[0].translate(None, _NO_SIGNS))
        if len(inner) >= LENGTH:
            yield block, inner


def _decoded(signs: bytes) -> bytes:
    # A single sign beyond a group of four says nothing.
    whole = signs[: len(signs) - (len(signs) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def _candidates(layer: bytes) -> Iterator[str]:
    """Whatever could be the secret of a link in these bytes."""
    flat = layer.replace(b"\0", b"") if b"\0" in layer else layer
    joined = _ESCAPED.sub(_unescaped, _SOFT_END.sub(b"", flat))
    for view in (joined, _END.sub(b"", joined)):
        for pattern in (_BEHIND_PATH, _BARE):
            for found in pattern.finditer(view):
                yield found[1].decode()


def _unescaped(found: re.Match[bytes]) -> bytes:
    """The sign that an escape stands for, where a link could hold it; the escape itself otherwise."""
    number = int(found[3]) if found[3] else int(found[1] or found[2], 16)
    sign = bytes([number]) if number < 128 else b""
    return sign if sign and (sign.isalnum() or sign in b"/_-") else found[0]


def _cover(data: bytes, secrets: Collection[bytes], depth: int) -> bytes:
    for secret in secrets:
        data = _pattern(secret).sub(_covered_units, data)
    if not depth:
        return data
    changed = bytearray(data)
    for block, inner in _blocks(data):
        hidden = _cover(inner, secrets, depth - 1)
        if hidden == inner:
            continue
        # Only the signs that say something else now: what stood at the end of a block stays as it was.
        signs = base64.b64encode(inner), base64.b64encode(hidden)
        places = (sign.start() for sign in _SIGN.finditer(data, block.start(), block.end()))
        for at, before, after in zip(places, *signs, strict=False):
            if before != after:
                changed[at] = after
    return bytes(changed)


def _covered_units(found: re.Match[bytes]) -> bytes:
    """Each sign of the secret covered, an escape by as many signs as it has; ends of lines stay."""
    return _UNIT.sub(lambda unit: COVER * len(unit[0]), found[0])


@lru_cache(maxsize=256)
def _pattern(secret: bytes) -> re.Pattern[bytes]:
    """The secret, each sign as it is or escaped, with what a line's end puts between them."""
    signs = (
        rb"(?:%b|=%02X|=%02x|%%(?:25)?%02X|%%(?:25)?%02x|&#%d;)"
        % (re.escape(bytes([one])), *(4 * (one,)), one)
        for one in secret
    )
    return re.compile(_BETWEEN.join(signs))
