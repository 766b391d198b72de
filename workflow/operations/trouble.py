"""The desk of trouble: what of the post needs a person, over all notes, each with its one next act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, defer, joinedload

from workflow.errors import Phrase
from workflow.models import Attempt, Delivery, Member, Note, Outgoing, Reminder, ReminderPlan, ReturnedMessage
from workflow.operations import address_checks, beside, certificates, mailbox_faults, silent
from workflow.operations.context import Work
from workflow.post.certificate import WARNING
from workflow.states import DeliveryQueue, Hold, Human, Transport

# The kinds, the most urgent first, and the one next act of each.
KINDS = {
    "undeliverable": "correct",  # No contact of the state can be reached: at once.
    "contact_failed": "correct",  # One contact failed, another one of the state was reached.
    "reminder_failed": "remind",  # A reminder was refused or came back; the note itself had arrived.
    "mailbox": "mend",  # Returned mail cannot be read or moved away: nobody hears what comes back.
    "fault": "retry",  # The message could not be made.
    "unknown": "decide",  # The outcome is unknown a second time.
    "gave_up": "retry",  # The relay put it off too often.
    "stopped": "go_on",  # A person stopped the whole dispatch.
    "held": "go_on",  # A person held one delivery.
    "overdue": "look",  # It is long due, and no worker took it.
    "waiting": "wait",  # The outcome is unknown, and a report may still come.
    "no_report": "ask",  # Taken by the relay long ago, and not a word since.
    "late": "ask",  # A server on the way has been trying for long.
    "address": "settle",  # A changed address was objected to, or did not get the question.
    "expiring": "renew",  # A contact's certificate has ended or soon will, and nothing can be sent to it then.
    "returned": "read",  # Returned mail that moved nothing by itself.
}
_HELD = {
    Hold.FAULT: "fault",
    Hold.UNKNOWN: "unknown",
    Hold.PATIENCE: "gave_up",
    Hold.NOTE: "stopped",
    Hold.PERSON: "held",
}
_FAILED = (Transport.REFUSED_PERM, Transport.FAILED)
OVERDUE = timedelta(minutes=15)
LIGHT = defer(Outgoing.documents)  # Nobody asks for them here.
MOST = 1000


@dataclass(frozen=True)
class Trouble:
    """One line: `kind` and `act` are keys of KINDS, `sentence` says what it is.

    `since` is when it began, as far as the rows tell.  `count` deliveries of the note are in the same
    trouble for the same reason; `member` and `delivery` name the one where there is one, and
    `reminder` says that this message is one that goes out only to the silent.
    """

    kind: str
    sentence: str
    since: datetime
    note: Note | None = None
    member: str = ""
    delivery: int | None = None
    reminder: bool = False
    returned: int | None = None
    count: int = 1

    @property
    def act(self) -> str:
        """The one next act."""
        return KINDS[self.kind]


def of(work: Work) -> list[Trouble]:
    """Everything that needs a person, the most urgent first; at most some hundred lines of a kind."""
    codes = {row.id: row.code for row in work.session.execute(select(Member.id, Member.code))}
    found = [*_failed(work, codes), *_unreminded(work, codes), *_held(work, codes), *_slow(work, codes)]
    found += [*_asked(work, codes), *_expiring(work, codes), *_returned(work), *_unread(work)]
    order = list(KINDS)
    return sorted(found, key=lambda one: (order.index(one.kind), one.since))


def _notes(work: Work, ids: Iterable[int]) -> dict[int, Note]:
    """The notes with their numbers, in one statement."""
    wanted = select(Note).where(Note.id.in_(set(ids))).options(joinedload(Note.entry))
    return {note.id: note for note in work.session.scalars(wanted)}


def _failed(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    """Contacts that nothing will reach; of a state that is reached otherwise, or has acknowledged, less urgent."""
    rows = work.session.scalars(
        select(Delivery)
        .where(
            Delivery.queue == DeliveryQueue.DONE,
            Delivery.transport.in_(_FAILED),
            Delivery.human == Human.NONE,
            Delivery.cancelled_at.is_(None),
        )
        .options(LIGHT)
        .order_by(Delivery.id)
        .limit(MOST)
    ).all()
    others_of, notes = beside.of(work, rows), _notes(work, (row.note_id for row in rows))
    for row in rows:
        others = [one for one in others_of.get((row.note_id, row.member_id), ()) if one.id != row.id]
        if any(one.human is Human.ACKNOWLEDGED for one in others):
            continue
        reached = row.role == "cc" or any(
            one.transport not in _FAILED or one.human is not Human.NONE for one in others
        )
        last = row.attempts[-1]
        yield Trouble(
            "contact_failed" if reached else "undeliverable",
            Phrase("%(address)s cannot be reached.", address=row.address),
            last.answered_at or last.prepared_at,
            notes[row.note_id],
            codes[row.member_id],
            row.id,
        )


def _unreminded(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    """Reminders that were refused or came back, as long as their state is silent and none got through after."""
    note, later = aliased(Delivery, flat=True), aliased(Reminder, flat=True)
    passed = select(later.id).where(
        later.reminds_id == Reminder.reminds_id,
        later.id > Reminder.id,
        later.transport.not_in(_FAILED),
    )
    # Asked apart: the few that failed are found by an index, and not by reading all in their order.
    failed = select(Outgoing.id).where(Outgoing.kind == "reminder", Outgoing.transport.in_(_FAILED))
    rows = work.session.execute(
        select(Reminder, note)
        .join(note, note.id == Reminder.reminds_id)
        .join(ReminderPlan, ReminderPlan.note_id == Reminder.note_id)
        .where(
            Reminder.id.in_(failed),
            Reminder.queue == DeliveryQueue.DONE,
            Reminder.cancelled_at.is_(None),
            ReminderPlan.ended_at.is_(None),
            # Where the note itself failed, that is said already, and more urgently.
            note.transport.not_in(_FAILED),
            ~passed.exists(),
        )
        .options(LIGHT)
        .order_by(Reminder.id)
        .limit(MOST)
    ).all()
    notes = _notes(work, (row.note_id for row, _ in rows))
    spoken = silent.spoken(work, notes)
    for row, _ in rows:
        if (row.note_id, row.member_id) in spoken:
            continue
        yield Trouble(
            "reminder_failed",
            Phrase("The reminder to %(address)s was refused or came back.", address=row.address),
            _begun(row),
            notes[row.note_id],
            codes[row.member_id],
            row.id,
            reminder=True,
        )


def _held(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    """What waits for a person; a dispatch that was stopped as a whole is one line."""
    rows = work.session.scalars(
        select(Outgoing)
        .where(Outgoing.queue == DeliveryQueue.HELD)
        .options(LIGHT)
        # As the index has them, so that a few held ones are found without reading all the others.
        .order_by(Outgoing.due_at, Outgoing.id)
        .limit(MOST)
    ).all()
    notes = _notes(work, (row.note_id for row in rows))
    stopped: dict[int, list[Outgoing]] = {}
    for row in rows:
        if row.held_reason == silent.PAUSED:
            continue  # A person paused all reminders of the note, and sees so on its page.
        if row.held_as is Hold.NOTE:
            stopped.setdefault(row.note_id, []).append(row)
            continue
        yield Trouble(
            _HELD[row.held_as or Hold.PERSON],
            row.held_reason or "",
            _begun(row),
            notes[row.note_id],
            codes[row.member_id],
            row.id,
            reminder=row.reminds_id is not None,
        )
    for note_id, held in stopped.items():
        reason = held[0].held_reason or ""
        since = min(_begun(row) for row in held)
        yield Trouble("stopped", reason, since, notes[note_id], count=len(held))


def _slow(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    """What was due, accepted or handed on long ago, and of which nothing more was heard."""
    now = work.now()
    patience = now - timedelta(hours=work.settings.no_report_hours)
    overdue = select(Outgoing.note_id, func.count(), func.min(Outgoing.due_at)).where(
        Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.due_at < now - OVERDUE
    )
    late = work.session.execute(overdue.group_by(Outgoing.note_id)).all()
    notes = _notes(work, (note_id for note_id, _, _ in late))
    for note_id, count, since in late:
        words = Phrase("It is due and no worker has taken it. See that worker, timer and relay run.")
        yield Trouble("overdue", words, since, notes[note_id], count=count)
    # The last attempt alone says since when; what is not late yet is not read.
    later = aliased(Attempt)
    number = select(func.max(later.number)).where(later.delivery_id == Delivery.id).scalar_subquery()
    begun_at = func.coalesce(Attempt.unknown_at, Attempt.answered_at, Attempt.sending_at, Attempt.prepared_at)
    rows = work.session.scalars(
        select(Delivery)
        .join(Attempt, and_(Attempt.delivery_id == Delivery.id, Attempt.number == number))
        .where(
            Delivery.transport.in_([Transport.UNKNOWN, Transport.ACCEPTED, Transport.DELAYED]),
            Delivery.queue.in_([DeliveryQueue.QUEUED, DeliveryQueue.DONE]),
            Delivery.human == Human.NONE,
            Delivery.cancelled_at.is_(None),
            or_(Delivery.transport == Transport.UNKNOWN, begun_at < patience),
        )
        .options(LIGHT)
        .order_by(Delivery.id)
        .limit(MOST)
    ).all()
    notes = _notes(work, (row.note_id for row in rows))
    for row in rows:
        begun, about = _begun(row), (notes[row.note_id], codes[row.member_id], row.id)
        over = row.queue is DeliveryQueue.DONE and row.attempts[-1].transport in _FAILED
        if row.transport is Transport.UNKNOWN and over:
            words = Phrase(
                "A second copy to %(address)s was refused or came back, and no report says whether the first arrived.",
                address=row.address,
            )
            yield Trouble("unknown", words, begun, *about)
        elif row.transport is Transport.UNKNOWN:
            words = Phrase("The line broke after the message may have gone out; a report may still come.")
            yield Trouble("waiting", words, begun, *about)
        elif row.transport is Transport.ACCEPTED:
            words = Phrase(
                "The relay took the message for %(address)s, and no report came.", address=row.address
            )
            yield Trouble("no_report", words, begun, *about)
        else:
            words = Phrase(
                "A server on the way cannot hand the message to %(address)s on.", address=row.address
            )
            yield Trouble("late", words, begun, *about)


def _asked(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    for row, contact in address_checks.in_trouble(work):
        words = address_checks.trouble_words(row)
        since = row.answered_at or row.sent_at or row.due_at
        yield Trouble("address", words, since, member=codes[contact.member_id])


def _expiring(work: Work, codes: dict[int, str]) -> Iterator[Trouble]:
    plain = work.settings.smime_unusable == "plain"
    for row, contact in certificates.expiring(work, work.now() + WARNING):
        about = {"address": contact.address, "day": f"{row.not_after:%Y-%m-%d}"}
        if row.not_after > work.now():
            words = Phrase("The certificate of %(address)s ends on %(day)s.", **about)
        elif plain:
            words = Phrase(
                "The certificate of %(address)s ended on %(day)s: mail leaves without encryption.", **about
            )
        else:
            words = Phrase(
                "The certificate of %(address)s ended on %(day)s: nothing can be sent there.", **about
            )
        yield Trouble("expiring", words, row.not_after - WARNING, member=codes[contact.member_id])


def _returned(work: Work) -> Iterator[Trouble]:
    rows = work.session.scalars(
        select(ReturnedMessage)
        .where(ReturnedMessage.state == "waiting")
        .order_by(ReturnedMessage.id)
        .limit(MOST)
    )
    for row in rows:
        words = Phrase("A message of %(sender)s moved nothing by itself.", sender=row.sender or "?")
        yield Trouble("returned", words, row.received_at, returned=row.id)


def _unread(work: Work) -> Iterator[Trouble]:
    for row in mailbox_faults.standing(work):
        yield Trouble("mailbox", row.sentence, row.began_at)


def _begun(row: Outgoing) -> datetime:
    last = row.attempts[-1] if row.attempts else None
    if last is None:
        return row.due_at
    return last.unknown_at or last.answered_at or last.sending_at or last.prepared_at
