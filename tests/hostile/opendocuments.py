"""Hostile OpenDocument texts."""

from __future__ import annotations

from tests.hostile.clean import MANIFEST, text_document
from tests.hostile.registry import hostile

NAME = "summary.odt"
SCRIPT = "http://openoffice.org/2000/script"


def entry(path: str, kind: str, inner: str = "") -> str:
    return f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}">{inner}</manifest:file-entry>'


@hostile("macros", "Basic/Standard/Module1.xml", NAME)
def basic_macro() -> bytes:
    module = f'<script:module xmlns:script="{SCRIPT}" script:name="Module1">Sub Main</script:module>'
    return text_document(parts={"Basic/Standard/Module1.xml": module})


@hostile("macros", "content.xml, event-listener", NAME)
def macro_on_opening() -> bytes:
    listener = '<script:event-listener script:event-name="dom:load" xlink:href="vnd.sun.star.script:x"/>'
    return text_document(
        before=f"<office:scripts><office:event-listeners>{listener}</office:event-listeners></office:scripts>"
    )


@hostile("macros", "Scripts/python/run.py", NAME)
def python_macro() -> bytes:
    return text_document(parts={"Scripts/python/run.py": b"import os"})


@hostile("external_link", "content.xml, image", NAME)
def linked_picture_in_text() -> bytes:
    return text_document(
        '<text:p><draw:frame><draw:image xlink:href="http://127.0.0.1/x.png"/></draw:frame></text:p>'
    )


@hostile("external_link", "content.xml, image", NAME)
def picture_outside_the_package() -> bytes:
    return text_document('<text:p><draw:frame><draw:image xlink:href="../secret.png"/></draw:frame></text:p>')


@hostile("foreign_document", "content.xml, section-source", NAME)
def linked_section() -> bytes:
    return text_document(
        '<text:section><text:section-source xlink:href="file:///etc/passwd"/></text:section>'
    )


@hostile("external_field", "content.xml, dde-connection-decl", NAME)
def dynamic_exchange_in_text() -> bytes:
    return text_document("<text:dde-connection-decls><text:dde-connection-decl/></text:dde-connection-decls>")


@hostile("embedded_object", "content.xml, object-ole", NAME)
def ole_object_in_text() -> bytes:
    return text_document('<text:p><draw:object-ole xlink:href="./Object 1"/></text:p>')


@hostile("embedded_object", "Object 1/", NAME)
def embedded_spreadsheet() -> bytes:
    return text_document(entries=entry("Object 1/", "application/vnd.oasis.opendocument.spreadsheet"))


@hostile("foreign_document", "content.xml, floating-frame", NAME)
def floating_frame() -> bytes:
    return text_document('<text:p><draw:floating-frame xlink:href="http://127.0.0.1/"/></text:p>')


@hostile("data_connection", "content.xml, connection-resource", NAME)
def database_form() -> bytes:
    return text_document('<form:form><form:connection-resource xlink:href="sdbc:x"/></form:form>')


@hostile("encrypted", "content.xml", NAME)
def encrypted_text() -> bytes:
    return text_document(
        entries=entry("content.xml", "text/xml", f'<manifest:encryption-data xmlns:manifest="{MANIFEST}"/>'),
        parts={"content.xml": b"\x93\x11\x07" * 40},
    )


@hostile("unsafe_hyperlink", "content.xml", NAME)
def hyperlink_with_macro_address() -> bytes:
    return text_document('<text:p><text:a xlink:href="vnd.sun.star.script:Tools">x</text:a></text:p>')


@hostile("renamed", NAME, NAME)
def spreadsheet_named_text() -> bytes:
    return text_document(kind="application/vnd.oasis.opendocument.spreadsheet")


@hostile("damaged", "META-INF/manifest.xml", NAME)
def text_without_manifest() -> bytes:
    return text_document().replace(b"META-INF/manifest.xml", b"META-INF/manifold.xml")


@hostile("external_link", "meta.xml, auto-reload", NAME)
def reload_from_elsewhere() -> bytes:
    meta = (
        '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<meta:auto-reload xlink:href="http://127.0.0.1/"/></office:document-meta>'
    )
    return text_document(parts={"meta.xml": meta})
