"""How long a version is: what its translator and whoever pays for it want to know."""

from __future__ import annotations

from datetime import date

from workflow.counting import length
from workflow.errors import Refusal
from workflow.letters import slots
from workflow.models import Note
from workflow.operations import texts
from workflow.operations.context import Work


def length_of(work: Work, note: Note, language: str) -> int:
    """The length of a version's free text, its shared values as they read; formulas are not counted.

    In words, or in characters where `counting.by_characters` says so.
    """
    day = note.approval.dated if note.approval else work.today()
    rows = (texts.text_in(one, language) for one in texts.live_paragraphs(note))
    return sum(length(_read(work, note, row.text, language, day)) for row in rows if row is not None)


def _read(work: Work, note: Note, text: str, language: str, day: date) -> str:
    try:
        return slots.fill(text, language, note.slots, work.profile, day)
    except Refusal:
        return text
