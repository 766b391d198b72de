"""DOCX: what stands in its parts, element by element, in one walk.

Transitional and Strict documents are read alike: each name is looked for in
both namespaces.  Both branches of `mc:AlternateContent` are walked, because it
is the reader of the day that chooses between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake import binaries, opc, properties
from workflow.letters.intake.fields import FieldReader, judge
from workflow.letters.intake.markup import SAFE_LINKS, scheme_of, table_depth, too_deep
from workflow.letters.intake.report import Finding, Limits, message

W_SPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
OFFICE_SPACE = "urn:schemas-microsoft-com:office:office"
VML_SPACE = "urn:schemas-microsoft-com:vml"
SCHEMA_LIBRARY = (
    "http://schemas.openxmlformats.org/schemaLibrary/2006/main",
    "http://purl.oclc.org/ooxml/schemaLibrary/main",
)
DRAWING_SPACES = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)

CHANGES = frozenset(
    [
        "ins",
        "del",
        "moveFrom",
        "moveTo",
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
        "cellDel",
        "cellMerge",
    ]
)
REFUSED_ELEMENTS = {
    "altChunk": ("foreign_document", opc.FOREIGN),
    "subDoc": ("foreign_document", opc.FOREIGN),
    "sourceFileName": ("foreign_document", opc.FOREIGN),
    "control": ("activex", opc.ACTIVEX),
    "OLEObject": ("embedded_object", opc.OBJECT),
    "objectEmbed": ("embedded_object", opc.OBJECT),
    "objectLink": ("embedded_object", opc.OBJECT),
    "mailMerge": ("mail_merge", opc.MAIL_MERGE),
    "saveThroughXslt": (
        "external_stylesheet",
        message(
            "The document is tied to a style sheet outside itself (%(place)s). Save it as an ordinary "
            "document."
        ),
    ),
    "attachedSchema": (
        "attached_schema",
        message(
            "The document is tied to a schema or program of its own (%(place)s). "
            "Detach it (Developer, XML, Schema), or submit a PDF."
        ),
    ),
}
W_NAMES = [
    *(CHANGES - {"OLEObject"}),
    *(name for name in REFUSED_ELEMENTS if name != "OLEObject"),
    *[
        "p",
        "tbl",
        "fldChar",
        "instrText",
        "delInstrText",
        "fldSimple",
        "commentReference",
        "vanish",
        "showingPlcHdr",
    ],
]
TAGS = [
    *(f"{{{space}}}{name}" for space in W_SPACES for name in W_NAMES),
    f"{{{OFFICE_SPACE}}}OLEObject",
    *(
        f"{{{VML_SPACE}}}{name}"
        for name in ("imagedata", "fill", "stroke", "shape", "rect", "group", "line", "oval")
    ),
    *(f"{{{space}}}schema" for space in SCHEMA_LIBRARY),
    *(f"{{{space}}}{name}" for space in DRAWING_SPACES for name in ("hlinkClick", "hlinkHover")),
]
OFF = frozenset({"0", "false", "off", "none"})


def value(element: etree._Element, name: str = "val") -> str:
    """An attribute in the namespace of its element (`w:val` and its like), or ""."""
    space = etree.QName(element).namespace
    return element.get(f"{{{space}}}{name}") or ""


class PartWalk:
    """One walk over one part: refuses what is forbidden, counts what is to be reported."""

    def __init__(self, part: str, limits: Limits) -> None:
        self.part = part
        self.counts: Counter[str] = Counter()
        self.first: dict[str, str] = {}
        self._limits = limits
        self._paragraph = 0
        self._fields = FieldReader()
        self._actions: dict[str, Callable[[etree._Element], None]] = {
            "p": self._on_paragraph,
            "tbl": self._on_table,
            "fldChar": lambda element: self._fields.mark(value(element, "fldCharType"), self.place),
            "instrText": lambda element: self._fields.text(element.text or "", self.place),
            "delInstrText": lambda element: self._fields.text(element.text or "", self.place),
            "fldSimple": lambda element: judge(value(element, "instr"), self.place),
            "commentReference": lambda element: self._count("comments"),
            "showingPlcHdr": lambda element: self._switch(element, "placeholder"),
            "vanish": lambda element: self._switch(element, "hidden_text"),
            "schema": self._on_schema,
            "hlinkClick": self._on_click,
            "hlinkHover": self._on_click,
        }

    @property
    def place(self) -> str:
        """The part, and the paragraph where there is one."""
        return f"{self.part}, paragraph {self._paragraph}" if self._paragraph else self.part

    def run(self, root: etree._Element) -> None:
        """Walk all elements of interest in document order."""
        for element in root.iter(*TAGS):
            name = etree.QName(element).localname
            if name in REFUSED_ELEMENTS:
                code, sentence = REFUSED_ELEMENTS[name]
                raise InputRefused(code, sentence, place=self.place)
            if name in CHANGES:
                self._count("tracked_changes")
            elif name in self._actions:
                self._actions[name](element)
            elif etree.QName(element).namespace == VML_SPACE:
                self._on_drawing(element)
        self._fields.finish(self.place)

    def _count(self, code: str) -> None:
        self.counts[code] += 1
        self.first.setdefault(code, self.place)

    def _switch(self, element: etree._Element, code: str) -> None:
        if value(element).lower() not in OFF:
            self._count(code)

    def _on_paragraph(self, element: etree._Element) -> None:
        self._paragraph += 1
        self._fields.paragraph()

    def _on_table(self, element: etree._Element) -> None:
        if table_depth(element) > self._limits.tables_deep:
            raise too_deep(self.place)

    def _on_drawing(self, element: etree._Element) -> None:
        for name, text in element.attrib.items():
            leaf = etree.QName(name).localname
            linked = leaf in ("src", "althref") and scheme_of(str(text)) != ""
            unsafe = leaf == "href" and scheme_of(str(text)) not in ("", *SAFE_LINKS)
            if linked or unsafe:
                raise InputRefused("external_link", opc.LINK, place=self.place, target=text)

    def _on_schema(self, element: etree._Element) -> None:
        for name in ("schemaLocation", "manifestLocation"):
            if value(element, name):
                raise InputRefused("external_link", opc.LINK, place=self.place, target=value(element, name))

    def _on_click(self, element: etree._Element) -> None:
        action = element.get("action", "").lower()
        if action.startswith(("ppaction://program", "ppaction://macro", "ppaction://ole")):
            raise InputRefused("unsafe_hyperlink", UNSAFE_ACTION, place=self.place, target=action)


UNSAFE_ACTION = message("A click in the document starts “%(target)s” (%(place)s). Remove the action.")
REPORTED = {
    "tracked_changes": (
        message(
            "The document has %(count)s tracked changes, the first at %(place)s. "
            "Accept or reject them in Word; or agree that the frozen copy is made with all of them accepted."
        ),
        True,
    ),
    "comments": (
        message(
            "The document has %(count)s comments, the first at %(place)s. "
            "Delete them; or agree that the frozen copy is made without them."
        ),
        True,
    ),
    "hidden_text": (
        message(
            "The document has hidden text (%(count)s times, first at %(place)s); the frozen copy does not "
            "show it."
        ),
        False,
    ),
    "placeholder": (
        message(
            "A form field was never filled in (%(count)s times, first at %(place)s); see whether that is "
            "meant."
        ),
        False,
    ),
}


def inspect(package: opc.Package, limits: Limits) -> list[Finding]:
    """Check a DOCX and report what its submitter should know.

    Raises InputRefused naming the part and, in texts, the paragraph.
    """
    strippable = binaries.strippable(package)
    opc.check(package, strippable)
    findings = binaries.check(package, limits, strippable)
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for part, root in package.roots.items():
        walk = PartWalk(part, limits)
        walk.run(root)
        if etree.QName(root).localname in ("styles", "numbering"):
            # Here hidden text is a definition, not a text of the document.
            del walk.counts["hidden_text"]
            walk.first.pop("hidden_text", None)
        counts.update(walk.counts)
        for code, place in walk.first.items():
            first.setdefault(code, place)
    for code, (sentence, consent) in REPORTED.items():
        if counts[code]:
            findings.append(Finding(code, first[code], sentence, (("count", counts[code]),), consent))
    findings += properties.check(package)
    return findings
