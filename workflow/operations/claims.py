"""Claims: which delivery is in which worker's hand, and the attempt with which it goes on.

A delivery is claimed by compare-and-set, and its attempt is committed as `prepared`, before anything
of it is sent.  Whatever ends a claim before its message was on the wire gives it back unsent; what
may have been on the wire is `unknown`.  A worker that stood still finds out at its next step that
its claim was taken away: by the sweep, or by a person who stopped the dispatch.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, insert, select, update

from workflow.errors import Phrase
from workflow.means import Means
from workflow.models import Attempt, Outgoing
from workflow.operations import evidence, rates, silent
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Hold, Transport

BATCH = 50

# An attempt in one of these is over; the next one is a new row with a new token.
OVER = {
    Transport.REFUSED_TEMP,
    Transport.REFUSED_PERM,
    Transport.ACCEPTED,
    Transport.DELAYED,
    Transport.RELAYED,
    Transport.DELIVERED,
    Transport.FAILED,
}
# After one of these the contact may have the message.
_MAY_BE_THERE = {Transport.UNKNOWN, *evidence.STANDING}


def due_notes(work: Work) -> list[int]:
    """The ids of the notes that have something to send at this moment."""
    return list(
        work.session.scalars(
            select(Outgoing.note_id)
            .where(Outgoing.queue == DeliveryQueue.QUEUED, Outgoing.due_at <= work.now())
            .distinct()
            .order_by(Outgoing.note_id)
        )
    )


def claim(
    means: Means, note_id: int, worker: str, most: int = BATCH
) -> list[tuple[Attempt, Outgoing]] | None:
    """Claims up to `most` due deliveries of a note and prepares an attempt for each.

    Gives the attempts with their deliveries: an empty list when what was claimed turned out not to be for sending
    now, and None when nothing is due, or nothing that the rates let through at this moment.
    """
    with means.work() as work:
        now = work.now()
        flow = rates.flow(work)
        due = select(Outgoing.id, Outgoing.address).where(
            Outgoing.note_id == note_id,
            Outgoing.queue == DeliveryQueue.QUEUED,
            Outgoing.due_at <= now,
            *flow.open_domains(),
        )
        # Whom the flow lets through now; the others stay as they are, and hold nobody up.
        chosen = [
            identity
            for identity, address in work.session.execute(
                due.order_by(Outgoing.due_at, Outgoing.id).limit(most).with_for_update(skip_locked=True)
            )
            if flow.take(address)
        ]
        # The compare-and-set holds on either database; the lock above only spares two workers a wait.
        claimed = sorted(
            work.session.scalars(
                update(Outgoing)
                .where(Outgoing.id.in_(chosen), Outgoing.queue == DeliveryQueue.QUEUED)
                .values(queue=DeliveryQueue.CLAIMED, claimed_at=now, claimed_by=worker)
                .returning(Outgoing.id)
                .execution_options(synchronize_session=False)
            )
        )
        if not claimed:
            return None
        deliveries = work.session.scalars(
            select(Outgoing).where(Outgoing.id.in_(claimed)).order_by(Outgoing.id)
        )
        rows = [(attempt, one) for one in deliveries if (attempt := _prepare(work, one)) is not None]
        _insert(work, [attempt for attempt, _ in rows if attempt.id is None])
        return rows


# What is known of a prepared attempt; it is written by hand, since the session would take ten times as long.
_ATTEMPTS = cast(Table, Attempt.__table__)
_GIVEN = (
    "delivery_id",
    "number",
    "token",
    "address",
    "linked",
    "transport",
    "prepared_at",
    "possible_duplicate",
    "superseded",
)
_PREPARED = insert(_ATTEMPTS).returning(_ATTEMPTS.c.token, _ATTEMPTS.c.id)


def _insert(work: Work, attempts: Sequence[Attempt]) -> None:
    if not attempts:
        return
    values = [{name: getattr(attempt, name) for name in _GIVEN} for attempt in attempts]
    # The rows come back in any order: asked for in this one, each would be inserted by itself.
    numbers = {row.token: row.id for row in work.session.execute(_PREPARED, values)}
    for attempt in attempts:
        attempt.id = numbers[attempt.token]


def _prepare(work: Work, delivery: Outgoing) -> Attempt | None:
    """The attempt with which a claimed delivery goes on; None when it waits, or a person decides."""
    last = delivery.attempts[-1] if delivery.attempts else None
    doubtful = False
    begun = last is not None and last.transport is Transport.SENDING
    if not begun and not silent.still_wanted(work, delivery):
        return None
    if last is not None and not last.superseded:
        if last.transport is Transport.PREPARED and last.address == delivery.address:
            return last  # Nothing of it was sent: a crash came before its DATA.
        if last.transport is Transport.SENDING:
            mark_unknown(work, delivery, last)
            return None
        if last.transport is Transport.UNKNOWN:
            if last.possible_duplicate:
                release(
                    delivery,
                    DeliveryQueue.HELD,
                    Hold.UNKNOWN,
                    Phrase(
                        "The outcome is unknown a second time and no report came. Ask the contact, "
                        "then resume the delivery or cancel it."
                    ),
                )
                return None
            assert last.unknown_at is not None
            due = last.unknown_at + timedelta(seconds=work.settings.report_wait_seconds)
            if work.now() < due:
                release(delivery, DeliveryQueue.QUEUED)
                delivery.due_at = due
                return None
        if last.transport not in OVER and last.transport is not Transport.UNKNOWN:
            last.superseded = True
    for earlier in delivery.attempts:
        # At another address the message was not seen by this contact, so it cannot be a duplicate there.
        doubtful = doubtful or (earlier.address == delivery.address and _may_be_there(work, earlier))
        earlier.superseded = True
    attempt = Attempt(
        delivery_id=delivery.id,
        number=len(delivery.attempts) + 1,
        token=secrets.token_hex(16),
        address=delivery.address,
        linked=delivery.channel == "link_only" or bool(last and last.linked),
        transport=Transport.PREPARED,
        prepared_at=work.now(),
        possible_duplicate=doubtful,
        superseded=False,
    )
    delivery.possible_duplicate = delivery.possible_duplicate or doubtful
    return attempt


def _may_be_there(work: Work, attempt: Attempt) -> bool:
    """Whether its contact may have the message of this attempt, so that another copy has to say so."""
    if attempt.transport is Transport.FAILED:
        return evidence.was_there(work, attempt)
    return attempt.transport in _MAY_BE_THERE


def mark_unknown(work: Work, delivery: Outgoing, attempt: Attempt) -> None:
    """The line or the worker broke after the message may have gone out: wait for this attempt's report."""
    attempt.unknown_at = work.now()
    work.session.flush()
    evidence.record(
        work,
        delivery,
        "transport",
        Transport.UNKNOWN.value,
        key=evidence.key_of("smtp", attempt.id, "unknown"),
        at=work.now(),
        attempt=attempt,
        **evidence.message_of(attempt),
    )
    if attempt.transport is Transport.UNKNOWN:
        release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at = work.now() + timedelta(seconds=work.settings.report_wait_seconds)
    else:
        # A report was faster than we were: the outcome is known after all.
        release(delivery, DeliveryQueue.DONE)


