"""The pages of a recipient, in a browser: the personal page, the check of a file, the embedded post office."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import func, select

from tests.conftest import make_settings
from tests.integration.browser import Browser, plain
from tests.prepared import Prepared, prepare
from tests.relay import ScriptedRelay, World
from web.app import create_app
from workflow.means import Means
from workflow.models import Delivery, Document, Event, Note
from workflow.operations import dispatch, receipt, sending
from workflow.operations.context import Work
from workflow.post.office.mailboxes import deliver
from workflow.states import Human, NoteState


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members."""
    yield from prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED)


@pytest.fixture
def pages(sent: Prepared) -> Browser:
    return Browser(sent.office)


def first(work: Work) -> Delivery:
    return work.session.scalars(select(Delivery).order_by(Delivery.id)).first()  # type: ignore[return-value]


@pytest.fixture
def link(sent: Prepared) -> str:
    """The personal page of the first contact."""
    with sent.means.look() as work:
        return f"/r/{dispatch.link_token(work, first(work).message_id)}"


@pytest.fixture
def code(sent: Prepared) -> str:
    """The acknowledgement code of the note, as it is printed."""
    with sent.means.look() as work:
        approval = work.session.get_one(Note, sent.note_id).approval
        assert approval is not None
        return f"{approval.code[:3]}-{approval.code[3:]}"


def events(sent: Prepared, kind: str) -> int:
    with sent.means.look() as work:
        return work.session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0


def values(tree: Any) -> dict[str, str]:
    """The fields of the form that acknowledges."""
    form = tree.xpath("//form[contains(@action, '/acknowledge')]")[0]
    return {one.get("name"): one.get("value") or "" for one in form.xpath(".//input")}


SAID = {"name": "B. Counsellor", "office": "Protocol Department", "reference": "3/1184", "date": "2026-05-12"}


def test_robots_that_open_the_link_change_nothing(pages: Browser, link: str, sent: Prepared) -> None:
    before = sent.office.counts()
    tree = pages.page(None, link)
    assert "TTF/1" in tree.text_content()
    for url in {*tree.xpath("//a/@href"), *tree.xpath("//form/@action")}:
        if url.startswith("/r/"):
            # A scanner follows links and sends nothing; an address that only takes forms refuses it.
            answer = pages.client(None).get(url)
            assert answer.status_code in (200, 405), url
    assert pages.client(None).head(link).status_code == 200
    for language in ("en", "ru", "kk", "xx"):
        pages.get(None, f"{link}?lang={language}")
    assert sent.office.counts() == before


def test_a_link_that_is_not_known_reads_like_one_that_never_was(
    pages: Browser, link: str, sent: Prepared
) -> None:
    wrong = pages.get(None, f"{link}x", 404)
    never = pages.get(None, "/r/never", 404)
    assert plain(wrong) == plain(never) and "TTF/1" not in wrong.text
    with sent.means.work(sent.office.registry) as work:
        receipt.revoke_link(work, work.session.get_one(Note, sent.note_id), first(work), "Wrong office.")
    # Whoever has the secret of a link that was valid once is told why it is so no more.
    withdrawn = plain(pages.get(None, link, 404))
    assert "This link was withdrawn" in withdrawn and "TTF/1" not in withdrawn


def test_a_document_is_downloaded_by_a_form_and_that_is_noted(
    pages: Browser, link: str, sent: Prepared
) -> None:
    tree = pages.page(None, link)
    nonce = values(tree)["nonce"]
    actions = tree.xpath("//form[contains(@action, '/documents/')]/@action")
    assert len(actions) == len(set(actions)) and len(actions) > 2
    for _ in range(2):
        answer = pages.post(None, actions[0], link, 200, nonce=nonce)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert events(sent, Human.DOWNLOADED) == 1
    strange = actions[0].rpartition("/")[0] + "/" + "0" * 64
    pages.post(None, strange, link, 404, nonce=nonce)
    pages.get(None, actions[0], 405)


