"""A dispatch as a whole: stop it, let it go on, end it, try again, release it at another time."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request, url_for
from flask_babel import gettext, ngettext

import tasks.offer
from web.access import allowed
from web.pages import _forms
from web.pages._refused import Answer, refused
from web.pages._routes import at
from web.session import looking, writing
from workflow.errors import Refusal
from workflow.models import Note
from workflow.operations import halting
from workflow.operations.context import Work, find_note
from workflow.operations.halting import Halted

blueprint = Blueprint("halting", __name__)


def _act(
    note: str, verb: Callable[[Work, Note], Halted], words: Callable[[Halted], str], *, sends: bool = False
) -> Answer:
    with looking() as work:
        row = find_note(work, note)
        identity, reference = row.id, row.reference
    try:
        with writing() as work:
            halted = verb(work, find_note(work, identity))
    except Refusal as refusal:
        return refused(refusal, url_for("circulation.board", note=reference), gettext("Back to the board"))
    if sends:
        tasks.offer.sending(identity)
    return _forms.done(words(halted), "circulation.board", note=reference)


def _reason() -> str:
    return request.form.get("reason", "")


@at(blueprint, "hold")
@allowed(actions="hold_delivery")
def hold(note: str) -> Answer:
    """Stops a running dispatch."""

    def words(done: Halted) -> str:
        if done.on_the_wire:
            return ngettext(
                "The dispatch is stopped. %(num)s message is on the wire and cannot be called back.",
                "The dispatch is stopped. %(num)s messages are on the wire and cannot be called back.",
                done.on_the_wire,
            )
        return gettext("The dispatch is stopped.")

    return _act(note, lambda work, row: halting.hold_all(work, row, _reason()), words)


@at(blueprint, "resume")
@allowed(actions="resume_delivery")
def resume(note: str) -> Answer:
    """Lets a stopped dispatch go on."""
    return _act(
        note,
        lambda work, row: halting.resume_all(work, row, _reason()),
        lambda done: gettext("The dispatch goes on."),
        sends=True,
    )


@at(blueprint, "cancel")
@allowed(actions="cancel_delivery")
def cancel(note: str) -> Answer:
    """Ends a dispatch for good."""
    return _act(
        note,
        lambda work, row: halting.cancel_all(work, row, _reason()),
        lambda done: gettext("The dispatch is ended."),
    )


@at(blueprint, "retry")
@allowed(actions="resume_delivery")
def retry(note: str) -> Answer:
    """Tries at once what was put off."""
    return _act(
        note,
        lambda work, row: halting.retry_all(work, row, _reason()),
        lambda done: ngettext(
            "%(num)s message is tried again.", "%(num)s messages are tried again.", done.moved
        ),
        sends=True,
    )


@at(blueprint, "reschedule")
@allowed(actions="reschedule")
def reschedule(note: str) -> Answer:
    """Sets another time of release, or releases at once."""
    return _act(
        note,
        lambda work, row: halting.reschedule(
            work, row, _forms.seen_revision(), _forms.moment_of("release_at", work.zone), _reason()
        ),
        lambda done: gettext("The time of release is changed."),
        sends=True,
    )
