"""A version as a table for Word: number, source and translation, a row for each paragraph.

Each row's first cell has the unit's identity as hidden text, which Word and LibreOffice keep when
the other cells are edited; the heading row has the note's.  A slot is a content control around the
slot as typed at the desk: it can be copied and moved, and its letters cannot be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from workflow.errors import Invalid, Phrase
from workflow.exchange.model import Handover, Standing, Unit
from workflow.exchange.pieces import TOKEN, Code, cut
from workflow.letters.docx_base import W, pack

# What the heading's hidden text begins with; then reference, source and target language.
MARK = "chancery"

HEADINGS = (Phrase("No."), Phrase("Source"), Phrase("Translation"))
INSTRUCTION = Phrase(
    "Write the translation in the right column. A value in braces, such as {meeting}, is shared by all languages: "
    "copy it from the left column, and add the form after a full stop where the language bends it, such as "
    "{meeting.genitive}. Grey rows are formulas and stay as they are. Switch “Track Changes” off before you write."
)
STANDINGS = {
    Standing.STALE: Phrase("The source changed after this was translated."),
    Standing.AGREED: Phrase("Accepted by the reviewer."),
}
# Widths of the columns in twentieths of a point, on landscape A4.
WIDTHS = (800, 6800, 6800)
GREY = "EDEDED"

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/word/document.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>\
<Override PartName="/word/styles.xml" \
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>"""
_STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>\
<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/>\
<w:sz w:val="22"/><w:szCs w:val="22"/></w:rPr></w:rPrDefault></w:docDefaults>\
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>\
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:rPr><w:b/><w:sz w:val="28"/>\
<w:szCs w:val="28"/></w:rPr></w:style>\
<w:style w:type="character" w:styleId="Slot"><w:name w:val="Slot"/><w:rPr><w:color w:val="1F4E79"/>\
<w:shd w:val="clear" w:color="auto" w:fill="DEEAF6"/></w:rPr></w:style></w:styles>"""
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def write(handover: Handover, say: Callable[[str], str] = str) -> bytes:
    """The version as a DOCX table; the same handover gives the same bytes."""
    source, target = handover.source_language, handover.target_language
    rows = [_heading(handover, say)]
    for unit in handover.units:
        fill = GREY if unit.locked else ""
        label = str(unit.ordinal or "–")
        first = _cell(WIDTHS[0], [_paragraph(_hidden(unit.identity) + _run(label, "en"))], fill)
        left = [_paragraph(_text(unit.source, source, locked=unit.locked), source in handover.rtl)]
        left += [_paragraph(_run(say(words), "", small=True)) for words in _remarks(unit)]
        right = _paragraph(_text(unit.target, target, locked=unit.locked), target in handover.rtl)
        rows.append(
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{first}{_cell(WIDTHS[1], left, fill)}"
            f"{_cell(WIDTHS[2], [right], fill)}</w:tr>"
        )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS)
    title = f"{handover.reference}: {handover.title}, {source} → {target}"
    body = (
        f'<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>{_run(title, "")}</w:p>'
        f"{_paragraph(_run(say(INSTRUCTION), ''))}"
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(WIDTHS)}" w:type="dxa"/><w:tblBorders>{_BORDERS}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
        f"{_paragraph('')}"
        '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
        '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>'
        "</w:sectPr>"
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    )
    if any(ord(sign) in (0xFFFE, 0xFFFF) or 0xD800 <= ord(sign) <= 0xDFFF for sign in document):
        raise Invalid(
            "exchange-sign",
            "A text of %(note)s has a sign in it that no file can hold. Find it and take it out.",
            note=handover.reference,
        )
    return pack(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _RELATIONS.format(
                office=_OFFICE, kind="officeDocument", target="word/document.xml"
            ).encode(),
            "word/document.xml": document.encode(),
            "word/_rels/document.xml.rels": _RELATIONS.format(
                office=_OFFICE, kind="styles", target="styles.xml"
            ).encode(),
            "word/styles.xml": _STYLES.encode(),
        }
    )


def _remarks(unit: Unit) -> tuple[str, ...]:
    return (*((STANDINGS[unit.standing],) if unit.standing in STANDINGS else ()), *unit.notes)


def _heading(handover: Handover, say: Callable[[str], str]) -> str:
    identity = f"{MARK} {handover.reference} {handover.source_language} {handover.target_language}"
    number, source, target = HEADINGS
    cells = (
        _cell(WIDTHS[0], [_paragraph(_hidden(identity) + _run(say(number), "", bold=True))], GREY),
        _cell(
            WIDTHS[1], [_paragraph(_run(f"{say(source)} ({handover.source_language})", "", bold=True))], GREY
        ),
        _cell(
            WIDTHS[2], [_paragraph(_run(f"{say(target)} ({handover.target_language})", "", bold=True))], GREY
        ),
    )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(width: int, paragraphs: list[str], fill: str = "") -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>{"".join(paragraphs)}</w:tc>'


def _paragraph(runs: str, rtl: bool = False) -> str:
    return f"<w:p>{'<w:pPr><w:bidi/></w:pPr>' if rtl else ''}{runs}</w:p>"


def _run(words: str, language: str, *, bold: bool = False, small: bool = False, style: str = "") -> str:
    properties = (
        (f'<w:rStyle w:val="{style}"/>' if style else "")
        + ("<w:b/>" if bold else "")
        + ('<w:i/><w:noProof/><w:sz w:val="18"/><w:szCs w:val="18"/>' if small else "")
        + ("<w:noProof/>" if style else "")
        + (f"<w:lang w:val={quoteattr(language)}/>" if language else "")
    )
    text = f'<w:t xml:space="preserve">{escape(words)}</w:t>'
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{text}</w:r>"


def _hidden(identity: str) -> str:
    # The blank keeps it apart from what is seen in the same cell.
    return (
        "<w:r><w:rPr><w:noProof/><w:vanish/></w:rPr>"
        f'<w:t xml:space="preserve">{escape(identity)} </w:t></w:r>'
    )


def _text(text: str, language: str, *, locked: bool) -> str:
    """A text as runs, each slot in a content control; braces stay as they are typed at the desk."""
    runs = []
    for piece in cut(text):
        if isinstance(piece, Code) and TOKEN.fullmatch(piece.token or ""):
            runs.append(
                '<w:sdt><w:sdtPr><w:tag w:val="slot"/><w:lock w:val="contentLocked"/><w:text/></w:sdtPr>'
                f"<w:sdtContent>{_run(piece.token or '', language, style='Slot')}</w:sdtContent></w:sdt>"
            )
        elif isinstance(piece, Code):
            runs.append(_run(piece.token or "", language))
        else:
            words = piece if locked else piece.replace("{", "{{").replace("}", "}}")
            runs.append(_run(words, language))
    return "".join(runs)
