"""Concordance search: every pair of the memory that says a phrase, whatever its inflection.

A pair that has the words of the phrase one after another comes before one that has them apart;
among these the newest is first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workflow.memory import index, units, words
from workflow.memory.matching import COLUMNS, turned
from workflow.memory.units import Pair
from workflow.models import MemoryUnit

MOST = 50
ROWS_AT_ONCE = 400
MOST_LOOKED_AT = 6_000


@dataclass(frozen=True)
class Hit:
    """A pair, turned so that its source is in the language of the phrase; `places` are the phrase's words in it.

    `together` says that they stand one after another.
    """

    unit: int
    pair: Pair
    places: tuple[tuple[int, int], ...]
    together: bool
    made_at: datetime

    @property
    def day(self) -> date:
        """The day from which it comes."""
        return self.pair.dated or self.made_at.date()


def find(
    session: Session,
    profile: str,
    phrase: str,
    languages: Sequence[str],
    others: Sequence[str],
    allowed: ColumnElement[bool],
    *,
    most: int = MOST,
) -> list[Hit]:
    """The pairs that say `phrase` in one of `languages` and have their other text in one of `others`."""
    found: dict[int, Hit] = {}
    for language in languages:
        wanted = [word.stem for word in words.words(language, phrase)]
        ids: set[int] = set()
        for other in others:
            if wanted and other != language:
                terms = [index.term(profile, language, other, stem) for stem in wanted]
                ids.update(index.having_all(session, terms))
        for hit in _hits(session, profile, language, wanted, ids, others, allowed, most):
            found.setdefault(hit.unit, hit)
    ordered = sorted(found.values(), key=lambda hit: (not hit.together, -hit.made_at.timestamp(), -hit.unit))
    return ordered[:most]


def _hits(
    session: Session,
    profile: str,
    language: str,
    wanted: Sequence[str],
    ids: Iterable[int],
    others: Sequence[str],
    allowed: ColumnElement[bool],
    most: int,
) -> Iterable[Hit]:
    newest = sorted(ids, reverse=True)[:MOST_LOOKED_AT]
    together = 0
    for at in range(0, len(newest), ROWS_AT_ONCE):
        if together >= most:
            return
        rows = session.execute(
            select(*COLUMNS).where(
                MemoryUnit.id.in_(newest[at : at + ROWS_AT_ONCE]),
                MemoryUnit.profile == profile,
                MemoryUnit.withdrawn_at.is_(None),
                allowed,
            )
        )
        for row in rows:
            pair = units.pair_of(row)
            pair = pair if pair.source_language == language else turned(pair)
            if pair.source_language != language or pair.target_language not in others:
                continue
            places = places_of(language, wanted, pair.source_reads)
            if places is None:
                continue
            near = _together(language, wanted, pair.source_reads)
            together += near is not None
            yield Hit(row.id, pair, near or places, near is not None, row.made_at)


def places_of(language: str, wanted: Sequence[str], text: str) -> tuple[tuple[int, int], ...] | None:
    """Where the words with these stems stand in a text; None unless each of them does."""
    found = [word for word in words.words(language, text) if word.stem in set(wanted)]
    if {word.stem for word in found} != set(wanted):
        return None
    return _joined((word.start, word.end) for word in found)


def _together(language: str, wanted: Sequence[str], text: str) -> tuple[tuple[int, int], ...] | None:
    """Where the stems stand one after another; None where they never do."""
    found = words.words(language, text)
    places = [
        (found[at].start, found[at + len(wanted) - 1].end)
        for at in range(len(found) - len(wanted) + 1)
        if all(found[at + step].stem == stem for step, stem in enumerate(wanted))
    ]
    return _joined(places) if places else None


def _joined(places: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The places in order, overlapping ones as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
