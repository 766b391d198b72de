"""The desk of trouble: what of the post needs a person, over all notes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from web.access import allowed
from web.pages import _tables
from web.pages._halting import acts_on_message
from web.pages._lines import line
from web.pages._routes import at
from web.problems import said
from web.session import looking
from web.views.trouble import TroubleLine, TroublePage
from web.views.words import TROUBLE_ACTS
from workflow.models import IncomingEntry, Outgoing, ReturnedMessage
from workflow.operations import incoming_sources, trouble
from workflow.operations.context import Work
from workflow.permissions import why_not_office
from workflow.states import Role

blueprint = Blueprint("trouble", __name__)
# A list that nobody reads to its end is shown in pages.
MOST = 100


@at(blueprint, "index")
@allowed(Role.REGISTRY, Role.DIRECTOR)
def index() -> str:
    """Every line with its one next act, the most urgent first; `kind` shows those of one kind."""
    with looking() as work:
        found = trouble.of(work)
        counts = {kind: sum(one.kind == kind for one in found) for kind in trouble.KINDS}
        chosen = request.args.get("kind", "")
        kind = chosen if chosen in counts else ""
        lines = [one for one in found if not kind or one.kind == kind]
        shown, paging = _tables.numbered(lines, MOST, keep={"kind": kind})
        sent, letters = _sent(work, shown), _letters(work, shown)
        page = TroublePage(
            lines=tuple(
                _line(work, one, sent.get(one.delivery or 0), one.returned in letters) for one in shown
            ),
            counts={kind: count for kind, count in counts.items() if count},
            kind=kind,
            total=len(found),
            paging=paging,
        )
        return render_template("trouble.html", page=page)


def _sent(work: Work, shown: Sequence[trouble.Trouble]) -> dict[int, Outgoing]:
    """The messages that these lines are about."""
    ids = [one.delivery for one in shown if one.delivery]
    rows = work.session.scalars(select(Outgoing).where(Outgoing.id.in_(ids)).options(trouble.LIGHT))
    return {row.id: row for row in rows}


def _letters(work: Work, shown: Sequence[trouble.Trouble]) -> set[int]:
    """The returned messages among these lines that the person may register as incoming papers."""
    if why_not_office(work.actor, "register_incoming") is not None:
        return set()
    ids = [one.returned for one in shown if one.returned]
    taken = select(IncomingEntry.returned_id).where(
        IncomingEntry.returned_id.in_(ids), IncomingEntry.cancelled_at.is_(None)
    )
    rows = work.session.scalars(
        select(ReturnedMessage).where(ReturnedMessage.id.in_(ids), ReturnedMessage.id.not_in(taken))
    )
    return {row.id for row in rows if incoming_sources.may_register(row)}


def _line(work: Work, one: trouble.Trouble, sent: Outgoing | None, letter: bool) -> TroubleLine:
    note = line(work, one.note) if one.note else None
    if one.returned is not None:
        url = url_for("returned.show", message=str(one.returned))
    elif one.kind == "mailbox":
        url = url_for("returned.index")
    elif one.act in ("correct", "renew", "settle"):
        # The form of a change, with what came back to be sent again, is one step away.
        old = sent if one.act == "correct" else None
        url = url_for(
            "directory.member",
            member=one.member,
            contact=str(old.contact_id) if old else None,
            _anchor="propose" if old else None,
        )
    elif one.reminder:
        assert one.note is not None
        url = url_for("reminders.show", note=one.note.reference, _anchor=f"message-{one.delivery}")
    else:
        assert one.note is not None  # Only returned mail may belong to none.
        opened = one.member or None
        anchor = f"state-{one.member}" if one.member else None
        url = url_for("circulation.board", note=one.note.reference, open=opened, _anchor=anchor)
    message = sent if one.reminder else None
    return TroubleLine(
        kind=one.kind,
        sentence=str(said(one.sentence)),
        since=one.since,
        act=gettext(TROUBLE_ACTS[one.act]),
        url=url,
        note=note,
        member=one.member,
        count=one.count,
        register=url_for("incoming.new", returned=str(one.returned)) if letter else "",
        key=str(one.delivery) if message else "",
        may=acts_on_message(work, one.note, message) if message and one.note else frozenset(),
    )
