"""What composing and sending cost: `python -m bench.post [--messages N] [--kilobytes K]`.

Figures depend on the machine; the ratios are what counts.  The sink takes messages and forgets them:
Postfix's `smtp-sink` where it is installed, else a small one of our own in a process of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from workflow.post import wording
from workflow.post.compose import Attachment, Head, Party, Tail, message, opening, shared_tail
from workflow.post.envelope import Envelope
from workflow.post.pipeline import Job, send
from workflow.post.smtp import Relay
from workflow.states import Transport

WHEN = datetime(2026, 5, 4, tzinfo=UTC)
HOST = "127.0.0.1"


def head(number: int, names: tuple[str, ...]) -> Head:
    """One recipient's head in Russian, words filled in anew as a dispatch does."""
    subject, text = wording.load("ru").write(
        {
            "organisation": "Секретариат Речного совета",
            "number": "KV/12",
            "date": "4 мая 2026 года",
            "member": f"Государство {number}",
            "address": f"desk{number}@m.example",
            "link": f"https://notes.example.org/r/{number:032x}",
        },
        names,
        attached=True,
    )
    return Head(
        Party("registry@s.example", "Секретариат Речного совета"), Party(f"desk{number}@m.example"),
        subject, text, WHEN, f"<{number}@s.example>", "ru",
    )  # fmt: skip


def with_library(number: int, attachment: Attachment) -> bytes:
    """The same message as the standard library's EmailMessage makes it."""
    made, given = EmailMessage(), head(number, (attachment.filename,))
    made["From"], made["To"], made["Subject"] = given.sender.address, given.to.address, given.subject
    made["Date"], made["Message-ID"] = format_datetime(given.date), given.message_id
    made.set_content(given.text)
    made.add_attachment(attachment.content, "application", "pdf", filename=attachment.filename)
    return made.as_bytes().replace(b"\n", b"\r\n")


def seconds(count: int, work: Callable[[int], object]) -> float:
    """The seconds that each of `count` calls took."""
    begun = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - begun) / count


def sink(listener: socket.socket) -> None:
    """Take every message of every connection, one connection at a time, until the process is ended."""
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            connection.sendall(b"220 sink\r\n")
            converse(connection)


def converse(connection: socket.socket) -> None:
    """One connection of the sink."""
    buffer = bytearray()
    while piece := connection.recv(1 << 16):
        buffer += piece
        while (end := buffer.find(b"\r\n")) >= 0:
            word = bytes(buffer[:4]).upper()
            del buffer[: end + 2]
            if word == b"EHLO":
                connection.sendall(b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE 0\r\n")
            elif word == b"DATA":
                connection.sendall(b"354 go\r\n")
                swallow(connection, buffer)
                connection.sendall(b"250 2.0.0 Ok: queued as 4F1A2B3C\r\n")
            elif word == b"QUIT":
                connection.sendall(b"221 2.0.0 Bye\r\n")
                return
            else:
                connection.sendall(b"250 2.0.0 Ok\r\n")


def swallow(connection: socket.socket, buffer: bytearray) -> None:
    """Read up to and with the final dot; what follows it stays in `buffer`."""
    searched = 0
    while (end := buffer.find(b"\r\n.\r\n", searched)) < 0:
        searched = max(len(buffer) - 4, 0)
        piece = connection.recv(1 << 18)
        if not piece:
            raise ConnectionError
        buffer += piece
    del buffer[: end + 5]


@contextmanager
def running_sink() -> Iterator[tuple[str, int]]:
    """A sink and its name; gives its port too."""
    program = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin")
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        if program is None:
            process = multiprocessing.get_context("fork").Process(target=sink, args=(listener,), daemon=True)
            process.start()
            try:
                yield "our own sink", port
            finally:
                process.terminate()
                process.join()
            return
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    served = subprocess.Popen([program, *user, f"inet:{HOST}:{port}", "100"])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.02)
        yield "smtp-sink", port
    finally:
        served.terminate()
        served.wait()


def envelope(number: int) -> Envelope:
    """The envelope of one recipient."""
    return Envelope(f"bounces+{number:032x}@s.example", f"desk{number}@m.example", f"{number:032x}")


def by_pipeline(port: int, count: int, tail: Tail, depth: int) -> None:
    """Our session, messages composed on the way."""
    jobs = (Job(number, envelope(number), message(head(number, tail.names), tail)) for number in range(count))
    taken = 0
    with Relay(f"smtp://{HOST}:{port}?starttls=off") as relay:
        for turn in send(relay, jobs, depth=depth):
            taken += sum(answer.transport is Transport.ACCEPTED for _, answer in turn.answered)
    if taken != count:
        raise RuntimeError(f"the sink took {taken} of {count}")


def by_smtplib(port: int, count: int, build: Callable[[int], bytes]) -> None:
    """The standard library's client on one connection."""
    with smtplib.SMTP(HOST, port) as session:
        for number in range(count):
            given = envelope(number)
            session.sendmail(given.sender, given.recipient, build(number), ["BODY=8BITMIME"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200, help="messages per run")
    parser.add_argument("--kilobytes", type=int, default=220, help="raw size of the document")
    given = parser.parse_args()
    attachment = Attachment("KV-12.ru.pdf", os.urandom(given.kilobytes * 1000), language="ru")
    tail = shared_tail([attachment])
    size = len(message(head(0, tail.names), tail))
    print(f"Composing a message of {size / 1000:.0f} KB (milliseconds a message)")
    ready = head(0, tail.names)
    rows = [
        ("EmailMessage, all anew", seconds(30, lambda number: with_library(number, attachment))),
        (
            "tail shared; words, head and whole message",
            seconds(3000, lambda n: message(head(n, tail.names), tail)),
        ),
        ("tail shared; head alone", seconds(3000, lambda _: opening(ready, tail.boundary))),
    ]
    for name, each in rows:
        print(f"  {name:<46}{each * 1000:10.4f}   {rows[0][1] / each:8.1f} times as fast")
    with running_sink() as (name, port):
        print(f"Sending {given.messages} of them into {name} (messages a second)")
        clients: list[tuple[str, Callable[[], None]]] = [
            (
                "smtplib, EmailMessage",
                lambda: by_smtplib(port, given.messages, lambda n: with_library(n, attachment)),
            ),
            (
                "smtplib, tail shared",
                lambda: by_smtplib(port, given.messages, lambda n: message(head(n, tail.names), tail)),
            ),
            ("relay session, a commit each", lambda: by_pipeline(port, given.messages, tail, 1)),
            ("relay session, a commit per four", lambda: by_pipeline(port, given.messages, tail, 4)),
        ]
        rates: list[float] = []
        for label, client in clients:
            begun = time.perf_counter()
            client()
            rates.append(given.messages / (time.perf_counter() - begun))
            print(f"  {label:<46}{rates[-1]:10.0f}   {rates[-1] / rates[0]:8.1f} times the first")


if __name__ == "__main__":
    main()
