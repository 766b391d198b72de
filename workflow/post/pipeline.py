"""Many messages over one connection, with the caller's commits made while the relay works.

    def commit(turn):
        record(turn.answered)          # what became of those that were on the wire
        mark_sending(turn.entering)    # those that may be on the wire from now on
        return True                    # False: these may not, and the run is to end

    send(relay, jobs, commit, depth=4)

Nothing enters DATA before the commit that names it has come back.  A commit is made as soon as the final
dot of a group's last message is out, while the relay writes that message to its disk, and not when its
answer is there: so neither waits for the other.  That message's answer comes with the next commit.  With
pipelining, the envelope of the next message travels behind the final dot of the one before (RFC 2920),
so that a message costs one round trip.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from workflow.post.answers import Answer, RelayDown, Step
from workflow.post.envelope import Envelope
from workflow.post.smtp import Offered, Relay

DEPTH = 4
Key = TypeVar("Key")


@dataclass(frozen=True)
class Job(Generic[Key]):
    """One message to send; `key` is the caller's own name for it, such as the attempt's id."""

    key: Key
    envelope: Envelope
    message: bytes = field(repr=False)


@dataclass(frozen=True)
class Turn(Generic[Key]):
    """What the caller is to commit at once.

    Each key that was `entering` is `answered` in the next turn or the one after it, or `unsent`: time was up,
    or the relay was lost, before anything of its content went out.  A key may be answered without having entered: the relay refused
    its envelope.  In the last turn `entering` is empty; if the relay was lost, `trouble` says how; `late` says
    that time was up.  `left` are then the keys that were read, and of which nothing was sent.
    """

    answered: tuple[tuple[Key, Answer], ...] = ()
    entering: tuple[Key, ...] = ()
    left: tuple[Key, ...] = ()
    trouble: Answer | None = None
    unsent: tuple[Key, ...] = ()
    late: bool = False


@dataclass
class _Item(Generic[Key]):
    job: Job[Key]
    offered: Offered


def _never() -> bool:
    return False


def send(
    relay: Relay,
    jobs: Iterable[Job[Key]],
    commit: Callable[[Turn[Key]], bool],
    *,
    depth: int = DEPTH,
    hurry: Callable[[], bool] = _never,
) -> None:
    """Send `jobs` in order, at most `depth` (1 to 4) of them entered and not answered; never raises for relay or network.

    A relay that closes the line after it has taken messages is called again; one that takes none on
    a fresh connection ends the run.  `jobs` is read ahead by `depth` messages only, and no further
    once the run ends; an error that it raises ends the run too, and comes out after the last turn, so that no
    answer is lost.  Once `commit` gives False nothing more is sent; what was on the wire has a turn of its own.
    An error that `commit` raises ends the run at once, and the connection with it.  Once `hurry` is true, no
    further message is begun: the run ends with the one that is on the wire, however slow the relay is.
    """
    if not 1 <= depth <= DEPTH:
        raise ValueError(f"the pipeline's depth is 1 to {DEPTH}")
    run = _Run(relay, iter(jobs), commit, depth, hurry)
    try:
        while run.turn():
            run.transmit()
        if run.fault is not None:
            raise run.fault
    finally:
        run.leave()


class _Run(Generic[Key]):
    """The state of one `send`: what waits, what entered, what was answered since the last turn."""

    def __init__(
        self,
        relay: Relay,
        jobs: Iterator[Job[Key]],
        commit: Callable[[Turn[Key]], bool],
        depth: int,
        hurry: Callable[[], bool],
    ) -> None:
        self.relay = relay
        self.commit = commit
        self.hurry = hurry
        self.unsent: list[Key] = []
        self.jobs = jobs
        self.depth = depth
        self.waiting: deque[_Item[Key]] = deque()
        self.group: deque[_Item[Key]] = deque()
        self.answered: list[tuple[Key, Answer]] = []
        self.trouble: Answer | None = None
        self.fault: Exception | None = None
        self.stopped = False
        # A message whose answer is still to be read: its connection can be used for nothing else.
        self.flying = False
        # How many messages the relay answered on this connection: without any, calling again is of no use.
        self.progress = 0

    def turn(self) -> bool:
        """A commit with nothing on the wire: the answers so far, and a group whose first envelope was taken.

        False when it was the last one.
        """
        if self.stopped:
            return self._last(self._left())
        if self.trouble is None and (self.unsent or self.hurry()):
            self.leave()
            return self._last(self._left(), late=True)
        self._look_ahead(self.depth)
        while self.trouble is None and self.waiting and not self._ready(self.waiting, data=False):
            self._look_ahead(self.depth)
        if self.trouble is not None or not self.waiting:
            return self._last(self._left())
        return self._enter(self.depth)

    def _enter(self, most: int) -> bool:
        """Has the caller commit the answers so far and the next group; it is sent from then on."""
        group = [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]
        answered, self.answered = tuple(self.answered), []
        if self.commit(Turn(answered, tuple(item.job.key for item in group))):
            self.group.extend(group)
        else:
            self.stopped = True
            self.waiting.extendleft(reversed(group))
        return not self.stopped

    def _last(self, left: tuple[Key, ...], *, late: bool = False) -> bool:
        answered, unsent = tuple(self.answered), tuple(self.unsent)
        self.commit(Turn(answered, left=left, trouble=self.trouble, unsent=unsent, late=late))
        return False

    def _left(self) -> tuple[Key, ...]:
        left = tuple(item.job.key for item in self.waiting)
        self.waiting.clear()
        return left

    def transmit(self) -> None:
        """Send the group, and the groups that enter behind it; each of their messages gets exactly one answer."""
        while self.group and self.trouble is None:
            if self.hurry():
                self.leave()
                break
            if not self._ready(self.group, data=True):
                continue
            following = self._next()
            lines = [] if following is None else self._lines_behind(following)
            item = self.group.popleft()
            self.flying = True
            flight = self.relay.hand_over(item.offered, lines)
            if flight.lost is None and self._meanwhile() and lines:
                flight = self.relay.ask_leave(flight)
            answers = self.relay.landed(flight)
            self.flying = False
            if answers[0].ends_session and not self.progress:
                # A relay that breaks at every message would make an unknown of each: no further one is risked.
                self.trouble = answers[0]
            self._note(item, answers[0])
            if following is not None and len(answers) > 1:
                self.relay.settle(following.offered, answers[1:])
        self._unsend()

    def _unsend(self) -> None:
        """Those that entered and were not begun: of their content nothing went out."""
        self.unsent += [item.job.key for item in self.group]
        self.group.clear()

    def _meanwhile(self) -> bool:
        """What is done while the relay takes a message: the next ones are built, or the next group enters.

        True when a group entered, so that the first of it may go into DATA.
        """
        if self.group:
            self._look_ahead(min(self.depth, len(self.waiting) + 2))
            return False
        # One place of the depth is that of the message on the wire.
        self._look_ahead(self.depth - 1)
        return self.depth > 1 and bool(self.waiting) and not self.hurry() and self._enter(self.depth - 1)

    def leave(self) -> None:
        """Leave no server waiting for a content that will not come, and no answer to be taken for another's."""
        if self.flying or any(item.offered.granted for item in (*self.group, *self.waiting)):
            self.relay.drop()

    def _ready(self, line: deque[_Item[Key]], *, data: bool) -> bool:
        """Whether the relay took the envelope of the first in `line` and, with `data`, waits for its content.

        Otherwise it was answered and is gone, or is to be offered anew on another connection, or
        there is trouble.
        """
        item = line[0]
        if item.offered.refusal is None and not self.relay.holds(item.offered):
            item.offered = _fresh(item)
            if not self._open():
                return False
            self._settle(item.offered, self.relay.lines(item.offered, data=data))
        elif item.offered.refusal is None and data and not item.offered.granted:
            self._settle(item.offered, [(Step.DATA, b"DATA\r\n")])
        refusal = item.offered.refusal
        if refusal is None:
            return True
        if refusal.ends_session and self.progress:
            item.offered, self.progress = _fresh(item), 0
            return False
        if refusal.ends_session:
            self.trouble = refusal
        self._answer(line, refusal)
        return False

    def _settle(self, offered: Offered, lines: list[tuple[Step, bytes]]) -> None:
        if lines:
            self.relay.settle(offered, self.relay.converse(lines))

    def _open(self) -> bool:
        sessions = self.relay.sessions
        try:
            self.relay.open()
        except RelayDown as down:
            self.trouble = down.answer
            return False
        if self.relay.sessions != sessions:
            self.progress = 0
        return True

    def _answer(self, line: deque[_Item[Key]], answer: Answer) -> None:
        self._note(line.popleft(), answer)

    def _note(self, item: _Item[Key], answer: Answer) -> None:
        self.answered.append((item.job.key, answer))
        self.progress += not answer.ends_session

    def _next(self) -> _Item[Key] | None:
        """The message whose envelope may travel behind this one's dot."""
        if not self.relay.pipelining:
            return None
        if len(self.group) > 1:
            return self.group[1]
        self._look_ahead(1)
        return self.waiting[0] if self.waiting else None

    def _lines_behind(self, following: _Item[Key]) -> list[tuple[Step, bytes]]:
        # Beyond the group nothing may enter DATA before the caller's next commit.
        within = len(self.group) > 1
        return self.relay.lines(following.offered, data=within, behind_dot=True)

    def _look_ahead(self, count: int) -> None:
        while len(self.waiting) < count and (job := self._read()) is not None:
            self.waiting.append(_Item(job, Offered(job.envelope, job.message)))

    def _read(self) -> Job[Key] | None:
        try:
            return None if self.fault else next(self.jobs, None)
        except Exception as fault:
            self.fault = fault
            return None


def _fresh(item: _Item[Key]) -> Offered:
    return Offered(item.job.envelope, item.job.message)
