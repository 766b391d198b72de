"""The session with the relay: one connection, reused; every answer kept; every break classified.

Two steps leave room for the caller's commit: `offer` names sender and recipient, `transmit` sends
the content.  Only after `transmit` has begun can the relay have the message.  `pipeline.send` does
the same for many messages at once.

Nothing of the password enters an exception, a log or a repr: replies of the relay are kept, commands never.
"""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from workflow.post.answers import Answer, Step
from workflow.post.endpoint import Endpoint
from workflow.post.envelope import Envelope, Stuffer, commands
from workflow.post.greeting import greet
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


@dataclass(frozen=True)
class Flight:
    """A message that was handed over and whose answer was not read yet.

    `steps` are those whose answers are to come; `lost` is the message's answer when the line broke on the way.
    """

    steps: tuple[Step, ...] = ()
    lost: Answer | None = None


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
        self._stuffed = Stuffer()
        # An envelope that was begun and not transmitted has to be reset before the next one.
        self._unfinished = False

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
        self._line, self.extensions = greet(self.endpoint, self.timeouts, self._context, self._monotonic)
        self._used = self._monotonic()
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
        return self.landed(self.hand_over(offered))[0]

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
        self._unfinished = False

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
            offered.content, offered.session = self._stuffed(offered.message), self.sessions
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

    def hand_over(self, offered: Offered, following: Sequence[tuple[Step, bytes]] = ()) -> Flight:
        """Send content and final dot, and `following` commands behind it, and wait for no answer yet.

        `following` is for a relay that takes several commands at once.  Whoever calls this calls `landed`
        next, or `drop`: an answer that nobody reads would be taken for that of another message.
        """
        if self._line is None:
            return Flight(lost=Answer(Step.BODY, None, "the line is closed"))
        try:
            # The dot goes by itself: as long as this call has not come back, it was not sent.
            self._line.send(offered.content, self.timeouts.body)
            # A server that closed the line or spoke before the dot has not taken the message; and what it said
            # out of turn must not be read as its answer to the dot.
            if self._line.has_spoken():
                return Flight(lost=self._early("the server spoke before the end of the message"))
        except LineBroken as broken:
            return Flight(lost=self._early(str(broken)))
        said = ((Step.DOT, b".\r\n"), *following)
        try:
            self._line.send(b"".join(command for _, command in said), self.timeouts.command)
        except LineBroken as broken:
            self.drop()
            return Flight(lost=Answer(Step.DOT, None, str(broken)))
        return Flight(tuple(step for step, _ in said))

    def ask_leave(self, flight: Flight) -> Flight:
        """Ask behind what was handed over for leave to send the content of the envelope that followed it."""
        if self._line is not None and flight.lost is None:
            # Where this cannot be said, what was handed over may have its answer all the same.
            with contextlib.suppress(LineBroken):
                self._line.send(b"DATA\r\n", self.timeouts.command)
                return Flight((*flight.steps, Step.DATA))
        return flight

    def landed(self, flight: Flight) -> list[Answer]:
        """What the relay says to what was handed over: one answer each, as far as they came."""
        answers = [flight.lost] if flight.lost is not None else self._hear(flight.steps)
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
        size = len(turns) if self.pipelining else 1
        for said in (turns[at : at + size] for at in range(0, len(turns), size)):
            steps = [step for step, _ in said]
            try:
                if self._line is None:
                    raise LineBroken("the line is closed")
                self._line.send(b"".join(command for _, command in said), self.timeouts.command)
            except LineBroken as broken:
                self.drop()
                return [*answers, Answer(steps[0], None, str(broken))]
            answers += self._hear(steps)
            if answers[-1].code is None:
                break
            if not self.pipelining and steps[0] in {Step.MAIL, Step.RCPT} and not answers[-1].positive:
                break
        return answers

    def _hear(self, steps: Sequence[Step]) -> list[Answer]:
        answers: list[Answer] = []
        try:
            for step in steps:
                if self._line is None:
                    raise LineBroken("the line is closed")
                seconds = self.timeouts.dot if step is Step.DOT else self.timeouts.command
                answers.append(Answer.of(step, *self._line.reply(seconds)))
        except LineBroken as broken:
            answers.append(Answer(steps[len(answers)], None, str(broken)))
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
