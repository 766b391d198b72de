"""OpenDocument texts (ODT): links, scripts, databases, embedded objects.

Source: OASIS OpenDocument 1.3, parts 2 (packages) and 3 (schema).
"""

from __future__ import annotations

import posixpath
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake import binaries, opc
from workflow.letters.intake.markup import (
    SAFE_LINKS,
    XmlReader,
    looks_like_xml,
    scheme_of,
    table_depth,
    too_deep,
)
from workflow.letters.intake.report import Finding, Limits, message

NS = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, META = (NS + name + ":1.0" for name in ("office", "text", "table", "meta"))
MANIFEST = NS + "manifest:1.0"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
MIME_TEXT = b"application/vnd.oasis.opendocument.text"
MIME_KINDS = {
    MIME_TEXT: "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/epub+zip": "epub",
}
EMBEDDED_TYPES = frozenset(
    {"application/vnd.oasis.opendocument.chart", "application/vnd.oasis.opendocument.formula"}
)
# Parts that steer the program rather than the text: never in the copy that is converted.
STEERING = (
    "Configurations2/",
    "Thumbnails/",
    "layout-cache",
    "manifest.rdf",
    "META-INF/documentsignatures.xml",
)

LINK = opc.LINK
REFUSED_ELEMENTS = {
    "script": ("macros", opc.MACROS),
    "event-listener": ("macros", opc.MACROS),
    "execute-macro": ("macros", opc.MACROS),
    "applet": ("embedded_object", opc.OBJECT),
    "plugin": ("embedded_object", opc.OBJECT),
    "object-ole": ("embedded_object", opc.OBJECT),
    "floating-frame": ("foreign_document", opc.FOREIGN),
    "section-source": ("foreign_document", opc.FOREIGN),
    "dde-source": ("external_field", LINK),
    "dde-connection": ("external_field", LINK),
    "dde-connection-decl": ("external_field", LINK),
    "dde-link": ("external_field", LINK),
    "table-source": ("data_connection", opc.CONNECTION),
    "cell-range-source": ("data_connection", opc.CONNECTION),
    "connection-resource": ("data_connection", opc.CONNECTION),
    "database-display": ("data_connection", opc.CONNECTION),
    "database-next": ("data_connection", opc.CONNECTION),
    "database-row-select": ("data_connection", opc.CONNECTION),
    "auto-reload": ("external_link", LINK),
}
COMMENTS = message(
    "The document has %(count)s comments, the first in %(place)s. "
    "Delete them; or agree that the frozen copy is made without them."
)
CHANGES = message(
    "The document has %(count)s tracked changes, the first in %(place)s. "
    "Accept or reject them; or agree that the frozen copy is made with all of them accepted."
)
HIDDEN = message(
    "The document has hidden text (%(count)s times, first in %(place)s); the frozen copy does not show it."
)
AUTHOR = message(
    "The file names people or an organisation in its properties (%(place)s: %(names)s); the frozen copy "
    "does not."
)
REPORTED = {
    "annotation": ("comments", COMMENTS, True),
    "changed-region": ("tracked_changes", CHANGES, True),
    "hidden-text": ("hidden_text", HIDDEN, False),
    "hidden-paragraph": ("hidden_text", HIDDEN, False),
}
AUTHOR_FIELDS = frozenset({"initial-creator", "creator", "printed-by", "template"})


@dataclass
class OpenDocument:
    """The parts of an OpenDocument file; `roots` are its XML parts, parsed."""

    parts: dict[str, bytes]
    roots: dict[str, etree._Element] = field(default_factory=dict)


def kind_of(parts: dict[str, bytes]) -> str | None:
    """The kind that the `mimetype` part declares, or None where there is no such part."""
    declared = parts.get("mimetype")
    return MIME_KINDS.get(declared, "odf") if declared is not None else None


def read(parts: dict[str, bytes], limits: Limits) -> OpenDocument:
    """Parse every XML part once.

    Raises InputRefused naming the part: encryption, missing parts, unsafe XML.
    """
    document = OpenDocument(parts)
    reader = XmlReader(limits)
    if next(iter(parts)) != "mimetype":
        raise _incomplete("mimetype")
    for name in ("META-INF/manifest.xml", "content.xml"):
        if name not in parts:
            raise _incomplete(name)
    # The manifest says which parts are encrypted, so it is read before they are taken for XML.
    manifest = reader.parse("META-INF/manifest.xml", parts["META-INF/manifest.xml"])
    for entry in manifest.iter(f"{{{MANIFEST}}}encryption-data", f"{{{MANIFEST}}}encrypted-key"):
        owner = entry.getparent()
        raise InputRefused(
            "encrypted",
            "The file is protected by a password (%(place)s). Remove the password, save it and submit it "
            "again.",
            place=owner.get(f"{{{MANIFEST}}}full-path", "META-INF/manifest.xml") if owner is not None else "",
        )
    for name, data in parts.items():
        # LibreOffice leaves some of its parts empty.
        if data and (name.endswith((".xml", ".rdf")) or looks_like_xml(data)):
            document.roots[name] = reader.parse(name, data)
    return document


