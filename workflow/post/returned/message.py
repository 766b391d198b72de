"""A message as it came, read within limits: headers, parts, text.

Returned mail is written by strangers.  This reader never raises on any bytes, looks at a bounded
window of the message, walks each level of it once, and keeps what broken mailers send: parts
without headers, boundaries that do not match, report fields under a wrong content type.  The
standard library's compat32 reader gives the same structure for well-formed mail, but its cost on
deep nesting or on a header of half a megabyte is not bounded.
"""

from __future__ import annotations

import binascii
import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

# Reports stand at the beginning of a message, seldom at its end after the returned original.
WINDOW_HEAD, WINDOW_TAIL = 384 * 1024, 128 * 1024
HEAD_LIMIT, VALUE_LIMIT, HEADERS_LIMIT = 128 * 1024, 4096, 1000
PARTS_LIMIT, DEPTH_LIMIT, TEXT_LIMIT = 100, 10, 64 * 1024

Headers = dict[str, list[str]]

_HEADER = re.compile(r"^([!-9;-~]{1,80})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.M)
_FIRST = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_PARAMETER = re.compile(r";\s*([a-z-]{1,40})\s*=\s*(?:\"([^\"]{0,1000})\"|([^;\s]{1,1000}))", re.I)
_TYPE = re.compile(r"\s*([a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60})", re.I)
# A line that opens a part although the header names another boundary, or none.
_STRAY = re.compile(rb"^--([^\n]{1,200})\n(?:content-[a-z-]{1,40}:|\n)", re.M | re.I)
_REPORT_FIELD = re.compile(
    rb"\s{0,9}(?:Reporting-MTA|Original-Envelope-Id|(?:Final|Original|X-Actual)-Recipient|Arrival-Date"
    rb"|Received-From-MTA|DSN-Gateway|Action|Diagnostic-Code)[ \t]*:",
    re.I,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|/td)\b[^<>]{0,200}>", re.I)
_INVISIBLE = re.compile(r"<(style|script|title)\b[^<>]{0,200}>[^<]{0,20000}</\1[^<>]{0,20}>", re.I)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?]{0,500})\?=", re.I)
_GAP = re.compile(r"(\?=)\s+(=\?)")
_FORMAL = ("delivery-status", "disposition-notification", "feedback-report")
# Codecs of the standard library that are not charsets of mail, some of them slow on long input.
_NOT_CHARSETS = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}


@dataclass
class Part:
    """One leaf of the message.  `level` counts the embedded messages around it: 0 is the message itself."""

    type: str
    parameters: dict[str, str]
    headers: Headers
    body: bytes
    level: int

    @cached_property
    def text(self) -> str:
        """The body as text, with line feeds, at most TEXT_LIMIT signs; HTML without its tags."""
        data = self.body[: 4 * TEXT_LIMIT]
        encoding = first(self.headers, "content-transfer-encoding").strip().lower()
        if encoding.startswith("quoted"):
            data = binascii.a2b_qp(data)
        elif encoding.startswith("base64"):
            data = _base64(data)
        text = decode(data, self.parameters.get("charset", "")).replace("\r\n", "\n").replace("\r", "\n")
        text = text[:TEXT_LIMIT]
        return plain(text) if self.type == "text/html" else text


@dataclass
class Message:
    """The headers and leaves of a message, in order; `embedded` holds the headers of messages inside it.

    `body` is everything below its head, as it came: what a broken structure keeps from being a leaf, too.
    """

    headers: Headers
    type: str
    parameters: dict[str, str]
    parts: list[Part] = field(default_factory=list)
    embedded: list[Headers] = field(default_factory=list)
    broken: bool = False
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str:
        """The first header of this lower-case name, unfolded and not decoded; empty when there is none."""
        return first(self.headers, name)

    def leaves(self, level: int = 0) -> Iterator[Part]:
        """The parts that stand `level` embedded messages deep."""
        return (part for part in self.parts if part.level == level)


def read(raw: bytes) -> Message:
    """`raw` as a Message; any bytes at all are one."""
    if len(raw) > WINDOW_HEAD + WINDOW_TAIL:
        raw = raw[:WINDOW_HEAD] + b"\n" + raw[-WINDOW_TAIL:]
    data = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    while data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    headers, body = _split(data)
    kind, parameters = content_type(first(headers, "content-type"))
    message = Message(headers, kind, parameters, body=body)
    _walk(message, headers, body, 0, 0)
    return message


def first(headers: Headers, name: str) -> str:
    """The first value of header `name` (lower case), or an empty string."""
    values = headers.get(name)
    return values[0] if values else ""


def content_type(value: str) -> tuple[str, dict[str, str]]:
    """Lower-case type and parameters of a Content-Type value; text/plain where there is none."""
    found = _TYPE.match(value)
    parameters = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(value)}
    return (found[1].lower() if found else "text/plain"), parameters


