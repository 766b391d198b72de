"""Messages as they lie in mailboxes, cut and digested from their bytes alone, to be held against what was recorded."""

from __future__ import annotations

import hashlib


def parted(data: bytes) -> tuple[bytes, bytes]:
    """A message cut where its first attachment begins, read from the message alone."""
    _, _, rest = data.partition(b'boundary="')
    if not rest:
        return data, b""
    boundary = b"--" + rest.partition(b'"')[0]
    first = data.index(boundary + b"\r\n")
    second = data.index(boundary + b"\r\n", first + 1)
    assert data.endswith(boundary + b"--\r\n")
    return data[:second], data[second:]


def known_by(raw: bytes) -> tuple[int, str, str | None]:
    """Size and digests of a message as it was sent, without the fields that its way put before it.

    Maildirs end lines with LF alone; on the line it was CRLF.
    """
    data = raw[raw.index(b"From: ") :].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    own, tail = parted(data)
    digests = [hashlib.sha256(part).hexdigest() for part in (own, tail)]
    return len(data), digests[0], digests[1] if tail else None
