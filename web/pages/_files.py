"""Files that people hand in as evidence, and files that they take away."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request
from werkzeug.http import dump_options_header

from workflow.errors import Invalid, Phrase

# By what it begins with, never by its name: kind → (first bytes, media type).
KINDS = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
}
UNKNOWN = "application/octet-stream"


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
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in name if sign.isprintable())[:200].strip()
    return Sent(shown or "file", data)


def media_type(data: bytes) -> str:
    """The media type of a PDF, PNG or JPEG by its first bytes; else that of any bytes."""
    return next((media for first, media in KINDS.values() if data.startswith(first)), UNKNOWN)


def ending(data: bytes) -> str:
    """How the name of a source document ends: a PDF, PNG or JPEG by its first bytes, else a message."""
    return next((kind for kind, (first, _) in KINDS.items() if data.startswith(first)), "eml")


def require_picture(file: Sent, code: str, *, mail: bool = False) -> None:
    """Raises Invalid unless the file is a PDF, PNG or JPEG, or, with `mail`, a message as text."""
    if media_type(file.data) != UNKNOWN:
        return
    if mail and file.name.lower().endswith(".eml") and b"\0" not in file.data:
        return
    raise Invalid(
        code,
        "The file is not a PDF, PNG or JPEG%(more)s. Scan or save it anew.",
        more=Phrase(", nor a message (.eml)") if mail else "",
    )


def download(data: bytes, name: str) -> Response:
    """`data` as a download: a browser saves it and never shows it as a page of ours."""
    response = Response(data, mimetype=media_type(data))
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
