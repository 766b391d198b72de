"""A note's text: made uniform, without its marks of emphasis, and cut into paragraphs.

Every change that is made for matching keeps the length of the text, so that a
place found in it is the place in the text that is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_EMPHASIS = re.compile(r"(?<![\w*])\*{1,3}(?=\S)([^*]{1,4000}?)(?<=\S)\*{1,3}(?![\w*])")
_END = re.compile(r"[.!?。！？؟…](?:[»”\"’)\]]*)$")
_LIST_ITEM = re.compile(r"(?:\d{1,2}[.)]|[•–—-]|\(?[a-zа-яәғқңөұүһі]\))\s+\S")
# The marks within Arabic figures: the decimal one and the one of thousands.
_ARABIC_MARKS = {0x66B: ".", 0x66C: ","}
WRAPPED_LINE = 100
# Longer ones are cut, so that no text takes long.
LONGEST_PARAGRAPH = 3_000
_DECIMAL_DIGITS = re.compile(r"[^\x00-\x7f]", re.ASCII)


def uniform(text: str) -> str:
    """The text in NFC, with plain spaces, line ends and digits, and without invisible characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text)).replace("\t", " ").translate(_ARABIC_MARKS)
    return _DECIMAL_DIGITS.sub(_plain_digit, text)


def _plain_digit(match: re.Match[str]) -> str:
    value = unicodedata.decimal(match[0], None)
    return match[0] if value is None else str(value)


def without_emphasis(text: str) -> str:
    """The text without the asterisks that plain text marks bold and italic type with."""
    return _EMPHASIS.sub(r"\1", text)


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its number in the text, from 1, and its text; a break of line is "\\n"."""

    number: int
    text: str

    @property
    def joined(self) -> str:
        """The text on one line, of the same length."""
        return self.text.replace("\n", " ")


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a whole note.

    A blank line divides.  Where there is none, each line is a paragraph, except
    that lines wrapped at a margin and lines of a block in capitals belong together.
    """
    lines = without_emphasis(uniform(text)).split("\n")
    lines = [line.strip() for line in lines]
    blank = any(lines[at] == "" for at in range(1, len(lines) - 1) if any(lines[:at]) and any(lines[at:]))
    longest = max((len(line) for line in lines), default=0)
    blocks: list[str] = []
    fresh = True
    for line in lines:
        if not line:
            fresh = True
        elif fresh or _begins(blocks[-1], line, blank, longest <= WRAPPED_LINE):
            blocks += [line[at : at + LONGEST_PARAGRAPH] for at in range(0, len(line), LONGEST_PARAGRAPH)]
            fresh = False
        elif len(blocks[-1]) + len(line) > LONGEST_PARAGRAPH:
            blocks += [line[at : at + LONGEST_PARAGRAPH] for at in range(0, len(line), LONGEST_PARAGRAPH)]
        else:
            blocks[-1] += "\n" + line
    return [Paragraph(number, block) for number, block in enumerate(blocks, 1)]


def _begins(block: str, line: str, blank: bool, wrapped: bool) -> bool:
    """Whether `line`, directly below `block`, begins a paragraph of its own."""
    before = block.rsplit("\n", 1)[-1]
    if _LIST_ITEM.match(line):
        return True
    if block.isupper() and line.isupper():
        return False
    if block.isupper() != line.isupper() and not blank:
        return True
    if blank:
        return not wrapped and bool(_END.search(before)) and len(before) > 40
    # Without blank lines, a line goes on only where the one before it was broken at the margin.
    return not (wrapped and (line[:1].islower() or (len(before) > 55 and not _END.search(before))))
