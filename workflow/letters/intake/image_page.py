"""A picture on a page of its own: pixels in, one page of PDF out; runs in a child process."""

from __future__ import annotations

import base64
import io
from typing import Any

import pikepdf
from PIL import Image, ImageOps

from workflow.errors import InputRefused
from workflow.letters.intake import worker
from workflow.letters.intake.image import DAMAGED
from workflow.letters.intake.report import Limits

A4 = (595.276, 841.89)
MARGIN = 42.52  # 15 mm in points
DEFAULT_DENSITY = 150.0
QUALITY = 92


def page_standard_input() -> None:
    """The child's entry: make a page of the picture on standard input."""
    worker.serve(make_page)


def make_page(data: bytes, limits: Limits) -> dict[str, Any]:
    """One A4 page that shows the picture upright, as large as its density says but never beyond the margins.

    The same picture gives the same bytes.  Raises InputRefused `damaged` when it cannot be decoded.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as opened:
            lossless = opened.format == "PNG"
            density = _density(opened)
            opened.load()
            # In place, because a copy of a large picture would pass the limit of memory.
            ImageOps.exif_transpose(opened, in_place=True)
            picture = _flatten(opened)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise InputRefused("damaged", DAMAGED, place=str(fault)[:80] or "picture") from fault
    page = _place(picture, density, lossless)
    return {"pdf": base64.b64encode(page).decode(), "pages": 1}


def _density(picture: Image.Image) -> float:
    declared = picture.info.get("dpi", (0.0, 0.0))
    value = float(declared[0]) if isinstance(declared, tuple) and declared else 0.0
    return value if 36 <= value <= 2400 else DEFAULT_DENSITY


def _flatten(picture: Image.Image) -> Image.Image:
    """Plain grey or RGB: transparency is laid on white, as on paper."""
    if picture.mode in ("1", "L"):
        return picture if picture.mode == "L" else picture.convert("L")
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(paper, layered).convert("RGB")
    if picture.mode.startswith("I;16"):
        return picture.point(lambda level: level / 256).convert("L")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _place(picture: Image.Image, density: float, lossless: bool) -> bytes:
    document = pikepdf.new()
    sheet = A4 if picture.height >= picture.width else (A4[1], A4[0])
    room = (sheet[0] - 2 * MARGIN, sheet[1] - 2 * MARGIN)
    scale = min(72 / density, room[0] / picture.width, room[1] / picture.height)
    width, height = picture.width * scale, picture.height * scale
    left, bottom = (sheet[0] - width) / 2, (sheet[1] - height) / 2
    if lossless:
        stream = pikepdf.Stream(document, picture.tobytes())
    else:
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=QUALITY, subsampling=0)
        stream = pikepdf.Stream(document, encoded.getvalue())
        stream.Filter = pikepdf.Name.DCTDecode
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = picture.width, picture.height, 8
    stream.ColorSpace = pikepdf.Name.DeviceGray if picture.mode == "L" else pikepdf.Name.DeviceRGB
    page = document.add_blank_page(page_size=sheet)
    page.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Picture=document.make_indirect(stream))
    )
    drawing = f"q {width:.3f} 0 0 {height:.3f} {left:.3f} {bottom:.3f} cm /Picture Do Q"
    page.obj.Contents = document.make_stream(drawing.encode())
    written = io.BytesIO()
    document.save(written, deterministic_id=True, compress_streams=True)
    return written.getvalue()
