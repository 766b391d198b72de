"""The fonts that a document names, to be compared with those that its PDF carries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from lxml import etree

from workflow.errors import InputRefused
from workflow.letters.intake.report import Finding, message

# Attributes and elements that name a font, by the local names of the three formats.
FONT_ATTRIBUTES = frozenset(
    {
        "ascii",
        "hAnsi",
        "cs",
        "eastAsia",
        "typeface",
        "font-name",
        "font-family",
        "font-family-asian",
        "font-family-complex",
        "font-name-asian",
        "font-name-complex",
    }
)
FONT_ELEMENTS = (
    "rFonts",
    "latin",
    "ea",
    "cs",
    "sym",
    "font",
    "font-face",
    "text-properties",
    "rFont",
    "name",
    "buFont",
)
STYLES = re.compile(
    r"[-,]?(bold|italic|oblique|regular|roman|light|medium|semibold|black|book|mt|ps|psmt|identity-h)+$",
    re.IGNORECASE,
)

SUBSTITUTED = message(
    "Fonts of the document are not on this machine; the frozen copy uses %(names)s instead (%(place)s). "
    "Look at its pages, or submit a PDF."
)
UNSHOWN = message("Some signs are not shown in the frozen copy (%(place)s: %(names)s). Look at its pages.")


def named(roots: Iterable[etree._Element]) -> set[str]:
    """The families that a document names anywhere."""
    found = set()
    for root in roots:
        for element in root.iter(*(f"{{*}}{name}" for name in FONT_ELEMENTS)):
            local = etree.QName(element).localname
            for attribute, text in element.attrib.items():
                label = etree.QName(attribute).localname
                if label in FONT_ATTRIBUTES or (
                    local in ("font", "rFont", "name") and label in ("name", "val")
                ):
                    found.add(str(text).strip("'\""))
    return found


def _plain(name: str) -> str:
    plain = re.sub(r"[^\w,-]", "", name).lower()
    return STYLES.sub("", plain).replace("-", "").replace(",", "").replace("_", "")


def compare(wanted: set[str], used: Iterable[str], unshown: Iterable[str], filename: str) -> list[Finding]:
    """Report substituted fonts and unshown signs.

    Raises InputRefused `missing_glyph` when letters or digits are not shown: such a copy would say less
    than the document.
    """
    letters = [sign for sign in unshown if unicodedata.category(sign)[0] in "LN"]
    if letters:
        raise InputRefused(
            "missing_glyph",
            "The fonts of this machine lack letters of %(place)s (%(names)s), so its copy would show gaps. "
            "Submit a PDF with its fonts embedded.",
            place=filename,
            names=_signs(letters),
        )
    findings = []
    known = {_plain(name) for name in wanted}
    others = sorted(name for name in used if _plain(name) not in known and _plain(name) != "opensymbol")
    if others:
        findings.append(Finding("font_substituted", filename, SUBSTITUTED, (("names", ", ".join(others)),)))
    if unshown := list(unshown):
        findings.append(Finding("sign_not_shown", filename, UNSHOWN, (("names", _signs(unshown)),)))
    return findings


def _signs(signs: list[str]) -> str:
    return ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs[:12])
