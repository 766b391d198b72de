"""Cookies, passwords and second factors."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from queue import Queue
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from limits.errors import StorageError
from passlib.totp import TOTP

import web.accounts as login
from tests.conftest import make_settings
from tests.integration.api import PASSWORD, Api, enter, give_password
from tests.office import Office
from web.app import create_app
from workflow.errors import Invalid
from workflow.means import Means
from workflow.states import NoteState


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


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
