"""The parts of a note: which paragraph is the number, the opening, the addressee."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.concordance import dates
from workflow.concordance.language import Language, alternation
from workflow.concordance.text import Paragraph

LETTERHEAD, NUMBER, ENCLOSURE, OPENING, BODY = "letterhead", "number", "enclosure", "opening", "body"
CLOSING, PLACE_DATE, ADDRESSEE, SALUTATION = "closing", "place-date", "addressee", "salutation"
PROSE = (OPENING, BODY, CLOSING)
SYMBOL = r"[^\W\d_]{1,8}(?:[/\-–. ]?[\w().]{1,12}){0,5}"
_BARE_SYMBOL = re.compile(
    r"^(?=[^\n]{2,40}$)(?=\D*\d)(?:[A-ZА-ЯӘҒҚҢӨҰҮҺІ]{1,8}(?:/[\w.()-]+)+|(?:19|20)\d\d[-/]\d{1,5}|[A-ZА-Я]{1,6}[-/ ]\d[\w./()-]*"
    # C.N.88.2025.TREATIES-III.2, SEC.GAL/87/24
    r"|[A-ZА-Я]{1,8}(?:\.[A-ZА-Я\d]{1,12}){2,8}(?:[-/.][\w.]{1,12}){0,4})$"
)
_SENTENCE_END = re.compile(r"[.!?。؟;:](?:[»”\"’)\]]*)$")
_SALUTED = re.compile(r"[,،，:：!！]$")
_SHORT_WORDS = 16
_SHORT_HAN = 30
_GREETING_WORDS = 8


@dataclass(frozen=True)
class Part:
    """A paragraph with its role in the note, and the number that it is counted by, if any ("3.")."""

    paragraph: Paragraph
    role: str
    label: str = ""

    @property
    def number(self) -> int:
        """The paragraph's number in the text, from 1."""
        return self.paragraph.number

    @property
    def text(self) -> str:
        """The text on one line."""
        return self.paragraph.joined


@lru_cache(maxsize=64)
def number_line(language: Language) -> re.Pattern[str]:
    """What a line with the note's number looks like; group 1 is the number."""
    labels = f"{language.choice('number', 'labels')}|№|No\\.|N°|Nº|Ref\\.?"
    # Chinese writes its measure word against the number (第45号).
    sign = r"[\w()./\-–]" if language.spaced else r"(?:[^\W\u3040-\u9fff]|[()./\-–])"
    symbol = rf"(?:[^\W\d_]{{1,8}} )?{sign}*(?:\s?/\s?)?\d{sign}*"
    return re.compile(rf"^(?:{labels})[\s:：]*({symbol})", re.IGNORECASE)


def without_kind(text: str) -> str:
    """A number without the kind of the document in brackets behind it: "… (Depositary Notification)"."""
    return re.sub(r"\s+\([^()\d]{3,50}\)$", "", text)


_TITLED = re.compile(
    r"(?:[^\W\d_]+ ){0,2}(?:№|No\.|N°|Nº|Nr\.)\s?([\w()./\-–]*\d[\w()./\-–]*)(?: [^\W\d_]+)?"
)
_TITLED_WORDS = 5


def titled_number(text: str) -> str:
    """The number in a line such as "Circular No. 7/CTC" or "№ 7/CTC циркуляры"; empty where there is none."""
    found = _TITLED.fullmatch(text)
    return found[1] if found else ""


@lru_cache(maxsize=64)
def _enclosure_line(language: Language) -> re.Pattern[str]:
    labels = language.choice("enclosure", "labels")
    return re.compile(rf"^(?:{labels})\s*(?:\(\d+\)|\d+)?\s*[:：.]?(?=\s|$|[:：\n])", re.IGNORECASE)


