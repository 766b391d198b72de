"""What may be done with a dispatch as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.models import Delivery, Note
from workflow.operations.context import Work
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
            or any(one.held_as in (Hold.PATIENCE, Hold.FAULT) for one in deliveries),
        ),
        "reschedule": ("reschedule", ahead and any(not one.attempts for one in deliveries)),
    }
    state = {"submit": None}
    return frozenset(
        name
        for name, (action, fits) in fitting.items()
        if fits and may(work.actor, action, state.get(action, note.state))
    )
