"""The board, the register, the directory and the rest of the secretariat's books, in a pages."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from tests.integration.browser import Browser, plain
from tests.integration.pages import AGENT
from tests.prepared import Prepared, prepare
from tests.relay import LATER, NEVER, ScriptedRelay, World
from web.pages import _streams, _tables
from workflow.models import AuditEntry, Contact, Delivery, Member, Note
from workflow.operations import approval, deliveries, receipt, returned_mail, sending
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, NoteState, Role


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members; nothing is on its way yet."""
    yield from prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED)


@pytest.fixture
def pages(sent: Prepared) -> Browser:
    return Browser(sent.office)


@pytest.fixture
def board(sent: Prepared) -> str:
    """The address of the note's board."""
    with sent.means.look() as work:
        return f"/notes/{work.session.get_one(Note, sent.note_id).reference}/circulation"


PAGES = {
    "/circulation": ("registry", "director"),
    "BOARD": ("registry", "director"),
    "BOARD/rows": ("registry", "director"),
    "BOARD.csv": ("registry", "director"),
    "BOARD/KZ/on-behalf": ("registry",),
    "BOARD/KZ/handover": ("registry",),
    "/returned": ("registry",),
    "/register": ("registry", "director", "administrator"),
    "/register/journal": ("registry", "director", "administrator"),
    "/register.csv": ("registry", "director", "administrator"),
    "/directory": ("registry", "director", "administrator"),
    "/directory/KZ": ("registry", "director", "administrator"),
    "/directory/import": ("registry", "administrator"),
    "/audit": ("registry", "director", "administrator"),
    "/accounts": ("administrator",),
    "/accounts/new": ("administrator",),
    "/accounts/1": ("administrator",),
    "/delegations": ("director", "administrator"),
    "/office": ("registry", "administrator"),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_opens_for_those_it_is_for_and_changes_nothing(
    address: str, pages: Browser, board: str, sent: Prepared
) -> None:
    path = address.replace("BOARD", board)
    before = sent.office.counts()
    for person in ("registry", "director", "administrator", "chair", "translator", "reviewer"):
        answer = pages.get(person, path, 200 if person in PAGES[address] else 403)
        if person not in PAGES[address]:
            assert "Only" in plain(answer)
    assert "/login" in pages.get(None, path, 302).headers["Location"]
    assert sent.office.counts() == before


# The board.


@pytest.fixture
def under_way(sent: Prepared) -> Prepared:
    """One address refuses, one wants it later, two were taken, and one of these was downloaded."""
    world = World({"notes@mfa.kz.example": [NEVER], "notes@mfa.mn.example": [LATER]})
    sending.send_note(sent.means, sent.note_id, ScriptedRelay(world), "worker")
    sent.clock.pass_(minutes=5)
    with sent.means.work() as work:
        delivery = delivery_of(work, "TJ")
        receipt.download(work, delivery, delivery.documents[0]["sha256"], "1")
    return sent


def delivery_of(work: Work, code: str) -> Delivery:
    return work.session.scalars(
        select(Delivery).join(Member, Member.id == Delivery.member_id).where(Member.code == code)
    ).one()


def key_of(prepared: Prepared, code: str) -> int:
    with prepared.means.look() as work:
        return delivery_of(work, code).id


def rows_of(tree: Any) -> list[str]:
    return [row.get("id").removeprefix("state-") for row in tree.xpath("//tr[starts-with(@id, 'state-')]")]


def rungs_of(tree: Any, code: str) -> list[bool]:
    return [
        "hit" in cell.get("class").split()
        for cell in tree.xpath(f"//tr[@id='state-{code}']/td[contains(@class, 'rung')]")
    ]


def test_the_board_begins_with_what_needs_a_person(pages: Browser, board: str, under_way: Prepared) -> None:
    tree = pages.page("registry", board)
    assert rows_of(tree) == ["KZ", "MN", "CN", "TJ"]
    assert rungs_of(tree, "KZ") == [False, False, False, False]
    assert rungs_of(tree, "CN") == [True, False, False, False]
    # A download is no evidence that the mail arrived, so the rung between stays hollow.
    assert rungs_of(tree, "TJ") == [True, False, True, False]
    text = " ".join(tree.find(".//main").text_content().split())
    assert "0 of 4 states acknowledged" in text
    assert "No such mailbox" in text and "About to be tried again" in text and "No report yet" in text
    assert "5 minutes after dispatch" in text
    assert rows_of(pages.page("registry", f"{board}?show=person")) == ["KZ", "MN"]
    assert rows_of(pages.page("registry", f"{board}?show=done")) == []
    assert rows_of(pages.page("registry", f"{board}?show=nonsense")) == rows_of(tree)
    listed = plain(pages.get("registry", "/circulation"))
    assert "2 states need a person" in listed and "0 of 4 acknowledged" in listed


def test_an_open_row_shows_the_evidence_and_what_can_be_done(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    refused = plain(pages.get("registry", f"{board}?open=KZ"))
    assert "Attempt 1" in refused and "Refused." in refused and "No such user" in refused
    assert "Send again to notes@mfa.kz.example" in refused and "Correct the address" in refused
    later = plain(pages.get("registry", f"{board}?open=MN"))
    assert "Hold the mail to notes@mfa.mn.example" in later and "Resume" not in later
    downloaded = plain(pages.get("registry", f"{board}?open=TJ"))
    assert "Downloaded. note.en" in downloaded and "Send again" not in downloaded
    director = plain(pages.get("director", f"{board}?open=KZ"))
    assert "Attempt 1" in director and "Send again" not in director and "Correct the address" not in director


def test_the_live_part_is_the_same_rows_with_another_number_after_a_change(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    def serial() -> str:
        tree = pages.page("registry", f"{board}/rows")
        assert tree.xpath("//h1") == []
        return str(tree.xpath("//*[@id='board']/@data-serial")[0])

    before = serial()
    assert serial() == before
    pages.post(
        "registry", f"/deliveries/{key_of(under_way, 'MN')}/hold", f"{board}?open=MN", reason="A call first."
    )
    held = serial()
    assert held != before
    tree = pages.page("registry", f"{board}/rows?open=MN")
    assert "A call first." in tree.text_content()


def test_a_delivery_is_held_resumed_and_cancelled_with_a_reason(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    form, key = f"{board}?open=MN", key_of(under_way, "MN")
    refused = pages.post("registry", f"/deliveries/{key}/hold", form, 422, reason="  ")
    assert "Give the reason" in plain(refused)
    told = pages.told(
        "registry", pages.post("registry", f"/deliveries/{key}/hold", form, reason="A call first.")
    )
    assert "The delivery is held." in told and "Held" in told
    # Sent twice, the second is refused and what was typed is there to be copied.
    again = pages.post("registry", f"/deliveries/{key}/hold", form, 409, reason="A call first.")
    assert "A call first." in again.text and "Not done" in plain(again)
    pages.post("registry", f"/deliveries/{key}/resume", form, reason="They answered.")
    pages.post("registry", f"/deliveries/{key}/hold", form, reason="Wrong office.")
    pages.post("registry", f"/deliveries/{key}/cancel", form, reason="Wrong office.")
    assert "Cancelled. Wrong office." in plain(pages.get("registry", form))
    pages.post("director", f"/deliveries/{key}/resend", "/delegations", 403, reason="No.")
    pages.post("registry", "/deliveries/999999/hold", form, 404, reason="No.")
    pages.post("registry", "/deliveries/x/hold", form, 404, reason="No.")


def test_a_note_is_sent_again_to_the_corrected_address(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    key = key_of(under_way, "KZ")
    told = pages.told(
        "registry", pages.post("registry", f"/deliveries/{key}/resend", f"{board}?open=KZ", reason="Mended.")
    )
    assert "The note is being sent again." in told
    with under_way.means.look() as work:
        assert delivery_of(work, "KZ").queue is DeliveryQueue.QUEUED


ON_BEHALF = {
    "channel": "hand",
    "name": "A. Attaché",
    "office": "Protocol",
    "reference": "12-б/640",
    "date": "2026-05-11",
    "reason": "They sent a stamped copy.",
}
STAMPED = b"%PDF-1.7 a stamped copy"


def test_a_receipt_is_recorded_on_behalf_with_its_file(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    form = f"{board}/KZ/on-behalf"
    refused = pages.post("registry", form, form, 422, **ON_BEHALF)
    tree = html.fromstring(refused.text)
    assert tree.xpath("//input[@name='reference']/@value") == ["12-б/640"]
    assert "They sent a stamped copy." in tree.xpath("//textarea[@name='reason']")[0].text
    assert "Add the file" in plain(refused)
    for wrong, words in (
        ({"date": "2026-05-13"}, "cannot lie in the future"),
        ({"office": ""}, "Give your office"),
        ({"channel": "pigeon"}, "Choose how"),
    ):
        answer = pages.post(
            "registry", form, form, 422, **{**ON_BEHALF, **wrong}, evidence=(BytesIO(STAMPED), "copy.pdf")
        )
        assert words in plain(answer)
    answer = pages.post("registry", form, form, 422, **ON_BEHALF, evidence=(BytesIO(b"MZ\x90"), "copy.pdf"))
    assert "not a PDF" in plain(answer)
    for _ in range(2):
        told = pages.told(
            "registry",
            pages.post("registry", form, form, **ON_BEHALF, evidence=(BytesIO(STAMPED), "копия.pdf")),
        )
    assert "The receipt is recorded on behalf of KZ." in told and "1 of 4 states acknowledged" in told
    assert "their No. 12-б/640" in told and "1 on behalf" in told
    tree = pages.page("registry", f"{board}?open=KZ")
    # Twice the same form, one receipt.
    assert len([li for li in tree.xpath("//li") if "Recorded on behalf." in li.text_content()]) == 1
    file = pages.get("registry", tree.xpath("//a[contains(@href, '/evidence/')]/@href")[0])
    assert file.data == STAMPED and file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    pages.get("registry", "/evidence/999999", 404)
    pages.get("registry", f"{board}/XX/on-behalf", 404)


def test_the_table_of_a_board_runs_nothing_in_a_spreadsheet(
    pages: Browser, board: str, under_way: Prepared
) -> None:
    form = f"{board}/CN/on-behalf"
    harm = {**ON_BEHALF, "reference": '=HYPERLINK("x")'}
    pages.post("registry", form, form, **harm, evidence=(BytesIO(STAMPED), "copy.pdf"))
    answer = pages.get("registry", f"{board}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [line["Code"] for line in lines] == ["CN", "KZ", "MN", "TJ"]
    assert lines[0]["Their number"] == '\'=HYPERLINK("x")' and lines[0]["Status"] == "On behalf"
    assert lines[1]["Status"] == "Undeliverable" and lines[1]["Address"] == "notes@mfa.kz.example"


def test_a_stream_tells_of_changes_and_ends_by_itself(
    pages: Browser, board: str, under_way: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    def change_once() -> None:
        turns.append(1)
        if len(turns) == 3:
            with under_way.means.work(under_way.office.registry) as work:
                note = work.session.get_one(Note, under_way.note_id)
                deliveries.hold(work, note, delivery_of(work, "MN"), "A call first.")

    monkeypatch.setattr(_streams, "pause", change_once)
    answer = pages.get("registry", f"{board}/events")
    assert answer.mimetype == "text/event-stream" and answer.headers["X-Accel-Buffering"] == "no"
    chunks = [one for one in answer.text.split("\n\n") if one]
    events = [one for one in chunks if "event: board" in one]
    # One as it opens, one for the change; heartbeats between, and an end.
    assert len(events) == 2 and events[0] != events[1]
    assert any(one.startswith(":") for one in chunks) and len(turns) == _streams.ROUNDS
    last = events[1].split("\n")[0].removeprefix("id: ")
    # A browser that comes back with what it saw last is told nothing anew.
    again = pages.get("registry", f"{board}/events", headers={"Last-Event-ID": last})
    assert "event: board" not in again.text
    answer.close()
    again.close()
    assert _streams.opened() == 0


def test_streams_leave_threads_for_everybody_else(pages: Browser, board: str, sent: Prepared) -> None:
    def open_(person: str) -> TestResponse:
        client = pages.client(person)
        return client.get(f"{board}/events", headers={"User-Agent": AGENT}, buffered=False)

    held = [open_("registry"), open_("registry")]
    assert [one.status_code for one in held] == [200, 200] and open_("registry").status_code == 204
    held += [open_("second_registry"), open_("second_registry")]
    assert open_("director").status_code == 204
    for one in held:
        one.close()
    assert _streams.opened() == 0
    last = open_("director")
    assert last.status_code == 200
    last.close()


def test_reports_are_shown_as_text_that_does_nothing(pages: Browser, board: str, under_way: Prepared) -> None:
    with under_way.means.work() as work:
        attempt = delivery_of(work, "CN").attempts[0]
        raw = REPORT.format(token=attempt.token).encode()
        assert returned_mail.process(work, raw).state == "moved"
    tree = pages.page("registry", f"{board}?open=CN")
    assert rungs_of(tree, "CN") == [True, True, False, False]
    link = tree.xpath("//a[contains(@href, '/messages/')]/@href")[0]
    answer = pages.get("registry", link)
    assert "<script>alert" not in answer.text and "&lt;script&gt;alert(1)" in answer.text
    assert "Delivered &amp; done" in answer.text
    pages.get("translator", link, 403)
    pages.get("registry", "/messages/999999", 404)


REPORT = """\
From: Mail Delivery <postmaster@mfa.cn.example>
To: bounces+{token}@secretariat.example
Delivered-To: bounces+{token}@secretariat.example
Subject: <script>alert(1)</script>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Delivered & done.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.mfa.cn.example

Final-Recipient: rfc822; notes@mfa.cn.example
Action: delivered
Status: 2.0.0
--b--
"""


def test_returned_mail_waits_until_a_person_settles_it(pages: Browser, sent: Prepared) -> None:
    raw = b"From: somebody@example.org\r\nTo: bounces@secretariat.example\r\nSubject: Question\r\n\r\nWho are you?\r\n"
    with sent.means.work() as work:
        key = returned_mail.process(work, raw).id
    assert "Question" in plain(pages.get("registry", "/returned"))
    shown = plain(pages.get("registry", f"/returned/{key}"))
    assert "It belongs to no message of ours." in shown and "Who are you?" in shown
    pages.post("registry", f"/returned/{key}/settle", f"/returned/{key}", 422, reason="")
    told = pages.told(
        "registry", pages.post("registry", f"/returned/{key}/settle", f"/returned/{key}", reason="Answered.")
    )
    assert "No returned mail waits." in told and "1 settled" in told
    assert "Answered." in plain(pages.get("registry", f"/returned/{key}"))
    pages.post("registry", f"/returned/{key}/settle", "/directory/import", 409, reason="Twice.")
    pages.get("registry", "/returned/999999", 404)


# The register.


def test_the_register_finds_numbers_in_any_script_and_proves_its_continuity(
    pages: Browser, sent: Prepared
) -> None:
    listed = plain(pages.get("registry", "/register"))
    assert "TTF/1 to TTF/1: 1 number, 1 dispatched, 0 void, no gap." in listed
    assert "Summary of the Fourth Meeting" in listed and "0 of 4" in listed
    for query in ("TTF/1", "ттф / 1", "fourth MEETING", "available on the website"):
        assert "TTF/1" in [
            cell.text_content()
            for cell in pages.page("registry", f"/register?q={quote(query)}").xpath(
                "//td[contains(@class, 'num')]"
            )
        ]
    found = plain(pages.get("registry", f"/register?q={quote('ТТФ/1')}"))
    assert "is read as TTF/1" in found
    assert "No note matches “xyz”" in plain(pages.get("registry", "/register?q=xyz"))
    for query in (
        "since=2026-05-13",
        "until=2026-05-11",
        "state=void",
        "series=nonsense&state=void",
        "marking=restricted",
    ):
        assert not pages.page("registry", f"/register?{query}").xpath("//td[contains(@class, 'num')]"), query
    for query in (
        "since=2026-05-12&until=2026-05-12",
        "state=dispatched",
        "since=nonsense",
        "before=x",
        "series=TTF",
    ):
        assert pages.page("registry", f"/register?{query}").xpath("//td[contains(@class, 'num')]"), query


def test_the_register_is_paged_by_keys_and_keeps_void_numbers(
    pages: Browser, sent: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        note_id = sent.office.note(NoteState.TRANSLATED)
        sent.office.approved(note_id)
    sent.office.do("director", approval.withdraw, note_id, None, "The meeting was put off.")
    monkeypatch.setattr(_tables, "PAGE", 2)
    tree = pages.page("registry", "/register?marking=unclassified")

    def numbers(tree: Any) -> list[str]:
        return [cell.text_content().strip() for cell in tree.xpath("//td[contains(@class, 'num')]")]

    assert numbers(tree) == ["TTF/3", "TTF/2"]
    assert "The number is not used again." in tree.text_content() and "1 void" in tree.text_content()
    older = pages.page("registry", tree.xpath("//a[@rel='next']/@href")[0])
    assert numbers(older) == ["TTF/1"] and not older.xpath("//a[@rel='next']")
    assert numbers(pages.page("registry", older.xpath("//a[@rel='prev']/@href")[0])) == ["TTF/3", "TTF/2"]
    journal = pages.page("director", "/register/journal")
    assert numbers(journal) == ["TTF/1", "TTF/2", "TTF/3"] and "printed by Director" in journal.text_content()
    lines = list(csv.DictReader(StringIO(pages.get("registry", "/register.csv").data.decode("utf-8-sig"))))
    assert [line["State"] for line in lines] == ["Dispatched", "Approved", "Void"]


# The directory.

NEW = {
    "revision": "0",
    "address": "Legal@MFA.MN.example",
    "office": "Legal",
    "role": "cc",
    "language": "en",
    "channel": "link",
    "reason": "Note verbale 17",
}


def test_an_address_is_proposed_with_its_document_and_confirmed_by_another(
    pages: Browser, sent: Prepared
) -> None:
    path = "/directory/MN/propose"
    refused = pages.post("registry", path, "/directory/MN", 422, **NEW)
    assert "Add the document" in plain(refused)
    tree = html.fromstring(refused.text)
    assert tree.xpath("//input[@name='address']/@value") == ["Legal@MFA.MN.example"]
    assert tree.xpath("//select[@name='role']/option[@selected]/@value") == ["cc"]
    wrong = pages.post(
        "registry",
        path,
        "/directory/MN",
        422,
        **{**NEW, "address": "legal at mfa"},
        document=(BytesIO(STAMPED), "n.pdf"),
    )
    assert html.fromstring(wrong.text).xpath("//input[@name='address'][@aria-invalid]/@value") == [
        "legal at mfa"
    ]
    told = pages.told(
        "registry", pages.post("registry", path, "/directory/MN", **NEW, document=(BytesIO(STAMPED), "n.pdf"))
    )
    assert "waits for a second person" in told and "You proposed it" in told
    with sent.means.look() as work:
        contact = work.session.scalars(select(Contact).where(Contact.address.contains("Legal@"))).one()
        assert contact.state.value == "proposed" and contact.channel.value == "link_only"
    own = pages.post("registry", f"/directory/proposals/{contact.id}/confirm", "/directory/MN", 403)
    assert "somebody else has to confirm it" in plain(own)
    document = pages.get("second_registry", f"/directory/documents/{contact.id}")
    assert document.data == STAMPED and document.headers["Content-Disposition"].startswith("attachment")
    assert "Legal@mfa.mn.example" in plain(pages.get("second_registry", "/directory"))
    told = pages.told(
        "second_registry",
        pages.post("second_registry", f"/directory/proposals/{contact.id}/confirm", "/directory"),
    )
    assert "is in force" in told and "Legal@mfa.mn.example confirmed" in told
    pages.post("second_registry", f"/directory/proposals/{contact.id}/confirm", "/directory/MN", 409)
    told = pages.told(
        "registry",
        pages.post("registry", f"/directory/contacts/{contact.id}/retire", "/directory/MN", reason="Closed."),
    )
    assert "“Closed.”" in told and "Ended" in told
    pages.post("administrator", path, "/directory/import", 403, **NEW)


def test_a_proposal_is_rejected_with_a_reason_and_never_in_force(pages: Browser, sent: Prepared) -> None:
    pages.post(
        "registry", "/directory/MN/propose", "/directory/MN", **NEW, document=(BytesIO(STAMPED), "n.pdf")
    )
    with sent.means.look() as work:
        key = work.session.scalars(select(Contact.id).where(Contact.address.contains("Legal@"))).one()
    path = f"/directory/proposals/{key}/reject"
    assert "Give the reason" in plain(pages.post("second_registry", path, "/directory", 422, reason=""))
    told = pages.told(
        "second_registry",
        pages.post("second_registry", path, "/directory", reason="Not on their letterhead."),
    )
    assert "is rejected" in told and "Rejected" in told and "“Not on their letterhead.”" in told
    pages.post("second_registry", path, "/directory/MN", 409, reason="Again.")
    with sent.means.look() as work:
        contact = work.session.get_one(Contact, key)
        assert contact.state.value == "retired" and contact.confirmed_by is None


def test_an_import_is_tried_first_and_writes_exactly_what_was_tried(pages: Browser, sent: Prepared) -> None:
    head = "member,address,office,role,language,channel,source\n"
    before = sent.office.counts()
    faulty = head + "MN,legal@mfa.mn.example,Legal,to,en,mail,Note 1\nXX,a@b.example,,to,en,mail,Note 2\n"
    answer = pages.post(
        "registry",
        "/directory/import",
        "/directory/import",
        422,
        step="check",
        file=(BytesIO(faulty.encode()), "c.csv"),
    )
    assert "There is no member “XX”" in plain(answer) and "Trial of c.csv" in plain(answer)
    good = (
        head + "MN,legal@mfa.mn.example,Legal,to,en,mail,Note 1\nMN,notes@mfa.mn.example,,to,en,mail,Note 2\n"
    )
    answer = pages.post(
        "registry",
        "/directory/import",
        "/directory/import",
        200,
        step="check",
        file=(BytesIO(good.encode()), "c.csv"),
    )
    assert sent.office.counts() == before
    tree = html.fromstring(answer.text)
    assert "Import 1 contacts" in plain(answer)
    digest = tree.xpath("//input[@name='digest']/@value")[0]
    forged = pages.post(
        "registry", "/directory/import", "/directory/import", 422, step="write", digest=digest[:-1]
    )
    assert "Try the file first" in plain(forged)
    told = pages.told(
        "registry",
        pages.post("registry", "/directory/import", "/directory/import", step="write", digest=digest),
    )
    assert "1 contact waits for a second person" in told
    again = pages.told(
        "registry",
        pages.post("registry", "/directory/import", "/directory/import", step="write", digest=digest),
    )
    assert "0 contacts wait" in again
    assert "Choose a CSV file" in plain(
        pages.post("registry", "/directory/import", "/directory/import", 422, step="check")
    )
    refused = pages.post(
        "administrator",
        "/directory/import",
        "/directory/import",
        403,
        step="check",
        file=(BytesIO(good.encode()), "c.csv"),
    )
    assert "Only the registry" in plain(refused)


# The audit log, accounts and deputies.


def test_the_audit_log_is_searched_and_verified(pages: Browser, sent: Prepared) -> None:
    assert "Dispatch the note" in plain(pages.get("director", "/audit"))
    assert pages.page("director", "/audit?q=TTF/1").xpath("//tbody/tr")
    assert not pages.page("director", "/audit?q=nothing-of-this").xpath("//tbody/tr")
    before = sent.office.counts()
    verified = pages.post("director", "/audit/verify", "/audit", 200)
    assert "unbroken" in plain(verified) and "1 of 1 anchors agree" in plain(verified)
    assert sent.office.counts() == before
    wrong = pages.post(
        "director", "/audit/verify", "/audit", 422, anchor=(BytesIO(b"nonsense"), "kept.jsonl")
    )
    assert "kept.jsonl is not an anchor" in plain(wrong)
    longer = b'{"count": 9999, "mac": "00", "at": ""}'
    cut = plain(
        pages.post("director", "/audit/verify", "/audit", 200, anchor=(BytesIO(longer), "kept.jsonl"))
    )
    assert "its end was cut off" in cut
    with sent.means.work() as work:
        # Whoever has the database itself can take its own guards away.
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
        for name in work.session.scalars(text(guards)).all():
            work.session.execute(text(f"DROP TRIGGER {name}"))
        work.session.execute(text("UPDATE audit_entries SET subject = 'note:9' WHERE number = 3"))
    assert "The chain is broken at entry 3." in plain(pages.post("director", "/audit/verify", "/audit", 200))


PERSON = {
    "name": "New Person",
    "address": "new@secretariat.example",
    "password": "a long enough phrase",
    "role": ["translator"],
    "language": ["ru"],
}


def test_an_account_is_made_changed_closed_and_opened(pages: Browser, sent: Prepared) -> None:
    short = pages.post(
        "administrator", "/accounts/new", "/accounts/new", 422, **{**PERSON, "password": "short"}
    )
    assert "at least 12 characters" in plain(short) and "short" not in html.fromstring(short.text).xpath(
        "//input/@value"
    )
    assert html.fromstring(short.text).xpath("//input[@name='role'][@checked]/@value") == ["translator"]
    taken = pages.post(
        "administrator",
        "/accounts/new",
        "/accounts/new",
        409,
        **{**PERSON, "address": "registry@secretariat.example"},
    )
    assert "already an account" in plain(taken)
    answer = pages.post("administrator", "/accounts/new", "/accounts/new", **PERSON)
    path = answer.headers["Location"]
    assert "The account of New Person is made." in pages.told("administrator", answer)
    pages.post("administrator", "/accounts/new", "/accounts/new", 409, **PERSON)
    seen = pages.page("administrator", path).xpath("//input[@name='revision']/@value")[0]
    changed = {
        "revision": seen,
        "name": "Newer Person",
        "address": "new@secretariat.example",
        "role": ["reviewer"],
        "language": ["ru", "kk"],
    }
    assert "The account is saved." in pages.told(
        "administrator", pages.post("administrator", path, path, **changed)
    )
    assert "changed since you opened it" in plain(pages.post("administrator", path, path, 409, **changed))
    assert "Give the reason" in plain(pages.post("administrator", f"{path}/close", path, 422, reason=""))
    assert "Ended" in pages.told(
        "administrator", pages.post("administrator", f"{path}/close", path, reason="Left.")
    )
    assert "In force" in pages.told("administrator", pages.post("administrator", f"{path}/reopen", path))
    pages.post("administrator", f"{path}/reset-second-factor", path, reason="Lost telephone.")
    assert "Newer Person" in plain(pages.get("administrator", "/accounts?q=newer"))
    with sent.means.look() as work:
        log = [
            json.loads(row.data)
            for row in work.session.scalars(select(AuditEntry))
            if row.action == "change_account"
        ]
        assert [one.get("reason") for one in log] == [None, "Left.", None, "Lost telephone."]


def test_the_last_administrator_stays(pages: Browser, sent: Prepared) -> None:
    path = f"/accounts/{sent.office.ids['administrator']}"
    assert "is the last administrator" in plain(
        pages.post("administrator", f"{path}/close", path, 409, reason="Left.")
    )
    seen = pages.page("administrator", path).xpath("//input[@name='revision']/@value")[0]
    form = {
        "revision": seen,
        "name": "Administrator",
        "address": "administrator@secretariat.example",
        "role": ["registry"],
    }
    pages.post("administrator", path, path, 409, **form)
    assert sent.office.administrator.roles == {Role.ADMINISTRATOR}


def test_a_token_is_shown_once_and_revoked(pages: Browser, sent: Prepared) -> None:
    path = f"/accounts/{sent.office.ids['registry']}"
    made = pages.post("administrator", f"{path}/tokens", path, 201, name="Script", until="2026-06-01")
    assert "chy_" in plain(made)
    tree = pages.page("administrator", path)
    assert "chy_" not in tree.text_content() and "Script" in tree.text_content()
    for until in ("2026-05-12", "2030-01-01", "soon"):
        pages.post("administrator", f"{path}/tokens", path, 422, name="Script", until=until)
    revoke = tree.xpath("//form[contains(@action, '/revoke')]/@action")[0]
    other = revoke.replace(path, f"/accounts/{sent.office.ids['director']}")
    pages.post("administrator", other, path, 404)
    assert "The token is revoked." in pages.told("administrator", pages.post("administrator", revoke, path))


def test_a_deputy_is_named_for_days_and_ended(pages: Browser, sent: Prepared) -> None:
    ids = sent.office.ids
    form = {
        "principal": str(ids["director"]),
        "deputy": str(ids["registry"]),
        "action": ["dispatch"],
        "since": "2026-05-12",
        "until": "2026-05-14",
        "reason": "Leave",
    }
    wrong = pages.post("director", "/delegations", "/delegations", 422, **{**form, "until": "2026-05-10"})
    tree = html.fromstring(wrong.text)
    assert "ends before it begins" in plain(wrong)
    assert tree.xpath("//input[@name='action'][@checked]/@value") == ["dispatch"]
    assert tree.xpath("//select[@name='deputy']/option[@selected]/@value") == [str(ids["registry"])]
    pages.post(
        "director", "/delegations", "/delegations", 403, **{**form, "principal": str(ids["second_director"])}
    )
    told = pages.told("director", pages.post("director", "/delegations", "/delegations", **form))
    assert "Registry is the deputy." in told and "14 May 2026" in told
    assert sent.office.registry.deputy_for == {"dispatch": ids["director"]}
    tree = pages.page("director", "/delegations")
    end = tree.xpath("//form[contains(@action, '/end')]/@action")[0]
    pages.post("second_director", end, "/delegations", 404, reason="Not mine.")
    assert "has ended" in pages.told(
        "director", pages.post("director", end, "/delegations", reason="Back early.")
    )
    assert "has ended already" in plain(
        pages.post("director", end, "/delegations", 409, reason="Back early.")
    )
    assert sent.office.registry.deputy_for == {}
    assert pages.page("second_director", "/delegations").xpath("//tbody/tr") == []
