"""The copy of a document that is converted.

Always cut out: workbooks behind charts, web add-ins, printers' settings and
whatever steers a program.  With the submitter's consent also tracked changes
(all accepted: what was inserted stays, what was deleted goes), comments and
hidden text.  The copy has fixed times and an order of its own, so the same file
gives the same copy.
"""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from workflow.letters.intake import binaries, opc, opendocument, word

COMMENT_PARTS = frozenset(
    {
        "comments",
        "commentsextended",
        "commentsids",
        "commentsextensible",
        "people",
        "threadedcomment",
        "person",
    }
)
HISTORY_PARTS = frozenset({"revisionheaders", "usernames"})
FIXED_TIME = (1980, 1, 1, 0, 0, 0)

W_MARKS = frozenset(
    [
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
        "customXmlInsRangeStart",
        "customXmlInsRangeEnd",
        "customXmlDelRangeStart",
        "customXmlDelRangeEnd",
        "customXmlMoveFromRangeStart",
        "customXmlMoveFromRangeEnd",
        "customXmlMoveToRangeStart",
        "customXmlMoveToRangeEnd",
        "commentRangeStart",
        "commentRangeEnd",
        "trackRevisions",
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblPrExChange",
        "tcPrChange",
        "trPrChange",
        "tblGridChange",
        "numberingChange",
        "cellIns",
        "cellMerge",
    ]
)
TEXT_MARKS = frozenset(
    {"change", "change-start", "change-end", "tracked-changes", "hidden-text", "hidden-paragraph"}
)


def copy_of_package(package: opc.Package, *, clean: bool) -> bytes:
    """A DOCX or XLSX with the parts above cut out, and with `clean` without changes and comments."""
    dropped = set(binaries.strippable(package))
    dropped |= {name for name in package.parts if binaries.is_settings(package, name)}
    if clean:
        gone = COMMENT_PARTS | HISTORY_PARTS
        dropped |= {
            relation.part for relation in package.relations if relation.type in gone and not relation.external
        }
        dropped |= {name for name in package.parts if name.startswith("xl/revisions/")}
    # Relationships of a part that is gone go with it.
    dropped |= {opc.relations_of(name) for name in list(dropped)} & package.parts.keys()
    parts = {}
    for name, data in package.parts.items():
        if name in dropped:
            continue
        root = package.roots.get(name)
        if root is None:
            parts[name] = data
            continue
        if name == opc.TYPES:
            _drop_types(root, dropped)
        elif name.endswith(".rels"):
            _drop_relations(package, name, root, dropped)
        elif clean and etree.QName(root).namespace in word.W_SPACES:
            clean_word_part(root)
        for element in list(root.iter("{*}externalData")):
            remove(element)
        parts[name] = _written(root)
    return zipped(parts)


def _drop_types(root: etree._Element, dropped: set[str]) -> None:
    gone = {name.casefold() for name in dropped}
    for element in list(root):
        if isinstance(element.tag, str) and element.get("PartName", "").lstrip("/").casefold() in gone:
            root.remove(element)


def _drop_relations(package: opc.Package, name: str, root: etree._Element, dropped: set[str]) -> None:
    gone = {
        relation.identifier
        for relation in package.relations
        if opc.relations_of(relation.source) == name and not relation.external and relation.part in dropped
    }
    for element in list(root):
        if isinstance(element.tag, str) and element.get("Id", "") in gone:
            root.remove(element)


def clean_word_part(root: etree._Element) -> None:
    """Accept all tracked changes of a part; take its comments and hidden text out."""
    for element in list(root.iter("{*}*")):
        if etree.QName(element).namespace not in word.W_SPACES:
            continue
        name = etree.QName(element).localname
        owner = element.getparent()
        within = etree.QName(owner).localname if owner is not None else ""
        if name in W_MARKS:
            remove(element)
        elif name == "commentReference" and owner is not None:
            remove(owner if within == "r" else element)
        elif name in ("ins", "moveTo"):
            remove(element) if within in ("rPr", "trPr") else unwrap(element)
        elif name in ("del", "moveFrom", "cellDel"):
            _accept_deletion(element, within)
        elif name == "vanish" and within == "rPr" and word.value(element).lower() not in word.OFF:
            run = owner.getparent() if owner is not None else None
            if run is not None and etree.QName(run).localname == "r":
                remove(run)


