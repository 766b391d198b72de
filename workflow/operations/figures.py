"""The figures that an operator watches, counted from the rows: the post, reminders, returned mail, the timer.

They hold no personal data: a domain is named only where the operator gave it a rate of its own, and
all others are one class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from workflow.models import (
    AuditHead,
    Delivery,
    Document,
    LastRun,
    Note,
    Notice,
    Outgoing,
    RateBucket,
    Reminder,
    ReminderPlan,
    ReturnedMessage,
    SilenceProcedure,
    Upload,
)
from workflow.operations import certificates, rates
from workflow.operations.context import Work
from workflow.post.certificate import WARNING
from workflow.states import DeliveryQueue, Transport

OTHERS = "other"
EVERYTHING = "all"


@dataclass(frozen=True)
class Figure:
    """One gauge: its name and words for Prometheus, and a value for each value of its `label`, or one for none."""

    name: str
    words: str
    label: str
    values: dict[str, float]


def ran(work: Work, name: str) -> None:
    """Notes that a task of the timer came to its end."""
    insert = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.session.execute(
        insert(LastRun)
        .values(name=name, ended_at=work.now())
        .on_conflict_do_update(index_elements=["name"], set_={"ended_at": work.now()})
    )


def last_runs(work: Work) -> dict[str, datetime]:
    """When each task of the timer ended last; one that never did is not there."""
    return {row.name: row.ended_at for row in work.session.scalars(select(LastRun))}


def all_of(work: Work) -> Iterator[Figure]:
    """Every figure; some twenty SELECTs, whatever the number of notes."""
    yield from _states(work)
    yield from _waits(work)
    if work.settings.limited:
        yield from _rates(work)
    yield from _reminders(work)
    yield from _silence(work)
    yield from _certificates(work)
    yield from _log(work)


def _states(work: Work) -> Iterator[Figure]:
    """How many rows of a table stand in which state."""
    counted: tuple[tuple[str, str, str, Any], ...] = (
        ("chancery_notes", "Notes by state.", "state", Note.state),
        ("chancery_deliveries", "Deliveries and reminders by place in the queue.", "state", Outgoing.queue),
        (
            "chancery_delivery_transport",
            "Deliveries by best evidence of transport.",
            "state",
            Delivery.transport,
        ),
        ("chancery_delivery_human", "Deliveries by what people did.", "state", Delivery.human),
        ("chancery_notices", "Mails to people of the house by state.", "state", Notice.state),
        ("chancery_documents", "Final documents by state.", "state", Document.state),
        ("chancery_uploads", "Uploads by state.", "state", Upload.state),
        ("chancery_returned_messages", "Returned messages by state.", "state", ReturnedMessage.state),
        (
            "chancery_returned_by_class",
            "Returned messages by what they are.",
            "class",
            ReturnedMessage.category,
        ),
    )
    for name, words, label, column in counted:
        rows = work.session.execute(select(column, func.count()).group_by(column))
        yield Figure(name, words, label, {str(state) if state else "none": count for state, count in rows})


def _waits(work: Work) -> Iterator[Figure]:
    """How long the oldest due message waits, and claims that no worker holds any more."""
    session, now = work.session, work.now()

    def waits(due: datetime | None) -> dict[str, float]:
        return {"": max(0.0, (now - due).total_seconds()) if due else 0.0}

    for kind, name in (("note", "delivery"), ("reminder", "reminder")):
        oldest = select(func.min(Outgoing.due_at)).where(
            Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.kind == kind
        )
        words = f"How long the oldest due {name} waits."
        yield Figure(f"chancery_{name}_oldest_due_seconds", words, "", waits(session.scalar(oldest)))
    oldest = select(func.min(Notice.due_at)).where(Notice.state == "queued")
    words = "How long the oldest due notice waits."
    yield Figure("chancery_notice_oldest_due_seconds", words, "", waits(session.scalar(oldest)))
    limit = now - timedelta(seconds=work.settings.stale_claim_seconds)
    stale = select(func.count()).where(Outgoing.queue == DeliveryQueue.CLAIMED, Outgoing.claimed_at < limit)
    words = "Messages in the hand of a worker that has died."
    yield Figure("chancery_stale_claims", words, "", {"": session.scalar(stale) or 0})


def _rates(work: Work) -> Iterator[Figure]:
    """What the rates still let through at once, and how much due mail waits, by class of domain."""
    session, settings, now = work.session, work.settings, work.now()
    named = sorted(settings.rate_domains)
    tokens: dict[str, float] = {}
    for bucket in session.scalars(select(RateBucket)):
        if not settings.rate(bucket.name):
            continue
        name = EVERYTHING if bucket.name == rates.ALL else bucket.name if bucket.name in named else OTHERS
        # Of the domains that are told together, the one with the least is the one that holds mail up.
        tokens[name] = min(rates.tokens_at(settings, bucket, now), tokens.get(name, float("inf")))
    words = "Messages that the rate lets through at once; of the other domains the least."
    yield Figure("chancery_rate_tokens", words, "domain", tokens)
    of_domain = {name: Outgoing.address.iendswith(f"@{name}", autoescape=True) for name in named}
    counts = [func.count(case((condition, 1))) for condition in of_domain.values()]
    rest = ~or_(*of_domain.values()) if named else Outgoing.id.is_not(None)
    row = session.execute(
        select(func.count(), func.count(case((rest, 1))), *counts).where(
            Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.due_at <= now
        )
    ).one()
    waiting = dict(zip((EVERYTHING, OTHERS, *named), map(float, row), strict=True))
    yield Figure("chancery_rate_waiting", "Due messages that wait, by class of domain.", "domain", waiting)


def _reminders(work: Work) -> Iterator[Figure]:
    now = work.now()
    state = case(
        (Reminder.cancelled_at.is_not(None), "called_off"),
        (Reminder.queue == DeliveryQueue.HELD, "held"),
        (Reminder.queue == DeliveryQueue.CLAIMED, "claimed"),
        ((Reminder.queue == DeliveryQueue.QUEUED) & (Reminder.due_at <= now), "due"),
        (Reminder.queue == DeliveryQueue.QUEUED, "waiting"),
        (Reminder.transport.in_([Transport.REFUSED_PERM, Transport.FAILED]), "failed"),
        else_="sent",
    )
    rows = work.session.execute(select(state, func.count(Reminder.id)).group_by(state))
    values = {str(name): float(count) for name, count in rows}
    yield Figure("chancery_reminders", "Reminders by what became of them.", "state", values)
    due = select(func.count()).where(
        ReminderPlan.next_at <= now, ReminderPlan.paused_at.is_(None), ReminderPlan.ended_at.is_(None)
    )
    words = "Notes whose reminders are due and not yet written."
    yield Figure("chancery_reminder_notes_due", words, "", {"": work.session.scalar(due) or 0})


def _silence(work: Work) -> Iterator[Figure]:
    opened = SilenceProcedure.outcome.is_(None)
    passed = func.count(case((SilenceProcedure.deadline_at <= work.now(), 1)))
    total, over = work.session.execute(select(func.count(SilenceProcedure.id), passed).where(opened)).one()
    values = {"running": float(total - over), "deadline_passed": float(over)}
    yield Figure(
        "chancery_silence_procedures_open", "Silence procedures without an outcome.", "state", values
    )


def _certificates(work: Work) -> Iterator[Figure]:
    now = work.now()
    ending = [row.not_after <= now for row, _ in certificates.expiring(work, now + WARNING)]
    values = {
        "in_force": float(certificates.in_use(work)),
        "ending": float(ending.count(False)),
        "ended": float(ending.count(True)),
    }
    words = "Contacts with a certificate in force, those whose ends within thirty days, and those whose has ended."
    yield Figure("chancery_contact_certificates", words, "state", values)


def _log(work: Work) -> Iterator[Figure]:
    head, now = work.session.get(AuditHead, 1), work.now()
    yield Figure("chancery_audit_entries", "Entries of the audit log.", "", {"": head.count if head else 0})
    behind = head.count - head.anchored_count if head else 0
    yield Figure("chancery_audit_unanchored", "Entries since the last anchor.", "", {"": behind})
    if head is not None and head.anchored_at is not None:
        age = max(0.0, (now - head.anchored_at).total_seconds())
        yield Figure("chancery_audit_anchor_age_seconds", "Since the last anchor was written.", "", {"": age})
    ages = {name: max(0.0, (now - at).total_seconds()) for name, at in last_runs(work).items()}
    words = "Since a task of the timer came to its end."
    yield Figure("chancery_last_run_seconds", words, "task", ages)
