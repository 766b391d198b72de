"""Is this file what the secretariat dispatched?  Answered by its bytes, and nothing else is told."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask_babel import force_locale

from web.access import allowed_public
from web.frame import LANGUAGES
from web.pages._files import sent
from web.pages._forms import typed
from web.session import looking, means
from web.views.parts import Typed
from web.views.receipt import VerificationPage
from workflow.errors import Refusal
from workflow.letters import profile as profiles
from workflow.operations import documents
from workflow.store import sha256

blueprint = Blueprint("verification", __name__)


@blueprint.route("/verify", methods=["GET", "POST"])
@allowed_public("Whoever received a file may ask whether it is genuine; only number and date are told.")
def index() -> str | tuple[str, int]:
    """The question, and after a file was sent, the answer.  The file is not kept."""
    if request.method == "GET":
        return _page()
    most = means().settings.upload_bytes
    try:
        file = sent("file", most, code="file", missing="Choose the file that you received.")
    except Refusal as refusal:
        return _page(typed=typed(refusal, {"file": "file"})), refusal.status
    # A look, although it is a POST: nothing is written for a stranger's question.
    with looking() as work:
        found = documents.whose(work, file.data)
    return _page(
        result="genuine" if found else "unknown",
        digest=sha256(file.data),
        filename=file.name,
        symbol=found["symbol"] if found else "",
        dated=date.fromisoformat(found["dated"]) if found else None,
        part=found["part"] if found else "",
    )


def _page(
    *,
    result: str | None = None,
    digest: str = "",
    filename: str = "",
    symbol: str = "",
    dated: date | None = None,
    part: str = "",
    typed: Typed | None = None,
) -> str:
    asked = request.values.get("lang", "")
    language = asked if asked in LANGUAGES else (request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0])
    profile = profiles.load(means().settings.profile)
    wording = profile.languages.get(language, profile.languages[profile.source_language]).wording
    page = VerificationPage(
        head=tuple(wording.letterhead) or (wording.title,),
        result=result,
        digest=digest,
        filename=filename,
        symbol=symbol,
        dated=dated,
        part=part,
        max_bytes=means().settings.upload_bytes,
        typed=typed or Typed(),
        language=language,
        languages=LANGUAGES,
    )
    with force_locale(language):
        return render_template("verification.html", page=page)
