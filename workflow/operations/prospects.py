"""Who would be reminded, when, and at which addresses: the preview, which the sweep obeys.

The ladder of a note is a list of rungs.  A member that keeps silent comes to the next rung so many
days after the one before, at the organisation's hour and on one of its working days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from workflow.clock import day_in
from workflow.letters.follow_up import Step, step_of
from workflow.models import (
    Contact,
    Delivery,
    Event,
    Member,
    Note,
    ReminderPlan,
    ReminderRung,
)
from workflow.models.directory import ContactRole, ContactState
from workflow.operations import silent
from workflow.operations.context import Work
from workflow.operations.evidence import STANDING
from workflow.states import DeliveryQueue, Handing, Human, Transport

# Channels by which a message goes out at all; what is handed over in person is reminded of by the desk.
MAILED = ("mail", "link_only")
_SENT = (*STANDING, Transport.UNKNOWN)
_HANDED = (Handing.SENT, Handing.DELIVERED)
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

    member: Member
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


def outlook(work: Work, note: Note, *, all_rungs: bool = False) -> list[Planned]:
    """What would happen next to each silent member (with `all_rungs`, all that would still happen).

    A member whose mail was not sent yet has nothing to be silent about and is left out.
    """
    plan = work.session.get(ReminderPlan, note.id)
    if plan is None or plan.ended_at is not None or silent.is_over(note):
        return []
    rungs = rungs_of(step_of(step) for step in plan.steps)
    taken: dict[int, ReminderRung] = {}
    for row in work.session.scalars(
        select(ReminderRung).where(ReminderRung.note_id == note.id).order_by(ReminderRung.step)
    ):
        taken[row.member_id] = row
    found = []
    handed, members = _handed(work, note), _members(work, note)
    # Held until the end, so that each delivery finds its contact without asking the database again.
    contacts = _contacts(work, members)
    for member, deliveries in members:
        sent_at = _sent_at(deliveries, handed)
        if sent_at is None or _spoken(deliveries):
            continue
        last = taken.get(member.id)
        moment = last.taken_at if last else sent_at
        for rung in rungs[last.step if last else 0 :]:
            moment = _due(work, moment, rung)
            found.append(Planned(member, rung, moment, _targets(work, note, member, deliveries, rung)))
            if not all_rungs:
                break
    del contacts
    return sorted(found, key=lambda one: (one.due_at, one.member.code, one.rung.step))


def _members(work: Work, note: Note) -> list[tuple[Member, list[Delivery]]]:
    grouped: dict[int, list[Delivery]] = {}
    for row in work.session.scalars(
        select(Delivery)
        .where(Delivery.note_id == note.id)
        .order_by(Delivery.id)
        .execution_options(populate_existing=True)
    ):
        grouped.setdefault(row.member_id, []).append(row)
    members = work.session.scalars(select(Member).where(Member.id.in_(grouped)).order_by(Member.code))
    return [(member, grouped[member.id]) for member in members]


def _contacts(work: Work, members: Sequence[tuple[Member, Sequence[Delivery]]]) -> Sequence[Contact]:
    ids = {one.contact_id for _, rows in members for one in rows}
    return work.session.scalars(select(Contact).where(Contact.id.in_(ids))).all()


def _spoken(deliveries: Sequence[Delivery]) -> bool:
    return any(one.role != "cc" and one.human is Human.ACKNOWLEDGED for one in deliveries)


def _sent_at(deliveries: Sequence[Delivery], handed: Mapping[int, datetime]) -> datetime | None:
    """When the note first left for one of the contacts that count; None while it did not."""
    counting = [one for one in deliveries if one.role != "cc"]
    times = [
        attempt.sending_at
        for one in counting
        if one.transport in _SENT
        for attempt in one.attempts
        if attempt.sending_at
    ]
    times += [handed[one.id] for one in counting if one.id in handed and one.handed in _HANDED]
    return min(times, default=None)


def _handed(work: Work, note: Note) -> dict[int, datetime]:
    """When each delivery that a person brings was first given out of the house."""
    found: dict[int, datetime] = {}
    for event in work.session.scalars(
        select(Event)
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(Delivery.note_id == note.id, Event.axis == "hand", Event.kind.in_(_HANDED))
    ):
        found[event.delivery_id] = min(event.at, found.get(event.delivery_id, event.at))
    return found


def _due(work: Work, moment: datetime, rung: Rung) -> datetime:
    """When a rung is taken; one that is late, since nobody swept or it was paused, still waits for a working day."""
    day = day_in(moment, work.zone) + timedelta(days=rung.after)
    now = work.now()
    # Before the hour of a working day, and on any other day, this is the next such hour.
    open_from = _working(work, day_in(now, work.zone))
    return max(_working(work, day), open_from if open_from > now else now)


def _working(work: Work, day: date) -> datetime:
    return work.profile.working_days.moment(day, work.profile.follow_up.ladder.hour, work.zone)


def _targets(
    work: Work, note: Note, member: Member, deliveries: Sequence[Delivery], rung: Rung
) -> tuple[Delivery | Contact, ...]:
    """Whom a rung writes to: deliveries to remind of, and alternative contacts that get the note now."""
    if rung.is_desk:
        return ()
    reached = {one.contact_id for one in deliveries}
    found: list[Delivery | Contact] = [
        one for one in deliveries if one.role in rung.to and _can_be_reminded(work, one)
    ]
    if "escalation" in rung.to:
        found += work.session.scalars(
            select(Contact)
            .where(
                Contact.member_id == member.id,
                Contact.role == ContactRole.ESCALATION,
                Contact.state == ContactState.CONFIRMED,
                Contact.channel.in_(MAILED),
                Contact.id.not_in(reached),
            )
            .order_by(Contact.id)
        )
    return tuple(found)


def _can_be_reminded(work: Work, row: Delivery) -> bool:
    """Whether a delivery arrived where somebody still is: neither failed, nor stopped, nor retired."""
    if row.cancelled_at is not None or row.queue is not DeliveryQueue.DONE or row.channel not in MAILED:
        return False
    if row.transport not in _SENT or row.link_revoked_at is not None:
        return False
    contact = work.session.get_one(Contact, row.contact_id)
    # After a change of address the delivery is sent again to the new one; then this address is right.
    return contact.state is not ContactState.RETIRED or contact.address != row.address


def next_look(work: Work, note: Note) -> datetime | None:
    """When the sweep has to look at a note again; None when nothing can become due any more."""
    plan = work.session.get_one(ReminderPlan, note.id)
    if not plan.steps or plan.ended_at is not None or silent.is_over(note):
        return None
    times = [planned.due_at for planned in outlook(work, note)]
    handed = _handed(work, note)
    unsent = any(not _spoken(each) and _sent_at(each, handed) is None for _, each in _members(work, note))
    if unsent:
        times.append(max(work.now(), note.release_at or work.now()) + _LOOK_AGAIN)
    return min(times, default=None)
