"""The glossary: browsed, taken away as TBX and brought in."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.access import allowed
from web.api.door import endpoint
from web.api.files import pieces
from web.api.schemas import memory as schemas
from web.session import looking, writing
from workflow.memory.glossary import Entry
from workflow.operations import glossary


def _word(entry: Entry) -> schemas.GlossaryWord:
    return schemas.GlossaryWord(
        concept=entry.concept,
        language=entry.language,
        term=entry.term,
        forms=list(entry.forms),
        forbidden=list(entry.forbidden),
        note=entry.note,
        since=entry.since,
        until=entry.until,
        origin=entry.origin or None,
    )


@endpoint(
    "GET",
    "/glossary",
    allowed(actions=("search_memory", "exchange_memory")),
    tag="Glossary",
    query=schemas.GlossaryQuery,
    gives=schemas.GlossaryWords,
)
def list_glossary(query: schemas.GlossaryQuery) -> schemas.GlossaryWords:
    """List the words of the organisation's glossary, with their forbidden variants and validity."""
    with looking() as work:
        found = glossary.browse(work, query.q or "", query.language or "", query.day)
        return schemas.GlossaryWords(items=[_word(entry) for entries in found.values() for entry in entries])


@endpoint(
    "GET",
    "/glossary/export",
    allowed(actions="exchange_memory"),
    tag="Glossary",
    query=schemas.GlossaryExportQuery,
    media="application/x-tbx+xml",
)
def export_glossary(query: schemas.GlossaryExportQuery) -> Response:
    """Export the glossary as TBX-Basic (ISO 30042)."""
    with looking() as work:
        return pieces([glossary.export_tbx(work, query.edition)], "glossary.tbx", "tbx")


@endpoint(
    "POST",
    "/glossary/import",
    allowed(actions="exchange_memory"),
    tag="Glossary",
    body=schemas.ImportFile,
    gives=schemas.Imported,
    form=True,
)
def import_glossary(body: schemas.ImportFile) -> schemas.Imported:
    """Import a TBX file, all of its concepts or none; each takes the place of the one of its name."""
    with writing() as work:
        name = body.file.filename or "glossary.tbx"
        outcome = glossary.import_tbx(work, body.file.read(), name, dry_run=body.dry_run)
        return schemas.Imported.model_validate(outcome)


@endpoint(
    "DELETE",
    "/glossary/<concept>",
    allowed(actions="exchange_memory"),
    tag="Glossary",
    gives=schemas.GlossaryWords,
)
def remove_concept(concept: str) -> schemas.GlossaryWords:
    """Take a concept that was imported out again; gives what the glossary says of it now."""
    with writing() as work:
        glossary.remove(work, concept)
        return schemas.GlossaryWords(
            items=[_word(one) for one in glossary.whole(work).entries.get(concept, ())]
        )
