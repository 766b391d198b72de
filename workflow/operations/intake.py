"""Files on their way in: checked at once, frozen as PDF by a worker, refused with a sentence."""

from __future__ import annotations

from sqlalchemy import or_, select

from workflow.db import after_commit
from workflow.errors import Conflict, InputRefused, Invalid, NotFound, Refusal, Unavailable
from workflow.letters import enclosure
from workflow.models import EnclosureVersion, Upload
from workflow.operations.context import SYSTEM, Work
from workflow.permissions import why_not
from workflow.states import NoteState, Role


def upload(work: Work, filename: str, data: bytes, *, clean: bool = False) -> Upload:
    """Takes a file: checks it before anything opens it, keeps it, and queues its freezing.

    With `clean` the submitter agrees that tracked changes, comments and metadata are removed from
    the frozen copy.  A PDF is frozen as it is, at once; anything else waits for a worker (its row
    is `pending`).  Raises InputRefused with the reason; a refused file leaves only its log entry.
    """
    refusal = why_not(work.actor, "add_enclosure", NoteState.DRAFT)
    if refusal is not None:
        raise refusal
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].strip()[:255] or "unnamed"
    limits = enclosure.Limits(file_bytes=work.settings.upload_bytes)
    inspection = enclosure.inspect(data, name, limits)
    row = Upload(
        filename=name,
        kind=inspection.kind,
        size=len(data),
        sha256=work.store.put(data),
        state="pending",
        clean=clean,
        warnings=[finding.phrase for finding in inspection.findings],
        uploaded_by=work.actor.id,
        uploaded_at=work.now(),
    )
    if inspection.kind == "pdf" and not clean:
        frozen = enclosure.freeze(data, name, limits=limits)
        row.state, row.frozen_sha256, row.pages = "ready", row.sha256, frozen.pages
    work.session.add(row)
    work.session.flush()
    work.log("upload", f"upload:{row.id}", sha256=row.sha256, kind=row.kind, size=row.size)
    return row


def log_refused(work: Work, filename: str, data_sha256: str, refusal: Refusal) -> None:
    """Leaves the one trace of a refused file: the log entry, without its content."""
    work.log("upload_refused", "upload:none", sha256=data_sha256, code=refusal.code, filename=filename[:255])


def freeze(work: Work, upload_id: int) -> Upload:
    """Freezes a pending upload as PDF and counts its pages; harmless when it is already done.

    A file that turns out not to convert is refused, with the sentence on its row, and its bytes are
    let go.  A missing LibreOffice is refused too, since waiting would not help the submitter.
    """
    row = work.session.get(Upload, upload_id)
    if row is None:
        raise NotFound("no-such-file", "There is no upload %(id)s.", id=upload_id)
    if row.state != "pending":
        return row
    limits = enclosure.Limits(file_bytes=work.settings.upload_bytes)
    try:
        data = work.store.get(row.sha256)
        frozen = enclosure.freeze(data, row.filename, clean=row.clean, limits=limits)
    except (InputRefused, Unavailable, NotFound, Conflict) as refusal:
        row.state, row.refusal = "refused", refusal.phrase
        work.log("upload_refused", f"upload:{row.id}", sha256=row.sha256, code=refusal.code)
        _let_go(work, row)
        return row
    row.frozen_sha256 = work.store.put(frozen.pdf)
    row.pages = frozen.pages
    row.warnings = list(dict.fromkeys([*row.warnings, *(finding.phrase for finding in frozen.warnings)]))
    row.state = "ready"
    work.log("upload_frozen", f"upload:{row.id}", frozen=row.frozen_sha256, pages=row.pages)
    return row


def _let_go(work: Work, refused: Upload) -> None:
    """Removes the bytes of a refused upload once the refusal is committed, unless another row has them."""
    wanted = work.session.scalar(
        select(Upload.id)
        .where(Upload.sha256 == refused.sha256, Upload.id != refused.id, Upload.state != "refused")
        .limit(1)
    ) or work.session.scalar(
        select(EnclosureVersion.id)
        .where(
            or_(
                EnclosureVersion.original_sha256 == refused.sha256,
                EnclosureVersion.frozen_sha256 == refused.sha256,
            )
        )
        .limit(1)
    )
    if not wanted:
        after_commit(work.session, lambda: work.store.let_go(refused.sha256))


def pending(work: Work) -> list[int]:
    """The ids of the uploads that still wait for a worker."""
    return list(work.session.scalars(select(Upload.id).where(Upload.state == "pending").order_by(Upload.id)))


def find_upload(work: Work, upload_id: int) -> Upload:
    """An upload that its asker may see: its own, or any for the registry."""
    row = work.session.get(Upload, upload_id)
    mine = row is not None and (
        work.actor is SYSTEM or row.uploaded_by == work.actor.id or work.actor.has(Role.REGISTRY)
    )
    if row is None or not mine:
        raise NotFound("no-such-file", "There is no upload %(id)s that you may see.", id=upload_id)
    return row


def accepted(work: Work, upload_id: int) -> Upload:
    """The upload, ready to be enclosed; raises Invalid while it is pending or when it was refused."""
    row = find_upload(work, upload_id)
    if row.state == "refused":
        raise Invalid(
            "enclosure-refused", "%(file)s was refused: %(reason)s", file=row.filename, reason=row.refusal
        )
    if row.state == "pending":
        raise Invalid(
            "enclosure-pending",
            "%(file)s is still being frozen as PDF. Wait a moment, then submit again.",
            file=row.filename,
        )
    return row
