"""XLIFF 2.1, written; and 2.0 to 2.2, read.  Source: OASIS, XLIFF Version 2.1, 13 February 2018.

A paragraph is a unit with one segment.  A slot is a `ph` that may be moved but neither copied nor
deleted; its original data are the slot as typed at the desk, and `disp` shows what it comes out as.
A formula is a unit with translate="no".  What a translation program may do is borne: segments split
or joined, codes moved, annotations, notes and metadata of its own, other prefixes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from workflow.errors import InputRefused
from workflow.exchange.markup import INSTRUCTION, XML_SPACE, first, local, put, reading, walk, written
from workflow.exchange.model import GivenUnit, Handover, Returned, Standing, Unit
from workflow.exchange.pieces import Code, cut, tidy

SPACE = "urn:oasis:names:tc:xliff:document:2.0"
SPACE_22 = "urn:oasis:names:tc:xliff:document:2.2"
STATES = {
    Standing.OPEN: "initial",
    Standing.STALE: "initial",
    Standing.DONE: "translated",
    Standing.AGREED: "final",
    Standing.LOCKED: "final",
}
# The namespace stands without a prefix, as programs expect it.
NAMESPACES: Any = {None: SPACE}
SETTLED = frozenset({"translated", "reviewed", "final"})
# They mark words and carry none.
ANNOTATIONS = frozenset({"sm", "em"})


def write(handover: Handover, say: Callable[[str], str] = str) -> bytes:
    """The version as XLIFF 2.1."""
    return written(handover, lambda: _document(handover, say))


def _document(handover: Handover, say: Callable[[str], str]) -> etree._Element:
    root = etree.Element(
        f"{{{SPACE}}}xliff",
        {"version": "2.1", "srcLang": handover.source_language, "trgLang": handover.target_language},
        NAMESPACES,
    )
    file = _add(root, "file", id="note", original=handover.reference, canResegment="no")
    if handover.source_language in handover.rtl:
        file.set("srcDir", "rtl")
    if handover.target_language in handover.rtl:
        file.set("trgDir", "rtl")
    notes = _add(file, "notes")
    _note(notes, handover.title, "subject")
    _note(notes, say(INSTRUCTION), "instruction")
    for unit in handover.units:
        _unit(file, unit, say)
    return root


def _unit(file: etree._Element, unit: Unit, say: Callable[[str], str]) -> None:
    source = cut(unit.source)
    target = cut(unit.target, source)
    element = _add(file, "unit", id=unit.identity)
    element.set("name", say(unit.name))
    element.set("translate", "no" if unit.locked else "yes")
    element.set(XML_SPACE, "preserve")
    if unit.notes:
        notes = _add(element, "notes")
        for words in unit.notes:
            _note(notes, say(words))
    tokens = dict.fromkeys(
        one.token
        for one in (*source, *(target if unit.target else ()))
        if isinstance(one, Code) and one.token
    )
    data = {token: f"d{number}" for number, token in enumerate(tokens, 1)}
    if data:
        kept = _add(element, "originalData")
        for token, identity in data.items():
            _add(kept, "data", id=identity).text = token
    segment = _add(element, "segment", state=STATES[unit.standing])

    def code(side: str) -> Callable[[Code], etree._Element]:
        def make(one: Code) -> etree._Element:
            return etree.Element(
                f"{{{SPACE}}}ph",
                {
                    "id": one.identity,
                    "canCopy": "no",
                    "canDelete": "no",
                    "dataRef": data[one.token or ""],
                    "equiv": one.token or "",
                    "disp": reading(unit, side, one),
                },
            )

        return make

    put(_add(segment, "source"), source, code("source"))
    if unit.target:
        put(_add(segment, "target"), target, code("target"))


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{SPACE}}}{name}", attributes)


def _note(notes: etree._Element, words: str, category: str = "") -> None:
    note = _add(notes, "note")
    if category:
        note.set("category", category)
    note.text = words


def read(root: etree._Element) -> Returned:
    """What a document says; raises InputRefused unless it has exactly one file."""
    space = etree.QName(root).namespace
    files = list(root.iterchildren(f"{{{space}}}file"))
    if len(files) != 1:
        raise InputRefused(
            "exchange-not-ours",
            "The file was not handed out from here: it does not name a note. "
            "Hand the version out, translate that file, and bring it back.",
        )
    units = [_read_unit(unit) for unit in files[0].iter(f"{{{space}}}unit")]
    return Returned(
        original=files[0].get("original", ""),
        source_language=root.get("srcLang", ""),
        target_language=root.get("trgLang", ""),
        units=tuple(units),
    )


def _read_unit(unit: etree._Element) -> GivenUnit:
    kept = first(unit, "originalData")
    data = {
        one.get("id", ""): one.text or ""
        for one in (kept if kept is not None else ())
        if local(one) == "data"
    }
    source: list[str | Code] = []
    targets: list[tuple[int, list[str | Code]]] = []
    states: list[str] = []
    there_is = translated = missing = False
    parts = [part for part in unit if local(part) in ("segment", "ignorable")]
    for place, part in enumerate(parts, 1):
        here = _text(first(part, "source"), data)
        there = first(part, "target")
        there_is = there_is or there is not None
        said = _text(there, data)
        source += here
        words = any(isinstance(one, Code) or one.strip() for one in here)
        if local(part) == "segment":
            states.append(part.get("state", ""))
            translated = translated or bool(tidy(said))
            missing = missing or (words and not any(isinstance(one, Code) or one.strip() for one in said))
        # Blanks between two segments stay, unless the program has others there.
        order = there.get("order", "") if there is not None else ""
        targets.append(
            (
                int(order) if order.isdecimal() and len(order) < 6 else place,
                said if there is not None else here,
            )
        )
    # The order of a language may be another; those without a place of their own keep theirs.
    ordered = [piece for _, pieces in sorted(targets, key=lambda one: one[0]) for piece in pieces]
    return GivenUnit(
        identity=unit.get("id", ""),
        source=tidy(source),
        target=tidy(ordered) if translated else () if there_is else None,
        partial=translated and missing,
        settled=all(state in SETTLED for state in states) if any(states) else None,
    )


def _text(element: etree._Element | None, data: dict[str, str]) -> list[str | Code]:
    if element is None:
        return []

    def inline(child: etree._Element) -> Iterator[str | Code]:
        name = local(child)
        if name == "mrk":
            yield from walk(child, inline)
        elif name == "cp":
            yield _sign(child.get("hex", ""))
        elif name == "ph":
            said = data.get(child.get("dataRef", ""), child.get("equiv"))
            yield Code(child.get("id", ""), said)
        elif name not in ANNOTATIONS:
            # Codes that we never write: whoever reads them says that they do not belong here.
            yield Code(child.get("id") or child.get("startRef") or name, f"<{name}>")
            yield from walk(child, inline)

    return list(walk(element, inline))


def _sign(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\N{REPLACEMENT CHARACTER}"
