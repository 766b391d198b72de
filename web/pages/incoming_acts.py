"""Acts on an incoming paper: add files, give it to somebody, settle, open again, cancel, erase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from web.access import allowed, allowed_signed_in
from web.pages import _files, _forms, _incoming_entry
from web.pages._ids import row_id
from web.pages._incoming import day_field, papers
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from workflow.errors import Refusal, Stale
from workflow.models import IncomingEntry
from workflow.operations import erasing, incoming, incoming_acts, incoming_files
from workflow.operations.context import Work, begin_office

FIELDS = {
    "bad-due": "due",
    "incoming-due": "due",
    "incoming-assignee": "assignee",
    "paper-kind": "file",
    "paper-empty": "file",
    "too-large": "file",
    "incoming-files": "file",
    "incoming-file-twice": "file",
    "incoming-no-file": "file",
    "incoming-remark": "remark",
    "reason-long": "remark",
    "incoming-answer": "answer",
    "no-such-note": "answer",
    "reason-missing": "reason",
    "decision-missing": "reason",
}


@at(papers, "add_files")
@allowed(actions="correct_incoming")
def add_files(entry: str) -> Answer:
    """Adds files to an entry."""

    def verb(work: Work, row: IncomingEntry) -> None:
        begin_office(work, "correct_incoming")
        found = _files.several("file", work.settings.upload_bytes)
        files = [incoming_files.File(one.name, one.data) for one in found]
        incoming_acts.add_files(work, row, files, revision=_forms.seen_revision())

    return _act(entry, "add_files", verb, gettext("The files are added."))


@at(papers, "assign")
@allowed(actions="assign_incoming")
def assign(entry: str) -> Answer:
    """Gives a paper to somebody, with a day."""

    def verb(work: Work, row: IncomingEntry) -> None:
        person = request.form.get("assignee", "")
        incoming_acts.assign(
            work,
            row,
            row_id(person) if person else None,
            day_field("due", "bad-due"),
            revision=_forms.seen_revision(),
        )

    return _act(entry, "assign", verb, gettext("It is noted who deals with it."))


@at(papers, "settle")
@allowed_signed_in
def settle(entry: str) -> Answer:
    """Says that a paper is dealt with."""

    def verb(work: Work, row: IncomingEntry) -> None:
        form = request.form
        incoming_acts.settle(
            work, row, form.get("remark", ""), form.get("answer", ""), revision=_forms.seen_revision()
        )

    return _act(entry, "settle", verb, gettext("The paper is dealt with."))


@at(papers, "reopen")
@allowed(actions="reopen_incoming")
def reopen(entry: str) -> Answer:
    """Takes back that a paper is dealt with."""

    def verb(work: Work, row: IncomingEntry) -> None:
        incoming_acts.reopen(work, row, request.form.get("reason", ""), revision=_forms.seen_revision())

    return _act(entry, "reopen", verb, gettext("The paper is to be dealt with again."))


@at(papers, "cancel")
@allowed(actions="cancel_incoming")
def cancel(entry: str) -> Answer:
    """Cancels what was registered by mistake."""

    def verb(work: Work, row: IncomingEntry) -> None:
        incoming_acts.cancel(work, row, request.form.get("reason", ""), revision=_forms.seen_revision())

    return _act(entry, "cancel", verb, gettext("The entry is cancelled; its number stays."))


@at(papers, "erase")
@allowed(actions="erase_personal")
def erase(entry: str) -> Answer:
    """Erases what is written of people in an entry."""

    def verb(work: Work, row: IncomingEntry) -> None:
        erasing.erase_incoming(
            work, row, request.form.get("reason", ""), papers=bool(request.form.get("papers"))
        )

    return _act(entry, "erase", verb, gettext("The personal data are erased."))


def _act(entry: str, name: str, verb: Callable[[Work, IncomingEntry], Any], words: str) -> Answer:
    """One act on an entry; a refused form comes back on its page, with what was typed."""
    try:
        with writing() as work:
            verb(work, incoming.find_entry(work, row_id(entry)))
    except Refusal as refusal:
        if (refusal.status in (403, 404) and refusal.code not in FIELDS) or isinstance(refusal, Stale):
            return refused(
                refusal, url_for("incoming.show", entry=row_id(entry)), gettext("Back to the paper")
            )
        with looking() as work:
            row = incoming.find_entry(work, row_id(entry))
            page = _incoming_entry.make(work, row, _forms.typed(refusal, FIELDS), name)
            return render_template("incoming_entry.html", page=page), refusal.status
    return _forms.done(words, "incoming.show", entry=row_id(entry))
