"""Reminders on the board: lines beside the delivery that they remind of, and the day of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext
from sqlalchemy import select

from web.pages._outcomes import OUTCOMES, TONES, outcome_words
from web.problems import said
from web.views.parts import Event as Line
from workflow.clock import day_in
from workflow.models import Delivery, Note, Reminder
from workflow.operations import ladder, next_days, prospects
from workflow.operations.context import Work
from workflow.states import DeliveryQueue


def next_day(work: Work, note: Note, rows: Sequence[Delivery]) -> date | None:
    """The day on which the next silent state is reminded, of those that these deliveries of the note went to.

    None when nobody is, or they are paused.
    """
    plan = ladder.plan_of(work, note)
    if plan is None or plan.paused_at is not None:
        return None
    moment = prospects.next_due(work, note, rows)
    return day_in(moment, work.zone) if moment else None


def days_of(work: Work, notes: Sequence[Note]) -> dict[int, date]:
    """The same for many notes, by id, without reading what went out of them; who is not there reminds nobody."""
    moments = next_days.next_due(work, notes)
    return {number: day_in(moment, work.zone) for number, moment in moments.items()}


def by_delivery(work: Work, note: Note, member_id: int) -> dict[int, list[Line]]:
    """The reminders of a member as lines of the time line, by the delivery that they remind of."""
    found: dict[int, list[Line]] = {}
    for row in work.session.scalars(
        select(Reminder)
        .where(Reminder.note_id == note.id, Reminder.member_id == member_id)
        .order_by(Reminder.step, Reminder.id)
    ):
        if row.reminds_id is not None:
            found.setdefault(row.reminds_id, []).append(_line(row))
    return found


def _line(row: Reminder) -> Line:
    last = row.attempts[-1] if row.attempts else None
    at = (last.sending_at or last.prepared_at) if last else row.due_at
    head = gettext("Reminder %(n)s.", n=row.step)
    if row.cancelled_at is not None:
        return Line(
            str(said(row.held_reason or "")),
            row.cancelled_at,
            tone="",
            head=head + " " + gettext("Called off."),
        )
    if row.queue is DeliveryQueue.HELD:
        return Line(str(said(row.held_reason or "")), at, tone="now", head=head + " " + gettext("Held."))
    if row.transport is None or row.transport not in OUTCOMES:
        return Line(gettext("Waits to be sent."), at, head=head)
    return Line(outcome_words(row.transport), at, tone=TONES.get(row.transport, ""), head=head)
