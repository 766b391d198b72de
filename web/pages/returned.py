"""Returned mail that moved nothing by itself and waits for a person."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import func, select

from web.access import allowed
from web.pages import _mail
from web.pages._forms import done
from web.pages._ids import find_row, row_id
from web.pages._lines import line
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.pages._tables import PAGE
from web.problems import said
from web.session import looking, writing
from web.views.parts import Keyset, NoteLine
from web.views.post import ReturnedLine, ReturnedPage
from workflow.errors import Refusal
from workflow.models import Delivery, Note, ReturnedMessage
from workflow.operations import incoming_sources, returned_mail
from workflow.operations.context import Work, require_reason
from workflow.permissions import why_not_office

blueprint = Blueprint("returned", __name__)

READERS = allowed(actions="settle_returned")


def _line(work: Work, row: ReturnedMessage) -> ReturnedLine:
    note: NoteLine | None = None
    if row.delivery_id is not None:
        delivery = work.session.get_one(Delivery, row.delivery_id)
        note = line(work, work.session.get_one(Note, delivery.note_id))
    entry = incoming_sources.entry_of_returned(work, row)
    return ReturnedLine(
        key=str(row.id),
        sender=row.sender,
        subject=row.subject,
        at=row.received_at,
        verdict=row.category,
        why=_why(row),
        note=note,
        settled=row.state == "settled",
        incoming=(entry.symbol, str(entry.id)) if entry else None,
        may_register=entry is None
        and incoming_sources.may_register(row)
        and why_not_office(work.actor, "register_incoming") is None,
    )


def _why(row: ReturnedMessage) -> str:
    if row.state == "settled":
        return str(said(row.reason))
    if row.verified and row.category == "complaint":
        return gettext("Somebody marked our message as unwanted mail.")
    if row.verified and row.reason:
        return str(said(row.reason))
    if row.verified:
        return gettext("It came to a return address of ours, but says nothing of the delivery.")
    if row.delivery_id is not None:
        return gettext("It names one of our messages, but no token of ours came with it.")
    if row.reason:
        return str(said(row.reason))
    return gettext("It belongs to no message of ours.")


@at(blueprint, "index")
@READERS
def index() -> str:
    """The messages that nobody has settled yet, oldest first."""
    with looking() as work:
        statement = select(ReturnedMessage).where(ReturnedMessage.state == "waiting")
        text = request.args.get("before", "")
        if text.isascii() and text.isdecimal() and len(text) < 10:
            statement = statement.where(ReturnedMessage.id > int(text))
        rows = list(work.session.scalars(statement.order_by(ReturnedMessage.id).limit(PAGE + 1)))
        more = len(rows) > PAGE
        settled = select(func.count()).select_from(ReturnedMessage).where(ReturnedMessage.state == "settled")
        page = ReturnedPage(
            tuple(_line(work, row) for row in rows[:PAGE]),
            work.session.scalar(settled) or 0,
            Keyset(older={"before": str(rows[PAGE - 1].id)} if more else None, newer={} if text else None),
        )
        return render_template("returned.html", page=page)


@at(blueprint, "show")
@READERS
def show(message: str) -> str:
    """One message as text that does nothing."""
    with looking() as work:
        row = find_row(work, ReturnedMessage, message)
        back = (url_for("returned.index"), gettext("Returned mail"))
        returned = _line(work, row) if row.state in ("waiting", "settled") else None
        page = _mail.shown(work.store.get(row.sha256), back=back, at=row.received_at, returned=returned)
        return render_template("message.html", page=page)


@at(blueprint, "settle")
@READERS
def settle(message: str) -> Answer:
    """A person says what was done about a message."""
    try:
        with writing() as work:
            find_row(work, ReturnedMessage, message)
            reason = require_reason(request.form.get("reason"))
            returned_mail.settle(work, row_id(message), reason)
    except Refusal as refusal:
        return refused(refusal, url_for("returned.show", message=message), gettext("Back to the message"))
    return done(gettext("The message is settled."), "returned.index")
