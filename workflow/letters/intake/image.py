"""PNG and JPEG pictures as enclosures.

The container is walked to its last byte here; the pixels are decoded in a child
process, and only they reach the frozen page: no metadata, no second file.
Sources: PNG (W3C, third edition), JPEG (ITU-T T.81), Exif 2.32.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from workflow.errors import InputRefused
from workflow.letters.intake import binaries
from workflow.letters.intake.report import Finding, Limits, message

DAMAGED = message("The picture is damaged (%(place)s). Save it again and submit it again.")
TRAILING = message(
    "There are %(count)s bytes after the end of the picture (%(place)s), where a second file could hide. "
    "Save it again in a picture program."
)
METADATA = message(
    "The picture says when, where or by whom it was made (%(place)s); the frozen copy does not."
)
ANIMATED = message("The picture is animated (%(place)s); a page cannot move. Submit one picture of it.")
START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def inspect(kind: str, data: bytes, filename: str, limits: Limits) -> list[Finding]:
    """Check the container of a picture and report its metadata.

    Raises InputRefused: `damaged`, `truncated`, `trailing_data`, `polyglot`, `too_many_pixels`.
    """
    size = binaries.picture_size(kind, data)
    if size is None or 0 in size:
        raise InputRefused("damaged", DAMAGED, place=filename)
    binaries.check_pixels(filename, size, limits)
    end, metadata = _walk_png(data, filename) if kind == "png" else _walk_jpeg(data, filename)
    if end != len(data):
        raise InputRefused("trailing_data", TRAILING, place=filename, count=len(data) - end)
    head = data[:4096].lower()
    if zipfile.is_zipfile(io.BytesIO(data)) or b"%pdf-" in head or b"<html" in head or b"<script" in head:
        raise InputRefused(
            "polyglot",
            "The picture %(place)s is at the same time a file of another kind. Save it again in a picture "
            "program.",
            place=filename,
        )
    return [Finding("author", metadata[0], METADATA)] if metadata else []


def _walk_png(data: bytes, filename: str) -> tuple[int, list[str]]:
    offset = 8
    metadata: list[str] = []
    while offset + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[offset : offset + 8])
        end = offset + 12 + length
        if end > len(data):
            break
        if zlib.crc32(data[offset + 4 : end - 4]) != struct.unpack(">I", data[end - 4 : end])[0]:
            raise InputRefused("damaged", DAMAGED, place=f"{filename}, {name.decode('latin-1')!r}")
        if name in (b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"):
            metadata.append(f"{filename}, {name.decode()}")
        if name == b"acTL":
            raise InputRefused("animated", ANIMATED, place=filename)
        if name == b"IEND":
            return end, metadata
        offset = end
    raise _cut_off(filename)


def _walk_jpeg(data: bytes, filename: str) -> tuple[int, list[str]]:
    offset = 2
    metadata: list[str] = []
    while offset + 2 <= len(data):
        if data[offset] != 0xFF:
            raise InputRefused("damaged", DAMAGED, place=f"{filename}, byte {offset}")
        marker = data[offset + 1]
        if marker == END_OF_IMAGE:
            return offset + 2, metadata
        if marker == 0xFF:
            offset += 1
            continue
        offset += 2
        if marker in STANDALONE:
            continue
        if offset + 2 > len(data):
            break
        segment = data[offset + 2 : offset + 2 + 8]
        if marker in (0xE1, 0xED, 0xFE) and not segment.startswith(b"Adobe"):
            metadata.append(f"{filename}, byte {offset}")
        offset += max(2, struct.unpack(">H", data[offset : offset + 2])[0])
        if marker == START_OF_SCAN:
            offset = _end_of_scan(data, offset)
    raise _cut_off(filename)


def _end_of_scan(data: bytes, offset: int) -> int:
    """Where the compressed data stop: at the next marker that is neither stuffing nor a restart."""
    while True:
        offset = data.find(b"\xff", offset)
        if offset < 0 or offset + 1 >= len(data):
            return len(data)
        following = data[offset + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return offset
        offset += 1 if following == 0xFF else 2


def _cut_off(filename: str) -> InputRefused:
    return InputRefused(
        "truncated",
        "The picture %(place)s ends too early: it was cut off on its way. Submit it again.",
        place=filename,
    )
