"""A text with what changes from note to note taken out: slots, numbers, dates and addresses.

Two paragraphs with the same skeleton say the same of different meetings, days or pages: the
older translation serves the newer one once these places are filled anew.
"""

from __future__ import annotations

import re
from functools import lru_cache

from workflow.concordance import language as languages
from workflow.errors import Invalid
from workflow.letters import slots
from workflow.letters.slots import Slot
from workflow.memory.words import base, same_text

PLACE = "\ufffc"
_ADDRESS = r"https?://[^\s<>«»“”\"]+[^\s<>«»“”\".,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_NUMBER = r"\d+(?:[.,:/\u00a0\u202f ]\d+)*(?:(?:st|nd|rd|th|er|re|ère|º|ª)\b)?"


def swap_slots(text: str) -> str:
    """The text with each slot as one sign; a brace that belongs to no slot stays as it is."""
    try:
        parts = slots.parse(text)
    except Invalid:
        return text
    return "".join(part if isinstance(part, str) else PLACE for part in parts)


@lru_cache(maxsize=64)
def pattern(language: str) -> re.Pattern[str]:
    """What changes from note to note in a text of `language`: addresses, dates and numbers."""
    dates = languages.load(base(language)).table("dates")
    months = sorted({name for each in dates.get("months", ()) for name in each}, key=len, reverse=True)
    whole = [_ADDRESS]
    if months:
        number = rf"{_NUMBER}(?:-?[^\W\d_]{{1,3}}\b)?"
        mark = rf"(?:de|of|года|г\.|{dates.get('year_marks') or 'year'})"
        month = rf"\b(?:{'|'.join(map(re.escape, months))})[^\W\d_]*"
        before = rf"(?:{number}[\s,]+(?:(?:{mark}|{number})[\s,]+)*)?"
        after = rf"(?:\s+{mark})?(?:\s+{number})?(?:,?\s+\d{{4}})?(?:\s+{mark}(?!\w))?"
        whole.append(before + month + after)
    return re.compile("|".join([*whole, _NUMBER]), re.IGNORECASE)


@lru_cache(maxsize=16384)
def skeleton(language: str, typed: str) -> str:
    """What a typed text says with one sign in the place of each slot, address, date and number."""
    return same_text(pattern(language).sub(_place, swap_slots(typed)))


def _place(match: re.Match[str]) -> str:
    # A month's name without a day or a year is a word like any other ("May", "март").
    return (
        PLACE
        if any(sign.isdigit() for sign in match[0]) or "@" in match[0] or "://" in match[0]
        else match[0]
    )


def adapted(source: str, target: str, wanted: str) -> tuple[str, bool]:
    """`target`, which translates `source`, written for the source text `wanted` of the same skeleton.

    Names of slots and numbers that the two sources do not share are replaced where `target` leaves
    no doubt which is which.  Gives the text, and whether nothing of the difference is left over.
    """
    before, after = _places(source), _places(wanted)
    if len(before) != len(after):
        return target, source == wanted
    swaps: dict[str, str] = {}
    whole = True
    for old, new in zip(before, after, strict=True):
        if old == new:
            continue
        if swaps.setdefault(old, new) != new or not _sure(old, new, target, before):
            whole = False
            swaps.pop(old, None)
    return _swapped(target, swaps), whole


def _places(typed: str) -> list[str]:
    """Slots by name, and the digits of numbers, in order."""
    try:
        parts = slots.parse(typed)
    except Invalid:
        parts = (typed,)
    found: list[str] = []
    for part in parts:
        if isinstance(part, Slot):
            found.append("{" + part.name)
        else:
            found += [match[0] for match in re.finditer(r"https?://\S*[^\s.,;:!?)]|\d+", part)]
    return found


def _sure(old: str, new: str, target: str, before: list[str]) -> bool:
    if old.startswith("{") != new.startswith("{") or old not in _places(target):
        return False
    return old.startswith("{") or _places(target).count(old) == before.count(old)


def _swapped(target: str, swaps: dict[str, str]) -> str:
    def slot(match: re.Match[str]) -> str:
        if match[1] is not None:
            return swaps.get("{" + match[1], "{" + match[1]) + match[2]
        return swaps.get(match[0], match[0])

    wanted = re.compile(r"\{([a-z][a-z0-9_]*)(?=[.}])((?:\.[a-z0-9_]+)?\})|https?://\S*[^\s.,;:!?)]|\d+")
    return wanted.sub(slot, target)
