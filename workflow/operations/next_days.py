"""When the next reminders of many notes leave, without reading what went out of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from workflow.clock import day_in
from workflow.letters.follow_up import step_of
from workflow.models import Attempt, Delivery, Note, ReminderPlan, ReminderRung
from workflow.operations import plain, prospects, silent
from workflow.operations.context import Work
from workflow.states import Human


def next_due(work: Work, notes: Sequence[Note]) -> dict[int, datetime]:
    """When the next silent member of each note is written to, by the notes' ids, where reminders are not paused.

    Members that stand on the same rung are as one: the first of them to come to the next says when.
    """
    plans = {
        row.note_id: row
        for row in work.session.scalars(
            select(ReminderPlan).where(
                ReminderPlan.note_id.in_(note.id for note in notes),
                ReminderPlan.paused_at.is_(None),
                ReminderPlan.ended_at.is_(None),
            )
        )
    }
    by_id = {note.id: note for note in notes if note.id in plans and not silent.is_over(note)}
    brought = work.session.scalars(
        select(Delivery.note_id)
        .where(Delivery.note_id.in_(by_id), Delivery.handed.in_(prospects.GIVEN))
        .distinct()
    ).all()
    # What a person brings leaves by no attempt; such notes are rare, and looked at one by one.
    found = {
        number: prospects.next_due(work, by_id[number], plain.of_note(work, number)) for number in brought
    }
    due = cache(partial(prospects.due_after, work))
    for number, step, since in work.session.execute(_silent_on([one for one in by_id if one not in found])):
        rungs = prospects.rungs_of(step_of(one) for one in plans[number].steps)[step:]
        if rungs and not rungs[0].is_desk:
            moment = due(day_in(since, work.zone), rungs[0].after)
            known = found.get(number)
            found[number] = moment if known is None else min(known, moment)
    return {number: moment for number, moment in found.items() if moment is not None}


def _silent_on(notes: Collection[int]) -> Select[Any]:
    """Per note and rung, since when the first of the members waits that stand there and have not spoken."""
    left = (
        select(
            Delivery.note_id,
            Delivery.member_id,
            func.min(Attempt.sending_at).label("at"),
        )
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(Delivery.note_id.in_(notes), Delivery.role != "cc", Delivery.transport.in_(prospects.SENT))
        .group_by(Delivery.note_id, Delivery.member_id)
        .subquery()
    )
    spoken = (
        select(Delivery.note_id, Delivery.member_id)
        .where(Delivery.note_id.in_(notes), Delivery.role != "cc", Delivery.human == Human.ACKNOWLEDGED)
        .distinct()
        .subquery()
    )
    later = aliased(ReminderRung)
    last = ~(
        select(later.id)
        .where(
            later.note_id == ReminderRung.note_id,
            later.member_id == ReminderRung.member_id,
            later.step > ReminderRung.step,
        )
        .exists()
    )
    step = func.coalesce(ReminderRung.step, 0)
    return (
        select(left.c.note_id, step, func.min(func.coalesce(ReminderRung.taken_at, left.c.at)))
        .outerjoin(
            ReminderRung,
            and_(ReminderRung.note_id == left.c.note_id, ReminderRung.member_id == left.c.member_id, last),
        )
        .outerjoin(spoken, and_(spoken.c.note_id == left.c.note_id, spoken.c.member_id == left.c.member_id))
        .where(left.c.at.is_not(None), spoken.c.member_id.is_(None))
        .group_by(left.c.note_id, step)
    )
