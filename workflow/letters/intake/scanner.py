"""An optional virus scanner: clamd, by its INSTREAM command.

`CHANCERY_CLAMD` is `tcp://host:port` or the path of a Unix socket.  Without it
nothing is scanned; with it, a file that could not be scanned is not accepted.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Mapping
from urllib.parse import urlsplit

from workflow.errors import InputRefused, Unavailable

CHUNK = 65_536
SECONDS = 30.0
LONGEST_ANSWER = 4_096


def configured(environ: Mapping[str, str] | None = None) -> str:
    """The address of the scanner, or "" where none is configured."""
    return (os.environ if environ is None else environ).get("CHANCERY_CLAMD", "").strip()


def scan(data: bytes, filename: str, environ: Mapping[str, str] | None = None) -> bool:
    """Have the file scanned; False when no scanner is configured, True when it found nothing.

    Raises InputRefused `virus` with the signature's name, Unavailable when the scanner is configured
    but does not answer.
    """
    address = configured(environ)
    if not address:
        return False
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), CHUNK):
                piece = data[start : start + CHUNK]
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
            answer = _answer(connection)
    except (OSError, ValueError) as fault:
        raise Unavailable(
            "scanner_away",
            "The virus scanner does not answer (%(address)s), so the file was not accepted. "
            "Submit it again later, or tell the administrator.",
            address=address,
        ) from fault
    if answer.endswith(" FOUND"):
        raise InputRefused(
            "virus",
            "The virus scanner found %(signature)s in %(place)s. The file was not kept; ask for a clean one.",
            place=filename,
            signature=answer.removeprefix("stream: ").removesuffix(" FOUND"),
        )
    if not answer.endswith(" OK"):
        raise Unavailable(
            "scanner_away",
            "The virus scanner could not examine the file (%(address)s: %(answer)s), so it was not accepted. "
            "Submit a smaller file, or tell the administrator.",
            address=address,
            answer=answer or "no answer",
        )
    return True


def _connected(address: str) -> socket.socket:
    if address.startswith("tcp://"):
        parts = urlsplit(address)
        if not parts.hostname or not parts.port:
            raise ValueError(address)
        return socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(SECONDS)
        connection.connect(address.removeprefix("unix://"))
    except BaseException:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
        piece = connection.recv(CHUNK)
        if not piece:
            break
        answer += piece
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()
