"""The beginning of a session: connection, greeting, EHLO, TLS, EHLO again, authentication.

Whatever fails here concerns no message, since none was offered: it is `RelayDown`, with the step
and the relay's words.
"""

from __future__ import annotations

import base64
import socket
import ssl

from workflow.errors import Refusal
from workflow.post import bearer
from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.endpoint import PASSWORDS, Endpoint
from workflow.post.wire import Line, LineBroken, Monotonic, Timeouts


def greet(
    endpoint: Endpoint, timeouts: Timeouts, context: ssl.SSLContext | None, monotonic: Monotonic
) -> tuple[Line, dict[str, str]]:
    """A session ready for MAIL, and the extensions of its last EHLO (upper-case name to parameters).

    `context` replaces the endpoint's own TLS context.  An access token that the relay refuses is
    replaced by a fresh one, if there is one, once.  Raises RelayDown, with the connection closed.
    """
    secret = _secret_of(endpoint)
    try:
        return _greeted(endpoint, secret, timeouts, context, monotonic)
    except RelayDown as down:
        if endpoint.bearer is None or down.answer.step is not Step.AUTH or down.answer.code is None:
            raise
        fresh = _secret_of(endpoint, refused=secret)
        if fresh == secret:
            raise
    return _greeted(endpoint, fresh, timeouts, context, monotonic)


def _secret_of(endpoint: Endpoint, refused: str = "") -> str:
    """The password, or an access token; raises RelayDown where none can be had."""
    if endpoint.bearer is None:
        return endpoint.password
    try:
        return endpoint.bearer.token(refused)
    except Refusal as refusal:
        raise RelayDown(Answer(Step.AUTH, None, refusal.sentence)) from None


def _greeted(
    endpoint: Endpoint,
    secret: str,
    timeouts: Timeouts,
    context: ssl.SSLContext | None,
    monotonic: Monotonic,
) -> tuple[Line, dict[str, str]]:
    try:
        line = Line.connect(endpoint.host, endpoint.port, timeouts.connect, monotonic)
    except LineBroken as broken:
        raise RelayDown(Answer(Step.CONNECT, None, str(broken))) from None
    greeting = _Greeting(line, endpoint, secret, timeouts)
    try:
        greeting.run(context)
    except LineBroken as broken:
        line.close()
        raise RelayDown(Answer(greeting.step, None, str(broken))) from None
    except RelayDown:
        line.close()
        raise
    return line, greeting.extensions


class _Greeting:
    """One run through the steps; `step` is where it stands."""

    def __init__(self, line: Line, endpoint: Endpoint, secret: str, timeouts: Timeouts) -> None:
        self.step = Step.CONNECT
        self.extensions: dict[str, str] = {}
        self._line = line
        self._endpoint = endpoint
        self._word = secret
        self._timeouts = timeouts

    def run(self, context: ssl.SSLContext | None) -> None:
        security = self._endpoint.security
        secured = security == "implicit"
        if secured:
            self._secure(context)
        self._answer({220}, self._timeouts.connect)
        self._hello()
        if security == "required" and "STARTTLS" not in self.extensions:
            self._stop(Step.TLS, "the relay does not offer STARTTLS, which is required")
        if security in {"required", "optional"} and "STARTTLS" in self.extensions:
            self.step = Step.TLS
            self._say(b"STARTTLS\r\n", {220})
            self._secure(context)
            secured = True
            # What was said in the clear does not count: the relay is asked again.
            self._hello()
        if self._endpoint.user:
            self.step = Step.AUTH
            if not secured and not self._endpoint.loopback:
                self._stop(Step.TLS, "without TLS the password is not sent")
            self._authenticate()

    def _secure(self, context: ssl.SSLContext | None) -> None:
        self.step = Step.TLS
        self._line.secure(context or self._endpoint.context(), self._endpoint.host, self._timeouts.connect)

    def _hello(self) -> None:
        self.step = Step.CONNECT
        host = socket.gethostname()
        # RFC 5321, 4.1.4: a machine without a full name gives its address; a look-up could hang.
        name = self._endpoint.name or (host if "." in host else self._line.literal)
        self.extensions = {}
        for text in self._say(f"EHLO {name}\r\n".encode(), {250})[1:]:
            word, _, parameters = text.strip().partition(" ")
            self.extensions[word.upper()] = parameters.strip()

    def _authenticate(self) -> None:
        offered = self.extensions.get("AUTH", "").lower().split()
        wanted = (self._endpoint.mechanism,) if self._endpoint.mechanism else PASSWORDS
        mechanism = next((name for name in wanted if name in offered), None)
        user, password = self._endpoint.user.encode(), self._word.encode()
        if mechanism == "plain":
            self._say(_secret("AUTH PLAIN ", b"\0" + user + b"\0" + password), {235})
        elif mechanism == "login":
            self._say(b"AUTH LOGIN\r\n", {334})
            self._say(_secret("", user), {334})
            self._say(_secret("", password), {235})
        elif mechanism in bearer.MECHANISMS:
            self._bear(mechanism)
        else:
            self._stop(Step.AUTH, f"the relay does not offer authentication by {' or '.join(wanted)}")

    def _bear(self, mechanism: str) -> None:
        """Logs in by an access token; a refusal comes in two steps, of which the first waits for a word."""
        there = self._endpoint
        token = bearer.response(mechanism, there.user, self._word, there.host, there.port)
        self._line.send(_secret(f"AUTH {mechanism.upper()} ", token), self._timeouts.command)
        code, _ = self._line.reply(self._timeouts.command)
        if code == 334:
            # RFC 7628, section 3.2.3: a lone control sign; XOAUTH2 takes an empty line.
            self._line.send(
                _secret("", b"\x01" if mechanism == "oauthbearer" else b""), self._timeouts.command
            )
            code, _ = self._line.reply(self._timeouts.command)
        if code != 235:
            raise RelayDown(Answer.of(self.step, code, ("authentication failed",)))

    def _say(self, command: bytes, codes: set[int]) -> tuple[str, ...]:
        self._line.send(command, self._timeouts.command)
        return self._answer(codes, self._timeouts.command)

    def _answer(self, codes: set[int], seconds: float) -> tuple[str, ...]:
        code, lines = self._line.reply(seconds)
        if code not in codes:
            # Some servers repeat what they did not understand, and that may be the secret.
            text = ("authentication failed",) if self.step is Step.AUTH else lines
            raise RelayDown(Answer.of(self.step, code, text))
        return lines

    def _stop(self, step: Step, text: str) -> None:
        raise RelayDown(Answer(step, None, text))


def _secret(prefix: str, secret: bytes) -> bytes:
    return prefix.encode() + base64.b64encode(secret) + b"\r\n"
