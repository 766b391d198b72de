"""The public page that tells whether a file is what was dispatched: its number and date, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import force_locale, gettext

from web.access import allowed_public
from web.formats import language_name
from web.frame import LANGUAGES, reader_language
from web.pages import _files
from web.pages._forms import sentence
from web.pages._refused import Answer
from web.pages._routes import at
from web.session import looking
from web.views.parts import Typed
from web.views.receipt import VerificationPage
from workflow.errors import Refusal
from workflow.operations import documents
from workflow.operations.context import Work
from workflow.store import sha256

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
                "file", work.settings.upload_bytes, code="file-missing", missing="Choose a PDF or DOCX file."
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
    found = documents.whose(work, file.data)
    page = replace(page, filename=file.name, digest=sha256(file.data))
    if found is None:
        return replace(page, result="unknown")
    language = language_name(found["language"])
    part = (
        gettext("Enclosure %(n)s in %(language)s", n=found["ordinal"], language=language)
        if "ordinal" in found
        else gettext(
            "The note in %(language)s, as %(format)s", language=language, format=found["format"].upper()
        )
    )
    return replace(
        page, result="genuine", symbol=found["symbol"], dated=date.fromisoformat(found["dated"]), part=part
    )
