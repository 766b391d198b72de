"""Tokens, cookies, passwords, second factors, limits, and parts that are away."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from email import message_from_bytes, policy
from queue import Queue
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from flask import Flask
from limits.errors import StorageError
from passlib.totp import TOTP
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

import web.accounts as login
from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.office import Office
from web.app import create_app
from web.session import writing
from workflow.errors import Invalid
from workflow.means import Means
from workflow.models import Account
from workflow.operations import accounts
from workflow.states import NoteState

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


def give_password(office: Office, person: str, **others: Any) -> str:
    """Gives a person a password and returns their address."""
    with office.means.work() as work:
        account = work.session.get_one(Account, office.ids[person])
        account.password = login.hash_password(PASSWORD)
        for name, value in others.items():
            setattr(account, name, value)
        return account.email


def enter(app: Flask, email: str, password: str = PASSWORD) -> tuple[Any, Any]:
    """Logs in as a script would, with the form's own token; gives the client and the answer."""
    client = app.test_client()
    form = client.get("/login", headers={"Content-Type": "application/json"}).get_json()
    token = form["response"]["csrf_token"]
    answer = client.post(
        "/login", json={"email": email, "password": password}, headers={"X-CSRFToken": token}
    )
    return client, answer


# Tokens.


def test_a_token_that_is_wrong_expired_or_revoked_opens_nothing(api: Api, clock: SetClock) -> None:
    def with_token(text: str) -> Any:
        return api.client.get("/api/v1/me", headers={"Authorization": text})

    good = api.token("registry")
    assert with_token(f"Bearer {good}").status_code == 200
    assert with_token(f"bearer {good}").status_code == 200
    for text in (f"Bearer {good}x", "Bearer", f"Basic {good}", f"Bearer {good[:-1]}", "Bearer " + "ы" * 3):
        header = text.encode("utf-8").decode("latin-1")
        api.refused(with_token(header), 401, "token-invalid")
    api.refused(api.get(None, "/me"), 401, "token-missing")
    clock.pass_(days=366)
    api.refused(with_token(f"Bearer {good}"), 401, "token-invalid")


def test_a_token_is_shown_once_and_ends_at_once(api: Api) -> None:
    made = api.good("registry", "POST", "/me/tokens", 201, json={"name": "Script", "days": 5})
    assert made["token"].startswith("chy_")
    listed = api.good("registry", "GET", "/me/tokens")["items"]
    assert made["id"] in [one["id"] for one in listed] and all("token" not in one for one in listed)
    api.refused(api.call("translator", "DELETE", f"/tokens/{made['id']}"), 404, "no-such-token")
    assert api.good("registry", "DELETE", f"/tokens/{made['id']}")["revoked_at"]
    header = {"Authorization": f"Bearer {made['token']}"}
    api.refused(api.client.get("/api/v1/me", headers=header), 401, "token-invalid")


def test_a_closed_account_s_token_opens_nothing(api: Api) -> None:
    number = api.office.ids["translator"]
    assert api.good("translator", "GET", "/me")["roles"] == ["translator"]
    assert (
        api.good("administrator", "PATCH", f"/accounts/{number}", json={"active": False})["active"] is False
    )
    api.refused(api.get("translator", "/me"), 401, "token-invalid")


def test_accounts_are_the_administrator_s(api: Api) -> None:
    body = {
        "email": "New.Person@Secretariat.example",
        "name": "New Person",
        "roles": ["translator"],
        "languages": ["kk"],
    }
    made = api.good("administrator", "POST", "/accounts", 201, json=body)
    api.refused(api.post("administrator", "/accounts", json=body), 409, "account-taken")
    api.refused(api.post("registry", "/accounts", json=body), 403, "wrong-role")
    found = api.good("registry", "GET", "/people?role=translator&language=kk")["items"]
    assert made["id"] in [one["id"] for one in found] and all("email" not in one for one in found)
    token = api.good("administrator", "POST", f"/accounts/{made['id']}/tokens", 201, json={"name": "First"})[
        "token"
    ]
    me = api.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).get_json()
    assert me["name"] == "New Person" and me["second_factor"] is False


