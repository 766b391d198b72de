"""The final documents of an approval: made once by a worker, verified at any time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from workflow.errors import NotFound, Phrase, Refusal
from workflow.letters import note_docx, note_pdf
from workflow.letters.fingerprint import fingerprint
from workflow.letters.letter import Letter
from workflow.models import Approval, Document, Enclosure, EnclosureVersion, Note
from workflow.operations import notices
from workflow.operations.context import Work
from workflow.store import sha256

RENDERERS = {"pdf": note_pdf.render, "docx": note_docx.render}


def render(letter: Letter, kind: str) -> bytes:
    """A letter as `pdf` or `docx`: the same bytes for the same letter."""
    return RENDERERS[kind](letter)


def make(work: Work, document_id: int) -> Document:
    """Makes a pending document; harmless when it is made already.

    What the renderer refuses stands on the row as a sentence, and the document can be made again
    once the cause is mended; it never just disappears.
    """
    row = work.session.get(Document, document_id)
    if row is None:
        raise NotFound("no-such-document", "There is no document %(id)s.", id=document_id)
    if row.state == "ready":
        return row
    letter = Letter.from_json(row.letter)
    try:
        data = render(letter, row.format)
        row.pages = note_pdf.page_count(data) if row.format == "pdf" else None
        row.fingerprint = fingerprint(letter)
    except Refusal as refusal:
        row.state, row.fault = "failed", refusal.sentence
        return row
    row.sha256, row.size = work.store.put(data), len(data)
    row.made_at = work.now()
    row.state, row.fault = "ready", None
    approval = work.session.get_one(Approval, row.approval_id)
    work.log(
        "document",
        f"note:{approval.note_id}",
        language=row.language,
        format=row.format,
        addressee=row.addressee,
        sha256=row.sha256,
    )
    work.session.flush()
    note = work.session.get_one(Note, approval.note_id)
    if note.approval_id == approval.id and all(one.state == "ready" for one in approval.documents):
        notices.to_dispatch(work, note)
    return row


def pending(work: Work) -> list[int]:
    """The ids of the documents of approvals in force that are not made yet."""
    return list(
        work.session.scalars(
            select(Document.id)
            .join(Approval, Approval.id == Document.approval_id)
            .where(Document.state != "ready", Approval.void_at.is_(None))
            .order_by(Document.id)
        )
    )


@dataclass(frozen=True)
class Checked:
    """One file that `verify` looked at: what it is, whether it holds, and a sentence."""

    what: str
    good: bool
    sentence: str
    sha256: str
    rendered_again: bool = False


EARLIER = Phrase("stored file intact; made by an earlier renderer.")
ANOTHER = Phrase("rendered again, it is not the recorded file.")
SAME = Phrase("stored file intact; rendered again, the same bytes.")


def _said(what: str, finding: str) -> Phrase:
    return Phrase("%(file)s: %(finding)s", file=what, finding=finding)


def verify(work: Work, note: Note) -> list[Checked]:
    """Checks every file of a note against its record.

    The stored bytes are always checked.  A document is rendered again where this renderer is the
    one that made it, and must give the recorded SHA-256; frozen enclosures are checked as stored.
    """
    checked = [_verify_document(work, row) for row in note.approval.documents] if note.approval else []
    for enclosure in note.enclosures:
        for version in enclosure.versions:
            what = f"enclosure {enclosure.ordinal} ({version.language})"
            checked.append(_verify_enclosure(work, what, version.frozen_sha256, version.pages))
    return checked


def _verify_document(work: Work, row: Document) -> Checked:
    what = f"note.{row.language}.{row.format}" + (f" for {row.addressee}" if row.addressee else "")
    if row.state != "ready" or row.sha256 is None:
        return Checked(what, False, _said(what, row.fault or Phrase("A worker makes it.")), "")
    try:
        stored = work.store.get(row.sha256)
    except Refusal as refusal:
        return Checked(what, False, _said(what, refusal.phrase), row.sha256)
    letter = Letter.from_json(row.letter)
    if fingerprint(letter) != row.fingerprint:
        return Checked(what, True, _said(what, EARLIER), row.sha256)
    if render(letter, row.format) != stored:
        return Checked(what, False, _said(what, ANOTHER), row.sha256, True)
    return Checked(what, True, _said(what, SAME), row.sha256, True)


def _verify_enclosure(work: Work, what: str, sha256: str, pages: int) -> Checked:
    try:
        counted = note_pdf.page_count(work.store.get(sha256))
    except Refusal as refusal:
        return Checked(what, False, _said(what, refusal.phrase), sha256)
    if counted != pages:
        return Checked(
            what,
            False,
            _said(
                what,
                Phrase("has %(counted)s pages, but %(pages)s are recorded.", counted=counted, pages=pages),
            ),
            sha256,
        )
    return Checked(
        what, True, _said(what, Phrase("frozen file intact, %(pages)s pages.", pages=pages)), sha256
    )


def whose(work: Work, data: bytes) -> dict[str, str] | None:
    """Which dispatched note a file is part of, by its digest; None when it is none that was dispatched."""
    digest = sha256(data)
    row = work.session.execute(
        select(Document, Note)
        .join(Approval, Approval.id == Document.approval_id)
        .join(Note, Note.approval_id == Approval.id)
        .where(
            or_(Document.sha256 == digest, Document.sealed_sha256 == digest), Note.dispatched_at.is_not(None)
        )
    ).first()
    if row is not None:
        document, note = row
        part = f"the note in {document.language}, as {document.format.upper()}"
        return _answer(note, part, digest, language=document.language, format=document.format)
    found = work.session.execute(
        select(EnclosureVersion, Enclosure, Note)
        .join(Enclosure, Enclosure.id == EnclosureVersion.enclosure_id)
        .join(Note, Note.id == Enclosure.note_id)
        .where(EnclosureVersion.frozen_sha256 == digest, Note.dispatched_at.is_not(None))
    ).first()
    if found is None:
        return None
    version, enclosure, note = found
    part = f"enclosure {enclosure.ordinal} in {version.language}"
    return _answer(note, part, digest, language=version.language, ordinal=str(enclosure.ordinal))


def _answer(note: Note, part: str, digest: str, **more: str) -> dict[str, str]:
    assert note.approval is not None and note.symbol is not None
    return {
        "symbol": note.symbol,
        "dated": note.approval.dated.isoformat(),
        "part": part,
        "sha256": digest,
        **more,
    }


def whose_sentence(found: dict[str, str] | None) -> str:
    """The answer of `whose` in words."""
    if found is None:
        return "This file is not one that was dispatched here."
    return f"Genuine: {found['part']} of {found['symbol']}, dated {found['dated']}. SHA-256 {found['sha256']}"
