"""Remarks: what one person tells another about a version; never part of the note."""

from __future__ import annotations

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.models import Note, Remark
from workflow.operations import texts
from workflow.operations.context import Work, note_subject, visible
from workflow.permissions import STATE_WORDS
from workflow.states import NoteState, Role

LONGEST = 2000
# After dispatch a note never changes, and nothing that is said of it could change it.
ENDED = (NoteState.DISPATCHED, NoteState.WITHDRAWN)


def may_remark(work: Work, note: Note) -> bool:
    """Whether the person may write a remark: everybody who sees a note that has not ended."""
    return note.state not in ENDED and visible(work.actor, note)


def remark(
    work: Work, note: Note, text: str, *, language: str | None = None, ordinal: int | None = None
) -> Remark:
    """Writes a remark on the note, on one language, or on one paragraph (counted from 1)."""
    if not visible(work.actor, note):
        raise NotAllowed("wrong-role", "Only who may see the note may remark on it.")
    if note.state in ENDED:
        raise Conflict(
            "wrong-state",
            "The note is %(state)s, so nothing can be changed about it and no remark is taken.",
            state=STATE_WORDS[note.state],
        )
    words = text.strip()
    if not words:
        raise Invalid("remark-missing", "Write the remark.")
    if len(words) > LONGEST:
        raise Invalid("remark-long", "The remark has more than 2,000 characters. Shorten it.")
    if language is not None:
        texts.version_of(note, language)
    paragraph = None
    if ordinal is not None:
        paragraph = next((one for one in texts.live_paragraphs(note) if one.ordinal == ordinal), None)
        if paragraph is None:
            raise Invalid("no-such-paragraph", "The note has no paragraph %(ordinal)s.", ordinal=ordinal)
    row = Remark(
        note_id=note.id,
        language=language,
        paragraph_id=paragraph.id if paragraph else None,
        text=words,
        made_by=work.actor.id,
        made_at=work.now(),
    )
    work.session.add(row)
    work.session.flush()
    work.log("remark", note_subject(note), remark=row.id, language=language, paragraph=row.paragraph_id)
    return row


def may_settle(work: Work, note: Note, row: Remark) -> bool:
    """Whether the person may settle a remark: its writer, the registry, and who works on its version."""
    if note.state in ENDED or row.settled_at is not None:
        return False
    if row.made_by == work.actor.id or work.actor.has(Role.REGISTRY):
        return True
    concerned = [version for version in note.versions if row.language in (None, version.language)]
    return any(texts.duty_of(version, work.actor.id) for version in concerned)


def settle(work: Work, note: Note, remark_id: int) -> Remark:
    """Marks a remark as settled; harmless when it is settled already."""
    row = work.session.get(Remark, remark_id)
    if row is None or row.note_id != note.id or not visible(work.actor, note):
        raise NotFound("no-such-remark", "The note has no such remark.")
    if row.settled_at is not None:
        return row
    if not may_settle(work, note, row):
        raise NotAllowed(
            "not-yours",
            "Only the registry, the writer of the remark and who works on the text may settle it.",
        )
    row.settled_at = work.now()
    work.session.flush()
    work.log("settle_remark", note_subject(note), remark=row.id)
    return row
