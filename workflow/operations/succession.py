"""What a following note refers to, and what it ends: the note before it never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from workflow.errors import Conflict, Invalid, Phrase
from workflow.models import Delivery, Note, Outgoing, SilenceOutcome, SilenceProcedure
from workflow.operations import audience, claims, lineage, silent
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Transport

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
    refusal = why_not_follow(work, parent, relation)
    if refusal is not None:
        raise refusal
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
    named = lineage.last_of(work, parent) if relation == "revision" else parent
    if particulars.get("related") or not known or named.symbol is None or named.approval is None:
        return dict(particulars)
    line = {"link": link, "number": named.symbol, "day": named.approval.dated.isoformat()}
    return {**particulars, "related": [line]}


def version_to_follow(work: Work, parent: Note, relation: str) -> Note:
    """The version that a new note follows: a revision replaces the one that stands, whichever was named."""
    return lineage.last_of(work, parent) if relation == "revision" else parent


def may_follow(work: Work, parent: Note, relations: Sequence[str]) -> tuple[str, ...]:
    """Those of the relations by which a new note may follow a dispatched one now."""
    return tuple(
        one for one in relations if why_not_follow(work, version_to_follow(work, parent, one), one) is None
    )


def objections(work: Work, note: Note, release: datetime | None = None) -> list[str]:
    """Why a note that follows another cannot be approved, or released at `release`, by now: sentences.

    The one that it follows may have been replaced or withdrawn since it was drafted, and others may have got it.
    """
    if note.parent_id is None or note.relation not in lineage.RELATIONS:
        return []
    parent = work.session.get_one(Note, note.parent_id)
    refusal = why_not_follow(work, parent, note.relation)
    if refusal is not None:
        return [refusal.phrase]
    found = audience.differences(work, note)
    if release is not None and parent.release_at is not None and release < parent.release_at:
        found.append(
            Phrase(
                "%(note)s itself goes out only at %(when)s. Release this one then, or later.",
                note=parent.name,
                when=f"{parent.release_at.astimezone(ZoneInfo(work.zone)):%Y-%m-%d %H:%M}",
            )
        )
    return found


def why_not_follow(work: Work, parent: Note, relation: str) -> Conflict | None:
    """Why nothing may follow a note so any more: it was withdrawn, or another took its place; None where it may.

    A revision may follow what was replaced, since of several versions the last one counts, and an old
    version may be recalled though a new one stands; the outcome of a silence procedure is told of whatever it
    was about.
    """
    if parent.relation == "withdrawal_notice" and relation in lineage.REPLACING:
        return Conflict(
            "withdrawal-final",
            "%(note)s withdraws another note, and that stays so. Send that matter anew, as a note of its own.",
            note=parent.name,
        )
    ended = lineage.ending_of(work, parent)
    if ended is None:
        return None
    if ended.relation == "withdrawal_notice":
        return withdrawn_already(parent, ended)
    if relation in (*lineage.REPLACING, "outcome"):
        return None
    return Conflict(
        "parent-replaced",
        "%(note)s was replaced by %(by)s, so it is not corrected or added to any more. Follow %(last)s.",
        note=parent.name,
        by=ended.name,
        last=lineage.last_of(work, parent).name,
    )


def withdrawn_already(note: Note, by: Note) -> Conflict:
    """The refusal of what cannot be done with a note that was withdrawn."""
    return Conflict(
        "parent-withdrawn",
        "%(note)s was withdrawn by %(by)s, so nothing can follow it any more.",
        note=note.name,
        by=by.name,
    )


def require_standing(work: Work, note: Note) -> None:
    """Raises Conflict where a note was withdrawn, itself or with what it amends."""
    withdrawn = lineage.withdrawal_of(work, note)
    if withdrawn is not None:
        raise withdrawn_already(note, withdrawn)


def hold(work: Work, note: Note) -> None:
    """Locks what the dispatch of a following note ends, so that nothing of it goes out meanwhile."""
    if note.parent_id is None or note.relation not in lineage.REPLACING:
        return
    parent = work.session.get_one(Note, note.parent_id)
    work.session.refresh(parent, with_for_update=True)
    if note.relation == "withdrawal_notice":
        ids = [one.id for one in lineage.amended_by(work, parent)]
        _locked(work, ids)


def _locked(work: Work, ids: Sequence[int]) -> Sequence[Outgoing]:
    """What of these notes may still be sent, locked until the commit; the attempts are read after that."""
    work.session.flush()
    return work.session.scalars(
        select(Outgoing)
        .where(Outgoing.note_id.in_(ids), Outgoing.queue != DeliveryQueue.DONE)
        .order_by(Outgoing.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def take_place(work: Work, note: Note, release: datetime) -> None:
    """What the dispatch of a following note does to the one it follows, and to all that amends that one.

    A revision or a withdrawal notice ends its reminders and its silence procedure: nobody is asked about a
    text that does not stand any more.  A withdrawal notice moreover ends its personal links from the
    release on, and calls off whatever of it was not sent.
    """
    if note.parent_id is None or note.relation not in lineage.REPLACING:
        return
    ended = _ended_by(work, note)
    for one in ended:
        silent.end_plan(work, one.id, note)
    ids = [one.id for one in ended]
    withdrawn = note.relation == "withdrawal_notice"
    reason = (
        Phrase("The note was withdrawn by %(note)s.", note=note.name)
        if withdrawn
        else Phrase("The note was replaced by %(note)s.", note=note.name)
    )
    for procedure in work.session.scalars(
        select(SilenceProcedure)
        .where(SilenceProcedure.note_id.in_(ids), SilenceProcedure.outcome.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all():
        procedure.outcome, procedure.ended_at = SilenceOutcome.CANCELLED, work.now()
        procedure.ended_by, procedure.ended_reason = work.actor.id, reason
    if not withdrawn:
        return
    for row in _locked(work, ids):
        last = row.attempts[-1] if row.attempts else None
        if row.queue is DeliveryQueue.CLAIMED and last is not None and last.transport is Transport.SENDING:
            continue  # It is on the wire; whoever sends it asks no more.
        claims.release(row, DeliveryQueue.DONE, reason=Phrase(WITHDRAWN.message, number=note.name))
        row.cancelled_at = work.now()
    work.session.flush()
    work.session.execute(
        update(Delivery)
        .where(Delivery.note_id.in_(ids), Delivery.link_revoked_at.is_(None))
        .values(link_revoked_at=release)
        .execution_options(synchronize_session=False)
    )
    work.session.expire_all()


def _ended_by(work: Work, note: Note) -> list[Note]:
    """The notes that one which takes their place ends: what it follows, the versions before it, what amends them."""
    parent = work.session.get_one(Note, note.parent_id)
    before = [parent]
    if note.relation == "revision":
        versions = lineage.versions_of(work, lineage.first_version(work, note))
        before = [one for one in versions if one is not note]
    return list({one.id: one for each in before for one in lineage.amended_by(work, each)}.values())


def move(work: Work, note: Note, before: datetime, release: datetime) -> None:
    """The dispatch of a withdrawal notice is put to another time: the links end then."""
    _put_links(work, note, before, release)


def give_up(work: Work, note: Note) -> None:
    """A withdrawal notice that was called off before any of it went out: the links open again."""
    sent = work.session.scalars(select(Delivery).where(Delivery.note_id == note.id))
    if note.release_at is not None and not any(audience.has_it(one) for one in sent):
        _put_links(work, note, note.release_at, None)


def _put_links(work: Work, note: Note, before: datetime, release: datetime | None) -> None:
    if note.relation != "withdrawal_notice" or note.parent_id is None:
        return
    ids = [one.id for one in _ended_by(work, note)]
    work.session.execute(
        update(Delivery)
        .where(Delivery.note_id.in_(ids), Delivery.link_revoked_at == before)
        .values(link_revoked_at=release)
        .execution_options(synchronize_session=False)
    )
    work.session.expire_all()