def _accept_deletion(element: etree._Element, within: str) -> None:
    if within == "trPr":
        row = element.getparent().getparent()  # type: ignore[union-attr]
        if row is not None:
            remove(row)
    elif within == "tcPr":
        cell = element.getparent().getparent()  # type: ignore[union-attr]
        row = cell.getparent() if cell is not None else None
        if cell is not None and row is not None:
            remove(cell if sum(1 for one in row if one.tag == cell.tag) > 1 else row)
    elif within == "rPr":
        properties = element.getparent().getparent()  # type: ignore[union-attr]
        paragraph = properties.getparent() if properties is not None else None
        remove(element)
        if paragraph is not None and etree.QName(paragraph).localname == "p":
            _join_with_next(paragraph)
    else:
        remove(element)


def _join_with_next(paragraph: etree._Element) -> None:
    """A deleted paragraph mark joins the paragraph with the next one, whose format holds for both."""
    following = paragraph.getnext()
    if following is None or following.tag != paragraph.tag:
        return
    position = 1 if len(following) and etree.QName(following[0]).localname == "pPr" else 0
    for child in [one for one in paragraph if etree.QName(one).localname != "pPr"]:
        following.insert(position, child)
        position += 1
    remove(paragraph)


def copy_of_text(document: opendocument.OpenDocument, *, clean: bool) -> bytes:
    """An ODT without what steers a program; with `clean` also without changes, comments and hidden text."""
    dropped = {
        name
        for name in document.parts
        if name.startswith((*opendocument.STEERING, "Basic/", "Scripts/", "Dialogs/")) and name != "mimetype"
    }
    parts = {}
    for name, data in document.parts.items():
        if name in dropped:
            continue
        root = document.roots.get(name)
        if root is None:
            parts[name] = data
            continue
        if name == "META-INF/manifest.xml":
            path = f"{{{opendocument.MANIFEST}}}full-path"
            for entry in list(root):
                if isinstance(entry.tag, str) and entry.get(path, "").startswith(
                    (*dropped, "Configurations2/")
                ):
                    root.remove(entry)
        # A template that the properties name could be looked up when the document is opened.
        for element in list(root.iter(f"{{{opendocument.META}}}template")):
            remove(element)
        if clean:
            _clean_text_part(root)
        parts[name] = _written(root)
    return zipped(parts)


def _clean_text_part(root: etree._Element) -> None:
    for element in list(root.iter(f"{{{opendocument.TEXT}}}*")):
        if etree.QName(element).localname in TEXT_MARKS:
            remove(element)
    for element in list(
        root.iter(f"{{{opendocument.OFFICE}}}annotation", f"{{{opendocument.OFFICE}}}annotation-end")
    ):
        remove(element)


def remove(element: etree._Element) -> None:
    """Take an element out with its content; the text behind it stays."""
    owner = element.getparent()
    if owner is None:
        return
    _keep_text(element, element.tail)
    owner.remove(element)


def unwrap(element: etree._Element) -> None:
    """Take an element out and leave its content in its place."""
    owner = element.getparent()
    if owner is None:
        return
    position = owner.index(element)
    for child in reversed(list(element)):
        owner.insert(position + 1, child)
    remove(element)


def _keep_text(element: etree._Element, text: str | None) -> None:
    if not text:
        return
    before, owner = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif owner is not None:
        owner.text = (owner.text or "") + text
    element.tail = None


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def zipped(parts: dict[str, bytes]) -> bytes:
    """Parts as a ZIP file with fixed times; `mimetype`, where there is one, stays first and unpacked."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return written.getvalue()
