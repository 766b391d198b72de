"""Files that people hand in as evidence, and files that they take away."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request
from werkzeug.http import dump_options_header

from workflow.errors import Invalid
from workflow.operations import papers


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: the last part of its name, and its bytes."""

    name: str
    data: bytes


def sent(field: str, most: int, *, code: str, missing: str) -> Sent:
    """The file of a form's field; raises Invalid (`code`) with `missing`, or when it has over `most` bytes."""
    file = request.files.get(field)
    # One byte more than allowed is read, so that a larger file is known as such and never held whole.
    data = file.stream.read(most + 1) if file is not None else b""
    if file is None or not data:
        raise Invalid(code, missing)
    if len(data) > most:
        raise Invalid(code, "The file has more than %(most)s bytes. Send a smaller one.", most=most)
    return Sent(papers.plain_name(file.filename or ""), data)


def ending(data: bytes) -> str:
    """How the name of a source document ends: a PDF, PNG or JPEG by its first bytes, else a message."""
    return next((kind for kind, (first, _) in papers.KINDS.items() if data.startswith(first)), "eml")


def several(field: str, most: int) -> list[Sent]:
    """The files of a form's field that takes several; one that is too large is cut where it is known as such."""
    found = []
    for file in request.files.getlist(field):
        if file.filename:
            found.append(Sent(papers.plain_name(file.filename), file.stream.read(most + 1)))
    return found


def download(data: bytes, name: str) -> Response:
    """`data` as a download: a browser saves it and never shows it as a page of ours."""
    response = Response(data, mimetype=papers.media_type(data))
    # ASCII for old browsers, the name itself after RFC 6266 for the others.
    plain = "".join(
        sign if sign.isascii() and sign.isprintable() and sign not in '"\\' else "_" for sign in name
    )
    value = dump_options_header(
        "attachment", {"filename": plain, **({"filename*": name} if plain != name else {})}
    )
    response.headers["Content-Disposition"] = value
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
