"""TBX (ISO 30042, TBX-Basic): a glossary out of and into other tools.

Out in the 2008 edition (martif), which most tools read, or the 2019 one (conceptEntry, DCA style);
in from either, in both of its styles.  A forbidden variant is a term whose administrative status is
deprecated or superseded; an inflected form is an admitted variant; dates of validity stand in a
note of the term as an ISO 8601 interval ("valid: 2019-03-23/2022-09-18"), since TBX-Basic has no
place of its own for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml import etree

from workflow.errors import InputRefused, Phrase
from workflow.memory import markup
from workflow.memory.glossary import Entry
from workflow.memory.words import base, same_text

EDITIONS = ("2008", "2019")
NAMESPACE = "urn:iso:std:iso:30042:ed-2"
PREFERRED, ADMITTED = "preferredTerm-admn-sts", "admittedTerm-admn-sts"
DEPRECATED = "deprecatedTerm-admn-sts"
# As several tools write them; compared in small letters, without signs.
FORBIDDEN = frozenset(
    {"deprecatedtermadmnsts", "supersededtermadmnsts", "deprecated", "superseded", "forbidden", "obsolete"}
)
LONGEST_TERM, LONGEST_NOTE = 300, 4_000
MOST_CONCEPTS = 10_000
_VALID = re.compile(r"valid:\s*(\.\.|\d{4}-\d\d-\d\d)/(\.\.|\d{4}-\d\d-\d\d)")
_NAMES = {
    "2008": {"entry": "termEntry", "language": "langSet", "term": "tig"},
    "2019": {"entry": "conceptEntry", "language": "langSec", "term": "termSec"},
}


def write(entries: Iterable[Entry], title: str, main_language: str, edition: str = "2008") -> bytes:
    """A TBX file of these entries, concept by concept."""
    names = _NAMES[edition]
    if edition == "2008":
        root = etree.Element("martif", type="TBX-Basic", attrib={markup.XML_LANG: main_language})
        header, description = etree.SubElement(root, "martifHeader"), "fileDesc"
    else:
        root = etree.Element(
            "tbx",
            type="TBX-Basic",
            style="dca",
            attrib={markup.XML_LANG: main_language, "xmlns": NAMESPACE},
        )
        header, description = etree.SubElement(root, "tbxHeader"), "fileDesc"
    source = etree.SubElement(etree.SubElement(header, description), "sourceDesc")
    etree.SubElement(source, "p").text = markup.plain(title)
    body = etree.SubElement(etree.SubElement(root, "text"), "body")
    concepts: dict[str, list[Entry]] = {}
    for entry in entries:
        concepts.setdefault(entry.concept, []).append(entry)
    for concept, found in concepts.items():
        element = etree.SubElement(body, names["entry"], id=concept)
        languages: dict[str, etree._Element] = {}
        for entry in found:
            section = languages.get(entry.language)
            if section is None:
                section = etree.SubElement(
                    element, names["language"], attrib={markup.XML_LANG: entry.language}
                )
                languages[entry.language] = section
            _write_entry(section, entry, names["term"])
    etree.indent(root, " ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _write_entry(section: etree._Element, entry: Entry, name: str) -> None:
    given = [(entry.term, PREFERRED, "")]
    given += [(form, ADMITTED, "variant") for form in entry.forms]
    given += [(variant, DEPRECATED, "") for variant in entry.forbidden]
    for term, status, kind in given:
        one = etree.SubElement(section, name)
        etree.SubElement(one, "term").text = markup.plain(term)
        etree.SubElement(one, "termNote", type="administrativeStatus").text = status
        if kind:
            etree.SubElement(one, "termNote", type="termType").text = kind
        if entry.since or entry.until:
            since, until = (day.isoformat() if day else ".." for day in (entry.since, entry.until))
            etree.SubElement(one, "note").text = f"valid: {since}/{until}"
        if entry.note and status == PREFERRED:
            etree.SubElement(one, "note").text = markup.plain(entry.note)


def read(data: bytes, name: str, languages: frozenset[str]) -> list[Entry]:
    """The entries of a TBX file in the languages that are known.

    Raises InputRefused naming the concept where a file is damaged, foreign or holds what cannot be kept.
    """
    found: list[Entry] = []
    seen: set[str] = set()
    elements = markup.units(
        data, name, frozenset({"martif", "tbx"}), frozenset({"termEntry", "conceptEntry"})
    )
    for number, element in enumerate(elements, 1):
        if number > MOST_CONCEPTS:
            raise InputRefused(
                "too-many-units", "%(file)s has more than %(most)s units.", file=name, most=MOST_CONCEPTS
            )
        concept = _Concept(element, name, number)
        entries = list(concept.entries(languages))
        if entries and concept.key in seen:
            raise concept.refusal(Phrase("Its name stands twice in the file."))
        seen.add(concept.key)
        found += entries
    return found


class _Concept:
    """One concept while it is read; refusals name it."""

    def __init__(self, element: etree._Element, file: str, number: int) -> None:
        self.element = element
        self.file = file
        self.number = number
        given = element.get("id") or next(
            (same_text(markup.text_of(term)) for term in element.iter("{*}term")), ""
        )
        self.key = re.sub(r"[^\w.-]+", "_", given)[:80] or f"concept_{number}"
        if not (self.key[0].isalpha() or self.key[0] == "_"):
            self.key = f"_{self.key}"[:80]

    def refusal(self, why: Phrase) -> InputRefused:
        """Why the file is refused because of this concept."""
        return InputRefused(
            "tbx-concept",
            "%(file)s is refused, and nothing was changed: concept %(number)s “%(concept)s”: %(why)s",
            file=self.file,
            number=self.number,
            concept=self.key,
            why=why,
        )

    def entries(self, languages: frozenset[str]) -> Iterator[Entry]:
        """One entry for each preferred term; forms and variants go with the term of the same period."""
        for section in self.element:
            if markup.name_of(section) not in ("langSet", "langSec"):
                continue
            code = markup.language_of(section)
            if not code:
                raise self.refusal(Phrase("A language is not named (xml:lang)."))
            code = code if code in languages else base(code)
            if code in languages:
                yield from self._of_language(section, code)

    def _of_language(self, section: etree._Element, code: str) -> Iterator[Entry]:
        terms: dict[tuple[date | None, date | None], list[tuple[str, list[str]]]] = {}
        forms: dict[tuple[date | None, date | None], list[str]] = {}
        forbidden: dict[tuple[date | None, date | None], list[str]] = {}
        for group in section:
            if markup.name_of(group) not in ("tig", "ntig", "termSec"):
                continue
            term, status, kind, notes, period = self._term(group)
            if status in FORBIDDEN:
                forbidden.setdefault(period, []).append(term)
            elif status.startswith("admitted") and kind == "variant":
                forms.setdefault(period, []).append(term)
            else:
                terms.setdefault(period, []).append((term, notes))
        if forbidden and not terms:
            raise self.refusal(
                Phrase(
                    "In %(language)s it has variants that are forbidden, and no term to use.", language=code
                )
            )
        for period, given in terms.items():
            (term, notes), further = given[0], [other for other, _ in given[1:]]
            yield Entry(
                self.key,
                code,
                term,
                tuple(dict.fromkeys([*further, *forms.get(period, ())])),
                tuple(dict.fromkeys(forbidden.get(period, ()))),
                "\n".join(notes)[:LONGEST_NOTE],
                *period,
                origin=self.file,
            )

    def _term(
        self, group: etree._Element
    ) -> tuple[str, str, str, list[str], tuple[date | None, date | None]]:
        found = next(group.iter("{*}term"), None)
        term = same_text(markup.text_of(found)) if found is not None else ""
        if not term:
            raise self.refusal(Phrase("A term has no text."))
        if len(term) > LONGEST_TERM:
            raise self.refusal(Phrase("A term has more than %(most)s characters.", most=LONGEST_TERM))
        status, kind, notes = "", "", []
        period: tuple[date | None, date | None] = (None, None)
        for element in group.iter():
            words = same_text(markup.text_of(element))
            name, of = markup.name_of(element), element.get("type")
            if name == "administrativeStatus" or (name == "termNote" and of == "administrativeStatus"):
                status = re.sub(r"[^a-z]", "", words.lower())
            elif name == "termType" or (name == "termNote" and of == "termType"):
                kind = words
            elif name == "note" and (valid := _VALID.fullmatch(words)):
                period = (self._day(valid[1]), self._day(valid[2]))
                if period[0] and period[1] and period[0] > period[1]:
                    raise self.refusal(Phrase("A term ends before it begins."))
            elif name == "note" and words:
                notes.append(words)
        return term, status, kind, notes, period

    def _day(self, text: str) -> date | None:
        try:
            return None if text == ".." else date.fromisoformat(text)
        except ValueError:
            raise self.refusal(Phrase("“%(text)s” is no date.", text=text)) from None
