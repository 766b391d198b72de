"""What is sent twice, wrongly, too late or by the wrong person gets a sentence and changes nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from werkzeug.serving import make_server

from tests.integration.api import Api, approve, submit, translated, upload
from tests.office import Office, pdf
from workflow.store import sha256


@pytest.fixture
def api(office: Office) -> Api:
    """The API of a secretariat."""
    return Api(office)


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
