"""XLIFF 1.2, written and read.  Source: OASIS, XLIFF Version 1.2, 1 February 2008.

A paragraph is a `trans-unit`; a slot is a `ph` whose content is the slot as typed at the desk; a
formula is a `trans-unit` with translate="no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from workflow.errors import InputRefused
from workflow.exchange.markup import INSTRUCTION, XML_SPACE, first, local, put, reading, walk, written
from workflow.exchange.model import GivenUnit, Handover, Returned, Standing, Unit
from workflow.exchange.pieces import Code, cut, slot_of, tidy

SPACE = "urn:oasis:names:tc:xliff:document:1.2"
STATES = {
    Standing.OPEN: "new",
    Standing.STALE: "needs-review-translation",
    Standing.DONE: "translated",
    Standing.AGREED: "final",
    Standing.LOCKED: "final",
}
# The namespace stands without a prefix, as programs expect it.
NAMESPACES: Any = {None: SPACE}
SETTLED = frozenset({"translated", "signed-off", "final"})
# Programs turn one kind of standalone code into another.
STANDALONE = frozenset({"ph", "x"})


def write(handover: Handover, say: Callable[[str], str] = str) -> bytes:
    """The version as XLIFF 1.2."""
    return written(handover, lambda: _document(handover, say))


def _document(handover: Handover, say: Callable[[str], str]) -> etree._Element:
    root = etree.Element(f"{{{SPACE}}}xliff", {"version": "1.2"}, NAMESPACES)
    file = _add(
        root,
        "file",
        **{
            "original": handover.reference,
            "source-language": handover.source_language,
            "target-language": handover.target_language,
            "datatype": "plaintext",
        },
    )
    header = _add(file, "header")
    _add(header, "note").text = handover.title
    _add(header, "note").text = say(INSTRUCTION)
    body = _add(file, "body")
    for unit in handover.units:
        _unit(body, unit, say)
    return root


def _unit(body: etree._Element, unit: Unit, say: Callable[[str], str]) -> None:
    source = cut(unit.source)
    element = _add(body, "trans-unit", id=unit.identity, resname=say(unit.name))
    element.set("translate", "no" if unit.locked else "yes")
    element.set("approved", "yes" if unit.standing in (Standing.AGREED, Standing.LOCKED) else "no")
    element.set(XML_SPACE, "preserve")

    def code(side: str) -> Callable[[Code], etree._Element]:
        def make(one: Code) -> etree._Element:
            made = etree.Element(
                f"{{{SPACE}}}ph",
                {"id": one.identity, "ctype": "x-slot", "equiv-text": reading(unit, side, one)},
            )
            made.text = one.token
            return made

        return make

    put(_add(element, "source"), source, code("source"))
    if unit.target:
        target = _add(element, "target", state=STATES[unit.standing])
        put(target, cut(unit.target, source), code("target"))
    for words in unit.notes:
        _add(element, "note").text = say(words)


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{SPACE}}}{name}", attributes)


def read(root: etree._Element) -> Returned:
    """What a document says; raises InputRefused unless it has exactly one file."""
    files = list(root.iterchildren(f"{{{SPACE}}}file"))
    if len(files) != 1:
        raise InputRefused(
            "exchange-not-ours",
            "The file was not handed out from here: it does not name a note. "
            "Hand the version out, translate that file, and bring it back.",
        )
    file = files[0]
    return Returned(
        original=file.get("original", ""),
        source_language=file.get("source-language", ""),
        target_language=file.get("target-language", ""),
        units=tuple(_read_unit(unit) for unit in file.iter(f"{{{SPACE}}}trans-unit")),
    )


def _read_unit(unit: etree._Element) -> GivenUnit:
    target = first(unit, "target")
    said = tidy(_text(target)) if target is not None else ()
    return GivenUnit(
        identity=unit.get("id", ""),
        source=tidy(_text(first(unit, "source"))),
        target=said if target is not None else None,
        settled=_settled(unit, target),
    )


def _settled(unit: etree._Element, target: etree._Element | None) -> bool | None:
    if unit.get("approved") == "yes":
        return True
    state = target.get("state") if target is not None else None
    return None if state is None else state in SETTLED


def _text(element: etree._Element | None) -> list[str | Code]:
    if element is None:
        return []

    def inline(child: etree._Element) -> Iterator[str | Code]:
        name = local(child)
        if name == "mrk":
            yield from walk(child, inline)
        elif name in STANDALONE:
            inside = "".join(str(words) for words in child.itertext()).strip()
            yield Code(
                child.get("id", ""), inside or child.get("equiv-text") if _says(child, inside) else None
            )
        else:
            # Codes that we never write: whoever reads them says that they do not belong here.
            yield Code(child.get("id") or name, f"<{name}>")
            yield from walk(child, inline)

    return list(walk(element, inline))


def _says(child: etree._Element, inside: str) -> bool:
    """Whether a code says which slot it is; `equiv-text` is words for people and seldom does."""
    return bool(inside) or slot_of(child.get("equiv-text")) is not None
