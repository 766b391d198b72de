"""Schematron rules of ISO/IEC 19757-3 with the query binding `xslt2`, made into XSLT and run by Saxon.

Only what OASIS's rules for XLIFF use: patterns, rules, lets, asserts, reports.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"


def _stylesheet(rules: etree._Element) -> etree._Element:
    spaces = {one.get("prefix"): one.get("uri") for one in rules.iter(f"{SCH}ns")}
    sheet = etree.Element(f"{{{XSL}}}stylesheet", {"version": "3.0"}, {"xsl": XSL, **spaces})
    etree.SubElement(sheet, f"{{{XSL}}}output", {"method": "text"})
    for one in rules.iterchildren(f"{SCH}let"):
        etree.SubElement(sheet, f"{{{XSL}}}variable", {"name": one.get("name"), "select": one.get("value")})
    main = etree.SubElement(sheet, f"{{{XSL}}}template", {"match": "/"})
    for number, pattern in enumerate(rules.iter(f"{SCH}pattern")):
        mode = f"m{number}"
        etree.SubElement(main, f"{{{XSL}}}apply-templates", {"select": "/", "mode": mode})
        found = list(pattern.iterchildren(f"{SCH}rule"))
        for place, rule in enumerate(found):
            # Of the rules of one pattern, the first whose context matches is the one that is asked.
            template = etree.SubElement(
                sheet,
                f"{{{XSL}}}template",
                {"match": rule.get("context"), "mode": mode, "priority": str(1000 - place)},
            )
            for one in (*pattern.iterchildren(f"{SCH}let"), *rule):
                _test(template, one, pattern)
            etree.SubElement(template, f"{{{XSL}}}apply-templates", {"select": "@*|node()", "mode": mode})
        idle = etree.SubElement(
            sheet, f"{{{XSL}}}template", {"match": "@*|node()|/", "mode": mode, "priority": "-1"}
        )
        etree.SubElement(idle, f"{{{XSL}}}apply-templates", {"select": "@*|node()", "mode": mode})
    return sheet


def _test(template: etree._Element, one: etree._Element, pattern: etree._Element) -> None:
    if one.tag == f"{SCH}let":
        etree.SubElement(
            template, f"{{{XSL}}}variable", {"name": one.get("name"), "select": one.get("value")}
        )
    if one.tag not in (f"{SCH}assert", f"{SCH}report"):
        return
    test = one.get("test")
    condition = f"not({test})" if one.tag == f"{SCH}assert" else test
    branch = etree.SubElement(template, f"{{{XSL}}}if", {"test": condition})
    said = " ".join("".join(one.itertext()).split())
    etree.SubElement(branch, f"{{{XSL}}}text").text = f"{pattern.get('id', '?')}: {said}\n"


@cache
def _compiled(path: Path):  # type: ignore[no-untyped-def]
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    # The rules of OASIS keep parts of their sentences in entities of their own.
    root = etree.parse(str(path), etree.XMLParser(resolve_entities=True, no_network=True)).getroot()
    sheet = etree.tostring(_stylesheet(root), encoding="unicode")
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)


def broken(path: Path, document: bytes) -> list[str]:
    """The rules of the file at `path` that a document breaks, as their id and sentence."""
    processor, executable = _compiled(path)
    node = processor.parse_xml(xml_text=document.decode("utf-8-sig"))
    said = executable.transform_to_string(xdm_node=node) or ""
    return [line for line in said.splitlines() if line.strip()]