def test_what_was_typed_comes_back_with_a_wrong_code(pages: Browser, link: str, sent: Prepared) -> None:
    nonce = values(pages.page(None, link))["nonce"]
    answer = pages.post(None, f"{link}/acknowledge", link, 422, **SAID, code="AAA-AAA", nonce=nonce)
    back = values(html.fromstring(answer.text))
    assert (
        {name: back[name] for name in SAID} == SAID and back["nonce"] == nonce and back["code"] == "AAA-AAA"
    )
    assert "The code is not that of this note" in plain(answer)
    assert events(sent, "wrong_code") == 1 and events(sent, Human.ACKNOWLEDGED) == 0
    for missing in ("name", "office"):
        answer = pages.post(
            None, f"{link}/acknowledge", link, 422, **{**SAID, missing: " "}, code="AAA-AAA", nonce=nonce
        )
        assert html.fromstring(answer.text).xpath(f"//input[@name='{missing}'][@aria-invalid]")
    answer = pages.post(
        None, f"{link}/acknowledge", link, 422, **{**SAID, "date": "soon"}, code="AAA-AAA", nonce=nonce
    )
    assert html.fromstring(answer.text).xpath("//input[@name='date'][@aria-invalid]")
    russian = pages.post(
        None, f"{link}/acknowledge", link, 422, **SAID, code="AAA-AAA", nonce=nonce, lang="ru"
    )
    assert html.fromstring(russian.text).get("lang") == "ru"


def test_five_wrong_codes_close_the_door_for_an_hour(
    pages: Browser, link: str, code: str, sent: Prepared
) -> None:
    nonce = values(pages.page(None, link))["nonce"]
    for _ in range(5):
        sent.clock.pass_(seconds=1)
        pages.post(None, f"{link}/acknowledge", link, 422, **SAID, code="AAA-AAA", nonce=nonce)
    # Even the right code is not looked at now.
    answer = pages.post(None, f"{link}/acknowledge", link, 429, **SAID, code=code, nonce=nonce)
    assert "five times" in plain(answer) and values(html.fromstring(answer.text))["name"] == SAID["name"]
    assert events(sent, Human.ACKNOWLEDGED) == 0 and events(sent, "wrong_code") == 5
    sent.clock.pass_(hours=1, minutes=1)
    pages.post(None, f"{link}/acknowledge", link, **SAID, code=code, nonce=nonce)
    assert events(sent, Human.ACKNOWLEDGED) == 1


def test_a_form_that_is_sent_twice_acknowledges_once(
    pages: Browser, link: str, code: str, sent: Prepared
) -> None:
    nonce = values(pages.page(None, link))["nonce"]
    for spelled in (code, code.lower().replace("-", " ")):
        told = pages.told(
            None, pages.post(None, f"{link}/acknowledge", link, **SAID, code=spelled, nonce=nonce)
        )
        assert "B. Counsellor" in told
    assert events(sent, Human.ACKNOWLEDGED) == 1
    with sent.means.look() as work:
        note = work.session.get_one(Note, sent.note_id).reference
        member = receipt.member_of(work, first(work)).code
    assert "their No. 3/1184" in plain(pages.get("registry", f"/notes/{note}/circulation?open={member}"))


def test_a_contact_says_that_the_note_is_not_for_it(pages: Browser, link: str, sent: Prepared) -> None:
    nonce = values(pages.page(None, link))["nonce"]
    for _ in range(2):
        pages.post(
            None, f"{link}/report", link, kind="address_changed", message="Write to protocol@", nonce=nonce
        )
    assert events(sent, "contact_says") == 1
    with sent.means.look() as work:
        note = work.session.get_one(Note, sent.note_id).reference
        member = receipt.member_of(work, first(work)).code
    assert "Write to protocol@" in plain(pages.get("registry", f"/notes/{note}/circulation?open={member}"))


# Is this file what was dispatched?


