"""The relay session against aiosmtpd: TLS, authentication, extensions, and what is told beforehand."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
import threading

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Invalid
from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.endpoint import Endpoint
from workflow.post.envelope import HEAD_BYTES, Envelope, Stuffer, original_recipient, stuffed, unxtext, xtext
from workflow.post.smtp import Relay
from workflow.states import Transport

MESSAGE = b"Subject: x\r\n\r\nplain text\r\n"
ENVELOPE = Envelope("bounces+t1@s.example", "desk@m.example", "t1")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-made certificate for 127.0.0.1; the file serves as its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "relay.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "relay.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "relay.pem"


@pytest.fixture
def server_tls(certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


class Taking:
    def __init__(self):
        self.taken = []
        self.logins = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(
            (envelope.mail_options, envelope.rcpt_tos, envelope.content, session.ssl is not None)
        )
        return "250 2.0.0 Ok: queued as 4F1A2B3C"

    def authenticate(self, server, session, envelope, mechanism, login):
        self.logins.append((mechanism, login.login.decode(), login.password.decode()))
        return AuthResult(success=login.password == b"pass:word/@", handled=False)


@contextlib.contextmanager
def serving(handler, *, tls=None, smtp=SMTP, **settings):
    """An aiosmtpd server in a thread of its own; gives its port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: smtp(handler, loop=loop, **settings), "127.0.0.1", 0, ssl=tls)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def end():
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def sent(url, envelope=ENVELOPE, message=MESSAGE):
    with Relay(url) as relay:
        return relay.transmit(relay.offer(envelope, message))


def test_starttls_is_verified_and_the_relay_is_asked_again_inside(certificate, server_tls):
    handler = Taking()
    with serving(handler, tls_context=server_tls, require_starttls=True) as port:
        answer = sent(f"smtp://127.0.0.1:{port}?starttls=required&cafile={certificate}")
        assert (answer.transport, answer.queue_id) == (Transport.ACCEPTED, "4F1A2B3C")
        assert handler.taken[0][3]
        with pytest.raises(RelayDown, match="certificate is not accepted") as refused:
            sent(f"smtp://127.0.0.1:{port}?starttls=required")
        assert refused.value.answer.step is Step.TLS
        # The certificate is for the address; the same server under another name is somebody else.
        with pytest.raises(RelayDown, match="certificate is not accepted"):
            sent(f"smtp://localhost:{port}?starttls=optional&cafile={certificate}")
    assert len(handler.taken) == 1


def test_without_starttls_a_relay_that_must_have_it_is_not_used():
    with serving(Taking()) as port:
        with pytest.raises(RelayDown, match="does not offer STARTTLS"):
            sent(f"smtp://127.0.0.1:{port}")
        assert sent(f"smtp://127.0.0.1:{port}?starttls=optional").transport is Transport.ACCEPTED


def test_smtps_speaks_tls_from_the_first_byte(certificate, server_tls):
    handler = Taking()
    with serving(handler, tls=server_tls) as port:
        assert sent(f"smtps://127.0.0.1:{port}?cafile={certificate}").transport is Transport.ACCEPTED


@pytest.mark.parametrize("mechanism", ["", "plain", "login"])
def test_authentication_with_a_password_of_reserved_signs(certificate, server_tls, mechanism):
    handler = Taking()
    with serving(
        handler, tls_context=server_tls, auth_required=True, authenticator=handler.authenticate
    ) as port:
        query = f"cafile={certificate}&auth={mechanism}"
        url = f"smtp://registry%40s.example:pass%3Aword%2F%40@127.0.0.1:{port}?{query}"
        assert sent(url).transport is Transport.ACCEPTED
        with pytest.raises(RelayDown) as refused:
            sent(url.replace("pass", "wrong"))
    assert refused.value.answer.code == 535
    expected = mechanism.upper() or "PLAIN"
    assert handler.logins[0] == (expected, "registry@s.example", "pass:word/@")
    assert "wrong" not in str(refused.value)


def test_an_access_token_goes_by_xoauth2(certificate, server_tls):
    class Tokens(SMTP):
        async def auth_XOAUTH2(self, _, arguments):
            handler.logins.append(arguments)
            return AuthResult(success=True)

    handler = Taking()
    with serving(handler, smtp=Tokens, tls_context=server_tls, auth_required=True) as port:
        answer = sent(f"smtp://me:token@127.0.0.1:{port}?auth=xoauth2&cafile={certificate}")
    assert answer.transport is Transport.ACCEPTED
    # base64 of: user=me, 0x01, auth=Bearer token, 0x01 0x01.
    assert handler.logins == [["XOAUTH2", "dXNlcj1tZQFhdXRoPUJlYXJlciB0b2tlbgEB"]]


def test_size_and_smtputf8_are_told_beforehand_and_nothing_is_sent():
    handler = Taking()
    with (
        serving(handler, data_size_limit=1000) as port,
        Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay,
    ):
        large = relay.offer(ENVELOPE, MESSAGE + b"x" * 1000).refusal
        assert (large.step, large.code, large.too_large) == (Step.MAIL, 552, True)
        world = Envelope("bounces+t1@s.example", "почта@m.example", "t1")
        international = relay.offer(world, MESSAGE).refusal
        assert (international.status, international.transport) == ("5.6.7", Transport.REFUSED_PERM)
        bare = relay.offer(ENVELOPE, b"Subject: x\r\n\r\nsmuggled\n.\r\nMAIL FROM:<x@y.example>\r\n").refusal
        assert bare.status == "5.6.0"
        assert relay.transmit(relay.offer(ENVELOPE, MESSAGE)).transport is Transport.ACCEPTED
    assert len(handler.taken) == 1


