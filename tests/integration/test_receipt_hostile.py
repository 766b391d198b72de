"""The personal page under hostile hands: any text is taken or refused with a sentence, on both databases."""

from __future__ import annotations

import pytest
from lxml import html
from sqlalchemy import select

from tests.integration.browser import Browser, plain
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from web.frame import LANGUAGES
from workflow.models import Contact, Delivery, Event, Note
from workflow.operations import directory, dispatch, erasing, receipt
from workflow.operations.context import Work
from workflow.states import DeliveryQueue, Human


def first(work: Work) -> Delivery:
    return work.session.scalars(select(Delivery).order_by(Delivery.id)).first()  # type: ignore[return-value]


@pytest.fixture
def pages(dispatched: Prepared) -> Browser:
    return Browser(dispatched.office)


@pytest.fixture
def link(dispatched: Prepared) -> str:
    with dispatched.means.look() as work:
        return f"/r/{dispatch.link_token(work, first(work).message_id)}"


@pytest.fixture
def code(dispatched: Prepared) -> str:
    with dispatched.means.look() as work:
        approval = work.session.get_one(Note, dispatched.note_id).approval
        assert approval is not None
        return approval.code


def nonce(pages: Browser, link: str) -> str:
    return str(
        pages.page(None, link).xpath(
            "//form[contains(@action, '/acknowledge')]//input[@name='nonce']/@value"
        )[0]
    )


# A zero, signs that turn the line, scripts without a font of the slip, markup, places of a template, a lone control sign.
TEXT = "B\0C \u202eevil\u2066 😀 ไทย 漢字 <script>alert(1)</script> {{7*7}} %(x)s \x01 \ufffe"
WRONG = ["\0", "x" * 100_000, "\ud83d", "9999-99-99", "٢٠٢٦-٠٥-١٢"]


def test_any_name_is_taken_shown_and_printed(
    pages: Browser, link: str, code: str, dispatched: Prepared
) -> None:
    said = {"name": TEXT, "office": TEXT, "reference": TEXT, "date": "2026-05-12"}
    given = nonce(pages, link)
    pages.post(None, f"{link}/report", link, kind="not_for_us", message=TEXT, nonce=given)
    pages.post(None, f"{link}/acknowledge", link, **said, code=code, nonce=given)
    for language in LANGUAGES:
        assert "<script>alert" not in pages.get(None, f"{link}?lang={language}").text
        assert pages.get(None, f"{link}/slip.pdf?lang={language}").data.startswith(b"%PDF-")
    with dispatched.means.look() as work:
        note = work.session.get_one(Note, dispatched.note_id).reference
        member = receipt.member_of(work, first(work)).code
        assert first(work).human is Human.ACKNOWLEDGED
    assert "<script>alert" not in pages.get("registry", f"/notes/{note}/circulation?open={member}").text
    pages.get("registry", "/trouble")


def test_what_is_wrong_in_any_field_is_refused_with_a_sentence(
    pages: Browser, link: str, dispatched: Prepared
) -> None:
    page = pages.page(None, link)
    good: dict[str, object] = {
        "name": "B", "office": "C", "reference": "", "date": "", "code": "AAAAAA", "nonce": nonce(pages, link),
        "csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0],
    }  # fmt: skip
    for name in ("name", "office", "reference", "date", "code", "nonce"):
        for text in WRONG:
            dispatched.clock.pass_(minutes=20)
            answer = pages.client(None).post(
                f"{link}/acknowledge", data={**good, name: text.encode("utf-8", "surrogatepass")}
            )
            assert answer.status_code in (422, 413), (name, text[:10], answer.status_code)
            assert html.fromstring(answer.text).xpath("//*[@aria-invalid or @role='alert']")
    with dispatched.means.look() as work:
        assert first(work).human is Human.NONE


