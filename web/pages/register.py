"""The register of outgoing notes: the list, the journal for printing, the table."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, render_template
from flask_babel import gettext
from sqlalchemy import func, select

from web.access import allowed
from web.pages import _register, _tables
from web.pages._lines import markings, names, series
from web.pages._routes import at
from web.session import looking
from web.views.parts import SINGLE_PAGE, Keyset, Option
from web.views.register import RegisterPage
from web.views.words import STATUSES
from workflow import register
from workflow.models import RegisterEntry
from workflow.operations.context import Work

blueprint = Blueprint("register", __name__)

READERS = allowed(actions="read_register")


def _page(
    work: Work,
    query: _register.Query,
    entries: Sequence[RegisterEntry],
    paging: Keyset = SINGLE_PAGE,
    *,
    journal: bool = False,
) -> RegisterPage:
    used = list(work.session.scalars(select(RegisterEntry.series).distinct()))
    proved = query.series or (used[0] if len(used) == 1 else "")
    folded = register.fold(query.text).upper()
    last = select(func.max(RegisterEntry.id))
    if query.series:
        last = last.where(RegisterEntry.series == query.series)
    newest = work.session.get(RegisterEntry, work.session.scalar(last) or 0)
    return RegisterPage(
        rows=_register.rows(work, entries, names(work)),
        continuity=_register.continuity(work, proved) if proved else None,
        title_series=query.series,
        since=query.since,
        until=query.until,
        query=query.text,
        # Only a number that was typed in another script is worth the remark.
        folded=folded
        if query.text and not query.text.isascii() and any(sign.isdigit() for sign in folded)
        else "",
        series=series(work.profile, query.series),
        states=tuple(
            Option(key, gettext(STATUSES[key].word), key == query.state) for key in _register.STATES
        ),
        markings=markings(work.profile, query.marking),
        paging=paging,
        last_number=newest.symbol if newest else "",
        journal=journal,
        printed_by=work.actor.name,
        printed_at=work.now(),
    )


@at(blueprint, "index")
@READERS
def index() -> str:
    """The numbers, newest first."""
    with looking() as work:
        query = _register.asked(work)
        statement = _register.statement(work, query)
        entries, paging = _tables.keyset(work, statement, RegisterEntry.id, keep=query.arguments)
        return render_template("register.html", page=_page(work, query, entries, paging))


def _all(work: Work, query: _register.Query) -> list[RegisterEntry]:
    by_number = (RegisterEntry.series, RegisterEntry.year, RegisterEntry.serial, RegisterEntry.id)
    return list(work.session.scalars(_register.statement(work, query).order_by(*by_number)))


@at(blueprint, "journal")
@READERS
def journal() -> str:
    """All numbers that were asked for in their order, for printing and binding."""
    with looking() as work:
        query = _register.asked(work)
        return render_template("register.html", page=_page(work, query, _all(work, query), journal=True))


def _table(work: Work) -> tuple[list[str], list[list[object]]]:
    """The numbers that were asked for as a table: its header, and a line each."""
    header = [
        gettext("Number"), gettext("Date"), gettext("Subject"), gettext("Languages"), gettext("Enclosures"),
        gettext("Pages"), gettext("Addressees"), gettext("State"), gettext("Acknowledged"), gettext("Remark"),
    ]  # fmt: skip
    lines: list[list[object]] = [
        [
            row.note.name,
            row.dated.isoformat(),
            row.note.subject,
            " ".join(row.languages),
            *row.enclosures,
            row.addressees,
            gettext(STATUSES[row.status].word),
            row.acknowledged[0] if row.acknowledged else "",
            row.void_sentence,
        ]
        for row in _register.rows(work, _all(work, _register.asked(work)), names(work))
    ]
    return header, lines


@at(blueprint, "table")
@READERS
def table() -> Response:
    """The same as a table."""
    with looking() as work:
        return _tables.table("register.csv", *_table(work))


@at(blueprint, "book")
@READERS
def book() -> Response:
    """The same as a workbook."""
    with looking() as work:
        return _tables.book("register.xlsx", "register", *_table(work))
