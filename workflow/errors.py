"""Refusals: what Chancery says when it does not do what was asked.

Each refusal carries a stable `code` (the last part of the problem type in the
API), the HTTP status, the exit code of the command line, and a message that is
a sentence in the user's terms.  The message is a catalogue key with named
`%(name)s` places: the edges (pages, API, command line) translate it first and
fill it afterwards, so a refusal reads well in every language of the interface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from typing import Any


class Phrase(str):
    """Words of ours that fill a place in a sentence, such as "approve the note".

    It is an English text to whoever prints it.  An edge that speaks another language translates
    `message`, which is a catalogue key, and fills its places with `values`, phrases among them.
    """

    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, /, **values: Any) -> Phrase:
        made = super().__new__(cls, message % values if values else message)
        made.message = message
        made.values = values
        return made


def packed(text: str) -> Any:
    """A phrase as plain data, its sentence and its values; any other text as it is."""
    if not isinstance(text, Phrase):
        return text
    return {"phrase": text.message, "values": {name: _plain(value) for name, value in text.values.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Phrase):
        return packed(value)
    return value if value is None or isinstance(value, int | float) else str(value)


def unpacked(data: Any) -> Any:
    """What `packed` gave, as it was; anything else, such as a text of before, as it is."""
    if not isinstance(data, dict) or data.keys() != {"phrase", "values"}:
        return data
    try:
        return Phrase(
            str(data["phrase"]), **{name: unpacked(value) for name, value in data["values"].items()}
        )
    except (TypeError, ValueError, KeyError, AttributeError):
        # A text that only looks like one of ours.
        return str(data)


def either(words: Iterable[str]) -> str:
    """The words as one phrase, "a or b or c"; empty when there are none."""
    return _joined(words, lambda one, other: Phrase("%(one)s or %(other)s", one=one, other=other))


def both(words: Iterable[str]) -> str:
    """The words as one phrase, "a and b and c"; empty when there are none."""
    return _joined(words, lambda one, other: Phrase("%(one)s and %(other)s", one=one, other=other))


def one_after_another(sentences: Iterable[str]) -> str:
    """The sentences as one phrase, with a space between; empty when there are none."""
    return _joined(sentences, lambda one, other: Phrase("%(one)s %(other)s", one=one, other=other))


def _joined(words: Iterable[str], join: Callable[[str, str], Phrase]) -> str:
    given = list(words)
    return reduce(join, given) if given else ""


class Refusal(Exception):
    """Something was not done, and nothing was changed.

    `code` names the kind for programs, `message` is the sentence for people,
    `values` fill its named places, `details` are further sentences (one per
    line of a faulty file, one per difference), already filled.  Values and details
    that are a `Phrase` are translated, too; any other text stays as it is.
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

    @property
    def phrase(self) -> Phrase:
        """The message as a part of another sentence, to be translated with it."""
        return Phrase(self.message, **self.values)


class NotAllowed(Refusal):
    """The person may not do this: wrong role, or four eyes are needed."""

    status = 403


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's to see: both read alike."""

    status = 404


class Gone(Refusal):
    """The thing was there and is so no longer; whoever has its address may know."""

    status = 410


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
