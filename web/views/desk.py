"""The desk: what waits for me, late first; what others owe me; what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import Count, Event, NoteLine


@dataclass(frozen=True)
class Task:
    """One thing to do: a verb with its object, why, on which note, since or until when, one button.

    `due_status` is "late", "due_today", "due" or another status ("undeliverable"); `due_words` stand in the
    chip in place of the status word ("4 days late", "Wed 30 March"), `due_note` under it.
    `button` ends with "…" when a question follows.  `url` is where it is done.
    """

    title: str
    why: str
    note: NoteLine | None
    due_status: str
    url: str
    button: str
    due_words: str = ""
    due_note: str = ""
    about: str = ""


@dataclass(frozen=True)
class Owed:
    """What somebody else has to do, and for how long ("2 h", "3 days")."""

    who: str
    note: NoteLine
    status: str
    since: str
    words: str = ""


@dataclass(frozen=True)
class Circulating:
    """A note on its way, for knowing."""

    note: NoteLine
    count: Count


@dataclass(frozen=True)
class Filter:
    """A tab or a saved view: its words, its query argument and value, how many it holds."""

    label: str
    name: str
    value: str
    count: int | None = None
    current: bool = False
    saved: bool = False


@dataclass(frozen=True)
class Desk:
    """The desk of one person.

    `title` names it ("Registry desk").  `late` are oldest first, `due` by date.  `last_done` is the sentence
    of the last thing done, for an empty desk.  `changed_since` heads the changes ("Since Friday evening").
    `can_submit` shows "New note".  `view` is the chosen tab ("me", "others", "late", "changed"); `waiting`
    counts what waits for me and how much of it is late, whatever the tab shows.  `links` lead an
    administrator, who has no part in any note, to the work (words, address).  `more` counts the late and
    the due ones beyond those that are shown, `owed_more` what is owed beyond.
    """

    title: str
    today: date
    late: tuple[Task, ...] = ()
    due: tuple[Task, ...] = ()
    owed: tuple[Owed, ...] = ()
    filters: tuple[Filter, ...] = ()
    circulating: tuple[Circulating, ...] = ()
    changes: tuple[Event, ...] = ()
    changed_since: datetime | None = None
    changed_count: int = 0
    late_with_others: int = 0
    last_done: str = ""
    can_submit: bool = False
    deadlines_url: str = ""
    view: str = "me"
    waiting: tuple[int, int] | None = None
    links: tuple[tuple[str, str], ...] = ()
    more: tuple[int, int] = (0, 0)
    owed_more: int = 0
