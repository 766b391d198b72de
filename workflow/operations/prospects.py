"""Who would be reminded, when, and at which addresses: the preview, which the sweep obeys.

The ladder of a note is a list of rungs.  A member that keeps silent comes to the next rung so many
days after the one before, at the organisation's hour and on one of its working days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, partial

from sqlalchemy import select

from workflow.clock import day_in
from workflow.letters.follow_up import Step, step_of
from workflow.models import (
    Contact,
    Delivery,
    Event,
    Note,
    ReminderPlan,
    ReminderRung,
)
from workflow.models.directory import ContactRole, ContactState
from workflow.operations import naming, silent
from workflow.operations.context import Work
from workflow.operations.evidence import STANDING
from workflow.states import DeliveryQueue, Handing, Human, Transport

# Channels by which a message goes out at all; what is handed over in person is reminded of by the desk.
MAILED = ("mail", "link_only")
SENT = (*STANDING, Transport.UNKNOWN)
GIVEN = (Handing.SENT, Handing.DELIVERED)
# A member whose mail is stopped is looked at again after this time.
_LOOK_AGAIN = timedelta(hours=12)


@dataclass(frozen=True)
class Rung:
    """One rung: its number from 1, the roles it turns to, days after the one before, and its form."""

    step: int
    to: tuple[str, ...]
    after: int
    form: str

    @property
    def is_desk(self) -> bool:
        """Whether it turns to the registry itself."""
        return "registry" in self.to


@dataclass(frozen=True)
class Planned:
    """What would happen next to a silent member: the rung, when, and to which addresses."""

    member: naming.Named
    rung: Rung
    due_at: datetime
    targets: tuple[Delivery | Contact, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that would be written to."""
        return tuple(target.address for target in self.targets)


def rungs_of(steps: Iterable[Step]) -> tuple[Rung, ...]:
    """The rungs of a ladder, each repetition one of its own."""
    each = [step for step in steps for _ in range(step.times)]
    return tuple(Rung(number, step.to, step.after, step.form) for number, step in enumerate(each, 1))


def outlook(
    work: Work, note: Note, *, all_rungs: bool = False, rows: Sequence[Delivery] | None = None
) -> list[Planned]:
    """What would happen next to each silent member (with `all_rungs`, all that would still happen).

    A member whose mail was not sent yet has nothing to be silent about and is left out.  `rows` are the
    note's deliveries where the caller has read them already, to look at.
    """
    grouped = _grouped(_deliveries(work, note) if rows is None else rows)
    steps = _steps(work, note, grouped, all_rungs=all_rungs)
    if not steps:
        return []
    members = naming.named(work.session, note.source_language, work.today(), grouped)
    standing, others = _contacts(work, grouped)
    found = [
        Planned(members[one], rung, due_at, _targets(members[one], grouped[one], rung, standing, others))
        for one, rung, due_at in steps
    ]
    return sorted(found, key=lambda one: (one.due_at, one.member.code, one.rung.step))


def next_due(work: Work, note: Note, rows: Sequence[Delivery]) -> datetime | None:
    """When the next silent member is written to, of these deliveries of the note; None when nobody is."""
    steps = _steps(work, note, _grouped(rows), all_rungs=False)
    return min((due_at for _, rung, due_at in steps if not rung.is_desk), default=None)


def _steps(
    work: Work, note: Note, grouped: Mapping[int, Sequence[Delivery]], *, all_rungs: bool
) -> list[tuple[int, Rung, datetime]]:
    """Which rung each silent member, by its id, comes to next, and when."""
    plan = work.session.get(ReminderPlan, note.id)
    if plan is None or plan.ended_at is not None or silent.is_over(note):
        return []
    rungs = rungs_of(step_of(step) for step in plan.steps)
    taken = {
        member: (step, at)
        for member, step, at in work.session.execute(
            select(ReminderRung.member_id, ReminderRung.step, ReminderRung.taken_at)
            .where(ReminderRung.note_id == note.id)
            .order_by(ReminderRung.step)
        )
    }
    handed = _handed(work, note)
    due = cache(partial(due_after, work))
    found = []
    for member, deliveries in grouped.items():
        sent_at = _sent_at(deliveries, handed)
        if sent_at is None or _spoken(deliveries):
            continue
        step, moment = taken.get(member, (0, sent_at))
        for rung in rungs[step:]:
            moment = due(day_in(moment, work.zone), rung.after)
            found.append((member, rung, moment))
            if not all_rungs:
                break
    return found


def _deliveries(work: Work, note: Note) -> Sequence[Delivery]:
    return work.session.scalars(
        select(Delivery)
        .where(Delivery.note_id == note.id)
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    ).all()


