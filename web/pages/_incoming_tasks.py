"""Incoming papers on a desk and in a calendar: what waits for the person, and what is late with others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import or_, select

from web.formats import write_day
from web.pages import _incoming, _waiting
from web.pages._ical import escaped
from web.views.desk import Task
from workflow.models import Account, IncomingEntry
from workflow.operations import incoming
from workflow.operations.context import Work
from workflow.states import Role


def waiting(work: Work) -> list[IncomingEntry]:
    """The papers that the person has to deal with: their own, and for the registry those that nobody has."""
    mine = IncomingEntry.assigned_to == work.actor.id
    if work.actor.has(Role.REGISTRY):
        mine = or_(mine, IncomingEntry.assigned_to.is_(None))
    chosen = select(IncomingEntry).where(mine, incoming.unsettled(work)).order_by(IncomingEntry.id)
    return list(work.session.scalars(chosen).unique())


def tasks(work: Work) -> list[tuple[date, datetime, Task]]:
    """The papers as things to do, each with the day and the moment by which it is ordered."""
    mine = waiting(work)
    late = _late(work) if work.actor.has(Role.REGISTRY) else []
    about = _about(work, [*mine, *(entry for entry, _ in late)])
    found = [(entry, _task(work, entry, about[entry.id])) for entry in mine]
    found += [(entry, _to_ask(work, entry, name, about[entry.id])) for entry, name in late]
    return [(entry.due or date.max, entry.assigned_at or entry.registered_at, task) for entry, task in found]


def _about(work: Work, entries: Sequence[IncomingEntry]) -> dict[int, str]:
    """Sender and subject of each entry, by its id."""
    return {int(row.key): f"{row.sender}: {row.subject}" for row in _incoming.rows(work, entries)}


def _task(work: Work, entry: IncomingEntry, about: str) -> Task:
    status, words, under = _due(work, entry)
    title = gettext("Deal with an incoming paper")
    if entry.assigned_to is None:
        title = gettext("Deal with an incoming paper, or give it to somebody")
    url = url_for("incoming.show", entry=entry.id)
    return Task(title, about, None, status, url, gettext("Open"), words, under, entry.symbol)


def _late(work: Work) -> list[tuple[IncomingEntry, str]]:
    """What is late with others, and who has it."""
    late = (
        select(IncomingEntry, Account.name)
        .join(Account, Account.id == IncomingEntry.assigned_to)
        .where(incoming.unsettled(work), IncomingEntry.due < work.today(), Account.id != work.actor.id)
        .order_by(IncomingEntry.due, IncomingEntry.id)
    )
    return [(entry, name) for entry, name in work.session.execute(late).unique()]


def _to_ask(work: Work, entry: IncomingEntry, name: str, about: str) -> Task:
    status, words, under = _due(work, entry)
    title = gettext("Ask after an incoming paper that is late")
    why = gettext("%(person)s has it. %(what)s", person=name, what=about)
    url = url_for("incoming.show", entry=entry.id)
    return Task(title, why, None, status, url, gettext("Look"), words, under, entry.symbol)


def _due(work: Work, entry: IncomingEntry) -> tuple[str, str, str]:
    """Status, words of the chip, words under it."""
    today = work.today()
    if entry.due is None:
        return "incoming_open", "", _waiting.waited(work.now() - (entry.assigned_at or entry.registered_at))
    day = write_day(entry.due, "due")
    if entry.due < today:
        return "late", _incoming.late_words(work, entry), gettext("was due %(day)s", day=day)
    if entry.due == today:
        return "due_today", "", day
    left = (entry.due - today).days
    return "due", day, ngettext("in %(num)s day", "in %(num)s days", left)


def events(work: Work) -> list[str]:
    """The lines of a calendar for the papers that the person has to deal with by a day (RFC 5545)."""
    host = urlsplit(work.settings.base_url).hostname or "localhost"
    lines: list[str] = []
    due = [one for one in waiting(work) if one.due is not None]
    abouts = _about(work, due)
    for entry in due:
        assert entry.due is not None
        marking = work.profile.markings.get(entry.marking)
        # A calendar lies with others: the subject stands there where the marking lets it leave the house.
        about = abouts[entry.id] if marking is not None and marking.mail else ""
        words = gettext("deal with the incoming paper")
        lines += [
            "BEGIN:VEVENT",
            f"UID:incoming-{entry.id}@{host}",
            f"SEQUENCE:{entry.revision}",
            f"DTSTAMP:{entry.registered_at:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{entry.due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(f'{entry.symbol}: {words}')}",
            f"DESCRIPTION:{escaped(about)}",
            f"URL:{work.settings.base_url}{url_for('incoming.show', entry=entry.id)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return lines
