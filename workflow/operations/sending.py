"""Sending: claim deliveries, commit an attempt for each, hand them to the relay, commit its answers.

The steps, each in a transaction of its own, so that a crash between any two loses nothing and
sends nothing twice by itself:

1. claim what is due by compare-and-set, and commit an attempt for each as `prepared`;
2. commit as `sending` those that are about to enter DATA (at most the pipeline's depth, the one on the wire
   counted), together with the answers to those before them;
3. hand them to the relay, and make the next such commit while it works on the last of them;
4. commit the answers.  An attempt without an answer after the final dot is `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from workflow.db import is_busy
from workflow.errors import Phrase, Refusal, Unavailable
from workflow.means import Means
from workflow.models import Attempt, Member, Note, Outgoing
from workflow.operations import claims, evidence, hands, mailing, notices, plain, protection, silent
from workflow.operations.context import Work
from workflow.post.address import return_path
from workflow.post.answers import Answer
from workflow.post.compose import Digests
from workflow.post.envelope import Envelope
from workflow.post.pipeline import DEPTH, Job, Turn, send
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, Hold, Transport

# How often a turn is committed again when the database went away over it, and how long it is waited for.
COMMITS = 3
DATABASE_SECONDS = 20.0


@dataclass
class Sent:
    """What one run did: how many messages the relay took, refused, or left unanswered.

    `trouble` says what ended the run early; `more` that its time was up before its work was.
    """

    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    trouble: str = ""
    more: bool = False


def never() -> bool:
    """A run without a limit of time."""
    return False


def send_note(
    means: Means, note_id: int, relay: Relay, worker: str, hurry: Callable[[], bool] = never
) -> Sent:
    """Sends everything that is due of one note; several workers may do so at once.

    A relay that cannot be reached leaves the deliveries queued for later and says so in `trouble`.
    Once `hurry` is true no further message is begun.
    """
    run = _Run(means, note_id, worker)
    while run.begin():
        run.transmit(relay, hurry)
    return run.sent


@dataclass
class _Run:
    """One worker on one note: what it claimed on its way through the relay, batch behind batch.

    `held` are the attempts in its hand, `ready` those of them that were claimed and are not built yet,
    `built` what the messages of the others can be known by.
    """

    means: Means
    note_id: int
    worker: str
    sent: Sent = field(default_factory=Sent)
    parcels: mailing.Parcels = field(default_factory=mailing.Parcels)
    held: set[int] = field(default_factory=set)
    ready: list[tuple[Attempt, Outgoing]] = field(default_factory=list)
    built: dict[int, Digests] = field(default_factory=dict)

    def begin(self) -> bool:
        """Claims something to send; False when nothing is due, or the run is to end."""
        while not self.sent.trouble and not self.sent.more:
            claimed = claims.claim(self.means, self.note_id, self.worker)
            if claimed is None:
                return False
            self.held.update(attempt.id for attempt, _ in claimed)
            self.ready += claimed
            if claimed:
                return True
        return False

    def transmit(self, relay: Relay, hurry: Callable[[], bool]) -> None:
        """Hands over what is due; whatever ends this early, nothing of it stays in this worker's hand."""
        wait = 0.0

        def commit(turn: Turn[int]) -> bool:
            nonlocal wait
            go_on = self._commit(turn)
            self.held.difference_update(key for key, _ in turn.answered)
            if turn.trouble is not None:
                self.sent.trouble, wait = turn.trouble.line, self.means.settings.backoff_seconds[0]
            self.sent.more = self.sent.more or turn.late
            return go_on

        try:
            send(relay, self._jobs(hurry), commit, depth=DEPTH, hurry=hurry)
        except Unavailable as refusal:
            # What all messages need is missing, such as the key that signs them: later, as with a relay.
            self.sent.trouble, wait = refusal.sentence, self.means.settings.backoff_seconds[0]
        finally:
            # Where even this fails, the sweep finds the claims when they are stale.
            with suppress(DBAPIError), self.means.work() as work:
                due = work.now() + timedelta(seconds=wait)
                hands.give_back(work, sorted(self.held), self.worker, due)
            self.held.clear()
            self.ready.clear()
            self.built.clear()

    def _commit(self, turn: Turn[int]) -> bool:
        """Commits a turn; gives whether all that is entering may go into DATA.

        The answers are known here and nowhere else: when the database goes away over them, it is waited
        for and told again.  All of it may be told twice.
        """
        for more in reversed(range(COMMITS)):
            try:
                with self.means.work() as work:
                    told = [one for one, _ in turn.answered]
                    locked = hands.lock(work, [*told, *turn.unsent, *turn.entering])
                    mine = {one for one, held in locked.items() if held.is_in_hand(self.worker)}
                    outcomes = _record_answers(
                        work, turn.answered, {one: locked[one].delivery_id for one in told}
                    )
                    for attempt, _ in hands.loaded(work, mine.intersection(turn.unsent)).values():
                        hands.unsend(attempt)
                    whole = mine.issuperset(turn.entering)
                    entering = [locked[one] for one in turn.entering] if whole else []
                    reminders = [held.delivery_id for held in entering if held.reminds_id]
                    # A state may have acknowledged at the last moment: the others are claimed again.
                    go_on = whole and silent.all_wanted(work, reminders)
                    if go_on:
                        hands.enter(work, {one: self.built[one] for one in turn.entering})
                break
            except DBAPIError as error:
                if not more or not (error.connection_invalidated or is_busy(error)):
                    raise
                self.means.database.wait(DATABASE_SECONDS)
        self.sent.accepted += outcomes.count(Transport.ACCEPTED)
        self.sent.unknown += outcomes.count(Transport.UNKNOWN)
        self.sent.refused += sum(one in (Transport.REFUSED_TEMP, Transport.REFUSED_PERM) for one in outcomes)
        if not whole:
            self.sent.trouble = "the claim was taken away: another worker has it, or a person stopped it"
        return go_on

    def _jobs(self, hurry: Callable[[], bool]) -> Iterator[Job[int]]:
        """The messages to send, each put together when the pipeline asks for it, until nothing is due.

        One that cannot be made waits for a person; the others go.  Raises Unavailable where none can.
        """
        while self.ready or (not hurry() and self.begin()):
            letters, faults = self._letters()
            self.ready.clear()
            if faults:
                with self.means.work() as work:
                    for attempt_id, why in faults.items():
                        words = f"The message cannot be made: {why} Put that right, then resume the delivery."
                        hands.set_aside(work, attempt_id, self.worker, words)
            for attempt_id, (envelope, letter) in letters.items():
                message, self.built[attempt_id] = letter.made()
                yield Job(attempt_id, envelope, message)

    def _letters(self) -> tuple[dict[int, tuple[Envelope, mailing.Letter]], dict[int, str]]:
        """What each message is made of, all of it read at once, and why some cannot be made."""
        letters, faults = {}, {}
        with self.means.look() as work:
            wanted = {delivery.member_id for _, delivery in self.ready}
            # The members are held here, and so is the note: the session forgets what nobody holds.
            members = work.session.scalars(select(Member).where(Member.id.in_(wanted))).all()
            assert len(members) == len(wanted)
            addresses = {(delivery.member_id, attempt.address) for attempt, delivery in self.ready}
            certificates = protection.standing(work, addresses)
            for attempt, delivery in self.ready:
                note = work.session.get_one(Note, delivery.note_id)
                try:
                    sender = return_path(work.settings.return_path, attempt.token)
                    letter = mailing.letter(work, self.parcels, note, delivery, attempt, certificates)
                    letters[attempt.id] = (Envelope(sender, attempt.address, attempt.token), letter)
                except Unavailable:
                    raise
                except (Refusal, OSError, ValueError) as error:
                    why = error.sentence if isinstance(error, Refusal) else f"{type(error).__name__}."
                    faults[attempt.id] = why
        return letters, faults


