"""A note goes all the way over the API, and each door tells why it stays shut."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from werkzeug.serving import make_server

from tests.integration.api import Api
from tests.office import SLOTS, SOURCE, TRANSLATIONS, Office, pdf
from workflow.states import NoteState
from workflow.store import sha256


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


def upload(
    api: Api, person: str = "chair", data: bytes | None = None, name: str = "summary.pdf", **headers: str
) -> Any:
    form = {"file": (BytesIO(pdf() if data is None else data), name)}
    return api.post(person, "/uploads", data=form, content_type="multipart/form-data", headers=headers)


def submit(api: Api, **headers: str) -> Any:
    made = upload(api)
    assert made.status_code == 201, made.get_data(as_text=True)
    body = {
        "titles": {"en": "Summary of the Fourth Meeting"},
        "enclosures": [{"upload": made.get_json()["id"], "titles": {"en": "Summary"}, "language": "en"}],
    }
    return api.post("chair", "/notes", json=body, headers=headers)


def translated(api: Api) -> str:
    """A note that has come to `translated` over HTTP alone; gives its reference."""
    note = submit(api).get_json()
    name = note["reference"]
    note = api.good(
        "registry",
        "PATCH",
        f"/notes/{name}/source",
        json={
            "revision": note["revision"],
            "slots": SLOTS,
            "paragraphs": [{"text": text} for text in SOURCE],
        },
    )
    note = api.good(
        "registry",
        "PUT",
        f"/notes/{name}/recipients",
        json={"revision": note["revision"], "members": ["KZ", "CN"]},
    )
    note = api.good("registry", "POST", f"/notes/{name}/source/release", json={"revision": note["revision"]})
    for language, translator in (("ru", "translator"), ("kk", "kazakh_translator")):
        note = api.good(
            "registry",
            "PUT",
            f"/notes/{name}/versions/{language}/assignment",
            json={
                "revision": note["revision"],
                "translators": [api.office.ids[translator]],
                "reviewer": api.office.ids["reviewer"],
            },
        )
        for paragraph, text in zip(note["paragraphs"], TRANSLATIONS[language], strict=True):
            saved = api.good(
                translator,
                "PUT",
                f"/notes/{name}/versions/{language}/paragraphs/{paragraph['id']}",
                json={"revision": 0, "text": text},
            )
            assert saved["revision"] == 1
        assert (
            api.good(translator, "POST", f"/notes/{name}/versions/{language}/submit")["state"] == "submitted"
        )
        note = api.good("reviewer", "POST", f"/notes/{name}/versions/{language}/accept", json={})
    assert note["state"] == "translated", api.good("registry", "GET", f"/notes/{name}/findings")
    return str(name)


def move(api: Api, person: str, name: str, action: str, **given: Any) -> Any:
    revision = api.good("registry", "GET", f"/notes/{name}")["revision"]
    return api.post(
        person, f"/notes/{name}/transitions", json={"action": action, "revision": revision, **given}
    )


def approve(api: Api, name: str, **other: Any) -> Any:
    seen = api.good("director", "GET", f"/notes/{name}/approval")
    assert seen["objections"] == []
    given = {"digest": seen["digest"], "number": seen["number"], "date": seen["date"], **other}
    return move(api, "director", name, "approve", **given)


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


def test_a_submission_twice_makes_one_note(api: Api) -> None:
    first = upload(api, **{"Idempotency-Key": "file-1"})
    second = upload(api, **{"Idempotency-Key": "file-1"})
    assert first.get_json()["id"] == second.get_json()["id"]
    other = upload(api, data=pdf(1), **{"Idempotency-Key": "file-1"})
    api.refused(other, 422, "idempotency-key-used")
    body = {
        "titles": {"en": "Summary"},
        "enclosures": [{"upload": first.get_json()["id"], "titles": {"en": "Summary"}}],
    }
    made = [
        api.post("chair", "/notes", json=body, headers={"Idempotency-Key": "note-1"}).get_json()["reference"]
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(api.good("chair", "GET", "/notes")["items"]) == 1
    # A key is its account's own.
    mine = api.post("registry", "/notes", json=body, headers={"Idempotency-Key": "note-1"})
    assert mine.status_code == 201 and mine.get_json()["reference"] != made[0]


def test_a_refused_file_leaves_only_its_log_entry(api: Api) -> None:
    before = api.office.counts()
    for data, name in ((b"", "empty.pdf"), (b"MZ not a document", "summary.pdf"), (pdf()[:300], "cut.pdf")):
        response = upload(api, data=data, name=name)
        assert response.status_code == 422 and response.get_json()["detail"]
    after = api.office.counts()
    assert after["uploads"] == before["uploads"]
    assert after["audit_entries"] == before["audit_entries"] + 3 + 1  # One for the chair's token.
    assert not api.office.means.store.has(sha256(b"MZ not a document"))


def test_a_stale_revision_is_refused_and_changes_nothing(api: Api) -> None:
    note = submit(api).get_json()
    name = note["reference"]
    change = {"revision": note["revision"], "titles": {"en": "A better subject"}}
    api.good("registry", "PATCH", f"/notes/{name}/source", json=change)
    before = api.office.counts()
    problem = api.refused(api.call("registry", "PATCH", f"/notes/{name}/source", json=change), 409, "stale")
    assert "changed since you opened it" in problem["detail"]
    assert api.office.counts() == before


def test_a_paragraph_changed_elsewhere_is_shown_and_not_overwritten(api: Api) -> None:
    note_id = api.office.submitted()
    api.office.released(note_id)
    name = api.reference(note_id)
    paragraph = api.good("translator", "GET", f"/notes/{name}")["paragraphs"][0]["id"]
    path = f"/notes/{name}/versions/ru/paragraphs/{paragraph}"
    api.good("translator", "PUT", path, json={"revision": 0, "text": "Первый вариант."})
    problem = api.refused(
        api.call("translator", "PUT", path, json={"revision": 0, "text": "Второй вариант."}),
        409,
        "paragraph-changed",
    )
    assert problem["errors"] == [{"detail": "Первый вариант."}]
    kept = api.good("translator", "GET", f"/notes/{name}")["paragraphs"][0]["texts"]["ru"]
    assert kept["text"] == "Первый вариант." and kept["revision"] == 1


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


def test_bad_input_gets_a_sentence(api: Api) -> None:
    note = submit(api).get_json()
    name, revision = note["reference"], note["revision"]
    unknown = api.call(
        "registry", "PUT", f"/notes/{name}/recipients", json={"revision": revision, "members": ["XX"]}
    )
    assert "XX" in api.refused(unknown, 422, "unknown-member")["detail"]
    nobody = api.call(
        "registry", "PUT", f"/notes/{name}/recipients", json={"revision": revision, "members": []}
    )
    api.refused(nobody, 422, "no-addressee")
    api.refused(api.get("registry", f"/notes/{name}/versions/zz"), 404, "no-such-language")
    contact = {"member": "KZ", "language": "en", "source": "a note"}
    for address in ("no-address", "a@b.example\r\nBcc: c@d.example", "Some One <a@b.example>"):
        response = api.post("registry", "/contacts", json={**contact, "address": address})
        assert response.status_code == 422 and response.mimetype == "application/problem+json"
    ghost = {"titles": {"en": "No file"}, "enclosures": [{"upload": 999}]}
    api.refused(api.post("chair", "/notes", json=ghost), 404, "no-such-file")
    api.refused(
        api.post("chair", "/notes", json={"titles": {"ru": "Только по-русски"}}), 422, "title-missing"
    )
    api.refused(api.post("chair", "/notes", json={"titles": {"en": "x", "zz": "y"}}), 422, "no-such-language")
    wrong = api.refused(api.post("chair", "/notes", json={"titles": "no", "extra": 1}), 422, "not-valid")
    assert {one["pointer"] for one in wrong["errors"]} == {"#/titles", "#/extra"}
    api.refused(api.post("chair", "/notes", data="{", content_type="application/json"), 400, "bad-request")
    api.refused(api.post("chair", "/notes", data="x", content_type="text/plain"), 415, "media-type")
    api.refused(api.call("chair", "PUT", "/notes"), 405, "method")
    api.refused(api.get("chair", "/notes?limit=0"), 422, "not-valid")
    api.refused(api.get("chair", "/notes?stat=draft"), 422, "not-valid")
    api.refused(api.get("registry", "/notes/D-2026-9999"), 404, "no-such-note")
    api.refused(api.get("registry", f"/notes/{name}/documents/999999999999"), 404, "no-such-note")


def test_notes_of_others_read_like_notes_that_are_not_there(api: Api) -> None:
    name = submit(api).get_json()["reference"]
    for person in ("translator", "reviewer", "administrator"):
        api.refused(api.get(person, f"/notes/{name}"), 404, "no-such-note")
        assert api.good(person, "GET", "/notes")["items"] == []


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


def test_two_requests_with_one_key_at_the_same_moment_make_one_note(api: Api) -> None:
    made = upload(api).get_json()["id"]
    body = {"titles": {"en": "Summary"}, "enclosures": [{"upload": made, "titles": {"en": "Summary"}}]}
    headers = {"Authorization": f"Bearer {api.token('chair')}", "Idempotency-Key": "one"}

    def send(_: int) -> Any:
        return api.app.test_client().post("/api/v1/notes", json=body, headers=headers)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} == {201}, [answer.get_json() for answer in answers]
    assert len({answer.get_json()["reference"] for answer in answers}) == 1


def test_a_number_s_slash_may_stand_as_it_is_or_encoded_on_a_real_server(api: Api) -> None:
    name = translated(api)
    symbol = approve(api, name).get_json()["symbol"]
    server = make_server("127.0.0.1", 0, api.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    headers = {"Authorization": f"Bearer {api.token('registry')}"}
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.server_port}/api/v1", headers=headers
        ) as client:
            for form in (symbol, quote(symbol, safe=""), quote(symbol.replace("TTF", "ТТФ"), safe=""), name):
                answer = client.get(f"/notes/{form}/documents")
                assert answer.status_code == 200, answer.text
                assert len(answer.json()["items"]) == 6
            assert client.get("/notes/%00").status_code == 404
            assert client.get("/notes/..%2F..%2Fetc").status_code == 404
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
