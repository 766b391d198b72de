"""What an organisation writes in one language: letterhead, formulas, labels.

All of it is data of the profile (`languages/<code>.toml` in its folder).  A
place in a text is a slot in braces, as in paragraphs; which names a text may
use is said at each field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.letters.schema import Section

ADDRESSEE_KINDS = ("collective", "state", "mission", "person")
# A formula for "any" serves each kind of addressee that has none of its own.
FORMULA_KINDS = (*ADDRESSEE_KINDS, "any")
LINKS = ("further_to", "in_reply_to", "replaces", "reminds_of", "corrects", "adds_to", "withdraws")
ORIGINS = ("copy", "translated")
UNITS = ("pages", "sheets")


@dataclass(frozen=True)
class Formulas:
    """The formulas of one level for one kind of addressee; an empty text leaves the part out.

    `opening` has the place {body}, which takes the text of the first
    paragraph; {addressee} names the addressee in all of them.
    """

    opening: str
    closing: str
    salutation: str
    complimentary_close: str


@dataclass(frozen=True)
class AddresseeWords:
    """An addressee class: `name` in the formulas, `lines` of its block, both with {state} and {name}."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class EnclosureWords:
    """The wording of the enclosure line.

    `one` has {count} {unit} {title} {origin} {language_note}; `many` is the
    heading with {n}, `item` has {ordinal} too; `units` are the words of
    counting by plural category ("one", "few", "many", "other").
    """

    one: str
    many: str
    item: str
    units: Mapping[str, Mapping[str, str]]
    origins: Mapping[str, str]
    language_note: str


@dataclass(frozen=True)
class Wording:
    """Everything that an organisation writes in one language."""

    title: str
    short_title: str
    letterhead: tuple[str, ...]
    contacts: tuple[str, ...]
    emblem: str
    number_label: str
    number_draft: str
    date_draft: str
    place_date: str
    date_patterns: Mapping[str, str]
    formulas: Mapping[str, Mapping[str, Formulas]]
    addressees: Mapping[str, AddresseeWords]
    enclosure: EnclosureWords
    links: Mapping[str, str]
    kinds: Mapping[str, str]
    series: Mapping[str, str]
    markings: Mapping[str, str]
    heads: Mapping[str, str]
    language_names: Mapping[str, Mapping[str, str]]
    subject: str
    action: str
    moment: str
    file_reference: str
    copies: str
    distribution: str
    channel: str
    signature: str
    initials: str
    seal: str
    courtesy: str
    acknowledgement: str
    verification: str
    draft_mark: str
    page: str
    running: str
    mail_from: str

    def formula(self, level: str, kind: str) -> Formulas | None:
        """The formulas of a level for a kind of addressee, or for any; None where there are none."""
        found = self.formulas.get(level, {})
        return found.get(kind) or found.get("any")


def read_wording(section: Section) -> Wording:
    """The wording written in `languages/<code>.toml` of a profile."""
    head = section.section("letterhead")
    number = section.section("number", True)
    dates = section.section("dates", True)
    words = section.section("words", True)
    wording = Wording(
        title=section.text("title"),
        short_title=section.text("short_title", ""),
        letterhead=head.lines("lines"),
        contacts=head.lines("contacts"),
        emblem=head.text("emblem", ""),
        number_label=number.text("label", ""),
        number_draft=number.text("draft"),
        date_draft=dates.text("draft"),
        place_date=dates.text("place_date", "{place}, {date}"),
        date_patterns=dates.texts("patterns"),
        formulas=_formulas(section),
        addressees=_addressees(section),
        enclosure=_enclosure(section.section("enclosure", True)),
        links=_known(section, "links", LINKS),
        kinds=section.texts("kinds", True),
        series=section.texts("series", True),
        markings=section.texts("markings", True),
        heads=section.texts("heads"),
        language_names=dict(_forms(section, "language_names")),
        subject=words.text("subject", "{text}"),
        action=words.text("action", ""),
        moment=words.text("moment", "{date}, {time} ({zone})"),
        file_reference=words.text("file_reference", ""),
        copies=words.text("copies", ""),
        distribution=words.text("distribution", ""),
        channel=words.text("channel", ""),
        signature=words.text("signature", "{name}\n{title}"),
        initials=words.text("initials", ""),
        seal=words.text("seal", ""),
        courtesy=words.text("courtesy", ""),
        acknowledgement=words.text("acknowledgement"),
        verification=words.text("verification", "{address}"),
        draft_mark=words.text("draft_mark"),
        page=words.text("page", "{page} / {pages}"),
        running=words.text("running", ""),
        mail_from=words.text("mail_from"),
    )
    for table in (head, number, dates, words, section):
        table.finish()
    if "{code}" not in wording.acknowledgement:
        words.fault("“acknowledgement” needs the place {code}.")
    return wording


def _formulas(section: Section) -> dict[str, dict[str, Formulas]]:
    found: dict[str, dict[str, Formulas]] = {}
    for level, kinds in section.sections("formulas", True):
        for kind in kinds.values:
            table = kinds.section(kind, True)
            if kind not in FORMULA_KINDS:
                table.fault(f"“{kind}” is no kind of addressee; use one of {', '.join(FORMULA_KINDS)}.")
            formulas = Formulas(
                opening=table.text("opening", ""),
                closing=table.text("closing", ""),
                salutation=table.text("salutation", ""),
                complimentary_close=table.text("complimentary_close", ""),
            )
            if formulas.opening.count("{body}") != (1 if formulas.opening else 0):
                table.fault("“opening” needs the place {body} once; the first paragraph goes there.")
            table.finish()
            found.setdefault(level, {})[kind] = formulas
    return found


def _addressees(section: Section) -> dict[str, AddresseeWords]:
    found = {}
    for name, table in section.sections("addressees", True):
        found[name] = AddresseeWords(table.text("name"), table.lines("lines", True))
        table.finish()
    return found


def _enclosure(section: Section) -> EnclosureWords:
    words = EnclosureWords(
        one=section.text("one"),
        many=section.text("many"),
        item=section.text("item"),
        units=dict(_forms(section, "units", ("other",))),
        origins=_known(section, "origins", ORIGINS),
        language_note=section.text("language_note", ""),
    )
    for key, text in (("one", words.one), ("item", words.item)):
        if text and "{count}" not in text:
            section.fault(f"“{key}” needs the place {{count}}, where the number of pages or sheets goes.")
    for unit in UNITS:
        if unit not in words.units:
            section.fault(f'“units” has no word for {unit}; write {unit} = {{ other = "…" }}.')
    section.finish()
    return words


def _forms(section: Section, key: str, needed: tuple[str, ...] = ()) -> list[tuple[str, dict[str, str]]]:
    table = section.section(key)
    found = [(name, table.forms(name)) for name in table.values]
    for name, forms in found:
        for form in needed:
            if form not in forms:
                table.fault(f"“{name}” has no form “{form}”; add it.")
    return found


def _known(section: Section, key: str, allowed: tuple[str, ...]) -> dict[str, str]:
    texts = section.texts(key)
    for name in texts:
        if name not in allowed:
            section.fault(f"“{name}” under “{key}” is not known; use one of {', '.join(allowed)}.")
    return texts