def test_anybody_may_ask_whether_a_file_was_dispatched(
    pages: Browser, sent: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sent.office.counts()
    with sent.means.look() as work:
        rows = work.session.scalars(
            select(Document).where(Document.language == "ru", Document.format == "pdf")
        )
        data = work.store.get(rows.one().sha256 or "")
        stored = len(list(work.store.folder.rglob("*")))
    genuine = pages.post(None, "/verify", "/verify", 200, file=(BytesIO(data), "note.pdf"))
    text = plain(genuine)
    assert "dispatched exactly this file" in text and "TTF/1" in text and "12 May 2026" in text
    for secret in ("Kazakhstan", "Tajikistan", "mfa.", "Summary of the Fourth Meeting"):
        assert secret not in text
    unknown = pages.post(
        None, "/verify?lang=ru", "/verify?lang=ru", 200, file=(BytesIO(data + b" "), "note.pdf")
    )
    assert "TTF/1" not in unknown.text and html.fromstring(unknown.text).get("lang") == "ru"
    pages.post(None, "/verify", "/verify", 422)
    pages.post(None, "/verify", "/verify", 422, file=(BytesIO(b""), "note.pdf"))
    monkeypatch.setattr(sent.means.settings, "upload_bytes", len(data) - 1)
    large = pages.post(None, "/verify", "/verify", 422, file=(BytesIO(data), "note.pdf"))
    assert "Send a smaller one" in plain(large)
    assert sent.office.counts() == before
    assert len(list(sent.means.store.folder.rglob("*"))) == stored


def test_a_note_that_is_not_dispatched_is_not_told_of(pages: Browser, sent: Prepared) -> None:
    sent.office.note(NoteState.APPROVED)
    with sent.means.look() as work:
        newest = work.session.scalars(
            select(Document).where(Document.format == "pdf").order_by(Document.id.desc())
        ).first()
        assert newest is not None
        data = work.store.get(newest.sha256 or "")
    answer = pages.post(None, "/verify", "/verify", 200, file=(BytesIO(data), "note.pdf"))
    assert "TTF/2" not in answer.text and "did not dispatch this file" in plain(answer)


# The embedded post office.


@pytest.fixture
def posted(sent: Prepared) -> Prepared:
    """The messages of the note in the mailboxes, and one that a stranger wrote."""
    world = World()
    sending.send_note(sent.means, sent.note_id, ScriptedRelay(world), "worker")
    folder = sent.means.settings.office_dir
    for number, one in enumerate(world.taken):
        deliver(folder, one.address, f"{number}.note", one.data)
    stranger = b"From: <script>alert(1)</script>\r\nSubject: =?utf-8?b?PGI+?=\r\nContent-Type: text/html\r\n\r\n<img src=x onerror=alert(2)>Hello"
    deliver(folder, "notes@mfa.cn.example", "9.stranger", stranger)
    return sent


def test_the_post_office_plays_the_mailboxes_of_the_states(pages: Browser, posted: Prepared) -> None:
    listed = plain(pages.get("registry", "/office"))
    assert "It plays the states’ mailboxes on this machine" in listed
    assert "notes@mfa.kz.example" in listed and "Kazakhstan" in listed
    tree = pages.page("administrator", "/office/notes@mfa.kz.example")
    assert "plays this mailbox" in tree.text_content()
    link = next(url for url in tree.xpath("//main//table//a/@href"))
    answer = pages.get("registry", link)
    tree = html.fromstring(answer.text)
    personal = tree.xpath("//a[contains(@href, '/r/')]/@href")
    assert len(personal) == 1
    pages.get(None, personal[0].removeprefix(posted.means.settings.base_url))
    parts = tree.xpath(f"//a[starts-with(@href, '{link}/')]/@href")
    assert parts
    part = pages.get("registry", parts[0])
    assert part.headers["Content-Disposition"].startswith("attachment") and len(part.data) > 1000
    pages.get("registry", f"{link}/999", 404)
    pages.get("registry", f"{link}/x", 404)


def test_a_message_of_a_stranger_does_nothing(pages: Browser, posted: Prepared) -> None:
    tree = pages.page("registry", "/office/notes@mfa.cn.example")
    answer = pages.get(
        "registry", next(url for url in tree.xpath("//main//table//a/@href") if "stranger" in url)
    )
    assert "<script>alert(1)" not in answer.text and "<img" not in answer.text
    assert "Hello" in plain(answer)
    for path in (
        "/office/nobody@nowhere.example",
        "/office/notes@mfa.cn.example/..%2f..%2fchancery.sqlite",
        "/office/..%2f..",
        "/office/notes@mfa.cn.example/none",
    ):
        assert pages.client("registry").get(path, headers={"User-Agent": "tests"}).status_code == 404, path


def test_only_an_embedded_installation_has_a_post_office(
    pages: Browser, posted: Prepared, tmp_path: Path
) -> None:
    for person in ("director", "translator", "chair"):
        pages.get(person, "/office", 403)
    pages.get(None, "/office", 302)
    assert pages.page("registry", "/office").xpath("//nav//a[@href='/office']")
    settings = make_settings(
        tmp_path, database_url=posted.means.settings.database_url, smtp_url="smtp://relay.example:25"
    )
    means = Means.of(settings, posted.clock)
    outside = Browser.__new__(Browser)
    outside.office, outside.app, outside._clients = posted.office, create_app(means, testing=True), {}
    answer = outside.get("registry", "/office", 404)
    assert not html.fromstring(answer.text).xpath("//nav//a[@href='/office']")
    means.database.close()
