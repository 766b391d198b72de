"""What an organisation's profile says to the concordance: bodies, abbreviations, units, numbering.

Read from the letter profile and from `concordance.toml` in its folder.  Either
may be missing; then what the languages' own data know is compared.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflow.concordance import language as languages
from workflow.concordance.language import DatedName, Language
from workflow.concordance.words import Lexicon
from workflow.errors import InputRefused, NotFound, Refusal
from workflow.letters import profile as profiles
from workflow.letters.kinds import GlossaryWord
from workflow.letters.profile import Profile
from workflow.letters.schema import Faults

Glossary = Mapping[str, Mapping[str, tuple[GlossaryWord, ...]]]
"""Concept → language → its words."""


@dataclass(frozen=True)
class Body:
    """A body or thing of the organisation: language → its names, short forms and forbidden variants."""

    key: str
    names: Mapping[str, tuple[str, ...]]
    short: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Rules:
    """One organisation's rules.

    `unnumbered` are the languages whose version may go without a number;
    `units` says per language whether an enclosure is counted in "pages" or
    "sheets"; `simplex` whether a sheet is one page (None where unknown);
    `drafts` are the profile's own marks of a draft; `letterhead` are the lines
    of its letterheads in all languages, the longest first, as they are compared;
    `glossary` are its words, by concept and language.
    """

    name: str
    languages: tuple[str, ...]
    unnumbered: frozenset[str]
    units: Mapping[str, str]
    simplex: bool | None
    bodies_by_key: Mapping[str, Body]
    tables: Mapping[str, Mapping[str, Any]]
    drafts: Mapping[str, tuple[str, ...]]
    dated: Mapping[str, tuple[DatedName, ...]]
    levels: Mapping[str, str]
    letterhead: tuple[str, ...] = ()
    glossary: Glossary = field(default_factory=dict)
    _lexicons: dict[str, Lexicon[str]] = field(default_factory=dict)
    _languages: dict[str, Language] = field(default_factory=dict)

    def language(self, code: str) -> Language:
        """The language with what the organisation adds to its tables."""
        if code not in self._languages:
            added = self.tables.get(code)
            known = languages.load(code)
            self._languages[code] = Language(code, _merged(known.data, added)) if added else known
        return self._languages[code]

    def is_letterhead(self, text: str) -> bool:
        """Whether a paragraph is made of lines of the letterhead alone, in whatever language they are."""
        rest = _plain(text)
        if not self.letterhead or not rest:
            return False
        for line in self.letterhead:
            rest = rest.replace(line, " ")
        return not any(sign.isalnum() for sign in rest)

    def bodies(self, language: Language) -> Lexicon[str]:
        """The lexicon of the names of the organisation's bodies in a language."""
        if language.code not in self._lexicons:
            lexicon: Lexicon[str] = Lexicon(language.stemmer, language.spaced)
            for body in self.bodies_by_key.values():
                for name in body.names.get(language.code, ()):
                    lexicon.add(name, body.key)
                for name in body.short.get(language.code, ()):
                    lexicon.add(name, body.key, proper=True)
                for name in body.forbidden.get(language.code, ()):
                    lexicon.add(name, body.key)
            self._lexicons[language.code] = lexicon
        return self._lexicons[language.code]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


# Either makes a folder one of rules; whatever else lies about does not.
DATA = ("profile.toml", "concordance.toml")


def rules(profile: str | Profile) -> Rules:
    """The rules of a profile; raises a Refusal where there is no profile of that name."""
    if isinstance(profile, Profile):
        return _from_profile(profile.name, str(profile.folder), profile.digest)
    return _load(profile)


def _load(name: str) -> Rules:
    folder = Path(name) if "/" in name else profiles.ROOT / name
    if not name or not any((folder / file).is_file() for file in DATA):
        raise NotFound(
            "profile-unknown",
            "There is no letter profile “%(name)s”; there are: %(known)s.",
            name=name,
            known=", ".join(profiles.names()) or "none",
        )
    return _from_profile(name, str(folder), str(max(f.stat().st_mtime_ns for f in folder.rglob("*.toml"))))


@lru_cache(maxsize=32)
def _from_profile(name: str, folder: str, _edition: str) -> Rules:
    try:
        profile: Profile | None = profiles.load(name)
    except Refusal:
        profile = None
    data = _own_data(Path(folder) / "concordance.toml")
    glossary = profile.glossary if profile else _own_glossary(Path(folder), data)
    return _build(name, profile, data, glossary)