def test_a_deputy_may_what_was_passed_on_and_while_it_was(api: Api, clock: SetClock) -> None:
    office = api.office
    name = api.reference(office.note(NoteState.TRANSLATED))
    with office.means.work() as work:
        deputy = accounts.create(work, "deputy@secretariat.example", "Deputy", ["chair_institute"])
        office.ids["deputy"] = deputy.id
    api.refused(api.get("deputy", f"/notes/{name}/approval"), 403, "wrong-role")
    body = {
        "principal": office.ids["director"],
        "deputy": office.ids["deputy"],
        "actions": ["approve"],
        "valid_from": clock().isoformat(),
        "valid_until": (clock() + timedelta(days=2)).isoformat(),
        "reason": "The director travels.",
    }
    headers = {"Idempotency-Key": "travel"}
    first = api.good("director", "POST", "/delegations", 201, json=body, headers=headers)
    again = api.good("director", "POST", "/delegations", 201, json=body, headers=headers)
    assert first["id"] == again["id"]
    assert api.good("deputy", "GET", "/me")["deputy_for"] == {"approve": office.ids["director"]}
    seen = api.good("deputy", "GET", f"/notes/{name}/approval")
    clock.pass_(days=3)
    step = {
        "action": "approve",
        "revision": seen["revision"],
        "digest": seen["digest"],
        "number": seen["number"],
        "date": seen["date"],
    }
    api.refused(api.post("deputy", f"/notes/{name}/transitions", json=step), 403, "wrong-role")


# Cookies and passwords.


