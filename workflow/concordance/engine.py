"""The comparison from end to end: read the versions, lay them side by side, look for each type of fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workflow.concordance import (
    abbreviations,
    differences,
    forbidden,
    formulas,
    names,
    numbers,
    pages,
    paragraphs,
    quoted,
    scripts,
    terms,
    typography,
)
from workflow.concordance.context import Comparison, Version
from workflow.concordance.facts import read
from workflow.concordance.forbidden import Terms
from workflow.concordance.roles import LETTERHEAD, NUMBER, PLACE_DATE, parts
from workflow.concordance.rules import Rules, rules
from workflow.concordance.text import Paragraph
from workflow.concordance.text import paragraphs as cut
from workflow.concordance.types import ERROR, Finding
from workflow.errors import Invalid, NotFound, Phrase
from workflow.letters.profile import Profile

LARGEST_TEXT = 60_000


def compare(
    profile: str | Profile,
    texts: Mapping[str, str],
    *,
    day: date | None = None,
    draft: bool = False,
    glossary: Terms | None = None,
) -> list[Finding]:
    """What differs between the language versions of one note, errors first.

    `texts` are whole notes, language → text; the first is the reference where
    two versions differ and no third decides.  `day` is the date whose names
    hold, by default the date of the note itself.  With `draft`, the profile's
    own marks of a draft are no finding.  `glossary` are the words to use, by
    default those of the profile.

    Raises NotFound for an unknown profile or a language that it has not, and
    Invalid for a text that is empty or beyond LARGEST_TEXT characters.
    """
    known = rules(profile)
    for code, text in texts.items():
        _check_input(known, code, text)
    versions = {code: _version(known, code, text) for code, text in texts.items()}
    words = known.glossary if glossary is None else glossary
    comparison = Comparison(known, versions, day or _date_of_note(versions), draft, words)
    _compare(comparison)
    order = list(texts)
    return sorted(
        comparison.findings,
        key=lambda f: (
            f.severity != ERROR,
            min(f.paragraphs.values(), default=0),
            order.index(f.languages[0]),
        ),
    )


def _check_input(known: Rules, code: str, text: str) -> None:
    if code not in known.languages:
        raise NotFound(
            "language-unknown",
            "The profile %(profile)s has no language “%(language)s”; it has %(known)s.",
            profile=known.name,
            language=code,
            known=", ".join(known.languages),
        )
    if not any(sign.isalnum() for sign in text):
        raise Invalid(
            "text-empty",
            "The version in language %(language)s has no text. Give the whole note in each language.",
            language=code,
        )
    if len(text) > LARGEST_TEXT:
        raise Invalid(
            "text-too-long",
            "The text in language %(language)s has %(length)s characters; a note of up to %(limit)s is compared. "
            "Give the note without its enclosures.",
            language=code,
            length=len(text),
            limit=LARGEST_TEXT,
        )


def _version(known: Rules, code: str, text: str) -> Version:
    language = known.language(code)
    found = cut(text)
    mended = [
        Paragraph(p.number, typography.without_placeholders(scripts.mended(language, p.text))) for p in found
    ]
    readings = [read(language, part, known) for part in parts(language, mended, known.is_letterhead)]
    return Version(language, {p.number: p.text for p in found}, readings)


def _date_of_note(versions: Mapping[str, Version]) -> date | None:
    """The day that most versions give under the note."""
    days: list[tuple[int, int, int]] = []
    for version in versions.values():
        for reading in version.role(PLACE_DATE)[:1]:
            days += [key for key in reading.keys("date") if isinstance(key, tuple) and all(key)]
    for year, month, number in sorted(set(days), key=lambda day: -days.count(day)):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return None


def _compare(comparison: Comparison) -> None:
    for version in comparison.versions.values():
        scripts.check(comparison, version)
        typography.check(comparison, version)
        names.check_dates(comparison, version, comparison.day)
        names.check_forms(comparison, version)
    if len(comparison.versions) < 2:
        return
    numbers.compare(comparison)
    pages.compare(comparison)
    formulas.compare(comparison)
    abbreviations.compare(comparison)
    _compare_place_and_date(comparison)
    alike = []
    for row in paragraphs.rows(comparison):
        said = {
            code: reading
            for code, reading in row.readings.items()
            if reading.number not in comparison.versions[code].left
        }
        if len(said) < 2:
            continue
        alike.append(said)
        differences.compare_row(comparison, said)
        quoted.compare_row(comparison, said)
        terms.compare_row(comparison, said)
        if not names.compare_row(comparison, said):
            terms.compare_meeting(comparison, said)
    # Last, since what was said of a word already is not said again.
    forbidden.compare(comparison, alike)


def _compare_place_and_date(comparison: Comparison) -> None:
    """The line of place and date; a version without one is named."""
    found = {code: version.role(PLACE_DATE) for code, version in comparison.versions.items()}
    row = {code: readings[-1] for code, readings in found.items() if readings}
    if not row:
        return
    without = [code for code in found if code not in row]
    if without:
        comparison.add(
            "date",
            without,
            {code: (reading.text, reading.number) for code, reading in row.items()},
            Phrase(
                "%(language)s has no line of place and date, and another version has one. Add the line.",
                language=comparison.names(without),
            ),
        )
    differences.compare_row(comparison, row)
    names.compare_place_line(comparison, row)


__all__ = ["LETTERHEAD", "NUMBER", "compare"]
