"""What stands in quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.concordance.language import Language

_PAIRS = (
    re.compile("«([^«»]{1,300}(?:«[^«»]{1,200}»[^«»]{0,200})?)»"),
    re.compile("“([^“”]{1,300})”"),
    re.compile("„([^„“”]{1,300})[“”]"),
    re.compile(r'(?<![\w"])"([^"\n]{1,300})"(?!\w)'),
    re.compile("《([^《》]{1,200})》"),
    re.compile("「([^「」]{1,200})」"),
)


_TURNED = re.compile("”([^“”]{1,300})“")


@dataclass(frozen=True)
class TitleFound:
    """A quoted title without its marks, and where it stands with them."""

    text: str
    start: int
    end: int


def find(language: Language, text: str) -> list[TitleFound]:
    """The titles in quotation marks of any kind, the outermost only."""
    found: list[TitleFound] = []
    turned = language.table("quotation").get("turned")
    for pattern in (_TURNED, *_PAIRS) if turned else _PAIRS:
        for match in pattern.finditer(text):
            if not any(title.start <= match.start() < title.end for title in found):
                inside = match[1].strip(" .,;")
                found.append(TitleFound(inside, match.start(), match.end()))
    return sorted(found, key=lambda title: title.start)
