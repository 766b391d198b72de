"""Does a PDF show the letters that its text says?

A converter that lacks a letter prints a box or nothing, and still writes the
right text behind it.  So the outlines are looked at: in an embedded TrueType
font, a code whose text is visible must have an outline that is not the one of
glyph 0, which stands for "no such glyph".
Source: OpenType 1.9 (cmap format 0, 4; loca; glyf); ISO 32000-2, 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import itertools
import re
import struct
import unicodedata
from typing import Any

import pikepdf


def families(document: pikepdf.Pdf) -> set[str]:
    """The names of the embedded fonts, without subset prefix and style."""
    names = set()
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
            name = str(thing.get("/FontName", "")).lstrip("/")
            names.add(re.sub(r"^[A-Z]{6}\+", "", name))
    return names


def missing(document: pikepdf.Pdf) -> set[str]:
    """The characters that the text contains and the page does not show, as far as TrueType fonts tell."""
    found: set[str] = set()
    for thing in document.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Subtype") != "/TrueType":
            continue
        descriptor, mapping = thing.get("/FontDescriptor"), thing.get("/ToUnicode")
        if descriptor is None or mapping is None or "/FontFile2" not in descriptor:
            continue
        try:
            found |= _missing_in(descriptor.FontFile2.read_bytes(), mapping.read_bytes())
        except (struct.error, IndexError, KeyError, ValueError):
            # A font that this short reading does not understand says nothing about its letters.
            continue
    return found


def _missing_in(font: bytes, mapping: bytes) -> set[str]:
    tables = _tables(font)
    outlines = _outlines(tables)
    glyph_of = _glyphs_by_code(tables["cmap"])
    found = set()
    for code, text in _texts(mapping):
        glyph = glyph_of.get(code, 0)
        outline = outlines[glyph] if glyph < len(outlines) else b""
        visible = [sign for sign in text if not _invisible(sign)]
        if visible and (not outline or (outline == outlines[0] and outline)):
            found |= set(visible)
    return found


def _invisible(sign: str) -> bool:
    # Signs of a private area or of a newer Unicode than this Python's are visible.
    category = unicodedata.category(sign)
    return category[0] in "ZM" or category in ("Cc", "Cf", "Cs")


def _texts(mapping: bytes) -> list[tuple[int, str]]:
    """Codes and their texts from the bfchar lists of a ToUnicode map."""
    pairs = []
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", mapping, re.DOTALL):
        for code, text in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            pairs.append((int(code, 16), bytes.fromhex(text.decode()).decode("utf-16-be", "replace")))
    return pairs


def _tables(font: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {}
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        tables[tag.decode("latin-1")] = font[offset : offset + length]
    return tables


def _outlines(tables: dict[str, bytes]) -> list[bytes]:
    long = struct.unpack_from(">h", tables["head"], 50)[0]
    loca, glyf = tables["loca"], tables["glyf"]
    places: tuple[Any, ...]
    if long:
        places = struct.unpack(f">{len(loca) // 4}I", loca[: len(loca) // 4 * 4])
    else:
        places = tuple(
            2 * place for place in struct.unpack(f">{len(loca) // 2}H", loca[: len(loca) // 2 * 2])
        )
    return [glyf[start:end] for start, end in itertools.pairwise(places)]


def _glyphs_by_code(cmap: bytes) -> dict[int, int]:
    """Codes to glyphs from the first subtable of a kind that subset fonts use."""
    for index in range(struct.unpack_from(">H", cmap, 2)[0]):
        offset = struct.unpack_from(">I", cmap, 4 + 8 * index + 4)[0]
        form = struct.unpack_from(">H", cmap, offset)[0]
        if form == 0:
            return dict(enumerate(cmap[offset + 6 : offset + 262]))
        if form == 4:
            return _format_4(cmap, offset)
    raise ValueError("no simple character map")


def _format_4(cmap: bytes, offset: int) -> dict[int, int]:
    doubled = struct.unpack_from(">H", cmap, offset + 6)[0]
    glyphs = {}
    for place in range(offset + 14, offset + 14 + doubled, 2):
        end = struct.unpack_from(">H", cmap, place)[0]
        start = struct.unpack_from(">H", cmap, place + doubled + 2)[0]
        delta = struct.unpack_from(">H", cmap, place + 2 * doubled + 2)[0]
        range_place = place + 3 * doubled + 2
        distance = struct.unpack_from(">H", cmap, range_place)[0]
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if distance:
                glyph = struct.unpack_from(">H", cmap, range_place + distance + 2 * (code - start))[0]
            value = (glyph + delta) % 65_536 if glyph or not distance else 0
            # Symbol fonts keep their codes in a private area; the page uses the low byte.
            glyphs[code & 0xFF if 0xF000 <= code <= 0xF0FF else code] = value
    return glyphs
