"""Sending: claim deliveries, commit an attempt for each, hand them to the relay, commit its answers.

The steps, each in a transaction of its own, so that a crash between any two loses nothing and
sends nothing twice by itself:

1. claim what is due by compare-and-set, and commit an attempt for each as `prepared`;
2. commit as `sending` those that are about to enter DATA (at most the pipeline's depth), together
   with the answers to those before them;
3. hand them to the relay;
4. commit the answers.  An attempt without an answer after the final dot is `unknown`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from workflow.means import Means
from workflow.models import Attempt, Note, Outgoing
from workflow.operations import evidence, mailing, notices, silent
from workflow.operations.context import Work
from workflow.post.address import return_path
from workflow.post.answers import Answer
from workflow.post.envelope import Envelope
from workflow.post.pipeline import DEPTH, Job, send
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, Transport

BATCH = 20

# An attempt in one of these is over; the next one is a new row with a new token.
_OVER = {
    Transport.REFUSED_TEMP,
    Transport.REFUSED_PERM,
    Transport.ACCEPTED,
    Transport.DELAYED,
    Transport.RELAYED,
    Transport.DELIVERED,
    Transport.FAILED,
}
# After one of these the contact may have the message, so that another copy has to say so.
_MAY_BE_THERE = {Transport.UNKNOWN, *evidence.STANDING}


@dataclass
class Sent:
    """What one run did: how many messages the relay took, refused, or left unanswered."""

    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    trouble: str = ""


def send_note(means: Means, note_id: int, relay: Relay, worker: str) -> Sent:
    """Sends everything that is due of one note; several workers may do so at once.

    A relay that cannot be reached leaves the deliveries queued for later and says so in `trouble`.
    """
    sent = Sent()
    parcels = mailing.Parcels()
    while not sent.trouble:
        attempts = claim(means, note_id, worker)
        if attempts is None:
            break
        if attempts:
            _transmit(means, attempts, relay, worker, parcels, sent)
    return sent


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


def claim(means: Means, note_id: int, worker: str, most: int = BATCH) -> list[int] | None:
    """Claims up to `most` due deliveries of a note and prepares an attempt for each.

    Gives the attempts' ids: an empty list when what was claimed turned out not to be for sending
    now, and None when nothing is due.
    """
    with means.work() as work:
        now = work.now()
        due = list(
            work.session.scalars(
                select(Outgoing.id)
                .where(
                    Outgoing.note_id == note_id,
                    Outgoing.queue == DeliveryQueue.QUEUED,
                    Outgoing.due_at <= now,
                )
                .order_by(Outgoing.due_at, Outgoing.id)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
        )
        # The compare-and-set holds on either database; the lock above only spares two workers a wait.
        claimed = sorted(
            work.session.scalars(
                update(Outgoing)
                .where(Outgoing.id.in_(due), Outgoing.queue == DeliveryQueue.QUEUED)
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
        attempts = [attempt for one in deliveries if (attempt := _prepare(work, one)) is not None]
        work.session.flush()
        return [attempt.id for attempt in attempts]


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
                _release(
                    delivery,
                    DeliveryQueue.HELD,
                    "The outcome is unknown a second time and no report came. Ask the contact, "
                    "then resume the delivery or cancel it.",
                )
                return None
            assert last.unknown_at is not None
            due = last.unknown_at + timedelta(seconds=work.settings.report_wait_seconds)
            if work.now() < due:
                _release(delivery, DeliveryQueue.QUEUED)
                delivery.due_at = due
                return None
        if last.transport not in _OVER and last.transport is not Transport.UNKNOWN:
            last.superseded = True
    for earlier in delivery.attempts:
        # At another address the message was not seen by this contact, so it cannot be a duplicate there.
        doubtful = doubtful or (earlier.transport in _MAY_BE_THERE and earlier.address == delivery.address)
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
    )
    delivery.attempts.append(attempt)
    delivery.possible_duplicate = delivery.possible_duplicate or doubtful
    return attempt


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
    )
    if attempt.transport is Transport.UNKNOWN:
        _release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at = work.now() + timedelta(seconds=work.settings.report_wait_seconds)
    else:
        # A report was faster than we were: the outcome is known after all.
        _release(delivery, DeliveryQueue.DONE)


def _release(delivery: Outgoing, queue: DeliveryQueue, held_reason: str | None = None) -> None:
    delivery.queue = queue
    delivery.claimed_at = delivery.claimed_by = None
    delivery.held_reason = held_reason


def _transmit(
    means: Means,
    attempts: Sequence[int],
    relay: Relay,
    worker: str,
    parcels: mailing.Parcels,
    sent: Sent,
) -> None:
    for turn in send(relay, _jobs(means, attempts, parcels), depth=DEPTH):
        with means.work() as work:
            for attempt_id, answer in turn.answered:
                _record_answer(work, attempt_id, answer, sent)
            entering = _still_claimed(work, turn.entering, worker)
            lost = len(entering) < len(turn.entering)
            wanted = silent.all_wanted(work, entering)
            for attempt in [] if lost or not wanted else entering:
                attempt.transport, attempt.sending_at = Transport.SENDING, work.now()
            for attempt in _still_claimed(work, turn.left, worker):
                _put_back(work, attempt)
            for attempt in [] if wanted else _still_claimed(work, attempts, worker):
                # A state acknowledged at the last moment: the others of this claim are simply claimed again.
                _release(work.session.get_one(Outgoing, attempt.delivery_id), DeliveryQueue.QUEUED)
        if turn.trouble is not None:
            sent.trouble = turn.trouble.line
        if lost:
            # What is still ours stays claimed and prepared: the sweep gives it back unsent.
            sent.trouble = "another worker took the claim over"
        if lost or not wanted:
            break


def _still_claimed(work: Work, attempts: Sequence[int], worker: str) -> list[Attempt]:
    """Those of the attempts whose delivery is in this worker's hand and that nobody has begun to send.

    A worker that stood still longer than a claim lasts finds here that another one took over.
    """
    if not attempts:
        return []
    return list(
        work.session.scalars(
            select(Attempt)
            .join(Outgoing, Outgoing.id == Attempt.delivery_id)
            .where(
                Attempt.id.in_(attempts),
                Attempt.transport == Transport.PREPARED,
                Outgoing.queue == DeliveryQueue.CLAIMED,
                Outgoing.claimed_by == worker,
            )
            .order_by(Attempt.id)
            .with_for_update(of=Outgoing)
        )
    )


def _jobs(means: Means, attempts: Sequence[int], parcels: mailing.Parcels) -> Iterator[Job[int]]:
    """The messages of the attempts, each built when the pipeline asks for it."""
    for attempt_id in attempts:
        with means.look() as work:
            attempt = work.session.get_one(Attempt, attempt_id)
            delivery = work.session.get_one(Outgoing, attempt.delivery_id)
            note = work.session.get_one(Note, delivery.note_id)
            sender = return_path(work.settings.return_path, attempt.token)
            message = mailing.message(work, parcels, note, delivery, attempt)
            envelope = Envelope(sender, attempt.address, attempt.token)
        yield Job(attempt_id, envelope, message)


def _record_answer(work: Work, attempt_id: int, answer: Answer, sent: Sent) -> None:
    """Commits what the relay said to one attempt, and what follows for its delivery."""
    attempt = work.session.get_one(Attempt, attempt_id)
    delivery = work.session.get_one(Outgoing, attempt.delivery_id)
    outcome = answer.transport
    if outcome is Transport.UNKNOWN:
        attempt.answer = answer.line
        mark_unknown(work, delivery, attempt)
        sent.unknown += 1
        return
    attempt.answer, attempt.answered_at, attempt.queue_id = answer.line, work.now(), answer.queue_id
    work.session.flush()
    evidence.record(
        work,
        delivery,
        "transport",
        outcome.value,
        key=evidence.key_of("smtp", attempt.id, "answer"),
        at=work.now(),
        attempt=attempt,
        step=answer.step.value,
        code=answer.code,
        status=answer.status,
        text=answer.text,
        queue_id=answer.queue_id,
    )
    if outcome is Transport.ACCEPTED:
        _release(delivery, DeliveryQueue.DONE)
        sent.accepted += 1
        return
    sent.refused += 1
    if outcome is Transport.REFUSED_PERM and answer.too_large and not attempt.linked:
        # The same message with links in place of the files may pass.
        attempt.superseded = True
        delivery.channel = "link_only"
        _release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at = work.now()
    elif outcome is Transport.REFUSED_PERM:
        _release(delivery, DeliveryQueue.DONE)
        notices.not_reached(work, delivery)
    else:
        _postpone(work, delivery)


def _postpone(work: Work, delivery: Outgoing) -> None:
    """After a temporary refusal: due again later, or a person's decision when patience has ended."""
    refused = sum(
        one.transport is Transport.REFUSED_TEMP and one.address == delivery.address
        for one in delivery.attempts
    )
    waits = work.settings.backoff_seconds
    if refused > len(waits):
        _release(
            delivery,
            DeliveryQueue.HELD,
            f"The relay put it off {refused} times. Look at its answers, then resume the delivery or cancel it.",
        )
        return
    _release(delivery, DeliveryQueue.QUEUED)
    delivery.due_at = work.now() + timedelta(seconds=waits[refused - 1])


def _put_back(work: Work, attempt: Attempt) -> None:
    """Nothing of this attempt was offered: it stays prepared, and is sent when the relay is back."""
    delivery = work.session.get_one(Outgoing, attempt.delivery_id)
    _release(delivery, DeliveryQueue.QUEUED)
    delivery.due_at = work.now() + timedelta(seconds=work.settings.backoff_seconds[0])


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
                last is not None and last.transport in _OVER and last.transport is not Transport.REFUSED_TEMP
            )
            _release(delivery, DeliveryQueue.DONE if done else DeliveryQueue.QUEUED)
            delivery.due_at = work.now()
    work.session.flush()
    return len(stale)
