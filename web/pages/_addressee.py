"""The note of a board, and the delivery that stands for one of its states."""

from __future__ import annotations

from web import board
from workflow.errors import Conflict, NotFound
from workflow.models import Delivery, Note
from workflow.operations.context import Work, find_note
from workflow.states import Human, NoteState


def dispatched(work: Work, name: str) -> Note:
    """A note that was dispatched; raises Conflict for another."""
    note = find_note(work, name)
    if note.state is not NoteState.DISPATCHED:
        raise Conflict(
            "not-dispatched", "%(note)s was not dispatched yet, so there is no board of it.", note=note.name
        )
    return note


def chosen(work: Work, note: str, code: str) -> tuple[Note, Delivery]:
    """The note and the member's delivery that a receipt on its behalf is recorded for."""
    row = dispatched(work, note)
    members = {one.member.code: one for one in board.standings(work, row, work.actor.locale)}
    standing = members.get(code.upper())
    if standing is None:
        raise NotFound(
            "no-such-addressee", "%(code)s is not an addressee of %(note)s.", code=code, note=row.name
        )
    counting = [one for one in standing.deliveries if one.role != "cc"] or list(standing.deliveries)
    if not counting:
        raise Conflict(
            "addressee-waived",
            "%(code)s was let go without a message, so there is nothing to receive.",
            code=code,
        )
    # The main contact first; one that has acknowledged by itself comes last.
    first = min(counting, key=lambda one: (one.human is Human.ACKNOWLEDGED, one.role != "to", one.id))
    return row, work.session.get_one(Delivery, first.id)
