"""Translations handed out to other programs, and taken back: all or nothing, first as a trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from workflow import exchange
from workflow.errors import Conflict, Invalid, Phrase, Refusal, Stale
from workflow.exchange import Change, Difference, Handover, Matched, Standing, Unit
from workflow.letters import slots
from workflow.models import LanguageVersion, Note, Paragraph, ParagraphText, Revision
from workflow.operations import formulas, texts, translation
from workflow.operations.context import Work, begin, note_subject
from workflow.states import VersionState
from workflow.store import sha256


@dataclass(frozen=True)
class File:
    """A file that is handed out: its name in ASCII, its media type, its bytes."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do when it is taken.

    `changes` are the paragraphs that get a new text, `confirmed` the stale ones that the file says
    still render their source; `differences` were changed here meanwhile, and while there is one
    nothing is taken; `untranslated` are the places of paragraphs that the file leaves open.
    """

    changes: tuple[Change, ...]
    confirmed: tuple[Change, ...]
    differences: tuple[Difference, ...]
    untranslated: tuple[int, ...]
    unchanged: int
    dry_run: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self.changes and not self.confirmed


def export(work: Work, note: Note, language: str, name: str, say: Callable[[str], str] = str) -> File:
    """A version as a file in one of `exchange.FORMATS`; `say` words its sentences for the reader.

    Whoever may see the note may take it away; nothing is written.  Raises NotFound for a language or a
    form that there is not, and Invalid for the source itself or a text that no file can hold.
    """
    data = exchange.write(handover(work, note, language), name, say)
    form = exchange.FORMATS[name]
    return File(f"{note.reference}.{note.source_language}-{language}.{form.suffix}", form.media, data)


def handover(work: Work, note: Note, language: str) -> Handover:
    """A version as it stands, for a file or to hold a file against."""
    version = texts.version_of(note, language)
    if version.is_source:
        raise Invalid(
            "exchange-source", "This is the source. Choose the language into which it is translated."
        )
    stale = {one.id for one in texts.stale_paragraphs(note, language)}
    units = [_locked(work, note, language, "opening")]
    units += [_unit(work, note, version, one, one.id in stale) for one in texts.live_paragraphs(note)]
    units.append(_locked(work, note, language, "closing"))
    return Handover(
        reference=note.reference,
        title=note.titles.get(note.source_language, ""),
        source_language=note.source_language,
        target_language=language,
        units=tuple(one for one in units if one is not None),
        rtl=frozenset(code for code, known in work.profile.languages.items() if known.direction == "rtl"),
        removed=frozenset(f"p{one.id}" for one in note.paragraphs if one.removed_at is not None),
    )


def _locked(work: Work, note: Note, language: str, name: str) -> Unit | None:
    source = formulas.shown(work, note, note.source_language, name)
    target = formulas.shown(work, note, language, name)
    if not source:
        return None
    return Unit(name, 0, slots.literal(source), slots.literal(target), standing=Standing.LOCKED)


def _unit(work: Work, note: Note, version: LanguageVersion, paragraph: Paragraph, stale: bool) -> Unit:
    language = version.language
    source, target = texts.text_in(paragraph, note.source_language), texts.text_in(paragraph, language)
    words = source.text if source else ""
    written = target.text if target else ""
    if not written:
        standing = Standing.OPEN
    elif stale:
        standing = Standing.STALE
    else:
        standing = Standing.AGREED if version.state is VersionState.ACCEPTED else Standing.DONE
    forms = {name: _forms(work, note, name, language) for name in slots.names(words)}
    return Unit(
        key=f"p{paragraph.id}",
        ordinal=paragraph.ordinal,
        source=words,
        target=written,
        revision=target.revision if target else 0,
        standing=standing,
        reads=_readings(work, note, {"source": (note.source_language, words), "target": (language, written)}),
        forms={name: tuple(form for form in found if form) for name, found in forms.items()},
        former_sources=frozenset(_history(work, source).values()) - {words},
        earlier=_history(work, target),
        notes=tuple(_notes(target, standing, forms)),
    )


def _history(work: Work, text: ParagraphText | None) -> dict[int, str]:
    if text is None:
        return {}
    rows = work.session.scalars(select(Revision).where(Revision.text_id == text.id))
    return {row.revision: row.text for row in rows}


def _readings(work: Work, note: Note, sides: dict[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    found = {}
    for side, (language, text) in sides.items():
        for part in slots.parse(text):
            if isinstance(part, slots.Slot):
                found[side, str(part)] = _reads(work, note, part, language) or str(part)
    return found


def _reads(work: Work, note: Note, slot: slots.Slot, language: str) -> str:
    """What a slot says in a language; empty where it says nothing."""
    day = note.approval.dated if note.approval else work.today()
    try:
        return slots.resolve(slot, language, note.slots, work.profile, day)
    except Refusal:
        return ""


def _forms(work: Work, note: Note, name: str, language: str) -> dict[str, str]:
    """The forms in which a slot can be written, each with what it says; "" is the ordinary one."""
    known = slots.forms(name, language, note.slots, work.profile)
    found = {"": _reads(work, note, slots.Slot(name), language)}
    found |= {form: _reads(work, note, slots.Slot(name, form), language) for form in known}
    return {form: words for form, words in found.items() if words}


def _notes(target: ParagraphText | None, standing: Standing, forms: dict[str, dict[str, str]]) -> list[str]:
    notes: list[str] = []
    if standing is Standing.STALE and target is not None and target.source_seen:
        notes.append(
            Phrase("The source changed after this was translated. It was: %(text)s", text=target.source_seen)
        )
    for name, found in forms.items():
        written = "; ".join(
            f"{slots.Slot(name, form or None)} = {words}" for form, words in list(found.items())[:12]
        )
        if len(found) > 1:
            notes.append(Phrase("Forms of {%(name)s}: %(forms)s", name=name, forms=written))
    return notes


def import_translation(
    work: Work, note: Note, language: str, data: bytes, filename: str, *, dry_run: bool = False
) -> Outcome:
    """Takes a translated file back, paragraph by paragraph, on the same path as typing it at the desk.

    With `dry_run` nothing is kept, and the outcome says what would happen.  Raises InputRefused for a
    file that is damaged or of something else, with each unit named; Conflict when a paragraph was
    changed here meanwhile; Invalid for a text that cannot be kept; and what `save_paragraph` refuses.
    Then nothing at all is changed.
    """
    begin(work, note, "save_paragraph")
    version = texts.version_of(note, language)
    texts.require_open(work, version)
    matched = exchange.match(handover(work, note, language), exchange.read(data, filename))
    if matched.differences and not dry_run:
        raise Conflict(
            "exchange-conflict",
            "Nothing was taken: %(count)s paragraphs were changed here after the file was handed out. "
            "Look at what differs, settle it at the desk, or hand the version out again.",
            count=len(matched.differences),
            details=tuple(_told(one) for one in matched.differences),
        )
    faults: list[str] = []
    with work.session.begin_nested() as savepoint:
        for change in matched.changes:
            try:
                translation.save_paragraph(
                    work, note, language, int(change.key[1:]), change.after, change.revision
                )
            except (Invalid, Stale) as refusal:
                place = Phrase("Paragraph %(ordinal)s", ordinal=change.ordinal)
                faults.append(Phrase("%(unit)s: %(fault)s", unit=place, fault=refusal.phrase))
        if dry_run or faults:
            savepoint.rollback()
    if faults:
        raise Invalid(
            "exchange-faults",
            "The file was not taken, and nothing was changed: %(count)s paragraphs cannot be kept as they are. "
            "Correct them, then bring the file in again.",
            count=len(faults),
            details=tuple(faults),
        )
    if not dry_run and matched.changes:
        work.log(
            "import_translation",
            note_subject(note),
            language=language,
            sha256=sha256(data),
            paragraphs=[int(change.key[1:]) for change in matched.changes],
        )
    return _outcome(matched, dry_run)


def _outcome(matched: Matched, dry_run: bool) -> Outcome:
    return Outcome(
        changes=tuple(one for one in matched.changes if one.before != one.after),
        confirmed=tuple(one for one in matched.changes if one.before == one.after),
        differences=matched.differences,
        untranslated=matched.untranslated,
        unchanged=matched.unchanged,
        dry_run=dry_run,
    )


KINDS = {
    "text": Phrase("its translation was changed here, and the file has another one"),
    "source": Phrase("its source was changed after the file was handed out"),
    "removed": Phrase("it was taken out of the note after the file was handed out"),
}


def _told(difference: Difference) -> str:
    place = Phrase("Paragraph %(ordinal)s", ordinal=difference.ordinal or difference.key)
    return Phrase("%(unit)s: %(fault)s.", unit=place, fault=KINDS[difference.kind])
