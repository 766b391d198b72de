"""The register of incoming papers over HTTP."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from tests.conftest import make_settings
from tests.integration.api import Api
from tests.integration.test_pages_incoming import ODD, answered
from tests.office import PEOPLE, Office, pdf
from workflow import config
from workflow.operations import returned_mail
from workflow.states import NoteState

LETTER = b"%PDF-1.7 their letter"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The operations below are tested on both databases."""
    path = tmp_path / "chancery.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> config.Settings:
    return make_settings(tmp_path, database_url=database_url)


def post(api: Api, person: str = "registry", *, files: Any = (), headers: Any = None, **given: Any) -> Any:
    """A registration as a client sends it."""
    said = {
        "kind": "reply",
        "subject": "Reply",
        "channel": "post",
        "member": "KZ",
        "reference": "1/2",
        **given,
    }
    data = MultiDict([*said.items(), *(("file", (BytesIO(raw), name)) for name, raw in files)])
    return api.post(person, "/incoming", data=data, content_type="multipart/form-data", headers=headers or {})


def made(answer: Any, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_paper_is_registered_read_corrected_given_settled_and_cancelled(office: Office) -> None:
    api = Api(office)
    note = api.reference(office.note(NoteState.DISPATCHED))
    files = [("a.pdf", LETTER), ("b.pdf", pdf())]
    one = made(
        post(
            api, files=files, notes=f"{note};", dated="2026-05-11", writer="Mr Attaché", summary="Yes.", language="ru",
            due="2026-05-20", assignee=str(office.ids["translator"]),
        )
    )  # fmt: skip
    assert (one["number"], one["status"], one["member"], one["notes"], one["dated"]) == (
        "IN-1/2026", "open", "KZ", [note], "2026-05-11",
    )  # fmt: skip
    assert [file["filename"] for file in one["files"]] == ["a.pdf", "b.pdf"] and one["papers"] is True
    assert one["assigned_to"] == {"id": office.ids["translator"], "name": "Translator"}
    path = f"/incoming/{one['id']}"
    download = api.get("registry", f"{path}/files/{one['files'][0]['id']}")
    assert download.data == LETTER and download.headers["Content-Disposition"].startswith("attachment")
    change = {"revision": one["revision"], "reference": "1/3", "notes": [], "reason": "Misread."}
    one = api.good("registry", "PATCH", path, json=change)
    assert one["reference"] == "1/3" and one["notes"] == [] and one["writer"] == "Mr Attaché"
    assert {(c["field"], c["old"], c["new"]) for c in one["corrections"][0]["changes"]} == {
        ("reference", "1/2", "1/3"),
        ("notes", note, ""),
    }
    api.refused(api.call("registry", "PATCH", path, json=change), 409, "stale")
    more = {"file": (BytesIO(b"%PDF-1.7 third"), "c.pdf")}
    one = made(api.post("registry", f"{path}/files", data=more, content_type="multipart/form-data"))
    assert len(one["files"]) == 3
    one = api.good(
        "registry", "POST", f"{path}/assign",
        json={"revision": one["revision"], "assignee": office.ids["director"], "due": "2026-06-01"},
    )  # fmt: skip
    settled = {"revision": one["revision"], "remark": "Answered.", "answer": note}
    api.refused(api.post("reviewer", f"{path}/settle", json=settled), 404, "no-such-incoming")
    one = api.good("director", "POST", f"{path}/settle", json=settled)
    assert (one["status"], one["settled_remark"], one["answer"]) == ("settled", "Answered.", note)
    why = {"revision": one["revision"], "reason": "They wrote again."}
    one = api.good("registry", "POST", f"{path}/reopen", json=why)
    one = api.good("registry", "POST", f"{path}/cancel", json={**why, "revision": one["revision"]})
    assert one["status"] == "cancelled" and one["cancelled_reason"] == "They wrote again."
    again = api.post("registry", f"{path}/cancel", json={**why, "revision": one["revision"]})
    api.refused(again, 409, "incoming-cancelled")
    one = api.good("administrator", "POST", f"{path}/erase", json={"decision": "No. 7", "papers": True})
    assert one["erased"] and one["subject"] == "" and one["writer"] is None and one["papers"] is False
    assert [file["there"] for file in api.good("registry", "GET", path)["files"]] == [False, False, False]


def test_a_registration_is_done_once(office: Office) -> None:
    api = Api(office)
    key = {"Idempotency-Key": "one"}
    first = made(post(api, files=[("a.pdf", LETTER)], headers=key))
    assert made(post(api, files=[("a.pdf", LETTER)], headers=key))["id"] == first["id"]
    other = post(api, files=[("a.pdf", pdf())], headers=key)
    api.refused(other, 422, "idempotency-key-used")
    problem = api.refused(post(api), 409, "incoming-twice")
    assert "IN-1/2026" in problem["detail"]
    assert made(post(api, confirm="true"))["number"] == "IN-2/2026"


def test_what_cannot_be_is_refused_with_a_sentence(office: Office) -> None:
    api = Api(office)
    api.token("registry")
    before = office.counts()
    for given, status, code in (
        ({"kind": "gossip"}, 422, "validation"),
        ({"channel": ""}, 422, "validation"),
        ({"subject": ""}, 422, "validation"),
        ({"subject": "x\u0000"}, 422, "validation"),
        ({"colour": "red"}, 422, "validation"),
        ({"member": "XX"}, 422, "unknown-member"),
        ({"member": ""}, 422, "incoming-sender"),
        ({"received_on": "2030-01-01"}, 422, "incoming-future"),
        ({"notes": "TTF/999"}, 404, "no-such-note"),
        ({"assignee": str(office.ids["chair"])}, 422, "incoming-assignee"),
        ({"files": [("a.exe", b"MZ")]}, 422, "paper-kind"),
        ({"files": [("a.pdf", LETTER), ("b.pdf", LETTER)]}, 422, "incoming-file-twice"),
    ):
        answer = post(api, **given)
        assert answer.status_code == status, (given, answer.get_data(as_text=True))
        problem = answer.get_json()
        assert code == "validation" or problem["type"] == f"/problems/{code}", (given, problem)
    assert office.counts() == before
    for path in ("/incoming/9", "/incoming/9/files/1"):
        api.refused(api.get("registry", path), 404, "no-such-incoming")


def test_the_list_has_what_the_person_may_see(office: Office) -> None:
    api = Api(office)
    note = api.reference(office.note(NoteState.DISPATCHED))
    made(post(api, notes=note, writer="Mr Attaché", summary="In confidence.", files=[("a.pdf", LETTER)]))
    made(post(api, reference="2", member="CN", kind="request", due="2026-05-12"))
    made(post(api, reference="3", member="", party="Институт", filed="true"))

    def seen(person: str, query: str = "") -> list[str]:
        return [one["number"][:4] for one in api.good(person, "GET", f"/incoming?{query}")["items"]]

    assert seen("registry") == seen("administrator") == ["IN-3", "IN-2", "IN-1"]
    assert seen("chair") == ["IN-1"] and seen("kazakh_translator") == ["IN-1"]
    for query, found in (
        ("member=KZ", ["IN-1"]), ("kind=request", ["IN-2"]), ("status=settled", ["IN-3"]), ("status=open&year=2026", ["IN-2", "IN-1"]),
        ("q=институт", ["IN-3"]), ("q=attaché", ["IN-1"]), ("year=1999", []),
    ):  # fmt: skip
        assert seen("registry", query) == found, query
    assert seen("chair", "q=attaché") == []
    first = api.good("registry", "GET", "/incoming?limit=2")
    rest = api.good("registry", "GET", f"/incoming?limit=2&after={first['next']}")
    assert [one["number"] for one in rest["items"]] == ["IN-1/2026"] and rest["next"] is None
    shown = api.good("chair", "GET", "/incoming/1")
    assert shown["papers"] is False and shown["writer"] is shown["summary"] is None
    assert shown["files"] == shown["corrections"] == []
    proved = api.good("director", "GET", "/incoming/continuity?year=2026")
    assert (proved["first"], proved["last"], proved["numbers"], proved["gaps"]) == (
        "IN-1/2026", "IN-3/2026", 3, [],
    )  # fmt: skip
    assert api.good("director", "GET", "/incoming/continuity?year=1999")["numbers"] == 0


def test_only_the_registry_writes(office: Office) -> None:
    api = Api(office)
    one = made(post(api))
    path, seen = f"/incoming/{one['id']}", {"revision": 1}
    for person in PEOPLE:
        api.token(person)
    before = office.counts()
    for person in PEOPLE:
        if person in ("registry", "second_registry"):
            continue
        api.refused(post(api, person, reference="9"), 403, "wrong-role")
        for answer in (
            api.call(person, "PATCH", path, json={**seen, "subject": "x", "reason": "Why."}),
            api.post(person, f"{path}/assign", json=seen),
            api.post(person, f"{path}/reopen", json={**seen, "reason": "Why."}),
            api.post(person, f"{path}/cancel", json={**seen, "reason": "Why."}),
            api.post(person, "/returned/1/register", json={}),
        ):
            api.refused(answer, 403, "wrong-role")
        if person != "administrator":
            api.refused(api.post(person, f"{path}/erase", json={"decision": "x"}), 403, "wrong-role")
    api.refused(api.post("administrator", f"{path}/settle", json={**seen, "remark": "x"}), 403, "wrong-role")
    assert office.counts() == before


def test_a_returned_message_is_registered_once(office: Office) -> None:
    api = Api(office)
    message = answered(office)
    one = made(api.post("registry", f"/returned/{message}/register", json={"reference": "K-1"}))
    assert (one["kind"], one["member"], one["channel"], one["reference"], one["returned"]) == (
        "reply", "KZ", "mail", "K-1", message,
    )  # fmt: skip
    assert one["contact"] and one["notes"] and one["files"][0]["filename"] == f"message-{message}.eml"
    api.refused(api.post("registry", f"/returned/{message}/register", json={}), 409, "incoming-known")
    api.refused(api.post("registry", "/returned/999/register", json={}), 404, "no-such-message")
    assert api.good("registry", "GET", f"/returned/{message}")["state"] == "settled"


def test_odd_mail_needs_nothing_but_a_state(office: Office) -> None:
    api = Api(office)
    for raw in ODD.values():
        with office.means.work() as work:
            message = returned_mail.process(work, raw).id
        one = made(api.post("registry", f"/returned/{message}/register", json={"member": "KZ"}))
        assert one["subject"] and one["dated"] is None and one["member"] == "KZ" and one["contact"] is None
        assert api.get("registry", f"/incoming/{one['id']}/files/{one['files'][0]['id']}").data == raw


def test_an_objection_is_taken_from_the_register(office: Office) -> None:
    api = Api(office)
    note = api.reference(office.note(NoteState.DISPATCHED))
    api.good("registry", "POST", f"/notes/{note}/silence", json={"deadline": "2026-05-30T18:00"})
    office.means.clock.pass_(hours=1)  # type: ignore[attr-defined]
    made(post(api, notes=note, files=[("a.pdf", LETTER)], dated="2026-05-12"))
    path = f"/notes/{note}/silence/objections"
    found = made(api.post("registry", f"{path}/take", json={"incoming": "in-1/2026"}))
    assert [
        (one["member"], one["reference"], one["filename"]) for one in found["items"][0]["objections"]
    ] == [("KZ", "1/2", "a.pdf")]
    one = api.good("registry", "GET", "/incoming/1")
    assert one["kind"] == "objection" and one["objection"] == found["items"][0]["objections"][0]["id"]
    api.refused(api.post("registry", f"{path}/take", json={"incoming": "IN-1/2026"}), 422, "objection-paper")
    late = {
        "member": "CN",
        "reference": "C-1",
        "dated": "2026-05-12",
        "channel": "hand",
        "file": (BytesIO(LETTER + b"2"), "c.pdf"),
    }
    made(api.post("registry", path, data=late, content_type="multipart/form-data"))
    one = api.good("registry", "GET", "/incoming/2")
    assert (one["kind"], one["channel"], one["member"]) == ("objection", "hand", "CN")
