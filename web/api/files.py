"""Files as answers: always as a download, with the digest as ETag, never to be guessed as a page."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "json": "application/json",
}


def attachment(data: bytes, name: str, kind: str, digest: str | None = None) -> BaseResponse:
    """`data` as a download named `name`, which is ASCII."""
    response = Response(data, content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    if digest:
        response.set_etag(digest)
        return response.make_conditional(request)
    return response
