"""The form of an incoming paper: a new one, one taken from a returned message, a correction."""

from __future__ import annotations

import re
from dataclasses import asdict

from flask import render_template, request, url_for
from flask_babel import gettext

from web.access import allowed
from web.pages import _files, _forms, _incoming_entry
from web.pages._ids import find_row, row_id
from web.pages._incoming import day_field, papers
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.parts import Typed
from workflow.errors import Refusal
from workflow.models import IncomingEntry, ReturnedMessage
from workflow.operations import incoming, incoming_acts, incoming_files, incoming_sources
from workflow.operations import papers as files_in
from workflow.operations.context import Work, begin_office
from workflow.operations.incoming_papers import Paper, paper_of

FIELDS = {
    "incoming-kind": "kind", "incoming-channel": "channel", "bad-received": "received_on", "incoming-future": "received_on",
    "incoming-early": "received_on", "unknown-member": "member", "incoming-sender": "member", "incoming-two-senders": "party",
    "bad-dated": "dated", "incoming-dated": "dated", "incoming-language": "language", "incoming-subject": "subject",
    "no-such-note": "notes", "incoming-note": "notes", "bad-due": "due", "incoming-due": "due", "incoming-assignee": "assignee",
    "incoming-filed": "filed", "paper-kind": "file", "paper-empty": "file", "too-large": "file", "incoming-files": "file",
    "incoming-file-twice": "file", "incoming-twice": "confirm", "reason-missing": "reason",
}  # fmt: skip


@at(papers, "new")
@allowed(actions="register_incoming")
def new() -> Answer:
    """Registers a paper, or a returned message as one."""
    if request.method == "GET":
        with looking() as work:
            return _new(work)
    files: list[incoming_files.File] = []
    try:
        with writing() as work:
            begin_office(work, "register_incoming")
            files = _sent(work)
            said, duty = _paper(), _duty()
            confirmed = bool(request.form.get("confirm"))
            if request.form.get("returned"):
                row = find_row(work, ReturnedMessage, request.form["returned"])
                given = {name: value for name, value in asdict(said).items() if name != "contact"}
                entry = incoming_sources.register_returned(work, row, given, duty=duty, confirmed=confirmed)
            else:
                entry = incoming.register(work, said, files, duty=duty, confirmed=confirmed)
            symbol, number = entry.symbol, entry.id
    except Refusal as refusal:
        if refusal.status in (403, 404) and refusal.code not in FIELDS:
            return refused(refusal, url_for("incoming.index"), gettext("Back to the register"))
        with looking() as work:
            return _new(work, refusal, files), refusal.status
    words = gettext("The paper is registered as %(number)s.", number=symbol)
    return _forms.done(words, "incoming.show", entry=number)


def _new(work: Work, refusal: Refusal | None = None, files: list[incoming_files.File] | None = None) -> str:
    typed = _typed(refusal)
    returned = request.values.get("returned", "")
    sure = True
    if returned:
        row = find_row(work, ReturnedMessage, returned)
        taken = incoming_sources.of_returned(work, row)
        said, sure = taken.paper, taken.sure
    else:
        asked = {
            name: request.args.get(name, "").strip()[:60] for name in ("note", "member", "kind", "channel")
        }
        said = Paper(
            asked["kind"],
            "",
            channel=asked["channel"],
            member=asked["member"].upper(),
            notes=(asked["note"],) if asked["note"] else (),
        )
    kept = _incoming_entry.keep(work, [one for one in files or [] if _may_keep(work, one)])
    page = _incoming_entry.form(
        work, said, typed=typed, returned=returned, sure=sure, kept=kept, twice=_twice(work, refusal)
    )
    return render_template("incoming_form.html", page=page)


def _typed(refusal: Refusal | None) -> Typed:
    if refusal is None:
        return Typed()
    typed = _forms.typed(refusal, FIELDS)
    return Typed({k: v for k, v in typed.values.items() if k != "kept"}, typed.errors, typed.summary)


def _twice(work: Work, refusal: Refusal | None) -> IncomingEntry | None:
    """The entry that a refusal names as likely the same."""
    if refusal is None or refusal.code != "incoming-twice":
        return None
    return incoming.find_entry(work, str(refusal.values["number"]))


def _may_keep(work: Work, file: incoming_files.File) -> bool:
    try:
        files_in.require(work, file.name, file.data)
    except Refusal:
        return False
    return True


def _sent(work: Work) -> list[incoming_files.File]:
    found = _files.several("file", work.settings.upload_bytes)
    return [*_incoming_entry.kept(work), *(incoming_files.File(one.name, one.data) for one in found)]


def _paper() -> Paper:
    """The paper as the form says it."""
    form = request.form
    return Paper(
        kind=form.get("kind", ""),
        subject=form.get("subject", ""),
        channel=form.get("channel", ""),
        received_on=day_field("received_on", "bad-received"),
        member=form.get("member", ""),
        party=form.get("party", ""),
        writer=form.get("writer", ""),
        reference=form.get("reference", ""),
        dated=day_field("dated", "bad-dated"),
        language=form.get("language", ""),
        summary=form.get("summary", ""),
        marking=form.get("marking", ""),
        notes=tuple(one for one in re.split(r"[;\n]|,\s", form.get("notes", "")) if one.strip()),
    )


def _duty() -> incoming.Duty:
    assignee = request.form.get("assignee", "")
    filed = bool(request.form.get("filed"))
    # The day that the form proposes means nothing where nothing is to be done.
    due = None if filed else day_field("due", "bad-due")
    return incoming.Duty(row_id(assignee) if assignee else None, due, filed)


@at(papers, "correct")
@allowed(actions="correct_incoming")
def correct(entry: str) -> Answer:
    """Puts what is said of a paper right."""
    if request.method == "GET":
        with looking() as work:
            return _correction(work, entry)
    try:
        with writing() as work:
            row = incoming.find_entry(work, row_id(entry))
            said = _paper()
            if said.writer == row.writer and row.contact_id is not None and _same_member(work, row, said):
                said = Paper(**{**asdict(said), "contact": row.contact_id})
            incoming_acts.correct(
                work,
                row,
                said,
                request.form.get("reason", ""),
                revision=_forms.seen_revision(),
                confirmed=bool(request.form.get("confirm")),
            )
            symbol = row.symbol
    except Refusal as refusal:
        if refusal.status in (403, 404) and refusal.code not in FIELDS:
            return refused(refusal, url_for("incoming.index"), gettext("Back to the register"))
        with looking() as work:
            return _correction(work, entry, refusal), refusal.status
    return _forms.done(gettext("%(number)s is corrected.", number=symbol), "incoming.show", entry=entry)


def _same_member(work: Work, row: IncomingEntry, said: Paper) -> bool:
    return paper_of(work, row).member == said.member.strip().upper()


def _correction(work: Work, entry: str, refusal: Refusal | None = None) -> str:
    row = incoming.find_entry(work, row_id(entry))
    page = _incoming_entry.form(
        work,
        paper_of(work, row),
        typed=_typed(refusal),
        entry=row,
        twice=_twice(work, refusal),
    )
    return render_template("incoming_form.html", page=page)