def _grouped(rows: Iterable[Delivery]) -> dict[int, list[Delivery]]:
    grouped: dict[int, list[Delivery]] = {}
    for row in rows:
        grouped.setdefault(row.member_id, []).append(row)
    return grouped


def _contacts(
    work: Work, grouped: Mapping[int, Sequence[Delivery]]
) -> tuple[dict[int, tuple[ContactState, str]], dict[int, list[Contact]]]:
    """State and address of each contact that was written to, and the alternative contacts of each member."""
    ids = {one.contact_id for rows in grouped.values() for one in rows}
    standing = {
        one: (state, address)
        for one, state, address in work.session.execute(
            select(Contact.id, Contact.state, Contact.address).where(Contact.id.in_(ids))
        )
    }
    others: dict[int, list[Contact]] = {}
    for contact in work.session.scalars(
        select(Contact)
        .where(
            Contact.member_id.in_(grouped),
            Contact.role == ContactRole.ESCALATION,
            Contact.state == ContactState.CONFIRMED,
            Contact.channel.in_(MAILED),
        )
        .order_by(Contact.id)
    ):
        others.setdefault(contact.member_id, []).append(contact)
    return standing, others


def _spoken(deliveries: Sequence[Delivery]) -> bool:
    return any(one.role != "cc" and one.human is Human.ACKNOWLEDGED for one in deliveries)


def _sent_at(deliveries: Sequence[Delivery], handed: Mapping[int, datetime]) -> datetime | None:
    """When the note first left for one of the contacts that count; None while it did not."""
    counting = [one for one in deliveries if one.role != "cc"]
    times = [
        attempt.sending_at
        for one in counting
        if one.transport in SENT
        for attempt in one.attempts
        if attempt.sending_at
    ]
    times += [handed[one.id] for one in counting if one.id in handed and one.handed in GIVEN]
    return min(times, default=None)


def _handed(work: Work, note: Note) -> dict[int, datetime]:
    """When each delivery that a person brings was first given out of the house."""
    found: dict[int, datetime] = {}
    for event in work.session.scalars(
        select(Event)
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(Delivery.note_id == note.id, Event.axis == "hand", Event.kind.in_(GIVEN))
    ):
        found[event.delivery_id] = min(event.at, found.get(event.delivery_id, event.at))
    return found


def due_after(work: Work, since: date, after: int) -> datetime:
    """When a rung is taken; one that is late, since nobody swept or it was paused, still waits for a working day."""
    day = since + timedelta(days=after)
    now = work.now()
    # Before the hour of a working day, and on any other day, this is the next such hour.
    open_from = _working(work, day_in(now, work.zone))
    return max(_working(work, day), open_from if open_from > now else now)


def _working(work: Work, day: date) -> datetime:
    return work.profile.working_days.moment(day, work.profile.follow_up.ladder.hour, work.zone)


def _targets(
    member: naming.Named,
    deliveries: Sequence[Delivery],
    rung: Rung,
    standing: Mapping[int, tuple[ContactState, str]],
    others: Mapping[int, Sequence[Contact]],
) -> tuple[Delivery | Contact, ...]:
    """Whom a rung writes to: deliveries to remind of, and alternative contacts that get the note now."""
    if rung.is_desk:
        return ()
    found: list[Delivery | Contact] = [
        one for one in deliveries if one.role in rung.to and _can_be_reminded(one, standing)
    ]
    if "escalation" in rung.to:
        reached = {one.contact_id for one in deliveries}
        found += [one for one in others.get(member.id, ()) if one.id not in reached]
    return tuple(found)


def _can_be_reminded(row: Delivery, standing: Mapping[int, tuple[ContactState, str]]) -> bool:
    """Whether a delivery arrived where somebody still is: neither failed, nor stopped, nor retired."""
    if row.cancelled_at is not None or row.queue is not DeliveryQueue.DONE or row.channel not in MAILED:
        return False
    if row.transport not in SENT or row.link_revoked_at is not None:
        return False
    state, address = standing[row.contact_id]
    # After a change of address the delivery is sent again to the new one; then this address is right.
    return state is not ContactState.RETIRED or address != row.address


def next_look(work: Work, note: Note) -> datetime | None:
    """When the sweep has to look at a note again; None when nothing can become due any more."""
    plan = work.session.get_one(ReminderPlan, note.id)
    if not plan.steps or plan.ended_at is not None or silent.is_over(note):
        return None
    grouped, handed = _grouped(_deliveries(work, note)), _handed(work, note)
    times = [due_at for _, _, due_at in _steps(work, note, grouped, all_rungs=False)]
    unsent = any(not _spoken(each) and _sent_at(each, handed) is None for each in grouped.values())
    if unsent:
        times.append(max(work.now(), note.release_at or work.now()) + _LOOK_AGAIN)
    return min(times, default=None)
