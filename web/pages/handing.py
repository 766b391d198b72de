"""Notes that a person brings: the list of them, the slips that go along, and what became of each."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale, gettext

from web.access import allowed
from web.pages import _files, _forms, _papers
from web.pages._addressee import chosen, dispatched
from web.pages._evidence import hand_words
from web.pages._lines import line
from web.pages._refused import Answer
from web.pages._routes import at
from web.session import looking, writing
from web.sheets import handing as sheets
from web.views.circulation import HandoverPage
from web.views.parts import UNTYPED, Option, Typed
from web.views.words import CHANNELS
from workflow.errors import Invalid, Phrase, Refusal
from workflow.models import Delivery, Member, Note
from workflow.operations import directory, handing, papers
from workflow.operations.context import Work, find_note
from workflow.permissions import why_not
from workflow.states import Role

blueprint = Blueprint("handing", __name__)

READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
FIELDS = {
    "handover-channel": "way",
    "handover-step": "way",
    "future": "at",
    "before-dispatch": "at",
    "bad-time": "at",
    "person-missing": "name",
    "waybill-missing": "waybill",
    "evidence-missing": "evidence",
    "too-long": "words",
}


@at(blueprint, "record")
@allowed(actions="record_handover")
def record(note: str, member: str) -> Answer:
    """How a note was brought to a state, with time, person and the paper that shows it."""
    if request.method == "GET":
        with looking() as work:
            return _page(work, *chosen(work, note, member))
    form = request.form
    try:
        with writing() as work:
            row, delivery = chosen(work, note, member)
            refusal = why_not(work.actor, "record_handover", row.state)
            if refusal is not None:
                raise refusal  # Nothing is kept of a file that nobody may hand in.
            channel, _, step = form.get("way", "").partition(":")
            digest = name = ""
            if request.files.get("evidence"):
                file = _files.sent(
                    "evidence",
                    work.settings.upload_bytes,
                    code="evidence-missing",
                    missing=Phrase("Choose a file."),
                )
                papers.require_scan(file.name, file.data, "evidence-missing")
                digest, name = work.store.put(file.data), file.name
            what = handing.Handover(
                channel,
                step,
                _moment(work, form.get("at", "")),
                person=form.get("name", ""),
                office=form.get("office", ""),
                waybill=form.get("waybill", ""),
                words=form.get("words", ""),
            )
            nonce = form.get("nonce", "")[:100]
            handing.record_handover(work, row, delivery, what, file_sha256=digest, filename=name, nonce=nonce)
            reference, code = row.reference, work.session.get_one(Member, delivery.member_id).code
    except Refusal as refused:
        with looking() as work:
            typed = _forms.typed(refused, FIELDS)
            return _page(work, *chosen(work, note, member), typed), refused.status
    words = gettext("It is recorded how the note was brought to %(state)s.", state=code)
    return _forms.done(words, "circulation.board", note=reference, open=code, _anchor=f"state-{code}")


def _moment(work: Work, text: str) -> datetime:
    """The time as typed, on the organisation's clock."""
    try:
        given = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("bad-time", "Give the day and the hour at which it happened.") from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo(work.zone))


def _page(work: Work, note: Note, delivery: Delivery, typed: Typed = UNTYPED) -> str:
    member = work.session.get_one(Member, delivery.member_id)
    assert note.approval is not None
    ways = [
        Option(
            f"{channel}:{step.value}",
            f"{gettext(CHANNELS[channel])}: {hand_words(step.value, channel)}",
            channel == delivery.channel and step is handing.STEPS[channel][0],
        )
        for channel in handing.CHANNELS
        for step in handing.STEPS[channel]
    ]
    language = str(get_locale() or "")
    shown = language if language in work.profile.languages else note.source_language
    page = HandoverPage(
        note=line(work, note),
        member=member.code,
        name=directory.name_of(member, shown, note.approval.dated),
        address=delivery.address,
        ways=tuple(ways),
        nonce=request.form.get("nonce") or secrets.token_hex(16),
        latest=work.now().astimezone(ZoneInfo(work.zone)).strftime("%Y-%m-%dT%H:%M"),
        zone=work.zone,
        typed=typed,
        max_bytes=work.settings.upload_bytes,
    )
    return render_template("handover.html", page=page)


@at(blueprint, "delivery_list")
@READERS
def delivery_list(note: str) -> Response:
    """The list of the places that the note is still to be brought to, for whoever brings it."""
    with looking() as work:
        row = dispatched(work, note)
        data = sheets.delivery_list(work, row, handing.waiting(work, row), str(get_locale() or ""))
        return _files.download(data, f"{_papers.stem(row)}-delivery-list.pdf")


@at(blueprint, "slips")
@READERS
def slips(note: str) -> Response:
    """A covering slip for each place that the note is still to be brought to, or for one state."""
    with looking() as work:
        row = dispatched(work, find_note(work, note).reference)
        code = request.args.get("member", "")
        data = sheets.slips(work, row, handing.waiting(work, row, code), str(get_locale() or ""))
        return _files.download(data, f"{_papers.stem(row)}-covering-slips{'.' + code if code else ''}.pdf")
