"""Office Open XML packages: parts, content types and relationships.

Sources: ECMA-376 part 2 (Open Packaging Conventions) and part 1 (Strict and
Transitional relationship types).  A relationship type is compared by its last
segment, which Strict and Transitional share.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake.markup import SAFE_LINKS, XmlReader, looks_like_xml, scheme_of
from workflow.letters.intake.report import Limits, message

TYPES = "[Content_Types].xml"
CT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.ms-word.document.macroenabled.main+xml": "docm",
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": "docm",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml": "dotx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": "xlsm",
    "application/vnd.ms-excel.template.macroenabled.main+xml": "xlsm",
    "application/vnd.ms-excel.addin.macroenabled.main+xml": "xlsm",
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": "xlsm",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}

MACROS = message(
    "The document contains macros (%(place)s). Save it as a document without macros (.docx or .xlsx), or as "
    "PDF."
)
ACTIVEX = message(
    "The document contains an ActiveX control (%(place)s). Delete the control, or submit the document as PDF."
)
OBJECT = message(
    "The document contains an embedded object of another program (%(place)s). "
    "Replace it by a picture of it, or submit the document as PDF."
)
FOREIGN = message(
    "The document takes in another file whole (%(place)s). Insert its text as ordinary text, or submit a PDF."
)
INTERFACE = message(
    "The document changes the menus or keys of the program that opens it (%(place)s). "
    "Save it as an ordinary document, or submit a PDF."
)
MAIL_MERGE = message(
    "The document is tied to a mail merge data source (%(place)s). "
    "Set it back to an ordinary Word document (Mailings, Start Mail Merge, Normal), or submit a PDF."
)
CONNECTION = message(
    "The workbook fetches data from elsewhere (%(place)s). Replace the query by its values, or submit a PDF."
)
NO_DOCUMENT = message(
    "The file does not declare exactly one document of a known kind (%(place)s). "
    "Save it again as .docx or .xlsx in the program that made it."
)
LINK = message(
    "The document links to something outside itself (%(place)s: %(target)s). "
    "Insert it into the document and break the link, or submit a PDF."
)

# Relationship types by their last segment, in lower case.
REFUSED_RELATIONS = {
    "vbaproject": ("macros", MACROS),
    "wordvbadata": ("macros", MACROS),
    "xlmacrosheet": ("macros", MACROS),
    "xlintlmacrosheet": ("macros", MACROS),
    "control": ("activex", ACTIVEX),
    "activexcontrolbinary": ("activex", ACTIVEX),
    "ctrlprop": ("activex", ACTIVEX),
    "oleobject": ("embedded_object", OBJECT),
    "package": ("embedded_object", OBJECT),
    "afchunk": ("foreign_document", FOREIGN),
    "subdocument": ("foreign_document", FOREIGN),
    "frame": ("foreign_document", FOREIGN),
    "extensibility": ("custom_interface", INTERFACE),
    "keymapcustomizations": ("custom_interface", INTERFACE),
    "attachedtoolbars": ("custom_interface", INTERFACE),
    "mailmergesource": ("mail_merge", MAIL_MERGE),
    "mailmergeheadersource": ("mail_merge", MAIL_MERGE),
    "recipientdata": ("mail_merge", MAIL_MERGE),
    "mailmergerecipientdata": ("mail_merge", MAIL_MERGE),
    "connections": ("data_connection", CONNECTION),
    "querytable": ("data_connection", CONNECTION),
    "externallink": ("external_link", LINK),
    "externallinkpath": ("external_link", LINK),
}

# Pieces of content types that say the same as the relations above, whatever the relations claim.
REFUSED_TYPES = {
    "vbaproject": ("macros", MACROS),
    "macroenabled": ("macros", MACROS),
    "macrosheet": ("macros", MACROS),
    "wordvbadata": ("macros", MACROS),
    "activex": ("activex", ACTIVEX),
    "oleobject": ("embedded_object", OBJECT),
    "keymapcustomizations": ("custom_interface", INTERFACE),
    "attachedtoolbars": ("custom_interface", INTERFACE),
    "mailmergerecipientdata": ("mail_merge", MAIL_MERGE),
    "spreadsheetml.connections": ("data_connection", CONNECTION),
    "spreadsheetml.querytable": ("data_connection", CONNECTION),
}


@dataclass(frozen=True)
class Relation:
    """One relationship: its source part, type (last segment, lower case) and target."""

    source: str
    identifier: str
    type: str
    target: str
    external: bool

    @property
    def place(self) -> str:
        """Where it stands, in words of the file."""
        return f"{relations_of(self.source)}, {self.identifier}"

    @property
    def part(self) -> str:
        """The name of the internal part that the target means."""
        target = unquote(self.target.split("#")[0])
        base = posixpath.dirname(self.source)
        return posixpath.normpath(posixpath.join("/" + base, target)).lstrip("/")


@dataclass
class Package:
    """The parts of a package with everything that names or joins them."""

    parts: dict[str, bytes]
    roots: dict[str, etree._Element] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    kind: str = "zip"

    def relations_to(self, part: str) -> list[Relation]:
        """The internal relationships that lead to a part."""
        return [relation for relation in self.relations if not relation.external and relation.part == part]


def relations_of(source: str) -> str:
    """The name of the part that holds the relationships of `source` ("" is the package)."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", name + ".rels")


