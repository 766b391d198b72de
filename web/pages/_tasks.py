"""The things to do on a desk: a verb, why, on which note, by when, and one button."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, partial

from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Select, func, or_, select

from web import board
from web.formats import write_day
from web.pages import _directory_tasks, _following, _incoming_tasks, _lines, _waiting
from web.problems import said
from web.views.desk import Task
from workflow.clock import day_in
from workflow.errors import Unavailable
from workflow.models import Delivery, Note, ReturnedMessage
from workflow.operations import naming, protection, sealing, standing
from workflow.operations.context import Work
from workflow.post.certificate import WARNING, ends
from workflow.states import DeliveryQueue, NoteState, Role, Transport

LATE = ("late", "undeliverable")
LOOK_BACK = timedelta(days=365)


def is_late(task: Task) -> bool:
    """Whether a task stands among the late ones: its day has passed, or somebody has nothing."""
    return task.due_status in LATE


def tasks(work: Work, notes: list[Note], people: dict[int, str]) -> tuple[Task, ...]:
    """Everything that waits for the person: what is due first, then what has waited longest."""
    rows: list[tuple[date, datetime, Task]] = []
    for note in notes:
        for one in _waiting.waiting(note, people):
            if one.is_for(work):
                rows.append((one.due or date.max, one.since, _task(work, note, one)))
    if work.actor.has(Role.REGISTRY):
        rows += [(date.min, work.now(), task) for task in _undeliverable(work)]
        rows += [(date.max, work.now(), task) for task in _of_the_office(work)]
        rows += _following.tasks(work)
    if work.actor.has(Role.ADMINISTRATOR):
        rows += [(until, work.now(), task) for until, task in _of_the_seal(work)]
        rows += [(until, work.now(), task) for until, task in _of_signed_mail(work)]
    rows += _incoming_tasks.tasks(work)
    rows.sort(key=lambda row: row[:2])
    return tuple(task for _, _, task in rows)


def _task(work: Work, note: Note, one: _waiting.Waiting) -> Task:
    title, why, button = _words(note, one)
    status, words, under = _due(work, one)
    return Task(title, why, _lines.line(work, note), status, _address(note, one), button, words, under)


def _words(note: Note, one: _waiting.Waiting) -> tuple[str, str, str]:
    """What to do, why, and the button's word."""
    language = _lines.language_words([one.language]) if one.language else ""
    if one.act == "release_source":
        began = any(entry.removed_at is None for entry in note.paragraphs)
        why = (
            gettext("The text is written and waits to be agreed")
            if began
            else gettext("Submitted; no text yet")
        )
        return gettext("Release the source"), why, gettext("Open")
    if one.act == "assign":
        return one.words[:1].upper() + one.words[1:], gettext("Nobody works on it"), gettext("Assign…")
    if one.act == "save_paragraph":
        why = stale_words(one) or gettext("The source is released")
        return gettext("Translate into %(language)s", language=language), why, gettext("Translate")
    if one.act == "accept_version":
        return (
            gettext("Review %(language)s", language=language),
            gettext("Submitted by its translator"),
            gettext("Review"),
        )
    if one.act == "waive_finding":
        why = gettext("Every version is accepted, but they do not say the same")
        return gettext("Mend or waive the findings"), why, gettext("Look")
    if one.act == "approve":
        return gettext("Read and approve"), gettext("Every required version is accepted"), gettext("Read…")
    count = len({row.member_id for row in note.approval.recipients}) if note.approval else 0
    title = ngettext("Dispatch to %(num)s state", "Dispatch to %(num)s states", count)
    return title, gettext("Approved"), gettext("Dispatch…")


def stale_words(one: _waiting.Waiting) -> str:
    """How many paragraphs are stale, or nothing."""
    return (
        ngettext("%(num)s paragraph is stale", "%(num)s paragraphs are stale", one.stale) if one.stale else ""
    )


def _due(work: Work, one: _waiting.Waiting) -> tuple[str, str, str]:
    """Status, words of the chip, words under it."""
    today = work.today()
    if one.due is None:
        return one.status, "", _waiting.waited(work.now() - one.since)
    day = write_day(one.due, "due")
    if one.due < today:
        late = (today - one.due).days
        words = ngettext("%(num)s day late", "%(num)s days late", late)
        return "late", words, gettext("was due %(day)s", day=day)
    if one.due == today:
        return "due_today", "", day
    left = (one.due - today).days
    return "due", day, ngettext("in %(num)s day", "in %(num)s days", left)


def _address(note: Note, one: _waiting.Waiting) -> str:
    key = note.reference
    if one.act == "release_source":
        return url_for("notes.source", note=key)
    if one.act in ("save_paragraph", "waive_finding"):
        other = next(
            (version.language for version in note.versions if not version.is_source), note.source_language
        )
        return url_for("translation.show", note=key, language=one.language or other)
    if one.act == "accept_version":
        return url_for("review.show", note=key, language=one.language)
    if one.act == "approve":
        return url_for("approval.show", note=key)
    return url_for("notes.show", note=key)


