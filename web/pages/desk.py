"""The desk: what waits for the person who opens it, late first; what others owe; what changed."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from web.access import allowed_signed_in
from web.pages import _calendar, _events, _lines, _tasks, _waiting
from web.pages._routes import at
from web.session import looking
from web.views.desk import Circulating, Desk, Filter, Owed
from web.views.parts import Count, Event
from workflow.models import AuditEntry, Note
from workflow.operations.context import Work, note_subject, visible_notes
from workflow.permissions import may
from workflow.states import NoteState, Role

blueprint = Blueprint("desk", __name__)

# What is owed and what changed are for knowing: a few lines, and all of them behind a link.
FEW, MANY = 6, 100
# A list that nobody reads to its end helps nobody: the first ones, and how many more there are.
MOST = 50
RECENT = timedelta(days=3)
CIRCULATING = 5


@at(blueprint, "index")
@allowed_signed_in
def index() -> str:
    """The desk of the person who asks."""
    view = request.args.get("w", "me")
    with looking() as work:
        page = _desk(work, view if view in ("me", "others", "late", "changed") else "me")
        return render_template("desk.html", page=page)


@at(blueprint, "deadlines")
@allowed_signed_in
def deadlines() -> Response:
    """The days by which the person has to act, as an iCalendar feed."""
    with looking() as work:
        return _calendar.answer(work)


def _desk(work: Work, view: str) -> Desk:
    people = _lines.names(work)
    found = _waiting.open_notes(work)
    tasks = _tasks.tasks(work, found, people)
    late = tuple(one for one in tasks if _tasks.is_late(one))
    due = tuple(one for one in tasks if not _tasks.is_late(one))
    owed, owed_late = _owed(work, found, people)
    changes = _changes(work, people)
    filters = (
        Filter(gettext("Waits for me"), "w", "me", len(tasks), view == "me"),
        Filter(gettext("I wait for"), "w", "others", len(owed), view == "others"),
        Filter(gettext("Late"), "w", "late", len(late) + owed_late, view == "late"),
        Filter(gettext("Changed"), "w", "changed", len(changes), view == "changed"),
    )
    shown = owed[:MANY] if view == "others" else owed[:FEW]
    return Desk(
        title=_title(work),
        today=work.today(),
        late=late[:MOST] if view in ("me", "late") else (),
        due=due[:MOST] if view == "me" else (),
        more=(max(0, len(late) - MOST), max(0, len(due) - MOST)),
        owed_more=len(owed) - len(shown) if view == "others" else 0,
        owed=tuple(one for one in owed if one.status == "late")[:MANY]
        if view == "late"
        else shown
        if view != "changed"
        else (),
        filters=filters,
        circulating=_circulating(work),
        changes=changes[: MANY if view == "changed" else FEW],
        changed_since=work.now() - RECENT if changes else None,
        changed_count=len(changes),
        late_with_others=owed_late,
        last_done=_last_done(changes),
        can_submit=may(work.actor, "submit", None),
        deadlines_url=url_for("desk.deadlines"),
        view=view,
        waiting=(len(tasks), len(late)),
        links=_links(work),
    )


def _title(work: Work) -> str:
    words = {
        Role.REGISTRY: gettext("Registry desk"),
        Role.DIRECTOR: gettext("Director’s desk"),
        Role.REVIEWER: gettext("Review desk"),
        Role.TRANSLATOR: gettext("Translation desk"),
        Role.CHAIR_INSTITUTE: gettext("Desk of the chair institute"),
        Role.ADMINISTRATOR: gettext("Administration"),
    }
    return next((title for role, title in words.items() if work.actor.has(role)), gettext("Desk"))


def _owed(work: Work, found: list[Note], people: dict[int, str]) -> tuple[tuple[Owed, ...], int]:
    """What others have to do, the longest first, and how much of it is late."""
    rows = []
    for note in found:
        for one in _waiting.waiting(note, people):
            if not one.is_for(work):
                late = one.late(work.today())
                status = "late" if late else one.status
                said = gettext("To dispatch") if one.act == "dispatch" else _tasks.stale_words(one)
                words = "" if late else said
                span = _waiting.span(work.now() - one.since)
                rows.append((one.since, Owed(one.who, _lines.line(work, note), status, span, words)))
    rows.sort(key=lambda row: row[0])
    owed = tuple(one for _, one in rows)
    return owed, sum(one.status == "late" for one in owed)


def _circulating(work: Work) -> tuple[Circulating, ...]:
    if not work.actor.has(Role.REGISTRY, Role.DIRECTOR):
        return ()
    wanted = (
        select(Note)
        .where(Note.state == NoteState.DISPATCHED)
        .options(*_lines.NAMED)
        .order_by(Note.dispatched_at.desc())
        .limit(CIRCULATING)
    )
    found = list(work.session.scalars(wanted))
    counted = _tasks.counts(work, found)
    return tuple(
        Circulating(_lines.line(work, note), Count(total=counted[note.id][0], **counted[note.id][1]))
        for note in found
    )


def _changes(work: Work, people: dict[int, str]) -> tuple[Event, ...]:
    """What happened lately to the notes that the person sees, newest first."""
    since = work.now() - RECENT
    wanted = (
        select(Note)
        .where(visible_notes(work.actor), Note.changed_at >= since)
        .options(*_lines.NAMED)
        .order_by(Note.changed_at.desc())
    )
    found = list(work.session.scalars(wanted.limit(MANY)))
    heads = {note_subject(note): f"{note.name}." for note in found}
    entries = work.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject.in_(heads), AuditEntry.at >= since.isoformat(timespec="microseconds"))
        .order_by(AuditEntry.number.desc())
        .limit(MANY)
    )
    return _events.told(entries, people, heads=heads)


def _last_done(changes: tuple[Event, ...]) -> str:
    if not changes:
        return ""
    return gettext("Last: %(note)s %(what)s.", note=changes[0].head, what=changes[0].text)


def _links(work: Work) -> tuple[tuple[str, str], ...]:
    """Where an administrator works, who has no part in any note."""
    if not work.actor.has(Role.ADMINISTRATOR):
        return ()
    return (
        (gettext("Accounts and their roles"), url_for("accounts.index")),
        (gettext("Deputies"), url_for("delegations.index")),
        (gettext("Directory of states and contacts"), url_for("directory.index")),
        (gettext("Audit log and its verification"), url_for("audit.index")),
        (gettext("Electronic seal and its certificates"), url_for("seal.index")),
        (gettext("Parts and states of the pages"), url_for("about.design")),
    )
