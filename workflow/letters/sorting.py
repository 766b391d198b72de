"""Lists in the alphabet of a language: what to sort a name by.

Locale libraries of the kind that Python has do not sort, so the rules are data
of the language (`templates/letters/languages/<code>.toml`), after CLDR's root
collation: word by word, letters before their marks, each language's own
letters in their own places.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from workflow.letters.schema import Section

SortKey = tuple[tuple[int, ...], str]
# The national character sets whose order is that of their language's lists.
CHARACTER_SETS = ("gb2312",)
_BETWEEN_WORDS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}"
# The space comes before everything, then figures, then letters, then what the language does not know.
_FIGURES = 1
_LETTERS = 20
_SET = 1_000
_OTHERS = 200_000


@dataclass(frozen=True)
class Sorting:
    """How a language sorts names.

    `alphabet` lists its capital letters in their order; `same` names letters
    that count as others ("Œ" as "OE"); `without` are beginnings of a name that
    do not count (the Arabic article); `by` is a character set in whose order
    the characters come that no alphabet lists ("" for none).
    """

    alphabet: str
    same: Mapping[str, str]
    without: tuple[str, ...]
    by: str

    def key(self, text: str) -> SortKey:
        """The place of `text` in a list: word by word, then letter by letter.

        A letter with marks that the alphabet does not have counts as the letter
        without them; a hyphen counts as a space, and case, marks and other
        signs do not count, except to tell equal names apart.
        """
        plain = unicodedata.normalize("NFC", text).strip()
        for beginning in self.without:
            if plain.startswith(beginning) and len(plain) > len(beginning):
                plain = plain.removeprefix(beginning)
                break
        places: list[int] = []
        for sign in "".join(self.same.get(sign, sign) for sign in plain.upper()):
            if sign in _BETWEEN_WORDS:
                if places and places[-1]:
                    places.append(0)
            elif sign in self.alphabet:
                places.append(_LETTERS + self.alphabet.index(sign))
            else:
                places += self._unlisted(sign)
        return tuple(places), text

    def _unlisted(self, sign: str) -> list[int]:
        """The places of a sign that the alphabet does not have: those of its parts without marks."""
        found = []
        for part in unicodedata.normalize("NFD", sign):
            part = self.same.get(part, part)
            if part in self.alphabet:
                found.append(_LETTERS + self.alphabet.index(part))
            elif part.isdecimal():
                found.append(_FIGURES + unicodedata.decimal(part))
            elif part.isalnum() and part != "\N{ARABIC TATWEEL}":
                found.append(self._of_set(part))
        return found

    def _of_set(self, sign: str) -> int:
        try:
            return _SET + int.from_bytes(sign.encode(self.by), "big") if self.by else _OTHERS + ord(sign)
        except UnicodeEncodeError:
            return _OTHERS + ord(sign)


def read_sorting(section: Section) -> Sorting:
    """The keys of a language's file that say how it sorts."""
    sorting = Sorting(
        alphabet=section.text("alphabet", ""),
        same=section.texts("sorts_as"),
        without=section.lines("sorts_without"),
        by=section.choice("sorts_by", CHARACTER_SETS) if "sorts_by" in section.values else "",
    )
    if len(set(sorting.alphabet)) != len(sorting.alphabet):
        section.fault("“alphabet” has a letter twice; write each capital letter once.")
    for sign in sorting.same:
        if len(sign) != 1:
            section.fault(f"“{sign}” under “sorts_as” is no single letter; name one letter at a time.")
    return sorting
