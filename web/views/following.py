"""What follows a dispatched note: its reminders, its silence procedures, its family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import UNTYPED, Event, NoteLine, Option, Typed


@dataclass(frozen=True)
class StepFields:
    """One step of a ladder as fields: `number` names them; `to` and `form` are lists to choose from."""

    number: int
    to: tuple[Option, ...]
    after: str
    times: str
    form: tuple[Option, ...]


@dataclass(frozen=True)
class PlannedRow:
    """What would happen to a state that stays silent: `whom` in words, `addresses` that would be written to."""

    code: str
    name: str
    step: int
    due: datetime
    whom: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class SentRow:
    """A reminder that was written: its events as the board shows a delivery's, `status` a key of STATUSES.

    `may` holds what may be done with this one message: "hold", "resume", "retry", "cancel".
    """

    code: str
    name: str
    address: str
    step: int
    status: str
    at: datetime
    remark: str = ""
    key: str = ""
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DeskRow:
    """A state that came to the end of the ladder; `member` is its code in addresses."""

    member: str
    name: str
    since: datetime


@dataclass(frozen=True)
class RemindersPage:
    """The reminders of one note.

    `planned` has the next rung of each silent state, `later` those after it.  `paused` says since when, by whom
    and why, or is None; `ended` names the note that took the place of this one.  `ladder` are its
    steps in words (when, to whom); `hour` and `days_off` say when reminders go out.  `may` holds "set_reminders", "pause_reminders", "settle_silent".
    """

    note: NoteLine
    steps: tuple[StepFields, ...]
    planned: tuple[PlannedRow, ...]
    later: tuple[PlannedRow, ...]
    sent: tuple[SentRow, ...]
    on_desk: tuple[DeskRow, ...]
    notes: tuple[NoteLine, ...] = ()
    paused: Event | None = None
    ended: NoteLine | None = None
    hour: str = ""
    days_off: str = ""
    has_ladder: bool = False
    ladder: tuple[tuple[str, str], ...] = ()
    may: frozenset[str] = frozenset()
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class ClockRow:
    """The time of one state: `status` is that of its receipt, `time` a key of STATUSES for its time."""

    code: str
    name: str
    status: str
    time: str
    reached: datetime | None = None
    ends: str = ""


@dataclass(frozen=True)
class ObjectionRow:
    """An objection: their number and its date, when it came, and whether it counts (`status`).

    `incoming` is its entry in the incoming register, (number, key), `withdrawal` that of the paper which withdrew it.
    """

    key: str
    code: str
    name: str
    reference: str
    dated: date
    received: str
    status: str
    remark: str = ""
    withdrawn: Event | None = None
    may_withdraw: bool = False
    incoming: tuple[str, str] | None = None
    withdrawal: tuple[str, str] | None = None


@dataclass(frozen=True)
class ProcedureView:
    """One silence procedure; times stand in its own zone, as words.

    `status` is "running", "waiting" (the deadline passed, some states have time) or the outcome.
    `doubt` says that an objection came in time and was registered after the outcome.  `waits` are some of the
    states whose time has not ended, `waits_more` how many others there are.  `day_off` says that the deadline of
    an open one falls on a day on which the organisation does not work; `corrected` are corrections of the note
    that went out after the beginning.
    """

    number: int
    status: str
    begins: str
    deadline: str
    zone: str
    level: str
    clocks: tuple[ClockRow, ...]
    objections: tuple[ObjectionRow, ...] = ()
    events: tuple[Event, ...] = ()
    waits: tuple[str, ...] = ()
    waits_more: int = 0
    unreached: int = 0
    day_off: bool = False
    corrected: tuple[NoteLine, ...] = ()
    notice: NoteLine | None = None
    waived: str = ""
    doubt: bool = False


@dataclass(frozen=True)
class SilencePage:
    """The silence procedures on a note, the latest first.

    `proposal` is a deadline for the form of a new one, by the clocks of `zone`.  `ends` are the ways in which the
    open one may end now.  `papers` are incoming papers that can be taken as objections.  `may` holds "start_silence", "extend_silence", "register_objection", "end_silence".
    `ended` is the note that replaced or withdrew this one, `withdrawn` says which.
    """

    note: NoteLine
    procedures: tuple[ProcedureView, ...]
    proposal: str = ""
    later: str = ""
    zone: str = ""
    now: str = ""
    levels: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    papers: tuple[Option, ...] = ()
    members: tuple[Option, ...] = ()
    ends: tuple[Option, ...] = ()
    may: frozenset[str] = frozenset()
    max_bytes: int = 20_000_000
    typed: Typed = UNTYPED
    ended: NoteLine | None = None
    withdrawn: bool = False


@dataclass(frozen=True)
class KinRow:
    """A note of a family: `relation` in words ("" for the first), `concerns` a language code or "".

    `depth` says how many notes it stands under; `ended` that it belonged to the text and does so no more.
    """

    note: NoteLine
    relation: str
    dated: date | None
    holds: bool
    concerns: str = ""
    depth: int = 0
    ended: bool = False


@dataclass(frozen=True)
class HoldingRow:
    """A state and what it has: `current` is a key of STATUSES, `items` per note's key (status, languages)."""

    code: str
    name: str
    current: str
    items: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class FamilyPage:
    """A note with all that followed it, and which state holds the current version.

    `relations` are the ways to follow it that may be begun from here: (relation, words).
    """

    note: NoteLine
    kin: tuple[KinRow, ...]
    states: tuple[HoldingRow, ...]
    held: int
    withdrawn: NoteLine | None = None
    relations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Successor:
    """A note that changes or ends one that was received: `relation` is a key of RELATIONS.

    `url` leads to the receiver's own page of it, or is empty.  `what` is the number of the note that it
    ends, where that is another one than the one received; `concerns` the only language that it is about.
    `over` says that it was withdrawn itself.
    """

    relation: str
    symbol: str
    dated: date
    url: str = ""
    what: str = ""
    concerns: str = ""
    over: bool = False
