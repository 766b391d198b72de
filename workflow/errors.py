"""Refusals: what Chancery says when it does not do what was asked.

Each refusal carries a stable `code` (the last part of the problem type in the
API), the HTTP status, the exit code of the command line, and a message that is
a sentence in the user's terms.  The message is a catalogue key with named
`%(name)s` places: the edges (pages, API, command line) translate it first and
fill it afterwards, so a refusal reads well in every language of the interface.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Something was not done, and nothing was changed.

    `code` names the kind for programs, `message` is the sentence for people,
    `values` fill its named places, `details` are further sentences (one per
    line of a faulty file, one per difference), already filled.
    """

    status = 422
    exit_code = 1

    def __init__(
        self,
        code: str,
        message: str,
        /,
        *,
        details: tuple[str, ...] = (),
        **values: Any,
    ) -> None:
        self.code = code
        self.message = message
        self.values = values
        self.details = details
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The message in English, with its places filled."""
        return self.message % self.values if self.values else self.message


class NotAllowed(Refusal):
    """The person may not do this: wrong role, or four eyes are needed."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see: both read alike."""

    status = 404


class Conflict(Refusal):
    """The thing is not in a state in which this can be done."""

    status = 409


class Stale(Conflict):
    """The thing changed since the person opened it."""


class Invalid(Refusal):
    """What was given is not well formed or not complete."""


class InputRefused(Refusal):
    """A file was refused before anything opened it."""

    exit_code = 3


class Unavailable(Refusal):
    """A part that is needed (database, broker, relay, LibreOffice) is away."""

    status = 503


class Misuse(Refusal):
    """The command line was used wrongly."""

    status = 400
    exit_code = 2
