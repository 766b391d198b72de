"""What a following note refers to, and what it ends: the note before it never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from workflow.errors import Conflict, Invalid, Phrase
from workflow.models import Delivery, Note, SilenceOutcome, SilenceProcedure
from workflow.operations import silent
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, NoteState

# What takes the place of the note that it follows, so that nobody is reminded of that one any more.
REPLACING = ("revision", "withdrawal_notice")
# What belongs to the text of a note: who holds all of it holds the current version.
AMENDING = ("corrigendum", "addendum", "revision")
# The words of the letter that name the note it follows.
LINKS = {
    "corrigendum": "corrects",
    "addendum": "adds_to",
    "revision": "replaces",
    "reminder": "reminds_of",
    "withdrawal_notice": "withdraws",
    "outcome": "further_to",
}
WITHDRAWN = Phrase("The note was withdrawn by %(number)s before this was sent.")


def require_parent(work: Work, parent: Note, relation: str, concerns: str) -> None:
    """Raises Conflict or Invalid where no note may follow `parent` so."""
    withdrawn = withdrawal_of(work, parent)
    if withdrawn is not None:
        raise Conflict(
            "parent-withdrawn",
            "%(note)s was withdrawn by %(by)s, so nothing can follow it any more.",
            note=parent.name,
            by=withdrawn.name,
        )
    assert parent.approval is not None  # It is dispatched.
    if concerns and relation != "corrigendum":
        raise Invalid("concerns-relation", "Only a corrigendum may concern one language alone.")
    if concerns and concerns not in parent.approval.languages:
        raise Invalid(
            "concerns-language",
            "%(note)s went out in %(languages)s, not in “%(language)s”. Choose one of these.",
            note=parent.name,
            languages=", ".join(parent.approval.languages),
            language=concerns,
        )


def with_reference(work: Work, parent: Note, relation: str, particulars: Mapping[str, Any]) -> dict[str, Any]:
    """The particulars with the line that names the note it follows, unless somebody wrote others."""
    link = LINKS[relation]
    known = all(link in one.wording.links for one in work.profile.languages.values())
    if particulars.get("related") or not known or parent.symbol is None or parent.approval is None:
        return dict(particulars)
    line = {"link": link, "number": parent.symbol, "day": parent.approval.dated.isoformat()}
    return {**particulars, "related": [line]}


def children_of(work: Work, note: Note) -> Sequence[Note]:
    """The dispatched notes that follow a note, in the order of their dispatch."""
    return work.session.scalars(
        select(Note)
        .where(Note.parent_id == note.id, Note.state == NoteState.DISPATCHED)
        .order_by(Note.dispatched_at, Note.id)
    ).all()


def withdrawal_of(work: Work, note: Note) -> Note | None:
    """The dispatched notice that withdraws a note; None while there is none."""
    return next((one for one in children_of(work, note) if one.relation == "withdrawal_notice"), None)


def went_out(row: Delivery, relation: str | None) -> bool:
    """Whether a delivery counts as sent for a note that follows so.

    A correction also goes to whom the first is still on its way; nobody is told of the withdrawal of what
    was never sent to them.
    """
    if row.cancelled_at is not None:
        return False
    return relation != "withdrawal_notice" or row.transport is not None


def take_place(work: Work, note: Note, release: datetime) -> None:
    """What the dispatch of a following note does to the one it follows.

    A revision or a withdrawal notice ends its reminders.  A withdrawal notice moreover ends its
    personal links from the release on, calls off whatever of it was not sent, and its silence procedure.
    """
    if note.parent_id is None or note.relation not in REPLACING:
        return
    parent = work.session.get_one(Note, note.parent_id)
    silent.end_plan(work, parent.id, note)
    if note.relation != "withdrawal_notice":
        return
    work.session.execute(
        update(SilenceProcedure)
        .where(SilenceProcedure.note_id == parent.id, SilenceProcedure.outcome.is_(None))
        .values(
            outcome=SilenceOutcome.CANCELLED,
            ended_at=work.now(),
            ended_by=work.actor.id,
            ended_reason=Phrase("The note was withdrawn by %(note)s.", note=note.name),
        )
        .execution_options(synchronize_session=False)
    )
    work.session.execute(
        update(Delivery)
        .where(Delivery.note_id == parent.id, Delivery.link_revoked_at.is_(None))
        .values(link_revoked_at=release)
        .execution_options(synchronize_session=False)
    )
    work.session.execute(
        update(Delivery)
        .where(
            Delivery.note_id == parent.id,
            Delivery.queue.in_([DeliveryQueue.QUEUED, DeliveryQueue.HELD]),
        )
        .values(
            queue=DeliveryQueue.DONE,
            cancelled_at=work.now(),
            held_as=None,
            held_reason=Phrase(WITHDRAWN.message, number=note.name),
            claimed_at=None,
            claimed_by=None,
        )
        .execution_options(synchronize_session=False)
    )
    work.session.expire_all()


def move(work: Work, note: Note, before: datetime, release: datetime) -> None:
    """The dispatch of a withdrawal notice is put to another time: the links end then."""
    if note.relation != "withdrawal_notice" or note.parent_id is None:
        return
    work.session.execute(
        update(Delivery)
        .where(Delivery.note_id == note.parent_id, Delivery.link_revoked_at == before)
        .values(link_revoked_at=release)
        .execution_options(synchronize_session=False)
    )
