"""A file brought in in two steps: a trial that writes nothing, then the very file that was tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flask import current_app, request
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer

from web.pages import _files
from web.pages._answers import Answer
from web.pages._forms import done, kept, sentence
from web.session import writing
from web.views.memory import Trial
from web.views.parts import Typed
from workflow.errors import NotAllowed, NotFound, Phrase, Refusal
from workflow.operations.context import Work


class Outcome(Protocol):
    """What an import did, or would do."""

    @property
    def new(self) -> int: ...
    @property
    def known(self) -> int: ...


Importer = Callable[[Work, bytes, str, bool], Outcome]


def bring(
    what: str, importer: Importer, page: Callable[[Trial], Answer], words: Callable[[Outcome], str]
) -> Answer:
    """Tries the file of a form, or writes the one that was tried; `what` is the blueprint whose page follows."""
    if request.form.get("step") != "write":
        return _try(what, importer, page)
    try:
        sha256, filename = _seal(what).loads(request.form.get("digest", ""))
    except BadSignature:
        return _refused(page, Trial(typed=kept({}, gettext("Try the file first."))), 422)
    try:
        with writing() as work:
            outcome = importer(work, work.store.get(sha256), filename, False)
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(page, _faulty(filename, refusal), refusal.status)
    return done(words(outcome), f"{what}.index")


def _try(what: str, importer: Importer, page: Callable[[Trial], Answer]) -> Answer:
    filename = ""
    try:
        with writing() as work:
            file = _files.sent(
                "file",
                work.settings.upload_bytes,
                code="file-missing",
                missing=Phrase("Choose the file to bring in."),
            )
            filename = file.name
            outcome = importer(work, file.data, filename, True)
            digest = str(_seal(what).dumps([work.store.put(file.data), filename]))
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        return _refused(page, _faulty(filename, refusal), refusal.status)
    return page(Trial(filename, digest, outcome.new, outcome.known, checked=True))


def _faulty(filename: str, refusal: Refusal) -> Trial:
    words = sentence(refusal)
    if refusal.code == "file-missing":
        return Trial(filename, typed=Typed({}, {"file": words}, ""))
    return Trial(filename, typed=Typed({}, {}, words))


def _refused(page: Callable[[Trial], Answer], trial: Trial, status: int) -> Answer:
    answer = page(trial)
    return (answer[0] if isinstance(answer, tuple) else answer, status)  # type: ignore[return-value]


def _seal(what: str) -> URLSafeSerializer:
    # Only a file that was tried here can be named for the import, not any file of the store.
    return URLSafeSerializer(str(current_app.secret_key), salt=f"bring in {what}")
