"""Which paragraph of one version is which of another; what is missing, added or out of order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.concordance.facts import Reading
from workflow.concordance.roles import BODY, CLOSING, OPENING

_WEIGHTS = {
    "date": 3.0,
    "time": 3.0,
    "url": 4.0,
    "email": 4.0,
    "reference": 3.0,
    "ordinal": 2.0,
    "quantity": 2.0,
    "state": 2.0,
    "place": 1.5,
    "institution": 1.5,
    "noun": 1.0,
    "addressee": 0.7,
    "act": 0.7,
}
_GAP = -1.0
MOST_TO_ORDER = 24
MOST_TO_ALIGN = 4_000
_GAIN_PER_PARAGRAPH = 0.28


@dataclass(frozen=True)
class Row:
    """Paragraphs of the versions that say the same, by language; a version may have none."""

    readings: Mapping[str, Reading]


def likeness(one: Reading, other: Reading) -> float:
    """How much two paragraphs seem to say the same, from -1 (not at all) to 1."""
    common = total = 0.0
    for kind, weight in _WEIGHTS.items():
        mine, theirs = one.keys(kind), other.keys(kind)
        if kind == "ordinal":
            mine, theirs = mine - {1}, theirs - {1}
        common += weight * 2 * len(mine & theirs)
        total += weight * (len(mine) + len(theirs))
    titles = min(len(one.facts["title"]), len(other.facts["title"]))
    common += 0.6 * 2 * titles
    total += 0.6 * (len(one.facts["title"]) + len(other.facts["title"]))
    score = (common + 0.5) / (total + 1)
    return score + 0.35 * _length_likeness(one, other) - 0.5


def _length_likeness(one: Reading, other: Reading) -> float:
    mine, theirs = _size(one), _size(other)
    return max(-1.0, 1.0 - 2.5 * abs(math.log(mine / theirs)))


def _size(reading: Reading) -> float:
    # A Chinese sign stands for some three letters.
    return max(1.0, len(reading.text) * (1.0 if reading.language.spaced else 3.0))


def align(mine: Sequence[Reading], theirs: Sequence[Reading]) -> list[tuple[int | None, int | None]]:
    """Pairs of positions in order; None where one side has no counterpart."""
    if len(mine) * len(theirs) > MOST_TO_ALIGN:
        # A text of hundreds of paragraphs is no note; its paragraphs are taken one by one.
        return [
            (i if i < len(mine) else None, i if i < len(theirs) else None)
            for i in range(max(len(mine), len(theirs)))
        ]
    scores = [[likeness(a, b) + _role_bonus(a, b) for b in theirs] for a in mine]
    rows, columns = len(mine), len(theirs)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows + 1):
        for j in range(columns + 1):
            if i or j:
                choices = []
                if i and j:
                    choices.append(best[i - 1][j - 1] + scores[i - 1][j - 1])
                if i:
                    choices.append(best[i - 1][j] + _GAP / 2)
                if j:
                    choices.append(best[i][j - 1] + _GAP / 2)
                best[i][j] = max(choices)
    pairs: list[tuple[int | None, int | None]] = []
    i, j = rows, columns
    while i or j:
        if i and j and best[i][j] == best[i - 1][j - 1] + scores[i - 1][j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and best[i][j] == best[i - 1][j] + _GAP / 2:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _role_bonus(one: Reading, other: Reading) -> float:
    roles = {one.part.role, other.part.role}
    if roles in ({OPENING}, {CLOSING}):
        return 3.0
    return 0.0 if len(roles) == 1 else -1.0 if CLOSING in roles and OPENING in roles else -0.3


def permutation(mine: Sequence[Reading], theirs: Sequence[Reading]) -> list[int] | None:
    """The order in which `theirs` follow `mine`, where it is clearly another one; else None.

    Both have as many paragraphs.  The order is found by exchanging pairs, and a
    moved paragraph by shifting it, as long as the paragraphs become more alike.
    """
    count = len(mine)
    if count != len(theirs) or not 2 <= count <= MOST_TO_ORDER:
        return None
    scores = [[likeness(a, b) for b in theirs] for a in mine]
    order = list(range(count))
    value = sum(scores[i][i] for i in order)
    start = value
    improved = True
    while improved:
        improved = False
        for changed in _neighbours(order):
            candidate = sum(scores[i][j] for i, j in enumerate(changed))
            if candidate > value + 1e-9:
                order, value, improved = changed, candidate, True
                break
    return order if order != list(range(count)) and value - start >= _order_gain(scores, order) else None


def _order_gain(scores: Sequence[Sequence[float]], order: Sequence[int]) -> float:
    """How much more alike another order has to make the paragraphs before it is believed."""
    moved = sum(i != j for i, j in enumerate(order))
    return _GAIN_PER_PARAGRAPH * moved


def _neighbours(order: Sequence[int]) -> list[list[int]]:
    found = []
    count = len(order)
    for i in range(count):
        for j in range(i + 1, count):
            swapped = list(order)
            swapped[i], swapped[j] = swapped[j], swapped[i]
            found.append(swapped)
            for source, target in ((i, j), (j, i)):
                shifted = list(order)
                shifted.insert(target, shifted.pop(source))
                found.append(shifted)
    return found


def prose(readings: Sequence[Reading]) -> list[Reading]:
    """The paragraphs of the body, with opening and closing."""
    return [reading for reading in readings if reading.part.role in (OPENING, BODY, CLOSING)]
