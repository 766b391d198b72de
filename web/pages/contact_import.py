"""Import of states and contacts from a table, CSV or XLSX, on a page of the directory."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask_babel import gettext, ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from web.access import allowed
from web.pages import _files, _proposals
from web.pages._forms import done, kept, typed
from web.pages._refused import Answer
from web.pages._routes import at
from web.pages.directory import blueprint as directory_pages
from web.problems import said
from web.session import looking, writing
from web.views.directory import ImportLine, ImportPage, ImportProblem
from web.views.parts import UNTYPED, Typed
from workflow.errors import Conflict, Phrase, Refusal
from workflow.operations import importing, papers
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.tables import reading

CSV_BYTES = 2_000_000
# How many lines and faults a page shows.
SHOWN = 200
# Before a table that was tried, so that taking it away again takes away no other file with the same bytes.
TRIED = b"A table that was tried.\n"
FIELDS = {"file-missing": "file", "document-missing": "document"}


@at(directory_pages, "load")
@allowed(actions="import_directory")
def load() -> Answer:
    """Import in two steps: a trial that writes nothing, then the very file that was tried."""
    if request.method == "GET":
        return _import()
    if request.form.get("step") != "write":
        return _trial()
    try:
        sha256, filename, document = _seal().loads(request.form.get("digest", ""))
        with writing() as work:
            outcome = _bring_in(work, _tried(work, sha256), dry_run=False, source_file=document or None)
    except BadSignature:
        return _import(form=kept({}, gettext("Try the file first."))), 422
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    # Names and addresses are in the directory now, where they can be erased; the table is not needed.
    with looking() as work:
        work.store.erase(sha256)
    if outcome.noun == "contacts":
        number = outcome.new + outcome.changed
        words = ngettext(
            "%(num)s contact waits for a second person.",
            "%(num)s contacts wait for a second person.",
            number,
        )
    else:
        words = ngettext(
            "%(num)s member is new in the directory.",
            "%(num)s members are new in the directory.",
            outcome.new,
        )
    return done(words, "directory.index")


def _trial() -> Answer:
    filename = ""
    try:
        file = _files.sent(
            "file", CSV_BYTES, code="file-missing", missing=Phrase("Choose a CSV or XLSX file.")
        )
        filename = file.name
        with writing() as work:
            outcome = _bring_in(work, file.data, dry_run=True)
            document = _document(work)
            digest = _seal().dumps([work.store.put(TRIED + file.data), filename, document])
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    return _import(filename=filename, digest=str(digest), outcome=outcome)


def _tried(work: Work, sha256: str) -> bytes:
    if not work.store.has(sha256):
        raise Conflict(
            "import-done", "This file was brought in already. Try it again to see what is left of it."
        )
    return work.store.get(sha256).removeprefix(TRIED)


def _document(work: Work) -> str:
    """The digest of the document that all of the table comes from; nothing where none was handed in."""
    if not request.files.get("document"):
        return ""
    missing = Phrase("Add the document that asks for it, such as the note verbale.")
    file = _files.sent("document", work.settings.upload_bytes, code="document-missing", missing=missing)
    papers.require_scan(file.name, file.data, "document-missing", mail=True)
    return work.store.put(file.data)


def _seal() -> URLSafeSerializer:
    # Only a file that was tried here can be named for the import, not any file of the store.
    return URLSafeSerializer(str(current_app.secret_key), salt="directory import")


def _bring_in(work: Work, data: bytes, *, dry_run: bool, source_file: str | None = None) -> importing.Outcome:
    found = reading.columns(data, (*importing.CONTACT_COLUMNS, *importing.STATE_COLUMNS))
    if {"code", "since"} <= found and "address" not in found:
        return importing.import_states(work, data, dry_run=dry_run)
    return importing.import_contacts(work, data, dry_run=dry_run, source_file=source_file)


def _shown(outcome: importing.Outcome) -> list[ImportLine]:
    """The first lines that would bring something in."""
    words = _proposals.labels()
    wanted = [one for one in outcome.lines if one.what != "known"][:SHOWN]
    return [
        ImportLine(
            one.number,
            one.member,
            one.address,
            gettext("Changed: %(what)s", what=", ".join(words[name] for name in one.changed))
            if one.what == "changed"
            else gettext("New"),
        )
        for one in wanted
    ]


def _import(
    *,
    filename: str = "",
    digest: str = "",
    outcome: importing.Outcome | None = None,
    refusal: Refusal | None = None,
    form: Typed = UNTYPED,
) -> str:
    problems = []
    if refusal is not None:
        lines = [item.values for item in refusal.details if isinstance(item, Phrase)]
        problems = [ImportProblem(one["line"], str(said(one["fault"]))) for one in lines if "fault" in one]
        form = UNTYPED if problems else typed(refusal, FIELDS)
    with looking() as work:
        proposes = why_not_office(work.actor, "propose_contact") is None
        states = importing.STATE_COLUMNS + tuple(f"name_{code}" for code in work.profile.languages)
    page = ImportPage(
        columns=(*importing.CONTACT_COLUMNS, *importing.CONTACT_MORE) if proposes else states,
        checked=outcome is not None or bool(problems),
        filename=filename,
        digest=digest,
        lines=outcome.new + outcome.changed + outcome.known if outcome else 0,
        additions=outcome.new if outcome else 0,
        changes=outcome.changed if outcome else 0,
        unchanged=outcome.known if outcome else 0,
        problems=tuple(problems[:SHOWN]),
        more_problems=max(0, len(problems) - SHOWN),
        noun=outcome.noun if outcome else "contacts",
        shown=tuple(_shown(outcome)) if outcome else (),
        more=max(0, outcome.new + outcome.changed - SHOWN) if outcome and outcome.lines else 0,
        missing=outcome.missing[:SHOWN] if outcome else (),
        ignored=outcome.ignored if outcome else (),
        typed=form,
        max_bytes=CSV_BYTES,
    )
    return render_template("import.html", page=page)
