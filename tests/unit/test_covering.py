"""Personal links in files of a pack: covered however the mail wrote them, and not a byte else is changed."""

from __future__ import annotations

import base64
import hashlib
import quopri
import re
from collections.abc import Callable, Collection
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.proof.covering import LENGTH, covered, program

SECRET = "bK3-_x9QvT2m0LrW8sYpA1cZ4dE5fG6hJ7kNqRuVwXy"
OTHER = "Zz" + SECRET[2:]
LINK = f"https://notes.example.org/r/{SECRET}"
TEXT = f"Dear Sir or Madam,\r\n\r\nthe note is at\r\n{LINK}\r\n\r\nThe Registry\r\n"


def in_use(found: Collection[str]) -> Collection[str]:
    return {SECRET} & set(found)


def plain(text: str) -> bytes:
    return text.encode()


def quoted(text: str) -> bytes:
    return "".join(f"> > {line}\n" for line in text.splitlines()).encode()


def printable(text: str) -> bytes:
    return quopri.encodestring(text.encode()).replace(b"\n", b"\r\n")


def every_sign_escaped(text: str) -> bytes:
    at = text.index(SECRET)
    escaped = "".join(f"={ord(sign):02X}" for sign in SECRET)
    lines = "=\r\n".join(escaped[one : one + 72] for one in range(0, len(escaped), 72))
    return (text[:at] + "=\r\n" + lines + text[at + LENGTH :]).encode()


def in_base64(text: str) -> bytes:
    coded = base64.encodebytes(text.encode()).replace(b"\n", b"\r\n")
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + coded + b"\r\n--boundary--\r\n"


def on_one_line(text: str) -> bytes:
    return b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(text.encode()) + b"\n"


def without_padding(text: str) -> bytes:
    coded = base64.encodebytes((text + "!" * (2 - len(text) % 3)).encode())
    return b"Header: a\n\n" + coded.replace(b"=", b"")


def twice(text: str) -> bytes:
    return in_base64(in_base64(text).decode())


def rewritten(text: str) -> bytes:
    return text.replace(
        LINK, f"https://gateway.example/?u=https%3A%2F%2Fnotes.example.org%2Fr%2F{SECRET}&d=1"
    ).encode()


def rewritten_twice(text: str) -> bytes:
    return text.replace(
        LINK, f"https://g.example/?u=https%253A%252F%252Fn.example%252Fr%252F{SECRET}%26d"
    ).encode()


def percent(text: str) -> bytes:
    return text.replace(SECRET, SECRET.replace("-", "%2D").replace("_", "%5f")).encode()


def html(text: str) -> bytes:
    return f'<p><a href="{LINK}">{LINK.replace("_", "&#95;").replace("-", "&#45;")}</a></p>\r\n'.encode()


def wide(text: str) -> bytes:
    return base64.encodebytes(text.encode("utf-16"))


def cut(text: str) -> bytes:
    return text.replace(SECRET, SECRET[:20] + "\r\n> " + SECRET[20:]).encode()


def bare(text: str) -> bytes:
    return text.replace(LINK, f"your key: {SECRET}.").encode()


def by_the_library(text: str) -> bytes:
    mail, inner = EmailMessage(), EmailMessage()
    inner["Subject"] = "Нота"
    inner.set_content("Уважаемые господа!\n" + text, cte="base64")
    mail["Subject"] = "Undelivered"
    mail.set_content("It came back.\n" + text, cte="quoted-printable")
    mail.add_attachment(inner)
    return mail.as_bytes()


WAYS = [
    plain, quoted, printable, every_sign_escaped, in_base64, on_one_line, without_padding, twice, rewritten,
    rewritten_twice, percent, html, wide, cut, bare, by_the_library,
]  # fmt: skip


def told(data: bytes, depth: int = 4) -> bool:
    """Whether somebody who tries finds the secret in the bytes."""
    views = [data, data.replace(b"\0", b""), quopri.decodestring(data), re.sub(rb"\r?\n[> ]*", b"", data)]
    views += [re.sub(rb"%(?:25)?([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), one) for one in views]
    views += [re.sub(rb"&#(\d+);", lambda m: bytes([int(m[1])]), one) for one in views]
    if any(SECRET.encode() in one for one in views):
        return True
    blocks = re.findall(rb"(?:[A-Za-z0-9+/]{16,}=*\r?\n?)+", data)
    for block in blocks if depth else ():
        signs = re.sub(rb"[^A-Za-z0-9+/]", b"", block)
        signs = signs[: len(signs) - (len(signs) % 4 == 1)]
        if told(base64.b64decode(signs + b"=" * (-len(signs) % 4)), depth - 1):
            return True
    return False


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_link_is_covered_however_it_was_written(way: Callable[[str], bytes]) -> None:
    raw = way(TEXT)
    assert told(raw)
    hidden = covered(raw, in_use)
    assert not told(hidden) and len(hidden) == len(raw)
    assert covered(hidden, in_use) == hidden
    # Lines end where they ended, and a link that opens nothing stays.
    assert [len(line) for line in hidden.split(b"\n")] == [len(line) for line in raw.split(b"\n")]
    assert covered(raw, lambda found: ()) == raw


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_secret_is_asked_about(way: Callable[[str], bytes]) -> None:
    asked: set[str] = set()

    def ask(found: Collection[str]) -> Collection[str]:
        asked.update(found)
        return ()

    covered(way(TEXT), ask)
    assert SECRET in asked


def test_nothing_else_is_changed() -> None:
    raw = plain(TEXT + f"https://notes.example.org/r/{OTHER}\r\n" + "X-Digest: " + "a" * 64 + "\r\n")
    assert covered(raw, in_use) == raw.replace(SECRET.encode(), b"X" * LENGTH)
    hidden = covered(in_base64(TEXT), in_use)
    body = base64.b64decode(hidden.split(b"\r\n\r\n")[1])
    assert body == TEXT.replace(SECRET, "X" * LENGTH).encode()


@given(st.binary(max_size=400))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert covered(data, in_use) == data
    around = data + b"\r\n" + in_base64(TEXT) + data
    assert len(covered(around, in_use)) == len(around)


@given(st.text(max_size=120), st.text(max_size=120), st.sampled_from([plain, printable, in_base64, twice]))
def test_whatever_stands_around_it(before: str, after: str, way: Callable[[str], bytes]) -> None:
    raw = way(f"{before}\r\n{LINK}\r\n{after}")
    hidden = covered(raw, in_use)
    assert not told(hidden) and len(hidden) == len(raw)


@pytest.mark.parametrize(
    "shape",
    [b"A" * 2_000_000, b"A\n" * 500_000, (b"A" * 76 + b"\n") * 20_000, b"=\n" * 500_000, b"%4" * 500_000],
    ids=["one line", "short lines", "base64 without end", "soft ends", "escapes"],
)
def test_hostile_shapes_end(shape: bytes) -> None:
    assert not told(covered(shape + b"\n\n" + plain(TEXT), in_use)[len(shape) :])


def test_the_program_that_covers_has_a_name() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", program()) and len(hashlib.sha256(b"").hexdigest()) == 64
