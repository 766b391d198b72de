"""The base document of a DOCX letter: a package of our own, as slim as it can be.

It has a style for each part of a letter and nothing else: no theme, no
thumbnail, no foreign author.  It depends only on the layout and the fonts, so
it is made once for them and kept.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from workflow.letters.blocks import Letter
from workflow.letters.layout import Layout, Style

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = {
    "salutation": "Salutation",
    "complimentary_close": "Closing",
    "authentication": "Signature",
    "place_date": "Date",
    "subject": "Subject Line",
}
JUSTIFICATIONS = {"start": "left", "end": "right", "center": "center", "justify": "both"}
# A zip entry has to have a time; this is the earliest that the format can write.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
ZIP_TIME_FIELD = struct.pack("<HH", 0, 1 << 5 | 1)

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/word/document.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>\
<Override PartName="/word/styles.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>\
<Override PartName="/word/settings.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>\
<Override PartName="/docProps/core.xml" \
ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>\
</Types>"""
_RELS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/>\
<Relationship Id="rId2" \
Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" \
Target="docProps/core.xml"/></Relationships>"""
_DOCUMENT_RELS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="rId1" Type="{R}/styles" Target="styles.xml"/>\
<Relationship Id="rId2" Type="{R}/settings" Target="settings.xml"/></Relationships>"""
_CORE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>"""
# Space after a paragraph and space before the next add up, as in the PDF; by default the larger wins.
_SETTINGS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:settings xmlns:w="{W}"><w:defaultTabStop w:val="567"/><w:characterSpacingControl w:val="doNotCompress"/>\
<w:compat><w:doNotUseHTMLParagraphAutoSpacing/><w:compatSetting w:name="compatibilityMode" \
w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>"""


def twips(millimetres: float) -> int:
    """Twentieths of a point, the unit of the format."""
    return round(millimetres * 1440 / 25.4)


def points(value: float) -> int:
    """Twentieths of a point of a length in points."""
    return round(value * 20)


def base(letter: Letter) -> bytes:
    """The base document for a letter's layout, fonts and language."""
    fonts = tuple(sorted(letter.docx_fonts.items()))
    return _base(letter.layout, fonts, letter.tags[letter.language])


@lru_cache(maxsize=32)
def _base(layout: Layout, fonts: tuple[tuple[str, str], ...], tag: str) -> bytes:
    document = f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:sectPr/></w:body></w:document>'
    return pack(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELS.encode(),
            "word/document.xml": document.encode(),
            "word/_rels/document.xml.rels": _DOCUMENT_RELS.encode(),
            "word/styles.xml": styles(layout, dict(fonts), tag).encode(),
            "word/settings.xml": _SETTINGS.encode(),
            "docProps/core.xml": _CORE.encode(),
        }
    )


def pack(entries: Mapping[str, bytes]) -> bytes:
    """A zip file whose bytes depend on nothing but names, contents and their order."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return target.getvalue()


def without_times(archive: bytes) -> bytes:
    """The same zip file with the earliest time on every entry, in its own header and in the directory.

    The times are written over, since packing everything again would double the cost of a document.
    """
    data = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        entries, at = opened.infolist(), opened.start_dir
    for entry in entries:
        data[entry.header_offset + 10 : entry.header_offset + 14] = ZIP_TIME_FIELD
        data[at + 12 : at + 16] = ZIP_TIME_FIELD
        name, extra, comment = struct.unpack_from("<HHH", data, at + 28)
        at += 46 + name + extra + comment
    return bytes(data)


def style_id(role: str) -> str:
    """The identifier of the style of a part."""
    return "Letter" + role.title().replace("_", "")


def styles(layout: Layout, fonts: Mapping[str, str], tag: str) -> str:
    """The part with a style for each part of a letter."""
    latin = quoteattr(layout.docx_font)
    east = quoteattr(fonts.get("zh", layout.docx_font))
    complex_script = quoteattr(fonts.get("ar", layout.docx_font))
    size = round(layout.size * 2)
    language = quoteattr(tag)
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>"
        f"<w:rFonts w:ascii={latin} w:hAnsi={latin} w:eastAsia={east} w:cs={complex_script}/>"
        f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
        f"<w:lang w:val={language} w:eastAsia={language} w:bidi={language}/></w:rPr></w:rPrDefault>"
        f'<w:pPrDefault><w:pPr><w:widowControl/><w:spacing w:before="0" w:after="0" '
        f'w:line="{points(layout.line)}" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )
    end = twips(layout.width - layout.start - layout.end)
    small = _size((layout.style("letterhead").size or layout.size) * 0.82)
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "<w:qFormat/></w:style>"
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/>'
        f'<w:pPr><w:tabs><w:tab w:val="right" w:pos="{end}"/></w:tabs>'
        '</w:pPr><w:rPr><w:sz w:val="20"/><w:szCs w:val="20"/></w:rPr></w:style>'
    )
    head = layout.style("letterhead")
    details = (
        '<w:style w:type="paragraph" w:customStyle="1" w:styleId="LetterDetails">'
        '<w:name w:val="Letter Details"/>'
        f'<w:basedOn w:val="{style_id("letterhead")}"/><w:pPr><w:spacing w:before="60" '
        f'w:line="{points(layout.pitch(head) * 0.82)}" w:lineRule="exact"/></w:pPr>'
        f'<w:rPr><w:b w:val="0"/><w:bCs w:val="0"/>{small}</w:rPr></w:style>'
    )
    parts = "".join(_style(role, style, layout) for role, style in layout.styles.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles xmlns:w="{W}">'
        f"{defaults}{normal}{parts}{details}</w:styles>"
    )


def _style(role: str, style: Style, layout: Layout) -> str:
    name = NAMES.get(role)
    custom = "" if name else ' w:customStyle="1"'
    title = name or "Letter " + role.replace("_", " ").title()
    keep = "<w:keepNext/>" if role in ("salutation", "subject") else ""
    if role not in ("opening", "paragraph", "closing", "copies", "enclosure"):
        keep += "<w:keepLines/>"
    indent = ""
    if style.wide and layout.start != layout.head_start:
        indent = f'<w:ind w:left="{twips(layout.head_start - layout.start)}"/>'
    elif style.indent:
        indent = f'<w:ind w:firstLine="{twips(style.indent)}"/>'
    outline = '<w:outlineLvl w:val="0"/>' if role == "subject" else ""
    face = ("<w:b/><w:bCs/>" if style.bold else "") + ("<w:i/><w:iCs/>" if style.italic else "")
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{style_id(role)}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{keep}'
        f'<w:spacing w:before="{points(style.before)}" w:after="{points(style.after)}" '
        f'w:line="{points(layout.pitch(style))}" w:lineRule="exact"/>{indent}'
        f'<w:jc w:val="{JUSTIFICATIONS[style.align]}"/>{outline}</w:pPr>'
        f"<w:rPr>{face}{_size(style.size) if style.size else ''}</w:rPr></w:style>"
    )


def _size(size: float) -> str:
    return f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'
