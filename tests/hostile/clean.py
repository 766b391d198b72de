"""Clean files as ordinary programs make them, and the pieces that hostile ones are made of."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import pikepdf
import typst
from PIL import Image

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CLEAN: dict[str, tuple[str, Callable[[], bytes]]] = {}


def clean(filename: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Enter a maker of a file that must pass under this name."""

    def enter(make: Callable[[], bytes]) -> Callable[[], bytes]:
        CLEAN[make.__name__] = (filename, make)
        return make

    return enter


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """Parts as a ZIP file, `mimetype` unpacked."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, compress_type=method)
    return written.getvalue()


def types(overrides: Mapping[str, str], **defaults: str) -> str:
    """The content types part."""
    kinds = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    kinds |= defaults
    listed = "".join(f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    listed += "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{PACKAGE}/content-types">{listed}</Types>'


def relations(*rows: tuple[str, str, bool], base: str = OFFICE) -> str:
    """A part of relationships: type (short or whole), target, external."""
    listed = ""
    for number, (kind, target, external) in enumerate(rows, 1):
        whole = kind if "://" in kind else f"{base}/relationships/{kind}"
        mode = ' TargetMode="External"' if external else ""
        listed += f'<Relationship Id="rId{number}" Type="{whole}" Target="{target}"{mode}/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def body(content: str, space: str = WORD) -> str:
    """A main document part around the content of its body."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{space}" '
        f'xmlns:r="{OFFICE}/relationships" xmlns:v="urn:schemas-microsoft-com:vml" '
        f'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:a="{DRAWING}/main" '
        'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'mc:Ignorable="w14"><w:body>{content}</w:body></w:document>'
    )


def word(
    content: str = "<w:p><w:r><w:t>Summary of the ninth meeting</w:t></w:r></w:p>",
    *,
    main: bytes | str | None = None,
    rows: tuple[tuple[str, str, bool], ...] = (),
    parts: Mapping[str, bytes | str] | None = None,
    kinds: Mapping[str, str] | None = None,
    package_rows: tuple[tuple[str, str, bool], ...] = (),
    main_type: str = f"{MAIN}.document.main+xml",
    **defaults: str,
) -> bytes:
    """A small DOCX with whatever a test adds to it."""
    made: dict[str, bytes | str] = {
        "[Content_Types].xml": types({"word/document.xml": main_type, **(kinds or {})}, **defaults),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", False), *package_rows),
        "word/document.xml": body(content) if main is None else main,
    }
    if rows:
        made["word/_rels/document.xml.rels"] = relations(*rows)
    return zipped(made | dict(parts or {}))


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r>{run}</w:r>' for run in runs)}</w:p>"


def field(*instructions: str) -> str:
    """A complex field whose instruction is cut into runs."""
    return paragraph(
        '<w:fldChar w:fldCharType="begin"/>',
        *(f'<w:instrText xml:space="preserve">{piece}</w:instrText>' for piece in instructions),
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>shown</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )


def png(width: int = 40, height: int = 30) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(written, "PNG", dpi=(150, 150))
    return written.getvalue()


def pdf(pages: int = 2) -> pikepdf.Pdf:
    """A PDF of blank pages with a line of drawing on each."""
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.obj.Contents = document.make_stream(b"72 72 m 500 72 l S")
    return document


def saved(document: pikepdf.Pdf, **how: object) -> bytes:
    written = io.BytesIO()
    document.save(written, **how)
    return written.getvalue()


TEXT = (
    "Ұйымның мүше мемлекеттері сараптама орталықтарының тоғызыншы отырысын өткізді. "
    "Участники обменялись мнениями о мерах доверия. The participants agreed to meet again next year. "
)


@clean("summary.docx")
def python_docx_default_template() -> bytes:
    document = docx.Document()
    document.add_heading("Summary of the ninth meeting", 1)
    for number in range(70):
        document.add_paragraph(f"{number + 1}. " + TEXT * 2)
    table = document.add_table(rows=4, cols=3, style="Table Grid")
    table.cell(1, 1).text = "Session"
    document.add_picture(io.BytesIO(png()))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@clean("report.docx")
