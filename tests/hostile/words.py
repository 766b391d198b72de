"""Hostile Word documents."""

from __future__ import annotations

from tests.hostile import clean
from tests.hostile.clean import MAIN, OFFICE, WORD, field, paragraph, word
from tests.hostile.registry import hostile

MS = "http://schemas.microsoft.com/office"


def settings(content: str, *rows: tuple[str, str, bool]) -> bytes:
    part = f'<w:settings xmlns:w="{WORD}" xmlns:r="{OFFICE}/relationships">{content}</w:settings>'
    parts = {"word/settings.xml": part}
    if rows:
        parts["word/_rels/settings.xml.rels"] = clean.relations(*rows)
    return word(rows=(("settings", "settings.xml", False),), parts=parts)


def binary(name: str, relation: str, kind: str, data: bytes = b"\xd0\xcf\x11\xe0binary") -> bytes:
    return word(rows=((relation, name, False),), parts={f"word/{name}": data}, kinds={f"word/{name}": kind})


@hostile("macros", "[Content_Types].xml", "summary.docm")
def document_with_macros() -> bytes:
    return word(main_type="application/vnd.ms-word.document.macroEnabled.main+xml")


@hostile("macros", "[Content_Types].xml")
def document_with_macros_named_docx() -> bytes:
    return word(main_type="application/vnd.ms-word.document.macroEnabled.main+xml")


@hostile("macros", "word/vbaProject.bin")
def macro_project() -> bytes:
    return binary("vbaProject.bin", "vbaProject", "application/vnd.ms-office.vbaProject")


@hostile("macros", "word/picture.png")
def macro_project_under_other_name() -> bytes:
    return binary("picture.png", "image", "application/vnd.ms-office.vbaProject")


@hostile("macros", "word/data.bin")
def macro_project_by_relationship() -> bytes:
    return binary("data.bin", f"{MS}/2006/relationships/vbaProject", "application/octet-stream")


@hostile("macros", "docProps/custom.xml, _AssemblyLocation")
def program_in_custom_properties() -> bytes:
    properties = '<Properties xmlns="urn:p"><property name="_AssemblyLocation"><v>http://127.0.0.1/x.vsto</v></property></Properties>'
    return word(
        parts={"docProps/custom.xml": properties},
        kinds={"docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml"},
    )


@hostile("content_type", "[Content_Types].xml")
def wrong_main_content_type() -> bytes:
    return word(main_type="application/xml")


@hostile("content_type", "word/stray.payload")
def part_without_type() -> bytes:
    return word(parts={"word/stray.payload": b"data"})


@hostile("renamed", "summary.docx")
def template_named_docx() -> bytes:
    return word(main_type=f"{MAIN}.template.main+xml")


@hostile("activex", "word/activeX/activeX1.bin")
def activex_binary() -> bytes:
    return binary(
        "activeX/activeX1.bin", f"{MS}/2006/relationships/activeXControlBinary", "application/octet-stream"
    )


@hostile("activex", "word/document.xml, paragraph 1")
def activex_control() -> bytes:
    return word(paragraph('<w:control r:id="rId9" w:name="Button"/>'))


@hostile("embedded_object", "word/embeddings/oleObject1.bin")
def ole_object() -> bytes:
    return binary("embeddings/oleObject1.bin", "oleObject", "application/octet-stream")


@hostile("embedded_object", "word/document.xml, paragraph 1")
def ole_element() -> bytes:
    return word(paragraph('<w:object><o:OLEObject Type="Link" ProgID="Excel.Sheet.12"/></w:object>'))


