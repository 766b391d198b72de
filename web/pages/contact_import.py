"""Import of states and contacts from CSV, on a page of the directory."""

from __future__ import annotations

import re

from flask import current_app, render_template, request
from flask_babel import gettext, ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from web.access import allowed
from web.pages import _files
from web.pages._forms import done, kept, typed
from web.pages._refused import Answer
from web.pages._routes import at
from web.pages.directory import blueprint as directory_pages
from web.problems import said
from web.session import looking, writing
from web.views.directory import ImportPage, ImportProblem
from web.views.parts import UNTYPED, Typed
from workflow.errors import Phrase, Refusal
from workflow.operations import importing
from workflow.operations.context import Work
from workflow.permissions import why_not_office

CSV_BYTES = 2_000_000


@at(directory_pages, "load")
@allowed(actions="import_directory")
def load() -> Answer:
    """Import in two steps: a trial that writes nothing, then the very file that was tried."""
    if request.method == "GET":
        return _import()
    if request.form.get("step") != "write":
        return _trial()
    try:
        sha256, filename = _seal().loads(request.form.get("digest", ""))
        with writing() as work:
            outcome = _bring_in(work, work.store.get(sha256), dry_run=False)
    except BadSignature:
        return _import(form=kept({}, gettext("Try the file first."))), 422
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    if outcome.noun == "contacts":
        words = ngettext(
            "%(num)s contact waits for a second person.",
            "%(num)s contacts wait for a second person.",
            outcome.new,
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
        file = _files.sent("file", CSV_BYTES, code="file-missing", missing=Phrase("Choose a CSV file."))
        filename = file.name
        with writing() as work:
            outcome = _bring_in(work, file.data, dry_run=True)
            digest = _seal().dumps([work.store.put(file.data), filename])
    except Refusal as refusal:
        return _import(filename=filename, refusal=refusal), refusal.status
    return _import(filename=filename, digest=str(digest), outcome=outcome)


def _seal() -> URLSafeSerializer:
    # Only a file that was tried here can be named for the import, not any file of the store.
    return URLSafeSerializer(str(current_app.secret_key), salt="directory import")


def _bring_in(work: Work, data: bytes, *, dry_run: bool) -> importing.Outcome:
    first = data[:4096].decode("utf-8-sig", errors="replace").partition("\n")[0].lower()
    columns = {name.strip().strip('"') for name in re.split("[,;]", first)}
    if {"code", "since"} <= columns:
        return importing.import_states(work, data, dry_run=dry_run)
    return importing.import_contacts(work, data, dry_run=dry_run)


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
        problems = [ImportProblem(one["line"], str(said(one["fault"]))) for one in lines]
        form = UNTYPED if problems else typed(refusal, {"file-missing": "file"})
    with looking() as work:
        proposes = why_not_office(work.actor, "propose_contact") is None
        states = importing.STATE_COLUMNS + tuple(f"name_{code}" for code in work.profile.languages)
    page = ImportPage(
        columns=importing.CONTACT_COLUMNS if proposes else states,
        checked=outcome is not None or bool(problems),
        filename=filename,
        digest=digest,
        lines=outcome.new + outcome.known if outcome else len(problems),
        additions=outcome.new if outcome else 0,
        unchanged=outcome.known if outcome else 0,
        problems=tuple(problems),
        typed=form,
        max_bytes=CSV_BYTES,
    )
    return render_template("import.html", page=page)
