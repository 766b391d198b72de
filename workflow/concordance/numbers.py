"""The note's number: the same in each version, and in the letters that it is allotted in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from workflow.concordance.context import Comparison, Version, deviating, place
from workflow.concordance.facts import Reading
from workflow.concordance.roles import (
    CLOSING,
    LETTERHEAD,
    NUMBER,
    OPENING,
    number_line,
    titled_number,
    without_kind,
)
from workflow.errors import Phrase
from workflow.register import fold


def compare(comparison: Comparison) -> None:
    """Compares the number lines; a version that the profile lets go without a number may have none."""
    found = {code: _number(version) for code, version in comparison.versions.items()}
    known = {fold(item[0]) for item in found.values() if item}
    found = {code: item or _in_head(comparison.versions[code], known) for code, item in found.items()}
    present = {code: item for code, item in found.items() if item}
    if not present:
        return
    absent = [c for c in found if c not in present and c not in comparison.rules.unnumbered]
    quotes = {code: place(reading, symbol) for code, (symbol, reading) in present.items()}
    if absent:
        comparison.add(
            "number",
            absent,
            quotes,
            Phrase(
                "%(language)s has no number, and the other versions have %(number)s. "
                "Write the number, or say in the profile that this version has none.",
                language=comparison.names(absent),
                number=next(iter(present.values()))[0],
            ),
        )
    keys = {code: fold(symbol) for code, (symbol, _) in present.items()}
    wrong = deviating(keys)
    if wrong:
        shown = comparison.beside({code: symbol for code, (symbol, _) in present.items()})
        comparison.add(
            "number",
            wrong,
            quotes,
            Phrase(
                "The note's number is not the same: %(shown)s. Write the number of the register.", shown=shown
            ),
        )
    written = {code: symbol for code, (symbol, _) in present.items() if code not in wrong}
    odd = [code for code, symbol in written.items() if len(_scripts(symbol)) > 1]
    if len({_plain(symbol) for symbol in written.values()}) > 1 or odd:
        scripts = {code: "+".join(sorted(_scripts(symbol))) for code, symbol in written.items()}
        at_fault = odd or [code for code, script in scripts.items() if script != _expected(scripts)]
        if not at_fault:
            return
        right = next(
            (s for c, s in written.items() if c not in at_fault), Phrase("the number of the register")
        )
        comparison.add(
            "number-script",
            at_fault,
            quotes,
            Phrase(
                "%(language)s writes the number with letters that look alike but belong to another script. "
                "Write %(number)s with the letters that it was allotted in.",
                language=comparison.names(at_fault),
                number=right,
            ),
        )


def _number(version: Version) -> tuple[str, Reading] | None:
    for reading in version.readings:
        if reading.part.role in (NUMBER, LETTERHEAD):
            match = number_line(version.language).match(reading.text)
            symbol = match[1].strip().rstrip(".") if match else titled_number(reading.text)
            if symbol:
                return symbol, reading
            if reading.part.role == NUMBER:
                return without_kind(reading.text.strip()), reading
    return None


def _in_head(version: Version, known: set[str]) -> tuple[str, Reading] | None:
    """One of the numbers of other versions above the opening, behind a label that the language does not know."""
    for reading in version.readings:
        if reading.part.role in (OPENING, CLOSING):
            return None
        for token in _SYMBOL.findall(reading.text):
            if fold(token) in known:
                return token, reading
    return None


# Chinese writes its measure words against the number (第45号).
_SYMBOL = re.compile(r"[^\W_\u3040-\u9fff][^\s\u3040-\u9fff,;]*")


def _plain(symbol: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", symbol)).casefold().translate(_DASHES)


_DASHES = str.maketrans("‐‑‒–—−", "------")


def _scripts(symbol: str) -> set[str]:
    return {unicodedata.name(c, "OTHER").split()[0] for c in symbol if c.isalpha()}


def _expected(scripts: dict[str, str]) -> str:
    """The script that a number is printed in: that of most versions, and Latin where they are equal."""
    counts = Counter(scripts.values())
    best = max(counts.values())
    leading = [script for script, count in counts.items() if count == best]
    return "LATIN" if "LATIN" in leading else leading[0]
