"""What the concordance says of a version while it is being written."""

from __future__ import annotations

from workflow.errors import Refusal
from workflow.models import Note
from workflow.operations import composition, texts
from workflow.operations.composition import Judged
from workflow.operations.context import Work


def concordance_of(work: Work, note: Note, language: str) -> list[Judged]:
    """The findings of a version that is not complete, over the paragraphs that it has.

    It is compared with the source and with every other version that has these paragraphs, all of
    them cut to these.  A text that cannot be composed as it stands gives no finding; what is
    missing is told by the paragraphs themselves.
    """
    has = {
        version.language: {
            paragraph.id
            for paragraph in texts.live_paragraphs(note)
            if (text := texts.text_in(paragraph, version.language)) is not None and text.text
        }
        for version in note.versions
    }
    mine = has[language]
    if not mine:
        return []
    try:
        return composition.compared(work, note, [code for code, ids in has.items() if mine <= ids], mine)
    except Refusal:
        return []
