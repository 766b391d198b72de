"""The public page that tells whether a file is what was dispatched: its number and date, nothing else."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask_babel import force_locale, gettext

from web.access import allowed_public
from web.formats import language_name, write_moment
from web.frame import LANGUAGES, reader_language
from web.pages import _files, _successors
from web.pages._forms import sentence
from web.pages._refused import Answer
from web.pages._routes import at
from web.problems import said
from web.session import looking
from web.views.parts import Typed
from web.views.receipt import VerificationPage
from workflow import register
from workflow.errors import Phrase, Refusal
from workflow.letters.seal.verdict import SealState
from workflow.operations import verification
from workflow.operations.context import Work

blueprint = Blueprint("verification", __name__)

WHY_PUBLIC = "Whoever received a note may ask whether it is genuine; only its number and date are told."


@at(blueprint, "index")
@allowed_public(WHY_PUBLIC)
def index() -> Answer:
    """The question and its answer; the file is compared and not kept."""
    asked = request.args.get("lang", "")
    with force_locale(asked if asked in LANGUAGES else reader_language()), looking() as work:
        page = _empty(work, asked if asked in LANGUAGES else reader_language())
        if request.method == "GET":
            return render_template("verification.html", page=page)
        try:
            file = _files.sent(
                "file",
                work.settings.upload_bytes,
                code="file-missing",
                missing=Phrase("Choose a PDF or DOCX file."),
            )
        except Refusal as refusal:
            page = replace(page, typed=Typed({}, {"file": sentence(refusal)}))
            return render_template("verification.html", page=page), refusal.status
        return render_template("verification.html", page=_answer(work, page, file))


def _empty(work: Work, language: str) -> VerificationPage:
    wordings = work.profile.languages
    wording = wordings[language if language in wordings else work.profile.source_language].wording
    return VerificationPage(
        head=tuple(wording.letterhead) or (wording.title,),
        max_bytes=work.settings.upload_bytes,
        language=language,
        languages=LANGUAGES,
    )


def _answer(work: Work, page: VerificationPage, file: _files.Sent) -> VerificationPage:
    found = verification.whose(work, file.data)
    # Of a file without a seal that is none of ours there is nothing to say about seals.
    seal = "" if found.seal.state is SealState.NONE and found.result != "unsealed" else _seal(work, found)
    page = replace(page, filename=file.name, digest=found.sha256, result=found.result, seal=seal)
    # Of a file that is not ours any more, nobody is told what it was.
    if found.part is None or found.result not in ("genuine", "unsealed"):
        return page
    note = register.find(work.session, found.part.symbol)
    assert note is not None  # Its number was found by the file.
    language = language_name(found.part.language)
    part = (
        gettext("Enclosure %(n)s in %(language)s", n=found.part.ordinal, language=language)
        if found.part.ordinal is not None
        else gettext(
            "The note in %(language)s, as %(format)s", language=language, format=found.part.format.upper()
        )
    )
    return replace(
        page,
        symbol=found.part.symbol,
        dated=found.part.dated,
        part=part,
        successors=_successors.told(work, note),
    )


def _seal(work: Work, found: verification.Answer) -> str:
    """What holds of the seal, with the time of a time-stamp server where it has one."""
    words = str(said(verification.seal_sentence(found)))
    if found.seal.stamped_at is None:
        return words
    when = write_moment(found.seal.stamped_at, work.zone)
    return gettext("%(seal)s Time stamp: %(when)s.", seal=words, when=when)
