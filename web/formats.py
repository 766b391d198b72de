"""How dates, times, numbers and sizes are written on a page: one filter each.

Times are shown in the organisation's zone and in the reader's language.
English is British, Kazakh dates follow the diplomatic form (``2022 жылғы
28 наурыз``), and every space inside a date or a size is a non-breaking one, so
that "28 March" or "8 MB" never stands half on the next line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import get_locale, gettext

NBSP = "\u00a0"
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")

# The patterns of Unicode's locale data, by style; a language that is not listed uses "en".
DAYS = {
    "en": {
        "long": "d MMMM y",
        "short": "d MMM y",
        "near": "d MMM",
        "week": "EEEE, d MMMM y",
        "due": "EEE d MMMM",
    },
    "ru": {
        "long": "d MMMM y 'г'.",
        "short": "dd.MM.y",
        "near": "d MMM",
        "week": "EEEE, d MMMM y 'г'.",
        "due": "EEE, d MMMM",
    },
    "kk": {
        "long": "y 'жылғы' d MMMM",
        "short": "dd.MM.y",
        "near": "d MMM",
        "week": "EEEE, y 'жылғы' d MMMM",
        "due": "EEE, d MMMM",
    },
}
UNITS = {
    "en": ("bytes", "KB", "MB", "GB"),
    "ru": ("байт", "КБ", "МБ", "ГБ"),
    "kk": ("байт", "КБ", "МБ", "ГБ"),
}
BRITISH = Locale("en", "GB")
OWN_NAMES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}


def reader_locale() -> Locale:
    """The reader's locale, with British English for English."""
    locale = get_locale()
    return BRITISH if locale is None or locale.language == "en" else locale


def _tidy(text: str) -> str:
    # Locale data use the narrow no-break space, which some office fonts lack.
    return text.replace("\u202f", NBSP).replace(" ", NBSP)


def write_day(value: date | None, style: str = "long", locale: Locale | None = None) -> str:
    """A calendar day: `long`, `short`, `near` (no year), `week` (with weekday) or `due`.

    None gives an empty text.  A moment is refused: whose day it is depends on
    the zone, which `moment` knows.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        raise TypeError("use the filter moment for a time")
    locale = locale or reader_locale()
    return _day(value, DAYS.get(locale.language, DAYS["en"])[style], locale)


@lru_cache(maxsize=2048)
def _day(value: date, pattern: str, locale: Locale) -> str:
    # A page of hundreds of rows names the same few days over and over.
    return _tidy(format_date(value, pattern, locale=locale))


def write_moment(value: datetime | None, zone: str, style: str = "long", locale: Locale | None = None) -> str:
    """An aware time in `zone`: `long` (28 March 2022, 09:32), `short`, `near` (28 Mar 10:20),
    `due` (Fri 25 March 18:00), `time` (10:20), `date` (28 Mar), `exact` (with seconds) or `iso` (UTC, for `datetime=`).

    Raises ValueError for a time without a zone: it would be shown wrong.
    """
    if value is None:
        return ""
    if value.tzinfo is None:
        raise ValueError("a time on a page must be aware of its zone")
    if style == "iso":
        return value.astimezone(UTC).isoformat(timespec="seconds")
    locale = locale or reader_locale()
    here = value.astimezone(ZoneInfo(zone))
    clock = f"{here:%H:%M:%S}" if style == "exact" else f"{here:%H:%M}"
    if style == "time":
        return clock
    if style == "date":
        return write_day(here.date(), "near", locale)
    day = write_day(here.date(), {"exact": "near"}.get(style, style), locale)
    return f"{day}{NBSP if style in {'near', 'exact', 'due'} else ', '}{clock}"


def write_number(value: int | float, locale: Locale | None = None) -> str:
    """A number with the separators of the reader's language."""
    return _tidy(format_decimal(value, locale=locale or reader_locale()))


def write_bytes(value: int, locale: Locale | None = None) -> str:
    """A size in bytes, KB, MB or GB (powers of 1000, as file managers count)."""
    locale = locale or reader_locale()
    units = UNITS.get(locale.language, UNITS["en"])
    size, unit = float(value), 0
    while size >= 1000 and unit < len(units) - 1:
        size, unit = size / 1000, unit + 1
    # One decimal helps below ten ("7.2 MB"), and only hinders above.
    shown = round(size, 1) if unit and size < 10 else round(size)
    return f"{write_number(shown, locale)}{NBSP}{units[unit]}"


def fold_digest(value: str) -> str:
    """A long digest as its first three and last two groups of four signs."""
    if len(value) <= 24:
        return value
    groups = [value[i : i + 4] for i in range(0, len(value), 4)]
    return NBSP.join((*groups[:3], "…", *groups[-2:]))


def language_name(code: str) -> str:
    """A language's own name, which is how a reader of it looks for it."""
    try:
        return OWN_NAMES.get(code) or Locale.parse(code).get_display_name(code) or code
    except ValueError:
        return code


def one_stop(text: str) -> str:
    """A sentence with one full stop where its last word has one already, as in “от 26 ноября 2026 г.”."""
    # Text that is escaped already stays known as such.
    return type(text)(_TWO_STOPS.sub(".", text))


def quoted(text: str) -> str:
    """Somebody's words in the quotation marks of the reader's language; nothing where there are none."""
    return gettext("“%(text)s”", text=text) if text else ""


def filters(zone: Callable[[], str]) -> dict[str, Callable[..., Any]]:
    """The template filters, with `zone()` asked each time."""
    return {
        "moment": lambda value, style="long": write_moment(value, zone(), style),
        "day": write_day,
        "number": write_number,
        "bytes": write_bytes,
        "fold_digest": fold_digest,
        "language_name": language_name,
        "quoted": quoted,
        "one_stop": one_stop,
    }
