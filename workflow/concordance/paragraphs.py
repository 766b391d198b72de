"""Paragraphs that are missing, added or in another order; gives the rows that are compared further."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.concordance.context import Comparison, place
from workflow.concordance.facts import Reading
from workflow.concordance.roles import BODY, CLOSING, OPENING, SALUTATION
from workflow.concordance.structure import Row, align, permutation, prose
from workflow.errors import Phrase


def rows(comparison: Comparison) -> list[Row]:
    """The prose of all versions, paragraph by paragraph; records what is missing, added or out of order."""
    texts = {code: prose(version.readings) for code, version in comparison.versions.items()}
    texts = {code: _in_order(comparison, code, texts) for code in texts}
    reference = _reference(texts)
    table: list[dict[str, Reading]] = [{reference: reading} for reading in texts[reference]]
    added: list[tuple[str, Reading]] = []
    for code in texts:
        if code == reference:
            continue
        for mine, theirs in align(texts[reference], texts[code]):
            if mine is not None and theirs is not None:
                table[mine][code] = texts[code][theirs]
            elif theirs is not None:
                added.append((code, texts[code][theirs]))
    _report_missing(comparison, table)
    for code, reading in added:
        _report_added(comparison, code, reading)
    return [Row({code: row[code] for code in comparison.versions if code in row}) for row in table]


def _reference(texts: dict[str, list[Reading]]) -> str:
    """The version that the others are laid beside: the first with the number of paragraphs that most have."""
    sizes = [len(found) for found in texts.values()]
    best = max(sizes.count(size) for size in sizes)
    usual = {size for size in sizes if sizes.count(size) == best}
    size = max(usual)
    return next(code for code, found in texts.items() if len(found) == size)


def _report_missing(comparison: Comparison, table: Sequence[dict[str, Reading]]) -> None:
    for row in table:
        without = [code for code in comparison.versions if code not in row]
        if not without or _is_formula(row, without):
            continue
        quotes = {code: place(reading) for code, reading in row.items()}
        if len(row) == 1 and len(without) > 1:
            code, reading = next(iter(row.items()))
            _report_added(comparison, code, reading)
            continue
        first = next(iter(row))
        comparison.add(
            "paragraph-missing",
            without,
            quotes,
            Phrase(
                "%(language)s has no paragraph for paragraph %(number)s of %(other)s. "
                "Add it, or take it out of the other versions.",
                language=comparison.names(without),
                number=row[first].number,
                other=comparison.name(first),
            ),
        )


def _is_formula(row: dict[str, Reading], without: Sequence[str]) -> bool:
    """Whether the row is a formula, whose absence is reported by its own type."""
    return all(reading.part.role in (OPENING, CLOSING) for reading in row.values())


def _report_added(comparison: Comparison, code: str, reading: Reading) -> None:
    if (
        reading.part.role in (OPENING, CLOSING)
        and comparison.versions[code].role(reading.part.role)[0] is reading
    ):
        others = [
            c for c in comparison.versions if c != code and not comparison.versions[c].role(reading.part.role)
        ]
        if others:
            return
    comparison.add(
        "paragraph-added",
        [code],
        {code: place(reading)},
        Phrase(
            "Paragraph %(number)s of %(language)s stands in no other version. "
            "Take it out, or add it to the others.",
            number=reading.number,
            language=comparison.name(code),
        ),
    )


def _in_order(comparison: Comparison, code: str, texts: dict[str, list[Reading]]) -> list[Reading]:
    """The body of a version in the order of the others, where it clearly stands in another one."""
    mine = texts[code]
    others = [found for other, found in texts.items() if other != code and len(found) == len(mine)]
    if not others:
        return mine
    orders = [permutation(other, mine) for other in others]
    # With three versions, the two that agree are right; with two, the reference is.
    if any(order is None for order in orders) or (len(texts) == 2 and code == next(iter(texts))):
        return mine
    order = orders[0]
    assert order is not None
    moved = [mine[theirs] for at, theirs in enumerate(order) if at != theirs]
    other = next(c for c, found in texts.items() if c != code and len(found) == len(mine))
    quotes = {code: place(moved[0])}
    quotes[other] = place(texts[other][next(at for at, theirs in enumerate(order) if at != theirs)])
    numbers = ", ".join(str(reading.number) for reading in sorted(moved, key=lambda r: r.number))
    comparison.add(
        "paragraph-order",
        [code],
        quotes,
        Phrase(
            "Paragraphs %(numbers)s of %(language)s stand in another order than in %(other)s. "
            "Put them in the order of the other versions.",
            numbers=numbers,
            language=comparison.name(code),
            other=comparison.name(other),
        ),
    )
    return [mine[theirs] for theirs in order]


__all__ = ["BODY", "SALUTATION", "rows"]
