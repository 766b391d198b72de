"""Every route says who may use it, and keeps everybody else out."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.conftest import make_settings
from tests.office import PEOPLE, Office
from web import access
from web.app import RowId, create_app
from workflow.means import Means
from workflow.models import Account
from workflow.operations import accounts
from workflow.permissions import Actor
from workflow.states import DUTIES, OFFICE, TRANSITIONS, Role

VALUES = {
    "note": "D-2026-0001",
    "language": "ru",
    "member": "KZ",
    "filename": "x",
    "digest": "0",
    "name": "x",
    "token": "nobody",
    "finding": "0" * 64,
    "mailbox": "x",
    "file": "x",
}


@pytest.fixture
def database_url(sqlite_template, tmp_path) -> str:  # type: ignore[no-untyped-def]
    """One kind of database is enough: the doors stand before it."""
    import shutil

    path = tmp_path / "chancery.sqlite"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def app(office: Office) -> Flask:
    """The application of a secretariat."""
    return create_app(office.means, testing=True)


def address(app: Flask, rule: Rule) -> str:
    # An id of a row is a number whatever it is called.
    values = {
        name: 1 if isinstance(rule._converters[name], RowId) else VALUES.get(name, "1")
        for name in rule.arguments
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, values, method=sorted(rule.methods or ())[0]
        )


def doors(app: Flask) -> list[tuple[Rule, str, access.Access]]:
    """Every route and method, with its declaration."""
    found = []
    for rule in app.url_map.iter_rules():
        declared = access.declaration(app, rule.endpoint)
        assert declared is not None, f"{rule.endpoint} declares nothing"
        found += [
            (rule, method, declared) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return found


def test_every_route_declares_who_may_use_it(app: Flask) -> None:
    assert access.undeclared(app) == []
    assert len(doors(app)) > 60


def test_every_public_route_gives_its_reason(app: Flask) -> None:
    public = {rule.endpoint for rule, _, declared in doors(app) if declared.public}
    assert not any(endpoint.startswith("api.") for endpoint in public)
    assert public <= {
        *(name for name in access.LIBRARY),
        "observe.health",
        "observe.ready",
        "observe.metrics",
    } | {
        endpoint
        for endpoint in public
        if endpoint.partition(".")[0] in {"receipt", "address", "verification", "about", "settings"}
    }


def test_an_application_with_an_undeclared_route_does_not_start(app: Flask) -> None:
    app.view_functions["stray"] = lambda: "open"
    with pytest.raises(RuntimeError, match="stray"):
        access.require_declared(app)


def test_nobody_comes_in_without_an_account(app: Flask) -> None:
    client = app.test_client()
    for rule, method, declared in doors(app):
        if declared.public:
            continue
        response = client.open(address(app, rule), method=method)
        if rule.rule.startswith("/api/"):
            assert response.status_code == 401, (rule.rule, method)
            assert response.get_json()["type"] == "/problems/token-missing"
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
        elif method == "GET":
            assert response.status_code == 302 and "/login" in response.headers["Location"], rule.rule
        else:
            # A form without the page's own token is refused even before it is asked who sends it.
            assert response.status_code in (400, 401), (rule.rule, method)


def test_a_wrong_role_is_refused_at_every_door_of_the_api(app: Flask, office: Office) -> None:
    client = app.test_client()
    tokens = {}
    with office.means.work() as work:
        for person in PEOPLE:
            account = work.session.get_one(Account, office.ids[person])
            tokens[person] = accounts.issue_token(work, account, "test")
    before = office.counts()
    refused = 0
    for rule, method, declared in doors(app):
        if not rule.rule.startswith("/api/") or declared.public or declared.for_all_signed_in:
            continue
        for person, token in tokens.items():
            if declared.admits(office.actor(person)):
                continue
            response = client.open(
                address(app, rule), method=method, headers={"Authorization": f"Bearer {token}"}, json={}
            )
            assert response.status_code == 403, (rule.rule, method, person, response.get_data(as_text=True))
            assert response.get_json()["type"] == "/problems/wrong-role"
            assert response.get_json()["detail"].startswith("Only ")
            refused += 1
    assert refused > 200
    assert office.counts() == before


def test_a_door_that_names_actions_admits_whom_the_tables_admit() -> None:
    for name in {row.name for row in (*TRANSITIONS, *DUTIES)} | set(OFFICE):

        @access.allowed(actions=name)
        def view() -> None: ...

        declared: access.Access = view.access  # type: ignore[attr-defined]
        rows = [row for row in (*TRANSITIONS, *DUTIES) if row.name == name]
        expected = frozenset().union(*(row.roles for row in rows), OFFICE.get(name, frozenset()))
        assert declared.roles == expected
        deputy = Actor(id=7, name="Deputy", roles=frozenset({Role.TRANSLATOR}), deputy_for={name: 1})
        by_table = any(row.deputies for row in rows)
        assert declared.admits(deputy) == (by_table or Role.TRANSLATOR in expected)


def test_an_action_that_is_in_no_table_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        access.allowed(actions="publish")
    with pytest.raises(LookupError):
        access.allowed()
    with pytest.raises(LookupError):
        access.allowed_public(" ")


def test_the_metrics_are_for_the_machine_itself_or_for_the_token(means: Means, tmp_path) -> None:  # type: ignore[no-untyped-def]
    app = create_app(means, testing=True)
    client = app.test_client()
    assert b"chancery_requests_total" in client.get("/metrics").data
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 401
    settings = make_settings(tmp_path, database_url=means.settings.database_url, metrics_token="figures")
    guarded = create_app(
        Means(settings, means.database, means.store, means.clock), testing=True
    ).test_client()
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers={"Authorization": "Bearer figures"}).status_code == 200
