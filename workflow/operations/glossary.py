"""The glossary of the organisation: the profile's own list, and concepts brought in as TBX."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select

from workflow.errors import InputRefused, NotFound
from workflow.letters.calendar import holds, overlap
from workflow.memory import glossary, tbx
from workflow.memory.glossary import Entry, Glossary, Use
from workflow.models import GlossaryEntry, Note
from workflow.operations.context import Work, begin_office
from workflow.operations.memory import Outcome
from workflow.states import Role


def whole(work: Work) -> Glossary:
    """The glossary as it stands: for whoever writes, reviews and keeps notes."""
    rows = work.session.scalars(
        select(GlossaryEntry).where(GlossaryEntry.profile == work.profile.name).order_by(GlossaryEntry.id)
    )
    return glossary.of(work.profile, rows)


def browse(
    work: Work, query: str = "", language: str = "", day: date | None = None
) -> dict[str, tuple[Entry, ...]]:
    """The concepts with a word that has `query` in it, by stem or by letters; all where it is empty.

    Only words of `language`, and only words valid on `day`, where these are given; concepts are in
    the order of the profile's own list, then of their coming in.
    """
    begin_office(work, "search_memory" if not work.actor.has(Role.ADMINISTRATOR) else "exchange_memory")
    found = {}
    for concept, entries in whole(work).entries.items():
        kept = tuple(
            entry
            for entry in entries
            if (not language or entry.language == language) and (day is None or holds(entry, day))
        )
        if kept and (not query or any(glossary.says(entry, query) for entry in kept)):
            found[concept] = kept
    return found


def uses(work: Work, note: Note, language: str, source: str, target: str) -> tuple[Use, ...]:
    """The glossary's concepts in a paragraph of a note as it reads, and their use in its translation."""
    day = note.approval.dated if note.approval else work.today()
    return glossary.uses(whole(work), note.source_language, language, source, target, day)


def import_tbx(work: Work, data: bytes, name: str, *, dry_run: bool = False) -> Outcome:
    """Brings the concepts of a TBX file in, all of them or none.

    A concept takes the place of the one of the same name; concepts that the file does not have stay.
    Raises InputRefused, naming the concept, for a file that is damaged, foreign, or cannot be kept.
    """
    begin_office(work, "exchange_memory")
    entries = tbx.read(data, name, frozenset(work.profile.languages))
    if not entries:
        raise InputRefused("tbx-empty", "The file has no term in a language of the profile.")
    given = _by_concept(entries)
    for concept, found in given.items():
        _require_periods(name, concept, found)
    standing = whole(work)
    fresh = {
        concept: found
        for concept, found in given.items()
        if _plain(found) != _plain(standing.entries.get(concept, ()))
    }
    outcome = Outcome(len(fresh), len(given) - len(fresh), dry_run)
    if not dry_run and fresh:
        profile = work.profile.name
        for concept in fresh:
            _take_out(work, profile, concept)
        work.session.add_all(
            GlossaryEntry(
                profile=profile,
                concept=concept,
                language=entry.language,
                term=entry.term,
                forms=list(entry.forms),
                forbidden=list(entry.forbidden),
                note=entry.note,
                since=entry.since,
                until=entry.until,
                origin=name[:200],
                made_by=work.actor.id,
                made_at=work.now(),
            )
            for concept, found in fresh.items()
            for entry in found
        )
    if not dry_run:
        work.log("import_glossary", "glossary", file=name, new=outcome.new, known=outcome.known)
    return outcome


def export_tbx(work: Work, edition: str = "2008") -> bytes:
    """The whole glossary as TBX-Basic, in the edition of 2008 or 2019."""
    begin_office(work, "exchange_memory")
    profile = work.profile
    title = profile.title[profile.source_language]
    return tbx.write(whole(work).all(), title, profile.source_language, edition)


def remove(work: Work, concept: str) -> None:
    """Takes a concept that was brought in out again; where the profile has one of the name, it counts anew."""
    begin_office(work, "exchange_memory")
    if not _take_out(work, work.profile.name, concept):
        raise NotFound(
            "no-such-concept",
            "No concept “%(concept)s” was brought in from a file. What the profile says is changed in the profile.",
            concept=concept,
        )
    work.log("remove_concept", "glossary", concept=concept)


def _take_out(work: Work, profile: str, concept: str) -> bool:
    there = work.session.scalar(
        select(func.count(GlossaryEntry.id)).where(
            GlossaryEntry.profile == profile, GlossaryEntry.concept == concept
        )
    )
    work.session.execute(
        delete(GlossaryEntry).where(GlossaryEntry.profile == profile, GlossaryEntry.concept == concept)
    )
    return bool(there)


def _by_concept(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.concept, []).append(entry)
    return found


def _require_periods(name: str, concept: str, entries: Iterable[Entry]) -> None:
    languages: dict[str, list[Entry]] = {}
    for entry in entries:
        languages.setdefault(entry.language, []).append(entry)
    for language, found in languages.items():
        if overlap(found):
            raise InputRefused(
                "tbx-periods",
                "%(file)s is refused, and nothing was changed: concept “%(concept)s” has two words in "
                "%(language)s on one day.",
                file=name,
                concept=concept,
                language=language,
            )


def _plain(entries: Iterable[Entry]) -> list[tuple[object, ...]]:
    return sorted(
        (
            entry.language,
            entry.term,
            entry.forms,
            entry.forbidden,
            entry.note,
            entry.since.isoformat() if entry.since else "",
            entry.until.isoformat() if entry.until else "",
        )
        for entry in entries
    )