def _own_glossary(folder: Path, data: Mapping[str, Any]) -> Glossary:
    """The glossary of a folder that is no whole profile; raises InputRefused with its faults."""
    faults = Faults()
    found = profiles.read_glossary(folder, tuple(data.get("languages", _known())), faults)
    if faults:
        raise InputRefused(
            "concordance-glossary",
            "%(file)s cannot be read. Mend the file and compare again.",
            file=f"{folder.name}/glossary.toml",
            details=tuple(faults),
        )
    return found


def _own_data(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputRefused(
            "concordance-data",
            "%(file)s cannot be read: %(fault)s. Mend the file and compare again.",
            file=f"{file.parent.name}/{file.name}",
            fault=str(fault),
        ) from fault


def _known() -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in languages.FOLDER.glob("*.toml")))


def _build(name: str, profile: Profile | None, data: Mapping[str, Any], glossary: Glossary) -> Rules:
    codes = tuple(profile.languages) if profile else tuple(data.get("languages", _known()))
    unnumbered = set(data.get("unnumbered", ()))
    units: dict[str, str] = dict(data.get("unit", {}).get("words", {}))
    simplex: bool | None = data.get("unit", {}).get("simplex")
    bodies = _bodies_of_data(data)
    drafts: dict[str, tuple[str, ...]] = {}
    dated: dict[str, tuple[DatedName, ...]] = {}
    letterhead: set[str] = set()
    if profile:
        unnumbered |= {code for code, language in profile.languages.items() if not language.numbered}
        units = dict(profile.unit.words) | units
        simplex = profile.unit.simplex if simplex is None else simplex
        bodies = _bodies_of_profile(profile, bodies)
        drafts = {
            code: (language.wording.number_draft, language.wording.date_draft, language.wording.draft_mark)
            for code, language in profile.languages.items()
        }
        dated = {code: _dated_names(profile, code) for code in codes}
        for language in profile.languages.values():
            lines = (*language.wording.letterhead, *language.wording.contacts)
            letterhead |= {_plain(line) for line in lines if any(sign.isalpha() for sign in line)}
    return Rules(
        name=name,
        languages=codes,
        unnumbered=frozenset(unnumbered),
        units=units,
        simplex=simplex,
        bodies_by_key=bodies,
        tables=data.get("language", {}),
        drafts=drafts,
        dated=dated,
        levels=data.get("levels", {}),
        letterhead=tuple(sorted(letterhead, key=len, reverse=True)),
        glossary=glossary,
    )


def _bodies_of_data(data: Mapping[str, Any]) -> dict[str, Body]:
    found = {}
    for key, table in data.get("names", {}).items():
        parts: dict[str, dict[str, tuple[str, ...]]] = {"names": {}, "short": {}, "forbidden": {}}
        for code, row in table.items():
            for part in parts:
                parts[part][code] = tuple(row.get(part, ()))
        found[key] = Body(key, **parts)
    return found


def _bodies_of_profile(profile: Profile, own: Mapping[str, Body]) -> dict[str, Body]:
    """The terms of the profile that are names, with the forms of concordance.toml first."""
    bodies = dict(own)
    for key, term in profile.terms.items():
        first = {code: next(iter(forms.values()), "") for code, forms in term.forms.items()}
        if key in bodies or not any(text[:1].isupper() for text in first.values()):
            continue
        shorts = {
            code: tuple(text for form, text in forms.items() if form == "short")
            for code, forms in term.forms.items()
        }
        names = {code: (text,) for code, text in first.items() if text}
        bodies[key] = Body(key, names, shorts)
    return bodies


def _dated_names(profile: Profile, code: str) -> tuple[DatedName, ...]:
    """The names of places and members of the profile that change with the date."""
    found = []
    for place in profile.places:
        forms = place.names.get(code, {})
        changing = len(
            {row.names.get(code, {}).get("nominative") for row in profile.places if row.key == place.key}
        )
        if changing > 1 and "nominative" in forms:
            found.append(DatedName("place", place.key, forms["nominative"], place.since, place.until))
    for member in profile.members:
        names = [name for name in member.names.get(code, ()) if name.form == "nominative"]
        if len({name.text for name in names}) > 1:
            found += [DatedName("state", member.code, n.text, n.since, n.until) for n in names]
    return tuple(found)


def _merged(known: Mapping[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """`added` over `known`: tables by key, lists of words one after the other."""
    result = dict(known)
    for key, value in added.items():
        before = result.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            result[key] = _merged(before, value)
        elif isinstance(value, list) and isinstance(before, list):
            result[key] = [*value, *before]
        else:
            result[key] = value
    return result
