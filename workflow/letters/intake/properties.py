"""The properties of a package: people named in them, programs tied to them."""

from __future__ import annotations

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake import opc
from workflow.letters.intake.report import Finding, message

AUTHOR = message(
    "The file names people or an organisation in its properties (%(place)s: %(names)s); the frozen copy "
    "does not."
)
PROPERTY_FIELDS = frozenset({"creator", "lastModifiedBy", "Company", "Manager", "HyperlinkBase"})


def check(package: opc.Package) -> list[Finding]:
    """Report properties that name people; refuse those that load a program.

    Raises InputRefused `macros` for the properties of document-level customisations.
    """
    findings = []
    for part, root in package.roots.items():
        if not package.types.get(part, "").endswith(
            ("-properties+xml", "custom-properties+xml", "core-properties+xml")
        ):
            continue
        names = []
        for element in root.iter("{*}*"):
            name = element.get("name") or etree.QName(element).localname
            if name in ("_AssemblyLocation", "_AssemblyName"):
                raise InputRefused("macros", opc.MACROS, place=f"{part}, {name}")
            if name in PROPERTY_FIELDS and (element.text or "").strip():
                names.append(name)
        if names:
            findings.append(Finding("author", part, AUTHOR, (("names", ", ".join(names)),)))
    return findings