def release(
    delivery: Outgoing, queue: DeliveryQueue, held_as: Hold | None = None, reason: str | None = None
) -> None:
    """Takes a delivery out of a worker's hand; one that is held says why, and what for."""
    delivery.queue = queue
    delivery.claimed_at = delivery.claimed_by = None
    delivery.held_as, delivery.held_reason = held_as, reason


def release_stale_claims(work: Work) -> int:
    """Takes deliveries back from workers that died; gives how many.

    What was only prepared is simply sent; what may have been on the wire is `unknown`.
    """
    limit = work.now() - timedelta(seconds=work.settings.stale_claim_seconds)
    stale = work.session.scalars(
        select(Outgoing)
        .where(Outgoing.queue == DeliveryQueue.CLAIMED, Outgoing.claimed_at < limit)
        .order_by(Outgoing.id)
        .with_for_update(skip_locked=True)
    ).all()
    for delivery in stale:
        last = delivery.attempts[-1] if delivery.attempts else None
        if last is not None and last.transport is Transport.SENDING:
            mark_unknown(work, delivery, last)
        else:
            done = (
                last is not None and last.transport in OVER and last.transport is not Transport.REFUSED_TEMP
            )
            release(delivery, DeliveryQueue.DONE if done else DeliveryQueue.QUEUED)
            delivery.due_at = work.now()
    work.session.flush()
    return len(stale)


def mend_times(work: Work) -> int:
    """Takes back what a clock that had jumped ahead wrote; gives how many deliveries that concerned.

    A claim from the future would never grow stale, and an attempt's wait would last until the clock is
    there again.  A release that a person set for later has no attempt, and stays.
    """
    now, settings = work.now(), work.settings
    claimed = work.session.execute(
        update(Outgoing)
        .where(Outgoing.queue == DeliveryQueue.CLAIMED, Outgoing.claimed_at > now)
        .values(claimed_at=now)
        .execution_options(synchronize_session=False)
    )
    work.session.execute(
        update(Attempt)
        .where(Attempt.transport == Transport.UNKNOWN, Attempt.unknown_at > now)
        .values(unknown_at=now)
        .execution_options(synchronize_session=False)
    )
    longest = max(*settings.backoff_seconds, settings.report_wait_seconds)
    waiting = work.session.execute(
        update(Outgoing)
        .where(
            Outgoing.queue == DeliveryQueue.QUEUED,
            Outgoing.due_at > now + timedelta(seconds=longest),
            select(Attempt.id).where(Attempt.delivery_id == Outgoing.id).exists(),
        )
        .values(due_at=now + timedelta(seconds=longest))
        .execution_options(synchronize_session=False)
    )
    return int(claimed.rowcount + waiting.rowcount)  # type: ignore[attr-defined]
