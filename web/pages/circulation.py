"""Circulation: all notes on their way, the board of one note, and what can be done with a delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import func, select

import tasks.offer
from web import board, packs
from web.access import allowed
from web.formats import write_moment
from web.pages import _board, _files, _forms, _happened, _lines, _mail, _papers, _reminded, _streams, _tables
from web.pages._addressee import chosen, dispatched
from web.pages._ids import find_row
from web.pages._lines import line
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, means, writing
from web.views.circulation import CirculatingRow, CirculationPage, OnBehalfPage
from web.views.parts import UNTYPED, Option, Typed
from web.views.words import CHANNELS, RUNGS, STATUSES
from workflow.errors import Invalid, NotFound, Phrase, Refusal
from workflow.models import Delivery, Event, Member, Note
from workflow.operations import deliveries, papers, receipt, standing
from workflow.operations.context import Work, find_note
from workflow.operations.receipt import Acknowledgement
from workflow.permissions import why_not
from workflow.states import Human, NoteState, Role

blueprint = Blueprint("circulation", __name__)

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
BY_HAND = ("hand", "courier", "post", "telephone", "mail")
FIELDS = {
    "incomplete": "name", "too-long": "reference", "bad-date": "date", "receipt-day": "date", "reason-missing": "reason",
    "reason-long": "reason", "evidence-missing": "evidence", "receipt-channel": "channel",
}  # fmt: skip


@at(blueprint, "index")
@READERS
def index() -> str:
    """All notes that some state has not acknowledged yet: those that need a person first, then the newest."""
    with looking() as work:
        out = select(Note.id).where(Note.state == NoteState.DISPATCHED)
        dispatched = work.session.scalar(select(func.count()).select_from(out.subquery()))
        found = []
        for number, groups in standing.of_notes(work, out).items():
            figures = _board.count(board.receipts_of(groups))
            if figures.acknowledged < figures.total and any(_is_open(one) for one in groups):
                waits = sum(one.members for one in groups if _board.needs_person(one.receipt, one.kinds))
                found.append((number, figures, waits))
        found.sort(key=lambda one: (not one[2], -one[0]))
        shown, paging = _tables.numbered(found)
        notes = {note.id: note for note in _lines.loaded(work, [number for number, _, _ in shown])}
        days = _reminded.days_of(work, list(notes.values()))
        rows = [
            CirculatingRow(line(work, note), note.dispatched_at, figures, waits, days.get(number))
            for number, figures, waits in shown
            if (note := notes[number]).dispatched_at is not None
        ]
        page = CirculationPage(tuple(rows), (dispatched or 0) - len(found), len(found), paging)
        return render_template("circulation.html", page=page)


def _is_open(group: standing.Group) -> bool:
    """Whether an answer of one of these members may still come."""
    return any(
        one.human is not Human.ACKNOWLEDGED and one.role != "cc" and one.cancelled_at is None
        for one in group.kinds
    )


def _show(template: str, note: str) -> str:
    with looking() as work:
        chosen, opened = request.args.get("show", "all"), request.args.get("open", "")
        return render_template(template, page=_board.page(work, dispatched(work, note), chosen, opened))


@at(blueprint, "board")
@READERS
def show(note: str) -> str:
    """The board of a note."""
    return _show("board.html", note)


@at(blueprint, "rows")
@READERS
def rows(note: str) -> str:
    """The live part of the board alone."""
    return _show("_board.html", note)


@at(blueprint, "events")
@READERS
def events(note: str) -> Response:
    """Says whenever the board has changed."""
    with looking() as work:
        identity, person, ours = dispatched(work, note).id, work.actor, means()

    def look() -> int:
        with ours.look(person) as work:
            return _happened.serial(work, work.session.get_one(Note, identity))

    return _streams.stream(person.id, look)


@at(blueprint, "table")
@READERS
def table(note: str) -> Response:
    """The board as a table: one line a contact."""
    with looking() as work:
        row = dispatched(work, note)
        said = board.acknowledgements(work, row)
        shown = {one.member: one for one in _board.page(work, row, "all", "").rows}
        lines = []
        for each in board.standings(work, row, work.actor.locale):
            member = shown[each.member.code]
            times = [write_moment(member.rungs.get(name), work.zone, "short") for name in RUNGS]
            status = gettext(STATUSES[member.status].word)
            current = gettext(STATUSES[member.current].word) if member.current else ""
            for one in each.deliveries or (None,):
                told = said.get(one.id, {}) if one else {}
                contact = [one.address, one.role, one.language] if one else ["", "", ""]
                acts = [told.get(name, "") for name in ("name", "office", "reference", "dated")]
                lines.append(
                    [member.code, member.name, status, *contact, *times, *acts, member.remark, current]
                )
        header = [
            gettext("Code"), gettext("State"), gettext("Status"), gettext("Address"), gettext("Role"),
            gettext("Language"), *(gettext(words[0]) for words in RUNGS.values()), gettext("Acknowledged by"),
            gettext("Office"), gettext("Their number"), gettext("Their date"), gettext("Remark"),
            gettext("Current version"),
        ]  # fmt: skip
        return _tables.table(f"circulation-{row.name.replace('/', '-')}.csv", header, lines)


@at(blueprint, "on_behalf")
@allowed(actions="record_on_behalf")
def on_behalf(note: str, member: str) -> Answer:
    """A receipt that the registry records for a state, with the file that proves it."""
    if request.method == "GET":
        with looking() as work:
            return _on_behalf(work, *chosen(work, note, member))
    form = request.form
    try:
        with writing() as work:
            row, delivery = chosen(work, note, member)
            refusal = why_not(work.actor, "record_on_behalf", row.state)
            if refusal is not None:
                raise refusal  # Nothing is kept of a file that nobody may hand in.
            if form.get("channel") not in BY_HAND:
                raise Invalid("receipt-channel", "Choose how the receipt was confirmed.")
            file = _files.sent(
                "evidence",
                work.settings.upload_bytes,
                code="evidence-missing",
                missing=Phrase("Add the file that proves the receipt, such as the stamped copy."),
            )
            papers.require_scan(file.name, file.data, "evidence-missing")
            receipt.record_on_behalf(
                work,
                row,
                delivery,
                Acknowledgement(
                    form.get("name", ""), form.get("office", ""), form.get("reference", ""), _past(work)
                ),
                reason=form.get("reason", ""),
                file_sha256=work.store.put(file.data),
                filename=file.name,
                channel=form["channel"],
            )
            reference, code = row.reference, work.session.get_one(Member, delivery.member_id).code
    except Refusal as refused:
        with looking() as work:
            return _on_behalf(
                work, *chosen(work, note, member), _forms.typed(refused, _fields())
            ), refused.status
    words = gettext("The receipt is recorded on behalf of %(state)s.", state=code)
    return _forms.done(words, "circulation.board", note=reference, open=code, _anchor=f"state-{code}")


def _fields() -> dict[str, str]:
    named = bool(request.form.get("name", "").strip())
    return {**FIELDS, "incomplete": "office" if named else "name"}


def _past(work: Work) -> date:
    day = _forms.day_of("date")
    if day is None or day > work.today():
        raise Invalid("receipt-day", "Give the day in their document; it cannot lie in the future.")
    return day


def _on_behalf(work: Work, note: Note, delivery: Delivery, typed: Typed = UNTYPED) -> str:
    all_ = board.standings(work, note, work.actor.locale)
    addressee = next(one for one in all_ if one.member.id == delivery.member_id)
    page = OnBehalfPage(
        note=line(work, note),
        revision=note.revision,
        member=addressee.member.code,
        name=addressee.name,
        channels=tuple(Option(key, gettext(CHANNELS[key])) for key in BY_HAND),
        typed=typed,
        max_bytes=work.settings.upload_bytes,
    )
    return render_template("on_behalf.html", page=page)


def _act(
    delivery: str, verb: Callable[[Work, Note, Delivery, str], None], words: str, *, sends: bool = False
) -> Answer:
    with looking() as work:
        row = find_row(work, Delivery, delivery)
        note = find_note(work, row.note_id)
        code = work.session.get_one(Member, row.member_id).code
        identity, reference = note.id, note.reference
    place = {"note": reference, "open": code, "_anchor": f"state-{code}"}
    try:
        with writing() as work:
            row = find_row(work, Delivery, delivery)
            verb(work, find_note(work, row.note_id), row, request.form.get("reason", ""))
    except Refusal as refusal:
        return refused(refusal, url_for("circulation.board", **place), gettext("Back to the board"))
    if sends:
        tasks.offer.sending(identity)
    return _forms.done(words, "circulation.board", **place)


@at(blueprint, "hold")
@allowed(actions="hold_delivery")
def hold(delivery: str) -> Answer:
    """Stops a delivery that waits to be sent."""
    return _act(delivery, deliveries.hold, gettext("The delivery is held."))


@at(blueprint, "resume")
@allowed(actions="resume_delivery")
def resume(delivery: str) -> Answer:
    """Lets a held delivery go on."""
    return _act(delivery, deliveries.resume, gettext("The delivery goes on."), sends=True)


@at(blueprint, "cancel")
@allowed(actions="cancel_delivery")
def cancel(delivery: str) -> Answer:
    """Calls a held delivery off."""
    return _act(delivery, deliveries.cancel, gettext("The delivery is cancelled."))


@at(blueprint, "resend")
@allowed(actions="resend")
def resend(delivery: str) -> Answer:
    """Sends the note to a contact again."""
    return _act(delivery, deliveries.resend, gettext("The note is being sent again."), sends=True)


@at(blueprint, "revoke")
@allowed(actions="resend")
def revoke(delivery: str) -> Answer:
    """Ends a personal link at once."""
    return _act(delivery, receipt.revoke_link, gettext("The personal link is revoked."))


def _event(work: Work, key: str) -> tuple[Event, Note]:
    event = find_row(work, Event, key)
    delivery = work.session.get_one(Delivery, event.delivery_id)
    return event, find_note(work, delivery.note_id)


@at(blueprint, "evidence")
@READERS
def evidence(file: str) -> Response:
    """The file that proves a receipt on behalf of a state."""
    with looking() as work:
        event, _ = _event(work, file)
        digest = event.data.get("file")
        if event.axis not in ("human", "hand") or not digest:
            raise NotFound("no-such-file", "There is no evidence of this number.")
        return _files.download(work.store.get(str(digest)), str(event.data.get("filename") or "evidence"))


@at(blueprint, "pack")
@READERS
def pack(note: str, kind: str) -> Response:
    """The pack of evidence of a note, or of one of its states, in the reader's language."""
    if kind not in packs.KINDS:
        raise NotFound("no-such-file", "Evidence is given as ZIP, PDF or JSON.")
    with looking() as work:
        row, code = dispatched(work, note), request.args.get("member", "")
        data = packs.make(work, row, kind, code, str(get_locale() or ""))
        return _files.download(data, packs.name_of(_papers.stem(row), code, kind))


@at(blueprint, "message")
@READERS
def message(message: str) -> str:
    """A report or an answer as it came, as text that does nothing."""
    with looking() as work:
        event, note = _event(work, message)
        digest = event.data.get("sha256")
        if event.axis not in ("transport", "side") or not digest:
            raise NotFound("no-such-message", "There is no message of this number.")
        code = work.session.get_one(Member, work.session.get_one(Delivery, event.delivery_id).member_id).code
        back = (url_for("circulation.board", note=note.reference, open=code), note.name)
        page = _mail.shown(work.store.get(str(digest)), back=back, at=event.at)
        return render_template("message.html", page=page)
