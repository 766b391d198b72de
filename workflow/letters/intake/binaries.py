"""The parts of a package that are no XML, each known by its first bytes.

A picture, a font or a printer's settings may lie in a document; whatever else
is binary has no business there.
"""

from __future__ import annotations

import struct

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake import opc
from workflow.letters.intake.markup import SAFE_LINKS, scheme_of
from workflow.letters.intake.report import Finding, Limits, message

PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II\xbc\x01", "jxr"),
    (b"\xd7\xcd\xc6\x9a", "wmf"),
    (b"\x01\0\x09\0", "wmf"),
    (b"\x01\0\0\0", "emf"),
)
POSTSCRIPT = (b"%!PS", b"\xc5\xd0\xd3\xc6")
FONTS = (b"\0\x01\0\0", b"OTTO", b"true", b"ttcf", b"wOFF")
START_OF_FRAME = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})

FONT = message(
    "The document carries fonts of its own (%(place)s); the frozen copy uses them. "
    "See that their licence allows it."
)
WORKBOOK = message(
    "The workbook behind a chart (%(place)s) is left out of the frozen copy; the chart stays as it is drawn."
)
SVG_NAMES = frozenset({"script", "foreignObject", "iframe", "handler", "listener"})


def check(package: opc.Package, limits: Limits, strippable: frozenset[str]) -> list[Finding]:
    """Check pictures, fonts and settings of a package; report fonts and cut-out parts.

    Raises InputRefused naming the part.
    """
    findings = []
    for name, data in package.parts.items():
        if name in strippable:
            findings.append(Finding("workbook_of_chart", name, WORKBOOK))
        elif name in package.roots:
            if etree.QName(package.roots[name]).localname == "svg":
                check_svg(name, package.roots[name])
        elif is_font(package, name):
            check_font(name, data)
            findings.append(Finding("embedded_font", name, FONT))
        elif data and not is_settings(package, name):
            check_picture(name, data, limits)
    return findings


def strippable(package: opc.Package) -> frozenset[str]:
    """The parts that are cut out of every copy: workbooks behind charts, web add-ins.

    A chart is drawn from the values that it carries itself; the workbook behind
    it is only needed to edit it, so it is cut out instead of refusing every
    report that shows a chart.
    """
    kept = set()
    for relation in package.relations:
        source_type = package.types.get(relation.source, "")
        chart = relation.type == "package" and source_type.endswith(("drawingml.chart+xml", "chartex+xml"))
        add_in = relation.type in ("webextensiontaskpanes", "webextension")
        if (chart or add_in) and not relation.external and relation.part in package.parts:
            others = [other for other in package.relations_to(relation.part) if other.type != relation.type]
            if not others:
                kept.add(relation.part)
    return frozenset(kept)


def is_settings(package: opc.Package, name: str) -> bool:
    """Whether a part holds a printer's settings: never read here, left out of the copy."""
    return package.types.get(name, "").endswith("printersettings")


def is_font(package: opc.Package, name: str) -> bool:
    """Whether a part is an embedded font, by what leads to it or by its type."""
    led = any(relation.type == "font" for relation in package.relations_to(name))
    return led or package.types.get(name, "").endswith(("obfuscatedfont", "x-fontdata", "x-font-ttf"))


def check_font(name: str, data: bytes) -> None:
    """Refuse an embedded font that is none; obfuscation by the GUID in its name or 32 bytes is undone first.

    Word obfuscates the first 32 bytes with a key that stands in another part, so
    only the table directory behind them can be judged without the key.
    """
    if data.startswith(FONTS):
        return
    # The directory of tables goes on at byte 44 in entries of 16 bytes, beyond the obfuscation.
    tags = [data[offset : offset + 4] for offset in range(44, 44 + 16 * 3, 16)]
    if not all(len(tag) == 4 and all(32 <= sign < 127 for sign in tag) for tag in tags):
        raise InputRefused(
            "unknown_part",
            "The part %(place)s claims to be a font and is none. Save the document without embedded fonts.",
            place=name,
        )


def check_picture(name: str, data: bytes, limits: Limits) -> None:
    """Refuse a part that is no known picture, or one that unpacks to too many pixels."""
    if data.startswith(POSTSCRIPT):
        raise InputRefused(
            "postscript",
            "The picture %(place)s is written in PostScript, which is a program. Insert it as PNG or JPEG.",
            place=name,
        )
    kind = next((kind for signature, kind in PICTURES if data.startswith(signature)), None)
    if kind is None or (kind == "emf" and data[40:44] != b" EMF"):
        raise InputRefused(
            "unknown_part",
            "The part %(place)s is no picture, font or text, so nobody can say what it does. "
            "Remove what was inserted, or submit the document as PDF.",
            place=name,
        )
    check_pixels(name, picture_size(kind, data), limits)


def check_pixels(name: str, size: tuple[int, int] | None, limits: Limits) -> None:
    """Refuse a picture of more pixels than the limit."""
    if size is not None and size[0] * size[1] > limits.pixels:
        raise InputRefused(
            "too_many_pixels",
            "The picture %(place)s unpacks to %(width)s × %(height)s pixels; %(limit)s in all are allowed. "
            "Insert it in a smaller size.",
            place=name,
            width=size[0],
            height=size[1],
            limit=limits.pixels,
        )


def picture_size(kind: str, data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels as the picture's own header declares them; None for other kinds."""
    try:
        if kind == "png":
            return struct.unpack(">II", data[16:24])
        if kind == "gif":
            return struct.unpack("<HH", data[6:10])
        if kind == "bmp":
            width, height = struct.unpack("<ii", data[18:26])
            return abs(width), abs(height)
        if kind == "jpeg":
            return _jpeg_size(data)
    except struct.error:
        return 0, 0
    return None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    offset = 2
    while offset + 9 <= len(data):
        if data[offset] != 0xFF:
            break
        marker = data[offset + 1]
        if marker in START_OF_FRAME:
            height, width = struct.unpack(">HH", data[offset + 5 : offset + 9])
            return width, height
        # Markers without a length: fill bytes and restarts.
        if marker == 0xFF:
            offset += 1
        elif 0xD0 <= marker <= 0xD8 or marker == 0x01:
            offset += 2
        else:
            offset += 2 + struct.unpack(">H", data[offset + 2 : offset + 4])[0]
    return 0, 0


def check_svg(name: str, root: etree._Element) -> None:
    """Refuse an SVG drawing that runs or fetches anything."""
    for element in root.iter("{*}*"):
        leaf = etree.QName(element).localname
        styles = (element.text or "") if leaf == "style" else ""
        for attribute, text in element.attrib.items():
            label = etree.QName(attribute).localname.lower()
            address = str(text).strip()
            if label.startswith("on"):
                raise _svg(name, f"{leaf} {label}")
            inside = not address or address.startswith(("#", "data:image/"))
            link = leaf == "a" and scheme_of(address) in SAFE_LINKS
            if label in ("href", "src") and not inside and not link:
                raise _svg(name, address)
            styles += " " + address
        lowered = styles.lower().replace('"', "").replace("'", "").replace(" ", "")
        outside = lowered.count("url(") - lowered.count("url(#") - lowered.count("url(data:image/")
        if leaf in SVG_NAMES or "@import" in lowered or outside:
            raise _svg(name, leaf)


def _svg(name: str, what: str) -> InputRefused:
    return InputRefused(
        "external_link",
        "The drawing %(place)s runs or fetches something (%(what)s). Insert it as PNG instead.",
        place=name,
        what=what,
    )
