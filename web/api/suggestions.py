"""What is suggested for a paragraph: the memory first, terms, and a machine where one may be asked."""

from __future__ import annotations

from web.access import allowed
from web.api.door import endpoint
from web.api.memory import matches
from web.api.schemas import memory as schemas
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.memory.glossary import Use
from workflow.operations import glossary, memory, suggesting, texts
from workflow.operations.context import find_note

SUGGESTIONS = "/notes/<note:note>/versions/<language>/paragraphs/<row:paragraph>/suggestions"


def _use(use: Use, target: str) -> schemas.TermUse:
    return schemas.TermUse(
        concept=use.concept,
        source=use.source.term,
        target=use.target.term if use.target else None,
        forms=list(use.target.forms) if use.target else [],
        used=use.used,
        forbidden=list(use.target.forbidden) if use.target else [],
        wrong=[target[start:end] for start, end, _ in use.wrong],
    )


def _paragraph(row: models.Note, identity: int) -> models.Paragraph:
    found = next((one for one in texts.live_paragraphs(row) if one.id == identity), None)
    if found is None:
        raise NotFound("no-such-paragraph", "Paragraph %(id)s is not part of this note.", id=identity)
    return found


def _machine(row: models.MachineSuggestion, standing: str) -> schemas.MachineSuggestion:
    return schemas.MachineSuggestion(
        id=row.id,
        engine=row.engine,
        text=row.text,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
        unread=row.confirmed_at is None and row.text == standing,
    )


@endpoint("GET", SUGGESTIONS, allowed(actions="search_memory"), tag="Versions", gives=schemas.Suggestions)
def show_suggestions(note: str, language: str, paragraph: int) -> schemas.Suggestions:
    """Show what is there for a paragraph: matches of the memory, terms, machine suggestions. Asks no machine."""
    with looking() as work:
        row = find_note(work, note)
        texts.version_of(row, language)
        one = _paragraph(row, paragraph)
        source, target = texts.text_in(one, row.source_language), texts.text_in(one, language)
        standing = target.text if target else ""
        reads = memory.reading(work, row, row.source_language, source.text) if source else ""
        said = memory.reading(work, row, language, standing)
        return schemas.Suggestions(
            matches=matches(work, memory.matches_of(work, row, language, one), reads),
            terms=[_use(use, said) for use in glossary.uses(work, row, language, reads, said)],
            machine=[
                _machine(each, standing)
                for each in suggesting.of_version(work, row, language)
                if each.paragraph_id == one.id
            ],
            machine_offered=suggesting.offered(work, row),
        )


@endpoint(
    "POST",
    SUGGESTIONS,
    allowed(actions="ask_machine"),
    tag="Versions",
    gives=schemas.MachineSuggestion,
    status=201,
)
def ask_machine(note: str, language: str, paragraph: int) -> schemas.MachineSuggestion:
    """Ask the configured translation engine for a paragraph; logged, and never for a marked note.

    The answer is kept as the machine's. The paragraph stays as it is; a text that is this answer
    word for word cannot be submitted before a person confirms it.
    """
    with writing() as work:
        row = find_note(work, note)
        question = suggesting.ask(work, row, language, paragraph)
        engine = suggesting.engine_of(work)
    assert engine is not None  # ask() has just found it.
    came = suggesting.answer(engine, question)
    with writing() as work:
        row = find_note(work, note)
        kept = suggesting.keep(work, row, language, paragraph, question, came, engine.name)
        return _machine(kept, "")


@endpoint(
    "POST",
    f"{SUGGESTIONS}/confirm",
    allowed(actions="confirm_suggestion"),
    tag="Versions",
    gives=schemas.MachineSuggestion,
)
def confirm_suggestion(note: str, language: str, paragraph: int) -> schemas.MachineSuggestion:
    """Confirm that you have read a machine's text and stand for it as it is."""
    with writing() as work:
        row = find_note(work, note)
        kept = suggesting.confirm(work, row, language, paragraph)
        return _machine(kept, kept.text)
