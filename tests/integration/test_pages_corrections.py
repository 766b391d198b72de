"""Corrections and silence procedures by page, API and command line: what is shown, refused, and told to receivers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.test_family import Desk
from tests.prepared import Prepared, prepare
from tests.relay import ScriptedRelay, World
from web.cli import main
from web.commands import following as commands
from workflow.models import AuditEntry, Delivery, IncomingEntry, Note
from workflow.operations import dispatch, sending
from workflow.states import NoteState

PDF = b"%PDF-1.7 their note"


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members, and taken by the relay."""
    for one in prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED):
        sending.send_note(one.means, one.note_id, ScriptedRelay(World()), "worker")
        yield one


@pytest.fixture
def pages(sent: Prepared) -> Browser:
    return Browser(sent.office)


def reference(sent: Prepared, note_id: int | None = None) -> str:
    with sent.means.look() as work:
        return work.session.get_one(Note, note_id or sent.note_id).reference


def token(sent: Prepared, note_id: int, address: str = "notes@mfa.kz.example") -> str:
    with sent.means.look() as work:
        row = work.session.scalars(
            select(Delivery).where(Delivery.address == address, Delivery.note_id == note_id)
        ).one()
        return dispatch.link_token(work, row.message_id, row.link_serial)


def test_board_table_and_api_say_who_holds_the_current_version(sent: Prepared, pages: Browser) -> None:
    here, api = f"/notes/{reference(sent)}", Api(sent.office)
    assert "current version" not in plain(pages.get("registry", f"{here}/circulation"))
    shown = api.good("registry", "GET", f"{here}/receipts")
    assert {one["current"] for one in shown["items"]} == {None}
    desk = Desk(sent)
    desk.deliver(sent.note_id, "CN", "KZ", "MN", "TJ")
    corrigendum = desk.dispatched("corrigendum")
    desk.send(corrigendum)
    desk.deliver(corrigendum, "KZ")
    text = plain(pages.get("registry", f"{here}/circulation"))
    assert "1 of 4 states holds the current version." in text or "1 of 4 state" in text
    assert text.count("current version: on its way there") == 3
    shown = api.good("registry", "GET", f"{here}/receipts")
    assert {one["member"]: one["current"] for one in shown["items"]} == {
        "CN": "on_its_way", "KZ": "yes", "MN": "on_its_way", "TJ": "on_its_way",
    }  # fmt: skip
    table = pages.get("registry", f"{here}/circulation.csv").text
    assert "Current version" in table.splitlines()[0] and table.count("On its way there") == 3
    # A correction itself says the same of the whole matter.
    shown = api.good("registry", "GET", f"/notes/{reference(sent, corrigendum)}/receipts")
    assert [one["member"] for one in shown["items"] if one["current"] == "yes"] == ["KZ"]


def test_a_replaced_note_offers_what_may_follow_it_and_refuses_the_rest(
    sent: Prepared, pages: Browser
) -> None:
    desk, here = Desk(sent), f"/notes/{reference(sent)}"
    desk.dispatched("corrigendum")
    revision = desk.dispatched("revision")
    links = pages.page("registry", f"{here}/family").xpath("//a[contains(@href, 'relation=')]/@href")
    assert {one.rpartition("relation=")[2] for one in links} == {"revision", "withdrawal_notice"}
    rows = pages.page("registry", f"{here}/family").xpath("//section[@aria-labelledby='kin']//tbody/tr")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert ["Ended" in row for row in told] == [True, True, False]
    assert "A newer note replaces this one." in plain(pages.get("registry", f"{here}/circulation"))
    api = Api(sent.office)
    given = {"titles": {"en": "Late"}, "parent": reference(sent), "relation": "addendum"}
    problem = api.refused(api.post("registry", "/notes", json=given), 409, "parent-replaced")
    assert "Follow TTF/1/Rev.1" in problem["detail"]
    api.refused(
        api.post("registry", "/notes", json={"titles": {"en": "Alone"}, "relation": "addendum"}),
        422,
        "parent-missing",
    )
    answer = api.good(
        "registry", "POST", "/notes", 201, json={**given, "relation": "revision", "kind": "note_verbale"}
    )
    assert [one["symbol"] for one in answer["linked"]] == ["TTF/1/Rev.1"]
    assert revision


