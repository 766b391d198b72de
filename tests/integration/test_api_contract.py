"""The API keeps to its own description, and says so in OpenAPI 3.1."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.api import Api
from tests.office import Office
from web.api.door import operations
from workflow.states import NoteState


@pytest.fixture(scope="module")
def made(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One secretariat with a note in each state for all examples: most requests are refused anyway."""
    import shutil
    from datetime import UTC, datetime

    from tests.conftest import SetClock, make_settings
    from workflow.means import Means

    folder = tmp_path_factory.mktemp("contract")
    shutil.copy(sqlite_template, folder / "chancery.sqlite")
    means = Means.of(
        make_settings(folder, database_url=f"sqlite:///{folder / 'chancery.sqlite'}"),
        SetClock(datetime(2026, 5, 12, 6, 0, tzinfo=UTC)),
    )
    office = Office(means)
    for state in NoteState:
        office.note(state)
    yield Api(office)
    means.database.close()


def description(api: Api) -> dict[str, Any]:
    response = api.client.get("/api/v1/openapi.json")
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def test_the_description_is_complete(made: Api) -> None:
    described = description(made)
    assert described["openapi"].startswith("3.1")
    rules = {
        (re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method)
        for rule in made.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = {(path, method.upper()) for path, item in described["paths"].items() for method in item}
    assert listed == rules
    for item in described["paths"].values():
        for operation in item.values():
            assert operation["summary"] and operation["tags"]
            assert {"401", "403", "429", "503"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert response == {"$ref": f"#/components/responses/Problem{status}"}


def test_every_reference_leads_somewhere_and_every_schema_is_one(made: Api) -> None:
    described = description(made)
    text = str(described)
    for kind, name in set(re.findall(r"#/components/(\w+)/([\w.-]+)", text)):
        assert name in described["components"][kind], name
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


def test_the_examples_fit_their_models() -> None:
    for operation in operations.values():
        if operation.example is not None and operation.body is not None:
            operation.body.model_validate(operation.example)


def cases(made: Api) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", made.app)


ALLOWED = {200, 201, 202, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422}


def exercise(operation: Any, token: str) -> None:
    """Sends a few generated requests of one operation and holds the answers against its description."""

    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {token}"})
        assert response.status_code in ALLOWED, (
            case.method,
            case.formatted_path,
            response.status_code,
            response.text,
        )
        kind = response.headers.get("content-type", [""])[0]
        if response.status_code >= 400:
            assert kind.startswith("application/problem+json")
            assert response.json()["detail"]
        elif kind.startswith("application/json"):
            operation.validate_response(response)

    run()


@pytest.mark.parametrize("person", ["registry", "administrator", "director"])
def test_no_request_is_answered_but_as_described(made: Api, person: str) -> None:
    # These would end the test's own rights, or take long.
    left_out = {"revoke_token", "change_account", "verify_audit", "verify_note"}
    token = made.token(person)
    walked = 0
    for result in cases(made).get_all_operations():
        operation = result.ok()
        if operation.definition.raw["operationId"] not in left_out:
            exercise(operation, token)
            walked += 1
    assert walked > 50


@settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(name=st.text(min_size=1, max_size=70), after=st.integers(), words=st.text(max_size=60))
def test_any_name_any_window_any_words_get_an_answer(made: Api, name: str, after: int, words: str) -> None:
    from urllib.parse import quote

    path = quote(name, safe="", errors="ignore")
    assert made.get("registry", f"/notes/{path}").status_code in (200, 308, 404)
    assert made.get("registry", f"/notes?after={after}").status_code in (200, 422)
    query = {"q": words.encode("utf-8", "ignore").decode()}
    assert made.get("registry", "/notes", query_string=query).status_code in (200, 422)