def storable(text: str) -> str:
    """`text` without what a database cannot keep: zeros, and halves of surrogate pairs (UTF-7 and JSON allow them)."""
    text = text.replace("\0", "") if "\0" in text else text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def decode(data: bytes, charset: str) -> str:
    """`data` in `charset`, whatever happens; where the charset is unknown, the likeliest."""
    return storable(_decoded(data, charset))


def _decoded(data: bytes, charset: str) -> str:
    if not charset and b"\x1b$" in data:
        charset = "iso-2022-jp"
    try:
        name = codecs.lookup(charset.strip("'\" ")).name if charset else "utf-8"
        if name not in _NOT_CHARSETS:
            # What calls itself ASCII and is not is nearly always UTF-8.
            return data.decode("utf-8" if name == "ascii" else name)
    except (LookupError, ValueError, UnicodeError):
        pass
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def words(value: str) -> str:
    """A header's value with its RFC 2047 words decoded and its white space made single."""
    if "=?" in value:
        value = _WORD.sub(_word, _GAP.sub(r"\1\2", value[:VALUE_LIMIT]))
    return " ".join(value.split())


def plain(markup: str) -> str:
    """The text of an HTML page, a line per block."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", _INVISIBLE.sub("", markup))))


def _word(found: re.Match[str]) -> str:
    charset, how, text = found[1].partition("*")[0], found[2].lower(), found[3]
    octets = text.encode("latin-1", "replace")
    data = _base64(octets) if how == "b" else binascii.a2b_qp(octets, header=True)
    return decode(data, charset)


def _base64(data: bytes) -> bytes:
    data = b"".join(data.split())
    try:
        return binascii.a2b_base64(data[: len(data) // 4 * 4 or None])
    except binascii.Error:
        return b""


def _split(data: bytes) -> tuple[Headers, bytes]:
    if not _FIRST.match(data):
        return {}, data[1:] if data.startswith(b"\n") else data
    head, _, body = data.partition(b"\n\n")
    headers: Headers = {}
    for count, found in enumerate(_HEADER.finditer(head[:HEAD_LIMIT].decode("latin-1").replace("\0", ""))):
        if count == HEADERS_LIMIT:
            break
        value = found[2][:VALUE_LIMIT]
        if not value.isascii() or "\x1b" in value:
            value = decode(value.encode("latin-1"), "")
        headers.setdefault(found[1].lower(), []).append(" ".join(value.split()) if "\n" in value else value)
    return headers, body


def _walk(message: Message, headers: Headers, body: bytes, level: int, depth: int) -> None:
    kind, parameters = content_type(first(headers, "content-type"))
    if len(message.parts) >= PARTS_LIMIT:
        return
    if depth < DEPTH_LIMIT and kind.startswith("multipart/"):
        pieces = _pieces(body, parameters.get("boundary", "").encode("latin-1", "replace"))
        if pieces:
            for piece in pieces:
                _walk(message, *_split(piece), level, depth + 1)
            return
        message.broken = True
        kind = "text/plain"
    # A mailer that gives its report a wrong content type still writes the fields of RFC 3464.
    if not kind.endswith(_FORMAL) and _REPORT_FIELD.match(body):
        kind = "message/delivery-status"
    elif depth < DEPTH_LIMIT and kind in {"message/rfc822", "message/global", "message/news"}:
        inner, rest = _split(body.lstrip(b"\n"))
        message.embedded.append(inner)
        _walk(message, inner, rest, level + 1, depth + 1)
        return
    elif kind in {"text/rfc822-headers", "message/global-headers", "message/partial"}:
        message.embedded.append(_split(body.lstrip(b"\n"))[0])
        level += 1
    message.parts.append(Part(kind, parameters, headers, body, level))


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    boundary = boundary.rstrip()
    pieces = _cut(body, b"--" + boundary) if boundary else []
    if not pieces and (stray := _STRAY.search(body)):
        pieces = _cut(body, b"--" + stray[1].rstrip())
    return pieces


def _cut(body: bytes, delimiter: bytes) -> list[bytes]:
    """What stands between the lines that are `delimiter`; the last piece may lack its end."""
    pieces: list[bytes] = []
    start = -1
    at = 0 if body.startswith(delimiter) else body.find(b"\n" + delimiter)
    while at >= 0 and len(pieces) < PARTS_LIMIT:
        line = at + (body[at : at + 1] == b"\n")
        end = body.find(b"\n", line)
        end = len(body) if end < 0 else end
        rest = body[line + len(delimiter) : min(end, line + len(delimiter) + 8)].strip()
        if rest in {b"", b"--"}:
            if start >= 0:
                pieces.append(body[start:at])
            start = -1 if rest else end + 1
            if rest and pieces:
                return pieces
        at = body.find(b"\n" + delimiter, line + len(delimiter))
    if 0 <= start < len(body) and len(pieces) < PARTS_LIMIT:
        pieces.append(body[start:])
    return pieces
