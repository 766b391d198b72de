"""The formulas of the profile as they stand around a note's text."""

from __future__ import annotations

from workflow.errors import Refusal
from workflow.letters import addressing
from workflow.letters.composition import Composition
from workflow.letters.facts import Addressee, Particulars
from workflow.models import Note
from workflow.operations.context import Work

# Stands for the body while a formula is written around it; no text of a note may hold it.
BODY = "\ue000"
FULL_STOPS = (".", "。", "۔", "।")


def formula(work: Work, note: Note, language: str, name: str) -> tuple[str, str]:
    """A formula of the profile before and after the body; two empty texts where there is none.

    The addressee of an individual letter is not known before its documents are made, so the
    formulas of such a kind are not shown around a draft.
    """
    profile = work.profile
    composition = Composition(
        profile=profile,
        language=profile.language(language),
        kind=profile.kind(note.kind),
        values=note.slots,
        paragraphs=(),
        enclosures=(),
        number=None,
        # The day whose names and places hold: that of the approval, else today.
        day=note.approval.dated if note.approval else work.today(),
        place_key=None,
        code=None,
        marking=note.marking,
        draft=True,
        addressee=Addressee(),
        more=Particulars(level=note.particulars.get("level")),
    )
    try:
        words = {"body": BODY} if name == "opening" else {}
        before, _, after = addressing.formula(composition, name, **words).partition(BODY)
    except Refusal:
        return "", ""
    return before, after


def shown(work: Work, note: Note, language: str, name: str) -> str:
    """A formula as one text, an ellipsis where the first paragraph goes; empty where there is none."""
    before, after = formula(work, note, language, name)
    if name != "opening":
        return before
    return f"{before}…{'' if after in FULL_STOPS else after}" if before or after else ""
