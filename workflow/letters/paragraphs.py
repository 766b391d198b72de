"""The paragraphs of the body: the first in its opening formula, numbers, sub-items."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from workflow.letters.blocks import Block
from workflow.letters.kinds import Language

_ITEM = re.compile(r"(-{1,3}) +")
# A full stop, in the scripts of the languages: the formula has its own.
_FULL_STOPS = (".", "。", "۔", "।")
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def body_blocks(
    paragraphs: Sequence[str],
    merge: Callable[[str], str] | None,
    numbering: Sequence[str],
    language: Language,
) -> list[Block]:
    """The blocks of `paragraphs`, whose slots are filled.

    `merge` puts the first into the opening formula (None: there is no such
    formula); `numbering` has one label pattern for each depth.
    """
    blocks: list[Block] = []
    counts = [0, 0, 0, 0]
    for at, paragraph in enumerate(paragraphs):
        item = _ITEM.match(paragraph)
        level = len(item[1]) if item else 0
        text = paragraph[item.end() :] if item else paragraph
        role = "paragraph"
        if at == 0 and merge is not None:
            role, level, text = "opening", 0, merge(_without_stop(text))
        counts[level] += 1
        counts[level + 1 :] = [0] * (3 - level)
        pattern = numbering[level] if level < len(numbering) else ("–" if level else "")
        blocks.append(
            Block(
                role,
                text,
                language.code,
                language.direction,
                label=_label(pattern, counts[level], language.facts.letters),
                level=level,
            )
        )
    return blocks


def _without_stop(text: str) -> str:
    plain = text.rstrip()
    return plain[:-1] if plain.endswith(_FULL_STOPS) else plain


def _label(pattern: str, count: int, letters: str) -> str:
    """The label of the `count`-th paragraph of its depth; after the last letter they are doubled."""
    rounds, at = divmod(count - 1, len(letters))
    return (
        pattern.replace("{n}", str(count))
        .replace("{letter}", letters[at] * (rounds + 1))
        .replace("{roman}", _roman(count))
    )


def _roman(count: int) -> str:
    written = ""
    for value, sign in _ROMAN:
        while count >= value:
            written, count = written + sign, count - value
    return written
