"""A secretariat's own Word letterhead as the base of its letters' DOCX.

The file is an upload like any other: the intake inspects it before anything
opens it, and what it would report of a note's enclosure is a fault of the
profile.  Of the file there stay headers, footers, pictures and styles; its
author, comments, other properties and empty text do not.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from workflow.errors import InputRefused, Unavailable
from workflow.letters.blocks import Letter
from workflow.letters.docx_base import points, styles, twips, without_times
from workflow.letters.docx_page import header_line, shows_number
from workflow.letters.layout import Layout
from workflow.letters.schema import Section

LARGEST = 3_000_000
# The paragraph of the letterhead in whose place the letter comes; without it the body has to be empty.
PLACE = "{letter}"
# Of the package these say who made the file, or are nothing that a letter has.
FOREIGN = ("extended-properties", "custom-properties", "thumbnail", "glossaryDocument", "customXml")
TOLERANCE_MM = 2


@dataclass(frozen=True)
class Stationery:
    """A letterhead made ready: the package, its digest, and how many elements of its body come before the letter."""

    package: bytes
    digest: str
    before: int


# Those that this process has read, by their digest.
_KNOWN: dict[str, Stationery] = {}


def read_stationery(folder: Path, section: Section, layout: Layout) -> Stationery | None:
    """The letterhead that the table [docx] names; None where it names none or there is a fault."""
    name = section.text("base", "")
    section.finish()
    if not name:
        return None
    content = section.asset(folder, name, LARGEST, "make its pictures smaller")
    if content is None:
        return None
    try:
        cleaned = _inspected(content, name, section)
        found = _prepared(cleaned, name, section, layout) if cleaned else None
    except InputRefused as refusal:
        section.fault(f"{name} is refused: {refusal.sentence}")
        return None
    if found is not None:
        _KNOWN[found.digest] = found
    return found


def stationery_of(letter: Letter) -> Stationery:
    """The letterhead that a letter was composed with; raises Unavailable where its profile has it no more."""
    if letter.stationery not in _KNOWN:
        from workflow.letters import profile

        if letter.profile in profile.names():
            profile.load(letter.profile)
    if letter.stationery not in _KNOWN:
        raise Unavailable(
            "letterhead-gone",
            "The letterhead that this letter was made with is not in the profile %(profile)s any more.",
            profile=letter.profile,
        )
    return _KNOWN[letter.stationery]


def _inspected(content: bytes, name: str, section: Section) -> bytes | None:
    """The file without what says who made it, once the intake has nothing against it."""
    from workflow.letters import enclosure
    from workflow.letters.intake import archive, cleaning, opc

    found = enclosure.inspect(content, name, environ={})
    if found.kind != "docx":
        section.fault(f"{name} is no Word document (.docx); save the letterhead as such.")
        return None
    for finding in found.needs_consent:
        section.fault(f"{name}: {finding.sentence}")
    if found.needs_consent:
        return None
    limits = enclosure.Limits()
    return cleaning.copy_of_package(opc.read(archive.unpack(content, limits), limits), clean=True)


def _prepared(cleaned: bytes, name: str, section: Section, layout: Layout) -> Stationery | None:
    document = docx.Document(io.BytesIO(cleaned))
    for part in (document.part.package, document.part):
        for key, relation in list(part.rels.items()):
            if any(relation.reltype.endswith(kind) for kind in FOREIGN):
                part.rels.pop(key)
    faults = len(section.faults)
    body = document.element.body
    if len(document.sections) != 1:
        section.fault(f"{name} has {len(document.sections)} sections; a letterhead has one.")
        return None
    sheet = document.sections[0]
    width, height = (sheet.page_width or 0) / 36_000, (sheet.page_height or 0) / 36_000
    if abs(width - layout.width) > TOLERANCE_MM or abs(height - layout.height) > TOLERANCE_MM:
        section.fault(
            f"{name} is on paper of {width:.0f} × {height:.0f} mm, but “paper” in [layout] is {layout.paper}; "
            "set one to the other."
        )
    content = [element for element in body if element.tag != qn("w:sectPr")]
    places = [at for at, element in enumerate(content) if _words(element) == PLACE]
    if len(places) > 1:
        section.fault(f"{name} has the place {PLACE} more than once; keep one.")
    if not places and any(_words(one) or one.findall(f".//{qn('w:drawing')}") for one in content):
        section.fault(
            f"{name} has text or a picture in its body; move it to header or footer, or write {PLACE} on a line "
            "of its own where the letter goes."
        )
    if len(section.faults) > faults:
        return None
    kept = places[0] if places else 0
    for at, element in enumerate(content):
        if not places or at == kept:
            body.remove(element)
    for element in list(document.settings.element.findall(qn("w:rsids"))):
        document.settings.element.remove(element)
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    core.revision = 1
    saved = io.BytesIO()
    document.save(saved)
    package = without_times(saved.getvalue())
    return Stationery(package, hashlib.sha256(package).hexdigest(), kept)


def _words(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(qn("w:t"))).strip()


def base(letter: Letter) -> bytes:
    """The letterhead with a style for each part of a letter."""
    fonts = tuple(sorted(letter.docx_fonts.items()))
    return _base(stationery_of(letter), letter.layout, fonts, letter.tags[letter.language])


@lru_cache(maxsize=16)
def _base(stationery: Stationery, layout: Layout, fonts: tuple[tuple[str, str], ...], tag: str) -> bytes:
    document = docx.Document(io.BytesIO(stationery.package))
    _add_styles(document, layout, dict(fonts), tag)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _add_styles(document: docx.document.Document, layout: Layout, fonts: Mapping[str, str], tag: str) -> None:
    """Adds our styles; one whose name the letterhead has already looks as the letterhead's does."""
    theirs: Any = document.styles.element
    listed = theirs.findall(qn("w:style"))
    by_name = {_name(style).casefold(): style.get(qn("w:styleId")) for style in listed}
    known = {style.get(qn("w:styleId")) for style in listed}
    ordinary = next(
        (
            style.get(qn("w:styleId"))
            for style in listed
            if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on")
        ),
        None,
    )
    ours: Any = parse_xml(styles(layout, fonts, tag).encode())
    defaults = ours.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    based = f'<w:basedOn w:val="{ordinary}"/>' if ordinary else ""
    text = parse_xml(
        f'<w:style xmlns:w="{theirs.nsmap["w"]}" w:type="paragraph" w:customStyle="1" w:styleId="LetterText">'
        f'<w:name w:val="Letter Text"/>{based}<w:pPr><w:spacing w:before="0" w:after="0" '
        f'w:line="{points(layout.line)}" w:lineRule="exact"/><w:ind w:left="0" w:right="0" w:firstLine="0"/></w:pPr></w:style>'
    )
    text.append(defaults)
    theirs.append(text)
    for style in ours.findall(qn("w:style")):
        identifier, name = style.get(qn("w:styleId")), _name(style)
        if identifier in known or not identifier.startswith("Letter"):
            continue
        parent = style.find(qn("w:basedOn"))
        if name.casefold() in by_name:
            for child in list(style):
                if child.tag in (qn("w:pPr"), qn("w:rPr")):
                    style.remove(child)
            style.find(qn("w:name")).set(qn("w:val"), f"Letter: {name}")
            style.set(qn("w:customStyle"), "1")
            parent.set(qn("w:val"), by_name[name.casefold()])
        elif parent.get(qn("w:val")) == "Normal":
            parent.set(qn("w:val"), "LetterText")
        theirs.append(style)


