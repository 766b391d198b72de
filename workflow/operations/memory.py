"""The memory of the organisation: fed by acceptance, asked at the desk, searched, exchanged as TMX.

A unit answers while the version that it comes from is accepted: a version that is opened again is
silent until it is accepted anew.  What a note above unclassified says is shown to those only who
may see that note; "unclassified" is, in every profile, a marking that may be published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from workflow.errors import InputRefused, Invalid
from workflow.letters import slots
from workflow.letters.slots import Slot
from workflow.memory import index, matching, search, tmx, units
from workflow.memory.matching import Asked, Match
from workflow.memory.units import Pair
from workflow.models import LanguageVersion, MemoryPosting, MemoryTerm, MemoryUnit, Note, Paragraph
from workflow.operations import texts
from workflow.operations.context import Work, begin_office, visible_notes
from workflow.states import Role, VersionState

LONGEST_QUESTION = 20_000
LONGEST_PHRASE = 300
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: units that are new, and units that the memory has already."""

    new: int
    known: int
    dry_run: bool


def remember(work: Work, note: Note, language: str) -> None:
    """Feeds the paragraphs of an accepted version; a part of its acceptance, in the same transaction."""
    pairs = [
        Pair(
            note.source_language,
            language,
            source.text,
            target.text,
            {
                "source": said(work, note, note.source_language, source.text),
                "target": said(work, note, language, target.text),
            },
            note.marking,
            note.id,
            paragraph.id,
        )
        for paragraph in texts.live_paragraphs(note)
        if (source := texts.text_in(paragraph, note.source_language)) is not None
        and (target := texts.text_in(paragraph, language)) is not None
        and source.text
        and target.text
    ]
    version = texts.version_of(note, language)
    by, at = version.accepted_by or work.actor.id, version.accepted_at or work.now()
    units.replace(work.session, work.profile.name, note.id, language, pairs, by, at)


def said(work: Work, note: Note, language: str, typed: str) -> dict[str, str]:
    """What each slot of a typed text says in a language; a slot that says nothing is left out."""
    found: dict[str, str] = {}
    try:
        parts = slots.parse(typed)
    except Invalid:
        return found
    day = note.approval.dated if note.approval else work.today()
    for part in parts:
        if isinstance(part, Slot):
            try:
                found[str(part)] = slots.resolve(part, language, note.slots, work.profile, day)
            except Invalid:
                continue
    return found


def reading(work: Work, note: Note, language: str, typed: str) -> str:
    """What a typed text of a note reads in a language."""
    return units.reads(typed, said(work, note, language, typed))


def is_open(work: Work, marking: str) -> bool:
    """Whether a marking is not above unclassified: what it marks may be published."""
    known = work.profile.markings.get(marking)
    return known is not None and known.publish


def admitted(work: Work) -> ColumnElement[bool]:
    """The condition on a unit that its note is accepted as it stands and the person may see what it says."""
    open_markings = [name for name in work.profile.markings if is_open(work, name)]
    of_a_note = (
        exists()
        .where(
            Note.id == MemoryUnit.note_id,
            LanguageVersion.note_id == MemoryUnit.note_id,
            LanguageVersion.language == MemoryUnit.target_language,
            LanguageVersion.state == VersionState.ACCEPTED,
            or_(Note.marking.in_(open_markings), visible_notes(work.actor)),
        )
        .correlate(MemoryUnit)
    )
    brought_in: ColumnElement[bool] = MemoryUnit.note_id.is_(None)
    if not work.actor.has(Role.REGISTRY, Role.DIRECTOR):
        brought_in = and_(brought_in, MemoryUnit.marking.in_(open_markings))
    return or_(brought_in, of_a_note)


def lookup(work: Work, source_language: str, target_language: str, text: str) -> list[Match]:
    """The matches of any text; raises NotAllowed, or Invalid for a language that the profile does not have."""
    begin_office(work, "search_memory")
    for code in (source_language, target_language):
        _require_language(work, code)
    if source_language == target_language:
        raise Invalid("same-language", "Source and target are the same language. Choose another target.")
    if len(text) > LONGEST_QUESTION:
        raise Invalid("too-long", "A paragraph has at most %(most)s characters.", most=LONGEST_QUESTION)
    typed = slots.literal(text)
    asked = Asked(work.profile.name, source_language, target_language, typed, text)
    return matching.matches(work.session, asked, admitted(work))


def matches_of(work: Work, note: Note, language: str, paragraph: Paragraph) -> list[Match]:
    """The matches of a paragraph's source, for its translation into `language`."""
    source = texts.text_in(paragraph, note.source_language)
    if source is None or language == note.source_language:
        return []
    reads = reading(work, note, note.source_language, source.text)
    asked = Asked(
        work.profile.name, note.source_language, language, source.text, reads, frozenset(note.slots)
    )
    return matching.matches(work.session, asked, admitted(work))


def find(work: Work, phrase: str, language: str = "", other: str = "") -> list[search.Hit]:
    """Every past pair that says a phrase in `language` (in any where it is empty)."""
    begin_office(work, "search_memory")
    wanted = " ".join(phrase.split())
    if len(wanted) > LONGEST_PHRASE:
        raise Invalid("phrase-long", "Search for at most %(most)s characters.", most=LONGEST_PHRASE)
    for code in (language, other):
        if code:
            _require_language(work, code)
    known = tuple(work.profile.languages)
    return search.find(
        work.session,
        work.profile.name,
        wanted,
        (language,) if language else known,
        (other,) if other else known,
        admitted(work),
    )


