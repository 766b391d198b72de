"""One reminder or escalation by itself: held, let go on, tried again, called off."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask_babel import gettext

import tasks.offer
from web.access import allowed
from web.pages import _forms
from web.pages._ids import find_row
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from workflow.errors import Refusal
from workflow.models import Note, Outgoing
from workflow.operations import deliveries
from workflow.operations.context import Work, find_note

blueprint = Blueprint("reminder", __name__)


@at(blueprint, "hold")
@allowed(actions="hold_delivery")
def hold(message: str) -> Answer:
    """Stops one that waits to be sent."""
    return _act(message, deliveries.hold, gettext("The reminder is held."))


@at(blueprint, "resume")
@allowed(actions="resume_delivery")
def resume(message: str) -> Answer:
    """Lets a held one go on."""
    return _act(message, deliveries.resume, gettext("The reminder goes on."), sends=True)


@at(blueprint, "retry")
@allowed(actions="resume_delivery")
def retry(message: str) -> Answer:
    """Tries one again at once."""
    return _act(message, deliveries.retry, gettext("The reminder is tried again."), sends=True)


@at(blueprint, "cancel")
@allowed(actions="cancel_delivery")
def cancel(message: str) -> Answer:
    """Calls a held one off."""
    return _act(message, deliveries.cancel, gettext("The reminder is called off."))


def _act(
    key: str, verb: Callable[[Work, Note, Outgoing, str], None], words: str, *, sends: bool = False
) -> Answer:
    with looking() as work:
        note = find_note(work, find_row(work, Outgoing, key).note_id)
        identity, reference = note.id, note.reference
    try:
        with writing() as work:
            reason = request.form.get("reason", "")
            verb(work, find_note(work, identity), find_row(work, Outgoing, key), reason)
    except Refusal as refusal:
        return refused(refusal, url_for("reminders.show", note=reference), gettext("Back to the reminders"))
    if sends:
        tasks.offer.sending(identity)
    return _forms.done(words, "reminders.show", note=reference, _anchor=f"message-{key}")
