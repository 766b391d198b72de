"""The final documents of a note, and the check of every file against its record."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.access import allowed, allowed_signed_in
from web.api.door import endpoint
from web.api.files import attachment
from web.api.schemas import outcome as schemas
from web.session import looking
from workflow.errors import Conflict, NotFound
from workflow.operations import documents
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
        digest = made.sealed_sha256 or made.sha256
        if digest is None:
            raise Conflict(
                "document-pending",
                "This document is not made yet. %(fault)s",
                fault=made.fault or "Wait a moment.",
            )
        name = f"note.{made.language}{'.' + made.addressee if made.addressee else ''}.{made.format}"
        return attachment(work.store.get(digest), name, made.format, digest)


@endpoint(
    "GET",
    "/notes/<note:note>/verification",
    allowed(Role.REGISTRY, Role.ADMINISTRATOR, actions=("approve", "dispatch")),
    tag="Documents",
    gives=schemas.Verified,
)
def verify_note(note: str) -> schemas.Verified:
    """Check every file of the note against its record, rendering again what this renderer made."""
    with looking() as work:
        row = find_note(work, note)
        checked = documents.verify(work, row)
        items = [schemas.Checked.model_validate(one) for one in checked]
        return schemas.Verified(good=all(one.good for one in items), items=items)
