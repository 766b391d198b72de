"""What the relay answered, and what an answer means for the message.

The one split that matters: a refusal or a failure *before* the final dot is safe to retry, since
the relay cannot have taken the message; the lack of an answer *after* the final dot is `unknown`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from workflow.errors import Phrase, Unavailable
from workflow.states import Transport


class Step(StrEnum):
    CONNECT = "connect"  # Reaching the relay, its greeting and EHLO.
    TLS = "tls"  # STARTTLS, the handshake and the check of the certificate.
    AUTH = "auth"  # Authentication.
    RESET = "reset"  # Forgetting a refused envelope before the next one.
    MAIL = "mail"  # The return path, size and delivery options of the envelope.
    RCPT = "rcpt"  # The recipient.
    DATA = "data"  # The relay's leave to send the content.
    BODY = "body"  # Inside the content, before the final dot.
    DOT = "dot"  # After the final dot: the relay's word that it has the message.


# Reply codes that speak of the session and not of this message: whoever sends next hears the same.
SESSION_CODES = frozenset({421, 530, 534, 535, 538})
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
# Postfix, Exim and Sendmail, Exchange, Amazon's and others' replies; the embedded office's too.
_QUEUE_ID = re.compile(
    r"\b(?:queued as|id=|queued with id|Message accepted for delivery id)\s*<?([A-Za-z0-9.@_-]{3,100})>?"
    r"|^(?:Ok|OK)\s+<?([A-Za-z0-9.@_-]{8,100})>?(?:\s|$)"
    r"|^([A-Za-z0-9]{8,40}) Message accepted",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """The reply to one step; `code` is None when the line broke or no valid reply came.

    `status` is the enhanced status code (RFC 3463), `text` the reply without codes, at most 1,000
    characters, control characters replaced; `queue_id` is the relay's own name for the message.
    """

    step: Step
    code: int | None
    text: str
    status: str | None = None
    queue_id: str | None = None

    @classmethod
    def of(cls, step: Step, code: int | None, lines: tuple[str, ...] | str) -> Answer:
        """The answer read from the reply's lines, each without its three digits."""
        lines = (lines,) if isinstance(lines, str) else lines
        found = _STATUS.match(lines[0]) if lines and code is not None else None
        # Each line of a multi-line reply repeats the enhanced status; it is kept once.
        bare = (_STATUS.sub("", line, count=1) if _STATUS.match(line) else line for line in lines)
        text = " ".join(part.strip() for part in bare if part.strip())
        text = "".join(sign if sign.isprintable() else "�" for sign in text)[:1000]
        queue = _QUEUE_ID.search(text) if step is Step.DOT and code == 250 else None
        return cls(
            step,
            code,
            text,
            found[1] if found else None,
            next(filter(None, queue.groups())) if queue else None,
        )

    @property
    def transport(self) -> Transport:
        """What this answer proves of the attempt, when it is the last word on it."""
        if self.step is Step.DOT:
            if self.code is None or not 200 <= self.code < 600 or 300 <= self.code < 400:
                return Transport.UNKNOWN
            if self.code < 300:
                return Transport.ACCEPTED
            # A server that says 421 after the dot has answered: it did not take the message.
            return Transport.REFUSED_TEMP if self.code < 500 else Transport.REFUSED_PERM
        speaks_of_message = self.step in {Step.MAIL, Step.RCPT, Step.DATA, Step.BODY}
        if self.code is not None and 500 <= self.code < 600 and speaks_of_message and not self.ends_session:
            return Transport.REFUSED_PERM
        return Transport.REFUSED_TEMP

    @property
    def ends_session(self) -> bool:
        """Whether nothing more can be said on this connection: it broke, or its reply concerns the session."""
        return self.code is None or self.code in SESSION_CODES

    @property
    def positive(self) -> bool:
        """Whether the step may be followed by the next one."""
        return self.code is not None and (
            self.code == 354 if self.step is Step.DATA else self.code // 100 == 2
        )

    @property
    def too_large(self) -> bool:
        """Whether the message was refused for its size, so that a link alone may pass."""
        if self.code is None or self.code < 500:
            return False
        if self.status is not None:
            return self.status in {"5.3.4", "5.2.3"}
        return self.code == 552 and self.step in {Step.MAIL, Step.DATA, Step.BODY, Step.DOT}

    @property
    def line(self) -> str:
        """The answer on one line, as it is recorded: step, code, status and text."""
        if self.code is None:
            return f"{self.step}: {self.text}"
        return " ".join(filter(None, (f"{self.step}:", str(self.code), self.status, self.text)))


class RelayDown(Unavailable):
    """No session with the relay could be had, or it was closed; what was in flight has answers of its own.

    `answer` says at which step and why.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(
            "relay",
            Phrase("The mail relay cannot be used now (%(reason)s). Nothing is lost: it is tried again."),
            reason=answer.line,
        )
