"""The session with the relay: one connection, reused; every answer kept; every break classified.

Two steps leave room for the caller's commit: `offer` names sender and recipient, `transmit` sends
the content.  Only after `transmit` has begun can the relay have the message.  `pipeline.send` does
the same for many messages at once.

Nothing of the password enters an exception, a log or a repr: replies of the relay are kept, commands never.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.endpoint import MECHANISMS, Endpoint
from workflow.post.envelope import Envelope, commands, stuffed
from workflow.post.wire import Line, LineBroken, Monotonic, Timeouts

# A connection that rested longer than this is asked whether it still stands before it is used.
REST_SECONDS = 1.0


@dataclass
class Offered:
    """A message whose envelope was put to the relay.

    `refusal` is the relay's answer when it did not take the envelope: then nothing was sent and nothing
    may be.  `granted` says that the relay already waits for the content, which is the message as it
    goes over the line, in the relay's session of that number.
    """

    envelope: Envelope
    message: bytes
    content: bytes = b""
    session: int = 0
    refusal: Answer | None = None
    granted: bool = False


class Relay:
    """The sending side of one SMTP connection; not shared between threads."""

    def __init__(
        self,
        url: str | Endpoint,
        *,
        timeouts: Timeouts | None = None,
        context: ssl.SSLContext | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self.endpoint = url if isinstance(url, Endpoint) else Endpoint.parse(url)
        self.timeouts = timeouts or Timeouts()
        self.extensions: dict[str, str] = {}
        self.sessions = 0
        self._context = context
        self._monotonic = monotonic
        self._line: Line | None = None
        self._used = 0.0
        # An envelope that was begun and not transmitted has to be reset before the next one.
        self._unfinished = False
        self._secured = False

    def __repr__(self) -> str:
        return f"Relay({self.endpoint!r}, {'open' if self.is_open else 'closed'})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection that was in order when it was last used."""
        return self._line is not None

    @property
    def pipelining(self) -> bool:
        """Whether the relay takes several commands at once (RFC 2920)."""
        return "PIPELINING" in self.extensions

    def open(self) -> None:
        """Make sure of a session; raises RelayDown, which concerns no message: none was offered."""
        if self._line is not None:
            if self._monotonic() - self._used < REST_SECONDS:
                return
            if self.converse([(Step.RESET, b"RSET\r\n")])[0].code == 250:
                return
            self.drop()
        try:
            self._greet()
        except RelayDown:
            self.drop()
            raise
        self.sessions += 1

    def offer(self, envelope: Envelope, message: bytes) -> Offered:
        """Put the envelope to the relay: MAIL and RCPT, nothing of the content.

        Raises RelayDown when there is no session.  `message` is needed for its size and its needs.
        """
        self.open()
        offered = Offered(envelope, message)
        lines = self.lines(offered)
        if lines:
            self.settle(offered, self.converse(lines))
        return offered

    def transmit(self, offered: Offered) -> Answer:
        """Send the content of a message whose envelope was taken; gives the last word on it.

        Call it once, after the attempt is committed as `sending`.  Never raises for what the relay
        or the network does: the answer says which.
        """
        if offered.refusal is not None:
            raise ValueError("the relay refused this envelope; there is nothing to transmit")
        if not offered.granted:
            self.settle(offered, self.converse([(Step.DATA, b"DATA\r\n")]))
            if offered.refusal is not None:
                return offered.refusal
        return self.deliver(offered)[0]

    def close(self) -> None:
        """Take leave of the relay, if it still listens, and close the connection."""
        if self._line is not None:
            with contextlib.suppress(LineBroken):
                self._line.send(b"QUIT\r\n", 1)
        self.drop()

    def drop(self) -> None:
        """Close the connection without a word."""
        if self._line is not None:
            self._line.close()
        self._line = None
        self.extensions = {}
        self._unfinished = self._secured = False

    # The parts below are what `pipeline` is made of.

    def lines(
        self, offered: Offered, *, data: bool = False, behind_dot: bool = False
    ) -> list[tuple[Step, bytes]]:
        """The commands that offer the envelope; none, and a refusal, where it can be told beforehand.

        `data` asks for leave to send the content too; `behind_dot` says that they follow a message.
        """
        envelope = commands(offered.envelope, offered.message, self.extensions)
        if isinstance(envelope, Answer):
            offered.refusal = envelope
            return []
        try:
            offered.content, offered.session = stuffed(offered.message), self.sessions
        except ValueError as error:
            offered.refusal = Answer(Step.MAIL, 554, str(error), "5.6.0")
            return []
        reset = [(Step.RESET, b"RSET\r\n")] if self._unfinished and not behind_dot else []
        leave = [(Step.DATA, b"DATA\r\n")] if data else []
        return [*reset, (Step.MAIL, envelope[0]), (Step.RCPT, envelope[1]), *leave]

    def holds(self, offered: Offered) -> bool:
        """Whether the envelope was offered on the connection that stands now."""
        return self.is_open and bool(offered.content) and offered.session == self.sessions

    def settle(self, offered: Offered, answers: Sequence[Answer]) -> None:
        """Read the answers to `lines`, or to DATA alone, into `offered`."""
        self._unfinished = True
        refusals = [answer for answer in answers if not answer.positive]
        if refusals and offered.refusal is None:
            offered.refusal = refusals[0]
        last = answers[-1]
        if last.step is Step.DATA and last.code == 354:
            if offered.refusal is None:
                offered.granted = True
            else:
                # The server waits for the content of a message without a recipient: it gets an empty one.
                self.converse([(Step.DOT, b".\r\n")])
        if offered.refusal is not None and offered.refusal.ends_session:
            self.drop()

    def deliver(self, offered: Offered, following: Sequence[tuple[Step, bytes]] = ()) -> list[Answer]:
        """Send content and final dot, and `following` commands behind it; the first answer is the message's."""
        if self._line is None:
            return [Answer(Step.BODY, None, "the line is closed")]
        try:
            # The dot goes by itself: as long as this call has not come back, it was not sent.
            self._line.send(offered.content, self.timeouts.body)
        except LineBroken as broken:
            return [self._early(str(broken))]
        answers = self.converse([(Step.DOT, b".\r\n"), *following])
        self._unfinished = False
        if answers[0].ends_session:
            self.drop()
        return answers

    def converse(self, turns: Sequence[tuple[Step, bytes]]) -> list[Answer]:
        """Say the commands, all at once where the relay allows it; one answer each, as far as they came.

        The list ends early with an answer without a code when the line broke, and, without
        pipelining, at a refused MAIL or RCPT, since what follows then makes no sense.
        """
        answers: list[Answer] = []
        line = self._line
        if line is None:
            return [Answer(turns[0][0], None, "the line is closed")]
        try:
            if self.pipelining:
                line.send(b"".join(command for _, command in turns), self.timeouts.command)
            for step, command in turns:
                if not self.pipelining:
                    line.send(command, self.timeouts.command)
                seconds = self.timeouts.dot if step is Step.DOT else self.timeouts.command
                answers.append(Answer.of(step, *line.reply(seconds)))
                if not self.pipelining and step in {Step.MAIL, Step.RCPT} and not answers[-1].positive:
                    break
        except LineBroken as broken:
            answers.append(Answer(turns[len(answers)][0], None, str(broken)))
            self.drop()
        self._used = self._monotonic()
        return answers

    def _early(self, broken: str) -> Answer:
        """The answer that the server gave inside the content before it closed the line, or the break itself."""
        answer = Answer(Step.BODY, None, broken)
        if self._line is not None:
            try:
                said = Answer.of(Step.BODY, *self._line.reply(1))
                if not said.positive:
                    answer = said
            except LineBroken:
                pass
        self.drop()
        return answer

    def _greet(self) -> None:
        endpoint, seconds = self.endpoint, self.timeouts
        try:
            self._line = Line.connect(endpoint.host, endpoint.port, seconds.connect, self._monotonic)
        except LineBroken as broken:
            raise RelayDown(Answer(Step.CONNECT, None, str(broken))) from None
        if endpoint.security == "implicit":
            self._secure()
        self._expect(Step.CONNECT, b"", {220})
        self._hello()
        if endpoint.security == "required" and "STARTTLS" not in self.extensions:
            raise RelayDown(Answer(Step.TLS, None, "the relay does not offer STARTTLS, which is required"))
        if endpoint.security in {"required", "optional"} and "STARTTLS" in self.extensions:
            self._expect(Step.TLS, b"STARTTLS\r\n", {220})
            self._secure()
            # What was said in the clear does not count: the relay is asked again.
            self._hello()
        if endpoint.user:
            self._authenticate()

    def _secure(self) -> None:
        assert self._line is not None
        try:
            self._context = self._context or self.endpoint.context()
            self._line.secure(self._context, self.endpoint.host, self.timeouts.connect)
        except LineBroken as broken:
            raise RelayDown(Answer(Step.TLS, None, str(broken))) from None
        self._secured = True

    def _hello(self) -> None:
        assert self._line is not None
        host = socket.gethostname()
        # RFC 5321, 4.1.4: a machine without a full name gives its address; a look-up could hang.
        name = self.endpoint.name or (host if "." in host else self._line.literal)
        reply = self._expect(Step.CONNECT, f"EHLO {name}\r\n".encode(), {250})
        self.extensions = {}
        for text in reply[1:]:
            word, _, parameters = text.strip().partition(" ")
            self.extensions[word.upper()] = parameters.strip()

    def _authenticate(self) -> None:
        endpoint = self.endpoint
        if not self._secured and not endpoint.loopback:
            raise RelayDown(Answer(Step.TLS, None, "without TLS the password is not sent"))
        offered = self.extensions.get("AUTH", "").lower().split()
        wanted = (endpoint.mechanism,) if endpoint.mechanism else MECHANISMS[:2]
        mechanism = next((name for name in wanted if name in offered), None)
        if mechanism is None:
            raise RelayDown(Answer(Step.AUTH, None, f"the relay does not offer {' or '.join(wanted)}"))
        user, password = endpoint.user.encode(), endpoint.password.encode()
        if mechanism == "plain":
            self._expect(Step.AUTH, _auth("AUTH PLAIN ", b"\0" + user + b"\0" + password), {235})
        elif mechanism == "login":
            self._expect(Step.AUTH, b"AUTH LOGIN\r\n", {334})
            self._expect(Step.AUTH, _auth("", user), {334})
            self._expect(Step.AUTH, _auth("", password), {235})
        else:
            token = b"user=" + user + b"\x01auth=Bearer " + password + b"\x01\x01"
            self._expect(Step.AUTH, _auth("AUTH XOAUTH2 ", token), {235})

    def _expect(self, step: Step, command: bytes, codes: set[int]) -> tuple[str, ...]:
        assert self._line is not None
        try:
            if command:
                self._line.send(command, self.timeouts.command)
            code, lines = self._line.reply(self.timeouts.connect if not command else self.timeouts.command)
        except LineBroken as broken:
            raise RelayDown(Answer(step, None, str(broken))) from None
        self._used = self._monotonic()
        if code not in codes:
            # Some servers repeat what they did not understand, and that may be the secret.
            raise RelayDown(Answer.of(step, code, "authentication failed" if step is Step.AUTH else lines))
        return lines


def _auth(prefix: str, secret: bytes) -> bytes:
    return prefix.encode() + base64.b64encode(secret) + b"\r\n"
