"""What a note brings to its number: topic, audience and revision mark, where its series has them."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.errors import Conflict
from workflow.letters.numbers import Series
from workflow.models import Note


def parts_of_new(
    series: Series, given: Mapping[str, str], parent: Note | None, *, sibling: bool = False
) -> dict[str, str]:
    """The parts that a new note brings to its number; a following note has those of the note that it follows."""
    if given or parent is None or parent.series != series.code or sibling:
        return series.check_parts(given)
    inherited = {part: text for part, text in parent.number_parts.items() if part != "revision"}
    return series.check_parts(inherited)


def parts_after(note: Note, series: Series, given: Mapping[str, str] | None) -> dict[str, str]:
    """The parts after an edit; those that are given replace the others, unless the note has its number."""
    standing = {part: text for part, text in note.number_parts.items() if part in series.parts}
    parts = series.check_parts(standing if given is None else given)
    if note.entry is not None and parts != note.number_parts:
        raise Conflict(
            "numbered-parts",
            "The note already has the number %(symbol)s, so the parts of it stay.",
            symbol=note.entry.symbol,
        )
    return parts
