"""The pages of a PDF: how many, how large, how much they unpack to; and its properties."""

from __future__ import annotations

import zlib

import pikepdf
import pypdfium2

from workflow.errors import InputRefused
from workflow.letters.intake.report import Finding, Limits, message

DAMAGED = message("The PDF is damaged (%(place)s). Print it to PDF again and submit that.")
AUTHOR = message("The file names people or an organisation in its properties (%(place)s: %(names)s).")


def count(document: pikepdf.Pdf, data: bytes, limits: Limits) -> int:
    """The number of pages, after each was measured.

    Raises InputRefused naming the page: too many, too large, a decompression bomb, two readings.
    """
    pages = len(document.pages)
    if not pages:
        raise InputRefused("damaged", DAMAGED, place="/Pages")
    if pages > limits.pages:
        raise InputRefused(
            "too_many_pages",
            "The PDF has %(count)s pages (%(place)s); %(limit)s are allowed. Divide it into several "
            "enclosures.",
            place="/Pages",
            count=pages,
            limit=limits.pages,
        )
    unpacked = 0
    for number, page in enumerate(document.pages, 1):
        scale = float(page.obj.get("/UserUnit", 1))
        box = [float(side) for side in page.mediabox]
        width, height = abs(box[2] - box[0]) * scale, abs(box[3] - box[1]) * scale
        if not (1 <= width <= limits.page_side and 1 <= height <= limits.page_side):
            raise InputRefused(
                "page_size",
                "A page measures %(width)s × %(height)s points (%(place)s); no side may be above %(limit)s. "
                "Print it to PDF on an ordinary paper size.",
                place=f"page {number}",
                width=round(width),
                height=round(height),
                limit=round(limits.page_side),
            )
        unpacked += _content_size(page, number, limits.unpacked_bytes - unpacked, limits)
    # Two readers must see the same document.
    seen = pypdfium2.PdfDocument(data)
    try:
        if len(seen) != pages:
            raise InputRefused("damaged", DAMAGED, place=f"/Pages: {pages} or {len(seen)} pages")
    finally:
        seen.close()
    return pages


def _content_size(page: pikepdf.Page, number: int, allowed: int, limits: Limits) -> int:
    """The bytes that a page's instructions unpack to, read no further than the limit."""
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    size = 0
    for stream in streams:
        if not isinstance(stream, pikepdf.Stream):
            continue
        raw = stream.read_raw_bytes()
        filters = stream.get("/Filter")
        names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
        if names == ["/FlateDecode"]:
            size += len(zlib.decompressobj().decompress(raw, max(1, allowed - size + 1)))
        elif len(names) > 3:
            raise InputRefused("damaged", DAMAGED, place=f"page {number}, /Filter")
        else:
            size += len(raw)
        if size > allowed:
            raise InputRefused(
                "zip_bomb",
                "The content of the PDF unpacks to more than %(limit)s bytes (%(place)s): a decompression "
                "bomb. "
                "Print it to PDF again.",
                place=f"page {number}",
                limit=limits.unpacked_bytes,
            )
    return size


def properties(document: pikepdf.Pdf) -> list[Finding]:
    """Report the people that the properties name."""
    names = [
        key
        for key in ("/Author", "/Company", "/Manager")
        if key in document.docinfo and str(document.docinfo[key]).strip()
    ]
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        names += [key for key in ("dc:creator", "pdf:Author") if metadata.get(key)]
    if not names:
        return []
    return [Finding("author", "document properties", AUTHOR, (("names", ", ".join(names)),))]