@hostile("embedded_object", "word/embeddings/book.xlsx")
def workbook_embedded_outside_a_chart() -> bytes:
    return word(
        rows=(("package", "embeddings/book.xlsx", False),),
        parts={"word/embeddings/book.xlsx": clean.workbook()},
        xlsx="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@hostile("foreign_document", "word/chunk.html")
def alternative_chunk() -> bytes:
    return binary(
        "chunk.html",
        "aFChunk",
        "text/html",
        b"<html><img src='http://127.0.0.1/'></html>".replace(b"'", b'"').replace(b'/">', b'/"/>'),
    )


@hostile("foreign_document", "word/document.xml")
def alternative_chunk_element() -> bytes:
    return word('<w:altChunk r:id="rId1"/>')


@hostile("foreign_document", "word/_rels/document.xml.rels, rId1")
def subdocument() -> bytes:
    return word(rows=(("subDocument", "file:///C:/chapter.docx", True),))


@hostile("foreign_document", "word/_rels/document.xml.rels, rId1")
def frame() -> bytes:
    return word(rows=(("frame", "http://127.0.0.1/frame.htm", True),))


@hostile("attached_template", "word/_rels/settings.xml.rels, rId1")
def attached_template() -> bytes:
    return settings(
        '<w:attachedTemplate r:id="rId1"/>', ("attachedTemplate", "http://127.0.0.1/x.dotm", True)
    )


@hostile("external_link", "word/_rels/document.xml.rels, rId1")
def linked_picture() -> bytes:
    return word(rows=(("image", "http://127.0.0.1/pixel.png", True),))


@hostile("external_link", "word/_rels/document.xml.rels, rId1")
def linked_picture_that_claims_to_be_internal() -> bytes:
    return word(rows=(("image", "http://127.0.0.1/pixel.png", False),))


@hostile("external_link", "word/_rels/document.xml.rels, rId1")
def picture_on_a_file_server() -> bytes:
    return word(rows=(("image", "\\\\127.0.0.1\\share\\pixel.png", False),))


@hostile("external_link", "word/_rels/document.xml.rels, rId1")
def ole_link() -> bytes:
    return word(rows=(("oleObject", "file:///C:/figures.xlsx", True),))


@hostile("unsafe_hyperlink", "word/_rels/document.xml.rels, rId1")
def hyperlink_to_a_file() -> bytes:
    return word(rows=(("hyperlink", "file://server/share/run.exe", True),))


@hostile("unsafe_hyperlink", "word/_rels/document.xml.rels, rId1")
def hyperlink_with_script() -> bytes:
    return word(rows=(("hyperlink", "java&#9;script:alert(1)", True),))


@hostile("unsafe_hyperlink", "word/_rels/document.xml.rels, rId1")
def hyperlink_to_a_protocol_handler() -> bytes:
    return word(rows=(("hyperlink", "ms-msdt:/id PCWDiagnostic", True),))


@hostile("unsafe_hyperlink", "word/document.xml, paragraph 1")
def click_that_starts_a_program() -> bytes:
    return word(paragraph('<a:hlinkClick r:id="" action="ppaction://program?x"/>'))


@hostile("custom_interface", "customUI/customUI14.xml")
def changed_menus() -> bytes:
    return word(
        package_rows=((f"{MS}/2007/relationships/ui/extensibility", "customUI/customUI14.xml", False),),
        parts={"customUI/customUI14.xml": f'<customUI xmlns="{MS}/2009/07/customui" onLoad="Run"/>'},
    )


@hostile("custom_interface", "word/customizations.xml")
def changed_keys() -> bytes:
    kind = "application/vnd.ms-word.keyMapCustomizations+xml"
    return binary("customizations.xml", f"{MS}/2006/relationships/keyMapCustomizations", kind, b"<x/>")


@hostile("mail_merge", "word/settings.xml")
def mail_merge_settings() -> bytes:
    return settings('<w:mailMerge><w:query w:val="SELECT * FROM people"/></w:mailMerge>')


@hostile("mail_merge", "word/_rels/settings.xml.rels, rId1")
def mail_merge_source() -> bytes:
    return settings("", ("mailMergeSource", "file:///C:/people.mdb", True))


@hostile("attached_schema", "word/settings.xml")
def attached_schema() -> bytes:
    return settings('<w:attachedSchema w:val="ActionsPane3"/>')


@hostile("external_stylesheet", "word/settings.xml")
def saved_through_a_style_sheet() -> bytes:
    return settings('<w:saveThroughXslt r:id="rId1"/>')


@hostile("unknown_part", "word/media/image1.png")
def program_as_picture() -> bytes:
    return word(
        rows=(("image", "media/image1.png", False),),
        parts={"word/media/image1.png": b"MZ\x90\0"},
        png="image/png",
    )


@hostile("postscript", "word/media/image1.png")
def postscript_as_picture() -> bytes:
    return word(
        parts={"word/media/image1.png": b"%!PS-Adobe-3.0 EPSF\n(/etc/passwd) (r) file"}, png="image/png"
    )


@hostile("too_many_pixels", "word/media/image1.png")
def picture_of_too_many_pixels() -> bytes:
    picture = bytearray(clean.png())
    picture[16:24] = (60_000).to_bytes(4, "big") * 2
    return word(parts={"word/media/image1.png": bytes(picture)}, png="image/png")


@hostile("unknown_part", "word/fonts/font1.odttf")
def font_that_is_none() -> bytes:
    return binary(
        "fonts/font1.odttf",
        "font",
        "application/vnd.openxmlformats-officedocument.obfuscatedFont",
        b"\x01" * 200,
    )


@hostile("external_field", "INCLUDEPICTURE")
def field_that_fetches_a_picture() -> bytes:
    return word(field(' INCLUDEPICTURE "http://127.0.0.1/x.png" \\d '))


@hostile("external_field", "word/document.xml, paragraph 1")
def dynamic_exchange_in_split_runs() -> bytes:
    return word(field(" DD", "EAU", 'TO c:\\\\windows\\\\cmd.exe "/k calc" '))


@hostile("external_field", "INCLUDETEXT")
def simple_field_that_fetches_a_text() -> bytes:
    return word("<w:p><w:fldSimple w:instr=\" includetext 'C:/secret.txt' \"/></w:p>")


@hostile("external_field", "LINK")
def link_field() -> bytes:
    return word(field(" LINK Excel.Sheet.12 C:\\\\x.xlsx R1C1 \\a "))


@hostile("external_field", "IMPORT")
def import_field() -> bytes:
    return word(field(" IMPORT http://127.0.0.1/x.png "))


@hostile("external_field", "word/header1.xml")
def dynamic_exchange_in_a_header() -> bytes:
    header = f'<w:hdr xmlns:w="{WORD}">{field(" DDE cmd x ")}</w:hdr>'
    return word(parts={"word/header1.xml": header}, kinds={"word/header1.xml": f"{MAIN}.header+xml"})


@hostile("external_field", "word/document.xml, paragraph 1")
def computed_kind_of_field() -> bytes:
    begin, end = ('<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="end"/>')
    quoted = "<w:instrText> QUOTE 68 68 69 65 85 84 79 </w:instrText>"
    return word(paragraph(begin, begin, quoted, end, "<w:instrText> cmd /c calc </w:instrText>", end))


@hostile("external_field", "word/document.xml, paragraph 1")
def field_that_never_ends() -> bytes:
    return word(paragraph('<w:fldChar w:fldCharType="begin"/>', "<w:instrText>DDEAUTO cmd</w:instrText>"))


@hostile("external_field", "word/document.xml, paragraph 1")
def instruction_outside_any_field() -> bytes:
    return word(paragraph("<w:instrText>INCLUDE</w:instrText>", "<w:instrText>PICTURE x</w:instrText>"))


@hostile("external_field", "word/document.xml, paragraph 1")
def field_in_the_rejected_alternative() -> bytes:
    inner = '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE x y</w:instrText><w:fldChar w:fldCharType="end"/></w:r>'
    return word(f"<w:p><mc:AlternateContent><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent></w:p>")


@hostile("unsafe_hyperlink", "word/document.xml, paragraph 1")
def hyperlink_field_to_a_file() -> bytes:
    return word(field(' HYPERLINK "file:///C:/run.bat" '))


@hostile("unsafe_hyperlink", "word/document.xml, paragraph 1")
def hyperlink_field_with_its_target_behind_a_switch() -> bytes:
    return word(field(' HYPERLINK \\t "_blank" "\\\\server\\share\\run.exe" \\o "Note: see" '))


@hostile("external_link", "word/document.xml, paragraph 1")
def drawing_with_a_source() -> bytes:
    return word(paragraph('<w:pict><v:shape><v:imagedata src="http://127.0.0.1/x.png"/></v:shape></w:pict>'))
