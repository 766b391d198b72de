"""XLSX: connections, links to other workbooks, formulas that reach outside.

The relationships and content types are judged like those of any package; what
is left stands in formulas, defined names and pivot caches.
Source: ECMA-376 part 1, 18; the function names are those of Excel.
"""

from __future__ import annotations

import re

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake import binaries, opc, properties
from workflow.letters.intake.markup import scheme_of
from workflow.letters.intake.report import Finding, Limits, message

S_SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
# Functions that fetch, call or start something; `_xlfn.` prefixes stand before newer ones.
REACHING = re.compile(
    r"(?<![A-Za-z0-9_.])(?:_xlfn\.|_xlws\.)*"
    r"(WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC|SQL\.REQUEST|DDE|IMAGE|STOCKHISTORY|CUBE[A-Z]+)\s*\(",
    re.IGNORECASE,
)
# `program|topic!item`: the bar stands in no other formula outside quoted text.
DDE = re.compile(r"\|[^|]*!")
QUOTED_TEXT = re.compile(r'"[^"]*"')
HYPERLINK = re.compile(r"HYPERLINK\s*\(\s*\"([^\"]*)\"", re.IGNORECASE)
NAMES = (
    "f formula formula1 formula2 definedName cacheSource worksheetSource ddeLink oleLink webPublishItem "
    "webPr "
    "dbPr oleObject control sheet legacyDrawing comment threadedComment"
)
TAGS = [f"{{{space}}}{name}" for space in S_SPACES for name in NAMES.split()]
THREADED = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}threadedComment"
FORMULAS = frozenset({"f", "formula", "formula1", "formula2"})

REACHES_OUT = message(
    "A formula reaches outside the workbook (%(place)s: %(formula)s). Replace it by its value, or submit a "
    "PDF."
)
HIDDEN_SHEET = message("The sheet “%(name)s” is hidden (%(place)s); the frozen copy does not show it.")
COMMENTS = message(
    "The workbook has %(count)s comments, the first in %(place)s. "
    "Delete them; or agree that the frozen copy is made without them."
)
REVISIONS = message(
    "The workbook keeps the history of its changes (%(place)s). "
    "Stop sharing it; or agree that the frozen copy is made without the history."
)


def inspect(package: opc.Package, limits: Limits) -> list[Finding]:
    """Check an XLSX and report what its submitter should know.

    Raises InputRefused naming the part and the formula or sheet.
    """
    strippable = binaries.strippable(package)
    opc.check(package, strippable)
    findings = binaries.check(package, limits, strippable)
    comments: list[str] = []
    for part, root in package.roots.items():
        for element in root.iter(*TAGS, THREADED):
            name = etree.QName(element).localname
            if name in FORMULAS or name == "definedName":
                _check_formula(part, element)
            elif name == "sheet" and element.get("state", "visible") != "visible":
                findings.append(
                    Finding("hidden_sheet", part, HIDDEN_SHEET, (("name", element.get("name", "")),))
                )
            elif name in ("comment", "threadedComment"):
                comments.append(part)
            else:
                _check_source(part, name, element)
        if part.startswith("xl/revisions/") and not part.endswith(".rels"):
            findings.append(Finding("tracked_changes", part, REVISIONS, consent=True))
    if comments:
        findings.append(Finding("comments", comments[0], COMMENTS, (("count", len(comments)),), consent=True))
    return findings + properties.check(package)


def _check_source(part: str, name: str, element: etree._Element) -> None:
    if name in ("oleObject", "control"):
        code, sentence = ("activex", opc.ACTIVEX) if name == "control" else ("embedded_object", opc.OBJECT)
        raise InputRefused(code, sentence, place=part)
    if name in ("ddeLink", "oleLink", "webPublishItem", "webPr", "dbPr"):
        raise InputRefused("data_connection", opc.CONNECTION, place=part)
    if name == "cacheSource" and element.get("type", "worksheet") == "external":
        raise InputRefused("data_connection", opc.CONNECTION, place=part)


def _check_formula(part: str, element: etree._Element) -> None:
    text = element.text or ""
    owner = element.getparent()
    cell = (
        element.get("name")
        or (owner.get("r") if owner is not None else None)
        or etree.QName(element).localname
    )
    place = f"{part}, {cell}"
    if (
        element.get("xlm")
        or element.get("vbProcedure")
        or element.get("macro")
        or cell.lower().startswith(("auto_open", "auto_close", "_xlnm.auto_open", "_xlnm.auto_close"))
    ):
        raise InputRefused("macros", opc.MACROS, place=place)
    bare = QUOTED_TEXT.sub('""', text)
    unsafe = [
        target
        for target in HYPERLINK.findall(text)
        if not target.startswith("#") and scheme_of(target) not in ("http", "https", "mailto")
    ]
    if REACHING.search(bare) or DDE.search(bare) or unsafe:
        raise InputRefused("external_field", REACHES_OUT, place=place, formula=text[:80])
    if re.search(r"\[[^\[\]]*\.(xl|ods|csv)[^\[\]]*\]|'(?:[A-Za-z]:\\|\\\\|https?:)", bare):
        raise InputRefused("external_link", opc.LINK, place=place, target=text[:80])
