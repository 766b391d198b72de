"""The memory: past translations by phrase, beside a paragraph, and in and out as TMX; a machine's suggestions."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from web.access import allowed, allowed_signed_in
from web.api.files import pieces
from web.formats import language_name
from web.pages import _memory, _trial
from web.pages._answers import Answer
from web.pages._forms import done, sentence, typed
from web.pages._routes import at
from web.pages.translation import acts, paragraph_of
from web.pages.translation import page as desk
from web.session import looking, writing
from web.views.memory import Hit, MemoryPage, Trial
from web.views.parts import UNTYPED, Option, Run, Typed
from workflow.errors import NotAllowed, NotFound, Refusal
from workflow.memory.search import MOST
from workflow.operations import memory, suggesting, texts
from workflow.operations.context import Work, find_note
from workflow.permissions import why_not_office

blueprint = Blueprint("memory", __name__)


@at(blueprint, "index")
@allowed(actions=("search_memory", "exchange_memory"))
def index() -> Answer:
    """Every past pair that says a phrase."""
    return page()


def page(trial: Trial | None = None) -> Answer:
    """The page of the search, with what was tried where a file was."""
    query = " ".join(request.args.get("q", "").split())
    language, other = request.args.get("language", ""), request.args.get("other", "")
    with looking() as work:
        hits, back, status = (), UNTYPED, 200
        may_search = why_not_office(work.actor, "search_memory") is None
        if query and may_search:
            try:
                hits = _hits(work, query, language, other)
            except (NotFound, NotAllowed):
                raise
            except Refusal as refusal:
                back, status = Typed({"q": query}, {}, sentence(refusal)), refusal.status
        size = memory.size(work)
        shown = MemoryPage(
            languages=options(work, language),
            others=options(work, other),
            query=query,
            searched=bool(query) and may_search,
            hits=hits,
            most=MOST,
            units=size["units"],
            notes=size["notes"],
            may_search=may_search,
            may_exchange=why_not_office(work.actor, "exchange_memory") is None,
            trial=trial or Trial(),
            max_bytes=work.settings.upload_bytes,
            typed=back,
        )
        return render_template("memory.html", page=shown), status


def options(work: Work, chosen: str) -> tuple[Option, ...]:
    """The languages of the profile as choices."""
    return tuple(
        Option(code, language_name(code), code == chosen, language=code) for code in work.profile.languages
    )


def _hits(work: Work, query: str, language: str, other: str) -> tuple[Hit, ...]:
    found = memory.find(work, query, language, other)
    places = _memory.whence(work, found)
    return tuple(
        Hit(
            one.pair.source_language,
            one.pair.target_language,
            _memory.marked(
                (Run(one.pair.source_reads),), [(start, end, "") for start, end in one.places], "mark"
            ),
            one.pair.target_reads,
            places[one.unit],
            one.together,
        )
        for one in found
    )


@at(blueprint, "beside")
@allowed_signed_in
def beside(note: str, language: str, paragraph: int) -> str:
    """The part of the desk that stands beside a paragraph, alone: for a script that goes to another one."""
    with looking() as work:
        row = find_note(work, note)
        version = texts.version_of(row, language)
        may_write = "save_paragraph" in acts(work, row, version)
        shown = _memory.beside(work, row, language, paragraph_of(row, paragraph), may_write)
        return render_template(
            "_beside.html", b=shown, note_key=row.reference, S=row.source_language, T=language
        )


@at(blueprint, "ask")
@allowed(actions="ask_machine")
def ask(note: str, language: str, paragraph: int) -> Answer:
    """Asks the translation engine for a paragraph: what comes stands beside it, marked as the machine's."""
    try:
        with writing() as work:
            row = find_note(work, note)
            identity = paragraph_of(row, paragraph).id
            question = suggesting.ask(work, row, language, identity)
            engine = suggesting.engine_of(work)
        assert engine is not None  # ask() has just found it.
        # No transaction stands open while the engine thinks.
        came = suggesting.answer(engine, question)
        with writing() as work:
            suggesting.keep(work, find_note(work, note), language, identity, question, came, engine.name)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _back(note, language, paragraph, refusal)
    words = gettext(
        "The machine answered. Read what it says: it is not accepted before a person stands for it."
    )
    return _done(words, note, language, paragraph)


@at(blueprint, "confirm")
@allowed(actions="confirm_suggestion")
def confirm(note: str, language: str, paragraph: int) -> Answer:
    """A person has read a machine's text and stands for it."""
    try:
        with writing() as work:
            row = find_note(work, note)
            suggesting.confirm(work, row, language, paragraph_of(row, paragraph).id)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _back(note, language, paragraph, refusal)
    return _done(gettext("You stand for the text of ¶%(n)s now.", n=paragraph), note, language, paragraph)


def _done(words: str, note: str, language: str, paragraph: int) -> Answer:
    where = {"note": note, "language": language, "paragraph": paragraph, "_anchor": f"p{paragraph}"}
    return done(words, "translation.show", **where)


def _back(note: str, language: str, paragraph: int, refusal: Refusal) -> Answer:
    with looking() as work:
        row = find_note(work, note)
        shown = desk(work, row, language, typed(refusal), open_at=paragraph)
        return render_template("translation.html", page=shown), refusal.status


@at(blueprint, "export")
@allowed(actions="exchange_memory")
def export() -> Response:
    """The memory as TMX, as far as the person may see it."""
    with looking() as work:
        source, target = request.args.get("language", ""), request.args.get("other", "")
        return pieces(memory.export_tmx(work, source, target), "memory.tmx", "tmx")


@at(blueprint, "load")
@allowed(actions="exchange_memory")
def load() -> Answer:
    """A TMX file in: a trial that writes nothing, then the very file that was tried."""
    return _trial.bring(
        "memory",
        lambda work, data, name, dry_run: memory.import_tmx(work, data, name, dry_run=dry_run),
        page,
        lambda outcome: ngettext(
            "%(num)s pair was brought into the memory.",
            "%(num)s pairs were brought into the memory.",
            outcome.new,
        ),
    )
