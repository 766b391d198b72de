"""A text as pieces: words, and codes that stand for its slots, the way translation programs keep them.

At the desk a text is typed with slots as `{name.form}` and literal braces doubled; in a file each
slot is an inline code that the program protects, and everything else is plain words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.letters import slots
from workflow.letters.slots import Slot

# Between them stand the letters, digits and full stop of a slot's name and form.
TOKEN = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+))?\}")
BRACES = {"{{": "{", "}}": "}"}


@dataclass(frozen=True)
class Code:
    """An inline code: its id in its unit, and what it stands for as typed at the desk.

    `token` is None where the file does not say, or says something that is no slot.
    """

    identity: str
    token: str | None = None

    @property
    def slot(self) -> Slot | None:
        """The slot that it says it stands for."""
        return slot_of(self.token)


Pieces = tuple[str | Code, ...]


def slot_of(token: str | None) -> Slot | None:
    """The slot of a token such as `{meeting.genitive}`; None where it is none."""
    found = TOKEN.fullmatch((token or "").strip())
    return Slot(found[1], found[2]) if found else None


def cut(text: str, like: Pieces | None = None) -> Pieces:
    """A text as typed at the desk, in pieces; codes take the ids of the same slots in `like`.

    Slots are numbered from 1; one that `like` does not have gets an id of its own (`x1`, `x2`).
    Words that look like a slot, and are none, have their braces as codes, so that they stay words.
    """
    free: dict[str, list[str]] = {}
    for piece in like or ():
        if isinstance(piece, Code) and (slot := piece.slot):
            free.setdefault(slot.name, []).append(piece.identity)
    found: list[str | Code] = []
    count = extra = 0
    for part in slots.parse(text):
        if isinstance(part, str):
            for words in _literal(part):
                if isinstance(words, Code):
                    extra += 1
                    words = Code(f"x{extra}", words.token)
                found.append(words)
            continue
        count += 1
        if like is None:
            identity = str(count)
        elif free.get(part.name):
            identity = free[part.name].pop(0)
        else:
            extra += 1
            identity = f"x{extra}"
        found.append(Code(identity, str(part)))
    return tuple(found)


def _literal(words: str) -> Iterator[str | Code]:
    at = 0
    for match in TOKEN.finditer(words):
        yield from (one for one in (words[at : match.start()],) if one)
        yield Code("", "{{")
        yield match[0][1:-1]
        yield Code("", "}}")
        at = match.end()
    if words[at:]:
        yield words[at:]


def tidy(pieces: Iterable[str | Code]) -> Pieces:
    """The pieces with neighbouring words joined, in NFC, and without line breaks of the file's layout."""
    found: list[str | Code] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece:
            found.append(piece)
    return tuple(
        re.sub(r"[ \t]*[\r\n]\s*", " ", unicodedata.normalize("NFC", one)) if isinstance(one, str) else one
        for one in found
    )


def alike(pieces: Pieces) -> str:
    """A form in which two texts are compared: blanks as one space, codes as their slots."""
    said = "".join(one if isinstance(one, str) else _said(one) for one in pieces)
    return " ".join(unicodedata.normalize("NFC", said).split())


def _said(code: Code) -> str:
    if code.token in BRACES:
        return BRACES[code.token]
    # Two control signs that no text holds keep a code from being taken for the same letters as words.
    return f"\x02{code.slot or code.token or code.identity}\x03"
