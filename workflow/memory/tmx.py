"""TMX 1.4b: a translation memory out of and into other tools.

Out, a slot is a placeholder (`ph`, type x-slot) that a tool protects; what slots read, the marking
and the note are properties of ours (`x-chancery-…`), which other tools pass over.  In, a unit of
more than two languages gives a pair for each translation of its source language; other tools'
inline codes are left out of the text, and what they mark (`hi`) stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from lxml import etree

from workflow.errors import InputRefused, Invalid, Phrase
from workflow.letters import slots
from workflow.letters.slots import Slot
from workflow.memory import markup
from workflow.memory.units import Pair
from workflow.memory.words import base, same_text

OURS = "x-chancery-"
LONGEST = 20_000
# Native codes of other tools: what stands in them is not text.
CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
FORMATS = ("%Y%m%dT%H%M%SZ", "%Y%m%dT%H%M%S", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d")


def marked(pair: Pair, marking: str) -> Pair:
    """The pair with this marking."""
    return replace(pair, marking=marking)


def write(rows: Iterable[tuple[Pair, str, date]], main_language: str) -> Iterator[bytes]:
    """A TMX file in pieces, from pairs, the number of the note that each is from, and its day."""
    header = etree.Element(
        "header",
        creationtool="Chancery",
        creationtoolversion="1",
        segtype="paragraph",
        adminlang="en",
        srclang=main_language,
        datatype="plaintext",
        attrib={"o-tmf": "Chancery"},
    )
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
    yield etree.tostring(header) + b"\n<body>\n"
    for number, (pair, note, day) in enumerate(rows, 1):
        unit = etree.Element("tu", tuid=str(number), srclang=pair.source_language)
        unit.set("creationdate", day.strftime("%Y%m%dT000000Z"))
        for kind, text in (
            ("note", note),
            ("origin", pair.origin),
            ("marking", pair.marking),
            ("words", json.dumps(pair.words, ensure_ascii=False, sort_keys=True) if pair.words else ""),
        ):
            if text:
                etree.SubElement(unit, "prop", type=OURS + kind).text = markup.plain(text)
        for language, text in ((pair.source_language, pair.source), (pair.target_language, pair.target)):
            version = etree.SubElement(unit, "tuv", attrib={markup.XML_LANG: language})
            _write_text(etree.SubElement(version, "seg"), text)
        yield etree.tostring(unit, encoding="UTF-8") + b"\n"
    yield b"</body>\n</tmx>\n"


def _write_text(segment: etree._Element, typed: str) -> None:
    try:
        parts = slots.parse(typed)
    except Invalid:
        parts = (typed,)
    last: etree._Element | None = None
    for number, part in enumerate(parts):
        if isinstance(part, Slot):
            last = etree.SubElement(segment, "ph", x=str(number + 1), type="x-slot")
            last.text = str(part)
        elif last is None:
            segment.text = (segment.text or "") + markup.plain(part)
        else:
            last.tail = (last.tail or "") + markup.plain(part)


def read(data: bytes, name: str, languages: frozenset[str], markings: frozenset[str]) -> Iterator[Pair]:
    """The pairs of a TMX file whose two languages are known.

    Raises InputRefused naming the unit where a file is damaged, foreign or holds what cannot be kept.
    """
    main = ""
    found = markup.units(data, name, frozenset({"tmx"}), frozenset({"header", "tu"}))
    number = 0
    for element in found:
        if markup.name_of(element) == "header":
            main = str(element.get("srclang") or "")
            continue
        number += 1
        unit = _Unit(element, name, number)
        yield from unit.pairs(main, languages, markings)


class _Unit:
    """One `tu` while it is read; refusals name it."""

    def __init__(self, element: etree._Element, file: str, number: int) -> None:
        self.element = element
        self.file = file
        self.number = number
        self.line = element.sourceline or 0

    def refusal(self, why: Phrase) -> InputRefused:
        """Why the file is refused because of this unit."""
        named = self.element.get("tuid")
        return InputRefused(
            "tmx-unit",
            "%(file)s is refused, and nothing was changed: unit %(unit)s, line %(line)s: %(why)s",
            file=self.file,
            unit=f"{self.number} “{named[:60]}”" if named else self.number,
            line=self.line,
            why=why,
        )

    def pairs(self, main: str, languages: frozenset[str], markings: frozenset[str]) -> Iterator[Pair]:
        """The pairs of the unit: its source language with every other one."""
        texts: dict[str, str] = {}
        dates = [self.element.get("changedate"), self.element.get("creationdate")]
        for version in self.element:
            kind = markup.name_of(version)
            if kind not in ("tuv", "prop", "note"):
                raise self.refusal(Phrase("The element <%(name)s> is none of TMX.", name=kind[:40]))
            if kind != "tuv":
                continue
            language = markup.language_of(version)
            if not language:
                raise self.refusal(Phrase("A text does not say its language (xml:lang)."))
            code = language if language in languages else base(language)
            text = self._text(version)
            if code in languages and text:
                texts.setdefault(code, text)
            dates += [version.get("changedate"), version.get("creationdate")]
        if not self.element.findall("{*}tuv"):
            raise self.refusal(Phrase("It has no text at all."))
        wanted = str(self.element.get("srclang") or main)
        source = next((code for code in (wanted, base(wanted)) if code in texts), next(iter(texts), ""))
        props = self._props()
        marking = props.get("marking", "")
        if marking and marking not in markings:
            raise self.refusal(Phrase("The profile has no marking “%(marking)s”.", marking=marking[:40]))
        for language, text in texts.items():
            if language != source:
                yield Pair(
                    source,
                    language,
                    texts[source],
                    text,
                    self._words(props.get("words", "")),
                    marking,
                    origin=self._origin(props),
                    dated=_day(dates),
                )

    def _origin(self, props: dict[str, str]) -> str:
        told = " ".join(f"{self.file}: {props.get('note') or props.get('origin') or ''}".split())
        return told.removesuffix(":")[:200]

    def _props(self) -> dict[str, str]:
        return {
            str(prop.get("type"))[len(OURS) :]: markup.text_of(prop)
            for prop in self.element.findall("{*}prop")
            if str(prop.get("type")).startswith(OURS)
        }

    def _words(self, text: str) -> dict[str, dict[str, str]]:
        if not text:
            return {}
        try:
            given = json.loads(text)
            sides = {side: dict(given[side]) for side in ("source", "target") if side in given}
            sound = all(
                isinstance(v, str) and len(v) < 1000 for said in sides.values() for v in said.values()
            )
        except (ValueError, TypeError, RecursionError):
            sound, sides = False, {}
        if not sound or len(text) > LONGEST:
            raise self.refusal(Phrase("What its slots read cannot be understood."))
        return sides

    def _text(self, version: etree._Element) -> str:
        segments = version.findall("{*}seg")
        if len(segments) != 1:
            raise self.refusal(Phrase("A language has no <seg>, or more than one."))
        text = same_text(self._inside(segments[0]))
        if len(text) > LONGEST:
            raise self.refusal(Phrase("A text has more than %(most)s characters.", most=LONGEST))
        return text

    def _inside(self, element: etree._Element) -> str:
        parts = [slots.literal(element.text or "")]
        for child in element:
            kind = markup.name_of(child)
            if kind == "ph" and child.get("type") == "x-slot":
                parts.append(self._slot(markup.text_of(child)))
            elif kind == "hi":
                parts.append(self._inside(child))
            elif kind not in CODES:
                raise self.refusal(Phrase("The element <%(name)s> is none of TMX.", name=kind[:40]))
            parts.append(slots.literal(child.tail or ""))
        return "".join(parts)

    def _slot(self, token: str) -> str:
        try:
            parts = slots.parse(token)
        except Invalid:
            parts = ()
        if len(parts) != 1 or not isinstance(parts[0], Slot):
            raise self.refusal(Phrase("“%(token)s” is marked as a slot and is none.", token=token[:40]))
        return str(parts[0])


def _day(given: Iterable[str | None]) -> date | None:
    for text in given:
        for pattern in FORMATS if text else ():
            try:
                return datetime.strptime(str(text), pattern).date()  # noqa: DTZ007 - TMX dates are UTC.
            except ValueError:
                continue
    return None
