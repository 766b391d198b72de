"""A letter profile: everything that is particular to one organisation, as data.

A profile is a folder `templates/letters/<name>/` with `profile.toml`, one
`languages/<code>.toml` for each language, `terms.toml`, and, where the
organisation has them, `members.csv` with `member_names.csv`, `glossary.toml`
and further files that other parts read.  What holds for a language whoever
writes it stands in `templates/letters/languages/`.  A second organisation is
a second folder and no code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.errors import Invalid, NotFound
from workflow.letters.calendar import DateFormat, Period, overlap
from workflow.letters.docx_letterhead import read_stationery
from workflow.letters.figures import read_figures
from workflow.letters.follow_up import read_follow_up
from workflow.letters.incoming import read_incoming
from workflow.letters.kinds import (
    STANDINGS,
    GlossaryWord,
    Head,
    Language,
    MailSettings,
    Place,
    Term,
    read_glossary_words,
    read_head,
    read_kind,
    read_marking,
    read_place,
    read_unit,
)
from workflow.letters.language import LanguageFacts, read_facts
from workflow.letters.layout import read_layout
from workflow.letters.members import read_members
from workflow.letters.organisation import Profile
from workflow.letters.schema import Faults, Section, read_toml
from workflow.letters.series import alike, read_series
from workflow.letters.stamp import read_stamp
from workflow.letters.wording import Wording, read_wording
from workflow.letters.working_days import read_working_days

__all__ = ["ROOT", "Profile", "check", "load", "names"]

ROOT = Path(__file__).resolve().parents[2] / "templates" / "letters"
SIZE_CAP_BYTES = 7_000_000


def names() -> tuple[str, ...]:
    """The names of the profiles that are there, sorted."""
    return tuple(sorted(file.parent.name for file in ROOT.glob("*/profile.toml")))


@lru_cache(maxsize=32)
def load(name: str) -> Profile:
    """The profile `name`, or of the folder `name` where it has a slash; read once for a process.

    Raises NotFound where there is none, and Invalid with one sentence for
    each fault in its details.
    """
    folder = Path(name) if "/" in name else ROOT / name
    if not (folder / "profile.toml").is_file():
        raise NotFound(
            "profile-unknown",
            "There is no letter profile “%(name)s”; there are: %(known)s.",
            name=name,
            known=", ".join(names()) or "none",
        )
    faults = Faults()
    profile = _read(folder, faults)
    if faults or profile is None:
        raise Invalid(
            "profile-faulty",
            "The letter profile “%(name)s” has %(count)s faults; mend each and try again.",
            details=tuple(faults),
            name=name,
            count=len(faults),
        )
    return profile


def check(path: str | Path) -> list[str]:
    """One sentence for each fault of the profile in the folder `path`; an empty list when it is sound."""
    faults = Faults()
    _read(Path(path), faults)
    return list(faults)


def _read(folder: Path, faults: Faults) -> Profile | None:
    section = read_toml(folder / "profile.toml", "profile.toml", faults)
    if not section.values:
        return None
    facts, wordings = _languages(folder, section, faults)
    if not wordings:
        section.fault("no language could be read; give at least one table [languages.<code>].")
        return None
    codes = tuple(wordings)
    for code, words in wordings.items():
        for other in codes:
            if other not in words.language_names:
                section.fault(
                    f"languages/{code}.toml [language_names] has no “{other}”; add what it is called."
                )
    read = _of_organisation(section, facts, wordings)
    kinds = {name: read_kind(name, table, wordings) for name, table in section.sections("kinds", True)}
    markings = {
        name: read_marking(name, table, wordings) for name, table in section.sections("markings", True)
    }
    series = {code: read_series(code, table, wordings) for code, table in section.sections("series", True)}
    for first, second in alike(series):
        section.fault(
            f"the series “{first}” and “{second}” would print the same numbers; give them prefixes."
        )
    for kind in kinds.values():
        if kind.series not in series:
            section.fault(f"kind “{kind.name}” uses the series “{kind.series}”, which is not in [series].")
    found = tuple(read_place(row, codes) for row in section.rows("places"))
    heads = tuple(read_head(row, wordings) for row in section.rows("heads"))
    seat = section.text("seat")
    _periods(section, found, heads, seat)
    layout = read_layout(section.section("layout"))
    stationery = read_stationery(folder, section.section("docx"), layout)
    emblem, verification_size = read_figures(folder, section, wordings, layout)
    stamp = read_stamp(section.section("seal"), wordings, kinds.values(), layout)
    pdf = section.section("pdf")
    profile = Profile(
        name=folder.name,
        folder=folder,
        digest=_digest(folder, codes),
        zone=_zone(section),
        seat=seat,
        source_language=section.choice("source_language", codes),
        interface_languages=section.lines("interface_languages") or ("en",),
        letterhead=_letterhead(section, wordings),
        default_kind=section.choice("default_kind", kinds),
        title={code: words.title for code, words in wordings.items()},
        short_title={code: words.short_title or words.title for code, words in wordings.items()},
        languages=read,
        kinds=kinds,
        series=series,
        markings=markings,
        terms=_terms(folder, codes, faults),
        glossary=read_glossary(folder, codes, faults),
        members=read_members(folder, frozenset(codes), faults),
        places=found,
        heads=heads,
        unit=read_unit(section.section("unit", True), codes),
        mail=_mail(section.section("mail"), wordings),
        layout=layout,
        emblem=emblem,
        verification_size=verification_size,
        stationery=stationery,
        working_days=read_working_days(section.section("working_days")),
        follow_up=read_follow_up(section),
        incoming=read_incoming(section, series),
        stamp=stamp,
        attach_docx=pdf.flag("attach_docx", False),
    )
    pdf.finish()
    section.finish()
    return profile


def _languages(
    folder: Path, section: Section, faults: Faults
) -> tuple[dict[str, LanguageFacts], dict[str, Wording]]:
    facts, wordings = {}, {}
    for code, _ in section.sections("languages", True):
        path = f"languages/{code}.toml"
        common = read_toml(ROOT / path, f"templates/letters/{path}", faults)
        own = read_toml(folder / path, path, faults)
        if common.values and own.values:
            facts[code] = read_facts(code, common)
            wordings[code] = read_wording(own)
    return facts, wordings


def _of_organisation(
    section: Section, facts: Mapping[str, LanguageFacts], wordings: Mapping[str, Wording]
) -> dict[str, Language]:
    found = {}
    for code, table in section.sections("languages"):
        standing = table.choice("standing", STANDINGS)
        required = table.flag("required", standing == "authentic")
        numbered = table.flag("numbered", True)
        letterhead = table.flag("letterhead", True)
        heads = table.lines("letterheads") if letterhead else ()
        for head in heads:
            if head not in wordings:
                table.fault(f"“letterheads” names the language {head}, which is not in [languages].")
        table.finish()
        if code not in facts:
            continue
        known, words = facts[code], wordings[code]
        # The organisation's own patterns come before the language's, and its first is the ordinary one.
        patterns = {**words.date_patterns, **known.dates.patterns, **words.date_patterns}
        dates = DateFormat(patterns, known.dates.months, known.dates.first_day)
        found[code] = Language(code, standing, required, numbered, letterhead, heads, known, dates, words)
    return found


def _terms(folder: Path, codes: tuple[str, ...], faults: Faults) -> dict[str, Term]:
    section = read_toml(folder / "terms.toml", "terms.toml", faults)
    terms = {}
    for key in section.values:
        table = section.section(key, True)
        terms[key] = Term(key, {code: table.forms(code) for code in codes})
        table.finish()
    return terms


def read_glossary(
    folder: Path, codes: tuple[str, ...], faults: Faults
) -> dict[str, dict[str, tuple[GlossaryWord, ...]]]:
    """The words of `glossary.toml` in a folder, by concept and language; none where there is no such file."""
    if not (folder / "glossary.toml").exists():
        return {}
    section = read_toml(folder / "glossary.toml", "glossary.toml", faults)
    glossary: dict[str, dict[str, tuple[GlossaryWord, ...]]] = {}
    for key in section.values:
        table = section.section(key, True)
        glossary[key] = {}
        for code in table.values:
            if code not in codes:
                table.fault(f"“{code}” is no language of this profile; use {', '.join(codes)}.")
            glossary[key][code] = read_glossary_words(table, code)
    return glossary


def _mail(section: Section, wordings: Mapping[str, Wording]) -> MailSettings:
    cap = section.number("size_cap_bytes", SIZE_CAP_BYTES, 10_000, 100_000_000)
    section.finish()
    return MailSettings(int(cap), {code: words.mail_from for code, words in wordings.items()})


def _letterhead(section: Section, wordings: Mapping[str, Wording]) -> tuple[str, ...]:
    codes = section.lines("letterhead")
    for code in codes:
        if code not in wordings:
            section.fault(f"“letterhead” names the language {code}, which is not in [languages].")
        elif not wordings[code].letterhead:
            section.fault(f"languages/{code}.toml has no lines in [letterhead]; add them.")
    return codes


def _zone(section: Section) -> str:
    zone = section.text("zone")
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, KeyError):
        section.fault(f"“zone” is “{zone}”, which is no IANA time zone; write one such as Europe/Vienna.")
    return zone


def _periods(section: Section, found: tuple[Place, ...], heads: tuple[Head, ...], seat: str) -> None:
    groups: dict[str, list[Period]] = {f"place “{place.key}”": [] for place in found}
    for place in found:
        groups[f"place “{place.key}”"].append(place)
    groups["head"] = list(heads)
    for noun, periods in groups.items():
        if overlap(periods):
            section.fault(f"the {noun} has two names on one day; end the earlier before the later begins.")
    if seat not in {place.key for place in found}:
        section.fault(f"“seat” is “{seat}”, which is no key of [[places]]; add the place.")


def _digest(folder: Path, codes: tuple[str, ...]) -> str:
    """SHA-256 over names and contents of all files of the profile and of its languages' facts."""
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
    files |= {f"../languages/{code}.toml": ROOT / "languages" / f"{code}.toml" for code in codes}
    digest = hashlib.sha256()
    for name in sorted(files):
        content = files[name].read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
