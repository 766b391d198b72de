"""What the concordance knows of a language: one data file each, in `languages/`.

A language without a file still has its digits, addresses, symbols and structure
compared; every table of a file may be left out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from workflow.concordance.words import Lexicon, Stemmer

FOLDER = Path(__file__).parent / "languages"
# Codes of the locale data that are no states, or whose names are ordinary words.
_NO_STATES = frozenset(
    [
        "AC",
        "AQ",
        "BV",
        "CP",
        "DG",
        "EA",
        "EU",
        "EZ",
        "GG",
        "HM",
        "IC",
        "IM",
        "JE",
        "QO",
        "RE",
        "SJ",
        "TA",
        "UM",
        "UN",
        "XA",
        "XB",
        "XK",
        "ZZ",
    ]
)
_ZONE_AREAS = ("Africa", "America", "Asia", "Australia", "Europe", "Pacific")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class DatedName:
    """A name that is right from `since` to `until`, both included; None is open."""

    kind: str
    key: str
    name: str
    since: date | None
    until: date | None

    def holds(self, day: date) -> bool:
        """Whether the name is right on `day`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Language:
    """One language: its stemmer, its lexicons and its tables."""

    def __init__(self, code: str, data: Mapping[str, Any]) -> None:
        self.code = code
        self.data = data
        self.name: str = data.get("name", code)
        self.script: str = data.get("script", "Latin")
        self.spaced: bool = data.get("spaced", True)
        self.stemmer = Stemmer(
            suffixes=tuple(sorted(data.get("suffixes", ()), key=len, reverse=True)),
            prefixes=tuple(sorted(data.get("prefixes", ()), key=len, reverse=True)),
            repeat=data.get("repeat", False),
            last=data.get("last", {}),
            final=data.get("final", {}),
        )
        self.stopwords = frozenset(data.get("stopwords", ()))
        self.states: Lexicon[str] = self.lexicon(self.table("states"), proper=True)
        self.demonyms: Lexicon[str] = self.lexicon(self.table("demonyms"))
        self.places: Lexicon[str] = self.lexicon(self.table("places"), proper=True)
        self.ambiguous_places = self._locale_names()
        self.enclosed = self.lexicon(
            {key: words for key, words in self.table("enclosed").items() if key not in ("forward", "order")}
        )
        self.acts: Lexicon[str] = self.lexicon(self.table("acts"))
        self.nouns: Lexicon[str] = self.lexicon(self.table("nouns"))
        self.units: Lexicon[str] = self.lexicon(self.table("units"))
        self.addressees: Lexicon[str] = self.lexicon(
            {key: words for key, words in self.table("addressees").items() if key != "dative"}
        )
        self.dated = tuple(
            DatedName(row["kind"], row["key"], row["name"], row.get("from"), row.get("until"))
            for row in data.get("dated", ())
        )

    def table(self, *path: str) -> dict[str, Any]:
        """The table at `path` of the file; empty where there is none."""
        found: Any = self.data
        for key in path:
            found = found.get(key, {})
        return dict(found)

    def lexicon(self, table: Mapping[str, Any], *, proper: bool = False) -> Lexicon[str]:
        """A lexicon of this language over value → phrases."""
        lexicon: Lexicon[str] = Lexicon(self.stemmer, self.spaced)
        lexicon.add_all(table, proper=proper)
        return lexicon

    @lru_cache(maxsize=256)  # noqa: B019 - languages live as long as the process.
    def pattern(self, table: str, key: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
        """The regular expression at `table`.`key`; one that never matches where there is none."""
        text = self.table(table).get(key)
        return re.compile(text, flags) if text else _NEVER

    @lru_cache(maxsize=256)  # noqa: B019
    def choice(self, table: str, key: str) -> str:
        """The words at `table`.`key` as an alternation for a regular expression, the longest first."""
        return alternation(self.table(table).get(key, ()))

    def _locale_names(self) -> frozenset[str]:
        """Adds states and cities of the locale data; returns the cities that are called as a state is."""
        try:
            locale = Locale.parse(self.code)
        except (UnknownLocaleError, ValueError):
            return frozenset()
        names = set()
        for code, name in locale.territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_STATES and " - " not in name:
                name = re.sub(r"\s*\(.*?\)|（.*?）", "", name).replace("’", "'")
                names.add(name.lower())
                self.states.add(name, code, proper=True)
        ambiguous = set()
        zones = locale.time_zones
        for zone in _zones():
            key = zone.rsplit("/", 1)[1].lower()
            name = zones[zone]["city"] if zone in zones and "city" in zones[zone] else None
            if name is None and self.script == "Latin":
                name = zone.rsplit("/", 1)[1].replace("_", " ")
            if name and name.lower() in names:
                ambiguous.add(key)
            elif name:
                self.places.add(name, key, proper=True)
        return frozenset(ambiguous)


def alternation(words: Any) -> str:
    """A regular expression for any of `words`, the longest first; one that never matches for none."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    """The time zones whose cities the locale data name."""
    zones = Locale.parse("ru").time_zones
    return tuple(zone for zone in sorted(zones) if zone.count("/") == 1 and zone.split("/")[0] in _ZONE_AREAS)


@lru_cache(maxsize=32)
def load(code: str) -> Language:
    """The language `code`, with whatever data there are of it; read once for a process."""
    file = FOLDER / f"{code}.toml"
    known = {path.stem for path in FOLDER.glob("*.toml")}
    return Language(code, tomllib.loads(file.read_text("utf-8")) if code in known else {})