def test_an_expired_link_and_its_slip_say_so(
    pages: Browser, link: str, code: str, dispatched: Prepared
) -> None:
    said = {"name": "B", "office": "C", "code": code, "nonce": nonce(pages, link)}
    pages.post(None, f"{link}/acknowledge", link, **said)
    token = pages.token(None, link)
    dispatched.clock.pass_(days=dispatched.means.settings.link_days + 1)
    for path in (link, f"{link}/slip.pdf"):
        assert "expired" in plain(pages.get(None, path, 404))
    for path in (f"{link}/acknowledge", f"{link}/report", f"{link}/documents/{'0' * 64}"):
        answer = pages.client(None).post(path, data={**said, "csrf_token": token})
        assert answer.status_code == 404 and "expired" in plain(answer)


def test_a_slip_before_the_receipt_is_refused_with_a_sentence(pages: Browser, link: str) -> None:
    assert "not confirmed yet" in plain(pages.get(None, f"{link}/slip.pdf", 409))


def test_not_for_us_and_then_acknowledged_shows_both(
    pages: Browser, link: str, code: str, dispatched: Prepared
) -> None:
    given = nonce(pages, link)
    pages.post(None, f"{link}/report", link, kind="not_for_us", message="", nonce=given)
    pages.post(None, f"{link}/acknowledge", link, name="B", office="C", code=code, nonce=given)
    with dispatched.means.look() as work:
        kinds = [one.kind for one in work.session.scalars(select(Event).order_by(Event.id))]
    assert kinds == ["contact_says", "acknowledged"]


def test_a_receipt_of_which_the_personal_data_are_erased_stands_without_a_name(
    pages: Browser, link: str, code: str, dispatched: Prepared
) -> None:
    given = nonce(pages, link)
    pages.post(None, f"{link}/acknowledge", link, name="Secret Name", office="C", code=code, nonce=given)
    with dispatched.means.work(dispatched.office.registry) as work:
        for row in work.session.scalars(select(Delivery)):
            row.queue = DeliveryQueue.DONE
        contact = work.session.get_one(Contact, first(work).contact_id)
        directory.retire_contact(work, contact, "The office was closed.")
    with dispatched.means.work(dispatched.office.administrator) as work:
        erasing.erase_contact(work, work.session.get_one(Contact, contact.id), "A request of 3 March.")
    shown = plain(pages.get(None, link))
    assert "Receipt is confirmed" in shown and "Secret Name" not in shown
    assert "<dd>, <" not in pages.get(None, link).text
    assert pages.get(None, f"{link}/slip.pdf").data.startswith(b"%PDF-")


# What gateways and browsers say when nobody has pressed anything.
AHEAD_OF_TIME = [
    {},
    {"Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"X-Moz": "prefetch", "User-Agent": "Mozilla/5.0 (compatible; LinkScanner)"},
    {"X-HTTP-Method-Override": "POST"},
]


def test_a_scanner_that_follows_every_link_and_sends_every_form_empty_acknowledges_nothing(
    pages: Browser, link: str, dispatched: Prepared
) -> None:
    seen, waiting = set(), [link]
    client = pages.client(None)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for method in ("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT", "DELETE"):
            for headers in AHEAD_OF_TIME:
                assert client.open(path, method=method, headers=headers).status_code < 500
        answer = client.get(path)
        if answer.mimetype == "text/html":
            hrefs = html.fromstring(answer.text).xpath("//a/@href | //link/@href | //form/@action")
            waiting += [str(one).partition("#")[0] for one in hrefs if str(one).startswith(link)]
    assert len(seen) > 3  # The page, its documents and its forms.
    with dispatched.means.look() as work:
        assert first(work).human is Human.NONE
        assert {event.axis for event in work.session.scalars(select(Event))} <= {"side"}
    # A script that fills no field: it has every hidden value of every form, and not the code that is in the document.
    for form in pages.page(None, link).xpath("//form[@method='post']"):
        hidden = {one.get("name"): one.get("value") or "" for one in form.xpath(".//input[@type='hidden']")}
        for guess in (
            {},
            {"name": "Scanner", "office": "Gateway"},
            {"name": "S", "office": "G", "code": "ABCDEF"},
        ):
            assert client.post(form.get("action"), data={**hidden, **guess}).status_code < 500
    with dispatched.means.look() as work:
        assert first(work).human is not Human.ACKNOWLEDGED
