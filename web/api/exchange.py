"""A language version as a file for a translation program or Word, and back."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from web.access import allowed, allowed_signed_in
from web.api.door import endpoint
from web.api.schemas import exchange as schemas
from web.api.versions import VERSION
from web.problems import said
from web.session import looking, writing
from workflow.exchange import Change
from workflow.operations import exchange
from workflow.operations.context import find_note


@endpoint(
    "GET",
    f"{VERSION}/exchange/<form>",
    allowed_signed_in,
    tag="Versions",
    media="application/octet-stream",
)
def export_version(note: str, language: str, form: str) -> BaseResponse:
    """Download a version as `xliff-2.1`, `xliff-1.2` or `docx`, to be translated elsewhere."""
    with looking() as work:
        file = exchange.export(work, find_note(work, note), language, form, lambda words: str(said(words)))
    response = Response(file.data, content_type=file.media)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@endpoint(
    "POST",
    f"{VERSION}/exchange",
    allowed(actions="save_paragraph"),
    tag="Versions",
    body=schemas.ImportVersion,
    gives=schemas.Imported,
    form=True,
)
def import_version(note: str, language: str, body: schemas.ImportVersion) -> schemas.Imported:
    """Bring a translated file back: XLIFF 2.0 to 2.2 or 1.2, or the table in DOCX.

    All of it is taken, or nothing. With `dry_run` nothing is changed, and the answer says what would
    be. 409 when a paragraph was changed here after the file was handed out; 422 with every unit named
    when the file is damaged, or of another note or language.
    """
    with writing() as work:
        outcome = exchange.import_translation(
            work,
            find_note(work, note),
            language,
            body.file.read(),
            body.file.filename or "unnamed",
            dry_run=body.dry_run,
        )
    return schemas.Imported(
        dry_run=outcome.dry_run,
        changes=_changes(outcome.changes),
        confirmed=_changes(outcome.confirmed),
        conflicts=[
            schemas.ImportConflict(
                kind=one.kind, id=int(one.key[1:]), ordinal=one.ordinal, ours=one.ours, theirs=one.theirs
            )
            for one in outcome.differences
        ],
        untranslated=list(outcome.untranslated),
        unchanged=outcome.unchanged,
    )


def _changes(found: Iterable[Change]) -> list[schemas.ImportChange]:
    return [
        schemas.ImportChange(id=int(one.key[1:]), ordinal=one.ordinal, before=one.before, after=one.after)
        for one in found
    ]