def notes_of(work: Work, ids: Sequence[int | None]) -> Mapping[int, Note]:
    """The notes that matches come from; `context.visible` says which of them may be opened."""
    wanted = sorted({one for one in ids if one is not None})
    return {note.id: note for note in work.session.scalars(select(Note).where(Note.id.in_(wanted)))}


def import_tmx(work: Work, data: bytes, name: str, *, dry_run: bool = False) -> Outcome:
    """Brings the units of a TMX file in, all of them or none.

    Raises InputRefused, naming the unit, for a file that is damaged, is no TMX, or holds a unit that
    cannot be kept.  Units of languages that the profile does not have are refused as well.
    """
    begin_office(work, "exchange_memory")
    pairs = list(tmx.read(data, name, frozenset(work.profile.languages), frozenset(work.profile.markings)))
    if not pairs:
        raise InputRefused("tmx-empty", "The file has no unit with a text in two languages of the profile.")
    open_marking = next((one for one in work.profile.markings if is_open(work, one)), "")
    pairs = [pair if pair.marking else tmx.marked(pair, open_marking) for pair in pairs]
    profile = work.profile.name
    known = units.known(work.session, profile, pairs)
    fresh: dict[int, Pair] = {}
    for pair in pairs:
        key = units.pair_key(profile, pair)
        if key not in known:
            fresh.setdefault(key, pair)
    outcome = Outcome(len(fresh), len(pairs) - len(fresh), dry_run)
    if not dry_run:
        units.add(work.session, profile, list(fresh.values()), work.actor.id, work.now())
        work.log("import_memory", "memory", file=name, new=outcome.new, known=outcome.known)
    return outcome


def export_tmx(work: Work, source_language: str = "", target_language: str = "") -> Iterator[bytes]:
    """The units that the person may see as TMX 1.4b, in the order in which they came; logs nothing: a look."""
    begin_office(work, "exchange_memory")
    for code in (source_language, target_language):
        if code:
            _require_language(work, code)
    statement = (
        select(*matching.COLUMNS, Note)
        .outerjoin(Note, Note.id == MemoryUnit.note_id)
        .where(MemoryUnit.profile == work.profile.name, MemoryUnit.withdrawn_at.is_(None), admitted(work))
    )
    if source_language:
        statement = statement.where(MemoryUnit.source_language == source_language)
    if target_language:
        statement = statement.where(MemoryUnit.target_language == target_language)

    def rows() -> Iterator[tuple[Pair, str, date]]:
        after = 0
        while True:
            some = work.session.execute(
                statement.where(MemoryUnit.id > after).order_by(MemoryUnit.id).limit(ROWS_AT_ONCE)
            ).all()
            for row in some:
                pair = units.pair_of(row)
                # The marking of a note of ours is the one that it has now.
                pair = tmx.marked(pair, row.Note.marking) if row.Note is not None else pair
                yield pair, row.Note.name if row.Note is not None else "", row.dated or row.made_at.date()
            if len(some) < ROWS_AT_ONCE:
                return
            after = some[-1].id

    return tmx.write(rows(), work.profile.source_language)


def rebuild(work: Work) -> tuple[int, int]:
    """Feeds every accepted version anew and makes the index from nothing; gives versions and units.

    For an installation that has notes from before there was a memory, or whose index is doubted:
    the answers are the same afterwards.
    """
    begin_office(work, "exchange_memory")
    versions = list(
        work.session.scalars(
            select(LanguageVersion)
            .where(LanguageVersion.state == VersionState.ACCEPTED, LanguageVersion.is_source.is_(False))
            .order_by(LanguageVersion.id)
        )
    )
    fed = {
        (row.note_id, row.target_language)
        for row in work.session.execute(
            select(MemoryUnit.note_id, MemoryUnit.target_language)
            .where(MemoryUnit.note_id.is_not(None), MemoryUnit.withdrawn_at.is_(None))
            .distinct()
        )
    }
    _empty_index(work)
    for version in versions:
        if (version.note_id, version.language) not in fed:
            remember(work, work.session.get_one(Note, version.note_id), version.language)
    _empty_index(work)
    after, count = 0, 0
    while True:
        rows = work.session.execute(
            select(MemoryUnit.profile, *matching.COLUMNS)
            .where(MemoryUnit.id > after)
            .order_by(MemoryUnit.id)
            .limit(units.ROWS_AT_ONCE * 10)
        ).all()
        if not rows:
            break
        index.add(
            work.session, {row.id: units.terms_of_pair(row.profile, units.pair_of(row)) for row in rows}
        )
        after, count = rows[-1].id, count + len(rows)
    work.log("rebuild_memory", "memory", versions=len(versions), units=count)
    return len(versions), count


def _empty_index(work: Work) -> None:
    work.session.execute(delete(MemoryPosting))
    work.session.execute(delete(MemoryTerm))


def size(work: Work) -> dict[str, int]:
    """How many units answer, and from how many notes; the others were brought in from files."""
    here = (MemoryUnit.profile == work.profile.name, MemoryUnit.withdrawn_at.is_(None), admitted(work))
    total, notes = work.session.execute(
        select(func.count(MemoryUnit.id), func.count(MemoryUnit.note_id.distinct())).where(*here)
    ).one()
    return {"units": total, "notes": notes}


def _require_language(work: Work, code: str) -> None:
    if code not in work.profile.languages:
        raise Invalid(
            "no-such-language",
            "The profile has no language “%(language)s”. Choose one of %(languages)s.",
            language=code,
            languages=", ".join(work.profile.languages),
        )
