"""What was not done, as a page or as application/problem+json (RFC 9457).

A problem's `type` is `/problems/<code>` and stays; `detail` is a sentence in the reader's language;
`errors` lists what is wrong in particular, with a JSON pointer where it is a field.  Nothing of the
inside shows: a fault of ours is a number under which the log has it.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import structlog
from apiflask.exceptions import HTTPError
from flask import Flask, Response, g, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from markupsafe import escape
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from web.session import is_api
from workflow.db import is_busy
from workflow.errors import Phrase, Refusal

log = structlog.get_logger("chancery.web")


def N_(text: str) -> str:
    """Mark `text` for the catalogues; it is translated when it is shown."""
    return text


# What is said of an HTTP status where no refusal of ours says it better: code and sentence.
STATUSES = {
    400: ("bad-request", N_("The request could not be read. Check what was sent, then try again.")),
    401: ("not-signed-in", N_("Log in first.")),
    403: ("not-allowed", N_("You may not do this.")),
    404: ("not-found", N_("There is no such page. The address may be mistyped, or it is not yours to see.")),
    405: ("method", N_("This address does not take such a request.")),
    406: ("not-acceptable", N_("The answer exists in another form only.")),
    408: ("too-slow", N_("The request came too slowly. Try again.")),
    409: ("conflict", N_("Somebody else did the same at the same moment. Open it again and look.")),
    413: ("too-large", N_("What was sent is too large. Send a smaller file.")),
    414: ("address-too-long", N_("The address is too long.")),
    415: ("media-type", N_("What was sent is of another kind than expected: JSON, or a form with a file.")),
    422: ("not-valid", N_("What was given is not complete or not well formed.")),
    429: ("too-many", N_("Too many requests in a short time. Wait a moment, then try again.")),
    431: ("header-too-large", N_("The request’s header is too large.")),
    500: ("fault", N_("Something went wrong on our side. Nothing was half done. Report the number %(id)s.")),
    503: ("away", N_("A part that is needed does not answer. Nothing was changed. Try again in a moment.")),
}
AWAY = N_("The database does not answer. Nothing was changed. Try again in a moment.")
BUSY = N_("The database was busy and nothing was changed. Try again.")
UNKEPT = N_("A value is too long or too large to be kept. Nothing was changed.")
STALE_FORM = N_("The form was open for too long, or in another session. Open the page again, then send it.")


@dataclass(frozen=True)
class Problem:
    """One answer that is a refusal or a fault; `detail` and `errors` are in the reader's language."""

    status: int
    code: str
    detail: str
    errors: tuple[dict[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The kind of problem in words, the same at every occurrence."""
        return self.code.replace("-", " ").capitalize()

    def to_json(self) -> dict[str, Any]:
        """The members of the problem document."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = list(self.errors)
        return body


def of_status(status: int, *, headers: dict[str, str] | None = None, **values: Any) -> Problem:
    """The problem of a bare HTTP status."""
    known = status if status in STATUSES else (500 if status >= 500 else 400)
    code, sentence = STATUSES[known]
    return Problem(
        status, code, gettext(sentence) % values if values else gettext(sentence), headers=headers or {}
    )


def said(text: object) -> object:
    """A phrase of ours in the reader's language; anything else, such as a name or a number, as it is."""
    if not isinstance(text, Phrase):
        return text
    sentence = gettext(text.message)
    return sentence % {name: said(value) for name, value in text.values.items()} if text.values else sentence


def of_refusal(refusal: Refusal) -> Problem:
    """The problem of a refusal: the sentence is translated first, then filled."""
    detail = str(said(refusal.phrase))
    headers = (
        {"WWW-Authenticate": 'Bearer realm="chancery"'}
        if refusal.status == HTTPStatus.UNAUTHORIZED and is_api()
        else {}
    )
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    errors = tuple({"detail": str(said(item))} for item in refusal.details)
    return Problem(refusal.status, refusal.code, detail, errors, headers)


def of_database(error: Exception) -> Problem:
    """The problem of a database that is away, busy, or cannot keep a value."""
    retry = {"Retry-After": "2"}
    if isinstance(error, IntegrityError):
        return of_status(409)
    if isinstance(error, DataError):
        return Problem(422, "not-valid", gettext(UNKEPT))
    if is_busy(error):
        return Problem(503, "database-busy", gettext(BUSY), headers=retry)
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return Problem(503, "database-away", gettext(AWAY), headers=retry)
    return _fault(error)


def invalid(faults: Iterable[tuple[str, str]]) -> Problem:
    """The problem of input that a model refused: (JSON pointer, sentence) for each field."""
    errors = tuple({"pointer": pointer, "detail": sentence} for pointer, sentence in faults)
    return Problem(422, "not-valid", gettext(STATUSES[422][1]), errors)


def _fault(error: Exception) -> Problem:
    identity = g.get("request_id", "")
    # A statement's parameters can be names and addresses of people, so they stay out of the log.
    message = type(error.orig).__name__ if isinstance(error, DBAPIError) else str(error)
    # Where it happened, without the values of the moment: they may be passwords or tokens.
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    log.error("fault", error=type(error).__name__, message=message, where=where)
    return of_status(500, id=identity)


def answer(problem: Problem) -> Response:
    """The problem in the form that the asker reads: JSON for the API and scripts, else a page."""
    asked = request.accept_mimetypes
    if is_api() or (asked and asked.best_match(["text/html", "application/json"]) == "application/json"):
        body = json.dumps(problem.to_json(), ensure_ascii=False)
        response = Response(body, problem.status, mimetype="application/problem+json")
    else:
        response = Response(_page(problem), problem.status, mimetype="text/html")
    response.headers.extend(problem.headers)
    return response


def _page(problem: Problem) -> str:
    try:
        from web.views.errors import ErrorPage

        page = ErrorPage(
            status=problem.status,
            sentence=problem.detail,
            details=tuple(item["detail"] for item in problem.errors),
            reference=g.get("request_id", "") if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "",
            retry_after=_seconds(problem.headers.get("Retry-After")),
        )
        return render_template("error.html", page=page)
    except TemplateNotFound:
        return _plain(problem)
    except Exception as error:  # A page that says what went wrong must not go wrong itself.
        log.error("error-page", error=type(error).__name__, message=str(error))
        return _plain(problem)


def _plain(problem: Problem) -> str:
    lines = "".join(f"<li>{escape(item['detail'])}</li>" for item in problem.errors)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(problem.title)} · Chancery</title>'
        f"<h1>{escape(problem.title)}</h1><p>{escape(problem.detail)}</p>{f'<ul>{lines}</ul>' if lines else ''}"
        '<p><a href="/">Chancery</a></p></html>'
    )


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        headers.setdefault("Retry-After", "60")
    if error.code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer(of_status(500, id=g.get("request_id", "")))
    return answer(of_status(error.code, headers=headers))


def _api_error(error: HTTPError) -> Response:
    """APIFlask's own error: a model refused the input."""
    faults = [
        ("#/" + name.replace("~", "~0").replace("/", "~1").replace(".", "/"), sentence)
        for fields in (error.detail if isinstance(error.detail, dict) else {}).values()
        for name, sentences in fields.items()
        for sentence in sentences
    ]
    return answer(
        invalid(faults)
        if error.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        else of_status(error.status_code)
    )


def init_app(app: Flask) -> None:
    """Answers every error of a request by a sentence."""
    app.register_error_handler(Refusal, lambda refusal: answer(of_refusal(refusal)))
    app.register_error_handler(CSRFError, lambda _: answer(Problem(400, "form-expired", gettext(STALE_FORM))))
    app.register_error_handler(HTTPError, _api_error)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, lambda error: answer(of_database(error)))
    app.register_error_handler(PoolTimeout, lambda error: answer(of_database(error)))
    app.register_error_handler(Exception, lambda error: answer(_fault(error)))
