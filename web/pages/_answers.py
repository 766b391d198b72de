"""Acts on a note: done with one callout on the page that follows, or refused on the page it came from."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template
from werkzeug.wrappers import Response

from web.pages import _forms, _note_page
from web.session import looking, writing
from workflow.errors import NotAllowed, NotFound, Refusal
from workflow.models import Note
from workflow.operations.context import Work, find_note

Answer = str | Response | tuple[str, int]


def act(
    name: str,
    action: str,
    verb: Callable[[Work, Note], object],
    words: Callable[[], str],
    *,
    endpoint: str = "notes.show",
    fields: dict[str, str] | None = None,
    refused: Callable[[Work, Note, Refusal], Answer] | None = None,
) -> Answer:
    """Does one act in a transaction of its own, then leads to `endpoint` with one callout.

    A refusal comes back on the note's page (or what `refused` makes of it) with everything typed;
    `action` is the act's name there.  What was never the person's to do, or to see, is an error
    page instead: there is no form to come back to.
    """
    try:
        with writing() as work:
            note = find_note(work, name)
            key = note.reference
            verb(work, note)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        with looking() as work:
            note = find_note(work, name)
            if refused is not None:
                return refused(work, note, refusal)
            typed = _forms.typed(refusal, fields or {"reason-missing": "reason", "reason-long": "reason"})
            page = _note_page.make(work, note, typed, action)
            return render_template("note.html", page=page), refusal.status
    return _forms.done(words(), endpoint, note=key)
