"""Tokens, accounts and deputies over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import SetClock
from tests.integration.api import Api
from tests.office import Office
from workflow.operations import accounts
from workflow.states import NoteState


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


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
