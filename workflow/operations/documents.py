"""The final documents of an approval: made once by a worker, verified at any time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from workflow.errors import NotFound, Phrase, Refusal, Unavailable, one_after_another
from workflow.letters import conformance, note_docx, note_pdf
from workflow.letters.fingerprint import fingerprint
from workflow.letters.letter import Letter
from workflow.letters.seal import verdict
from workflow.letters.seal.verdict import SealState, Trust
from workflow.models import Approval, Document, Note
from workflow.operations import notices, sealing
from workflow.operations.context import Work
from workflow.operations.sealing import Sealed

RENDERERS = {"pdf": note_pdf.render, "docx": note_docx.render}


def render(letter: Letter, kind: str) -> bytes:
    """A letter as `pdf` or `docx`: the same bytes for the same letter."""
    return RENDERERS[kind](letter)


@dataclass(frozen=True)
class Made:
    """What a worker made of a document, not recorded yet.

    `data` is the file that can be rendered again; `fault` says why there is none, or no seal where
    one is wanted (`waits`: it is tried again by itself).
    """

    document_id: int
    data: bytes | None = None
    pages: int | None = None
    fingerprint: str | None = None
    sealed: Sealed | None = None
    fault: Phrase | None = None
    waits: bool = False


def make(work: Work, document_id: int) -> Document:
    """Makes a pending document; harmless when it is made already.

    What the renderer refuses stands on the row as a sentence, and the document can be made again
    once the cause is mended; it never just disappears.
    """
    return record(work, prepare(work, document_id))


def prepare(work: Work, document_id: int) -> Made:
    """Renders a document and seals it where that is configured; nothing is written.

    Kept apart from `record` so that no transaction waits for a token or a time-stamp server.
    """
    row = _row(work, document_id)
    made = Made(document_id)
    if row.state == "ready" and not _wants_seal(work, row):
        return made
    letter = _letter(work, row)
    try:
        if row.state == "ready" and row.sha256 is not None:
            # Made before sealing was configured: the seal goes over the very file that is recorded.
            data, mark = work.store.get(row.sha256), row.fingerprint
        else:
            data, mark = render(letter, row.format), fingerprint(letter)
        pages = note_pdf.page_count(data) if row.format == "pdf" else None
        made = replace(made, data=data, pages=pages, fingerprint=mark)
    except Refusal as refusal:
        return replace(made, fault=refusal.phrase)
    if not _wants_seal(work, row):
        return made
    try:
        return replace(made, sealed=sealing.seal(work, letter, data))
    except Refusal as refusal:
        # A stamp that cannot be drawn is mended by a person, a token that is away comes back by itself.
        return replace(made, fault=refusal.phrase, waits=isinstance(refusal, Unavailable))


def _letter(work: Work, row: Document) -> Letter:
    # Reading the profile makes its Word letterhead known, wherever its folder lies.
    _ = work.profile
    return Letter.from_json(row.letter)


def record(work: Work, made: Made) -> Document:
    """Records what was made, once: a document that is recorded, or sealed, stays what it is."""
    row = _row(work, made.document_id)
    work.session.refresh(row, with_for_update=True)
    if row.state == "ready" and (made.sealed is None or not _wants_seal(work, row)):
        if made.fault is not None and _wants_seal(work, row):
            row.fault = made.fault
        return row
    if made.fault is not None or made.data is None:
        row.state, row.fault = "pending" if made.waits else "failed", made.fault
        return row
    now = work.now()
    row.sha256, row.size = work.store.put(made.data), len(made.data)
    row.pages, row.fingerprint = made.pages, made.fingerprint
    row.made_at = row.made_at or now
    row.state, row.fault = "ready", None
    if made.sealed is not None:
        row.sealed_sha256, row.sealed_size = work.store.put(made.sealed.data), len(made.sealed.data)
        row.sealed_at, row.seal_certificate = made.sealed.at, made.sealed.certificate
    approval = work.session.get_one(Approval, row.approval_id)
    work.log(
        "document",
        f"note:{approval.note_id}",
        language=row.language,
        format=row.format,
        addressee=row.addressee,
        sha256=row.sha256,
        sealed_sha256=row.sealed_sha256,
        certificate=row.seal_certificate,
    )
    work.session.flush()
    note = work.session.get_one(Note, approval.note_id)
    whole = all(one.state == "ready" and not lacks_seal(work, one) for one in approval.documents)
    if note.approval_id == approval.id and whole:
        notices.to_dispatch(work, note)
    return row


def _row(work: Work, document_id: int) -> Document:
    row = work.session.get(Document, document_id)
    if row is None:
        raise NotFound("no-such-document", "There is no document %(id)s.", id=document_id)
    return row


def _wants_seal(work: Work, row: Document) -> bool:
    """Whether a document still has to be sealed; what has left unsealed is not changed afterwards."""
    if not lacks_seal(work, row):
        return False
    approval = work.session.get_one(Approval, row.approval_id)
    return work.session.get_one(Note, approval.note_id).dispatched_at is None


def lacks_seal(work: Work, row: Document) -> bool:
    """Whether sealing is configured and a PDF has no seal: such a document does not leave."""
    return work.settings.seals and row.format == "pdf" and row.sealed_sha256 is None


def pending(work: Work) -> list[int]:
    """The ids of the documents of approvals in force that are not made, or not sealed, yet."""
    unmade = Document.state != "ready"
    if work.settings.seals:
        unsealed = (Document.format == "pdf") & Document.sealed_sha256.is_(None)
        unmade = unmade | (unsealed & Note.dispatched_at.is_(None))
    return list(
        work.session.scalars(
            select(Document.id)
            .join(Approval, Approval.id == Document.approval_id)
            .join(Note, Note.id == Approval.note_id)
            .where(unmade, Approval.void_at.is_(None))
            .order_by(Document.id)
        )
    )


@dataclass(frozen=True)
class Checked:
    """One file that `verify` looked at: what it is, whether it holds, and a sentence.

    `sha256` is of the file that can be rendered again, `sealed_sha256` of the one with the seal, if
    there is one, and `seal` the state of that seal; `standards` are the rules of PDF/A and PDF/UA that
    it breaks, which make it no other file.
    """

    what: str
    good: bool
    sentence: str
    sha256: str
    rendered_again: bool = False
    sealed_sha256: str = ""
    seal: str = ""
    standards: tuple[str, ...] = ()


EARLIER = Phrase("stored file intact; made by an earlier renderer.")
ANOTHER = Phrase("rendered again, it is not the recorded file.")
SAME = Phrase("stored file intact; rendered again, the same bytes.")
BEHIND = Phrase("The sealed file does not begin with the file that was rendered.")


def _said(what: str, finding: str) -> Phrase:
    return Phrase("%(file)s: %(finding)s", file=what, finding=finding)


def verify(work: Work, note: Note) -> list[Checked]:
    """Checks every file of a note against its record.

    The stored bytes are always checked.  A document is rendered again where this renderer is the
    one that made it, and must give the recorded SHA-256; frozen enclosures are checked as stored.
    """
    rows = note.approval.documents if note.approval else []
    trust = sealing.trust(work) if any(row.sealed_sha256 for row in rows) else Trust()
    checked = [_verify_document(work, row, trust) for row in rows]
    for enclosure in note.enclosures:
        for version in enclosure.versions:
            what = f"enclosure {enclosure.ordinal} ({version.language})"
            checked.append(_verify_enclosure(work, what, version.frozen_sha256, version.pages))
    return checked


def _verify_document(work: Work, row: Document, trust: Trust) -> Checked:
    what = f"note.{row.language}.{row.format}" + (f" for {row.addressee}" if row.addressee else "")
    if row.state != "ready" or row.sha256 is None:
        return Checked(what, False, _said(what, row.fault or Phrase("A worker makes it.")), "")
    again = False
    try:
        stored = work.store.get(row.sha256)
        sealed = work.store.get(row.sealed_sha256) if row.sealed_sha256 else None
        letter = _letter(work, row)
        finding, good = EARLIER, True
        if fingerprint(letter) == row.fingerprint:
            again, good = True, render(letter, row.format) == stored
            finding = SAME if good else ANOTHER
    except Refusal as refusal:
        return Checked(what, False, _said(what, refusal.phrase), row.sha256, again)
    checked = Checked(what, good, _said(what, finding), row.sha256, again)
    if row.format == "pdf":
        checked = replace(checked, standards=tuple(conformance.faults(sealed or stored)))
    return checked if sealed is None else _with_seal(row, trust, checked, stored, sealed)


def _with_seal(row: Document, trust: Trust, checked: Checked, stored: bytes, sealed: bytes) -> Checked:
    """The seal is judged at the time of sealing: that its certificate has ended since takes nothing from it."""
    assert row.sealed_at is not None
    found = verdict.examine(sealed, trust, row.sealed_at)
    whole = found.state is SealState.INTACT and sealed.startswith(stored)
    said = sealing.sentence(found) if sealed.startswith(stored) else BEHIND
    return replace(
        checked,
        good=checked.good and whole,
        sentence=one_after_another([checked.sentence, said]),
        sealed_sha256=row.sealed_sha256 or "",
        seal=found.state.value,
    )


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