def test_8bitmime_and_smtputf8_are_asked_for_only_where_needed():
    handler = Taking()
    with serving(handler, enable_SMTPUTF8=True) as port:
        with Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
            for envelope, message in [
                (ENVELOPE, MESSAGE),
                (ENVELOPE, MESSAGE + "ё\r\n".encode()),
                (Envelope("b+t@s.example", "почта@m.example", "t1"), MESSAGE),
            ]:
                assert relay.transmit(relay.offer(envelope, message)).transport is Transport.ACCEPTED
        options = [taken[0] for taken in handler.taken]
    assert [("BODY=8BITMIME" in given, "SMTPUTF8" in given) for given in options] == [
        (False, False),
        (True, False),
        (True, True),
    ]
    assert handler.taken[2][1] == ["почта@m.example"]


def test_the_content_arrives_as_it_was():
    handler = Taking()
    message = b"Subject: dots\r\n\r\n.\r\n..\r\nx.\r\n.x\r\n\r\n.\r\n"
    with serving(handler) as port:
        assert sent(f"smtp://127.0.0.1:{port}?starttls=off", message=message).transport is Transport.ACCEPTED
    assert handler.taken[0][2] == message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://relay.example", ("relay.example", 25, "required")),
        ("smtp://u:p@relay.example", ("relay.example", 587, "required")),
        ("smtps://relay.example", ("relay.example", 465, "implicit")),
        ("smtp://[::1]:2525?starttls=off", ("::1", 2525, "off")),
        ("smtp://relay.example?starttls=optional", ("relay.example", 25, "optional")),
    ],
)
def test_relay_urls(url, expected):
    endpoint = Endpoint.parse(url)
    assert (endpoint.host, endpoint.port, endpoint.security) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://relay.example",
        "smtp://",
        "smtp://relay.example:port",
        "smtp://relay.example?starttls=maybe",
        "smtp://relay.example?tls=yes",
        "smtp://relay.example?auth=cram-md5",
        "smtp://user:secret@relay.example?starttls=off",
        "smtp://user:sec%0Dret@relay.example",
    ],
)
def test_faulty_relay_urls_are_refused_without_repeating_them(url):
    with pytest.raises(Invalid, match="CHANCERY_SMTP_URL is not usable") as refused:
        Endpoint.parse(url)
    assert "secret" not in refused.value.sentence


def test_a_password_in_the_clear_is_for_this_machine_only():
    assert Endpoint.parse("smtp://user:secret@127.0.0.1?starttls=off").loopback
    assert Endpoint.parse("smtp://localhost?starttls=off").loopback
    assert not Endpoint.parse("smtp://relay.example").loopback


def test_xtext_and_original_recipients():
    assert xtext("a+b=c d") == "a+2Bb+3Dc+20d"
    assert unxtext(xtext("".join(map(chr, range(1, 127))))) == "".join(map(chr, range(1, 127)))
    assert original_recipient("a+b@m.example") == "rfc822;a+2Bb@m.example"
    assert original_recipient("ж+b@m.example") == r"utf-8;ж\x{2B}b@m.example"


@pytest.mark.parametrize("token", ["", "a b", "a\r\nRCPT TO:<x@y.example>", "ж", "x" * 65])
def test_a_token_that_could_break_the_command_is_refused(token):
    with pytest.raises(ValueError, match="printable ASCII"):
        Envelope("b@s.example", "d@m.example", token)


@pytest.mark.parametrize("message", [b"a\n", b"a\r", b"a\r\n.\n", b"\ra\r\n", b"a\n\r"])
def test_bare_line_ends_are_refused(message):
    with pytest.raises(ValueError, match="CRLF"):
        stuffed(message)


PIECES = st.sampled_from([b".", b"..", b"\r\n", b"x\r\n", b"\r\n.\r\n", b"y"])


@given(
    st.lists(st.lists(PIECES), min_size=2, max_size=5),
    st.lists(PIECES, max_size=4),
    st.lists(PIECES, max_size=4),
)
def test_the_shared_end_is_stuffed_as_the_whole_would_be(heads, edge, tail):
    shared = b"".join(edge) + b"\r\n" + b".line\r\n" * (HEAD_BYTES // 7) + b"".join(tail)
    stuffer = Stuffer()
    for head in heads:
        for message in (b"".join(head) + shared, b"".join(head), shared.partition(b"\r\n")[2]):
            assert stuffer(message) == stuffed(message)
            assert b"\r\n.\r\n" not in b"\r\n" + stuffer(message)


@pytest.mark.parametrize(
    ("said", "queue_id"),
    [
        ("2.0.0 Ok: queued as 4Xyz12", "4Xyz12"),
        ("OK id=1rAbCd-0001Xy-2B", "1rAbCd-0001Xy-2B"),
        ("2.0.0 41NAbcde012345 Message accepted for delivery", "41NAbcde012345"),
        ("Ok 0100018b1234abcd-000000", "0100018b1234abcd-000000"),
        ("2.0.0 thank you", None),
    ],
)
def test_queue_ids_of_common_servers(said, queue_id):
    assert Answer.of(Step.DOT, 250, said).queue_id == queue_id


def test_an_answer_is_recorded_on_one_clean_line():
    answer = Answer.of(Step.RCPT, 550, ("5.1.1 no\x1b[31m such", "5.1.1 user"))
    assert answer.line == "rcpt: 550 5.1.1 no�[31m such user"
    assert Answer(Step.DOT, None, "the server closed the line").line == "dot: the server closed the line"
