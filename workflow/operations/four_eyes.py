"""Four eyes: who worked on a note may not approve it, who translated a version may not judge it.

What a person did is read from the log, which forgets nothing: a text that somebody else wrote over
meanwhile, or an acceptance that was dropped again, still counts.
"""

from __future__ import annotations

import json

from sqlalchemy import select

from workflow.errors import NotAllowed, Phrase
from workflow.models import AuditEntry, LanguageVersion, Note, Paragraph, ParagraphText, Revision
from workflow.operations.context import Work, note_subject

# The acts that are work on a note, as what is said of the person who did them.
WORK = {
    "submit": Phrase("submitted it"),
    "edit_source": Phrase("drafted it"),
    "add_enclosure": Phrase("drafted it"),
    "remove_enclosure": Phrase("drafted it"),
    "set_recipients": Phrase("drafted it"),
    "release_source": Phrase("released the source"),
    "save_paragraph": Phrase("translated %(language)s"),
    "submit_version": Phrase("translated %(language)s"),
    "accept_version": Phrase("reviewed %(language)s"),
    "return_version": Phrase("reviewed %(language)s"),
    "waive_finding": Phrase("waived a difference"),
    "take_back_waiver": Phrase("took a waiver back"),
}


def worked_on(work: Work, note: Note, account_id: int | None = None) -> list[str]:
    """What the person who asks (or another one) did of this note, as words; whoever did anything may not approve it.

    Being assigned as a translator counts as well, before the first word is written.
    """
    person = work.actor.id if account_id is None else account_id
    entries = work.session.execute(
        select(AuditEntry.action, AuditEntry.data)
        .where(
            AuditEntry.subject == note_subject(note),
            AuditEntry.actor_id == person,
            AuditEntry.action.in_(WORK),
        )
        .order_by(AuditEntry.number)
    )
    done = [_said(action, json.loads(data).get("language", "")) for action, data in entries]
    done += [
        Phrase("translated %(language)s", language=version.language)
        for version in note.versions
        for one in version.assignments
        if one.account_id == person and one.duty == "translate"
    ]
    return list(dict.fromkeys(done))


def _said(action: str, language: str) -> Phrase:
    phrase = WORK[action]
    return Phrase(phrase.message, language=language) if "%(language)s" in phrase.message else phrase


def require_not_translator(work: Work, note: Note, version: LanguageVersion, sentence: str) -> None:
    """Whoever wrote any of a version may not judge it; they are told so in `sentence`."""
    if not version.is_source and wrote_of(work, note, version, work.actor.id):
        raise NotAllowed(
            "four-eyes",
            sentence,
            language=version.language,
        )


def wrote_of(work: Work, note: Note, version: LanguageVersion, account_id: int) -> bool:
    """Whether a person handed a version on or ever wrote a text of it, be it long replaced."""
    written = work.session.scalar(
        select(Revision.id)
        .join(ParagraphText, ParagraphText.id == Revision.text_id)
        .join(Paragraph, Paragraph.id == ParagraphText.paragraph_id)
        .where(
            Paragraph.note_id == note.id,
            ParagraphText.language == version.language,
            Revision.changed_by == account_id,
        )
        .limit(1)
    )
    return version.submitted_by == account_id or written is not None
