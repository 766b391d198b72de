"""Facts of a language that hold for every organisation: alphabet, dates, ordinals, direction.

They are data files in `templates/letters/languages/`, one per language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.letters.calendar import DateFormat
from workflow.letters.schema import Section
from workflow.letters.sorting import Sorting, read_sorting

DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True)
class LanguageFacts:
    """One language: `code` (ISO 639-1), its own name, direction, alphabet, dates, ordinals, fonts.

    `alphabet` lists the capital letters in their order; `sorting` says how lists go by it.  `ordinals` maps a
    form to its words for 1, 2, 3 …; a form may instead be one pattern with
    {n}.  `tag` is the BCP 47 tag for spelling checkers; `fonts` are the families
    that the script needs beside the profile's, `docx_font` the family that a word
    processor is to use for the script.
    """

    code: str
    own_name: str
    direction: str
    tag: str
    sorting: Sorting
    letters: str
    dates: DateFormat
    ordinals: Mapping[str, tuple[str, ...] | str]
    fonts: tuple[str, ...]
    docx_font: str
    line_factor: float

    def ordinal(self, number: int, form: str | None) -> str | None:
        """The ordinal in a form (the first where None); None where the language data has no such word."""
        if not self.ordinals:
            return None
        words = self.ordinals.get(form) if form else next(iter(self.ordinals.values()))
        if words is None:
            return None
        if isinstance(words, str):
            return words.replace("{n}", str(number))
        return words[number - 1] if 1 <= number <= len(words) else None


def read_facts(code: str, section: Section) -> LanguageFacts:
    """The facts written in one language's file."""
    dates = section.section("dates", True)
    months = section.section("months", True)
    patterns = {form: dates.text(form) for form in dates.values}
    names = {form: months.lines(form) for form in months.values}
    for form, twelve in names.items():
        if len(twelve) != 12:
            months.fault(f"“{form}” names {len(twelve)} months; there have to be 12.")
    if not patterns:
        dates.fault("there is no pattern; write at least “full”.")
    if not names:
        months.fault("there are no names; write at least one list of 12.")
    first_day = section.text("first_day", "")
    ordinals: dict[str, tuple[str, ...] | str] = {}
    table = section.section("ordinals")
    for form, value in table.values.items():
        ordinals[form] = table.text(form) if isinstance(value, str) else table.lines(form)
    facts = LanguageFacts(
        code=code,
        own_name=section.text("own_name"),
        direction=section.choice("direction", DIRECTIONS, "ltr"),
        tag=section.text("tag", code),
        sorting=read_sorting(section),
        letters=section.text("letters", "abcdefghijklmnopqrstuvwxyz"),
        dates=DateFormat(patterns, names, first_day),
        ordinals=ordinals,
        fonts=section.lines("fonts"),
        docx_font=section.text("docx_font", ""),
        line_factor=section.number("line_factor", 1, 0.8, 2),
    )
    section.finish()
    return facts