def _name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val")))


def page(letter: Letter, document: docx.document.Document) -> None:
    """The margins at the sides, the draft mark, and the page number where the letterhead has none."""
    layout = letter.layout
    sides = (layout.end, layout.start) if letter.direction == "rtl" else (layout.start, layout.end)
    section = document.sections[0]
    margins = section._sectPr.get_or_add_pgMar()
    margins.set(qn("w:left"), str(twips(sides[0])))
    margins.set(qn("w:right"), str(twips(sides[1])))
    headers = [(section.header, False)]
    if section.different_first_page_header_footer:
        headers.append((section.first_page_header, True))
    footers = [section.footer, section.first_page_footer] if len(headers) > 1 else [section.footer]
    counted = any(_has_page_number(part) for part in [*(one for one, _ in headers), *footers])
    for header, first in headers:
        if letter.draft_mark or (shows_number(letter, first) and not counted):
            header._element.append(parse_xml(header_line(letter, first, counted=counted)))


def _has_page_number(part: Any) -> bool:
    if part.is_linked_to_previous:
        return False
    element = part._element
    said = [text.text or "" for text in element.iter(qn("w:instrText"))]
    said += [field.get(qn("w:instr"), "") for field in element.iter(qn("w:fldSimple"))]
    return any(words.split()[:1] == ["PAGE"] for words in said)
