"""What stands beside a paragraph, in a real browser and with the keyboard alone."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.conftest import SetClock, make_settings
from tests.integration.pages import AGENT, Pages
from tests.office import TRANSLATIONS, Office
from workflow.means import Means
from workflow.models import Note
from workflow.operations import texts
from workflow.states import NoteState

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("journey")]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path, clock: SetClock) -> Iterator[Office]:
    path = tmp_path / "chancery.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    means = Means.of(make_settings(tmp_path, database_url=f"sqlite:///{path}"), clock)
    yield Office(means)
    means.database.close()


@pytest.fixture
def desk(office: Office) -> Iterator[tuple[Any, int, list[str]]]:
    """The Russian desk of a released note whose texts the memory knows; the note, and what went wrong."""
    from playwright.sync_api import sync_playwright

    office.note(NoteState.TRANSLATED)
    note_id = office.submitted()
    office.released(note_id)
    pages = Pages(office)
    client = pages.client("translator")
    reference = pages.reference(note_id)
    client.get("/settings")
    cookie = client.get_cookie("chancery")
    assert cookie is not None
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, pages.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    wrong: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        context = browser.new_context(user_agent=AGENT, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "chancery", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}/notes/{reference}/versions/ru")
        yield page, note_id, wrong
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def standing(office: Office, note_id: int) -> list[str]:
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        found = (texts.text_in(one, "ru") for one in texts.live_paragraphs(note))
        return [text.text if text else "" for text in found]


def test_terms_and_the_memory_are_taken_by_keys(office: Office, desk: tuple[Any, int, list[str]]) -> None:
    page, note_id, wrong = desk
    page.focus("#t1")
    unused = page.locator("#beside [data-term]")
    first, second = (unused.nth(at).get_attribute("data-insert") for at in (0, 1))
    page.keyboard.press("Alt+KeyG")
    page.keyboard.press("Alt+KeyG")
    assert page.input_value("#t1") == f"{first}{second}"
    # The best match takes the place of what was typed, and can be taken back as typing can.
    page.keyboard.press("Alt+KeyX")
    assert page.input_value("#t1") == TRANSLATIONS["ru"][0]
    page.keyboard.press("Control+KeyZ")
    assert page.input_value("#t1") == f"{first}{second}"
    page.keyboard.press("Alt+KeyX")
    # Going to the next paragraph brings what helps with that one.
    page.focus("#t2")
    page.wait_for_selector('#beside[data-ordinal="2"]')
    assert TRANSLATIONS["ru"][1] in page.inner_text("#beside")
    page.click("#beside [data-use]")
    assert page.input_value("#t2") == TRANSLATIONS["ru"][1]
    page.wait_for_function("document.querySelector('#saved').textContent.includes('Saved')")
    # Once it is kept, the terms that it has are marked as used, without anything being pressed.
    page.focus("#t2")
    page.wait_for_selector("#beside .term .t-done", timeout=15_000)
    assert standing(office, note_id) == list(TRANSLATIONS["ru"])
    assert wrong == []


def test_it_fits_a_telephone(desk: tuple[Any, int, list[str]]) -> None:
    page, _, wrong = desk
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#beside").is_visible() and wrong == []
