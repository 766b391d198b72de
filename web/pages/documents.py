"""Documents, pictures of their pages, their verification, and the dossier."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as AnyResponse

from web.access import allowed, allowed_signed_in
from web.pages import _dossier, _papers
from web.pages._notes import notes
from web.pages._routes import at
from web.problems import said
from web.session import looking
from workflow.operations import documents, verification
from workflow.operations.context import find_note
from workflow.states import Role

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
# A browser may keep a picture for a while: its address names the digest of what it shows.
PICTURE_SECONDS = 600


@at(notes, "document")
@allowed_signed_in
def document(document: str) -> Response:
    """A document, enclosure, original or draft; its digest is the ETag."""
    with looking() as work:
        paper = _papers.find(work, document)
    # What an outsider submitted is saved, never opened inside our own pages.
    shown = paper.format == "pdf" and not paper.original
    return _file(paper.data, paper.name, paper.format, paper.digest, inline=shown)


@at(notes, "picture")
@allowed_signed_in
def picture(document: str, page: int) -> Response:
    """One page of a document as PNG."""
    with looking() as work:
        paper = _papers.find(work, document)
    response = Response(_papers.picture(paper, page), mimetype="image/png")
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_SECONDS}"
    response.set_etag(f"{paper.digest}-{page}")
    return response.make_conditional(request)


@at(notes, "dossier")
@allowed(Role.REGISTRY, actions=("approve", "dispatch"))
def dossier(note: str) -> Response:
    """Everything of a note in one ZIP, with a manifest of digests."""
    with looking() as work:
        row = find_note(work, note)
        data = _dossier.make(work, row)
        name = f"{_papers.stem(row)}.dossier.zip"
    return _file(data, name, "zip", None, inline=False)


@at(notes, "verify")
@allowed_signed_in
def verify(note: str) -> AnyResponse:
    """Checks every file of the note against its record, rendering again what this renderer made."""
    with looking() as work:
        row = find_note(work, note)
        checked = documents.verify(work, row)
        register = [verification.register_entry(work, row)] if row.entry is not None else []
        key = row.reference
    bad = [one for one in (*checked, *register) if not one.good]
    for one in bad:
        flash(str(said(one.sentence)), "error")
    if not bad:
        again = sum(one.rendered_again for one in checked)
        words = ngettext("%(num)s file is as recorded", "%(num)s files are as recorded", len(checked))
        flash(
            gettext(
                "%(files)s; %(again)s of them were made again with the same bytes.", files=words, again=again
            ),
            "done",
        )
    return redirect(url_for("notes.show", note=key, _anchor="documents"), 303)


def _file(data: bytes, name: str, kind: str, digest: str | None, *, inline: bool) -> Response:
    response = Response(data, mimetype=TYPES.get(kind, "application/octet-stream"))
    response.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if digest is None:
        return response
    response.set_etag(digest)
    return response.make_conditional(request)
