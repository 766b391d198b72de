"""The page of one entry of the incoming register, and its form, from the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from flask import current_app, request, url_for
from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select

from web.formats import language_name, quoted, write_day
from web.pages import _events, _incoming, _lines
from web.problems import said
from web.views.incoming import IncomingEntryPage, IncomingFileLine, IncomingForm
from web.views.parts import UNTYPED, Event, NoteLine, Option, Person, Typed
from web.views.words import INCOMING_CHANNELS, INCOMING_FIELDS, INCOMING_KINDS
from workflow.clock import day_in
from workflow.models import (
    AuditEntry,
    Erasure,
    IncomingEntry,
    Note,
    SilenceObjection,
    SilenceProcedure,
)
from workflow.operations import incoming, incoming_acts, incoming_files, incoming_objections, silence
from workflow.operations.context import Work, visible
from workflow.operations.incoming_papers import Paper
from workflow.permissions import may, why_not_office
from workflow.states import NoteState

# Languages that papers come in beside the organisation's own: those of the United Nations.
WORLD = ("ar", "en", "es", "fr", "ru", "zh")
ACTS = ("correct", "assign", "settle", "reopen", "cancel")
KEPT_FOR = 12 * 60 * 60


def make(work: Work, entry: IncomingEntry, typed: Typed = UNTYPED, action: str = "") -> IncomingEntryPage:
    """The page of an entry; with `typed` and `action`, after the form of that act was refused."""
    people = _lines.names(work)
    (row,) = _incoming.rows(work, [entry])
    papers = incoming.reads_papers(work.actor, entry)
    acts = allowed_acts(work, entry)
    answer = work.session.get(Note, entry.answer_id) if entry.answer_id and papers else None
    return IncomingEntryPage(
        row=row,
        channel=gettext(INCOMING_CHANNELS[entry.channel.value]) if entry.channel else "",
        marking=_lines.marking_words(work.profile, entry.marking),
        revision=entry.revision,
        registered_by=people.get(entry.registered_by, ""),
        registered_at=entry.registered_at,
        papers=papers,
        writer=incoming_acts.contact_words(work, entry) if papers else "",
        summary=entry.summary if papers else "",
        language=language_name(entry.language) if entry.language else "",
        files=files_of(work, entry) if papers else (),
        assigned_by=people.get(entry.assigned_by or 0, ""),
        assigned_at=entry.assigned_at,
        settled_by=people.get(entry.settled_by or 0, ""),
        settled_at=entry.settled_at,
        settled_remark=str(said(entry.settled_remark)) if entry.settled_remark and papers else "",
        answer=_lines.line(work, answer) if answer else None,
        returned=str(entry.returned_id)
        if entry.returned_id and why_not_office(work.actor, "settle_returned") is None
        else "",
        objection=_objection(work, entry.objection_id),
        withdraws=_objection(work, entry.withdraws_id),
        may_object=_may_object(work, entry),
        erased=_erased(work, entry),
        events=_told(work, entry, people) if papers else (),
        people=people_of(work) if "assign" in acts else (),
        may=acts,
        max_bytes=work.settings.upload_bytes,
        typed=typed,
        typed_action=action,
    )


def allowed_acts(work: Work, entry: IncomingEntry) -> frozenset[str]:
    """What the person may do with an entry here and now."""
    found = {one for one in ACTS if why_not_office(work.actor, f"{one}_incoming") is None}
    if entry.assigned_to == work.actor.id:
        found.add("settle")
    if entry.cancelled_at is not None:
        found = set()
    if entry.settled_at is not None:
        found -= {"assign", "settle"}
    else:
        found.discard("reopen")
    if entry.erasure_id is not None:
        found.discard("correct")
    elif entry.status != "open" and why_not_office(work.actor, "erase_personal") is None:
        found.add("erase")
    return frozenset(found)


def files_of(work: Work, entry: IncomingEntry) -> tuple[IncomingFileLine, ...]:
    """The files of an entry."""
    return tuple(
        IncomingFileLine(str(one.id), one.filename, one.size, one.sha256, work.store.has(one.sha256))
        for one in entry.files
    )


def _erased(work: Work, entry: IncomingEntry) -> str:
    if entry.erasure_id is None:
        return ""
    erasure = work.session.get_one(Erasure, entry.erasure_id)
    return gettext(
        "The personal data of this entry were erased on %(day)s by decision: %(decision)s",
        day=write_day(day_in(erasure.made_at, work.zone)),
        decision=erasure.decision,
    )


def _objection(work: Work, objection_id: int | None) -> NoteLine | None:
    """The note to which an objection was made; None where there is none, or the reader may not see it."""
    if objection_id is None:
        return None
    row = work.session.get_one(SilenceObjection, objection_id)
    note = work.session.get_one(Note, work.session.get_one(SilenceProcedure, row.procedure_id).note_id)
    return _lines.line(work, note) if visible(work.actor, note) else None


def _may_object(work: Work, entry: IncomingEntry) -> tuple[NoteLine, ...]:
    """The notes with a silence procedure that this paper can be registered as an objection to."""
    return tuple(
        _lines.line(work, note)
        for note in _incoming.linked_to(work, entry)
        if note.state is NoteState.DISPATCHED
        and may(work.actor, "register_objection", note.state)
        and entry in incoming_objections.linkable(work, note)
        and silence.procedures_of(work, note)
    )


def _told(work: Work, entry: IncomingEntry, people: Mapping[int, str]) -> tuple[Event, ...]:
    """What happened to an entry, newest first; a correction with its old and new values."""
    chosen = select(AuditEntry).where(AuditEntry.subject == incoming.subject_of(entry))
    logged = list(work.session.scalars(chosen.order_by(AuditEntry.number.desc())))
    told = [
        replace(event, detail=people[given]) if (given := _given(one)) in people else event
        for one in logged
        if one.action != "correct_incoming"
        for event in _events.told([one], people)
    ]
    for row, changes in incoming_acts.corrections_of(work, entry):
        words = "; ".join(_change_words(one) for one in changes)
        told.append(
            Event(
                words,
                row.made_at,
                people.get(row.made_by, ""),
                "care",
                gettext("Corrected."),
                quoted(row.reason),
            )
        )
    return tuple(sorted(told, key=lambda one: one.at or entry.registered_at, reverse=True))


def _given(logged: AuditEntry) -> int:
    """To whom an entry of the log says that a paper was given; 0 for nobody."""
    return int(json.loads(logged.data).get("assigned_to") or 0)


def _change_words(change: incoming_acts.Change) -> str:
    if change.erased:
        return gettext("texts that were erased since")
    words = {"kind": INCOMING_KINDS, "channel": INCOMING_CHANNELS}.get(change.field, {})
    old, new = (gettext(words[one]) if one in words else one or "–" for one in (change.old, change.new))
    return gettext(
        "%(field)s: “%(old)s” became “%(new)s”",
        field=gettext(INCOMING_FIELDS[change.field]),
        old=old,
        new=new,
    )


def people_of(work: Work) -> tuple[Person, ...]:
    """Those whom a paper can be given to."""
    return tuple(Person(str(one.id), one.name) for one in incoming.people_of_the_house(work))


def form(
    work: Work,
    paper: Paper,
    *,
    typed: Typed = UNTYPED,
    entry: IncomingEntry | None = None,
    returned: str = "",
    sure: bool = True,
    kept: tuple[tuple[str, str], ...] = (),
    twice: IncomingEntry | None = None,
    assignee: str = "",
) -> IncomingForm:
    """The form with what is known of the paper; what was typed wins."""
    profile = work.profile
    shown = _lines.reader(profile)
    day = paper.received_on or work.today()
    due = incoming.proposed_due(work, day)
    values = {
        "kind": paper.kind,
        "channel": paper.channel,
        "received_on": day.isoformat(),
        "member": paper.member,
        "party": paper.party,
        "writer": paper.writer,
        "reference": paper.reference,
        "dated": paper.dated.isoformat() if paper.dated else "",
        "language": paper.language,
        "subject": paper.subject,
        "summary": paper.summary,
        "marking": paper.marking,
        "notes": "; ".join(paper.notes),
        "assignee": assignee,
        "due": due.isoformat() if due else "",
    }
    values.update(typed.values)
    codes = list(dict.fromkeys([shown, *profile.languages, *WORLD, *filter(None, [values["language"]])]))
    return IncomingForm(
        values=Typed(values, typed.errors, typed.summary),
        kinds=_incoming.kinds(values["kind"]),
        channels=tuple(
            Option(key, gettext(words), key == values["channel"]) for key, words in INCOMING_CHANNELS.items()
        ),
        members=_incoming.members_of(work, values["member"]),
        languages=tuple(
            Option(code, language_name(code), code == values["language"], language=code) for code in codes
        ),
        markings=_lines.markings(profile, values["marking"]),
        people=people_of(work) if entry is None else (),
        expected=incoming.expected(work) if entry is None else "",
        entry=str(entry.id) if entry else "",
        symbol=entry.symbol if entry else "",
        revision=entry.revision if entry else None,
        returned=returned,
        sure=sure,
        kept=kept,
        twice=(twice.symbol, url_for("incoming.show", entry=twice.id)) if twice else None,
        max_bytes=work.settings.upload_bytes,
        today=work.today(),
        typed=typed,
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="incoming-file")


def keep(work: Work, files: list[incoming_files.File]) -> tuple[tuple[str, str], ...]:
    """Keeps files of a form that came back, so that they need not be chosen again: (token, name) each."""
    return tuple(
        (_signer().dumps([work.actor.id, work.store.put(one.data), one.name]), one.name) for one in files
    )


def kept(work: Work) -> list[incoming_files.File]:
    """The files that came with an earlier sending of the form, by the same person; others are left out."""
    found = []
    for token in request.form.getlist("kept")[: incoming_files.MOST_FILES]:
        try:
            person, digest, name = _signer().loads(token, max_age=KEPT_FOR)
        except (BadData, ValueError):
            continue
        if person == work.actor.id and work.store.has(digest):
            found.append(incoming_files.File(str(name), work.store.get(digest)))
    return found
