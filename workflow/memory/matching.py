"""The matches of a paragraph in the memory: exact, slot-insensitive and fuzzy, ranked.

`exact`  the very text, as typed or as it reads: 100 per cent;
`slots`  the same but for slots, numbers, dates and addresses: 99 per cent;
`fuzzy`  alike letter by letter (Levenshtein, normalised by the longer text), from `LEAST` per cent.

The order is by per cent, then the pair of this direction before one that is read backwards, then
the newest; the same rows always give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy import ColumnElement, Row, select, union_all
from sqlalchemy.orm import Session

from workflow.memory import index, placeables, units
from workflow.memory.units import Pair
from workflow.memory.words import same_text
from workflow.models import MemoryUnit

LEAST = 60
MOST = 8
# So many candidates are measured, and so many of the likeliest looked into without their slots.
MEASURED = 120
LOOKED_INTO = 30
FURTHEST = 0.35
SLOTS_PERCENT = 99
FUZZY_MOST = 98
COLUMNS = (
    MemoryUnit.id,
    MemoryUnit.source_language,
    MemoryUnit.target_language,
    MemoryUnit.source_text,
    MemoryUnit.target_text,
    MemoryUnit.words,
    MemoryUnit.marking,
    MemoryUnit.note_id,
    MemoryUnit.paragraph_id,
    MemoryUnit.origin,
    MemoryUnit.dated,
    MemoryUnit.made_at,
)


@dataclass(frozen=True)
class Match:
    """An earlier translation: how alike its source is, and the pair, read in the direction asked for.

    `target` is the earlier translation written for the paragraph that was asked about: slots that
    the note does not have are in words, and names of slots and numbers that changed are changed.
    `whole` says that nothing of the difference is left to be mended by hand.
    """

    kind: str
    percent: int
    unit: int
    pair: Pair
    target: str
    whole: bool
    backwards: bool
    made_at: datetime

    @property
    def day(self) -> date:
        """The day from which it comes."""
        return self.pair.dated or self.made_at.date()


@dataclass(frozen=True)
class Asked:
    """A paragraph that is asked about: as typed, as it reads, and the slots that its note has."""

    profile: str
    source_language: str
    target_language: str
    typed: str
    reads: str
    slots: frozenset[str] = frozenset()

    @property
    def skeleton(self) -> str:
        """The paragraph without slots, numbers, dates and addresses."""
        return placeables.skeleton(self.source_language, self.typed)


def matches(
    session: Session, asked: Asked, allowed: ColumnElement[bool], *, most: int = MOST, least: int = LEAST
) -> list[Match]:
    """The matches of a paragraph among the units that `allowed` admits."""
    if not asked.reads.strip():
        return []
    same = _same(session, asked, allowed)
    terms = units.terms_of(asked.profile, asked.source_language, asked.target_language, asked.reads)
    near = index.candidates(session, terms, MEASURED)
    return judged(asked, _fetch(session, asked, allowed, {*same, *near}), most=most, least=least)


def judged(asked: Asked, rows: Iterable[Row[Any]], *, most: int = MOST, least: int = LEAST) -> list[Match]:
    """The units that match a paragraph, ranked."""
    found: list[Match] = []
    measured: list[tuple[float, Row[Any], Pair, bool]] = []
    typed, read, here = same_text(asked.typed), same_text(asked.reads), asked.skeleton
    alike = read.casefold()
    for row in rows:
        pair, backwards = units.pair_of(row), row.source_language != asked.source_language
        pair = turned(pair) if backwards else pair
        before = same_text(pair.source_reads)
        if same_text(pair.source) == typed or before == read:
            found.append(_match("exact", 100, row, pair, asked, backwards))
            continue
        likeness = Levenshtein.normalized_similarity(alike, before.casefold(), score_cutoff=FURTHEST)
        if likeness or len(measured) < MOST:
            measured.append((likeness, row, pair, backwards))
    # What differs only in slots and numbers counts as alike, as far as there is more than these.
    measured.sort(key=lambda one: (-one[0], -one[1].id))
    for likeness, row, pair, backwards in measured[:LOOKED_INTO]:
        there = placeables.skeleton(asked.source_language, pair.source)
        if here == there and here.strip(placeables.PLACE + " .,;"):
            found.append(_match("slots", SLOTS_PERCENT, row, pair, asked, backwards))
            continue
        bare = Levenshtein.normalized_similarity(here.casefold(), there.casefold())
        percent = min(int(100 * max(likeness, (likeness + bare) / 2)), FUZZY_MOST)
        if percent >= least:
            found.append(_match("fuzzy", percent, row, pair, asked, backwards))
    return _ranked(found, most)


def turned(pair: Pair) -> Pair:
    """A pair read backwards: what was translated from its target."""
    return replace(
        pair,
        source_language=pair.target_language,
        target_language=pair.source_language,
        source=pair.target,
        target=pair.source,
        words={"source": pair.words.get("target", {}), "target": pair.words.get("source", {})},
    )


def _match(kind: str, percent: int, unit: Row[Any], pair: Pair, asked: Asked, backwards: bool) -> Match:
    target, whole = pair.target, kind == "exact"
    if kind == "slots":
        target, whole = placeables.adapted(pair.source, target, asked.typed)
    return Match(
        kind, percent, unit.id, pair, _known_slots(target, pair, asked), whole, backwards, unit.made_at
    )


def _known_slots(target: str, pair: Pair, asked: Asked) -> str:
    """The target with each slot that the note does not have in the words that it read."""
    said = pair.words.get("target", {})
    unknown = {token: words for token, words in said.items() if _name(token) not in asked.slots}
    for token, words in unknown.items():
        target = target.replace(token, words.replace("{", "{{").replace("}", "}}"))
    return target


def _name(token: str) -> str:
    return token.strip("{}").partition(".")[0]


def _ranked(found: Iterable[Match], most: int) -> list[Match]:
    """The best matches, each translation once."""
    ordered = sorted(
        found, key=lambda one: (-one.percent, one.backwards, -one.made_at.timestamp(), -one.unit)
    )
    kept: dict[tuple[str, str], Match] = {}
    for one in ordered:
        # The same target from several notes is one suggestion: that of the newest note.
        kept.setdefault((one.target, one.kind if one.kind != "fuzzy" else same_text(one.pair.source)), one)
    return list(kept.values())[:most]


def _here(asked: Asked) -> ColumnElement[bool]:
    """The units of the profile, in this direction or the other, that answer."""
    one, other = asked.source_language, asked.target_language
    return (
        (MemoryUnit.profile == asked.profile)
        & MemoryUnit.withdrawn_at.is_(None)
        & (
            ((MemoryUnit.source_language == one) & (MemoryUnit.target_language == other))
            | ((MemoryUnit.source_language == other) & (MemoryUnit.target_language == one))
        )
    )


def _same(session: Session, asked: Asked, allowed: ColumnElement[bool]) -> set[int]:
    """The newest units that read the same, or do without slots, numbers and dates."""
    one, other = asked.source_language, asked.target_language
    exact = units.exact_key(asked.profile, one, other, asked.reads)
    slot = units.slot_key(asked.profile, one, other, asked.typed)
    parts = [
        select(MemoryUnit.id)
        .where(column == number, _here(asked), allowed)
        .order_by(column.desc(), MemoryUnit.id.desc())
        .limit(MOST * 3)
        .subquery()
        for column, number in (
            (MemoryUnit.exact_key, exact),
            (MemoryUnit.slot_key, slot),
            (MemoryUnit.reverse_key, exact),
            (MemoryUnit.reverse_slot_key, slot),
        )
    ]
    return set(session.scalars(union_all(*(select(part.c.id) for part in parts))))


def _fetch(
    session: Session, asked: Asked, allowed: ColumnElement[bool], ids: Iterable[int]
) -> Sequence[Row[Any]]:
    wanted = sorted(ids)
    if not wanted:
        return ()
    return session.execute(
        select(*COLUMNS).where(MemoryUnit.id.in_(wanted), _here(asked), allowed).order_by(MemoryUnit.id)
    ).all()
