"""The texts of a note: what stands in each language, what is stale, and how a text is written down."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound, Phrase
from workflow.models import LanguageVersion, Note, Paragraph, ParagraphText, Revision
from workflow.operations.context import Work
from workflow.states import VersionState

MAX_TEXT = 20_000
NOT_ASSIGNED = {
    "translate": Phrase("The %(language)s version is not assigned to you to translate."),
    "review": Phrase("The %(language)s version is not assigned to you to review."),
}


def version_of(note: Note, language: str) -> LanguageVersion:
    """The version in a language; raises NotFound when the note has none."""
    for version in note.versions:
        if version.language == language:
            return version
    raise NotFound("no-such-language", "The note has no version in “%(language)s”.", language=language)


def live_paragraphs(note: Note) -> list[Paragraph]:
    """The paragraphs of the body, in order, without those that were taken out."""
    return sorted(
        (item for item in note.paragraphs if item.removed_at is None), key=lambda item: item.ordinal
    )


def text_in(paragraph: Paragraph, language: str) -> ParagraphText | None:
    """A paragraph's text in a language; None while there is none."""
    return next((text for text in paragraph.texts if text.language == language), None)


def stale_paragraphs(note: Note, language: str) -> list[Paragraph]:
    """The paragraphs whose translation was made from another source text, or that have none."""
    stale = []
    for paragraph in live_paragraphs(note):
        source, target = text_in(paragraph, note.source_language), text_in(paragraph, language)
        if source is None or target is None or not target.text or target.source_seen != source.text:
            stale.append(paragraph)
    return [] if language == note.source_language else stale


def is_current(note: Note, version: LanguageVersion) -> bool:
    """Whether a version is accepted and nothing it was made from has changed since."""
    return (
        version.state is VersionState.ACCEPTED
        and version.accepted_revision is not None
        and not stale_paragraphs(note, version.language)
    )


def clean_text(raw: str) -> str:
    """A paragraph as it is kept: NFC, one line, single ends; raises Invalid for control characters."""
    text = unicodedata.normalize("NFC", " ".join(raw.replace("\r", "\n").split("\n"))).strip()
    if len(text) > MAX_TEXT:
        raise Invalid("too-long", "A paragraph has at most %(most)s characters.", most=MAX_TEXT)
    if any(unicodedata.category(sign) == "Cc" and sign != "\t" for sign in text):
        raise Invalid(
            "control-character", "The text has a control character in it. Type the paragraph again."
        )
    return text.replace("\t", " ")


def write(
    work: Work, paragraph: Paragraph, language: str, text: str, source_seen: str | None, now: datetime
) -> bool:
    """Puts `text` on a paragraph in a language and into its history; gives whether it was new."""
    row = text_in(paragraph, language)
    if row is None:
        row = ParagraphText(
            paragraph_id=paragraph.id,
            language=language,
            text=text,
            source_seen=source_seen,
            changed_by=work.actor.id,
            changed_at=now,
        )
        paragraph.texts.append(row)
    elif row.text == text:
        row.source_seen = source_seen
        return False
    else:
        row.text, row.source_seen = text, source_seen
        row.revision += 1
        row.changed_by, row.changed_at = work.actor.id, now
    work.session.flush()
    work.session.add(
        Revision(text_id=row.id, revision=row.revision, text=text, changed_by=work.actor.id, changed_at=now)
    )
    return True


def drop(version: LanguageVersion, state: VersionState) -> None:
    """Takes a version back from accepted (or submitted) to `state`; harmless when it is lower already."""
    order = list(VersionState)
    if order.index(version.state) <= order.index(state):
        return
    version.state = state
    version.accepted_by = version.accepted_at = version.accepted_revision = None
    if state is not VersionState.SUBMITTED:
        version.submitted_at = version.submitted_by = None
    version.revision += 1


def duty_of(version: LanguageVersion, account_id: int) -> str | None:
    """`translate`, `review` or None: what a person has to do with a version."""
    return next((one.duty for one in version.assignments if one.account_id == account_id), None)


def require_duty(work: Work, version: LanguageVersion, duty: str) -> None:
    """Raises NotAllowed unless the person has this duty (translate, review) with the version."""
    if duty_of(version, work.actor.id) != duty:
        raise NotAllowed("not-assigned", NOT_ASSIGNED[duty], language=version.language)


def require_open(work: Work, version: LanguageVersion) -> None:
    """Raises NotAllowed unless the person translates the version, and Conflict once it is handed on."""
    require_duty(work, version, "translate")
    if version.state in (VersionState.SUBMITTED, VersionState.ACCEPTED):
        raise Conflict(
            "submitted",
            "The version is %(state)s. It has to be returned to you before you can change it.",
            state=Phrase("with its reviewer")
            if version.state is VersionState.SUBMITTED
            else Phrase("accepted"),
        )


def reopen_source(note: Note) -> None:
    """What the translators work from changed: the source has to be released again before the note goes on."""
    drop(version_of(note, note.source_language), VersionState.IN_PROGRESS)


def source_released(note: Note) -> bool:
    """Whether the source is agreed as it stands, so that translations can be handed on."""
    return version_of(note, note.source_language).state is VersionState.ACCEPTED
