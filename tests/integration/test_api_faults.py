"""What a GET may do, what happens when a part is away, and what the log tells."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import structlog
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.integration.api import Api, enter, give_password
from tests.office import Office
from web.app import create_app
from web.session import writing
from workflow.states import NoteState


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


def test_no_get_opens_a_transaction_that_writes(api: Api) -> None:
    office = api.office
    number = office.note(NoteState.DISPATCHED)
    name = api.reference(number)
    people = ("registry", "director", "administrator", "chair")
    for person in people:
        api.token(person)
    address = give_password(office, "registry")
    browser, _ = enter(api.app, address)
    begun: list[str] = []

    def note_begin(connection: Any) -> None:
        if not connection.get_execution_options().get("reading"):
            begun.append("write")

    event.listen(office.means.database.engine, "begin", note_begin)
    seen = 0
    for rule in api.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        values = {"note": name, "language": "ru", "member": "KZ", "token": "nobody"}
        given = {argument: values.get(argument, 1) for argument in rule.arguments}
        given |= {
            key: "1"
            for key in given
            if key not in values and "row" not in rule.rule and "int" not in rule.rule
        }
        path = api.app.url_map.bind("localhost").build(rule.endpoint, given, method="GET")
        if path.startswith("/api/v1"):
            for person in people:
                assert api.get(person, path.removeprefix("/api/v1")).status_code < 500, path
                seen += 1
        else:
            browser.get(path)
    event.remove(office.means.database.engine, "begin", note_begin)
    assert seen > 100
    assert begun == []


def test_a_get_that_tries_to_write_is_a_fault_of_ours(api: Api) -> None:
    with (
        api.app.test_request_context("/api/v1/notes"),
        pytest.raises(RuntimeError, match="may not write"),
        writing(),
    ):
        pass


def test_a_database_that_is_away_or_busy_gets_a_sentence(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.token("registry")

    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError(
            "SELECT secret FROM accounts", {"token": "secret"}, Exception("server closed the connection")
        )

    def busy(*_: Any, **__: Any) -> Any:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    for fault, code in ((away, "database-away"), (busy, "database-busy")):
        monkeypatch.setattr("workflow.db.Database.reading", fault)
        response = api.get("registry", "/notes")
        problem = api.refused(response, 503, code)
        assert response.headers["Retry-After"]
        assert "secret" not in str(problem) and "SELECT" not in str(problem)
    monkeypatch.undo()
    monkeypatch.setattr("workflow.db.Database.ping", lambda self: away())
    assert api.client.get("/readyz").status_code == 503
    assert api.client.get("/healthz").status_code == 200


def test_a_broker_that_is_away_loses_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError as BrokerAway

    def away(*_: Any, **__: Any) -> Any:
        raise BrokerAway("no broker")

    monkeypatch.setattr("celery.app.task.Task.apply_async", away)
    name = api.reference(api.office.note(NoteState.APPROVED))
    seen = api.good("director", "GET", f"/notes/{name}")
    step = {"action": "dispatch", "revision": seen["revision"]}
    assert api.good("director", "POST", f"/notes/{name}/transitions", json=step)["state"] == "dispatched"
    queued = api.good("registry", "GET", f"/notes/{name}/deliveries")["items"]
    assert {one["queue"] for one in queued} == {"queued"}


def test_a_fault_of_ours_shows_a_number_and_nothing_of_the_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise KeyError("the password is swordfish")

    monkeypatch.setattr("web.api.notes.find_note", broken)
    with structlog.testing.capture_logs() as logs:
        response = api.get("registry", "/notes/D-2026-0001")
    problem = api.refused(response, 500, "fault")
    assert response.headers["X-Request-ID"] in problem["detail"]
    assert "swordfish" not in str(problem) and "KeyError" not in str(problem)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["fault"]


def test_the_log_names_routes_and_ids_only(api: Api) -> None:
    token = api.token("registry")
    with structlog.testing.capture_logs() as logs:
        api.get("registry", "/notes?q=secret-words")
        api.client.get("/r/a-personal-link-of-a-state")
        api.client.get("/nothing/person@mfa.example")
    text = str(logs)
    for secret in (token, "secret-words", "a-personal-link", "person@mfa.example", "registry@"):
        assert secret not in text
    assert {"/api/v1/notes", "none"} <= {entry["route"] for entry in logs if entry["event"] == "request"}


def test_requests_are_counted(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    app = create_app(office.means)
    client = app.test_client()
    statuses = []
    for _ in range(12):
        form = client.get("/login", headers={"Content-Type": "application/json"}).get_json()
        headers = {"X-CSRFToken": form["response"]["csrf_token"]}
        answer = client.post(
            "/login",
            data={"email": "a@b.example", "password": "x"},
            headers={**headers, "Accept": "application/json"},
        )
        statuses.append(answer.status_code)
    assert statuses[-1] == 429 and 429 not in statuses[:10]
    assert answer.mimetype == "application/problem+json" and int(answer.headers["Retry-After"]) > 0
