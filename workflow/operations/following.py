"""Notes that belong to another: those that follow a dispatched one, and siblings to another audience.

A dispatched note never changes, so whatever is to be said after it is a note of its own that names it
as its parent.  A sibling says the same to another audience (observers, civil society) by another kind of
the profile, in the same dossier: texts, translations and enclosures are copied, addressees are its own.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, or_, select

from workflow.errors import Conflict, Invalid, NotAllowed
from workflow.letters.organisation import Profile
from workflow.models import Enclosure, EnclosureVersion, Note, ParagraphText, Revision
from workflow.operations import choices, lineage, texts
from workflow.operations.context import Work, find_note, visible_notes
from workflow.operations.submission import Submission
from workflow.states import NoteState, Role

SIBLING = "sibling"


def parent_of(work: Work, submission: Submission) -> Note | None:
    """The note that a new one follows, or is a sibling of; None for a note of its own."""
    if not submission.parent:
        if submission.relation or submission.concerns:
            raise Invalid("parent-missing", "Name the note that this one follows, or leave out how it does.")
        return None
    parent = find_note(work, submission.parent)
    if submission.relation == SIBLING:
        # All siblings hang on the first, so that each sees all the others.
        first = parent.parent_id if parent.relation == SIBLING else None
        return work.session.get_one(Note, first) if first is not None else parent
    if parent.state is not NoteState.DISPATCHED:
        raise Conflict(
            "parent-state",
            "%(note)s is not dispatched, so nothing can follow it yet. Change it itself.",
            note=parent.name,
        )
    if submission.relation not in lineage.RELATIONS:
        raise Invalid(
            "no-such-relation",
            "A note follows another as %(known)s, not as “%(relation)s”.",
            known=", ".join((*lineage.RELATIONS, SIBLING)),
            relation=submission.relation,
        )
    return parent


def begun_like(profile: Profile, submission: Submission, parent: Note) -> Submission:
    """The submission of a following note; what it leaves out is as in the note that it follows.

    A correction of what may not go by mail would otherwise begin as something that may.
    """
    kind = submission.kind or choices.kind_like(profile, parent.kind, bool(submission.enclosures))
    given = bool(submission.kind) and kind != parent.kind
    return replace(
        submission,
        kind=kind,
        series=submission.series or ("" if given else parent.series),
        marking=submission.marking or parent.marking,
        source_language=submission.source_language or parent.source_language,
    )


def original_of(work: Work, submission: Submission) -> Note | None:
    """The note that a sibling is copied from; None for any other note."""
    if submission.relation != SIBLING:
        return None
    if not work.actor.has(Role.REGISTRY):
        raise NotAllowed("sibling-role", "Only the registry may make a sibling of a note.")
    original = find_note(work, submission.parent)
    if original.state is NoteState.WITHDRAWN:
        raise Conflict(
            "sibling-withdrawn",
            "%(note)s is withdrawn, so it gets no sibling. Begin a new note.",
            note=original.name,
        )
    return original


def like(submission: Submission, original: Note) -> Submission:
    """The submission of a sibling, with what it leaves out as the original has it."""
    source = submission.source_language or original.source_language
    written = [text.text for one in texts.live_paragraphs(original) if (text := texts.text_in(one, source))]
    return replace(
        submission,
        titles={
            **original.titles,
            **{code: text for code, text in submission.titles.items() if text.strip()},
        },
        source_language=source,
        marking=submission.marking or original.marking,
        slots={**original.slots, **submission.slots},
        particulars=submission.particulars or original.particulars,
        paragraphs=submission.paragraphs or written,
        due=submission.due or original.due,
    )


def linked(work: Work, note: Note) -> list[tuple[Note, str]]:
    """The notes of the same dossier that the person may see, with what each is to `note`.

    That is `parent` for the note that it follows, `sibling`, or how the other one follows it.
    """
    first = note.parent_id if note.relation == SIBLING else note.id
    rows = work.session.scalars(
        select(Note)
        .where(
            or_(Note.id == note.parent_id, Note.parent_id == note.id, Note.id == first, _sibling_of(first))
        )
        .where(Note.id != note.id, visible_notes(work.actor))
        .order_by(Note.id)
    )
    found = []
    for row in rows:
        if row.parent_id == note.id:
            found.append((row, row.relation or ""))
        else:
            found.append((row, SIBLING if note.relation == SIBLING else "parent"))
    return found


def _sibling_of(first: int | None) -> ColumnElement[bool]:
    return (Note.parent_id == first) & (Note.relation == SIBLING)


def copy_translations(work: Work, note: Note, original: Note) -> None:
    """Copies the other languages of every paragraph whose source text is that of the original.

    They are still to be submitted and reviewed; who wrote them stays on them, so that nobody reviews
    their own words in another note.
    """
    known = {
        source.text: paragraph
        for paragraph in texts.live_paragraphs(original)
        if (source := texts.text_in(paragraph, original.source_language))
    }
    for paragraph in texts.live_paragraphs(note):
        source = texts.text_in(paragraph, note.source_language)
        same = known.get(source.text) if source and note.source_language == original.source_language else None
        for row in same.texts if source and same else ():
            if (
                row.language != note.source_language
                and row.text
                and source
                and row.source_seen == source.text
            ):
                _copy(work, row, paragraph.id, source.text)
    work.session.expire(note, ["paragraphs"])


def _copy(work: Work, row: ParagraphText, paragraph_id: int, source: str) -> None:
    now = work.now()
    copied = ParagraphText(
        paragraph_id=paragraph_id,
        language=row.language,
        text=row.text,
        source_seen=source,
        changed_by=row.changed_by,
        changed_at=now,
    )
    work.session.add(copied)
    work.session.flush()
    work.session.add(
        Revision(
            text_id=copied.id,
            revision=copied.revision,
            text=row.text,
            changed_by=row.changed_by,
            changed_at=now,
        )
    )
    work.session.flush()


def copy_enclosures(work: Work, note: Note, original: Note) -> None:
    """Encloses what the original encloses: the same files, frozen and counted already."""
    for enclosure in original.enclosures:
        copied = Enclosure(
            note_id=note.id,
            ordinal=len(note.enclosures) + 1,
            titles=dict(enclosure.titles),
            origin=enclosure.origin,
            added_by=work.actor.id,
            added_at=work.now(),
        )
        copied.versions = [
            EnclosureVersion(
                upload_id=version.upload_id,
                language=version.language,
                standing=version.standing,
                original_name=version.original_name,
                original_sha256=version.original_sha256,
                frozen_sha256=version.frozen_sha256,
                pages=version.pages,
            )
            for version in enclosure.versions
        ]
        note.enclosures.append(copied)
    work.session.flush()
