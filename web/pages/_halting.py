"""What may be done with a dispatch as a whole, and with one message of it."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.models import Delivery, Note, Outgoing
from workflow.operations import silent
from workflow.operations.context import Work
from workflow.operations.deliveries import MENDABLE
from workflow.permissions import may
from workflow.states import DeliveryQueue, Hold, Transport


def acts_on(work: Work, note: Note, deliveries: Sequence[Delivery]) -> frozenset[str]:
    """What may be done with the whole dispatch, and would not be refused."""
    now = work.now()
    waits = [one for one in deliveries if one.queue in (DeliveryQueue.QUEUED, DeliveryQueue.CLAIMED)]
    put_off = [one for one in waits if one.attempts and one.due_at > now]
    ahead = note.release_at is not None and note.release_at > now
    fitting = {
        "remind": ("submit", True),
        "hold_all": ("hold_delivery", bool(waits)),
        "resume_all": ("resume_delivery", any(one.held_as is Hold.NOTE for one in deliveries)),
        "cancel_all": (
            "cancel_delivery",
            bool(waits) or any(one.queue is DeliveryQueue.HELD for one in deliveries),
        ),
        "retry_all": (
            "resume_delivery",
            any(one.transport is not Transport.UNKNOWN for one in put_off)
            or any(one.held_as in MENDABLE for one in deliveries),
        ),
        "reschedule": ("reschedule", ahead and any(not one.attempts for one in deliveries)),
    }
    state = {"submit": None}
    return frozenset(
        name
        for name, (action, fits) in fitting.items()
        if fits and may(work.actor, action, state.get(action, note.state))
    )


def acts_on_message(work: Work, note: Note, row: Outgoing) -> frozenset[str]:
    """What may be done with one message, and would not be refused; `resend` of a delivery is the board's."""
    last = row.attempts[-1] if row.attempts else None
    unclear = last is not None and last.transport in (Transport.UNKNOWN, Transport.SENDING)
    held, queued = row.queue is DeliveryQueue.HELD, row.queue is DeliveryQueue.QUEUED
    put_off = queued and last is not None and not unclear and row.due_at > work.now()
    refused = row.queue is DeliveryQueue.DONE and row.transport in (Transport.REFUSED_PERM, Transport.FAILED)
    fitting = {
        "hold": ("hold_delivery", queued),
        "resume": ("resume_delivery", held and row.held_reason != silent.PAUSED),
        "retry": (
            "resume_delivery",
            put_off or row.held_as in MENDABLE or (refused and row.kind == "reminder"),
        ),
        "cancel": ("cancel_delivery", held),
    }
    if row.cancelled_at is not None:
        return frozenset()
    return frozenset(
        name for name, (action, fits) in fitting.items() if fits and may(work.actor, action, note.state)
    )