def _record_answers(
    work: Work, answered: Sequence[tuple[int, Answer]], deliveries: Mapping[int, int]
) -> list[Transport]:
    """Writes down what the relay said to the attempts of a turn, and what follows for their deliveries."""
    outcomes = [answer.transport for _, answer in answered]
    if any(outcome is not Transport.ACCEPTED for outcome in outcomes):
        _fold_in(work, answered, hands.loaded(work, list(deliveries)))
    elif outcomes:
        # The relay took them all, as it nearly always does.
        rows = plain.read(work, deliveries.values())
        _fold_in(work, answered, {one.id: (one, row) for row in rows for one in row.attempts})
        plain.write(work, rows)
    return outcomes


def _fold_in(
    work: Work, answered: Sequence[tuple[int, Answer]], rows: Mapping[int, tuple[Attempt, Outgoing]]
) -> None:
    pieces = []
    for attempt_id, answer in answered:
        attempt, delivery = rows[attempt_id]
        attempt.answer = answer.line
        if answer.transport is Transport.UNKNOWN:
            continue
        attempt.answered_at, attempt.queue_id = work.now(), answer.queue_id
        said = {
            "step": answer.step.value,
            "code": answer.code,
            "status": answer.status,
            "text": answer.text,
            "queue_id": answer.queue_id,
            **evidence.message_of(attempt),
        }
        key = evidence.key_of("smtp", attempt.id, "answer")
        kind = answer.transport.value
        pieces.append(evidence.Piece(delivery, "transport", kind, key, work.now(), attempt, said))
    evidence.record_all(work, pieces, locked=True)
    for attempt_id, answer in answered:
        _follow(work, *rows[attempt_id], answer)


def _follow(work: Work, attempt: Attempt, delivery: Outgoing, answer: Answer) -> None:
    """What follows for a delivery from the answer to its attempt."""
    outcome = answer.transport
    if outcome is Transport.UNKNOWN:
        claims.mark_unknown(work, delivery, attempt)
    elif outcome is Transport.ACCEPTED:
        claims.release(delivery, DeliveryQueue.DONE)
    elif outcome is Transport.REFUSED_PERM and answer.too_large and not attempt.linked:
        # The same message with links in place of the files may pass.
        attempt.superseded = True
        delivery.channel = "link_only"
        claims.release(delivery, DeliveryQueue.QUEUED)
        delivery.due_at = work.now()
    elif outcome is Transport.REFUSED_PERM:
        claims.release(delivery, DeliveryQueue.DONE)
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
        claims.release(
            delivery,
            DeliveryQueue.HELD,
            Hold.PATIENCE,
            Phrase(
                "The relay put it off %(times)s times. Look at its answers, then resume the delivery or cancel it.",
                times=refused,
            ),
        )
        return
    claims.release(delivery, DeliveryQueue.QUEUED)
    delivery.due_at = work.now() + timedelta(seconds=waits[refused - 1])
