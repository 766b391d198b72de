"""An SMTP server on loopback that follows a script, and a run of the pipeline against it."""

import contextlib
import re
import socket
import threading

from workflow.post.envelope import Envelope
from workflow.post.pipeline import Job, send
from workflow.post.wire import Timeouts

CLOSE = object()  # The server closes the line instead of answering.
HANG = object()  # The server keeps the line and says nothing more.
SHORT = Timeouts(connect=0.5, command=0.5, body=0.5, dot=0.5)
LONG = Timeouts(connect=20, command=20, body=20, dot=20)


class ScriptedServer:
    """An SMTP server on loopback that answers by `script`: step → one answer, or a list used up in order.

    `reads` and `writes` bound the bytes of each connection in turn; at the bound the server closes the
    line at that very byte.  `taken` lists the messages whose final dot it saw.
    """

    def __init__(
        self, script=None, *, pipelining=True, reads=(), writes=(), extensions=("SIZE", "8BITMIME", "DSN")
    ):
        self.script = {
            step: list(say) if isinstance(say, list) else say for step, say in (script or {}).items()
        }
        self.extensions = [*extensions, *(["PIPELINING"] if pipelining else [])]
        self.reads, self.writes = list(reads), list(writes)
        self.taken, self.commands, self.connections = [], [], 0
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}?starttls=off"
        self.threads = [threading.Thread(target=self.listen, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(10)

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.connections += 1
                thread = threading.Thread(target=self.serve, args=(connection,), daemon=True)
                self.threads.append(thread)
                thread.start()

    def serve(self, connection):
        connection.settimeout(10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bounds = [which.pop(0) if which else None for which in (self.reads, self.writes)]
        with connection, contextlib.suppress(OSError, EOFError):
            Session(self, connection, *bounds).run()


class Session:
    def __init__(self, server, connection, reads, writes):
        self.server, self.connection = server, connection
        self.reads, self.writes, self.buffer = reads, writes, b""

    def run(self):
        self.say("GREETING", b"220 script ESMTP\r\n")
        while True:
            line = self.until(b"\r\n")
            self.server.commands.append(line.decode())
            word = line.split(b" ")[0].strip().upper().decode()
            if word == "DATA":
                self.data()
            elif word == "EHLO":
                offers = ["script", *self.server.extensions]
                lines = [
                    f"250{'-' if at < len(offers) - 1 else ' '}{text}\r\n" for at, text in enumerate(offers)
                ]
                self.say("EHLO", "".join(lines).encode())
            elif word == "QUIT":
                raise EOFError
            else:
                self.say(word, b"250 2.0.0 Ok\r\n")

    def data(self):
        if not self.say("DATA", b"354 go ahead\r\n").startswith(b"354"):
            return
        if "BODY" in self.server.script:
            self.until(b"\r\n")
            self.say("BODY", b"")
            raise EOFError
        content = b""
        while content != b".\r\n" and not content.endswith(b"\r\n.\r\n"):
            content += self.until(b"\r\n")
        if content == b".\r\n":
            self.say("EMPTY", b"554 5.5.1 no recipients\r\n")
            return
        self.server.taken.append(content)
        self.say("DOT", f"250 2.0.0 Ok: queued as {len(self.server.taken):06d}\r\n".encode())

    def say(self, step, usual):
        answer = self.server.script.get(step, usual)
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else usual
        answer = usual if answer is None else answer
        if answer is CLOSE:
            raise EOFError
        if answer is HANG:
            self.server.over.wait(10)
            raise EOFError
        if self.writes is not None:
            answer, cut = answer[: self.writes], len(answer) > self.writes
            self.writes -= len(answer)
            self.connection.sendall(answer)
            if cut:
                raise EOFError
        else:
            self.connection.sendall(answer)
        return answer

    def until(self, end):
        while end not in self.buffer:
            wanted = 65536 if self.reads is None else min(self.reads, 65536)
            piece = self.connection.recv(wanted) if wanted else b""
            if not piece:
                raise EOFError
            if self.reads is not None:
                self.reads -= len(piece)
            self.buffer += piece
        line, _, self.buffer = self.buffer.partition(end)
        return line + end


def job(number, body=b"dear colleague\r\n.a line with a dot\r\n"):
    envelope = Envelope(f"bounces+t{number}@s.example", f"to{number}@m.example", f"t{number}")
    return Job(number, envelope, b"Subject: %d\r\n\r\n" % number + body)


def patience(said):
    # Only a server that says nothing has to be waited for; elsewhere a slow machine must not count as a fault.
    return SHORT if said is HANG else LONG


def run(relay, jobs, depth=4):
    """All answers, what is left, the trouble; what entered is answered, but for one on the wire, in the next turn."""
    answers, entered, turns, jobs = {}, set(), [], iter(jobs)

    def commit(turn):
        keys = {key for key, _ in turn.answered}
        assert not keys & set(answers)
        answers.update(turn.answered)
        entered.difference_update(keys, turn.unsent)
        assert len(entered) <= (1 if turn.entering and depth > 1 else 0)
        entered.update(turn.entering)
        assert len(entered) <= depth
        turns.append(turn)
        return True

    send(relay, jobs, commit, depth=depth)
    assert not entered and not turns[-1].entering
    return (
        answers,
        (*turns[-1].unsent, *turns[-1].left, *(job.key for job in jobs)),
        turns[-1].trouble,
    )


def numbers(server):
    return [int(re.match(rb"Subject: (\d+)", content)[1]) for content in server.taken]
