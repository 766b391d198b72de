"""The small exact parts of a message: header lines, parameters, base64 in lines.

The standard library's message policy folds encoded headers so that spaces between Cyrillic words
are lost; `email.header.Header` does not, and is what is used here.
"""

from __future__ import annotations

import binascii
import re
from email.header import Header
from functools import lru_cache
from urllib.parse import quote

CRLF = "\r\n"
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,150}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@lru_cache(maxsize=1024)
def header(name: str, text: str) -> str:
    """The header line `name: text` with its CRLF, folded at 76; breaks and control signs become spaces.

    Kept, because subject and sender are the same for all messages of a note and language.
    """
    return f"{name}: {words(text, len(name) + 2)}{CRLF}"


def words(text: str, used: int = 0) -> str:
    """`text` as unstructured header text or as encoded words (RFC 2047), `used` signs of the line being taken."""
    text = _BREAKS.sub(" ", text).strip()
    # ASCII that looks like an encoded word would be decoded by the reader, so it is encoded itself.
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name="x" * max(used - 2, 0)).encode(linesep=CRLF)


@lru_cache(maxsize=1024)
def mailbox(address: str, name: str = "") -> str:
    """`name <address>` for an address header; the address was checked, the name may be anything."""
    name = _BREAKS.sub(" ", name).strip()
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        if not _ATOMS.fullmatch(name):
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{name} <{address}>"
    # A fold stands before the address: with the longest encoded word the line could pass 78.
    return f"{words(name, 10)}{CRLF} <{address}>"


def file_parameter(parameter: str, filename: str) -> str:
    """`; name="file"` for a file name, in the form of RFC 2231 where it is not plain ASCII.

    Folders and control signs are taken off: the name is only ever a name.
    """
    filename = _BREAKS.sub(" ", filename.replace("\\", "/")).rpartition("/")[2].strip(" .") or "document"
    if _PLAIN_NAME.fullmatch(filename):
        return f'; {parameter}="{filename}"'
    stem, dot, kind = filename.rpartition(".")
    # 60 signs of four bytes each, three signs a byte: the line stays under 998.
    short = f"{stem[:60]}{dot}{kind[:10]}" if dot else filename[:60]
    return f";{CRLF} {parameter}*=utf-8''{quote(short, safe='')}"


def base64_lines(data: bytes) -> bytes:
    """`data` in base64, in lines of 76 signs, each with its CRLF."""
    encoded = binascii.b2a_base64(data, newline=False)
    lines = [encoded[at : at + 76] for at in range(0, len(encoded), 76)]
    return b"\r\n".join(lines) + b"\r\n" if lines else b""
