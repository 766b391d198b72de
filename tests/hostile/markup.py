"""Hostile XML parts."""

from __future__ import annotations

from tests.hostile import clean
from tests.hostile.registry import hostile


@hostile("dtd", "word/document.xml")
def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return clean.word(main=f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><x>&e9;</x>')


@hostile("dtd", "word/document.xml")
def external_entity() -> bytes:
    return clean.word(
        main='<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    )


@hostile("dtd", "customXml/item1.xml")
def document_type_in_side_part() -> bytes:
    return clean.word(parts={"customXml/item1.xml": '<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>'})


@hostile("dtd", "word/document.xml")
def document_type_in_utf_16() -> bytes:
    return clean.word(main='<!DOCTYPE x [<!ENTITY f "f">]><x>&f;</x>'.encode("utf-16"))


@hostile("dtd", "word/document.xml")
def document_type_in_utf_16_without_mark() -> bytes:
    return clean.word(main='<!DOCTYPE x [<!ENTITY f "f">]><x>&f;</x>'.encode("utf-16-be"))


@hostile("encoding", "word/document.xml")
def document_type_in_utf_7() -> bytes:
    return clean.word(main='<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>')


@hostile("encoding", "word/document.xml")
def latin_1_part() -> bytes:
    return clean.word(main=clean.body("<w:p/>").encode().replace(b"<w:p/>", b"<w:p/>\xe9"))


@hostile("malformed", "word/document.xml")
def unclosed_element() -> bytes:
    return clean.word(main="<w:document>")


@hostile("nested_too_deeply", "word/document.xml")
def tables_nested_400_deep() -> bytes:
    content = "<w:tbl><w:tr><w:tc>" * 400 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 400
    return clean.word(content)


@hostile("nested_too_deeply", "word/document.xml, paragraph 2")
def tables_nested_40_deep() -> bytes:
    content = "<w:p/>" + "<w:tbl><w:tr><w:tc>" * 11 + "<w:p/>"
    return clean.word(content + "<w:tbl><w:tr><w:tc>" * 29 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 40)


@hostile("too_many_elements", "word/document.xml")
def million_paragraphs() -> bytes:
    # Differing signs keep the ratio of compression inconspicuous.
    pieces = "".join(f'<w:p w:a="{number * 2654435761 % 4294967296:x}"/>' for number in range(801_000))
    return clean.word(pieces)


@hostile("external_stylesheet", "word/document.xml")
def style_sheet_instruction() -> bytes:
    return clean.word(
        main='<?xml-stylesheet href="http://127.0.0.1/x.xsl" type="text/xsl"?>'
        + clean.body("").partition("?>")[2]
    )


@hostile("external_link", "customXml/item1.xml")
def xinclude() -> bytes:
    include = '<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></x>'
    return clean.word(parts={"customXml/item1.xml": include})


@hostile("external_link", "word/media/drawing.svg")
def svg_that_fetches() -> bytes:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink">'
        '<image l:href="http://127.0.0.1/x.png"/></svg>'
    )
    return clean.word(parts={"word/media/drawing.svg": drawing}, svg="image/svg+xml")


@hostile("external_link", "word/media/drawing.svg")
def svg_with_script() -> bytes:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("http://127.0.0.1")</script></svg>'
    return clean.word(parts={"word/media/drawing.svg": drawing}, svg="image/svg+xml")


@hostile("external_link", "word/media/drawing.svg")
def svg_with_imported_style() -> bytes:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"><style>@import "http://127.0.0.1/x.css";</style></svg>'
    return clean.word(parts={"word/media/drawing.svg": drawing}, svg="image/svg+xml")
