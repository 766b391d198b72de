"""Remarks: what one person tells another about a version; never part of the note."""

from __future__ import annotations

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound, Phrase
from workflow.models import Note, Remark, RemarkTurn
from workflow.operations import notices, texts
from workflow.operations.context import Work, note_subject, visible
from workflow.permissions import STATE_WORDS
from workflow.states import NoteState, Role

LONGEST = 2000
# After dispatch a note never changes, and nothing that is said of it could change it.
ENDED = (NoteState.DISPATCHED, NoteState.WITHDRAWN)

NOT_YOURS = Phrase("Only the registry, the writer of the remark and who works on the text may settle it.")


def may_remark(work: Work, note: Note) -> bool:
    """Whether the person may write a remark: everybody who sees a note that has not ended."""
    return note.state not in ENDED and visible(work.actor, note)


def remark(
    work: Work, note: Note, text: str, *, language: str | None = None, ordinal: int | None = None
) -> Remark:
    """Writes a remark on the note, on one language, or on one paragraph (counted from 1)."""
    if not visible(work.actor, note):
        raise NotAllowed("wrong-role", "Only who may see the note may remark on it.")
    _require_open(note)
    words = _words(text)
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
    notices.remarked(work, note, row)
    return row


def _require_open(note: Note) -> None:
    if note.state in ENDED:
        raise Conflict(
            "wrong-state",
            "The note is %(state)s, so nothing can be changed about it and no remark is taken.",
            state=STATE_WORDS[note.state],
        )


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid("remark-missing", "Write the remark.")
    if len(words) > LONGEST:
        raise Invalid("remark-long", "The remark has more than 2,000 characters. Shorten it.")
    return words


def reply(work: Work, note: Note, remark_id: int, text: str) -> Remark:
    """Answers a remark that is not settled."""
    row = _find(work, note, remark_id)
    _require_open(note)
    if row.settled_at is not None:
        raise Conflict("remark-settled", "The remark is settled. Open it again, then answer.")
    turn = _turn(work, row, "reply", _words(text))
    work.log("reply_to_remark", note_subject(note), remark=row.id, turn=turn.id)
    notices.replied(work, note, row, turn.id)
    return row


def may_reopen(work: Work, note: Note, row: Remark) -> bool:
    """Whether the person may open a settled remark again: who could have settled it."""
    return note.state not in ENDED and row.settled_at is not None and _concerns(work, note, row)


def reopen(work: Work, note: Note, remark_id: int) -> Remark:
    """Opens a settled remark again; harmless when it is open."""
    row = _find(work, note, remark_id)
    if row.settled_at is None:
        return row
    _require_open(note)
    if not may_reopen(work, note, row):
        raise NotAllowed("not-yours", NOT_YOURS)
    row.settled_at = None
    _turn(work, row, "reopened")
    work.log("reopen_remark", note_subject(note), remark=row.id)
    return row


def still_open(work: Work, note: Note, language: str) -> list[Remark]:
    """The remarks that wait for somebody, on a language or on the whole note; oldest first."""
    return list(
        work.session.scalars(
            select(Remark)
            .where(
                Remark.note_id == note.id,
                Remark.settled_at.is_(None),
                Remark.language.is_(None) | (Remark.language == language),
            )
            .order_by(Remark.id)
        )
    )


def _find(work: Work, note: Note, remark_id: int) -> Remark:
    row = work.session.get(Remark, remark_id)
    if row is None or row.note_id != note.id or not visible(work.actor, note):
        raise NotFound("no-such-remark", "The note has no such remark.")
    return row


def _turn(work: Work, row: Remark, turn: str, text: str = "") -> RemarkTurn:
    made = RemarkTurn(turn=turn, text=text, made_by=work.actor.id, made_at=work.now())
    row.turns.append(made)
    work.session.flush()
    return made


def may_settle(work: Work, note: Note, row: Remark) -> bool:
    """Whether the person may settle a remark: its writer, the registry, and who works on its version."""
    return note.state not in ENDED and row.settled_at is None and _concerns(work, note, row)


def _concerns(work: Work, note: Note, row: Remark) -> bool:
    if row.made_by == work.actor.id or work.actor.has(Role.REGISTRY):
        return True
    concerned = [version for version in note.versions if row.language in (None, version.language)]
    return any(texts.duty_of(version, work.actor.id) for version in concerned)


def settle(work: Work, note: Note, remark_id: int) -> Remark:
    """Marks a remark as settled; harmless when it is settled already."""
    row = _find(work, note, remark_id)
    if row.settled_at is not None:
        return row
    if not may_settle(work, note, row):
        raise NotAllowed("not-yours", NOT_YOURS)
    row.settled_at = work.now()
    _turn(work, row, "settled")
    work.log("settle_remark", note_subject(note), remark=row.id)
    return row
