"""The pages in a real browser: no finding of axe, no sideways scrolling, no breach of the policy."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parent / "pages"))
import sample_pages

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, sample_pages.make_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield made
        made.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("width", "colours"), [(1280, "light"), (500, "dark")])
def test_axe_finds_nothing_on_any_page(browser: Any, address: str, width: int, colours: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    found = {}
    for name in sorted(sample_pages.PAGES):
        page.goto(f"{address}/sample/{name}?colours={colours}")
        # What is folded is looked at too.
        page.evaluate("document.querySelectorAll('details:not(.menu-like)').forEach(d => { d.open = true })")
        results = Axe().run(page)
        if results.violations_count:
            found[name] = [(v["id"], v["nodes"][0]["html"][:160]) for v in results.response["violations"]]
    page.close()
    assert found == {}


@pytest.mark.timeout(600)
def test_no_page_scrolls_sideways_and_none_breaks_the_policy(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    complaints: list[str] = []
    # The sample application has no event stream, which the board survives by polling.
    page.on(
        "console",
        lambda m: complaints.append(m.text) if m.type == "error" and "EventSource" not in m.text else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    wide = {}
    for name in sorted(sample_pages.PAGES):
        page.goto(f"{address}/sample/{name}")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide[name] = width
    page.close()
    assert wide == {}
    assert complaints == []


def test_the_viewer_shows_another_page_and_works_without_a_script(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}/sample/approval")
    before = page.get_attribute("#sheet", "src")
    page.locator("nav.rail a").nth(2).click()
    assert page.get_attribute("#sheet", "src") != before
    assert page.get_attribute("#sheet", "lang") == "kk"
    assert page.locator("nav.rail a[aria-current]").count() == 1
    page.close()
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{address}/sample/approval")
    assert "page=kk-1" in (plain.locator("nav.rail a").nth(2).get_attribute("href") or "")
    assert plain.locator("button:has-text('Approve as TTF/374')").is_enabled()
    plain.context.close()


def test_a_form_is_sent_once_and_asks_first_where_it_says_so(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sent: list[str] = []
    page.route("**/dispatch", lambda route: (sent.append(route.request.method), route.fulfill(status=204))[1])
    page.goto(f"{address}/sample/note")
    page.click("text=Dispatch to 27 states")
    dialog = page.locator("dialog.ask")
    assert dialog.is_visible() and sent == []
    page.keyboard.press("Escape")
    assert sent == []
    page.click("text=Dispatch to 27 states")
    with page.expect_request("**/dispatch"):
        dialog.locator(".btn-go").click()
    page.evaluate("document.querySelector('form[action$=dispatch]').requestSubmit()")
    page.wait_for_load_state()
    assert sent == ["POST"]
    page.close()


THEIRS = (
    "<p>The reviewer changed this paragraph at 15:02.</p>"
    "<button type=button data-take=mine>Mine</button><button type=button data-take=theirs>Theirs</button>"
)


def test_autosave_keeps_the_text_when_somebody_else_was_quicker(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    answers = [
        {"status": 200, "json": {"revision": 5, "saved": "15:01"}},
        {"status": 409, "json": {"stands": {"html": THEIRS, "revision": 6, "text": "үшінші"}}},
    ]
    posted: list[str] = []

    def answer(route: Any) -> None:
        posted.append(route.request.post_data)
        route.fulfill(**answers[len(posted) - 1])

    page.route("**/paragraphs/1", answer)
    page.goto(f"{address}/sample/translation")
    area = page.locator("#t1")
    area.fill("бірінші {meeting}")
    with page.expect_response("**/paragraphs/1"):
        page.locator("#t2").focus()
    page.wait_for_function("document.querySelector('#saved').textContent.includes('15:01')")
    assert page.locator("#p1 form:has(#t1) input[name=revision]").input_value() == "5"
    area.fill("екінші")
    with page.expect_response("**/paragraphs/1"):
        page.locator("#t2").focus()
    box = page.locator("form:has(#t1) [data-conflict]")
    box.wait_for(state="visible")
    assert "The reviewer changed" in box.inner_text()
    assert area.input_value() == "екінші"
    assert len(posted) == 2
    box.locator("[data-take=theirs]").click()
    assert area.input_value() == "үшінші" and box.is_hidden()
    assert page.locator("#p1 form:has(#t1) input[name=revision]").input_value() == "6"
    page.close()


def test_keys_insert_slots_and_lead_to_the_next_open_paragraph(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.route("**/paragraphs/*", lambda route: route.fulfill(status=200, json={"revision": 1}))
    page.goto(f"{address}/sample/translation")
    page.locator("#t1").fill("")
    page.keyboard.press("Alt+i")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("#t1").input_value() == "{meeting}"
    assert page.locator("#p1 .under b").inner_text() == "{meeting}"
    page.keyboard.press("Alt+n")
    assert page.evaluate("document.activeElement.id") == "t2"
    page.close()


def test_the_code_is_written_in_two_groups(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{address}/sample/receipt")
    page.fill("#code", "")
    page.locator("#code").press_sequentially("4r7k3b")
    assert page.input_value("#code") == "4R7-K3B"
    page.close()


def test_the_board_moves_by_itself_and_says_so_politely(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    fresh = '<div id="board" data-serial="382" data-time="30 Mar 11:43" data-iso="2022-03-30T05:43:00+00:00" data-say="15 of 27 states acknowledged"><p>moved</p></div>'
    page.route(
        "**/circulation/rows*", lambda route: route.fulfill(status=200, content_type="text/html", body=fresh)
    )
    page.route(
        "**/circulation/events",
        lambda route: route.fulfill(
            status=200, content_type="text/event-stream", body="event: board\ndata: 382\n\n"
        ),
    )
    page.goto(f"{address}/sample/board")
    page.wait_for_selector("#board:has-text('moved')")
    page.wait_for_function("document.querySelector('#news').textContent.includes('15 of 27')")
    assert page.inner_text("#live time") == "30 Mar 11:43"
    page.close()
