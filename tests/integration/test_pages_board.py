"""The board of a note's circulation, its reports, and who may open which page of the secretariat's books."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.integration.browser import Browser, plain
from tests.integration.browser import board as board
from tests.integration.browser import pages as pages
from tests.integration.browser import sent as sent
from tests.integration.pages import AGENT
from tests.prepared import Prepared
from tests.relay import LATER, NEVER, ScriptedRelay, World
from web.pages import _streams
from workflow.models import Delivery, Member, Note
from workflow.operations import deliveries, receipt, returned_mail, sending
from workflow.operations.context import Work
from workflow.states import DeliveryQueue

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
    # What was offered to the relay is known by its size and digest; nothing of what it refused by name was.
    assert "KB, SHA-256" in downloaded and "SHA-256" not in refused
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
