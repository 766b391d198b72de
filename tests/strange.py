"""Mail hosts as the world has them: one server on loopback that behaves towards each address as it is told.

`kinds` names a behaviour per address; WAYS lists them.  What the host really keeps lies in `kept`, so that
a test can hold what the secretariat believes against what is true.  Whatever it writes back (reports, bounces
in prose, people's and programs' answers) goes out through the relay, again and again until the relay takes it.
"""

from __future__ import annotations

import contextlib
import queue
import random
import re
import smtplib
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

CLOSE = b""  # In place of a reply: the line is closed.


@dataclass(frozen=True)
class Way:
    """How the host treats a message: replies per step, the last one for ever after; whether it keeps it.

    `keeps` counts copies although the reply after the final dot says otherwise or never comes; `back` makes what
    the host sends back, and from whom; `lies` says that it answered 250 and the contact has nothing all the same.
    """

    rcpt: tuple[bytes, ...] = (b"250 2.1.5 Ok",)
    data: tuple[bytes, ...] = (b"354 Go on",)
    body: tuple[bytes, ...] = ()
    dot: tuple[bytes, ...] = (b"250 2.0.0 Ok: queued as 4STRANGE",)
    keeps: bool = True
    lies: bool = False
    slow: float = 0.0
    back: Callable[[Letter], list[tuple[str, str, bytes]]] | None = None
    changes: Callable[[bytes], bytes] | None = None


@dataclass
class Letter:
    """A message that the host took: its envelope and its bytes."""

    sender: str
    address: str
    data: bytes = field(repr=False)

    @property
    def mail(self) -> Message:
        """The message with its headers."""
        return message_from_bytes(self.data)

    @property
    def token(self) -> str:
        """The attempt's token, as the return path carries it."""
        found = re.search(r"\+([^@]+)@", self.sender)
        return found[1] if found else ""