@lru_cache(maxsize=64)
def formula_patterns(language: Language, which: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The levels of the opening or closing formulas with their patterns, in the order of the data."""
    return tuple(
        (row["level"], re.compile(row["pattern"], re.IGNORECASE))
        for row in language.table("formulas").get(which, ())
    )


def level(language: Language, which: str, text: str) -> str:
    """The level of the formula in `text`; empty where there is none."""
    return next((name for name, pattern in formula_patterns(language, which) if pattern.search(text)), "")


def parts(
    language: Language,
    found: Sequence[Paragraph],
    is_letterhead: Callable[[str], bool] = lambda text: False,
) -> list[Part]:
    """Each paragraph with its role; `is_letterhead` knows the lines of the organisation's own letterhead."""
    result: list[Part] = []
    opened = closed = False
    for at, paragraph in enumerate(found):
        if is_letterhead(paragraph.text):
            result.append(Part(paragraph, LETTERHEAD))
            continue
        role = _role(language, paragraph, opened, closed, at)
        if role == ENCLOSURE and result and result[-1].role == ENCLOSURE:
            role = ENCLOSURE
        opened = opened or role in (OPENING, BODY, SALUTATION)
        closed = closed or role in (CLOSING, PLACE_DATE)
        label = re.match(r"(?:\(?\d{1,3}[.)]|[a-zа-я]\))(?=\s)", paragraph.text)
        result.append(Part(paragraph, role, label[0] if label else ""))
    return _items_of_enclosures(result)


def _role(language: Language, paragraph: Paragraph, opened: bool, closed: bool, at: int) -> str:
    text = paragraph.joined
    if _enclosure_line(language).match(text) and len(text) < 400:
        return ENCLOSURE
    short = _is_short(language, text)
    if short and (number_line(language).match(text) or _BARE_SYMBOL.match(without_kind(text))):
        return NUMBER
    if not opened and len(text.split()) <= _TITLED_WORDS and titled_number(text):
        return NUMBER
    if level(language, "opening", text):
        return OPENING
    if language.pattern("formulas", "closing_frame").search(text):
        return CLOSING
    if short and _is_place_and_date(language, text):
        return PLACE_DATE
    if short and (level(language, "closing", text) == "sincerely"):
        return CLOSING
    if short and _SALUTED.search(text) and language.pattern("formulas", "salutation").match(text):
        return SALUTATION
    block = short and (_is_upper(text) or not _SENTENCE_END.search(text))
    # English and French put a comma behind "Dear colleagues", Russian, Kazakh and Arabic a mark of exclamation.
    greets = (
        not opened
        and short
        and text.endswith(("!", "！", ":", "："))
        and len(text.split()) <= _GREETING_WORDS
    )
    if (greets or (block and text.endswith((",", "،", "，", "!")))) and not _is_upper(text):
        return SALUTATION
    if block:
        known = language.addressees.find(text, language.stemmer.words(text))
        if closed or (known and at and not opened):
            return ADDRESSEE
        if not opened:
            return BODY if not _is_upper(text) and dates.find(language, text) else LETTERHEAD
        if _is_upper(text):
            return ADDRESSEE if known else LETTERHEAD
    return BODY


def _is_place_and_date(language: Language, text: str) -> bool:
    """Whether a line has a whole date and little beside it, and is no sentence."""
    found = dates.find(language, text)
    if not any(date.day and date.year for date in found):
        return False
    rest = text
    for date in reversed(found):
        rest = rest[: date.start] + rest[date.end :]
    sentence = bool(re.search(r"[^\W\d_]{4,}[.!?:;]$", text))
    # A line with more figures than its date is a deadline or a reference.
    return not sentence and not re.search(r"\d", rest) and (len(rest.split()) <= 5 or not language.spaced)


def _items_of_enclosures(found: list[Part]) -> list[Part]:
    """Numbered lines right under an enclosure heading belong to it."""
    result: list[Part] = []
    for part in found:
        under = bool(result) and result[-1].role == ENCLOSURE
        if under and part.role in (BODY, LETTERHEAD, ADDRESSEE) and part.label and len(part.text) < 250:
            part = Part(part.paragraph, ENCLOSURE, part.label)
        result.append(part)
    return result


def _is_short(language: Language, text: str) -> bool:
    if not language.spaced:
        return len(text) <= _SHORT_HAN
    return len(text.split()) <= _SHORT_WORDS and len(text) < 160


def _is_upper(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    cased = [c for c in letters if c.lower() != c.upper()]
    return bool(cased) and sum(c.isupper() for c in cased) >= 0.9 * len(cased)


__all__ = ["Part", "alternation", "level", "number_line", "parts"]
