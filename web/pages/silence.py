"""Silence procedures on a note: the time of every state, objections, extension, and the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from web.access import allowed
from web.pages import _files, _forms, _silence
from web.pages._ids import find_row
from web.pages._lines import line, names, note_day, reader
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from web.views.following import SilencePage
from web.views.parts import UNTYPED, Option, Typed
from web.views.words import INCOMING_CHANNELS
from workflow.errors import Invalid, NotFound, Refusal
from workflow.letters.follow_up import LEVELS
from workflow.models import Member, Note, SilenceObjection, SilenceProcedure
from workflow.operations import directory, incoming_objections, lineage, objections, outcomes, papers, silence
from workflow.operations.context import Work, find_note
from workflow.permissions import may, why_not
from workflow.states import NoteState, Role

blueprint = Blueprint("silence", __name__)

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
ACTS = ("start_silence", "extend_silence", "register_objection", "withdraw_objection", "end_silence")
LOCAL = "%Y-%m-%dT%H:%M"
FIELDS = {
    "silence-deadline": "deadline", "silence-long": "deadline", "no-such-hour": "deadline", "no-such-zone": "zone",
    "silence-deadline-form": "deadline", "silence-level": "level", "unknown-member": "member",
    "objection-reference": "reference", "bad-date": "date", "objection-day": "date", "objection-early": "received",
    "future": "received", "objection-file": "file", "objection-hour": "received", "objection-paper": "incoming",
    "no-such-incoming": "incoming", "incoming-channel": "channel",
}  # fmt: skip


@at(blueprint, "show")
@READERS
def show(note: str) -> Answer:
    """The procedures; a POST starts one."""
    if request.method == "GET":
        return _page(note)
    form = request.form

    def start(work: Work, row: Note) -> None:
        zone = form.get("zone", "").strip() or work.zone
        deadline = silence.moment_in(_local("deadline"), zone)
        silence.start(work, row, deadline, zone, level=form.get("level", ""))

    return _act(note, start, gettext("The silence procedure has begun."))


@at(blueprint, "extend")
@allowed(actions="extend_silence")
def extend(note: str) -> Answer:
    """Moves the deadline."""

    def verb(work: Work, row: Note) -> None:
        zone = silence.open_procedure(work, row).zone
        deadline = silence.moment_in(_local("deadline"), zone)
        silence.extend(work, row, deadline, request.form.get("reason", ""))

    return _act(note, verb, gettext("The deadline is moved."), small=True)


@at(blueprint, "object")
@allowed(actions="register_objection")
def object_(note: str) -> Answer:
    """Registers a state's objection with the file of its note."""
    form = request.form

    def verb(work: Work, row: Note) -> None:
        _require(work, row, "register_objection")
        if form.get("incoming"):
            came = silence.moment_in(_local("received"), work.zone) if form.get("received") else None
            objections.take_objection(work, row, form["incoming"], came, form.get("remark", ""))
            return
        dated = _forms.day_of("date")
        if dated is None:
            raise Invalid("objection-day", "Give the day of the state’s note.")
        found = silence.procedures_of(work, row)
        zone = found[0].zone if found else work.zone
        file = _paper(work)
        received = silence.moment_in(_local("received"), zone) if form.get("received") else work.now()
        objections.register_objection(
            work,
            row,
            form.get("member", ""),
            objections.Objection(
                form.get("reference", ""),
                dated,
                received,
                work.store.put(file.data),
                file.name,
                form.get("remark", ""),
                form.get("channel", ""),
            ),
        )

    return _act(note, verb, gettext("The objection is registered."))


@at(blueprint, "withdraw")
@allowed(actions="withdraw_objection")
def withdraw(note: str, objection: str) -> Answer:
    """Registers that a state has withdrawn its objection."""

    form = request.form

    def verb(work: Work, row: Note) -> None:
        _require(work, row, "withdraw_objection")
        one = find_row(work, SilenceObjection, objection)
        file = request.files.get("file")
        said = None
        if file is not None and file.filename:
            sent = _paper(work)
            said = objections.Withdrawal(
                work.store.put(sent.data),
                sent.name,
                form.get("reference", ""),
                _forms.day_of("date"),
                channel=form.get("channel", ""),
            )
        objections.withdraw_objection(
            work, row, one.id, form.get("reason", ""), said, incoming=form.get("incoming", "")
        )

    return _act(note, verb, gettext("The objection is withdrawn."), small=True)


@at(blueprint, "end")
@allowed(actions="end_silence")
def end(note: str) -> Answer:
    """Ends the open procedure."""

    def verb(work: Work, row: Note) -> None:
        outcomes.end(work, row, request.form.get("how", ""), request.form.get("reason", ""))

    return _act(note, verb, gettext("The silence procedure has ended."), small=True)


