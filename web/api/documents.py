"""The final documents of a note, and the check of every file against its record."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.access import allowed, allowed_signed_in
from web.api.door import endpoint
from web.api.files import attachment
from web.api.schemas import outcome as schemas
from web.api.schemas import verification as answers
from web.problems import said
from web.session import looking
from workflow.errors import Conflict, Invalid, NotFound, Phrase
from workflow.operations import documents, verification
from workflow.operations.context import find_note
from workflow.states import Role


@endpoint("GET", "/notes/<note:note>/documents", allowed_signed_in, tag="Documents", gives=schemas.Documents)
def list_documents(note: str) -> schemas.Documents:
    """List the documents of the approval in force; none before there is one."""
    with looking() as work:
        row = find_note(work, note)
        made = row.approval.documents if row.approval else []
        return schemas.Documents(items=[schemas.Document.model_validate(one) for one in made])


@endpoint(
    "GET",
    "/notes/<note:note>/documents/<row:document>",
    allowed_signed_in,
    tag="Documents",
    media="application/octet-stream",
)
def download_document(note: str, document: int) -> Response:
    """Download a final document, sealed where it is sealed; its digest is the ETag."""
    with looking() as work:
        row = find_note(work, note)
        made = next(
            (one for one in (row.approval.documents if row.approval else []) if one.id == document), None
        )
        if made is None:
            raise NotFound("no-such-document", "The note has no document %(id)s.", id=document)
        digest = made.final_sha256
        if digest is None:
            raise Conflict(
                "document-pending",
                "This document is not made yet. %(fault)s",
                fault=made.fault or Phrase("Wait a moment."),
            )
        name = f"note.{made.language}{'.' + made.addressee if made.addressee else ''}.{made.format}"
        return attachment(work.store.get(digest), name, made.format, digest)


@endpoint(
    "GET",
    "/notes/<note:note>/verification",
    allowed(Role.REGISTRY, Role.ADMINISTRATOR, actions=("approve", "dispatch")),
    tag="Documents",
    gives=answers.Verified,
)
def verify_note(note: str) -> answers.Verified:
    """Check every file of the note against its record, rendering again what this renderer made."""
    with looking() as work:
        row = find_note(work, note)
        checked = documents.verify(work, row)
        items = [answers.Checked.model_validate(one) for one in checked]
        register = verification.register_entry(work, row)
        return answers.Verified(
            # A note without a number yet has files to check, and no entry that could differ.
            good=all(one.good for one in items) and (register.good or row.entry is None),
            register_entry=answers.Checked.model_validate(register),
            items=items,
        )


@endpoint(
    "POST",
    "/verification",
    allowed_signed_in,
    tag="Documents",
    body=answers.QuestionedFile,
    gives=answers.FileVerified,
    form=True,
)
def verify_file(body: answers.QuestionedFile) -> answers.FileVerified:
    """Ask whether a file is what was dispatched, by its digest, its seal and the register.

    The file is not kept. The public page `/verify` answers the same.
    """
    with looking() as work:
        data = body.file.stream.read(work.settings.upload_bytes + 1)
        if not 0 < len(data) <= work.settings.upload_bytes:
            raise Invalid(
                "file-size",
                "The file is empty or has more than %(most)s bytes, so it is none that was dispatched.",
                most=work.settings.upload_bytes,
            )
        found = verification.whose(work, data)
        seal = {**vars(found.seal), "sentence": said(verification.seal_sentence(found))}
        return answers.FileVerified(
            good=found.genuine,
            result=found.result,
            sentence=str(said(verification.RESULTS[found.result])),
            sha256=found.sha256,
            seal=answers.FileSeal.model_validate(seal),
            part=answers.FilePart.model_validate(vars(found.part)) if found.part else None,
        )
