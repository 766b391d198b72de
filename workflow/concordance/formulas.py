"""Opening and closing formulas of equal level, and the addressee, in the right case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workflow.concordance import wording
from workflow.concordance.context import Comparison, Version, deviating, place
from workflow.concordance.facts import Fact, Reading, whole
from workflow.concordance.roles import ADDRESSEE, CLOSING, OPENING, level
from workflow.concordance.types import WARNING
from workflow.errors import Phrase

MISSING = {
    OPENING: Phrase(
        "%(language)s has no opening formula that is known, and another version has one. "
        "Write the opening formula of the profile."
    ),
    CLOSING: Phrase(
        "%(language)s has no closing formula that is known, and another version has one. "
        "Write the closing formula of the profile."
    ),
}
UNEQUAL = {
    OPENING: Phrase(
        "The opening formulas are not of equal level: %(shown)s. Write the formula of the profile."
    ),
    CLOSING: Phrase(
        "The closing formulas are not of equal level: %(shown)s. Write the formula of the profile."
    ),
}
ADDRESSED = {
    OPENING: Phrase(
        "The opening formula is not addressed to the same in each version. Name the addressee of the source."
    ),
    CLOSING: Phrase(
        "The closing formula is not addressed to the same in each version. Name the addressee of the source."
    ),
}
DATIVE = {
    OPENING: Phrase(
        "The addressee “%(addressee)s” in the opening formula of %(language)s is not in the dative. "
        "Put it in the dative."
    ),
    CLOSING: Phrase(
        "The addressee “%(addressee)s” in the closing formula of %(language)s is not in the dative. "
        "Put it in the dative."
    ),
}


def compare(comparison: Comparison) -> None:
    """Compares the formulas and the addressees of all versions."""
    for role in (OPENING, CLOSING):
        found = {code: _formula(version, role) for code, version in comparison.versions.items()}
        present = {code: item for code, item in found.items() if item}
        if not present:
            continue
        _missing(comparison, role, present)
        _levels(comparison, role, present)
        _addressees(comparison, present, role)
    blocks = {c: version.role(ADDRESSEE) for c, version in comparison.versions.items()}
    _block(comparison, blocks)


def _formula(version: Version, role: str) -> Reading | None:
    found = version.role(role)
    return (found[0] if role == OPENING else found[-1]) if found else None


def _missing(comparison: Comparison, role: str, present: Mapping[str, Reading]) -> None:
    known = {c for c, v in comparison.versions.items() if v.language.table("formulas")}
    without = [code for code in comparison.versions if code not in present and code in known]
    if without:
        # A formula of the profile stands in every version, whatever the majority does.
        comparison.add(
            role,
            without,
            {code: place(reading) for code, reading in present.items()},
            Phrase(MISSING[role].message, language=comparison.names(without)),
        )


def _levels(comparison: Comparison, role: str, present: Mapping[str, Reading]) -> None:
    levels = {c: level(reading.language, role, reading.text) for c, reading in present.items()}
    levels = _chosen(levels)
    known = {code: name for code, name in levels.items() if name}
    quotes = {code: place(reading, _quoted(reading, role)) for code, reading in present.items()}
    wrong = [*deviating(known), *(code for code in levels if code not in known)] if known else []
    if wrong:
        shown = comparison.beside(
            {c: wording.explained(quotes[c][0], wording.level(levels[c])) for c in levels}
        )
        comparison.add(
            role,
            wrong,
            quotes,
            Phrase(UNEQUAL[role].message, shown=shown),
        )


def _chosen(levels: Mapping[str, str]) -> dict[str, str]:
    """The levels, each formula of two levels ("one|other") taken for the one that another version has."""
    plain = {name for name in levels.values() if "|" not in name}
    return {
        code: next((one for one in name.split("|") if one in plain), name.partition("|")[0])
        for code, name in levels.items()
    }


def _quoted(reading: Reading, role: str) -> str | None:
    for row in reading.language.table("formulas").get(role, ()):
        match = re.search(row["pattern"], reading.text, re.IGNORECASE)
        if match:
            return whole(reading.text, match.start(), match.end())
    return None


def _addressees(comparison: Comparison, row: Mapping[str, Reading], role: str) -> None:
    said = {code: _first_addressee(reading, role) for code, reading in row.items()}
    named = {code: key for code, key in said.items() if key}
    wrong = [
        code
        for code in deviating(named)
        if code in _apart({c: frozenset(row[c].keys("addressee")) for c in named})
    ]
    if wrong:
        comparison.add(
            "addressee",
            wrong,
            {code: place(reading, reading.quote("addressee", {said[code]})) for code, reading in row.items()},
            Phrase(ADDRESSED[role]),
        )
    for code, reading in row.items():
        pattern = _case_pattern(reading)
        if pattern is None or code in wrong or not (key := said.get(code)):
            continue
        # Kazakh has no addressee word in the dative other than before the compliment.
        fact = _last_of_list(reading, [f for f in reading.facts["addressee"] if f.key == key])
        if fact is None:
            continue
        words = [w for w in reading.words if fact.start <= w.start < fact.end]
        if words and not pattern.search(_case_word(reading, words[-1].text.lower(), words[0].text.lower())):
            comparison.add(
                "addressee",
                [code],
                {c: place(other, other.quote("addressee", {said.get(c)})) for c, other in row.items()},
                Phrase(
                    DATIVE[role].message,
                    addressee=whole(reading.text, fact.start, fact.end),
                    language=comparison.name(code),
                ),
            )


def _last_of_list(reading: Reading, facts: Sequence[Fact]) -> Fact | None:
    """The fact that shows the case: where endings stack, the last of a list has it for all ("делегациялар мен …")."""
    if not reading.language.data.get("repeat"):
        return facts[0]
    listed = re.compile(r",|\s+(?:мен|бен|пен|және)(?!\w)")
    frame = reading.language.pattern("formulas", "closing_frame").search(reading.text)
    free = [
        fact
        for fact in facts
        if not listed.match(reading.text, fact.end) and not (frame and fact.end <= frame.start())
    ]
    return free[0] if free else None


def _case_word(reading: Reading, last: str, first: str) -> str:
    """The word of the addressee that shows the case: the last where endings stack, else the first."""
    return last if reading.language.data.get("repeat") else first


def _case_pattern(reading: Reading) -> re.Pattern[str] | None:
    table = reading.language.table("addressees").get("dative")
    if not table or ("unless" in table and re.search(table["unless"], reading.text, re.IGNORECASE)):
        return None
    return re.compile(table["words"])


def _first_addressee(reading: Reading, role: str) -> str | None:
    """The addressee of a formula: the first after the compliment, or before it where the verb stands last."""
    facts = reading.facts["addressee"]
    if not facts:
        return None
    if role == OPENING:
        start = _compliment(reading)
        if start is not None:
            later = [f for f in facts if f.start >= start] if not reading.language.data.get("repeat") else []
            earlier = [f for f in facts if f.start < start]
            chosen = (later[:1] or earlier[-1:]) if later else earlier[-1:]
            return str(chosen[0].key) if chosen else None
    # Who avails itself of the opportunity stands before these words, and may be a mission, too.
    frame = reading.language.pattern("formulas", "closing_frame").search(reading.text)
    addressed = [fact for fact in facts if frame is None or fact.start >= frame.start()]
    return str(_head(reading, addressed or facts).key)


def _head(reading: Reading, facts: Sequence[Fact]) -> Fact:
    """The first addressee; where its noun stands last, the one that the words before it only describe.

    "қатысушы мемлекеттердің тұрақты өкілдіктеріне" is addressed to the missions.
    """
    chosen = facts[0]
    if not reading.language.data.get("repeat"):
        return chosen
    for fact in facts[1:]:
        if reading.text[chosen.end : fact.start].strip():
            break
        chosen = fact
    return chosen


def _compliment(reading: Reading) -> int | None:
    for row in reading.language.table("formulas").get("opening", ()):
        match = re.search(row["pattern"], reading.text, re.IGNORECASE)
        if match:
            return match.start()
    return None


def _apart(said: Mapping[str, frozenset[object]]) -> list[str]:
    """The versions whose addressees no other version names; Kazakh and English name them in another order."""
    known = {code: keys for code, keys in said.items() if keys}
    apart = [c for c, keys in known.items() if not any(keys & other for o, other in known.items() if o != c)]
    return apart if len(known) > 1 else []


def _block(comparison: Comparison, blocks: Mapping[str, list[Reading]]) -> None:
    present = {code: found[0] for code, found in blocks.items() if found}
    if not present:
        return
    without = [code for code, found in blocks.items() if not found]
    quotes = {code: place(reading) for code, reading in present.items()}
    if without and 2 * len(without) <= len(blocks):
        comparison.add(
            "addressee",
            without,
            quotes,
            Phrase(
                "%(language)s names no addressee under the note, and another version does. Add the addressee.",
                language=comparison.names(without),
            ),
        )
    said = {code: frozenset(reading.keys("addressee")) for code, reading in present.items()}
    wrong = _apart(said)
    if wrong:
        comparison.add(
            "addressee",
            wrong,
            quotes,
            Phrase("The addressee is not the same. Name the addressee of the source."),
        )
    for code, reading in present.items():
        pattern = reading.language.table("addressees").get("block_wrong")
        if pattern and code not in wrong and re.search(pattern, reading.text, re.IGNORECASE):
            comparison.add(
                "addressee",
                [code],
                quotes,
                Phrase(
                    "The addressee in %(language)s stands in the wrong case. "
                    "Write it in the nominative, or in the dative as in the formulas.",
                    language=comparison.name(code),
                ),
            )


__all__ = ["WARNING", "compare"]
