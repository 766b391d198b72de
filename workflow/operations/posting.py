"""Figures of the post: what waits, what is held, what needs a person, and mail to our own people."""

from __future__ import annotations

from sqlalchemy import func, select

from workflow.models import Delivery, ReturnedMessage
from workflow.operations import notice_mail
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Transport


def status(work: Work) -> dict[str, int]:
    """How many deliveries and returned messages are in which condition, over all notes."""

    def count(*conditions: object) -> int:
        return work.session.scalar(select(func.count()).select_from(Delivery).where(*conditions)) or 0  # type: ignore[arg-type]

    now, figures = work.now(), notice_mail.status(work)
    return {
        "due_now": count(Delivery.queue == DeliveryQueue.QUEUED, Delivery.due_at <= now),
        "waiting_for_their_time": count(Delivery.queue == DeliveryQueue.QUEUED, Delivery.due_at > now),
        "in_a_workers_hand": count(Delivery.queue == DeliveryQueue.CLAIMED),
        "held": count(Delivery.queue == DeliveryQueue.HELD),
        "done": count(Delivery.queue == DeliveryQueue.DONE),
        "outcome_unknown": count(Delivery.transport == Transport.UNKNOWN),
        "refused_or_failed": count(Delivery.transport.in_([Transport.REFUSED_PERM, Transport.FAILED])),
        **{f"notices_{name}": figures[name] for name in ("queued", "overdue", "failed", "unknown")},
        "returned_mail_waiting": work.session.scalar(
            select(func.count()).select_from(ReturnedMessage).where(ReturnedMessage.state == "waiting")
        )
        or 0,
    }
