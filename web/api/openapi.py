"""The description of the API (OpenAPI 3.1), from the endpoints' own declarations and models."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.door import Operation, operations
from web.api.schemas.common import Problem

REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """Notes, their language versions, documents, deliveries and receipts.

Send `Authorization: Bearer <token>`. A note is named by its draft's reference (`D-2026-0012`) or its
number in any script, with its slash as it is or as `%2F` (`TTF/374`, `TTF%2F374`, `ТТФ/374`). Errors
are `application/problem+json` with a stable `type`. Lists are keyset pages: send `next` back as
`after`. A POST that makes something honours an `Idempotency-Key`."""

ERRORS = {
    "400": "The request could not be read.",
    "401": "The token is missing, wrong, expired or revoked.",
    "403": "You may not do this: another role, or another person, has to.",
    "404": "There is no such thing, or it is not yours to see.",
    "409": "The thing changed since you saw it, or is in another state.",
    "413": "The request is too large.",
    "415": "The body is of another kind than expected.",
    "422": "What was sent is not complete or not well formed.",
    "429": "Too many requests in a short time.",
    "503": "A part that is needed does not answer; nothing was changed.",
}
PATHS: dict[str, dict[str, Any]] = {
    "note": {
        "schema": {"type": "string", "pattern": r"^[^/\x00-\x1f]{1,60}$"},
        "description": "Draft's reference or number.",
        "example": "D-2026-0012",
    },
    "language": {
        "schema": {"type": "string", "minLength": 1},
        "description": "Language code.",
        "example": "ru",
    },
    "form": {
        "schema": {"type": "string", "enum": ["xliff-2.1", "xliff-1.2", "docx"]},
        "description": "Form of the file.",
        "example": "xliff-2.1",
    },
    "member": {
        "schema": {"type": "string", "minLength": 1},
        "description": "Member's code.",
        "example": "KZ",
    },
    "concept": {
        "schema": {"type": "string", "minLength": 1, "maxLength": 80},
        "description": "Name of a glossary's concept.",
        "example": "member_states",
    },
}
ROW = {"schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999}, "example": 1}


def init_app(app: APIFlask) -> None:
    """Lets `/api/v1/openapi.json` give the description."""
    app.config.update(OPENAPI_VERSION="3.1.0", AUTO_200_RESPONSE=False, SPEC_PROCESSOR_PASS_OBJECT=False)
    app.spec_processor(lambda _: describe(app.title, app.version))
    # The library's own walk stumbles over blueprints that are not its own.
    for blueprint in app.blueprints.values():
        if not hasattr(blueprint, "enable_openapi"):
            blueprint.enable_openapi = False  # type: ignore[attr-defined]


def describe(title: str, version: str) -> dict[str, Any]:
    """The whole description."""
    schemas, names = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations.values():
        path = "/api/v1" + re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", operation.rule)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, names)
    responses = {
        f"Problem{status}": {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, words in ERRORS.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in operations.values())],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of your account."}
            },
        },
    }


def _schemas() -> tuple[dict[str, Any], dict[tuple[type[BaseModel], str], str]]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for one in operations.values():
        if one.body:
            wanted[(one.body, "validation")] = None
        if one.gives:
            wanted[(one.gives, "serialization")] = None
    references, definitions = models_json_schema(list(wanted), ref_template=REFERENCE)
    names = {key: value["$ref"].rsplit("/", 1)[-1] for key, value in references.items()}
    return definitions["$defs"], names  # type: ignore[return-value]


def _operation(one: Operation, names: dict[tuple[type[BaseModel], str], str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*_path_parameters(one), *_query_parameters(one), *_headers(one)],
        "responses": _responses(one, names),
    }
    if one.description:
        described["description"] = one.description
    if one.body is not None:
        kind = "multipart/form-data" if one.form else "application/json"
        content: dict[str, Any] = {
            "schema": {"$ref": REFERENCE.format(model=names[(one.body, "validation")])}
        }
        if one.example is not None:
            content["example"] = one.example
        described["requestBody"] = {"required": True, "content": {kind: content}}
    return described


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    found = []
    for converter, name in re.findall(r"<(?:([^:>]+):)?([^>]+)>", one.rule):
        facts = ROW if converter == "row" else PATHS[name]
        found.append({"name": name, "in": "path", "required": True, **facts})
    return found


def _query_parameters(one: Operation) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    schema = one.query.model_json_schema()
    required = schema.get("required", [])
    found = []
    for name, facts in schema["properties"].items():
        # A parameter that is not sent is simply absent: null is no value of it.
        options = [each for each in facts.get("anyOf", []) if each.get("type") != "null"]
        plain = {**facts, **options[0]} if options else dict(facts)
        plain.pop("anyOf", None)
        plain.pop("default", None) if facts.get("default") is None else None
        plain.pop("title", None)
        words = plain.pop("description", None)
        parameter = {"name": name, "in": "query", "required": name in required, "schema": plain}
        found.append({**parameter, "description": words} if words else parameter)
    return found


def _headers(one: Operation) -> list[dict[str, Any]]:
    if not one.once:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    words = "The same key with the same request gives what the first request made."
    return [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema, "description": words}
    ]


def _responses(one: Operation, names: dict[tuple[type[BaseModel], str], str]) -> dict[str, Any]:
    content: dict[str, Any] = (
        {one.media: {"schema": {"type": "string", "format": "binary"}}} if one.media else {}
    )
    if one.gives is not None:
        content = {
            "application/json": {
                "schema": {"$ref": REFERENCE.format(model=names[(one.gives, "serialization")])}
            }
        }
    found: dict[str, Any] = {
        str(one.status): {
            "description": "Done." if one.method != "GET" else "Here it is.",
            "content": content,
        }
    }
    found |= {str(status): {"description": words, "content": content} for status, words in one.also.items()}
    if one.media:
        found["304"] = {"description": "You have it already."}
    errors = {"401", "403", "429", "503"}
    if "<" in one.rule:
        errors.add("404")
    if one.method != "GET":
        errors |= {"404", "409", "422"}
    if one.query is not None:
        errors.add("422")
    if one.body is not None:
        errors |= {"400", "413", "415"}
    if one.media:
        errors |= {"409", "422"}
    return found | {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(errors)}
