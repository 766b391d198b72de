"""What a machine suggests: asked for by a person, marked as the machine's until a person has read it.

Asking is three steps, so that no transaction stands open while an engine thinks: `ask` notes in the
log that it is asked, `answer` asks, `keep` keeps what came.  A text of a version that is word for
word what the machine suggested, and that nobody confirmed, keeps the version from being submitted
and accepted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflow.canonical import digest
from workflow.errors import Conflict, Invalid, NotFound, Stale
from workflow.memory import machine
from workflow.memory.machine import Answer, Engine
from workflow.models import MachineSuggestion, Note, Paragraph
from workflow.operations import memory, texts
from workflow.operations.context import Work, begin, note_subject


@dataclass(frozen=True)
class Question:
    """What an engine is asked: a paragraph as typed, what its slots read, and the two languages."""

    typed: str
    said: dict[str, str]
    source_language: str
    target_language: str


def engine_of(work: Work) -> Engine | None:
    """The engine that the operator named; None where there is none, as it is by default."""
    url = work.settings.suggest_url
    return machine.LibreTranslate(url, work.settings.suggest_key.get_secret_value()) if url else None


def offered(work: Work, note: Note) -> bool:
    """Whether an engine may be asked about a note: one is named, and the note is unclassified."""
    return bool(work.settings.suggest_url) and memory.is_open(work, note.marking)


def ask(work: Work, note: Note, language: str, paragraph_id: int) -> Question:
    """The first step: may this be asked?  Notes in the log that it is, and gives what to ask.

    Raises Conflict where no engine is named or the note is marked above unclassified.
    """
    paragraph = _begin(work, note, "ask_machine", language, paragraph_id)
    if not work.settings.suggest_url:
        raise Conflict(
            "no-machine",
            "No translation engine is configured. Translate without it; the operator can name one.",
        )
    if not memory.is_open(work, note.marking):
        raise Conflict(
            "marked",
            "The note is marked above unclassified, so nothing of it is sent to a translation engine.",
        )
    source = texts.text_in(paragraph, note.source_language)
    if source is None or not source.text:
        raise Invalid("no-text", "The source of this paragraph has no text yet.")
    work.log(
        "ask_machine",
        note_subject(note),
        language=language,
        paragraph=paragraph.id,
        engine=machine.LibreTranslate(work.settings.suggest_url).name,
    )
    said = memory.said(work, note, note.source_language, source.text)
    return Question(source.text, said, note.source_language, language)


def answer(engine: Engine, question: Question) -> Answer:
    """The second step, outside of any transaction; raises Unavailable when the engine is away."""
    return machine.ask(
        engine, question.typed, question.said, question.source_language, question.target_language
    )


def keep(
    work: Work, note: Note, language: str, paragraph_id: int, question: Question, came: Answer, engine: str
) -> MachineSuggestion:
    """The third step: keeps what the engine answered, marked as its own; the paragraph stays as it is."""
    paragraph = _begin(work, note, "ask_machine", language, paragraph_id)
    source = texts.text_in(paragraph, note.source_language)
    if source is None or source.text != question.typed:
        raise Stale("source-changed", "The source changed while the engine was asked. Ask it again.")
    if not came.text:
        raise Invalid("no-text", "The translation engine answered with nothing. Translate without it.")
    text = texts.clean_text(came.text)
    mark = digest(text)
    row = work.session.scalar(
        select(MachineSuggestion).where(
            MachineSuggestion.paragraph_id == paragraph.id,
            MachineSuggestion.language == language,
            MachineSuggestion.digest == mark,
        )
    )
    if row is None:
        row = MachineSuggestion(
            note_id=note.id,
            paragraph_id=paragraph.id,
            language=language,
            source_text=question.typed,
            text=text,
            digest=mark,
            engine=engine[:200],
            asked_by=work.actor.id,
            asked_at=work.now(),
        )
        work.session.add(row)
    else:
        row.source_text, row.engine, row.asked_at = question.typed, engine[:200], work.now()
    work.session.flush()
    return row


def confirm(work: Work, note: Note, language: str, paragraph_id: int) -> MachineSuggestion:
    """A person has read a machine's text and stands for it; raises NotFound where there is none to confirm."""
    paragraph = _begin(work, note, "confirm_suggestion", language, paragraph_id)
    found = unread(work, note, language).get(paragraph.id)
    if found is None:
        raise NotFound(
            "no-suggestion", "The text of this paragraph is not a machine's any more. Open the page again."
        )
    found.confirmed_by, found.confirmed_at = work.actor.id, work.now()
    work.log("confirm_suggestion", note_subject(note), language=language, paragraph=paragraph.id)
    work.session.flush()
    return found


def unread(work: Work, note: Note, language: str) -> dict[int, MachineSuggestion]:
    """The paragraphs, by id, whose text is a machine's and that nobody has confirmed."""
    standing = {
        (paragraph.id, text.text): paragraph.id
        for paragraph in texts.live_paragraphs(note)
        if (text := texts.text_in(paragraph, language)) is not None and text.text
    }
    return {
        standing[row.paragraph_id, row.text]: row
        for row in of_version(work, note, language)
        if row.confirmed_at is None and (row.paragraph_id, row.text) in standing
    }


def of_version(work: Work, note: Note, language: str) -> list[MachineSuggestion]:
    """All that machines suggested for a version, the newest last."""
    return list(
        work.session.scalars(
            select(MachineSuggestion)
            .where(MachineSuggestion.note_id == note.id, MachineSuggestion.language == language)
            .order_by(MachineSuggestion.asked_at, MachineSuggestion.id)
        )
    )


def require_read(work: Work, note: Note, language: str) -> None:
    """Raises Conflict naming the paragraphs whose text is a machine's that nobody confirmed."""
    ids = unread(work, note, language)
    if ids:
        numbers = [paragraph.ordinal for paragraph in texts.live_paragraphs(note) if paragraph.id in ids]
        raise Conflict(
            "machine-text",
            "The text of paragraph %(numbers)s is a machine's suggestion as it came. "
            "Its translator reads it, then edits or confirms it.",
            numbers=", ".join(map(str, numbers)),
        )


def _begin(work: Work, note: Note, action: str, language: str, paragraph_id: int) -> Paragraph:
    begin(work, note, action)
    version = texts.version_of(note, language)
    texts.require_open(work, version)
    for paragraph in texts.live_paragraphs(note):
        if paragraph.id == paragraph_id:
            return paragraph
    raise NotFound("no-such-paragraph", "Paragraph %(id)s is not part of this note.", id=paragraph_id)
