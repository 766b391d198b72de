"""The contacts' side of the demonstration: the message read, the code found, the forms posted."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from urllib.parse import parse_qs

import httpx
import pytest

from tests.unit.test_demo_data import composed
from web.demo import offices
from web.demo.forms import forms
from web.demo.offices import Letter, Office
from workflow.errors import Conflict, NotFound
from workflow.letters import note_pdf
from workflow.post.office.mailboxes import deliver

LINK = "http://127.0.0.1:8000/r/abc-DEF_123"
ADDRESS = "notes@state.example"
DAY = date(2026, 5, 12)
SAID = {"name": "A. Person", "office": "Registry", "reference": "IN-7", "days": 2}


def message(
    text: str = f"Please confirm:\n\n{LINK}\n", message_id: str = "<one@secretariat.example>"
) -> bytes:
    made = EmailMessage()
    made["Subject"] = "A note"
    made["Message-ID"] = message_id
    made.set_content(text)
    made.add_attachment(b"%PDF-1.7 note", maintype="application", subtype="pdf", filename="note.en.pdf")
    return made.as_bytes()


def test_a_message_gives_its_link_and_its_files():
    letter = offices.read(ADDRESS, message())
    assert letter == Letter(ADDRESS, LINK, {"note.en.pdf": b"%PDF-1.7 note"})


def test_a_message_without_a_link_is_said_to_have_none():
    with pytest.raises(NotFound, match="no personal link"):
        offices.read(ADDRESS, message("Nothing here."))


def test_the_mailbox_gives_the_message_of_this_note_and_no_other(tmp_path):
    deliver(tmp_path, ADDRESS, "1", message(f"{LINK}-other\n", "<other@secretariat.example>"))
    deliver(tmp_path, ADDRESS, "2", message())
    assert offices.received(tmp_path, ADDRESS, "<one@secretariat.example>").link == LINK
    with pytest.raises(NotFound, match="has not come"):
        offices.received(tmp_path, ADDRESS, "<third@secretariat.example>")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_code_is_read_off_the_last_page(language):
    assert offices.printed_code(note_pdf.render(composed(language))) == "4R7-K3B"


def test_a_pdf_without_a_code_is_said_to_have_none():
    from web.demo import summary

    with pytest.raises(NotFound, match="No acknowledgement code"):
        offices.printed_code(summary.sheet(["A sheet", "TTF/375 of 2026-05-12"]))


def test_a_form_is_read_as_a_browser_without_scripts_sends_it():
    page = """<form method="post" action="/a#x"><input type="hidden" name="nonce" value="n&amp;1">
    <input type="radio" name="kind" value="one" checked><input type="radio" name="kind" value="two">
    <textarea name="message"></textarea><input name="name" value=""><button>Go</button></form>
    <form action="/b"><input name="q"></form><input name="outside" value="x">"""
    first, second = forms(page)
    assert (first.method, first.action) == ("post", "/a#x")
    assert first.fields == {"nonce": "n&1", "kind": "one", "message": "", "name": ""}
    assert (second.method, second.fields) == ("get", {"q": ""})


class Site:
    """The personal page as far as an office sees it: two forms, a code that is right, a session cookie."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, list[str]] | None = None
        self.downloads = 0
        self.gets = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "GET":
            self.gets += 1
            return httpx.Response(200, html=self._page(), headers={"Set-Cookie": "chancery=s1; Path=/"})
        sent = parse_qs(request.content.decode(), keep_blank_values=True)
        if sent.get("csrf_token") != ["t1"] or request.headers.get("cookie") != "chancery=s1":
            return httpx.Response(400)
        if path.endswith("/documents/d1"):
            self.downloads += 1
            return httpx.Response(200, content=b"the document")
        if sent["code"] != ["4R7-K3B"]:
            return httpx.Response(422, html=self._page())
        self.acknowledged = sent
        return httpx.Response(303, headers={"Location": "/r/abc-DEF_123"})

    def _page(self) -> str:
        form = '<form method="post" action="{}"><input name="csrf_token" value="t1"><input name="nonce" value="n1">{}</form>'
        page = form.format("/r/abc-DEF_123/documents/d1", "")
        if self.acknowledged is None:
            page += form.format(
                "/r/abc-DEF_123/acknowledge#acknowledge", '<input name="name"><input name="code">'
            )
        return page


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def office(site):
    with Office(Letter(ADDRESS, LINK, {}), httpx.MockTransport(site)) as made:
        yield made


def test_opening_is_a_get_and_nothing_else(office, site):
    office.open()
    assert (site.gets, site.downloads, site.acknowledged) == (1, 0, None)


def test_a_download_is_a_form_that_is_posted(office, site):
    assert office.download("d1") == b"the document"
    assert site.downloads == 1
    with pytest.raises(NotFound, match="no such document"):
        office.download("d2")


def test_a_wrong_code_is_refused_and_the_right_one_taken_afterwards(office, site):
    assert not office.acknowledge(SAID, "222-222", DAY)
    assert site.acknowledged is None
    assert office.acknowledge(SAID, "4R7-K3B", DAY)
    sent = {name: values[0] for name, values in (site.acknowledged or {}).items()}
    assert sent == {
        "csrf_token": "t1",
        "nonce": "n1",
        "name": "A. Person",
        "office": "Registry",
        "reference": "IN-7",
        "date": "2026-05-14",
        "code": "4R7-K3B",
    }


def test_once_acknowledged_there_is_no_form_any_more(office):
    assert office.acknowledge(SAID, "4R7-K3B", DAY)
    with pytest.raises(NotFound, match="no form for a receipt"):
        office.acknowledge(SAID, "4R7-K3B", DAY)


def test_a_page_that_fails_is_said_to_fail():
    broken = httpx.MockTransport(lambda _: httpx.Response(500))
    with Office(Letter(ADDRESS, LINK, {}), broken) as office, pytest.raises(Conflict, match="answered 500"):
        office.open()
