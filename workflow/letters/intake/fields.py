"""Field codes of a Word document, read as Word reads them: across runs.

A complex field is begin, instruction, separate, result, end; the instruction
may be cut into any number of runs.  The reader follows the field characters of
one part in document order and judges each instruction when it is complete.
Source: ECMA-376 part 1, 17.16.
"""

from __future__ import annotations

import re

from workflow.errors import InputRefused
from workflow.letters.intake.markup import SAFE_LINKS, scheme_of

# Fields that fetch a file, an address or another program's data.
FORBIDDEN = frozenset(
    {
        "INCLUDEPICTURE",
        "INCLUDETEXT",
        "INCLUDE",
        "DDE",
        "DDEAUTO",
        "LINK",
        "IMPORT",
        "RD",
        "DATABASE",
        "EMBED",
    }
)
WORD = re.compile(r"[\s\"“”'\\]*([A-Za-z]+)")
# A switch, a quoted argument, or a bare one; the switches l, o and t take the argument behind them.
TOKEN = re.compile(r"\\([A-Za-z])(?=\s|$)|[\"“”]([^\"“”]*)[\"“”]|(\S+)")
SWITCHES_WITH_ARGUMENT = frozenset("lotLOT")


def judge(code: str, place: str) -> None:
    """Refuse a complete instruction that reaches outside the document.

    Raises InputRefused `external_field` or `unsafe_hyperlink`, naming the place.
    """
    word = WORD.match(code)
    name = word[1].upper() if word else ""
    if word is None:
        return
    if name in FORBIDDEN:
        raise InputRefused(
            "external_field",
            "The field %(name)s fetches something from outside the document (%(place)s). "
            "Click into it, press Ctrl+Shift+F9 to keep what it shows, and submit the document again.",
            place=place,
            name=name,
        )
    if name == "HYPERLINK":
        target = _target(code[word.end() :])
        if target and not target.startswith("#") and scheme_of(target) not in SAFE_LINKS:
            raise InputRefused(
                "unsafe_hyperlink",
                "A hyperlink leads to “%(target)s” (%(place)s); only web and mail addresses may leave in a "
                "note. "
                "Remove the link, or write the whole web address.",
                place=place,
                target=target,
            )


def _target(arguments: str) -> str:
    """The address of a hyperlink: the first argument that belongs to no switch."""
    belongs = False
    for token in TOKEN.finditer(arguments):
        if token[1]:
            belongs = token[1] in SWITCHES_WITH_ARGUMENT
        elif belongs:
            belongs = False
        else:
            return token[2] or token[3] or ""
    return ""


class FieldReader:
    """Collects the instructions of the fields of one part, nested ones too."""

    def __init__(self) -> None:
        # One list of pieces per open field; None once its instruction is judged.
        self._open: list[list[str] | None] = []
        self._loose: list[str] = []

    def mark(self, kind: str, place: str) -> None:
        """A field character: begin, separate or end."""
        if kind == "begin":
            outer = self._open[-1] if self._open else None
            if outer is not None and not "".join(outer).strip():
                raise InputRefused(
                    "external_field",
                    "The kind of a field is itself computed by a field (%(place)s, %(name)s), which hides "
                    "what it does. "
                    "Press Ctrl+Shift+F9 on it to keep what it shows.",
                    place=place,
                    name="QUOTE",
                )
            self._open.append([])
        elif self._open and kind in ("separate", "end"):
            pieces = self._open[-1]
            if pieces is not None:
                judge("".join(pieces), place)
                self._open[-1] = None
            if kind == "end":
                self._open.pop()

    def text(self, text: str, place: str) -> None:
        """A piece of instruction; outside any field it is judged with its neighbours."""
        collecting = [pieces for pieces in self._open if pieces is not None]
        for pieces in collecting:
            pieces.append(text)
        if not collecting:
            self._loose.append(text)
            judge("".join(self._loose), place)

    def paragraph(self) -> None:
        """A new paragraph: loose pieces of the last one are done with."""
        self._loose.clear()

    def finish(self, place: str) -> None:
        """The end of the part: instructions that were never closed are judged as well."""
        for pieces in self._open:
            if pieces is not None:
                judge("".join(pieces), place)