def test_the_old_page_of_a_correction_says_what_replaced_and_withdrew_it(
    sent: Prepared, pages: Browser
) -> None:
    desk = Desk(sent)
    corrigendum = desk.dispatched("corrigendum")
    desk.send(desk.dispatched("revision"))
    page = f"/r/{token(sent, corrigendum)}"
    text = plain(pages.get(None, page))
    assert "TTF/1 was replaced by note TTF/1/Rev.1" in text
    text = plain(pages.get(None, f"{page}?lang=ru"))
    assert "TTF/1/Rev.1" in text and "г.." not in text
    desk.dispatched("withdrawal_notice", "TTF/1/Rev.1")
    text = plain(pages.get(None, page))
    assert "TTF/1/Rev.1 was withdrawn by note TTF/2" in text and "in a message of its own" not in text
    # There is no current version any more, and nothing to revise; the old text may still be recalled.
    here = f"/notes/{reference(sent)}"
    found = pages.page("registry", f"{here}/family")
    assert "This note is withdrawn." in found.text_content() and "Lacks it" not in found.text_content()
    assert [one.rpartition("=")[2] for one in found.xpath("//a/@href[contains(., 'relation=')]")] == [
        "withdrawal_notice"
    ]
    assert "hold the current version" not in plain(pages.get("registry", f"{here}/circulation"))
    # Nobody is asked about a text that does not stand.
    answer = pages.get("registry", f"{here}/silence")
    assert "A newer note replaces this one." in plain(answer) and "Start the procedure" not in answer.text


def test_a_withdrawn_page_leads_to_the_contact_s_own_page_of_the_notice(
    sent: Prepared, pages: Browser
) -> None:
    desk = Desk(sent)
    corrigendum = desk.dispatched("corrigendum")
    desk.dispatched("withdrawal_notice")
    for note_id, words in (
        (sent.note_id, "Withdrawn by note TTF/2"),
        (corrigendum, "TTF/1 was withdrawn by note TTF/2"),
    ):
        page = pages.page(None, f"/r/{token(sent, note_id)}", 410)
        assert words in " ".join(page.text_content().split())
        (link,) = page.xpath("//main//a[contains(@href, '/r/')]/@href")
        assert "TTF/2" in plain(pages.get(None, link))


def test_a_correction_of_one_language_says_so_to_those_who_did_not_get_it(
    sent: Prepared, pages: Browser
) -> None:
    with sent.means.work() as work:
        for row in work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.mn.example")):
            row.language = "ru"
    from tests.office import TRANSLATIONS

    Desk(sent).dispatched(
        "corrigendum", concerns="ru", titles={"ru": "Исправление"}, paragraphs=[TRANSLATIONS["ru"][1]]
    )
    text = plain(pages.get(None, f"/r/{token(sent, sent.note_id)}"))
    assert "Corrected by note TTF/1/Corr.1" in text and "Only this text is corrected: " in text
    assert "if it concerns your copy" in text


def test_acknowledging_the_old_note_after_the_new_one_is_kept_as_what_it_is(
    sent: Prepared, pages: Browser
) -> None:
    desk = Desk(sent)
    revision = desk.dispatched("revision")
    desk.send(revision)
    with sent.means.look() as work:
        codes = [work.session.get_one(Note, one).approval for one in (sent.note_id, revision)]
        old, new = [one.code for one in codes if one is not None]
    for note_id, code in ((revision, new), (sent.note_id, old)):
        page = f"/r/{token(sent, note_id)}"
        fields = {"name": "A. Bek", "office": "Registry", "code": code, "nonce": f"n{note_id}"}
        pages.post(None, f"{page}/acknowledge", page, **fields)
    api = Api(sent.office)
    shown = api.good("registry", "GET", f"/notes/{reference(sent)}/family")
    assert [one["current"] for one in shown["states"] if one["member"] == "KZ"] == ["yes"]
    assert shown["notes"][0]["holds"] is False and shown["notes"][1]["holds"] is True


def begun(sent: Prepared, pages: Browser, **given: str) -> str:
    here = f"/notes/{reference(sent)}/silence"
    fields = {"deadline": "2026-05-26T18:00", "zone": "Asia/Almaty", "level": "in_transit", **given}
    pages.post("registry", here, here, **fields)
    return here


OBJECTION = {"member": "MN", "reference": "12/345", "date": "2026-05-12"}


