"""The comparison of a note's versions by the profile and the glossary as they stand."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from workflow import concordance
from workflow.concordance import Finding
from workflow.letters import profile as profiles
from workflow.memory.glossary import Entry
from workflow.operations import glossary
from workflow.operations.context import Work


def findings(work: Work, versions: tuple[tuple[str, str], ...], day: date) -> tuple[Finding, ...]:
    """What differs between whole texts, as (language, text), with the words that hold on a day."""
    words = tuple(glossary.whole(work).all())
    return _compared(work.settings.profile, work.profile.digest, versions, day, words)


@lru_cache(maxsize=64)
def _compared(
    profile: str,
    _digest: str,
    versions: tuple[tuple[str, str], ...],
    day: date,
    words: tuple[Entry, ...],
) -> tuple[Finding, ...]:
    """The comparison, kept for the next page that asks: it depends on nothing but what it is given."""
    terms: dict[str, dict[str, list[Entry]]] = {}
    for entry in words:
        terms.setdefault(entry.concept, {}).setdefault(entry.language, []).append(entry)
    return tuple(concordance.compare(profiles.load(profile), dict(versions), day=day, glossary=terms))