def fields(letter: Letter, action: str, status: str = "5.1.1", *, whom: str = "", more: str = "") -> bytes:
    """A delivery report (RFC 3464) as many hosts write it: without the identifier of the envelope."""
    code = {"failed": "550", "delayed": "450"}.get(action, "250")
    return (
        (
            f"From: Mail Delivery System <MAILER-DAEMON@host.example>\r\nTo: <{letter.sender}>\r\n"
            f"Subject: Delivery report\r\nMIME-Version: 1.0\r\n{more}"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; host.example\r\n\r\n"
            f"Final-Recipient: rfc822; {whom or letter.address}\r\nAction: {action}\r\nStatus: {status}\r\n"
            f"Diagnostic-Code: smtp; {code} {status} so it is\r\n\r\n"
            "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode()
        + letter.data[:3000].replace(b"--b", b"__b")
        + b"\r\n--b--\r\n"
    )


def written(letter: Letter, sender: str, subject: str, text: str, more: str = "") -> bytes:
    """A plain letter to the return path."""
    return (
        f"From: {sender}\r\nTo: <{letter.sender}>\r\nSubject: {subject}\r\n{more}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def _report(
    action: str, status: str = "5.1.1", **given: str
) -> Callable[[Letter], list[tuple[str, str, bytes]]]:
    return lambda letter: [("", letter.sender, fields(letter, action, status, **given))]


def _answer(
    name: str, subject: str, text: str, more: str = ""
) -> Callable[[Letter], list[tuple[str, str, bytes]]]:
    def back(letter: Letter) -> list[tuple[str, str, bytes]]:
        answers = f"In-Reply-To: {letter.mail['Message-ID']}\r\n"
        sender = f"{name} <{letter.address}>"
        return [(letter.address, letter.sender, written(letter, sender, subject, text, answers + more))]

    return back


def _prose(letter: Letter) -> list[tuple[str, str, bytes]]:
    text = (
        "Hi. This is the mail program at host.example.\r\nI'm afraid I wasn't able to deliver your message to "
        "the following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        f"<{letter.address}>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 no such user\r\n"
        "Giving up on 192.0.2.1.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    )
    return [("", letter.sender, written(letter, "MAILER-DAEMON@host.example", "failure notice", text))]


def gave_up(letter: Letter) -> list[tuple[str, str, bytes]]:
    text = (
        "Hi. This is the mail program at host.example.\r\nI'm afraid I wasn't able to deliver your message to "
        f"the following addresses.\r\n\r\n<{letter.address}>:\r\nI'm not going to try again; this message has "
        "been in the queue too long.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    )
    return [("", letter.sender, written(letter, "MAILER-DAEMON@host.example", "failure notice", text))]


def _to_the_author(letter: Letter) -> list[tuple[str, str, bytes]]:
    # Against RFC 5321, but seen: the bounce goes where people answer, and carries no token.
    author = "bounces@secretariat.example"
    return [("", author, fields(letter, "failed").replace(letter.sender.encode(), author.encode()))]


def _shouted(letter: Letter) -> list[tuple[str, str, bytes]]:
    return [("", letter.sender.upper(), fields(letter, "failed"))]


def _monster(letter: Letter) -> list[tuple[str, str, bytes]]:
    more = "".join(f"X-Filler-{number}: {'x' * 60}\r\n" for number in range(10_000))
    raw = fields(letter, "failed", more=more)
    nested = b"".join(
        b"--b\r\nContent-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n" % (number, number)
        for number in range(60)
    )
    return [("", letter.sender, raw.replace(b"\r\n--b--", b"\r\n" + nested + b"\0\0\xff\xfe\r\n--b--"))]


def _list(letter: Letter) -> list[tuple[str, str, bytes]]:
    # An exploder that keeps the return path, as a simple alias does.
    data = letter.data.replace(b"\r\nSubject: ", b"\r\nList-Id: <l.host.example>\r\nSubject: [list] ", 1)
    return [(letter.sender, "rcpt-gone@elsewhere.example", data)]


def _late(letter: Letter) -> list[tuple[str, str, bytes]]:
    good = ("", letter.sender, fields(letter, "delivered", "2.0.0"))
    return [good, ("", letter.sender, fields(letter, "failed", "5.2.0"))]


def _receipt(letter: Letter) -> list[tuple[str, str, bytes]]:
    raw = (
        f"From: <{letter.address}>\r\nTo: <{letter.sender}>\r\nSubject: Read: a note\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.address}\r\nOriginal-Message-ID: {letter.mail['Message-ID']}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()
    return [("", letter.sender, raw)]


def _footer(data: bytes) -> bytes:
    """A gateway that writes a warning on top and a notice below; the lines of the parts stay as they are."""
    head, _, body = data.partition(b"\r\n\r\n")
    return (
        b"X-Gateway: seen\r\n" + head + b"\r\n\r\n" + body + b"\r\n-- \r\nThis e-mail came from outside.\r\n"
    )


_TAKEN, _LATER = b"250 2.0.0 Ok: queued as 4STRANGE", b"450 4.7.1 Greylisted, try again"
WAYS = {
    "takes": Way(),
    "unknown user": Way(rcpt=(b"550-5.1.1 no\r\n550 5.1.1 such user",), keeps=False),
    "refuses at data": Way(data=(b"554 5.7.1 not from you",), keeps=False),
    "refuses content": Way(dot=(b"554 5.7.1 content refused \xff\xfe",), keeps=False),
    "over quota": Way(dot=(b"552 5.2.2 mailbox full",), keeps=False),
    "greylists": Way(rcpt=(_LATER, _LATER, b"250 2.1.5 Ok")),
    "full for ever": Way(rcpt=(b"452 4.2.2 mailbox full",), keeps=False),
    "busy for ever": Way(rcpt=(b"421 4.3.2 too busy",), keeps=False),
    "closes at rcpt": Way(rcpt=(CLOSE, b"250 2.1.5 Ok")),
    "closes at data": Way(data=(CLOSE, b"354 Go on")),
    "closes in the content": Way(body=(CLOSE, b"on")),
    "closes at the dot": Way(dot=(CLOSE, _TAKEN)),
    "closes at the dot twice": Way(dot=(CLOSE, CLOSE, _TAKEN)),
    "later at the dot": Way(dot=(b"451 4.3.0 later", _TAKEN), keeps=True),
    "slow": Way(slow=0.15),
    "away on leave": Way(back=_answer("A. Person", "Out of office", "I am away.", "Auto-Submitted: auto-replied\r\n")),
    "away without a word": Way(back=_answer("A. Person", "Out of office: your note", "I am away until Monday.")),
    "a person answers": Way(
        back=_answer("A. Person", "Re: Note verbale", "We acknowledge receipt of your note. Delivered and received.")
    ),
    "read receipt": Way(back=_receipt),
    "bounces later": Way(keeps=False, lies=True, back=_report("failed")),
    "bounces in prose": Way(keeps=False, lies=True, back=_prose),
    "gives up in prose": Way(keeps=False, lies=True, back=gave_up),
    "bounces to the author": Way(keeps=False, lies=True, back=_to_the_author),
    "bounces in capitals": Way(keeps=False, lies=True, back=_shouted),
    "bounces monstrously": Way(keeps=False, lies=True, back=_monster),
    "bounces after delivery": Way(back=_late),
    "list that bounces": Way(keeps=False, lies=True, back=_list),
    "copy that bounces": Way(back=_list),
    "delays": Way(back=_report("delayed", "4.4.1")),
    "expands": Way(back=_report("expanded", "2.0.0")),
    "mangles": Way(changes=_footer),
    "loses": Way(keeps=False, lies=True),
}  # fmt: skip


class Strange:
    """The host: listens on a port of loopback; `relay` gives the port where its own mail goes."""

    def __init__(self, kinds: dict[str, str], relay: Callable[[], int]) -> None:
        self.kinds, self.relay = kinds, relay
        self.kept: list[Letter] = []
        self.tried: Counter[tuple[str, str]] = Counter()
        self.outgoing: queue.Queue[tuple[str, str, bytes] | None] = queue.Queue()
        self.lock, self.over = threading.Lock(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = int(self.listener.getsockname()[1])
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._listen, self._post)]

    def __enter__(self) -> Strange:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.outgoing.put(None)
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be sent back."""
        return self.outgoing.unfinished_tasks == 0

    def to(self, address: str) -> list[Letter]:
        """What the host keeps for an address."""
        with self.lock:
            return [one for one in self.kept if one.address == address]

    def way(self, address: str) -> Way:
        """How an address is treated."""
        name = self.kinds.get(address) or ("unknown user" if address.startswith("rcpt-gone@") else "takes")
        return WAYS[name]

    def next(self, address: str, step: str, replies: tuple[bytes, ...]) -> bytes:
        """The reply to this step of the next try."""
        with self.lock:
            at = self.tried[address, step]
            self.tried[address, step] += 1
        return replies[min(at, len(replies) - 1)]

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        with connection, contextlib.suppress(OSError, EOFError):
            _Session(self, connection).run()

    def _post(self) -> None:
        while (letter := self.outgoing.get()) is not None:
            while not self.over.is_set():
                try:
                    with smtplib.SMTP("127.0.0.1", self.relay(), timeout=10) as line:
                        line.sendmail(letter[0], [letter[1]], letter[2], mail_options=["BODY=8BITMIME"])
                    break
                except (OSError, smtplib.SMTPException):
                    self.over.wait(0.1)
            self.outgoing.task_done()


class _Session:
    def __init__(self, host: Strange, connection: socket.socket) -> None:
        self.host, self.connection, self.buffer = host, connection, b""
        self.sender = self.address = ""
        self.way = Way()

    def run(self) -> None:
        self.say(b"220 strange.example ESMTP")
        while True:
            line = self.line().decode("latin-1")
            word = line[:4].upper()
            if word == "EHLO":
                self.say(b"250-strange.example\r\n250-8BITMIME\r\n250 SIZE 30000000")
            elif word == "MAIL":
                self.sender = line.partition("<")[2].partition(">")[0]
                self.say(b"250 2.1.0 Ok")
            elif word == "RCPT":
                self.address = line.partition("<")[2].partition(">")[0]
                self.way = self.host.way(self.address)
                self.host.over.wait(self.way.slow)
                self.say(self.host.next(self.address, "rcpt", self.way.rcpt))
            elif word == "DATA":
                self.data()
            elif word == "QUIT":
                self.say(b"221 2.0.0 Bye")
                raise EOFError
            else:
                self.say(b"250 2.0.0 Ok")

    def data(self) -> None:
        leave = self.host.next(self.address, "data", self.way.data)
        self.say(leave)
        if not leave.startswith(b"354"):
            return
        if self.way.body and self.host.next(self.address, "body", self.way.body) == CLOSE:
            self.line()
            raise EOFError
        lines = []
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        self.host.over.wait(self.way.slow)
        answer = self.host.next(self.address, "dot", self.way.dot)
        taken = answer.startswith(b"250") or answer == CLOSE
        letter = Letter(self.sender, self.address, b"\r\n".join(lines) + b"\r\n")
        if taken and self.way.changes:
            letter = Letter(self.sender, self.address, self.way.changes(letter.data))
        if taken and self.way.keeps:
            with self.host.lock:
                self.host.kept.append(letter)
        if taken and self.way.back and self.sender:
            for sender, to, raw in self.way.back(letter):
                self.host.outgoing.put((sender, to, raw))
        self.say(answer)

    def say(self, reply: bytes) -> None:
        if reply == CLOSE:
            raise EOFError
        self.connection.sendall(reply + b"\r\n")

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            piece = self.connection.recv(65536)
            if not piece:
                raise EOFError
            self.buffer += piece
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line


class BadLine:
    """A line to the relay that breaks: each connection lives for so many bytes, one way or the other, as the dice say.

    Replies take `delay` seconds, so that a dispatch lasts long enough for something to happen to it.
    """

    def __init__(
        self, port: Callable[[], int], dice: random.Random, delay: float = 0.05, good: float = 0.3
    ) -> None:
        self.target, self.dice, self.delay, self.good = port, dice, delay, good
        self.cuts = 0
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = int(self.listener.getsockname()[1])
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> BadLine:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join(10)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller = self.listener.accept()[0]
                try:
                    relay = socket.create_connection(("127.0.0.1", self.target()), timeout=10)
                except OSError:
                    caller.close()
                    continue
                there = back = None
                if self.dice.random() > self.good:
                    # Half of them in what we say, half in what the relay says, which is far shorter.
                    if self.dice.random() < 0.5:
                        there = self.dice.randrange(400_000)
                    else:
                        back = self.dice.randrange(700)
                for one in ((caller, relay, there, 0.0), (relay, caller, back, self.delay)):
                    threading.Thread(target=self._carry, args=one, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, left: int | None, delay: float) -> None:
        source.settimeout(60)
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                self.over.wait(delay)
                if left is not None and len(piece) >= left:
                    target.sendall(piece[:left])
                    self.cuts += 1
                    break
                target.sendall(piece)
                left = None if left is None else left - len(piece)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
