"""Whether a file is what the secretariat dispatched: by its digest, by its seal, by the register.

The three are asked apart, since each can fail alone: a file that was saved anew has another digest
under a broken seal; one from an installation that is gone has a whole seal and no record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select

from workflow.errors import Phrase
from workflow.letters.seal import verdict
from workflow.letters.seal.verdict import NO_SEAL, SealState, Verdict
from workflow.models import Approval, Document, Enclosure, EnclosureVersion, Note
from workflow.operations import sealing
from workflow.operations.context import Work
from workflow.operations.documents import Checked
from workflow.store import sha256

# Where a PDF may have ended before something was added behind it, and how many such places are tried.
_END = b"%%EOF"
_ENDS = 12

RESULTS = {
    "genuine": Phrase("Yes: this is, byte for byte, a file that was dispatched."),
    "unsealed": Phrase(
        "This is the text of a dispatched note without its seal, not the sealed file that was dispatched."
    ),
    "altered": Phrase("No: this was a dispatched file, and was changed afterwards."),
    "sealed": Phrase("The seal is the organisation's, but this installation did not dispatch this file."),
    "unknown": Phrase("No: this is not a file that was dispatched here."),
}


@dataclass(frozen=True)
class Part:
    """The part of a dispatched note that a file is: number and date, and which file; nothing else is told."""

    symbol: str
    dated: date
    language: str
    format: str
    ordinal: int | None = None

    @property
    def words(self) -> str:
        """The part in English."""
        if self.ordinal is not None:
            return f"enclosure {self.ordinal} in {self.language}"
        return f"the note in {self.language}, as {self.format.upper()}"


@dataclass(frozen=True)
class Answer:
    """What is known of a file: `result` is a key of RESULTS, `seal` what holds of its seal.

    `part` is what the register has of it: for an altered file, what it was before; None where the
    register knows nothing of it.
    """

    result: str
    sha256: str
    seal: Verdict = field(default=NO_SEAL)
    part: Part | None = None

    @property
    def genuine(self) -> bool:
        """Whether the file is exactly what was dispatched."""
        return self.result == "genuine"


def whose(work: Work, data: bytes) -> Answer:
    """Which dispatched note a file is part of; it is compared, judged and not kept.

    Raises Unavailable where the file has a seal and no child process starts to look at it.
    """
    digest = sha256(data)
    found = _find(work, digest)
    if found is not None:
        part, document = found
        if document is None or document.sealed_sha256 is None or document.sealed_at is None:
            return Answer("genuine", digest, part=part)
        if document.sealed_sha256 != digest:
            return Answer("unsealed", digest, part=part)
        # The file is our own to the last byte, so it is safe to read here, at the time of its sealing.
        seal = verdict.examine(data, sealing.trust(work), document.sealed_at)
        return Answer("genuine", digest, seal, part)
    seal = verdict.examine_foreign(data, sealing.trust(work), work.now())
    before = _before(work, data)
    if before is not None or seal.state in (SealState.ALTERED, SealState.EXTENDED):
        return Answer("altered" if before or seal.certificate else "unknown", digest, seal, before)
    if seal.state in (SealState.INTACT, SealState.EXPIRED):
        return Answer("sealed", digest, seal)
    return Answer("unknown", digest, seal)


def _before(work: Work, data: bytes) -> Part | None:
    """The dispatched file that `data` begins with, if it does: what is added to a PDF is added behind it."""
    at = -1
    for _ in range(_ENDS):
        at = data.find(_END, at + 1)
        if at < 0:
            return None
        end = at + len(_END)
        # A file ends there, or after the end of that line.
        for tail in (b"", b"\n", b"\r\n", b"\r"):
            if data[end : end + len(tail)] == tail and end + len(tail) < len(data):
                found = _find(work, sha256(data[: end + len(tail)]))
                if found is not None:
                    return found[0]
    return None


def _find(work: Work, digest: str) -> tuple[Part, Document | None] | None:
    """The dispatched document or enclosure of a digest, with or without its seal."""
    row = work.session.execute(
        select(Document, Note, Approval)
        .join(Approval, Approval.id == Document.approval_id)
        .join(Note, Note.approval_id == Approval.id)
        .where(
            or_(Document.sha256 == digest, Document.sealed_sha256 == digest), Note.dispatched_at.is_not(None)
        )
    ).first()
    if row is not None:
        document, note, approval = row
        assert note.symbol is not None
        return Part(note.symbol, approval.dated, document.language, document.format), document
    found = work.session.execute(
        select(EnclosureVersion, Enclosure, Note, Approval)
        .join(Enclosure, Enclosure.id == EnclosureVersion.enclosure_id)
        .join(Note, Note.id == Enclosure.note_id)
        .join(Approval, Approval.id == Note.approval_id)
        .where(EnclosureVersion.frozen_sha256 == digest, Note.dispatched_at.is_not(None))
    ).first()
    if found is None:
        return None
    version, enclosure, note, approval = found
    assert note.symbol is not None
    return Part(note.symbol, approval.dated, version.language, "pdf", enclosure.ordinal), None


def seal_sentence(answer: Answer) -> Phrase:
    """What holds of the file's seal, as a sentence."""
    return sealing.sentence(answer.seal)


def register_entry(work: Work, note: Note) -> Checked:
    """Whether the register says of a note what the note says: its number, its date, and that it is not void."""
    what, entry, approval = "register", note.entry, note.approval
    if entry is None or approval is None:
        return Checked(what, False, Phrase("register: the note has no number in force."), "")
    dates = [dating.dated for dating in entry.datings]
    if entry.void_at is not None:
        said = Phrase("register: %(symbol)s is void.", symbol=entry.symbol)
    elif entry.note_id != note.id or note.symbol != entry.symbol or approval.dated not in dates:
        said = Phrase(
            "register: %(symbol)s and the note do not say the same of number and date.", symbol=entry.symbol
        )
    else:
        day = approval.dated.isoformat()
        said = Phrase("register: %(symbol)s, dated %(day)s, in force.", symbol=entry.symbol, day=day)
        return Checked(what, True, said, "")
    return Checked(what, False, said, "")