def test_a_person_logs_in_and_the_cookie_opens_no_door_of_the_api(api: Api) -> None:
    address = give_password(api.office, "registry")
    client, answer = enter(api.app, address.upper())
    assert answer.status_code == 200, answer.get_data(as_text=True)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("chancery="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie
    # Taken to another browser, the cookie is worth nothing.
    assert client.get("/change", headers={"User-Agent": "Another browser"}).status_code == 302
    api.refused(client.get("/api/v1/me"), 401, "token-missing")
    api.refused(client.post("/api/v1/me/tokens", json={"name": "Stolen"}), 401, "token-missing")


def test_over_https_the_cookie_is_secure(office: Office, tmp_path: Any) -> None:
    means = office.means
    settings = make_settings(
        tmp_path, database_url=means.settings.database_url, base_url="https://notes.example"
    )
    app = create_app(Means(settings, means.database, means.store, means.clock), testing=True)
    client = app.test_client()
    answer = client.get(
        "/login", headers={"Content-Type": "application/json"}, base_url="https://notes.example"
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-chancery=") and "Secure" in cookie and "Path=/" in cookie


def test_a_wrong_password_and_an_unknown_address_read_alike(api: Api) -> None:
    address = give_password(api.office, "registry")
    answers = [
        enter(api.app, address, "another pass phrase")[1],
        enter(api.app, "nobody@secretariat.example")[1],
        enter(api.app, "not an address")[1],
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({str(answer.get_json()["response"]["errors"]) for answer in answers}) == 1


def test_a_form_without_its_token_is_refused(api: Api) -> None:
    address = give_password(api.office, "registry")
    answer = api.app.test_client().post("/login", data={"email": address, "password": PASSWORD})
    assert answer.status_code == 400
    assert b"open for too long" in answer.data


def test_a_closed_account_cannot_log_in(api: Api) -> None:
    address = give_password(api.office, "registry", active=False)
    assert enter(api.app, address)[1].status_code == 400


def test_a_password_is_long_enough_and_never_kept_plain() -> None:
    with pytest.raises(Invalid, match="12"):
        login.hash_password("short")
    assert login.hash_password(PASSWORD).startswith("$argon2id$")
    assert login.hash_password(PASSWORD) != login.hash_password(PASSWORD)


def test_a_password_is_changed(api: Api) -> None:
    address = give_password(api.office, "registry")
    client, _ = enter(api.app, address)
    form = client.get("/change", headers={"Content-Type": "application/json"}).get_json()
    new = {
        "password": PASSWORD,
        "new_password": "another long phrase",
        "new_password_confirm": "another long phrase",
    }
    headers = {"X-CSRFToken": form["response"]["csrf_token"]}
    answer = client.post("/change", json=new, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert enter(api.app, address)[1].status_code == 400
    assert enter(api.app, address, "another long phrase")[1].status_code == 200


def test_a_one_time_password_binds_an_approval_and_is_taken_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = api.office
    factory = login.totp(office.means.settings)
    secret = factory.generate_totp_secret()
    give_password(office, "director", tf_primary_method="authenticator", tf_totp_secret=secret)
    names = [api.reference(office.note(NoteState.TRANSLATED)) for _ in range(2)]

    def approve(name: str, otp: str | None) -> Any:
        seen = api.good("director", "GET", f"/notes/{name}/approval")
        assert seen["second_factor"] is True
        step = {key: seen[key] for key in ("revision", "digest", "number", "date")}
        return api.post(
            "director", f"/notes/{name}/transitions", json={"action": "approve", "otp": otp, **step}
        )

    before = office.counts()
    api.refused(approve(names[0], None), 422, "otp-missing")
    now = factory.generate_totp_password(secret)
    wrong = f"{(int(now) + 1) % 1_000_000:06}"
    api.refused(approve(names[0], wrong), 422, "otp-wrong")
    after = office.counts()
    assert (
        after["approvals"] == before["approvals"] and after["register_entries"] == before["register_entries"]
    )
    assert approve(names[0], f"{now[:3]} {now[3:]}").status_code == 200
    api.refused(approve(names[1], now), 422, "otp-wrong")
    for _ in range(4):
        api.refused(approve(names[1], wrong), 422, "otp-wrong")
    api.refused(approve(names[1], wrong), 429, "too-many-tries")


class Relay:
    """A relay that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: Queue[bytes] = Queue()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.put(envelope.content)
        return "250 taken"


class FreePort(Controller):
    """A server on whatever port the machine gives."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def test_a_forgotten_password_is_set_anew_by_a_mailed_link(office: Office, tmp_path: Any) -> None:
    relay = Relay()
    controller = FreePort(relay, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        means = office.means
        settings = make_settings(
            tmp_path,
            database_url=means.settings.database_url,
            smtp_url=f"smtp://127.0.0.1:{controller.port}?starttls=off",
            base_url="http://notes.example",
        )
        app = create_app(Means(settings, means.database, means.store, means.clock), testing=True)
        address = give_password(office, "registry")
        client = app.test_client()
        json = {"Content-Type": "application/json", "Accept": "application/json"}
        evil = {"base_url": "http://elsewhere.example"}
        token = client.get("/reset", headers=json, **evil).get_json()["response"]["csrf_token"]
        headers = {"X-CSRFToken": token, **json}
        known = client.post("/reset", json={"email": address}, headers=headers, **evil)
        unknown = client.post("/reset", json={"email": "nobody@secretariat.example"}, headers=headers, **evil)
        assert known.status_code == unknown.status_code == 200
        assert known.get_json()["response"].keys() == unknown.get_json()["response"].keys() == {"csrf_token"}
        message = message_from_bytes(relay.taken.get(timeout=30), policy=policy.default)
        assert relay.taken.empty()
        text = message.get_content()
        assert message["To"] == address and "elsewhere.example" not in text
        link = re.search(r"http://notes\.example(/reset/\S+)", text)
        assert link, text
        new = {"password": "another long phrase", "password_confirm": "another long phrase"}
        token = client.get("/login", headers=json).get_json()["response"]["csrf_token"]
        done = client.post(link[1], json=new, headers={**headers, "X-CSRFToken": token})
        assert done.status_code == 200, done.get_data(as_text=True)
        assert enter(app, address, "another long phrase")[1].status_code == 200
    finally:
        controller.stop()


def test_without_a_relay_nobody_is_promised_a_mail(api: Api) -> None:
    assert api.client.get("/reset").status_code == 404


def test_a_second_factor_is_set_up_and_asked_for_at_the_next_login(api: Api) -> None:
    address = give_password(api.office, "director")
    browser, _ = enter(api.app, address)
    json = {"Content-Type": "application/json", "Accept": "application/json"}
    form = browser.get("/tf-setup", headers=json).get_json()
    headers = {"X-CSRFToken": form["response"]["csrf_token"], **json}
    begun = browser.post("/tf-setup", json={"setup": "authenticator"}, headers=headers).get_json()
    key, state = begun["response"]["tf_authr_b32key"], begun["response"]["tf_state_token"]
    code = TOTP(key=key.replace("-", ""), format="base32").generate().token
    done = browser.post(f"/tf-setup/{state}", json={"code": code}, headers=headers)
    assert done.status_code == 200, done.get_data(as_text=True)
    assert api.good("director", "GET", "/me")["second_factor"] is True

    browser, answer = enter(api.app, address)
    assert answer.get_json()["response"]["tf_required"] is True
    assert browser.get("/change", headers=json).status_code in (302, 401)
    form = browser.get("/login", headers=json).get_json()
    headers["X-CSRFToken"] = form["response"]["csrf_token"]
    # The code of the setup was used already: whoever saw it comes too late.
    assert browser.post("/tf-validate", json={"code": code}, headers=headers).status_code == 400


# What a GET may do.


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


# What is away.


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


def test_without_its_counters_a_one_time_password_is_not_taken(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = api.office
    factory = login.totp(office.means.settings)
    secret = factory.generate_totp_secret()
    give_password(office, "director", tf_primary_method="authenticator", tf_totp_secret=secret)
    name = api.reference(office.note(NoteState.TRANSLATED))
    seen = api.good("director", "GET", f"/notes/{name}/approval")
    step = {key: seen[key] for key in ("revision", "digest", "number", "date")}

    def away(*_: Any, **__: Any) -> Any:
        raise StorageError(ConnectionError("redis is away"))

    monkeypatch.setattr("limits.storage.MemoryStorage.incr", away)
    otp = factory.generate_totp_password(secret)
    answer = api.post(
        "director", f"/notes/{name}/transitions", json={"action": "approve", "otp": otp, **step}
    )
    api.refused(answer, 503, "counters-away")