def test_the_file_of_a_withdrawal_is_registered_from_the_page(sent: Prepared, pages: Browser) -> None:
    here = begun(sent, pages)
    path = f"{here}/objections"
    pages.post("registry", path, here, **OBJECTION, file=(BytesIO(PDF), "note.pdf"))
    (link,) = pages.page("registry", here).xpath("//form[contains(@action, '/withdraw')]/@action")
    for file, name in (
        (b"MZ\x90", "note.exe"),
        (b"PK\x03\x04 no archive", "note.docx"),
        (b"<html>", "a.pdf"),
    ):
        answer = pages.post("registry", link, here, 422, reason="So they say.", file=(BytesIO(file), name))
        assert "not a PDF, PNG or JPEG" in plain(answer)
    answer = pages.post(
        "registry", link, here, reason="Their note says so.", file=(BytesIO(PDF + b" back"), "back.pdf"),
        reference="12/400", date="2026-05-12", channel="courier",
    )  # fmt: skip
    text = pages.told("registry", answer)
    with sent.means.look() as work:
        first, second = work.session.scalars(select(IncomingEntry).order_by(IncomingEntry.id)).all()
        assert second.withdraws_id == first.objection_id and second.channel == "courier"
        number, key = second.symbol, second.id
    assert number in text and "Withdrawn" in text
    text = plain(pages.get("registry", f"/incoming/{key}"))
    assert "Withdraws an objection" in text and "TTF/1" in text
    # Only the registry may do it, and a second time is refused with a sentence.
    pages.post("registry", link, here, 409, reason="Again.")
    assert pages.client("director").post(link, data={"reason": "x"}).status_code in (400, 403)


def test_the_page_of_a_silence_procedure_says_what_is_odd(sent: Prepared, pages: Browser) -> None:
    # The 30th of May 2026 is a Saturday.
    here = begun(sent, pages, deadline="2026-05-30T18:00")
    assert "a day off of the Secretariat" in plain(pages.get("registry", here))
    desk = Desk(sent)
    sent.clock.pass_(minutes=1)
    desk.dispatched("corrigendum")
    text = plain(pages.get("registry", here))
    assert "The note was corrected since the procedure began. TTF/1/Corr.1" in text
    assert "Extend it where the states need more." in text
    desk.dispatched("revision")
    text = plain(pages.get("registry", here))
    assert "The note was replaced by TTF/1/Rev.1." in text
    fields = {"deadline": "2026-06-26T18:00", "zone": "Asia/Almaty", "level": "reached"}
    answer = pages.post("registry", here, here, 409, **fields)
    assert "Start the procedure on TTF/1/Rev.1" in plain(answer)


def test_the_api_of_withdrawn_objections(sent: Prepared) -> None:
    api = Api(sent.office)
    here = f"/notes/{reference(sent)}/silence"
    api.good("registry", "POST", here, json={"deadline": "2026-05-26T18:00", "level": "in_transit"})
    api.refused(api.post("registry", here, json={}), 409, "silence-open")

    def form(path: str, **data: Any) -> Any:
        return api.call("registry", "POST", path, data=data, content_type="multipart/form-data")

    objection = {"member": "MN", "reference": "12/345", "dated": "2026-05-12"}
    (one,) = form(f"{here}/objections", **objection, file=(BytesIO(PDF), "a.pdf")).get_json()["items"]
    (known,) = one["objections"]
    assert known["incoming"] and known["withdrawn_incoming"] is None
    path = f"{here}/objections/{known['id']}"
    api.refused(
        form(f"{path}/withdrawal", reason="So.", file=(BytesIO(b"MZ"), "a.pdf")), 422, "objection-file"
    )
    api.refused(
        form(f"{here}/objections/99/withdrawal", reason="So.", file=(BytesIO(PDF), "a.pdf")),
        404,
        "no-such-objection",
    )
    api.refused(
        api.post("registry", f"{path}/withdraw", json={"reason": "So.", "incoming": known["incoming"]}),
        422,
        "withdrawal-paper",
    )
    for person in ("director", "translator"):
        assert api.post(person, f"{path}/withdraw", json={"reason": "So."}).status_code == 403
    answer = form(
        f"{path}/withdrawal", reason="So they say.", reference="12/400", file=(BytesIO(PDF + b"2"), "b.pdf")
    )
    assert answer.status_code == 201, answer.text
    (known,) = answer.get_json()["items"][0]["objections"]
    assert not known["counts"] and known["withdrawn_incoming"] and known["withdrawn_sha256"]
    with sent.means.look() as work:
        number = known["withdrawn_incoming"]
        found = work.session.scalars(select(IncomingEntry.id).where(IncomingEntry.symbol == number)).one()
    entry = api.good("registry", "GET", f"/incoming/{found}")
    assert entry["withdraws"] == known["id"] and entry["objection"] is None


