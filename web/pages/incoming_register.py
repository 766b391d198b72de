"""Incoming papers: the register, the journal for printing, the table, one entry and its files."""

from __future__ import annotations

from flask import Response, render_template
from flask_babel import gettext

from web.access import allowed_signed_in
from web.pages import _files, _incoming, _incoming_entry, _incoming_query, _tables
from web.pages._ids import row_id
from web.pages._incoming import papers
from web.pages._routes import at
from web.session import looking
from web.views.parts import SINGLE_PAGE
from web.views.words import INCOMING_KINDS, STATUSES
from workflow.operations import incoming
from workflow.operations.context import Work

# The acts and the form stand in modules of their own, which are read before this one.
blueprint = papers


@at(papers, "index")
@allowed_signed_in
def index() -> str:
    """The entries that the person may see, newest first or as they order them."""
    with looking() as work:
        query = _incoming_query.asked()
        entries, paging = _incoming_query.page_of(work, query)
        return render_template("incoming.html", page=_incoming.view(work, query, entries, paging))


@at(papers, "journal")
@allowed_signed_in
def journal() -> str:
    """All entries that were asked for by number, for printing and binding."""
    with looking() as work:
        query = _incoming_query.asked()
        page = _incoming.view(work, query, _incoming_query.all_of(work, query), SINGLE_PAGE, journal=True)
        return render_template("incoming.html", page=page)


def _table(work: Work) -> tuple[list[str], list[list[object]]]:
    """The entries that were asked for as a table: its header, and a line each."""
    header = [
        gettext("Number"), gettext("Received"), gettext("Sender"), gettext("Sender’s number"), gettext("Sender’s date"),
        gettext("Kind"), gettext("Subject"), gettext("Notes it is about"), gettext("Given to"), gettext("Due"),
        gettext("Status"), gettext("Files"), gettext("Remark"),
    ]  # fmt: skip
    lines: list[list[object]] = [
        [
            row.symbol,
            row.received.isoformat(),
            row.sender,
            row.reference,
            row.dated.isoformat() if row.dated else "",
            gettext(INCOMING_KINDS[row.kind]),
            row.subject,
            " ".join(note.name for note in row.notes),
            row.assignee,
            row.due.isoformat() if row.due else "",
            gettext(STATUSES[row.status].word),
            row.files,
            row.cancelled,
        ]
        for row in _incoming.rows(work, _incoming_query.all_of(work, _incoming_query.asked()))
    ]
    return header, lines


@at(papers, "table")
@allowed_signed_in
def table() -> Response:
    """The same as a table."""
    with looking() as work:
        return _tables.table("incoming.csv", *_table(work))


@at(papers, "book")
@allowed_signed_in
def book() -> Response:
    """The same as a workbook."""
    with looking() as work:
        return _tables.book("incoming.xlsx", "incoming", *_table(work))


@at(papers, "show")
@allowed_signed_in
def show(entry: str) -> str:
    """One entry."""
    with looking() as work:
        page = _incoming_entry.make(work, incoming.find_entry(work, row_id(entry)))
        return render_template("incoming_entry.html", page=page)


@at(papers, "file")
@allowed_signed_in
def file(entry: str, file: str) -> Response:
    """A file of an entry, as a download."""
    with looking() as work:
        row = incoming.find_file(work, incoming.find_entry(work, row_id(entry)), row_id(file))
        return _files.download(work.store.get(row.sha256), row.filename)
