"""What a note brings to its number, and whether another number of the register reads the same."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow import register
from workflow.errors import Conflict, Phrase
from workflow.letters.numbers import Series
from workflow.models import Note, RegisterEntry


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


def collision(session: Session, note: Note, symbol: str) -> Phrase | None:
    """Why a note cannot get a number: another one of the register is found under the same key.

    Two series may write numbers that only look different, such as ТТФ/5 and TTF/5; whoever asks for
    one would find the other.  None where the number is free, or is the note's own already.
    """
    holder = session.scalar(select(RegisterEntry).where(RegisterEntry.key == register.fold(symbol)))
    if holder is None or holder.note_id == note.id:
        return None
    return Phrase(
        "The number %(number)s of series %(series)s reads the same as %(other)s of series %(taken)s, which is "
        "in the register already. Whoever runs the service sets the next number of series %(series)s past "
        "it (chancery init --next), or has the profile write one of the two series otherwise.",
        number=symbol,
        series=note.series,
        other=holder.symbol,
        taken=holder.series,
    )
