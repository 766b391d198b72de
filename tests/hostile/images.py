"""Hostile pictures."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.hostile import clean
from tests.hostile.registry import hostile

NAME = "photograph.png"


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@hostile("too_many_pixels", NAME, NAME)
def decompression_bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9))
        + chunk(b"IEND", b"")
    )


@hostile("trailing_data", NAME, NAME)
def data_after_picture() -> bytes:
    return clean.png() + b"<?php system($_GET[0]); ?>"


@hostile("trailing_data", NAME, NAME)
def archive_after_picture() -> bytes:
    return clean.png() + clean.zipped({"x": b"x"})


@hostile("polyglot", NAME, NAME)
def archive_inside_picture() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("x.html", "x")
    picture = clean.png()
    return picture[:-12] + chunk(b"zzZz", archive.getvalue()) + picture[-12:]


@hostile("damaged", NAME, NAME)
def damaged_picture() -> bytes:
    picture = bytearray(clean.png())
    picture[45] ^= 0xFF
    return bytes(picture)


@hostile("truncated", "photograph.jpg", "photograph.jpg")
def truncated_picture() -> bytes:
    return clean.jpeg_picture()[:-20]


@hostile("animated", NAME, NAME)
def animated_picture() -> bytes:
    picture = clean.png()
    return picture[:33] + chunk(b"acTL", struct.pack(">II", 2, 0)) + picture[33:]


@hostile("renamed", NAME, NAME)
def gif_named_png() -> bytes:
    return b"GIF89a" + b"\0" * 40
