"""A version handed out as a file for another program, and taken back: first a trial, then the very file."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext, ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from web.access import allowed_signed_in
from web.pages import _files, _lines, _runs
from web.pages._answers import Answer
from web.pages._forms import done, kept, sentence, typed
from web.pages._routes import at
from web.problems import said
from web.session import looking, writing
from web.views.exchange import Changed, ExchangePage, Form
from web.views.parts import UNTYPED, Run, Typed
from workflow.errors import NotAllowed, NotFound, Phrase, Refusal
from workflow.exchange import FORMATS
from workflow.exchange.formats import LARGEST_FILE_BYTES
from workflow.models import Note
from workflow.operations import exchange, texts
from workflow.operations.context import Work, find_note
from workflow.permissions import may
from workflow.states import VersionState

blueprint = Blueprint("exchange", __name__)

OPEN = (VersionState.WAITING, VersionState.IN_PROGRESS)


def spoken(words: str) -> str:
    """A phrase of the exchange in the reader's language."""
    return str(said(words))


def forms() -> tuple[Form, ...]:
    """The forms in which a version can be taken away."""
    return tuple(Form(one.name, spoken(one.words), one.suffix) for one in FORMATS.values())


def may_bring(work: Work, note: Note, language: str) -> bool:
    """Whether the person may bring a file in: whoever may write the version as it stands."""
    version = texts.version_of(note, language)
    mine = texts.duty_of(version, work.actor.id) == "translate"
    return mine and version.state in OPEN and may(work.actor, "save_paragraph", note.state)


@at(blueprint, "download")
@allowed_signed_in
def download(note: str, language: str, form: str) -> Response:
    """The version as a file for another program."""
    with looking() as work:
        file = exchange.export(work, find_note(work, note), language, form, spoken)
    response = _files.download(file.data, file.name)
    response.mimetype = file.media
    return response


@at(blueprint, "load")
@allowed_signed_in
def load(note: str, language: str) -> Answer:
    """Hand out, or bring back in two steps: a trial that writes nothing, then the very file that was tried."""
    if request.method == "GET":
        return _page(note, language)
    if request.form.get("step") != "write":
        return _trial(note, language)
    try:
        sha256, filename = _seal(note, language).loads(request.form.get("digest", ""))
    except BadSignature:
        return _page(note, language, form=kept({}, gettext("Try the file first."))), 422
    try:
        with writing() as work:
            row = find_note(work, note)
            key = row.reference
            outcome = exchange.import_translation(work, row, language, work.store.get(sha256), filename)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _page(note, language, filename=filename, refusal=refusal), refusal.status
    count = len(outcome.changes) + len(outcome.confirmed)
    words = ngettext(
        "%(num)s paragraph was taken from the file.", "%(num)s paragraphs were taken from the file.", count
    )
    return done(words, "translation.show", note=key, language=language)


def _trial(note: str, language: str) -> Answer:
    filename = ""
    try:
        file = _files.sent(
            "file", LARGEST_FILE_BYTES, code="file-missing", missing=Phrase("Choose the translated file.")
        )
        filename = file.name
        with writing() as work:
            row = find_note(work, note)
            outcome = exchange.import_translation(work, row, language, file.data, filename, dry_run=True)
            digest = (
                "" if outcome.empty else _seal(note, language).dumps([work.store.put(file.data), filename])
            )
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _page(note, language, filename=filename, refusal=refusal), refusal.status
    return _page(note, language, filename=filename, outcome=outcome, digest=str(digest))


def _seal(note: str, language: str) -> URLSafeSerializer:
    # Only a file that was tried at this version can be named here, not any file of the store.
    return URLSafeSerializer(str(current_app.secret_key), salt=f"exchange {note} {language}")


def _page(
    note: str,
    language: str,
    *,
    filename: str = "",
    outcome: exchange.Outcome | None = None,
    digest: str = "",
    refusal: Refusal | None = None,
    form: Typed = UNTYPED,
) -> str:
    if refusal is not None:
        form = typed(refusal, {"file-missing": "file"})
        form = Typed({}, form.errors, form.summary or sentence(refusal))
    with looking() as work:
        row = find_note(work, note)
        version = texts.version_of(row, language)
        found = outcome or exchange.Outcome((), (), (), (), 0, True)
        page = ExchangePage(
            note=_lines.line(work, row),
            language=version.language,
            source_language=row.source_language,
            forms=() if version.is_source else forms(),
            may_bring=may_bring(work, row, language),
            checked=outcome is not None,
            filename=filename,
            digest=digest,
            changes=tuple(_changes(work, row, language, found)),
            conflicts=tuple(_conflicts(work, row, language, found)),
            untranslated=found.untranslated,
            unchanged=found.unchanged,
            faults=tuple(str(said(one)) for one in refusal.details) if refusal else (),
            typed=form,
            max_bytes=LARGEST_FILE_BYTES,
        )
        return render_template("exchange.html", page=page)


def _changes(work: Work, note: Note, language: str, found: exchange.Outcome) -> Iterable[Changed]:
    sources = {
        f"p{paragraph.id}": text.text
        for paragraph in texts.live_paragraphs(note)
        if (text := texts.text_in(paragraph, note.source_language)) is not None
    }
    for one in sorted((*found.changes, *found.confirmed), key=lambda change: change.ordinal):
        kind = "confirmed" if one.before == one.after else "changed" if one.before else "new"
        runs = _runs.reads(work, note, language, one.after)
        if kind == "changed":
            before = _runs.reads(work, note, language, one.before)
            runs = _runs.difference(_plain(before), _plain(runs))
        source = _runs.reads(work, note, note.source_language, sources.get(one.key, ""))
        yield Changed(one.ordinal, kind, runs, source=source)


def _conflicts(work: Work, note: Note, language: str, found: exchange.Outcome) -> Iterable[Changed]:
    for one in found.differences:
        ours = _plain(_runs.reads(work, note, language, one.ours)) if one.ours else ""
        yield Changed(one.ordinal, one.kind, _runs.reads(work, note, language, one.theirs), ours)


def _plain(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)
