"""Which units share words with a paragraph: an inverted index that works alike on every database.

A stem's postings are rows of packed ids, one for each batch that was added (see `MemoryPosting`),
and its count tells rare stems from common ones.  A paragraph is looked up by its rarest stems,
as many as `MOST_READ` ids allow: a near match shares most of its words, so it shares some of
those, and the units that share the most are measured letter by letter afterwards.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflow.memory.words import key
from workflow.models import MemoryPosting, MemoryTerm

Item = TypeVar("Item")
MOST_READ = 40_000
ROWS_AT_ONCE = 5_000
RAREST = 4


def term(profile: str, language: str, other: str, stem: str) -> int:
    """The number under which a stem of `language` is kept, in units whose other text is in `other`."""
    return key("term", profile, language, other, stem)


def add(session: Session, units: Mapping[int, Iterable[int]]) -> None:
    """Adds one batch: unit id → its terms, none of them there yet."""
    if not units:
        return
    by_term: dict[int, array[int]] = defaultdict(lambda: array("I"))
    for unit in sorted(units):
        for number in set(units[unit]):
            by_term[number].append(unit)
    first = min(units)
    # In the order of the numbers, so that two transactions never wait for each other in a circle.
    rows = sorted(by_term.items())
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    for some in _in_parts(rows):
        session.execute(
            insert(MemoryPosting),
            [{"term": number, "first_unit": first, "units": _packed(ids)} for number, ids in some],
        )
    counted = insert(MemoryTerm)
    counted = counted.on_conflict_do_update(
        index_elements=[MemoryTerm.term], set_={"units": MemoryTerm.units + counted.excluded.units}
    )
    for some in _in_parts(rows):
        session.execute(counted, [{"term": number, "units": len(ids)} for number, ids in some])


def candidates(session: Session, terms: Iterable[int], most: int) -> list[int]:
    """The units that share the most of the rarest of `terms`; newest first where they share as many."""
    counts = _counts(session, terms)
    chosen: list[int] = []
    read = 0
    for count, number in sorted((count, number) for number, count in counts.items()):
        read += count
        if chosen and read > MOST_READ:
            break
        chosen.append(number)
    shared: Counter[int] = Counter()
    for ids in _postings(session, chosen).values():
        shared.update(ids)
    # The least number of shared stems with which a unit can be among the best, so that only those are sorted.
    tally, least, kept = Counter(shared.values()), 0, 0
    for least in sorted(tally, reverse=True):
        kept += tally[least]
        if kept >= most:
            break
    best = [(count, unit) for unit, count in shared.items() if count >= least]
    return [unit for _, unit in sorted(best, reverse=True)[:most]]


def having_all(session: Session, terms: Sequence[int]) -> list[int]:
    """The units in which all of `terms` may stand, newest first: it is enough to ask for the rarest."""
    wanted = set(terms)
    counts = _counts(session, wanted)
    if not wanted or len(counts) < len(wanted):
        return []
    found: set[int] | None = None
    for number in sorted(wanted, key=lambda one: (counts[one], one))[:RAREST]:
        ids = _postings(session, [number])[number]
        found = set(ids) if found is None else found.intersection(ids)
        if not found:
            break
    return sorted(found or (), reverse=True)


def _counts(session: Session, terms: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(MemoryTerm.term, MemoryTerm.units).where(MemoryTerm.term.in_(sorted(set(terms))))
    )
    return {row.term: row.units for row in rows}


def _postings(session: Session, terms: Iterable[int]) -> dict[int, array[int]]:
    found: dict[int, array[int]] = {number: array("I") for number in terms}
    rows = session.execute(
        select(MemoryPosting.term, MemoryPosting.units).where(MemoryPosting.term.in_(sorted(found)))
    )
    for number, packed in rows:
        found[number].extend(_unpacked(packed))
    return found


def _in_parts(rows: Sequence[Item]) -> Iterator[Sequence[Item]]:
    yield from (rows[at : at + ROWS_AT_ONCE] for at in range(0, len(rows), ROWS_AT_ONCE))


def _packed(ids: array[int]) -> bytes:
    if sys.byteorder == "big":
        ids = ids[:]
        ids.byteswap()
    return ids.tobytes()


def _unpacked(packed: bytes) -> array[int]:
    ids = array("I")
    ids.frombytes(packed)
    if sys.byteorder == "big":
        ids.byteswap()
    return ids