def _incomplete(name: str) -> InputRefused:
    return InputRefused(
        "damaged",
        "The file is damaged at %(place)s. Open it in the program that made it, save it again and submit it "
        "again.",
        place=name,
    )


def inspect(document: OpenDocument, limits: Limits) -> list[Finding]:
    """Check an ODT and report what its submitter should know.

    Raises InputRefused naming the part.
    """
    _check_parts(document, limits)
    findings: list[Finding] = []
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for part, root in document.roots.items():
        if etree.QName(root).localname == "svg":
            binaries.check_svg(part, root)
            continue
        for element in root.iter("{*}*"):
            name = etree.QName(element).localname
            _check_element(part, name, element, limits)
            if name in REPORTED and not (name == "annotation" and etree.QName(element).namespace != OFFICE):
                counts[REPORTED[name][0]] += 1
                first.setdefault(REPORTED[name][0], part)
        if part == "meta.xml":
            findings += _author(part, root)
    for code, sentence, consent in dict.fromkeys(REPORTED.values()):
        if counts[code]:
            findings.append(Finding(code, first[code], sentence, (("count", counts[code]),), consent))
    return findings


def _check_parts(document: OpenDocument, limits: Limits) -> None:
    manifest = document.roots["META-INF/manifest.xml"]
    for entry in manifest.iter(f"{{{MANIFEST}}}file-entry"):
        path, type_ = (entry.get(f"{{{MANIFEST}}}{name}", "") for name in ("full-path", "media-type"))
        if path == "/" and type_.encode() != MIME_TEXT:
            raise InputRefused(
                "content_type",
                "The part %(place)s says that the document is %(type)s. Save it again as an ordinary text "
                "(.odt).",
                place="META-INF/manifest.xml",
                type=type_ or "nothing",
            )
        embedded = (
            path.endswith("/") and path != "/" and type_.startswith("application/vnd.oasis.opendocument")
        )
        if embedded and type_ not in EMBEDDED_TYPES:
            raise InputRefused("embedded_object", opc.OBJECT, place=path)
    for name, data in document.parts.items():
        top = name.split("/")[0]
        if top in ("Basic", "Scripts", "Dialogs", "Databases") or name == "META-INF/macrosignatures.xml":
            if not _empty_library(document, name):
                raise InputRefused("macros", opc.MACROS, place=name)
        elif name.startswith("Fonts/"):
            binaries.check_font(name, data)
        elif name not in document.roots and name != "mimetype" and data and not name.startswith(STEERING):
            binaries.check_picture(name, data, limits)


def _empty_library(document: OpenDocument, name: str) -> bool:
    """LibreOffice writes a list of libraries even where there is no macro in any."""
    root = document.roots.get(name)
    modules = root is not None and next(root.iter("{*}element", "{*}module"), None) is not None
    listing = posixpath.basename(name) in ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")
    return listing and root is not None and not modules


def _check_element(part: str, name: str, element: etree._Element, limits: Limits) -> None:
    space = etree.QName(element).namespace or ""
    if not space.startswith((NS, "http://openoffice.org", "urn:org:documentfoundation")):
        return
    href = element.get(XLINK_HREF)
    if name in REFUSED_ELEMENTS:
        code, sentence = REFUSED_ELEMENTS[name]
        raise InputRefused(code, sentence, place=f"{part}, {name}", target=href or name)
    if name == "table" and space == TABLE and table_depth(element) > limits.tables_deep:
        raise too_deep(part)
    if href is None or part == "meta.xml":
        return
    scheme = scheme_of(href)
    if name == "a":
        if href and not href.startswith("#") and scheme not in SAFE_LINKS:
            raise InputRefused(
                "unsafe_hyperlink",
                "A hyperlink leads to “%(target)s” (%(place)s); only web and mail addresses may leave in a "
                "note. "
                "Remove the link, or write the whole web address.",
                place=part,
                target=href,
            )
    elif scheme != "" or href.startswith(("/", "../")):
        raise InputRefused("external_link", LINK, place=f"{part}, {name}", target=href)


def _author(part: str, root: etree._Element) -> list[Finding]:
    names = [
        etree.QName(element).localname
        for element in root.iter("{*}*")
        if etree.QName(element).localname in AUTHOR_FIELDS
        and ((element.text or "").strip() or element.get(XLINK_HREF))
    ]
    return [Finding("author", part, AUTHOR, (("names", ", ".join(names)),))] if names else []
