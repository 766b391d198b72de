"""How an endpoint of the API is declared: in one call, so that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel
from werkzeug.exceptions import UnsupportedMediaType

View = TypeVar("View", bound=Callable[..., Any])
Guard = Callable[[Any], Any]

blueprint = APIBlueprint("api", "web.api", url_prefix="/api/v1")


@dataclass(frozen=True)
class Operation:
    """What is declared of one endpoint, for the description of the API.

    `body` is JSON, or a form with a file where `form`; `also` are further good statuses with what
    they give; `media` is set where the answer is no JSON.
    """

    name: str
    method: str
    rule: str
    tag: str
    summary: str
    description: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    gives: type[BaseModel] | None
    status: int
    also: dict[int, str]
    form: bool
    media: str
    once: bool
    example: Any


operations: dict[str, Operation] = {}


def endpoint(
    method: str,
    rule: str,
    guard: Guard,
    *,
    tag: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    gives: type[BaseModel] | None = None,
    status: int = 200,
    also: dict[int, str] | None = None,
    form: bool = False,
    media: str = "",
    once: bool = False,
    example: Any = None,
) -> Callable[[View], View]:
    """Declares an endpoint: who may use it, what it takes (`body`, `query`) and what it gives.

    The view gets `body` and `query` as models and returns a model of `gives` (or that and a
    status), or a Response.  `once` says that it honours an Idempotency-Key.
    """

    def declare(view: View) -> View:
        made: Any = guard(view)
        if gives is not None:
            made = blueprint.output(gives, status_code=status)(made)
        if query is not None:
            made = blueprint.input(query, location="query", arg_name="query")(made)
        if body is not None:
            made = blueprint.input(body, location="form_and_files" if form else "json", arg_name="body")(made)
        made = blueprint.doc(operation_id=view.__name__)(made)
        summary, _, rest = (view.__doc__ or "").strip().partition("\n")
        operations[view.__name__] = Operation(
            name=view.__name__,
            method=method,
            rule=rule,
            tag=tag,
            summary=summary.rstrip("."),
            description=" ".join(rest.split()),
            body=body,
            query=query,
            gives=gives,
            status=status,
            also=also or {},
            form=form,
            media=media,
            once=once,
            example=example,
        )
        registered: View = blueprint.route(rule, methods=[method], endpoint=view.__name__)(made)
        return registered

    return declare


@blueprint.before_request
def _require_kind() -> None:
    """A body of another kind than the endpoint takes is refused before it is read."""
    operation = operations.get((request.endpoint or "").removeprefix("api."))
    if operation is None or operation.body is None:
        return
    wanted = "multipart/form-data" if operation.form else "application/json"
    if request.mimetype != wanted:
        raise UnsupportedMediaType()
