"""A refusal of a small form (a reason, a button): what was typed comes back with the way on."""

from __future__ import annotations

from typing import TypeAlias

from flask import render_template, request
from werkzeug.wrappers import Response

from web.problems import of_refusal
from web.views.errors import ErrorPage
from workflow.errors import Refusal

Answer: TypeAlias = str | Response | tuple[str, int]


def refused(refusal: Refusal, next_url: str, next_label: str) -> Answer:
    """The page that says what was not done and why; a reason that was typed is shown to be copied."""
    problem = of_refusal(refusal)
    page = ErrorPage(
        status=problem.status,
        sentence=problem.detail,
        details=tuple(item["detail"] for item in problem.errors),
        next_url=next_url,
        next_label=next_label,
        typed=request.form.get("reason", "").strip(),
    )
    return render_template("error.html", page=page), problem.status
