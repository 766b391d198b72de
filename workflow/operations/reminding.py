"""Reminders and escalation: who would get one and when, and the sweep that writes what is due.

The ladder of a note is a list of rungs.  A member that keeps silent comes to the next rung so many
days after the one before, at the organisation's hour and on one of its working days.  The preview
and the sweep ask the same function, `outlook`.  Each rung is taken once: a unique row says so, and
every reminder is a row before it is a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from workflow.clock import day_in
from workflow.letters.follow_up import Step, step_of
from workflow.models import Attempt, Contact, Delivery, Member, Note, Reminder, ReminderPlan, ReminderRung
from workflow.models.directory import HANDED, ContactRole, ContactState
from workflow.operations import by_rule, dispatch, silent
from workflow.operations.context import Work, note_subject
from workflow.operations.evidence import STANDING
from workflow.operations.recipients import Recipient
from workflow.states import DeliveryQueue, Human, Transport

# Channels by which a message goes out at all; what is handed over in person is reminded of by the desk.
MAILED = ("mail", "link_only")
_SENT = (*STANDING, Transport.UNKNOWN)
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
    for member, deliveries in _members(work, note):
        sent_at = _sent_at(deliveries)
        if sent_at is None or _spoken(deliveries):
            continue
        last = taken.get(member.id)
        moment = last.taken_at if last else sent_at
        for rung in rungs[last.step if last else 0 :]:
            moment = _due(work, moment, rung)
            found.append(Planned(member, rung, moment, _targets(work, note, member, deliveries, rung)))
            if not all_rungs:
                break
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


def _spoken(deliveries: Sequence[Delivery]) -> bool:
    return any(one.role != "cc" and one.human is Human.ACKNOWLEDGED for one in deliveries)


def _sent_at(deliveries: Sequence[Delivery]) -> datetime | None:
    """When the note was first handed over for one of the contacts that count; None while it was not."""
    counting = [one for one in deliveries if one.role != "cc" and one.transport in _SENT]
    times = [attempt.sending_at for one in counting for attempt in one.attempts if attempt.sending_at]
    return min(times, default=None)


def _due(work: Work, moment: datetime, rung: Rung) -> datetime:
    day = day_in(moment, work.zone) + timedelta(days=rung.after)
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


def sweep(work: Work) -> list[int]:
    """Writes the reminders that are due over all notes; gives the ids of the notes that have some to send."""
    plans = work.session.scalars(
        select(ReminderPlan)
        .where(
            ReminderPlan.next_at <= work.now(),
            ReminderPlan.paused_at.is_(None),
            ReminderPlan.ended_at.is_(None),
        )
        .order_by(ReminderPlan.note_id)
        .with_for_update(skip_locked=True)
    ).all()
    return [plan.note_id for plan in plans if take_due(work, plan)]


def take_due(work: Work, plan: ReminderPlan) -> int:
    """Takes every rung of a note that is due, once; gives how many messages were written.

    The caller holds the lock of the plan, so that of two sweeps one comes after the other.
    """
    note = work.session.get_one(Note, plan.note_id)
    now = work.now()
    written = 0
    by_note: dict[int, list[Planned]] = {}
    steps: list[list[object]] = []
    for planned in outlook(work, note):
        if planned.due_at > now:
            continue
        if silent.has_spoken(work, note.id, planned.member.id, lock=True):
            continue
        steps.append([planned.member.code, planned.rung.step])
        if planned.rung.form == "note" and not planned.rung.is_desk:
            by_note.setdefault(planned.rung.step, []).append(planned)
            continue
        for target in planned.targets:
            _write(work, note, planned, target)
            written += 1
        outcome = "desk" if planned.rung.is_desk else "mail" if planned.targets else "nobody"
        _take(work, note, planned, outcome)
    for silent_ones in by_note.values():
        following = by_rule.draft_reminder(work, note, plan, [one.member for one in silent_ones])
        for planned in silent_ones:
            _take(work, note, planned, "note", following.id)
    work.session.flush()
    plan.next_at = next_look(work, note)
    if steps:
        work.log("remind", note_subject(note), members=steps, messages=written)
    return written


def next_look(work: Work, note: Note) -> datetime | None:
    """When the sweep has to look at a note again; None when nothing can become due any more."""
    plan = work.session.get_one(ReminderPlan, note.id)
    if not plan.steps or plan.ended_at is not None or silent.is_over(note):
        return None
    times = [planned.due_at for planned in outlook(work, note)]
    unsent = any(not _spoken(each) and _sent_at(each) is None for _, each in _members(work, note))
    if unsent:
        times.append(max(work.now(), note.release_at or work.now()) + _LOOK_AGAIN)
    return min(times, default=None)


def _take(work: Work, note: Note, planned: Planned, outcome: str, following_id: int | None = None) -> None:
    work.session.add(
        ReminderRung(
            note_id=note.id,
            member_id=planned.member.id,
            step=planned.rung.step,
            outcome=outcome,
            taken_at=work.now(),
            following_id=following_id,
        )
    )


def _write(work: Work, note: Note, planned: Planned, target: Delivery | Contact) -> None:
    """The row of one reminder; an alternative contact gets a delivery of the note itself, which counts."""
    now = work.now()
    if isinstance(target, Delivery):
        if target.channel in HANDED:
            return  # No mail reaches it; the board lists what a person has to bring.
        work.session.add(
            Reminder(
                note_id=note.id,
                member_id=target.member_id,
                contact_id=target.contact_id,
                step=planned.rung.step,
                reminds_id=target.id,
                role=target.role,
                address=target.address,
                language=target.language,
                channel="link_only",
                documents=[],
                message_id=dispatch.message_id(
                    work, note, target.member_id, target.contact_id, planned.rung.step
                ),
                due_at=now,
            )
        )
        return
    one = Recipient(
        planned.member.id,
        planned.member.code,
        is_member=True,
        contact_id=target.id,
        role=target.role.value,
        address=target.address,
        language=target.language,
        channel=target.channel.value,
    )
    row = dispatch.delivery_to(work, note, one, now)
    row.reminds_id = _first_silent(work, note, planned.member)
    work.session.add(row)


def _first_silent(work: Work, note: Note, member: Member) -> int:
    """The delivery that an escalation refers to: the first that was sent to the member's own contacts."""
    return work.session.scalars(
        select(Delivery.id)
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(
            Delivery.note_id == note.id,
            Delivery.member_id == member.id,
            Delivery.role != "cc",
            Attempt.sending_at.is_not(None),
        )
        .order_by(Delivery.id)
        .limit(1)
    ).one()