def test_the_same_request_twice_is_done_once(sent: Prepared) -> None:
    api = Api(sent.office)
    here = f"/notes/{reference(sent)}/silence"
    key = {"Idempotency-Key": "start-1"}
    body = {"deadline": "2026-05-26T18:00", "level": "in_transit"}
    first = api.good("registry", "POST", here, json=body, headers=key)
    again = api.good("registry", "POST", here, json=body, headers=key)
    assert first == again and len(again["items"]) == 1
    other = {**body, "deadline": "2026-05-27T18:00"}
    api.refused(api.post("registry", here, json=other, headers=key), 422, "idempotency-key-used")
    given = {
        "titles": {"en": "Correction"},
        "parent": reference(sent),
        "relation": "corrigendum",
        "kind": "note_verbale",
    }
    key = {"Idempotency-Key": "correct-1"}
    first = api.good("registry", "POST", "/notes", 201, json=given, headers=key)
    assert api.good("registry", "POST", "/notes", 201, json=given, headers=key) == first
    with sent.means.look() as work:
        assert len(work.session.scalars(select(Note).where(Note.relation == "corrigendum")).all()) == 1
        logged = select(AuditEntry).where(AuditEntry.action == "start_silence")
        assert len(work.session.scalars(logged).all()) == 1


def test_the_command_line(sent: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def person(email: str) -> Any:
        return sent.office.actor(email.partition("@")[0])

    monkeypatch.setattr(commands, "means", lambda: sent.means)
    monkeypatch.setattr(commands, "actor", person)

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, list(words))
        assert result.exit_code == code, (result.output, result.stderr, result.exception)
        return result.output if code == 0 else result.stderr

    me = ("--as", "registry@x")
    assert "no silence procedure" in run("silence", "show", "TTF/1")
    said = run("silence", "start", "TTF/1", "--deadline", "2026-05-26T18:00", "--level", "in_transit", *me)
    assert "runs to 2026-05-26T18:00+05:00" in said
    assert "is under way" in run("silence", "start", "TTF/1", *me, code=1)
    assert "may" in run("silence", "start", "TTF/1", "--as", "director@x", code=1)
    paper = tmp_path / "their note.pdf"
    paper.write_bytes(PDF)
    wrong = tmp_path / "note.txt"
    wrong.write_text("no")
    given = ("--reference", "12", "--dated", "2026-05-12", *me)
    assert "not a PDF" in run("silence", "object", "TTF/1", "MN", str(wrong), *given, code=1)
    assert "not an addressee" in run("silence", "object", "TTF/1", "XX", str(paper), *given, code=1)
    said = run("silence", "object", "TTF/1", "mn", str(paper), *given)
    assert "of MN: in time" in said
    identity = said.split()[1]
    shown = json.loads(run("silence", "show", "TTF/1", "--json"))
    assert shown[0]["objections"][0]["status"] == "counts" and shown[0]["states"]["MN"].startswith(
        "2026-05-26"
    )
    paper.write_bytes(PDF + b" they withdraw it")
    said = run(
        "silence", "withdraw", "TTF/1", identity, "--file", str(paper), "--reason", "So they say.", *me
    )
    assert "is withdrawn" in said
    moved = ("--deadline", "2026-06-02T18:00", "--reason", "Two delegations asked.", *me)
    assert "2026-06-02T18:00+05:00" in run("silence", "extend", "TTF/1", *moved)
    assert "has not passed" in run("silence", "end", "TTF/1", "concluded", "--reason", "Now.", *me, code=1)
    sent.clock.now = datetime(2026, 6, 2, 19, tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)
    said = run("silence", "end", "TTF/1", "concluded", "--reason", "It is over.", *me)
    assert "procedure 1: adopted, notice drafted: D-2026-" in said
    assert "procedure 1: adopted" in run("silence", "show", "TTF/1")
    Desk(sent).dispatched("corrigendum")
    text = run("family", "TTF/1")
    assert (
        "TTF/1/Corr.1" in text and "0 of 4 states hold the current version." in text and "MN     no" in text
    )
    shown = json.loads(run("family", "ТТФ/1", "--json"))
    assert [one["holds"] for one in shown["notes"]] == [True, True]
    assert "There is no note" in run("family", "TTF/99", code=1)
    Desk(sent).dispatched("withdrawal_notice")
    assert "Withdrawn by TTF/2: there is no current version." in run("family", "TTF/1")
