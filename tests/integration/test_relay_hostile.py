"""A relay that means harm or has gone mad: what it says out of turn, in odd forms, or in the wrong place.

The session is held against a server on a socket; then whole runs, with the rows that they leave and
the sentences that people read.
"""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.scripted import LONG, SHORT, ScriptedServer, Session, job, run
from workflow.models import Attempt, Delivery
from workflow.operations import sending, trouble
from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.envelope import Envelope
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, Transport

ACCEPTED, LATER, NEVER = Transport.ACCEPTED, Transport.REFUSED_TEMP, Transport.REFUSED_PERM


class Piecemeal(ScriptedServer):
    """A server whose every reply comes byte by byte."""

    def serve(self, connection: socket.socket) -> None:
        class Slow:
            """The connection, with a write for each byte."""

            def __getattr__(self, name: str) -> object:
                return getattr(connection, name)

            def sendall(self, data: bytes) -> None:
                for at in range(len(data)):
                    connection.sendall(data[at : at + 1])

        connection.settimeout(10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, suppress(OSError, EOFError):
            Session(self, Slow(), None, None).run()


@pytest.mark.parametrize("pipelining", [True, False])
def test_replies_in_pieces_of_a_byte_are_replies(pipelining: bool) -> None:
    with Piecemeal(pipelining=pipelining) as server, Relay(server.url, timeouts=LONG) as relay:
        answers, left, trouble = run(relay, map(job, range(3)))
    assert ([one.transport for one in answers.values()], left, trouble) == ([ACCEPTED] * 3, (), None)


@pytest.mark.parametrize(
    "offers",
    [
        *[(f"SIZE {said}".strip(),) for said in ("", "0", "9" * 40, "²", "-5", "12 13", "many", "٣")],
        ("size 0", "pipelining", "Dsn", "8bitmime"),
        ("SIZE", "SIZE 3000000", "AUTH", "AUTH=LOGIN", "X-" + "y" * 900, "\xff\xfe", ""),
    ],
)
def test_whatever_is_offered_the_message_goes(offers: tuple[str, ...]) -> None:
    with ScriptedServer(extensions=offers) as server, Relay(server.url, timeouts=LONG) as relay:
        answers, left, trouble = run(relay, [job(1), job(2)])
    assert [one.transport for one in answers.values()] == [ACCEPTED] * 2
    assert (left, trouble) == ((), None)


# What comes behind the leave to send the content, before there is a final dot to answer.
EARLY = {
    "a yes": (b"250 2.0.0 Ok: queued as 4EARLY\r\n", LATER, None),
    "half a yes": (b"250 2.0.0 Ok", LATER, None),
    "a no": (b"550 5.7.1 no\r\n", NEVER, 550),
    "a later": (b"451 4.3.0 later\r\n", LATER, 451),
    "a goodbye": (b"421 4.3.2 going down\r\n", LATER, 421),
    "another leave": (b"354 go on\r\n", LATER, 354),
    "noise": (b"\0\xff\r\n", LATER, None),
}


@pytest.mark.parametrize("said", EARLY)
def test_what_is_said_before_the_dot_is_no_answer_to_it(said: str) -> None:
    early, outcome, code = EARLY[said]
    script = {"DATA": [b"354 go ahead\r\n" + early], "DOT": [b"550 5.7.1 content refused\r\n"]}
    with ScriptedServer(script) as server, Relay(server.url, timeouts=LONG) as relay:
        answers, _, _ = run(relay, [job(1)])
    assert (answers[1].transport, answers[1].code, answers[1].step) == (outcome, code, Step.BODY)
    assert server.taken == []  # The dot was never sent, so that trying again makes no second copy.


def test_a_server_out_of_step_never_makes_a_refusal_an_acceptance() -> None:
    """It repeats one reply, so that each answer is read as that to the command behind; all is refused at the dot."""
    for step in ("MAIL", "RCPT", "DATA", "RSET"):
        said = {"DATA": b"354 go ahead\r\n"}.get(step, b"250 2.0.0 Ok\r\n")
        script: dict[str, object] = {step: [said + said], "DOT": b"554 5.6.0 refused\r\n"}
        # In the end one side waits for the other; nothing here depends on how long.
        with ScriptedServer(script) as server, Relay(server.url, timeouts=SHORT) as relay:
            answers, left, _ = run(relay, [job(1), job(2), job(3)], 1)
        assert ACCEPTED not in {one.transport for one in answers.values()}, step
        assert len(answers) + len(left) == 3


@pytest.mark.parametrize(
    ("said", "large"),
    [
        ("552 5.3.4 message too big", True),
        ("552 message too big", True),
        ("552 5.2.3 length exceeds the limit of the mailbox", True),
        ("552 5.2.2 mailbox full", False),
        ("552 5.7.0 content blocked", False),
        ("523 5.3.4 too big", True),
        ("452 4.3.4 too big now", False),
    ],
)
def test_only_a_message_that_is_too_large_goes_out_as_a_link(said: str, large: bool) -> None:
    assert Answer.of(Step.DOT, int(said[:3]), said[4:]).too_large is large


def test_552_to_a_recipient_speaks_of_the_mailbox() -> None:
    assert not Answer.of(Step.RCPT, 552, "too many recipients").too_large


def _certificate(folder: Path, name: str, days: tuple[int, int]) -> Path:
    """A self-made certificate for a name, valid from and until so many days from now, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0]))
        .not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def speaking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does `talk` with its one caller; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError, EOFError):
            caller = listener.accept()[0]
            caller.settimeout(10)
            with caller:
                talk(caller)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(10)


def _until(caller: socket.socket, end: bytes) -> bytes:
    said = b""
    while not said.endswith(end):
        piece = caller.recv(65536)
        if not piece:
            raise EOFError
        said += piece
    return said


def _to_tls(caller: socket.socket, behind: bytes = b"") -> None:
    caller.sendall(b"220 here\r\n")
    _until(caller, b"\r\n")
    caller.sendall(b"250-here\r\n250-DSN\r\n250 STARTTLS\r\n")
    assert _until(caller, b"\r\n") == b"STARTTLS\r\n"
    caller.sendall(b"220 2.0.0 go on\r\n" + behind)


def test_words_put_behind_the_answer_to_starttls_end_the_session() -> None:
    def talk(caller: socket.socket) -> None:
        _to_tls(caller, b"250-here\r\n250 AUTH PLAIN\r\n")
        caller.recv(1)

    with speaking(talk) as port, pytest.raises(RelayDown, match="before the start of TLS") as down:
        Relay(f"smtp://127.0.0.1:{port}?starttls=optional", timeouts=LONG).open()
    assert down.value.answer.step is Step.TLS


@pytest.mark.parametrize(
    ("name", "days", "why"),
    [
        ("localhost", (-9, -1), "expired"),
        ("localhost", (1, 9), "not yet valid"),
        ("elsewhere.example", (-1, 9), ""),
    ],
)
def test_a_certificate_out_of_its_time_or_of_another_host_is_refused(
    name: str, days: tuple[int, int], why: str, tmp_path: Path
) -> None:
    pem = _certificate(tmp_path, name, days)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)

    def talk(caller: socket.socket) -> None:
        _to_tls(caller)
        context.wrap_socket(caller, server_side=True)

    with speaking(talk) as port, pytest.raises(RelayDown, match=f"certificate is not accepted.*{why}"):
        Relay(f"smtp://localhost:{port}?starttls=optional&cafile={pem}", timeouts=LONG).open()


@pytest.mark.parametrize("gives", [True, False])
def test_what_was_offered_in_the_clear_is_forgotten_and_a_line_cut_without_a_goodbye_is_unknown(
    gives: bool, tmp_path: Path
) -> None:
    """DSN is offered before TLS only; after the dot the line is closed without TLS's own last word, or answered."""
    pem = _certificate(tmp_path, "localhost", (-1, 9))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    heard = []

    def talk(caller: socket.socket) -> None:
        _to_tls(caller)
        with context.wrap_socket(caller, server_side=True) as line:
            _until(line, b"\r\n")
            line.sendall(b"250-here\r\n250 8BITMIME\r\n")
            for reply in (b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
                heard.append(_until(line, b"\r\n"))
                line.sendall(reply)
            _until(line, b"\r\n.\r\n")
            if gives:
                line.sendall(b"250 2.0.0 Ok: queued as 4TLS\r\n")
            # The line is closed without TLS's own last word.

    with speaking(talk) as port:
        envelope = Envelope("bounces+t1@s.example", "desk@m.example", "t1")
        with Relay(f"smtp://localhost:{port}?cafile={pem}", timeouts=LONG) as relay:
            answer = relay.transmit(relay.offer(envelope, b"Subject: x\r\n\r\ny\r\n"))
    assert answer.transport is (ACCEPTED if gives else Transport.UNKNOWN)
    assert b"ENVID" not in b"".join(heard) and b"NOTIFY" not in b"".join(heard)


# Step, reply, what becomes of the first message, and whether the run ends there.
SAID = {
    "in Russian": ("RCPT", "550 5.1.1 Пользователь не найден\r\n".encode(), NEVER, False),
    "in another code page": ("RCPT", "550 5.1.1 Пользователь\r\n".encode("cp1251"), NEVER, False),
    "with zeros and colours": ("DOT", b"554 5.7.1 \0no\x1b[31m\x07\r\n", NEVER, False),
    "a line of a megabyte": ("RCPT", b"550 " + b"x" * 1_000_000 + b"\r\n", LATER, True),
    "a line feed alone": ("MAIL", b"451 4.3.0 later\n", LATER, False),
    "a code alone": ("DOT", b"550\r\n", NEVER, False),
    "two codes": ("RCPT", b"250-2.1.5 yes\r\n550 5.1.1 no\r\n", LATER, True),
    "a goodbye to MAIL": ("MAIL", b"421 4.3.2 going down\r\n", LATER, True),
    "a goodbye to RCPT": ("RCPT", b"421-4.3.2 going\r\n421 4.3.2 down\r\n", LATER, True),
    "a goodbye to DATA": ("DATA", b"421 4.3.2 going down\r\n", LATER, True),
    "a goodbye to the dot": ("DOT", b"421 4.3.2 going down\r\n", LATER, True),
    "who are you": ("MAIL", b"530 5.7.0 Authentication required\r\n", LATER, True),
    "too many": ("RCPT", b"452 4.5.3 Too many recipients\r\n", LATER, False),
    "mailbox full": ("DOT", b"552 5.2.2 Mailbox full\r\n", NEVER, False),
    "it has it, it says too early": ("DATA", b"354 go\r\n250 2.0.0 Ok: queued as 4LIE\r\n", LATER, True),
}


@pytest.mark.parametrize("said", SAID)
def test_each_answer_has_its_rows_and_its_sentence(dispatched: Prepared, said: str) -> None:
    step, reply, outcome, ends = SAID[said]
    with ScriptedServer({step: [reply]}) as server, Relay(server.url, timeouts=LONG) as relay:
        sent = sending.send_note(dispatched.means, dispatched.note_id, relay, "worker")
    assert bool(sent.trouble) is ends
    with dispatched.means.look() as work:
        rows = list(work.session.scalars(select(Delivery).order_by(Delivery.id)))
        tried = [row for row in rows if row.transport is outcome]
        others = {row.transport for row in rows if row not in tried}
        assert tried and others <= {ACCEPTED, Transport.PREPARED, LATER, None}
        assert {row.queue for row in rows} <= {DeliveryQueue.QUEUED, DeliveryQueue.DONE}
        assert not work.session.scalars(
            select(Attempt.id).where(Attempt.transport == Transport.SENDING)
        ).all()
        answers = [row.attempts[0].answer or "" for row in tried]
        assert any(answers) and all(one.isprintable() and len(one) <= 1100 for one in answers)
        failed = [one for one in trouble.of(work) if one.kind == "undeliverable"]
        assert len(failed) == (len(tried) if outcome is NEVER else 0)
        assert (
            all(row.address in {str(one.sentence).partition(" ")[0] for one in failed} for row in tried)
            or not failed
        )
    assert len(server.taken) == len(set(server.taken))