def read(parts: dict[str, bytes], limits: Limits) -> Package:
    """Parse a package: every XML part once, its content types and its relationships.

    Raises InputRefused naming the part.
    """
    package = Package(parts)
    reader = XmlReader(limits)
    for name, data in parts.items():
        suffix = _suffix(name)
        if suffix in (".xml", ".rels", ".vml") or looks_like_xml(data):
            package.roots[name] = reader.parse(name, data, lenient=suffix == ".vml")
    _read_types(package)
    for name, root in package.roots.items():
        folder, leaf = posixpath.split(name)
        if leaf.lower().endswith(".rels") and posixpath.basename(folder).lower() == "_rels":
            _read_relations(package, posixpath.join(posixpath.dirname(folder), leaf[: -len(".rels")]), root)
    mains = [
        relation
        for relation in package.relations
        if relation.type == "officedocument" and not relation.source
    ]
    main_types = {package.types.get(relation.part, "") for relation in mains}
    kinds = {MAIN_TYPES.get(type_) for type_ in main_types}
    if len(mains) == 1 and len(kinds) == 1 and None not in kinds:
        package.kind = str(kinds.pop())
    return package


def _suffix(name: str) -> str:
    """The suffix with its dot; the name `.rels` is all suffix, unlike in a file system."""
    leaf = posixpath.basename(name)
    return leaf[leaf.rfind(".") :].lower() if "." in leaf else ""


def _read_types(package: Package) -> None:
    root = package.roots.get(TYPES)
    if root is None:
        return
    defaults: dict[str, str] = {}
    overrides: dict[str, str] = {}
    for element in root:
        if element.tag == CT + "Default":
            defaults[element.get("Extension", "").lower()] = element.get("ContentType", "").lower()
        elif element.tag == CT + "Override":
            overrides[element.get("PartName", "").lstrip("/").casefold()] = element.get(
                "ContentType", ""
            ).lower()
    for name in package.parts:
        type_ = overrides.get(name.casefold()) or defaults.get(_suffix(name).lstrip("."))
        if name != TYPES and type_ is None:
            raise InputRefused(
                "content_type",
                "The part %(place)s has no declared type, so it is not part of a proper document. "
                "Save the document again in the program that made it.",
                place=name,
            )
        package.types[name] = (type_ or "").split(";")[0].strip()


def _read_relations(package: Package, source: str, root: etree._Element) -> None:
    for element in root.iter(REL):
        package.relations.append(
            Relation(
                source=source,
                identifier=element.get("Id", ""),
                type=element.get("Type", "").rstrip("/").rsplit("/", 1)[-1].lower(),
                target=element.get("Target", ""),
                external=element.get("TargetMode", "").lower() == "external",
            )
        )


def check(package: Package, strippable: frozenset[str]) -> None:
    """Refuse forbidden content types and relationships; `strippable` parts are cut out of the copy.

    Raises InputRefused naming the part or the relationship.
    """
    for name, type_ in package.types.items():
        for piece, (code, sentence) in REFUSED_TYPES.items():
            if piece in type_.replace("-", "") and name not in strippable:
                raise InputRefused(code, sentence, place=name, target=type_)
    for relation in package.relations:
        refused = REFUSED_RELATIONS.get(relation.type)
        if relation.external or scheme_of(relation.target) != "":
            _check_external(relation, refused)
        elif refused and relation.part not in strippable:
            raise InputRefused(refused[0], refused[1], place=relation.part, target=relation.target)


def _check_external(relation: Relation, refused: tuple[str, str] | None) -> None:
    if relation.type == "attachedtemplate":
        raise InputRefused(
            "attached_template",
            "The document is tied to a template outside itself (%(place)s: %(target)s). In Word choose "
            "Developer, "
            "Document Template, attach Normal, save and submit it again; or submit a PDF.",
            place=relation.place,
            target=relation.target,
        )
    if relation.type == "hyperlink" and relation.external:
        # A bookmark in the document itself reaches nothing outside, though some writers call it external.
        if not relation.target or relation.target.startswith("#") or scheme_of(relation.target) in SAFE_LINKS:
            return
        raise InputRefused(
            "unsafe_hyperlink",
            "A hyperlink leads to “%(target)s” (%(place)s); only web and mail addresses may leave in a note. "
            "Remove the link, or write the whole web address.",
            place=relation.place,
            target=relation.target,
        )
    told_apart = refused and refused[0] in ("mail_merge", "foreign_document")
    code, sentence = refused if refused and told_apart else ("external_link", LINK)
    raise InputRefused(code, sentence, place=relation.place, target=relation.target)
