"""Draft marks and places to be filled, spaces, and the quotation marks of the language."""

from __future__ import annotations

import re

from workflow.concordance import wording
from workflow.concordance.context import Comparison, Version, place
from workflow.concordance.facts import Reading, passage
from workflow.concordance.language import alternation
from workflow.concordance.types import WARNING
from workflow.errors import Phrase

_PLACEHOLDER = re.compile(
    r"\{+[^{}\n]{0,60}\}+"
    r"|\[(?:\s*|[.…_●•?]+|TBC|TBD|tbc|tbd|TBA|XX+|[xX]{2,}|NAME|DATE|PLACE|TITLE|name|date|place|number|title|insert[^\]]*|\.{2,}[^\]]*)\]"
    r"|<[^<>\n]{1,40}>"
    r"|(?<![^\W_])(?:TBC|TBD|TBA|TODO|FIXME|XXX+|ХХХ+|N\.N\.|N/N)(?![^\W_])"
    r"|(?<![^\W_])(?:[xхXХ]{2,})(?=[./-][xхXХ\d]|\s*(?:p\.|pages|л\.|бет))"
    r"|_{3,}|\?{3,}|…{2,}|\.{5,}"
    r"|\b(?:dd|DD|дд|ДД)[./](?:mm|MM|мм|ММ)[./]\w{2,4}\b"
    r"|\blorem(?: ipsum)?(?: dolor)?\b",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(r"\[\s*[.…]+\s*\]")
_XX = re.compile(r"(?<![\w/])(?:XX|ХХ|xx|хх)(?![\w/])")
_DOUBLE = re.compile(r"(?<=[^\s]) {2,}(?=[^\s])")
_BEFORE_MARK = re.compile(r"(?<=[^\W_])\s+[,;.](?=\s|$)(?!\.\.)")
_AFTER_MARK = re.compile(r"(?<=[^\W\d_]{2})[,;](?=[^\W\d_]{2})")
TWO_SPACES = Phrase("“%(quote)s” in %(language)s has two spaces where one belongs. Take the space out.")
SPACE_BEFORE = Phrase(
    "“%(quote)s” in %(language)s has a space before a mark of punctuation. Take the space out."
)
FOREIGN_QUOTES = Phrase(
    "The quotation marks in “%(quote)s” in %(language)s are not those of the language. Write %(marks)s."
)
OPEN_QUOTES = Phrase(
    "The quotation marks in “%(quote)s” in %(language)s are not closed, or not opened. Write %(marks)s."
)
OWN_MARKS = Phrase("the marks of the language")
_QUOTES = '«»“”„"《》「」'


def without_placeholders(text: str) -> str:
    """The text with places to be filled made blank, of the same length."""
    return _PLACEHOLDER.sub(lambda match: " " * len(match[0]), text) if _PLACEHOLDER.search(text) else text


def check(comparison: Comparison, version: Version) -> None:
    """Finds all three in one version."""
    draft = comparison.rules.drafts.get(version.code, ()) if comparison.draft else ()
    for reading in version.readings:
        written = version.written[reading.number]
        _check_placeholders(comparison, version, reading, written.replace("\n", " "), draft)
        _check_spaces(comparison, version, reading, written)
        if reading.number not in version.left:
            _check_quotes(comparison, version, reading)


def _check_placeholders(
    comparison: Comparison, version: Version, reading: Reading, text: str, draft: tuple[str, ...]
) -> None:
    for mark in draft:
        text = text.replace(mark, " " * len(mark))
    table = version.language.table("placeholders")
    found = _left_open(comparison, version, reading, text) or _filled_number(
        comparison, version, reading, text
    )
    for phrase in table.get("phrases", ()):
        found = found or re.search(phrase, text, re.IGNORECASE)
    found = found or _draft_mark(version, reading, text)
    if found:
        comparison.add(
            "placeholder",
            [version.code],
            {version.code: place(reading, found[0].strip())},
            Phrase(
                "“%(quote)s” in %(language)s is a place to be filled or a draft's mark. "
                "Write what belongs there, or take it out.",
                quote=found[0].strip(),
                language=wording.name(version.language),
            ),
        )


def _left_open(comparison: Comparison, version: Version, reading: Reading, text: str) -> re.Match[str] | None:
    """The first place to be filled; what a quotation leaves out ("[…]"), here as elsewhere, is none."""
    others = [r.text for v in comparison.versions.values() if v is not version for r in v.readings]
    for match in _PLACEHOLDER.finditer(text):
        quoted = any(t.start < match.start() and match.end() < t.end for t in reading.facts["title"])
        left_out = quoted and _LEFT_OUT.fullmatch(match[0])
        if not (left_out and any("…" in other or "..." in other for other in others)):
            return match
    return None


def _filled_number(
    comparison: Comparison, version: Version, reading: Reading, text: str
) -> re.Match[str] | None:
    """XX, unless another version has an ordinal or a number that the Roman numeral stands for."""
    match = _XX.search(text)
    if match is None:
        return None
    others = [r for v in comparison.versions.values() if v is not version for r in v.readings]
    meant = any(20 in other.keys("ordinal") and not _XX.search(other.text) for other in others)
    roman = any(f.key == 20 and f.start == match.start() for f in reading.facts["ordinal"])
    return None if meant and roman else match


def _draft_mark(version: Version, reading: Reading, text: str) -> re.Match[str] | None:
    """The word for "draft" in capitals within other text, in brackets, or on a line of its own."""
    own = version.language.table("placeholders").get("marks", ())
    marks = alternation([*own, "DRAFT", "ПРОЕКТ", "ЖОБА"])
    alone = re.fullmatch(rf"\W*(?:{marks})(?:\W+\w{{0,12}})?\W*", text.strip(), re.IGNORECASE)
    bracketed = re.search(rf"[\[(（【]\s*(?:{marks})\s*[\])）】]", text, re.IGNORECASE)
    loud = (
        re.search(rf"(?<!\w)(?:{marks})(?!\w)", text)
        if version.language.spaced and not text.isupper()
        else None
    )
    if loud and loud[0] == loud[0].lower():
        loud = None
    return alone or bracketed or loud


def _check_spaces(comparison: Comparison, version: Version, reading: Reading, text: str) -> None:
    match = _DOUBLE.search(text)
    message = TWO_SPACES
    if match is None and version.code != "fr":
        match = _BEFORE_MARK.search(text)
        message = SPACE_BEFORE
    if match is None:
        return
    quote = passage(text, match.start(), match.end(), 25, 25).replace("\n", " ")
    comparison.add(
        "spacing",
        [version.code],
        {version.code: place(reading, quote)},
        Phrase(message, quote=quote, language=wording.name(version.language)),
        WARNING,
    )


def _check_quotes(comparison: Comparison, version: Version, reading: Reading) -> None:
    table = version.language.table("quotation")
    text = reading.text
    foreign = [c for c in text if c in table.get("foreign", "")]
    pairs = table.get("pairs", ())
    quote = ""
    if foreign:
        start = text.index(foreign[0])
        quote, message = passage(text, start, start + 1, after=40), FOREIGN_QUOTES
    elif pairs and not _closed(text):
        start = next(at for at, c in enumerate(text) if c in _QUOTES)
        quote, message = passage(text, start, start + 1, after=40), OPEN_QUOTES
    if quote:
        comparison.add(
            "quotation-marks",
            [version.code],
            {version.code: place(reading, quote)},
            Phrase(
                message,
                quote=quote,
                language=wording.name(version.language),
                marks=pairs[0] if pairs else OWN_MARKS,
            ),
            WARNING,
        )


def _closed(text: str) -> bool:
    """Whether each quotation mark has its counterpart."""
    if text.count('"') % 2 or text.count("«") != text.count("»") or text.count("《") != text.count("》"):
        return False
    return text.count("“") + text.count("„") == text.count("”") + (text.count("“") if "„" in text else 0)
