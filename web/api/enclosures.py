"""The enclosures of a note."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.access import allowed, allowed_signed_in
from web.api import present
from web.api.door import endpoint
from web.api.files import attachment
from web.api.notes import enclosed
from web.api.schemas import notes as schemas
from web.api.schemas.common import Seen
from web.session import looking, writing
from workflow.errors import NotFound
from workflow.operations import enclosing
from workflow.operations.context import find_note

ENCLOSURES = "/notes/<note:note>/enclosures"


@endpoint(
    "POST",
    ENCLOSURES,
    allowed(actions="add_enclosure"),
    tag="Enclosures",
    body=schemas.AddEnclosure,
    gives=schemas.Note,
    status=201,
    example={"revision": 3, "upload": 8, "titles": {"ru": "Резюме"}, "language": "ru", "ordinal": 1},
)
def add_enclosure(note: str, body: schemas.AddEnclosure) -> schemas.Note:
    """Enclose an accepted upload."""
    with writing() as work:
        row = find_note(work, note)
        enclosing.add_enclosure(work, row, body.revision, enclosed(body), body.ordinal)
        return present.note(work, row)


@endpoint(
    "DELETE",
    f"{ENCLOSURES}/<row:ordinal>",
    allowed(actions="remove_enclosure"),
    tag="Enclosures",
    query=Seen,
    gives=schemas.Note,
)
def remove_enclosure(note: str, ordinal: int, query: Seen) -> schemas.Note:
    """Take an enclosure away; the ones after it move up."""
    with writing() as work:
        row = find_note(work, note)
        enclosing.remove_enclosure(work, row, query.revision, ordinal)
        return present.note(work, row)


@endpoint(
    "GET",
    f"{ENCLOSURES}/<row:ordinal>/<language>",
    allowed_signed_in,
    tag="Enclosures",
    media="application/pdf",
)
def enclosure_file(note: str, ordinal: int, language: str) -> Response:
    """Download an enclosure, frozen as PDF."""
    with looking() as work:
        row = find_note(work, note)
        for one in row.enclosures:
            for version in one.versions:
                if one.ordinal == ordinal and version.language == language:
                    data = work.store.get(version.frozen_sha256)
                    return attachment(
                        data, f"enclosure-{ordinal}.{language}.pdf", "pdf", version.frozen_sha256
                    )
    raise NotFound(
        "no-such-enclosure", "The note has no enclosure %(ordinal)s in that language.", ordinal=ordinal
    )
