"""What changed or ended a note, as those who received it are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import select

from web.pages._lines import line
from web.views.following import Successor
from workflow.models import Delivery, Note
from workflow.operations import lineage
from workflow.operations.context import Work
from workflow.operations.dispatch import link_token


def told(work: Work, note: Note, delivery: Delivery | None = None) -> tuple[Successor, ...]:
    """The notes that correct, supplement, replace or withdraw a note, oldest first.

    A correction of one language is told to everybody: whoever reads that language has to know.
    Where `delivery` is given, each leads to the same contact's own page of it, if there is one.
    """
    return tuple(one(work, each, delivery, note) for each in lineage.successors_of(work, note))


def on_board(work: Work, note: Note, current: Mapping[int, str]) -> dict[str, Any]:
    """What the board says of it: how many states hold the `current` version, and what ended the note."""
    ended = lineage.ending_of(work, note, out=True)
    return {
        "current": (sum(one == "yes" for one in current.values()), len(current)) if current else None,
        "ended": line(work, ended) if ended else None,
        "withdrawn": ended is not None and ended.relation == "withdrawal_notice",
    }


def one(work: Work, note: Note, delivery: Delivery | None = None, received: Note | None = None) -> Successor:
    """One of them; `received` is the note that it is told to a reader of."""
    assert note.symbol is not None and note.approval is not None and note.relation is not None
    mine = None
    if delivery is not None:
        mine = work.session.scalar(
            select(Delivery).where(
                Delivery.note_id == note.id,
                Delivery.contact_id == delivery.contact_id,
                Delivery.link_revoked_at.is_(None),
            )
        )
    url = (
        url_for("receipt.show", token=link_token(work, mine.message_id, mine.link_serial))
        if mine is not None
        else ""
    )
    what = ""
    if received is not None and note.parent_id != received.id and note.relation in lineage.REPLACING:
        what = work.session.get_one(Note, note.parent_id).name
    over = lineage.withdrawal_of(work, note, out=True) is not None
    return Successor(note.relation, note.symbol, note.approval.dated, url, what, note.concerns or "", over)
