"""A note goes all the way over the API, and each door tells why it stays shut."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from tests.integration.api import Api, approve, move, submit, translated
from tests.office import Office, pdf
from workflow.states import NoteState


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


def test_a_note_goes_all_the_way(api: Api) -> None:
    name = translated(api)
    preview = api.get("director", f"/notes/{name}/preview/ru.pdf")
    assert (
        preview.status_code == 200
        and preview.data.startswith(b"%PDF")
        and preview.mimetype == "application/pdf"
    )
    approved = approve(api, name)
    assert approved.status_code == 200, approved.get_data(as_text=True)
    note = approved.get_json()
    symbol = note["symbol"]
    assert note["state"] == "approved" and symbol.startswith("TTF/")
    early = api.refused(move(api, "director", name, "dispatch"), 409, "not-dispatchable")
    assert "not made yet" in early["detail"] and early["errors"]
    api.office.make_documents()
    documents = api.good("registry", "GET", f"/notes/{symbol}/documents")["items"]
    assert {(one["language"], one["format"]) for one in documents} == {
        (language, form) for language in ("en", "ru", "kk") for form in ("pdf", "docx")
    }
    one = documents[0]
    file = api.get("registry", f"/notes/{symbol}/documents/{one['id']}")
    assert len(file.data) == one["size"]
    again = api.get(
        "registry", f"/notes/{symbol}/documents/{one['id']}", headers={"If-None-Match": file.headers["ETag"]}
    )
    assert again.status_code == 304
    checked = api.good("registry", "GET", f"/notes/{name}/verification")
    assert checked["good"] and any(item["rendered_again"] for item in checked["items"])
    assert move(api, "director", name, "dispatch").get_json()["state"] == "dispatched"

    deliveries = api.good("registry", "GET", f"/notes/{symbol}/deliveries?limit=1")
    assert len(deliveries["items"]) == 1 and deliveries["next"]
    rest = api.good("registry", "GET", f"/notes/{symbol}/deliveries?after={deliveries['next']}")
    assert len(rest["items"]) == 1 and rest["next"] is None
    receipts = api.good("registry", "GET", f"/notes/{symbol}/receipts")
    assert receipts["counts"]["not_sent"] == 2
    assert {one["member"] for one in receipts["items"]} == {"CN", "KZ"}
    board = api.good("director", "GET", "/board")["items"]
    assert board[0]["symbol"] == symbol and board[0]["members"] == 2 and board[0]["waiting"] == 2
    listed = api.good("administrator", "GET", "/register?number=" + symbol.replace("TTF", "ТТФ"))["items"]
    assert [line["symbol"] for line in listed] == [symbol]
    continuity = api.good("registry", "GET", "/register/continuity?series=TTF")
    assert continuity["gaps"] == [] and continuity["numbers"] == 1
    log = api.good("administrator", "GET", "/audit?action=approve")["items"]
    assert log[0]["data"]["symbol"] == symbol
    assert api.good("administrator", "GET", "/audit/verification")["good"]


def test_a_note_is_found_by_every_name_it_has(api: Api) -> None:
    name = translated(api)
    symbol = approve(api, name).get_json()["symbol"]
    cyrillic = symbol.replace("TTF", "ТТФ")
    for form in (
        name,
        name.lower(),
        symbol,
        symbol.replace("/", "%2F"),
        cyrillic,
        cyrillic.replace("/", "%2f"),
    ):
        assert api.good("registry", "GET", f"/notes/{form}")["reference"] == name
        assert api.good("registry", "GET", f"/notes/{form}/documents")["items"]
    for words in (symbol, cyrillic, "Fourth", "fourth meeting", "website", "Секретариата"):
        found = api.good("registry", "GET", "/notes", query_string={"q": words})["items"]
        assert [one["reference"] for one in found] == [name], words
    assert api.good("registry", "GET", "/notes", query_string={"q": "100%"})["items"] == []
    assert api.good("registry", "GET", "/notes?state=draft")["items"] == []


def test_a_remark_is_made_and_settled(api: Api) -> None:
    name = submit(api).get_json()["reference"]
    made = api.good(
        "registry", "POST", f"/notes/{name}/remarks", 201, json={"text": "Which meeting?", "language": "ru"}
    )
    api.refused(api.post("translator", f"/notes/{name}/remarks", json={"text": "Mine?"}), 404, "no-such-note")
    settled = api.good("registry", "POST", f"/notes/{name}/remarks/{made['id']}/settle")
    assert settled["settled_at"] and settled["by"]["name"] == "Registry"
    assert [one["text"] for one in api.good("chair", "GET", f"/notes/{name}")["remarks"]] == [
        "Which meeting?"
    ]


def test_an_approval_binds_what_was_seen(api: Api) -> None:
    name = translated(api)
    api.token("director")
    before = api.office.counts()
    api.refused(move(api, "director", name, "approve"), 422, "approval-incomplete")
    for wrong in ({"digest": "0" * 64}, {"number": "TTF/999"}, {"date": "2026-05-13"}):
        problem = api.refused(approve(api, name, **wrong), 409, "approval-outdated")
        assert "Nothing was allotted" in problem["detail"]
    assert api.office.counts() == before
    assert approve(api, name).status_code == 200
    api.refused(
        move(api, "director", name, "approve", digest="0" * 64, number="x", date="2026-05-12"),
        409,
        "wrong-state",
    )


def test_a_double_click_allots_one_number(api: Api) -> None:
    name = translated(api)
    seen = api.good("director", "GET", f"/notes/{name}/approval")
    body = {
        "action": "approve",
        "revision": seen["revision"],
        **{key: seen[key] for key in ("digest", "number", "date")},
    }
    first = api.post("director", f"/notes/{name}/transitions", json=body)
    second = api.post("director", f"/notes/{name}/transitions", json=body)
    assert (first.status_code, second.status_code) == (200, 409)
    assert len(api.good("director", "GET", "/register")["items"]) == 1


def test_what_happens_by_itself_is_said_to(api: Api) -> None:
    name = submit(api).get_json()["reference"]
    problem = api.refused(move(api, "registry", name, "complete_translation"), 409, "by-itself")
    assert "by itself" in problem["detail"]


def test_deliveries_are_held_and_cancelled_with_a_reason(api: Api, office: Office) -> None:
    name = api.reference(office.note(NoteState.DISPATCHED))
    first = api.good("registry", "GET", f"/notes/{name}/deliveries")["items"][0]["id"]
    path = f"/notes/{name}/deliveries/{first}"
    api.refused(api.post("registry", f"{path}/hold", json={"reason": "  "}), 422, "reason-missing")
    assert api.good("registry", "POST", f"{path}/hold", json={"reason": "Wrong office."})["queue"] == "held"
    api.refused(api.post("registry", f"{path}/hold", json={"reason": "Again."}), 409, "delivery-state")
    assert api.good("registry", "POST", f"{path}/cancel", json={"reason": "Closed."})["cancelled_at"]
    api.refused(api.post("registry", f"{path}/resume", json={"reason": "No."}), 409, "cancelled")
    assert (
        api.good("registry", "POST", f"{path}/resend", json={"reason": "Opened again."})["queue"] == "queued"
    )
    assert api.good("registry", "POST", f"{path}/revoke-link", json={"reason": "Misdirected."})[
        "link_revoked_at"
    ]
    assert api.good("registry", "GET", f"{path}/events")["items"] == []


def test_a_receipt_on_behalf_needs_its_evidence_and_counts_once(api: Api, office: Office) -> None:
    name = api.reference(office.note(NoteState.DISPATCHED))
    first = api.good("registry", "GET", f"/notes/{name}/deliveries")["items"][0]
    path = f"/notes/{name}/deliveries/{first['id']}/on-behalf"

    def record(person: str, data: bytes) -> Any:
        form = {
            "file": (BytesIO(data), "stamped.pdf"),
            "name": "A. Clerk",
            "office": "Protocol",
            "reason": "Delivered by hand.",
            "dated": "",
        }
        return api.post(person, path, data=form, content_type="multipart/form-data")

    before = office.counts()
    api.refused(record("registry", b""), 422, "evidence-missing")
    api.refused(record("director", pdf()), 403, "wrong-role")
    assert office.counts()["events"] == before["events"]
    for _ in range(2):
        assert record("registry", pdf()).get_json()["human"] == "acknowledged"
    assert office.counts()["events"] == before["events"] + 1
    counted = api.good("registry", "GET", f"/notes/{name}/receipts")
    assert counted["counts"]["acknowledged"] == 1
    member = next(one for one in counted["items"] if one["member"] == first["member"])
    assert member["on_behalf"] and member["contacts"][0]["acknowledged"]["office"] == "Protocol"
