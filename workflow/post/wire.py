"""One connection to a mail server: bytes out, replies in, every wait bounded by a deadline.

A server that sends one byte a minute keeps a per-read time limit happy for ever; so each reply,
and each piece of content, has a deadline of its own as a whole.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

LINE_BYTES = 4096
REPLY_LINES = 128
_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
Monotonic = Callable[[], float]


@dataclass(frozen=True)
class Timeouts:
    """The longest waits, in seconds, each for the whole of what it names.

    RFC 5321 (4.5.3.2.6) allows ten minutes after the final dot, because an answer that is not waited for makes
    a possible duplicate; `dot` is therefore by far the longest.
    """

    connect: float = 30
    command: float = 60
    body: float = 120
    dot: float = 240

    @property
    def longest(self) -> float:
        """The longest that one message can take from its envelope on, the call to the relay included."""
        return self.connect + 2 * self.command + self.body + self.dot

    @classmethod
    def within(cls, seconds: float) -> Timeouts:
        """Waits of which the longest takes at most five sixths of `seconds`: the time of a task that sends."""
        usual = cls()
        share = min(1.0, seconds * 5 / 6 / usual.longest)
        return cls(usual.connect * share, usual.command * share, usual.body * share, usual.dot * share)


class LineBroken(Exception):
    """The connection is of no more use; the text says why and holds nothing that was sent."""


class Line:
    """A connected socket, plain or TLS, with a buffer of what was received and not yet read."""

    def __init__(self, sock: socket.socket, monotonic: Monotonic = time.monotonic) -> None:
        self._sock = sock
        self._monotonic = monotonic
        self._buffer = bytearray()

    @classmethod
    def connect(cls, host: str, port: int, seconds: float, monotonic: Monotonic = time.monotonic) -> Line:
        """A new connection; raises LineBroken when none is had within `seconds` per address of the host."""
        try:
            sock = socket.create_connection((host, port), timeout=seconds)
        except (OSError, UnicodeError) as error:
            raise LineBroken(f"no connection: {reason(error)}") from None
        # Commands are small and wait for their answers: Nagle's delay would cost 40 ms each.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(sock, monotonic)

    def secure(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """Begin TLS as a client and verify the server as `host`."""
        if self._buffer:
            # What came in the clear behind the answer to STARTTLS was put there by someone between.
            raise LineBroken("the server sent text before the start of TLS")
        try:
            self._sock.settimeout(seconds)
            self._sock = context.wrap_socket(self._sock, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise LineBroken(f"the certificate is not accepted: {error.verify_message}") from None
        except (OSError, ValueError) as error:
            raise LineBroken(f"no TLS: {reason(error)}") from None

    def send(self, data: bytes, seconds: float) -> None:
        """Hand all of `data` to the network within `seconds`; after LineBroken, some of it may be gone."""
        deadline = self._monotonic() + seconds
        rest = memoryview(data)
        try:
            while rest:
                self._sock.settimeout(self._left(deadline))
                rest = rest[self._sock.send(rest) :]
        except OSError as error:
            raise LineBroken(f"the line broke while sending: {reason(error)}") from None

    def reply(self, seconds: float) -> tuple[int, tuple[str, ...]]:
        """The next reply: its code and the text of each line; raises LineBroken also on a malformed one."""
        deadline = self._monotonic() + seconds
        lines: list[str] = []
        first: bytes | None = None
        while len(lines) < REPLY_LINES:
            found = _REPLY.fullmatch(self._read_line(deadline))
            if found is None or first not in {None, found[1]}:
                raise LineBroken("the server's reply is not SMTP")
            first = found[1]
            lines.append((found[3] or b"").decode("utf-8", "replace"))
            if found[2] != b"-":
                return int(first), tuple(lines)
        raise LineBroken(f"the server's reply has more than {REPLY_LINES} lines")

    def has_spoken(self) -> bool:
        """Whether the server said something that nobody has read; raises LineBroken where it closed the line.

        Nothing is waited for.
        """
        if not self._buffer:
            try:
                self._sock.settimeout(0)
                piece = self._sock.recv(8192)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
            except OSError as error:
                raise LineBroken(f"the line broke: {reason(error)}") from None
            if not piece:
                raise LineBroken("the server closed the line")
            self._buffer += piece
        return True

    @property
    def literal(self) -> str:
        """This end's address as EHLO writes it, such as [192.0.2.1] or [IPv6:2001:db8::1]."""
        host = str(self._sock.getsockname()[0])
        return f"[IPv6:{host}]" if ":" in host else f"[{host}]"

    def close(self) -> None:
        """Drop the connection without a word."""
        self._sock.close()

    def _read_line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LINE_BYTES:
                break
            try:
                self._sock.settimeout(self._left(deadline))
                piece = self._sock.recv(8192)
            except OSError as error:
                raise LineBroken(f"no answer: {reason(error)}") from None
            if not piece:
                raise LineBroken("the server closed the line")
            self._buffer += piece
        if not 0 <= end <= LINE_BYTES:
            raise LineBroken(f"the server's reply has a line of more than {LINE_BYTES} bytes")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def _left(self, deadline: float) -> float:
        left = deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def reason(error: Exception) -> str:
    """What went wrong, in a few words, without anything of what was sent."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'failed'}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
