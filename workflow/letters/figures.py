"""Figures of a letter: the emblem in the letterhead, the QR code of the address where it is verified.

A figure is plain data, kept in the letter model, so that a stored letter can be
drawn again when the profile's picture has changed.
"""

from __future__ import annotations

import base64
import io
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import segno

from workflow.letters.layout import Layout
from workflow.letters.schema import Section
from workflow.letters.wording import Wording

MEDIA = ("svg", "png")
LARGEST = 500_000
_PNG = b"\x89PNG\r\n\x1a\n"
_VIEW_BOX = re.compile(r'\bviewBox="[\d.+-]+[ ,]+[\d.+-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"')
# What an SVG of a letterhead has no use for: code, entities, and anything fetched from elsewhere.
_FOREIGN = re.compile(
    r"<script|<!DOCTYPE|<!ENTITY|<foreignObject|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)|\son\w+=", re.I
)


@dataclass(frozen=True)
class Figure:
    """A picture of a letter.

    `role` is emblem or verification; `data` is the text of an SVG, or a PNG in
    base64; `alt` says what it shows; `width` and `height` are in millimetres.
    """

    role: str
    media: str
    data: str
    alt: str
    width: float
    height: float


@dataclass(frozen=True)
class Emblem:
    """The emblem of an organisation: its medium, its data as in a Figure, its size in millimetres."""

    media: str
    data: str
    width: float
    height: float

    def figure(self, alt: str) -> Figure:
        """The emblem with its words in one language."""
        return Figure("emblem", self.media, self.data, alt, self.width, self.height)


def qr_code(address: str, alt: str, size: float) -> Figure:
    """The QR code of `address`, `size` mm wide with its quiet zone; error correction of at least 15 %."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, nl=False)
    return Figure("verification", "svg", drawn.getvalue().decode(), alt, size, size)


def read_figures(
    folder: Path, section: Section, wordings: Mapping[str, Wording], layout: Layout
) -> tuple[Emblem | None, float]:
    """The emblem of a profile, and the width of its QR code in millimetres; None and 0 where it has none."""
    emblem = _emblem(folder, section.section("emblem"))
    for code, words in wordings.items() if emblem else ():
        if words.letterhead and not words.emblem:
            section.fault(f"languages/{code}.toml [letterhead] has no “emblem”; say what the emblem shows.")
    table = section.section("verification")
    wanted = table.flag("qr", False)
    size = table.number("size", 16, 12, 40)
    if wanted and size > layout.bottom - 4:
        table.fault(
            "“size” has to be 4 mm smaller than the layout's “bottom”: the code stands in that margin."
        )
    table.finish()
    return emblem, size if wanted else 0


def _emblem(folder: Path, section: Section) -> Emblem | None:
    """The table [emblem] of a profile, with its file; None where the profile has none."""
    if not section.values:
        return None
    name = section.text("file")
    height = section.number("height", 18, 5, 60)
    section.finish()
    content = section.asset(folder, name, LARGEST, "give a simpler picture")
    if content is None:
        return None
    read = _png(content) if content.startswith(_PNG) else _svg(content)
    if isinstance(read, str):
        section.fault(f"{name} {read}")
        return None
    media, data, wide, high = read
    if not wide or not high:
        section.fault(f"{name} has no size; give a picture with a width and a height.")
        return None
    return Emblem(media, data, round(height * wide / high, 2), height)


def _png(content: bytes) -> tuple[str, str, float, float]:
    wide, high = struct.unpack(">II", content[16:24].ljust(8, b"\0"))
    return "png", base64.b64encode(content).decode(), wide, high


def _svg(content: bytes) -> tuple[str, str, float, float] | str:
    """The SVG with its proportions, or what is wrong with it."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "is neither PNG nor SVG; give one of these."
    box = _VIEW_BOX.search(text)
    if "<svg" not in text or box is None:
        return "is neither PNG nor an SVG with a viewBox; give one of these."
    if found := _FOREIGN.search(text):
        return f"has “{found[0].strip()}”; an emblem may hold no code and fetch nothing."
    return "svg", text, float(box[1]), float(box[2])
