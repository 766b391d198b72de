"""The translation memory: matches of a text, search, and exchange with other tools."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.wrappers import Response

from web.access import allowed
from web.api.door import endpoint
from web.api.files import pieces
from web.api.schemas import memory as schemas
from web.session import looking, writing
from workflow.memory import matching, search
from workflow.memory.differences import difference
from workflow.operations import memory
from workflow.operations.context import Work


def _origins(work: Work, found: Iterable[matching.Match | search.Hit]) -> dict[int, schemas.Origin]:
    listed = list(found)
    notes = memory.notes_of(work, [one.pair.note_id for one in listed])
    return {
        one.unit: schemas.Origin(
            note=notes[one.pair.note_id].name if one.pair.note_id in notes else None,
            file=one.pair.origin or None,
            day=one.day,
        )
        for one in listed
    }


def matches(work: Work, found: list[matching.Match], reads: str) -> list[schemas.Match]:
    """Matches as they are sent, with the difference to what was asked about."""
    origins = _origins(work, found)
    return [
        schemas.Match(
            kind=one.kind,
            percent=one.percent,
            source=one.pair.source_reads,
            target=one.pair.target_reads,
            suggestion=one.target,
            whole=one.whole,
            backwards=one.backwards,
            difference=[
                schemas.Change(kind=kind, text=text)
                for kind, text in difference(one.pair.source_reads, reads)
            ],
            origin=origins[one.unit],
        )
        for one in found
    ]


@endpoint(
    "GET",
    "/memory/matches",
    allowed(actions="search_memory"),
    tag="Memory",
    query=schemas.MatchesQuery,
    gives=schemas.Matches,
)
def match_text(query: schemas.MatchesQuery) -> schemas.Matches:
    """Match a text: what was accepted for it, or for one like it, best first."""
    with looking() as work:
        found = memory.lookup(work, query.source, query.target, query.text)
        return schemas.Matches(items=matches(work, found, query.text))


@endpoint(
    "GET",
    "/memory/search",
    allowed(actions="search_memory"),
    tag="Memory",
    query=schemas.SearchQuery,
    gives=schemas.Hits,
)
def search_memory(query: schemas.SearchQuery) -> schemas.Hits:
    """Search all past pairs for a phrase, whatever its inflection."""
    with looking() as work:
        found = memory.find(work, query.q, query.language or "", query.other or "")
        origins = _origins(work, found)
        return schemas.Hits(
            items=[
                schemas.Hit(
                    source_language=one.pair.source_language,
                    target_language=one.pair.target_language,
                    source=one.pair.source_reads,
                    target=one.pair.target_reads,
                    places=[schemas.Place(start=start, end=end) for start, end in one.places],
                    together=one.together,
                    origin=origins[one.unit],
                )
                for one in found
            ]
        )


@endpoint(
    "GET",
    "/memory/export",
    allowed(actions="exchange_memory"),
    tag="Memory",
    query=schemas.ExportQuery,
    media="application/x-tmx+xml",
)
def export_memory(query: schemas.ExportQuery) -> Response:
    """Export the memory as TMX 1.4b, as far as you may see it."""
    with looking() as work:
        return pieces(memory.export_tmx(work, query.source or "", query.target or ""), "memory.tmx", "tmx")


@endpoint(
    "POST",
    "/memory/import",
    allowed(actions="exchange_memory"),
    tag="Memory",
    body=schemas.ImportFile,
    gives=schemas.Imported,
    form=True,
)
def import_memory(body: schemas.ImportFile) -> schemas.Imported:
    """Import a TMX file, all of its units or none; units that are there already are left as they are."""
    with writing() as work:
        name = body.file.filename or "memory.tmx"
        outcome = memory.import_tmx(work, body.file.read(), name, dry_run=body.dry_run)
        return schemas.Imported.model_validate(outcome)