def word_with_every_ordinary_part() -> bytes:
    """What Word writes: extensions, alternatives, footnotes, custom XML, a glossary, a chart, fonts, add-in data."""
    chart = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    content = (
        '<w:p w14:paraId="1A2B3C4D"><w:r><w:t>Text</w:t><w:footnoteReference w:id="2"/></w:r>'
        '<w:hyperlink r:id="rId1"><w:r><w:t>website</w:t></w:r></w:hyperlink></w:p>'
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='w14'><w:t>new</w:t></mc:Choice>"
        "<mc:Fallback><w:pict><v:shape id='s' type='#t' style='width:1pt' o:href='https://example.org/'>"
        "<v:imagedata r:id='rId8' o:title='x'/></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + field(' HYPERLINK "https://example.org/ninth" \\o "Ninth" ')
        + field(" TOC \\o ", '"1-3" \\h \\z \\u ')
        + field(' HYPERLINK \\l "_Toc1" ')
        + field(' HYPERLINK \\t "_blank" "https://example.org" \\o "Note: see" ')
        + '<w:p><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'
        + '<w:p><w:hyperlink w:anchor="top"><w:r><w:t>top</w:t></w:r></w:hyperlink></w:p>'
        + "<w:sdt><w:sdtPr><w:dataBinding w:xpath='/x' w:storeItemID='{0}'/></w:sdtPr>"
        "<w:sdtContent><w:p/></w:sdtContent></w:sdt>"
    )
    rows = (
        ("hyperlink", "https://example.org/section?a=1&amp;b=2", True),
        ("footnotes", "footnotes.xml", False),
        ("glossaryDocument", "glossary/document.xml", False),
        ("chart", "charts/chart1.xml", False),
        ("fontTable", "fontTable.xml", False),
        ("customXml", "../customXml/item1.xml", False),
        ("settings", "settings.xml", False),
        ("image", "media/image1.png", False),
        ("hyperlink", "mailto:registry@example.org", True),
        ("hyperlink", "#_Toc1", True),
    )
    prefix = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}/relationships"'
    parts = {
        "word/footnotes.xml": f"<w:footnotes {prefix}><w:footnote w:id='2'><w:p/></w:footnote></w:footnotes>",
        "word/glossary/document.xml": f"<w:glossaryDocument {prefix}><w:docParts/></w:glossaryDocument>",
        "word/settings.xml": f"<w:settings {prefix}><w:zoom w:percent='100'/></w:settings>",
        "word/styles.xml": f"<w:styles {prefix}><w:style><w:rPr><w:vanish/></w:rPr></w:style></w:styles>",
        "word/charts/chart1.xml": f'<c:chartSpace xmlns:c="{DRAWING}/chart" {prefix}><c:externalData r:id="rId1"/>'
        "</c:chartSpace>",
        "word/charts/_rels/chart1.xml.rels": relations(
            ("package", "../embeddings/Microsoft_Excel_Worksheet.xlsx", False)
        ),
        "word/embeddings/Microsoft_Excel_Worksheet.xlsx": workbook(),
        "word/fontTable.xml": f"<w:fonts {prefix}><w:font w:name='House'><w:embedRegular r:id='rId1'/></w:font></w:fonts>",
        "word/_rels/fontTable.xml.rels": relations(("font", "fonts/font1.odttf", False)),
        "word/fonts/font1.odttf": obfuscated_font(),
        "word/media/image1.png": png(),
        "customXml/item1.xml": "<?mso-contentType?><b:Sources xmlns:b='urn:b' SelectedStyle=''/>",
        "customXml/itemProps1.xml": '<ds:datastoreItem xmlns:ds="urn:ds" ds:itemID="{1}"/>',
        "customXml/_rels/item1.xml.rels": relations(("customXmlProps", "itemProps1.xml", False)),
        "docProps/core.xml": '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:creator>A. Person</dc:creator></cp:coreProperties>",
        "docProps/custom.xml": '<Properties xmlns="urn:p"><property name="Classification"/></Properties>',
    }
    return word(
        content,
        rows=rows,
        parts=parts,
        kinds={
            "word/charts/chart1.xml": chart,
            "word/footnotes.xml": f"{MAIN}.footnotes+xml",
            "word/glossary/document.xml": f"{MAIN}.document.glossary+xml",
            "word/settings.xml": f"{MAIN}.settings+xml",
            "word/styles.xml": f"{MAIN}.styles+xml",
            "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        },
        png="image/png",
        xlsx=f"{SHEET}.sheet",
        odttf="application/vnd.openxmlformats-officedocument.obfuscatedFont",
    )


def obfuscated_font() -> bytes:
    """The head of a font whose first 32 bytes are obfuscated, as Word embeds it."""
    tables = b"".join(tag + b"\0" * 12 for tag in (b"OS/2", b"cmap", b"cvt ", b"glyf", b"head"))
    plain = b"\0\x01\0\0\0\x05\0\x40\0\x02\0\x10" + tables
    return bytes(sign ^ 0x5A for sign in plain[:32]) + plain[32:] + b"\0" * 64


@clean("strict.docx")
def strict_open_xml() -> bytes:
    base = "http://purl.oclc.org/ooxml/officeDocument"
    main = body("<w:p><w:r><w:t>Strict</w:t></w:r></w:p>", "http://purl.oclc.org/ooxml/wordprocessingml/main")
    return zipped(
        {
            "[Content_Types].xml": types({"word/document.xml": f"{MAIN}.document.main+xml"}),
            "_rels/.rels": relations(("officeDocument", "word/document.xml", False), base=base),
            "word/document.xml": main,
            "word/_rels/document.xml.rels": relations(("hyperlink", "https://example.org/", True), base=base),
        }
    )


@clean("list.docx")
def utf_16_part() -> bytes:
    text = body("<w:p><w:r><w:t>Қазақ</w:t></w:r></w:p>").replace("UTF-8", "UTF-16")
    return word(main=text.encode("utf-16"))


def workbook(
    cells: str = '<row r="1"><c r="A1"><f>SUM(B1:C1)</f><v>3</v></c></row>',
    *,
    rows: tuple[tuple[str, str, bool], ...] = (),
    parts: Mapping[str, bytes | str] | None = None,
    kinds: Mapping[str, str] | None = None,
    main_type: str = f"{SHEET}.sheet.main+xml",
    names: str = "",
) -> bytes:
    """A small XLSX with whatever a test adds to it."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped(
        {
            "[Content_Types].xml": types(
                {
                    "xl/workbook.xml": main_type,
                    "xl/worksheets/sheet1.xml": f"{SHEET}.worksheet+xml",
                    **(kinds or {}),
                },
            ),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", False)),
            "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{OFFICE}/relationships"><sheets>'
            f'<sheet name="List" sheetId="1" r:id="rId1"/></sheets>{names}</workbook>',
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", False), *rows),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>',
            **(parts or {}),
        }
    )


@clean("participants.xlsx")
def workbook_with_formulas() -> bytes:
    return workbook(
        '<row r="1"><c r="A1"><f>IF(A2="a|b!c",HYPERLINK("https://example.org","x"),ROUND(B1,2))</f></c></row>'
    )


MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
XLINK = "http://www.w3.org/1999/xlink"
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def text_document(
    content: str = "<text:p>Summary</text:p>",
    *,
    before: str = "",
    entries: str = "",
    parts: Mapping[str, bytes | str] | None = None,
    kind: str = ODT_TYPE,
) -> bytes:
    """A small ODT with whatever a test adds to it."""
    spaces = " ".join(
        f'xmlns:{name}="{ODF}:{name if name != "draw" else "drawing"}:1.0"'
        for name in ("office", "text", "table", "draw", "script", "form", "meta")
    )
    return zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{MANIFEST}">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{entries}'
            "</manifest:manifest>",
            "content.xml": f'<office:document-content {spaces} xmlns:xlink="{XLINK}">{before}<office:body>'
            f"<office:text>{content}</office:text></office:body></office:document-content>",
            **(parts or {}),
        }
    )


@clean("summary.odt")
def open_document_text() -> bytes:
    return text_document(
        '<text:p><text:a xlink:href="https://example.org/">web</text:a>'
        '<text:a xlink:href="#top">top</text:a>'
        '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></text:p>',
        before="<office:scripts/>",
        parts={
            "Pictures/1.png": png(),
            "Configurations2/accelerator/current.xml": b"",
            "layout-cache": b"\x07\0",
        },
    )


@clean("report.pdf")
def typst_pdf() -> bytes:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "report.typ"
        source.write_text(
            f'#set document(title: "Report")\n= Report\n#link("https://example.org")[web]\n{TEXT * 9}'
        )
        return bytes(typst.compile(source))


@clean("plain.pdf")
def pikepdf_pdf() -> bytes:
    document = pdf()
    document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/")),
    )
    document.pages[0].obj.Annots = pikepdf.Array([link])
    return saved(document)


@clean("linearized.pdf")
def linearized_pdf() -> bytes:
    return saved(pdf(3), linearize=True)


@clean("packed.pdf")
def pdf_with_object_streams() -> bytes:
    return saved(pdf(3), object_stream_mode=pikepdf.ObjectStreamMode.generate) + b"\r\n"


@clean("photograph.png")
def png_picture() -> bytes:
    return png(300, 200)


@clean("photograph.JPG")
def jpeg_picture() -> bytes:
    written = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(written, "JPEG", progressive=True)
    return written.getvalue()


@clean("scan.png")
def png_with_transparency() -> bytes:
    written = io.BytesIO()
    Image.new("RGBA", (30, 60), (200, 0, 0, 90)).save(written, "PNG")
    return written.getvalue()
