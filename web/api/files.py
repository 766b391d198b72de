"""Files as answers, always as a download and never to be guessed as a page; and scans that come with a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile

from flask import Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from workflow.errors import Invalid
from workflow.operations import papers
from workflow.operations.context import Work

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "json": "application/json",
    "tmx": "application/x-tmx+xml",
    "tbx": "application/x-tbx+xml",
}
IN_MEMORY = 4_000_000


def scan(
    work: Work, file: FileStorage | None, data: bytes, code: str, missing: str, *, mail: bool = False
) -> str:
    """The name of a scan that may be kept; raises Invalid for none, one too large, or one of another kind."""
    if file is None or not data:
        raise Invalid(code, missing)
    most = work.settings.upload_bytes
    if len(data) > most:
        raise Invalid("too-large", "The file has more than %(most)s bytes. Send a smaller one.", most=most)
    name = papers.plain_name(file.filename or "")
    papers.require_scan(name, data, code, mail=mail)
    return name


def attachment(data: bytes, name: str, kind: str, digest: str | None = None) -> BaseResponse:
    """`data` as a download named `name`, which is ASCII."""
    response = Response(data, content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    if digest:
        response.set_etag(digest)
        return response.make_conditional(request)
    return response


def pieces(data: Iterable[bytes], name: str, kind: str) -> BaseResponse:
    """A file that is made piece by piece as a download; a large one waits on disk, not in memory.

    It is made whole before the first byte is sent, so that a fault is told as one.
    """
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it.
    for piece in data:
        file.write(piece)
    size = file.tell()
    file.seek(0)
    response = Response(_read(file), content_type=TYPES[kind])
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _read(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(64_000):
            yield piece
