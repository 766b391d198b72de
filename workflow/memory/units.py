"""Pairs of a text and its translation, into the memory and out of the answers again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from workflow.errors import Invalid
from workflow.letters import slots
from workflow.letters.slots import Slot
from workflow.memory import index, words
from workflow.memory.placeables import skeleton
from workflow.models import MemoryUnit

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Pair:
    """A text and its translation as typed, slots as `{name}`; `words` says what each slot read.

    It comes from a paragraph of a note, or from a file (`origin`, with the day that the file gives it).
    """

    source_language: str
    target_language: str
    source: str
    target: str
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    marking: str = ""
    note_id: int | None = None
    paragraph_id: int | None = None
    origin: str = ""
    dated: date | None = None

    @property
    def source_reads(self) -> str:
        """What the source read in its note."""
        return reads(self.source, self.words.get("source", {}))

    @property
    def target_reads(self) -> str:
        """What the target read in its note."""
        return reads(self.target, self.words.get("target", {}))


def reads(typed: str, said: Mapping[str, str]) -> str:
    """A typed text with each slot in the words given for it; a slot without words stays as it is."""
    if "{" not in typed and "}" not in typed:
        return typed
    try:
        parts = slots.parse(typed)
    except Invalid:
        return typed
    return "".join(said.get(str(part), str(part)) if isinstance(part, Slot) else part for part in parts)


def exact_key(profile: str, language: str, other: str, read: str) -> int:
    """The number of a text as it reads."""
    return words.key("exact", profile, language, other, words.same_text(read))


def slot_key(profile: str, language: str, other: str, typed: str) -> int:
    """The number of a text without its slots, numbers and dates."""
    return words.key("slots", profile, language, other, skeleton(language, typed))


def pair_key(profile: str, pair: Pair) -> int:
    """The number of a whole pair."""
    return words.key("pair", profile, pair.source_language, pair.target_language, pair.source, pair.target)


def add(session: Session, profile: str, pairs: Sequence[Pair], made_by: int, now: datetime) -> int:
    """Adds pairs and indexes them in both directions; gives how many."""
    for at in range(0, len(pairs), ROWS_AT_ONCE * 10):
        _add_batch(session, profile, pairs[at : at + ROWS_AT_ONCE * 10], made_by, now)
    return len(pairs)


def _add_batch(session: Session, profile: str, pairs: Sequence[Pair], made_by: int, now: datetime) -> None:
    terms: dict[int, set[int]] = {}
    for at in range(0, len(pairs), ROWS_AT_ONCE):
        some = pairs[at : at + ROWS_AT_ONCE]
        ids = session.scalars(
            insert(MemoryUnit).returning(MemoryUnit.id, sort_by_parameter_order=True),
            [_row(profile, pair, made_by, now) for pair in some],
        )
        for identity, pair in zip(ids, some, strict=True):
            terms[identity] = terms_of_pair(profile, pair)
    index.add(session, terms)


def terms_of(profile: str, language: str, other: str, read: str) -> set[int]:
    """The terms under which a text is found."""
    return {index.term(profile, language, other, stem) for stem in words.stems(language, read)}


def terms_of_pair(profile: str, pair: Pair) -> set[int]:
    """The terms under which a pair is found, by either of its texts."""
    one, other = pair.source_language, pair.target_language
    return terms_of(profile, one, other, pair.source_reads) | terms_of(profile, other, one, pair.target_reads)


def _row(profile: str, pair: Pair, made_by: int, now: datetime) -> dict[str, object]:
    one, other = pair.source_language, pair.target_language
    return {
        "profile": profile,
        "source_language": one,
        "target_language": other,
        "source_text": pair.source,
        "target_text": pair.target,
        "words": {side: dict(said) for side, said in pair.words.items() if said},
        "exact_key": exact_key(profile, one, other, pair.source_reads),
        "slot_key": slot_key(profile, one, other, pair.source),
        "reverse_key": exact_key(profile, other, one, pair.target_reads),
        "reverse_slot_key": slot_key(profile, other, one, pair.target),
        "pair_key": pair_key(profile, pair),
        "marking": pair.marking,
        "note_id": pair.note_id,
        "paragraph_id": pair.paragraph_id,
        "origin": pair.origin,
        "dated": pair.dated,
        "made_by": made_by,
        "made_at": now,
        "withdrawn_at": None,
    }


def pair_of(unit: MemoryUnit | Row[Any]) -> Pair:
    """A unit, or a row of its columns, as plain values."""
    return Pair(
        unit.source_language,
        unit.target_language,
        unit.source_text,
        unit.target_text,
        unit.words,
        unit.marking,
        unit.note_id,
        unit.paragraph_id,
        unit.origin,
        unit.dated,
    )


def known(session: Session, profile: str, pairs: Iterable[Pair]) -> set[int]:
    """Those of the pairs, by their `pair_key`, that the memory answers with already."""
    keys = sorted({pair_key(profile, pair) for pair in pairs})
    found: set[int] = set()
    for at in range(0, len(keys), ROWS_AT_ONCE):
        found.update(
            session.scalars(
                select(MemoryUnit.pair_key).where(
                    MemoryUnit.pair_key.in_(keys[at : at + ROWS_AT_ONCE]), MemoryUnit.withdrawn_at.is_(None)
                )
            )
        )
    return found


def replace(
    session: Session, profile: str, note_id: int, language: str, pairs: Sequence[Pair], by: int, now: datetime
) -> None:
    """Makes `pairs` all that the memory answers of a note in a language.

    A pair that was withdrawn before and is the same as it was then comes back as it is.
    """
    withdraw(session, note_id, language, now)
    session.flush()
    standing = {
        (unit.paragraph_id, unit.pair_key, str(unit.words)): unit
        for unit in session.scalars(
            select(MemoryUnit)
            .where(MemoryUnit.note_id == note_id, MemoryUnit.target_language == language)
            .order_by(MemoryUnit.id)
            .execution_options(populate_existing=True)
        )
    }
    new = []
    for pair in pairs:
        same = {side: dict(said) for side, said in pair.words.items() if said}
        unit = standing.get((pair.paragraph_id, pair_key(profile, pair), str(same)))
        if unit is None:
            new.append(pair)
        else:
            unit.withdrawn_at, unit.made_by, unit.made_at = None, by, now
            unit.marking = pair.marking
    session.flush()
    add(session, profile, new, by, now)


def withdraw(session: Session, note_id: int, language: str, now: datetime) -> None:
    """Takes what a note said in a language out of the answers: its version is not accepted any more."""
    session.execute(
        update(MemoryUnit)
        .where(
            MemoryUnit.note_id == note_id,
            MemoryUnit.target_language == language,
            MemoryUnit.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
