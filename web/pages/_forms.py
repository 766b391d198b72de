"""Forms that come back, and what is said after an act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from web.problems import of_refusal
from web.views.parts import Typed
from workflow.clock import local_moment
from workflow.errors import Invalid, Refusal
from workflow.operations.choices import require_day

# What never goes back into a page: the form's own token, and codes that are used once.
SECRET = frozenset({"csrf_token", "otp"})


def sentence(refusal: Refusal) -> str:
    """What a refusal says, in the reader's language."""
    return of_refusal(refusal).detail


def typed(refusal: Refusal, fields: Mapping[str, str] | None = None) -> Typed:
    """The form as it was sent, with the refusal at its field where `fields` (code → field) names one."""
    values = {name: value for name, value in request.form.items() if name not in SECRET}
    field = (fields or {}).get(refusal.code)
    words = sentence(refusal)
    return Typed(values, {field: words}, "") if field else Typed(values, {}, words)


def kept(errors: Mapping[str, str], summary: str = "") -> Typed:
    """The form as it was sent, with a sentence for each field in error."""
    values = {name: value for name, value in request.form.items() if name not in SECRET}
    return Typed(values, errors, summary)


def done(words: str, endpoint: str, **values: object) -> Response:
    """After an act: one callout with what happened, on the page that follows."""
    flash(words, "done")
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[arg-type]


def whole(text: str | None, digits: int = 9) -> int | None:
    """A number that a form or an address gives in so many digits at most, as databases keep ids; else None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def seen_revision() -> int:
    """The revision that the form was made from; a form without a whole number has none to compare."""
    # That of an account is a long one, made of what stands in it.
    seen = whole(request.form.get("revision"), digits=20)
    if seen is None:
        raise Invalid(
            "revision-missing", "The form does not say which revision you saw. Open the page again."
        )
    return seen


def moment_of(name: str, zone: str) -> datetime | None:
    """The local time typed in a field, on the organisation's clock; None when it is empty."""
    text = request.form.get(name, "").strip()
    return local_moment(text, zone) if text else None


def day_of(name: str) -> date | None:
    """The day typed in a field; None when it is empty; raises Invalid when it is no day."""
    text = request.form.get(name, "").strip()
    return require_day(text) if text else None


def prefixed(prefix: str) -> dict[str, str]:
    """The fields whose names begin with `prefix`, by the rest of the name."""
    return {
        name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)
    }


def joined(words: Iterable[str]) -> str:
    """A list in words: “a, b and c” in the reader's language."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return gettext("%(first)s and %(last)s", first=", ".join(items[:-1]), last=items[-1])
