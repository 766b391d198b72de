"""Figures of the post: what waits, what is held, what needs a person, and mail to our own people."""

from __future__ import annotations

from sqlalchemy import func, select

from workflow.models import Outgoing, ReturnedMessage
from workflow.operations import notice_mail
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Transport


def status(work: Work) -> dict[str, int]:
    """How many deliveries, reminders and returned messages are in which condition, over all notes."""

    def count(*conditions: object) -> int:
        return work.session.scalar(select(func.count()).select_from(Outgoing).where(*conditions)) or 0  # type: ignore[arg-type]

    now, figures = work.now(), notice_mail.status(work)
    return {
        "due_now": count(Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.due_at <= now),
        "waiting_for_their_time": count(Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.due_at > now),
        "in_a_workers_hand": count(Outgoing.queue == DeliveryQueue.CLAIMED),
        "held": count(Outgoing.queue == DeliveryQueue.HELD),
        "done": count(Outgoing.queue == DeliveryQueue.DONE),
        "outcome_unknown": count(Outgoing.transport == Transport.UNKNOWN),
        "refused_or_failed": count(Outgoing.transport.in_([Transport.REFUSED_PERM, Transport.FAILED])),
        **{f"notices_{name}": figures[name] for name in ("queued", "overdue", "failed", "unknown")},
        "returned_mail_waiting": work.session.scalar(
            select(func.count()).select_from(ReturnedMessage).where(ReturnedMessage.state == "waiting")
        )
        or 0,
    }
