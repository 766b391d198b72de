"""The glossary: what a thing is called in each language, browsed and exchanged as TBX."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from web.access import allowed
from web.api.files import pieces
from web.pages import _trial
from web.pages._answers import Answer
from web.pages._forms import done
from web.pages._routes import at
from web.pages.memory import options
from web.session import looking, writing
from web.views.memory import Concept, GlossaryPage, GlossaryWord, Trial
from workflow.letters.calendar import holds
from workflow.memory.glossary import Entry
from workflow.memory.tbx import EDITIONS
from workflow.operations import glossary
from workflow.permissions import why_not_office

blueprint = Blueprint("glossary", __name__)

# More than these nobody reads; the rest is found by its words.
MOST_SHOWN = 200


@at(blueprint, "index")
@allowed(actions=("search_memory", "exchange_memory"))
def index() -> Answer:
    """The concepts, all or those that have a word."""
    return page()


def page(trial: Trial | None = None) -> Answer:
    """The page of the glossary, with what was tried where a file was."""
    query = " ".join(request.args.get("q", "").split())[:300]
    language = request.args.get("language", "")
    with looking() as work:
        known = language if language in work.profile.languages else ""
        found = glossary.browse(work, query, known)
        today = work.today()
        shown = GlossaryPage(
            concepts=tuple(
                Concept(name, tuple(_word(one, today) for one in entries), entries[0].origin)
                for name, entries in list(found.items())[:MOST_SHOWN]
            ),
            left=max(0, len(found) - MOST_SHOWN),
            languages=options(work, known),
            query=query,
            total=len(glossary.whole(work).entries),
            may_exchange=why_not_office(work.actor, "exchange_memory") is None,
            trial=trial or Trial(),
            max_bytes=work.settings.upload_bytes,
        )
        return render_template("glossary.html", page=shown)


def _word(entry: Entry, today: date) -> GlossaryWord:
    return GlossaryWord(
        entry.language,
        entry.term,
        entry.forms,
        entry.forbidden,
        entry.note,
        entry.since,
        entry.until,
        valid=holds(entry, today),
    )


@at(blueprint, "export")
@allowed(actions="exchange_memory")
def export() -> Response:
    """The glossary as TBX-Basic."""
    edition = request.args.get("edition", EDITIONS[0])
    with looking() as work:
        data = glossary.export_tbx(work, edition if edition in EDITIONS else EDITIONS[0])
        return pieces([data], "glossary.tbx", "tbx")


@at(blueprint, "load")
@allowed(actions="exchange_memory")
def load() -> Answer:
    """A TBX file in: a trial that writes nothing, then the very file that was tried."""
    return _trial.bring(
        "glossary",
        lambda work, data, name, dry_run: glossary.import_tbx(work, data, name, dry_run=dry_run),
        page,
        lambda outcome: ngettext(
            "%(num)s concept was brought into the glossary.",
            "%(num)s concepts were brought into the glossary.",
            outcome.new,
        ),
    )


@at(blueprint, "remove")
@allowed(actions="exchange_memory")
def remove(concept: str) -> Answer:
    """Takes a concept that was brought in out again."""
    with writing() as work:
        glossary.remove(work, concept)
    return done(gettext("“%(concept)s” is taken out.", concept=concept), "glossary.index")
