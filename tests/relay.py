"""A relay that answers from a script, in memory: the real session and pipeline talk to it over a line.

What happens to a message is said per address, one word for each time that it is tried; the last
word stands for all further ones.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from threading import Lock

from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.smtp import Relay
from workflow.post.wire import LineBroken

ACCEPT = "accept"  # 250 after the dot.
LATER = "later"  # 450 to RCPT.
NEVER = "never"  # 550 to RCPT.
LARGE = "large"  # 552 5.3.4 after the dot, unless the message is small.
BROKEN_BEFORE = "broken before"  # The line breaks inside the content.
BROKEN_TAKEN = "broken, taken"  # The line breaks after the dot; the relay has the message.
BROKEN_LOST = "broken, lost"  # The line breaks after the dot; the relay has nothing.
SMALL = 20_000


@dataclass
class Taken:
    """A message that the relay took: to whom, by which return path, and its bytes."""

    address: str
    sender: str
    data: bytes

    @property
    def mail(self) -> Message:
        """The message with its headers."""
        return message_from_bytes(self.data)

    @property
    def token(self) -> str:
        """The attempt's token, as the return path carries it."""
        found = re.search(r"\+([^@]+)@", self.sender)
        assert found is not None
        return found[1]


@dataclass
class World:
    """What all scripted relays share: the script, what was taken, and whether they can be reached."""

    script: dict[str, list[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    down: bool = False
    at_dot: Callable[[str], None] = lambda address: None
    lock: Lock = field(default_factory=Lock)

    def word(self, address: str) -> str:
        """What happens to the next message for `address`."""
        words = self.script.get(address, [ACCEPT])
        return words[min(self.tried.count(address), len(words) - 1)]

    def consume(self, address: str) -> None:
        """A message was tried; an envelope that was only offered and is offered again does not count."""
        with self.lock:
            self.tried.append(address)

    def to(self, address: str) -> list[Taken]:
        """The messages that were taken for an address, oldest first."""
        return [one for one in self.taken if one.address == address]


class ScriptedLine:
    """The server's end of the line."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.replies: deque[bytes | None] = deque()
        self.content: bytearray | None = None
        self.sender = self.address = self.fate = ""

    def send(self, data: bytes, seconds: float) -> None:
        """Takes commands, or content that ends with a dot on a line of its own."""
        if self.content is not None and data[:3] != b".\r\n":
            self.world.consume(self.address)
            if self.fate == BROKEN_BEFORE:
                raise LineBroken("the line broke while sending: scripted")
            self.content += data
            return
        for line in data.split(b"\r\n")[:-1]:
            self._command(line.decode())

    def _command(self, line: str) -> None:
        verb = line.upper()
        if line == ".":
            self._dot()
        elif verb.startswith("MAIL"):
            self.sender = line.partition("<")[2].partition(">")[0]
            self._say(b"250 2.1.0 Ok")
        elif verb.startswith("RCPT"):
            self.address = line.partition("<")[2].partition(">")[0]
            self.fate = self.world.word(self.address)
            if self.fate in (LATER, NEVER):
                self.world.consume(self.address)
            self._say(
                {LATER: b"450 4.2.0 Greylisted", NEVER: b"550 5.1.1 No such user"}.get(
                    self.fate, b"250 2.1.5 Ok"
                )
            )
        elif verb == "DATA":
            if self.fate in (LATER, NEVER):
                self._say(b"503 5.5.1 No recipient")
            else:
                self.content = bytearray()
                self._say(b"354 Go on")
        else:
            self._say(b"250 2.0.0 Ok")

    def _dot(self) -> None:
        assert self.content is not None
        content, self.content = bytes(self.content), None
        self.world.at_dot(self.address)
        if self.fate == LARGE and len(content) > SMALL:
            return self._say(b"552 5.3.4 Message too big")
        if self.fate != BROKEN_LOST:
            with self.world.lock:
                self.world.taken.append(Taken(self.address, self.sender, content))
        self._say(None if self.fate in (BROKEN_LOST, BROKEN_TAKEN) else b"250 2.0.0 Ok: queued as 4BzQ9x1LmZ")

    def _say(self, reply: bytes | None) -> None:
        self.replies.append(reply)

    def reply(self, seconds: float) -> tuple[int, tuple[str, ...]]:
        """The next reply, or the break of the line."""
        said = self.replies.popleft() if self.replies else None
        if said is None:
            raise LineBroken("the server closed the line")
        code, _, words = said.decode().partition(" ")
        return int(code), (words,)

    def has_spoken(self) -> bool:
        """It waits for its turn."""
        return False

    def close(self) -> None:
        """Nothing more is said."""
        self.replies.clear()


class ScriptedRelay(Relay):
    """The real session with the scripted line in place of a socket."""

    def __init__(
        self, world: World, extensions: tuple[str, ...] = ("DSN", "PIPELINING", "8BITMIME", "SIZE")
    ) -> None:
        super().__init__("smtp://127.0.0.1:2525?starttls=off")
        self.world = world
        self.offered_extensions = extensions

    def open(self) -> None:
        """A session, unless the relay is down."""
        if self.world.down:
            raise RelayDown(Answer(Step.CONNECT, None, "Connection refused"))
        if self._line is None:
            self._line = ScriptedLine(self.world)  # type: ignore[assignment]
            self.extensions = dict.fromkeys(self.offered_extensions, "")
            self.sessions += 1
