"""What changed between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

WORD = re.compile(r"\s+|\w+|[^\w\s]")


def difference(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The stretches of two texts in order, each as ("same" | "del" | "ins", text)."""
    old, new = WORD.findall(before), WORD.findall(after)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, left, right in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[start:end])
            continue
        if end > start:
            yield "del", "".join(old[start:end])
        if right > left:
            yield "ins", "".join(new[left:right])
