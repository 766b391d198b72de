"""What an organisation writes in one language: letterhead, formulas, labels.

All of it is data of the profile (`languages/<code>.toml` in its folder).  A
place in a text is a slot in braces, as in paragraphs; which names a text may
use is said at each field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workflow.errors import Invalid
from workflow.letters.schema import Section
from workflow.letters.slots import Slot, parse

ADDRESSEE_KINDS = ("collective", "state", "mission", "person")
# A formula for "any" serves each kind of addressee that has none of its own.
FORMULA_KINDS = (*ADDRESSEE_KINDS, "any")
LINKS = ("further_to", "in_reply_to", "replaces", "reminds_of", "corrects", "adds_to", "withdraws")
ORIGINS = ("copy", "translated")
UNITS = ("pages", "sheets")
# The plural categories of CLDR.
PLURALS = ("zero", "one", "two", "few", "many", "other")
ADDRESSEE_PLACES = ("state", "states", "name")
FORMULA_PLACES = {
    "opening": ("addressee", "body"),
    "closing": ("addressee",),
    "salutation": ("addressee",),
    "complimentary_close": ("addressee",),
}
COUNTED_PLACES = ("ordinal", "title", "origin", "language_note", "count", "unit")


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
    """An addressee class: `name` in the formulas, `lines` of its block, with {state}, {states} and {name}.

    {state.genitive} is the state's name in a grammatical form; {states} lists the states that
    the letter goes to, by the language's alphabet: one below the other where it is a line by itself,
    else in the text, put together by `joints` (between two, and before the last).  `item` is how one
    state of a list reads, with {state}.  `some` are the words where the letter goes to some of the
    members only; None: the same.
    """

    name: str
    lines: tuple[str, ...]
    item: str = "{state}"
    joints: tuple[str, str] = (", ", ", ")
    some: AddresseeWords | None = None


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
    stamp: str
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
        place_date=placed(dates, "place_date", ("place", "date"), "{place}, {date}"),
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
        subject=placed(words, "subject", ("text",), "{text}", needed="text"),
        action=placed(words, "action", ("date",), ""),
        moment=placed(words, "moment", ("date", "time", "zone"), "{date}, {time} ({zone})"),
        file_reference=placed(words, "file_reference", ("reference",), ""),
        copies=placed(words, "copies", ("names",), ""),
        distribution=placed(words, "distribution", ("text",), ""),
        channel=words.text("channel", ""),
        signature=placed(words, "signature", ("name", "title"), "{name}\n{title}"),
        initials=words.text("initials", ""),
        seal=words.text("seal", ""),
        stamp=words.text("stamp", ""),
        courtesy=words.text("courtesy", ""),
        acknowledgement=placed(words, "acknowledgement", ("code",), needed="code"),
        verification=placed(words, "verification", ("address",), "{address}"),
        draft_mark=words.text("draft_mark"),
        page=placed(words, "page", ("page", "pages"), "{page} / {pages}"),
        running=placed(words, "running", ("number",), ""),
        mail_from=words.text("mail_from"),
    )
    for table in (head, number, dates, words, section):
        table.finish()
    for link, text in wording.links.items():
        check_places(section, link, text, ("number", "date"))
    return wording


def _formulas(section: Section) -> dict[str, dict[str, Formulas]]:
    found: dict[str, dict[str, Formulas]] = {}
    for level, kinds in section.sections("formulas", True):
        for kind in kinds.values:
            table = kinds.section(kind, True)
            if kind not in FORMULA_KINDS:
                table.fault(f"“{kind}” is no kind of addressee; use one of {', '.join(FORMULA_KINDS)}.")
            formulas = Formulas(
                **{part: placed(table, part, places, "") for part, places in FORMULA_PLACES.items()}
            )
            if formulas.opening.count("{body}") != (1 if formulas.opening else 0):
                table.fault("“opening” needs the place {body} once; the first paragraph goes there.")
            table.finish()
            found.setdefault(level, {})[kind] = formulas
    return found


def _addressees(section: Section) -> dict[str, AddresseeWords]:
    found = {}
    for name, table in section.sections("addressees", True):
        some = table.section("some")
        joints = table.lines("joints")
        words = AddresseeWords(
            name=placed(table, "name", ADDRESSEE_PLACES),
            lines=_addressee_lines(table),
            item=placed(table, "item", ("state",), "{state}", needed="state"),
            joints=(joints[0], joints[-1]) if joints else (", ", ", "),
        )
        if some.values:
            lines = _addressee_lines(some)
            words = replace(
                words, some=replace(words, name=placed(some, "name", ADDRESSEE_PLACES), lines=lines)
            )
        if len(joints) > 2:
            table.fault("“joints” has at most two texts: between two states, and before the last.")
        found[name] = words
        some.finish()
        table.finish()
    return found


def _addressee_lines(table: Section) -> tuple[str, ...]:
    lines = table.lines("lines", True)
    for line in lines:
        check_places(table, "lines", line, ADDRESSEE_PLACES)
    if "lines" in table.values and not any(line.strip() for line in lines):
        table.fault("“lines” is empty; write who the letter is addressed to.")
    return lines


def _enclosure(section: Section) -> EnclosureWords:
    words = EnclosureWords(
        one=placed(section, "one", COUNTED_PLACES, needed="count"),
        many=placed(section, "many", ("n",)),
        item=placed(section, "item", COUNTED_PLACES, needed="count"),
        units=dict(_forms(section, "units", ("other",))),
        origins=_known(section, "origins", ORIGINS),
        language_note=placed(section, "language_note", ("language",), ""),
    )
    for origin, text in words.origins.items():
        check_places(section, f"origins.{origin}", text, ("language",))
    for unit, forms in words.units.items():
        for form in forms:
            if unit not in UNITS or form not in PLURALS:
                section.fault(
                    f"“units” has {unit}.{form}; units are {', '.join(UNITS)}, forms {', '.join(PLURALS)}."
                )
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


def placed(
    section: Section, key: str, places: tuple[str, ...], default: str | None = None, needed: str = ""
) -> str:
    """A text of a table; a fault where it has other places than these, or lacks the one that is needed."""
    text = section.text(key, default)
    check_places(section, key, text, places, needed)
    return text


def check_places(section: Section, key: str, text: str, places: tuple[str, ...], needed: str = "") -> None:
    """A fault for each place of a text that nothing is put into."""
    try:
        given = [part for part in parse(text) if isinstance(part, Slot)]
    except Invalid:
        section.fault(
            f"“{key}” has a brace that belongs to no place; write {{name}}, or double it to print it."
        )
        return
    for part in given:
        # Only a state has grammatical forms here.
        if part.name not in places or (part.form and part.name != "state"):
            known = ", ".join(f"{{{name}}}" for name in places)
            section.fault(f"“{key}” has the place {part}; it may have {known}.")
    if needed and text and needed not in (part.name for part in given):
        section.fault(f"“{key}” needs the place {{{needed}}}.")