def _with_losses(work: Work) -> Select[tuple[int]]:
    """The dispatched notes of which at least one message was lost."""
    lost = select(Delivery.note_id).where(
        or_(
            Delivery.transport.in_((Transport.REFUSED_PERM, Transport.FAILED)),
            (Delivery.transport == Transport.REFUSED_TEMP) & (Delivery.queue == DeliveryQueue.DONE),
        )
    )
    return select(Note.id).where(
        Note.state == NoteState.DISPATCHED, Note.dispatched_at >= work.now() - LOOK_BACK, Note.id.in_(lost)
    )


def counts(work: Work, notes: list[Note]) -> Mapping[int, tuple[int, dict[str, int]]]:
    """Per note id: its states, and how many of them stand where."""
    return {key: (total, counted) for key, (total, counted, _) in board.counts_of(work, notes).items()}


def _undeliverable(work: Work) -> Iterator[Task]:
    """States that a dispatched note has not reached, and will not."""
    members: dict[int, list[int]] = {}
    for number, member in standing.undeliverable(work, _with_losses(work)):
        members.setdefault(number, []).append(member)
    notes = _lines.loaded(work, members)
    notes.sort(key=lambda note: note.dispatched_at or note.changed_at, reverse=True)
    profile = work.profile
    language = _lines.reader(profile)
    key = profile.sort_key(language)
    named = cache(partial(naming.named, work.session, language))
    for note in notes:
        names = named(_lines.note_day(work, note))
        for member in sorted((names[one] for one in members[note.id]), key=lambda one: key(one.name)):
            yield Task(
                gettext("Correct an address"),
                gettext("%(state)s: no contact could be reached", state=member.name),
                _lines.line(work, note),
                "undeliverable",
                url_for("circulation.board", note=note.reference, open=member.code),
                gettext("Correct it"),
            )


def _of_the_office(work: Work) -> Iterator[Task]:
    """Held deliveries, returned mail, and proposals that a second person has to confirm."""
    held = work.session.execute(
        select(Delivery.note_id, func.count())
        .where(Delivery.queue == DeliveryQueue.HELD)
        .group_by(Delivery.note_id)
        .order_by(Delivery.note_id)
    ).all()
    notes = {note.id: note for note in _lines.loaded(work, (identity for identity, _ in held))}
    for identity, count in held:
        note = notes[identity]
        yield Task(
            gettext("Decide on a held delivery"),
            ngettext("%(num)s message is held", "%(num)s messages are held", count),
            _lines.line(work, note),
            "held",
            url_for("circulation.board", note=note.reference),
            gettext("Look"),
        )
    returned = work.session.scalar(
        select(func.count()).select_from(ReturnedMessage).where(ReturnedMessage.state == "waiting")
    )
    if returned:
        yield Task(
            gettext("Look at returned mail"),
            ngettext("%(num)s message waits for a person", "%(num)s messages wait for a person", returned),
            None,
            "waiting",
            url_for("returned.index"),
            gettext("Look"),
            about=gettext("Returned mail"),
        )
    yield from _directory_tasks.tasks(work)


def _of_signed_mail(work: Work) -> Iterator[tuple[date, Task]]:
    """The certificate that our messages are signed with, when it ends soon or has ended: then nothing leaves."""
    try:
        ours = protection.loaded(work)
    except Unavailable as refusal:
        yield (
            work.today(),
            Task(
                gettext("Mend the signature of the mail"),
                str(said(refusal.phrase)),
                None,
                "late",
                url_for("seal.index"),
                gettext("Look"),
                about=gettext("Mail"),
            ),
        )
        return
    if ours is None or ends(ours.certificate) >= work.now() + WARNING:
        return
    until = day_in(ends(ours.certificate), work.zone)
    over = ends(ours.certificate) <= work.now()
    left = ngettext("in %(num)s day", "in %(num)s days", (until - work.today()).days)
    yield (
        until,
        Task(
            gettext("Renew the certificate that signs the mail"),
            gettext("Nothing can be sent after its end"),
            None,
            "late" if over else "due",
            url_for("seal.index"),
            gettext("Look"),
            write_day(until, "due"),
            gettext("has ended") if over else left,
            about=gettext("Mail"),
        ),
    )


def _of_the_seal(work: Work) -> Iterator[tuple[date, Task]]:
    """Certificates of the seal that end soon, or have ended: without them nothing can be dispatched."""
    for term in sealing.ending(work.settings, work.now()):
        until = day_in(term.until, work.zone)
        day = write_day(until, "due")
        left = ngettext("in %(num)s day", "in %(num)s days", term.days)
        yield (
            until,
            Task(
                gettext("Renew the certificate of the seal"),
                gettext("%(holder)s: nothing can be sealed and dispatched after its end", holder=term.holder),
                None,
                "late" if term.ended else "due",
                url_for("seal.index"),
                gettext("Look"),
                day,
                gettext("has ended") if term.ended else left,
                about=gettext("Seal"),
            ),
        )