@at(blueprint, "file")
@READERS
def file(note: str, objection: str) -> Response:
    """The file of a state's objection."""
    with looking() as work:
        row = find_note(work, note)
        one = find_row(work, SilenceObjection, objection)
        if work.session.get_one(SilenceProcedure, one.procedure_id).note_id != row.id:
            raise NotFound("no-such-file", "There is no objection of this number to the note.")
        return _files.download(work.store.get(one.sha256), one.filename)


def _require(work: Work, note: Note, name: str) -> None:
    """Raises the refusal of an act before a file is looked at: nothing is kept of one that nobody may hand in."""
    refusal = why_not(work.actor, name, note.state)
    if refusal is not None:
        raise refusal


def _paper(work: Work) -> _files.Sent:
    """The file of a state's note, which may be kept; raises Invalid or InputRefused."""
    file = _files.sent(
        "file",
        work.settings.upload_bytes,
        code="objection-file",
        missing="Add the file of the state's note.",
    )
    papers.require_scan(file.name, file.data, "objection-file", mail=True)
    papers.require(work, file.name, file.data)
    return file


def _local(name: str) -> datetime:
    """The date and hour typed in a field, by whatever clocks it is meant."""
    text = request.form.get(name, "").strip()
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is not None or not 2000 <= given.year <= 2100:
        raise Invalid("silence-deadline-form", "Give a date and an hour.")
    return given


def _act(note: str, verb: Any, words: str, *, small: bool = False) -> Answer:
    try:
        with writing() as work:
            verb(work, find_note(work, note))
    except Refusal as refusal:
        if (refusal.status in (403, 404) and refusal.code not in FIELDS) or small:
            return refused(refusal, url_for("silence.show", note=note), gettext("Back to the procedure"))
        return _page(note, _forms.typed(refusal, FIELDS)), refusal.status
    return _forms.done(words, "silence.show", note=note)


def _page(name: str, form: Typed = UNTYPED) -> str:
    with looking() as work:
        note = find_note(work, name)
        people = names(work)
        found = silence.procedures_of(work, note)
        views = tuple(_silence.view(work, note, one, people) for one in found)
        open_one = found[0] if found and found[0].outcome is None else None
        zone = open_one.zone if open_one else work.zone
        language, day = reader(work.profile), note_day(work, note)
        addressed = {one.member_id for one in note.addressees}
        members = work.session.scalars(select(Member).where(Member.id.in_(addressed))).all()
        key = work.profile.sort_key(language)
        named = sorted(
            ((directory.name_of(one, language, day), one.code) for one in members), key=lambda n: key(n[0])
        )
        ended = lineage.ending_of(work, note) if note.state is NoteState.DISPATCHED else None
        page = SilencePage(
            note=line(work, note),
            ended=line(work, ended) if ended else None,
            withdrawn=ended is not None and ended.relation == "withdrawal_notice",
            procedures=views,
            proposal=silence.proposed_deadline(work).strftime(LOCAL),
            later=(open_one.deadline_at.astimezone(ZoneInfo(zone)) + timedelta(days=7)).strftime(LOCAL)
            if open_one
            else "",
            zone=zone,
            now=work.now().astimezone(ZoneInfo(zone)).strftime(LOCAL),
            levels=tuple(
                Option(one, _silence.level_words(one), one == work.profile.follow_up.silence.level)
                for one in LEVELS
            ),
            members=tuple(Option(code, f"{shown} ({code})") for shown, code in named),
            ends=_ends(work, open_one),
            may=frozenset(
                one
                for one in ACTS
                if may(work.actor, one, note.state)
                and (one == "start_silence") == (open_one is None)
                and not (one == "start_silence" and ended)
            )
            | (
                {"register_objection"}
                if found and may(work.actor, "register_objection", note.state)
                else frozenset()
            ),
            max_bytes=work.settings.upload_bytes,
            typed=form,
            channels=tuple(Option(key, gettext(words)) for key, words in INCOMING_CHANNELS.items()),
            papers=_papers(work, note),
        )
        if note.state is not NoteState.DISPATCHED:
            page = SilencePage(line(work, note), views)
        return render_template("silence.html", page=page)


def _papers(work: Work, note: Note) -> tuple[Option, ...]:
    """The incoming papers that can be taken as an objection."""
    if not may(work.actor, "register_objection", note.state):
        return ()
    return tuple(
        Option(one.symbol, f"{one.symbol}: {one.subject[:80]}")
        for one in incoming_objections.linkable(work, note)
    )


def _ends(work: Work, procedure: SilenceProcedure | None) -> tuple[Option, ...]:
    """The ways in which the open procedure may end at this moment."""
    if procedure is None:
        return ()
    found = []
    if any(silence.stands(one) for one in silence.objections_of(work, procedure)):
        found.append(Option("broken", gettext("Silence is broken: close it now")))
    if procedure.deadline_at <= work.now():
        found.append(Option("concluded", gettext("Conclude without the states that were not reached")))
    return (*found, Option("cancelled", gettext("Call it off, without a notice")))
