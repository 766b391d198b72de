"""Pictures of a PDF's pages, for the approval page and the circulation board.

Each call draws in a child process of its own (PDFium reads what an outsider
submitted), with limits of pages, pixels, memory and time.
"""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Iterable
from typing import Any

import pypdfium2

from workflow.errors import Invalid, Unavailable
from workflow.letters.intake import sandbox

MOST_PAGES = 60
WIDEST_PX = 3_000
MOST_PIXELS = 20_000_000
SECONDS = 30.0
MEMORY_BYTES = 1_000_000_000


def page_pictures(
    pdf: bytes, *, pages: Iterable[int] | None = None, width_px: int = 1_000, seconds: float = SECONDS
) -> list[bytes]:
    """The pages as PNG files, `width_px` pixels wide, in the order asked for.

    `pages` are indices from 0 (all pages when None).  Raises Invalid when more is
    asked for than the limits allow, when a page does not exist or the PDF cannot be drawn within
    `seconds` and the memory allowed; Unavailable when no child process starts.
    """
    wanted = None if pages is None else list(pages)
    if not 16 <= width_px <= WIDEST_PX:
        raise Invalid(
            "picture_width",
            "A picture may be 16 to %(widest)s pixels wide, not %(width)s. Ask for a width in between.",
            widest=WIDEST_PX,
            width=width_px,
        )
    if wanted is not None and len(wanted) > MOST_PAGES:
        raise _too_many(len(wanted))
    request = json.dumps({"pages": wanted, "width": width_px}).encode() + b"\n" + pdf
    try:
        ended = sandbox.run_python(
            "workflow.letters.pictures:draw_standard_input",
            request,
            seconds=seconds,
            memory_bytes=MEMORY_BYTES,
        )
    except sandbox.TookTooLong as late:
        raise _cannot_draw("it takes too long") from late
    except OSError as fault:
        raise Unavailable(
            "no_child",
            "No pictures can be made, because this machine starts no further process. Try again later.",
        ) from fault
    if ended.code != 0:
        raise _cannot_draw("it needs too much memory")
    answer = json.loads(ended.output)
    if "too_many" in answer:
        raise _too_many(answer["too_many"])
    if "missing" in answer:
        raise Invalid(
            "no_such_page",
            "The document has %(count)s pages, so there is no picture of page %(page)s. Ask for one that "
            "exists.",
            count=answer["count"],
            page=answer["missing"] + 1,
        )
    if "fault" in answer:
        raise _cannot_draw(answer["fault"])
    return [base64.b64decode(picture) for picture in answer["pictures"]]


def _too_many(count: int) -> Invalid:
    return Invalid(
        "too_many_pictures",
        "Pictures of %(count)s pages are too many at once; ask for at most %(limit)s.",
        count=count,
        limit=MOST_PAGES,
    )


def _cannot_draw(reason: str) -> Invalid:
    return Invalid(
        "cannot_draw",
        "No picture can be made of this PDF: %(reason)s. Look at the file itself, or ask for a fresh copy "
        "of it.",
        reason=reason,
    )


def draw_standard_input() -> None:
    """The child's entry: draw the pages that are asked for on standard input."""
    request, _, pdf = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(request)
    try:
        answer = _draw(pdf, asked["pages"], asked["width"])
    except pypdfium2.PdfiumError as fault:
        answer = {"fault": str(fault)}
    sys.stdout.write(json.dumps(answer))


def _draw(pdf: bytes, wanted: list[int] | None, width_px: int) -> dict[str, Any]:
    document = pypdfium2.PdfDocument(pdf)
    # What fields show (the stamp of a seal is one) is on paper, too; PDFium runs no script of theirs here.
    document.init_forms()
    indices = list(range(len(document))) if wanted is None else wanted
    if len(indices) > MOST_PAGES:
        return {"too_many": len(indices)}
    pictures = []
    for index in indices:
        if not 0 <= index < len(document):
            return {"missing": index, "count": len(document)}
        page = document[index]
        width, height = page.get_size()
        # A page that is much taller than wide is drawn narrower rather than beyond the limit of pixels.
        # PDFium rounds up, so the scale stays a hair below.
        scale = (1 - 1e-9) * min(width_px / width, (MOST_PIXELS / (width * height)) ** 0.5)
        drawn = io.BytesIO()
        page.render(scale=scale).to_pil().save(drawn, "PNG", optimize=False)
        pictures.append(base64.b64encode(drawn.getvalue()).decode())
    return {"pictures": pictures}
