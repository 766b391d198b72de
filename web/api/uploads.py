"""Files on their way in."""

from __future__ import annotations

from flask import request

import tasks.offer
from web import once
from web.access import allowed
from web.api.door import endpoint
from web.api.schemas.outcome import NewUpload, Upload
from web.session import looking, writing
from workflow import models
from workflow.errors import Conflict, Refusal
from workflow.operations import intake
from workflow.states import Role
from workflow.store import sha256


@endpoint(
    "POST",
    "/uploads",
    allowed(actions="add_enclosure"),
    tag="Enclosures",
    body=NewUpload,
    gives=Upload,
    status=201,
    also={202: "Taken; a worker freezes it as PDF. Ask for its state."},
    form=True,
    once=True,
)
def upload_file(body: NewUpload) -> tuple[Upload, int]:
    """Upload a file to be enclosed.

    It is checked before anything opens it. 201 when it is ready, 202 while a worker freezes it as
    PDF, 422 with the reason when it is refused; a refused file is not kept.
    """
    data = body.file.read()
    name = body.file.filename or "unnamed"
    key = request.headers.get("Idempotency-Key")
    asked = ["upload", name, sha256(data), body.clean]
    try:
        with writing() as work:
            known = once.done(work, key, asked)
            row = intake.find_upload(work, _number(known)) if known else None
            if row is None:
                row = intake.upload(work, name, data, clean=body.clean)
                once.keep(work, key, f"upload:{row.id}")
            answer = _present(row)
    except Refusal as refusal:
        if refusal.status == 422 and refusal.exit_code == 3:
            with writing() as work:
                intake.log_refused(work, name, sha256(data), refusal)
        raise
    if answer.state == "pending":
        tasks.offer.freezing(answer.id)
    return answer, 202 if answer.state == "pending" else 201


@endpoint(
    "GET",
    "/uploads/<row:upload>",
    allowed(Role.REGISTRY, Role.CHAIR_INSTITUTE),
    tag="Enclosures",
    gives=Upload,
)
def show_upload(upload: int) -> Upload:
    """Show an upload: whether it is frozen yet, its pages, or why it was refused."""
    with looking() as work:
        return _present(intake.find_upload(work, upload))


def _number(subject: str) -> int:
    kind, _, number = subject.partition(":")
    if kind != "upload":
        raise Conflict(
            "idempotency-key-used", "This Idempotency-Key came before with another request. Make a new one."
        )
    return int(number)


def _present(row: models.Upload) -> Upload:
    return Upload.model_validate(row)
