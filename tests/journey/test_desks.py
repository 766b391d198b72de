"""Both desks of a language version by the keyboard alone, and what they do when the line or the session ends.

Nobody touches a mouse here: after the first page is open, everything is pressed keys.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, redirect, request
from flask_login import utils as login
from werkzeug.serving import make_server

from tests.conftest import SetClock, make_settings
from tests.office import Office
from web.app import create_app
from web.views import keys
from workflow.means import Means
from workflow.models import Account, Note, Remark
from workflow.operations import drafting, remarks, texts, translation
from workflow.states import VersionState

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("desks")]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 15_000
AGENT = "desks"
# A focus ring that can be seen: an outline, or the field's own shadow.
RING = """() => { const style = getComputedStyle(document.activeElement);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none'; }"""
FOCUS_FREE = """() => { const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0; }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield made
        made.close()


@dataclass
class Desk:
    """An installation with one released note whose versions are assigned, served to a browser."""

    office: Office
    clock: SetClock
    app: Flask
    address: str
    browser: Any
    note_id: int
    complaints: list[str] = field(default_factory=list)

    def reference(self) -> str:
        with self.office.means.look() as work:
            return work.session.get_one(Note, self.note_id).reference

    def window(self, person: str, **given: Any) -> Any:
        """A browser's window in which a person is logged in."""
        context = self.browser.new_context(
            base_url=self.address,
            user_agent=AGENT,
            viewport={"width": 1280, "height": 800},
            reduced_motion="reduce",
            **given,
        )
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        page = context.new_page()
        page.goto(f"/enter/{person}")
        return page

    def open(self, page: Any, end: str = "") -> Any:
        page.goto(f"/notes/{self.reference()}/versions/ru{end}")
        return page

    def text(self, ordinal: int) -> tuple[str, int]:
        with self.office.means.look() as work:
            note = work.session.get_one(Note, self.note_id)
            row = texts.text_in(texts.live_paragraphs(note)[ordinal - 1], "ru")
            return (row.text, row.revision) if row else ("", 0)

    def state(self) -> VersionState:
        with self.office.means.look() as work:
            return texts.version_of(work.session.get_one(Note, self.note_id), "ru").state

    def write(self, ordinal: int, words: str) -> None:
        """The translator writes a paragraph elsewhere."""
        with self.office.means.work(self.office.translator) as work:
            note = work.session.get_one(Note, self.note_id)
            paragraph = texts.live_paragraphs(note)[ordinal - 1]
            row = texts.text_in(paragraph, "ru")
            translation.save_paragraph(work, note, "ru", paragraph.id, words, row.revision if row else 0)


@pytest.fixture
def desk(browser: Any, sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """The desk of one note."""
    from datetime import UTC, datetime

    path = tmp_path / "chancery.sqlite"
    shutil.copy(sqlite_template, path)
    clock = SetClock(datetime(2026, 5, 12, 6, 0, tzinfo=UTC))
    means = Means.of(make_settings(tmp_path, database_url=f"sqlite:///{path}"), clock)
    office = Office(means)
    note_id = office.submitted()
    office.released(note_id)
    app = create_app(means, testing=True)
    _add_door(app, office)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made = Desk(office, clock, app, f"http://127.0.0.1:{server.server_port}", browser, note_id)
    yield made
    for context in browser.contexts:
        context.close()
    server.shutdown()
    means.database.close()
    assert made.complaints == []


def _add_door(app: Flask, office: Office) -> None:
    """Lets a test's person in without typing a password, as the login itself leaves a session."""
    from flask import session as cookie

    from web.access import allowed_public

    @app.get("/enter/<person>")
    @allowed_public("a door of the tests")
    def enter(person: str) -> Response:
        with office.means.look() as work:
            key = work.session.get_one(Account, office.ids[person]).fs_uniquifier
        cookie.update(_user_id=key, _fresh=True, _id=login._create_identifier())
        assert request.user_agent.string == AGENT
        return redirect("/settings")  # type: ignore[return-value]


def press(page: Any, *pressed: str) -> None:
    for one in pressed:
        page.keyboard.press(one)


def focused(page: Any) -> str:
    """The id of what has the focus, which must be seen."""
    assert page.evaluate(FOCUS_FREE), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert page.evaluate(RING), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return str(page.evaluate("document.activeElement.id"))


def saved(page: Any) -> None:
    page.locator("#saved").filter(has_text=re.compile(r"^Saved \d")).wait_for()


def told(page: Any, words: str) -> None:
    page.locator("main .callout[role=status]").filter(has_text=words).wait_for()


def sound(page: Any) -> None:
    """axe finds nothing on the page as it stands."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_a_translator_works_by_keys_alone(desk: Desk) -> None:
    page = desk.open(desk.window("translator"))
    sound(page)
    press(page, "Alt+N")
    assert focused(page) == "t1"
    page.keyboard.type("направить ")
    # A slot by its own key: the row of chips, arrows, Enter; the focus is back in the field.
    press(page, "Alt+I")
    assert page.evaluate("document.activeElement.dataset.insert")
    focused(page)
    chips = page.locator("#p1 [data-slots] button").evaluate_all("all => all.map(one => one.dataset.insert)")
    for _ in range(chips.index("{meeting.genitive}")):
        press(page, "ArrowRight")
    press(page, "Enter")
    assert focused(page) == "t1"
    page.keyboard.type(" заседания.")
    saved(page)
    assert desk.text(1)[0] == "направить {meeting.genitive} заседания."
    desk.clock.pass_(hours=1)
    # How it reads, its length and its findings came without the page being loaded again.
    assert "направить четв" in page.locator("#reads-1").inner_text()
    assert "translation: 3 words" in page.locator("#lengths").inner_text()
    assert page.locator("#agreement .find1[id]").count() > 0, "the meeting's number is missing"
    press(page, "Alt+J")
    assert focused(page) in ("t1", "") or page.evaluate(
        "document.activeElement.closest('#agreement') !== null"
    )
    press(page, "Alt+M", "Alt+N")
    assert focused(page) == "t1"
    press(page, "Control+a")
    page.keyboard.type(
        "направить при этом {enclosed.accusative} {meeting.genitive} заседания {forum.genitive}, "
        "подготовленное председателем Форума."
    )
    press(page, "Control+Enter")
    page.wait_for_url(re.compile("paragraph=2"))
    # The page opened at the next paragraph; copy its source and write over it.
    press(page, "Alt+N")
    assert focused(page) == "t2"
    press(page, "Alt+C")
    assert page.locator("#t2").input_value().startswith("The documents of the Meeting")
    press(page, "Alt+K")
    saved(page)
    desk.clock.pass_(hours=1)
    assert page.locator("#found-2 a").count() > 0, "text left in the source language is a finding at once"
    press(page, "Alt+J")
    focused(page)
    page.locator("#t2").focus()
    press(page, "Control+a")
    page.keyboard.type("Документы заседания доступны на веб-сайте Секретариата.")
    press(page, "Control+Enter")
    page.locator("form.submit button.btn-go").wait_for()
    press(page, "Alt+N", "Alt+Y")
    assert page.locator("details[data-history][open]").count() == 1
    focused(page)
    press(page, "Alt+R")
    focused(page)
    page.keyboard.type("Is “website” right here?")
    press(page, "Tab", "Enter")
    page.locator("#remark-1").wait_for()
    assert page.url.endswith("#remark-1")
    # The list of keys.
    page.locator("#main").focus()
    press(page, "Shift+?")
    page.locator("#keys-list[open]").wait_for()
    sound(page)
    press(page, "Escape")
    press(page, "Alt+U")
    assert page.evaluate("document.activeElement.closest('form.submit') !== null")
    focused(page)
    press(page, "Enter")
    told(page, "is submitted to its reviewer")
    assert desk.state() is VersionState.SUBMITTED
    assert desk.text(2) == ("Документы заседания доступны на веб-сайте Секретариата.", 2)


def test_a_reviewer_works_by_keys_alone(desk: Desk) -> None:
    desk.office.written(desk.note_id, "ru")
    page = desk.open(desk.window("reviewer"), "/review")
    sound(page)
    press(page, "Alt+N")
    assert focused(page) == "p1"
    press(page, "Alt+N")
    assert focused(page) == "p2"
    page.wait_for_selector('#beside[data-ordinal="2"]')
    assert "доступны" in page.inner_text("#beside"), "the terms of the paragraph that is read"
    press(page, "Alt+R")
    page.keyboard.type("Which website?")
    press(page, "Tab", "Enter")
    page.locator("#remark-1").wait_for()
    press(page, "Alt+N")
    assert focused(page) == "p2", "what has an open remark is what is open"
    press(page, "Alt+Z")
    focused(page)
    assert "Which website?" in page.locator(".return").inner_text()
    page.keyboard.type("Please see my remark.")
    press(page, "Tab", "Enter")
    told(page, "is returned to its translator")
    assert desk.state() is VersionState.IN_PROGRESS
    with desk.office.means.work(desk.office.translator) as work:
        translation.submit_version(work, work.session.get_one(Note, desk.note_id), "ru")
    desk.open(page, "/review")
    page.locator("body").press("Alt+Y")
    press(page, "Alt+A")
    assert page.evaluate("document.activeElement.closest('form.accept') !== null")
    focused(page)
    press(page, "Enter")
    told(page, "is accepted")
    assert desk.state() is VersionState.ACCEPTED


def test_keys_can_be_turned_off(desk: Desk) -> None:
    page = desk.window("translator")
    page.locator("#keys").uncheck()
    page.locator("main button.btn-go").first.click()
    desk.open(page)
    assert page.locator("#keys-list").count() == 0
    press(page, "Alt+N", "Shift+?")
    assert page.evaluate("document.activeElement === document.body")


def test_what_is_typed_without_a_line_is_saved_when_it_is_back(desk: Desk) -> None:
    page = desk.open(desk.window("translator"))
    page.context.set_offline(True)
    page.locator("#t2").fill("Документы доступны.")
    page.locator("#saved.bad").wait_for()
    assert "kept in this browser" in page.locator("#saved").inner_text()
    assert desk.text(2) == ("", 0)
    page.context.set_offline(False)
    saved(page)
    assert desk.text(2) == ("Документы доступны.", 1)


def test_a_closed_lid_loses_nothing(desk: Desk) -> None:
    page = desk.open(desk.window("translator"))
    context = page.context
    context.set_offline(True)
    page.locator("#t2").fill("Документы доступны.")
    page.locator("#saved.bad").wait_for()
    page.close()
    context.set_offline(False)
    assert desk.text(2) == ("", 0)
    # The next day, somebody else having worked on it meanwhile.
    desk.write(2, "Документы есть.")
    page = desk.open(context.new_page())
    offer = page.locator("#p2 .kept")
    offer.wait_for()
    assert "Документы доступны." in offer.inner_text()
    assert page.locator("#t2").input_value() == "Документы есть."
    sound(page)
    page.locator("#p2 [data-kept=back]").press("Enter")
    saved(page)
    assert desk.text(2) == ("Документы доступны.", 2)
    desk.open(page)
    assert not page.locator("#p2 .kept").is_visible()


def test_an_ended_session_keeps_the_text_and_offers_it_after_the_login(desk: Desk) -> None:
    page = desk.open(desk.window("translator"))
    page.context.clear_cookies()
    page.locator("#t1").fill("направить документы.")
    page.locator("#ended").wait_for()
    sound(page)
    assert desk.text(1) == ("", 0)
    page.goto("/enter/translator")
    desk.open(page)
    page.locator("#p1 .kept").wait_for()
    # Another person at this browser is shown nothing of it.
    page.goto("/enter/registry")
    desk.open(page)
    assert page.locator("#p1 .kept:visible").count() == 0
    page.goto("/enter/translator")
    desk.open(page)
    page.locator("#p1 [data-kept=away]").press("Enter")
    desk.open(page)
    assert page.locator("#p1 .kept:visible").count() == 0
    assert desk.text(1) == ("", 0)


def test_two_tabs_show_their_conflict_and_overwrite_nothing(desk: Desk) -> None:
    first = desk.open(desk.window("translator"))
    second = desk.open(first.context.new_page())
    first.locator("#t2").fill("Документы заседания доступны на сайте.")
    saved(first)
    second.locator("#t2").fill("Документы заседания размещены на сайте.")
    second.locator("#p2 .conflict").wait_for()
    assert desk.text(2) == ("Документы заседания доступны на сайте.", 1)
    assert second.locator("#t2").input_value() == "Документы заседания размещены на сайте."
    assert second.locator("#p2 .conflict del").inner_text() == "размещены"
    assert second.locator("#p2 .conflict ins").inner_text() == "доступны"
    sound(second)
    second.locator("[data-take=mine]").press("Enter")
    saved(second)
    assert desk.text(2) == ("Документы заседания размещены на сайте.", 2)
    first.locator("#t2").fill("Документы есть.")
    first.locator("#p2 .conflict").wait_for()
    first.locator("[data-take=theirs]").press("Enter")
    assert first.locator("#t2").input_value() == "Документы заседания размещены на сайте."
    assert desk.text(2) == ("Документы заседания размещены на сайте.", 2)
    first.locator("#t2").press("End")
    first.keyboard.type(" Они доступны всем.")
    saved(first)
    assert desk.text(2)[1] == 3


def test_a_stale_paragraph_shows_what_changed_and_a_phone_has_one_column(desk: Desk) -> None:
    desk.office.written(desk.note_id, "ru")
    desk.office.do("reviewer", remarks.remark, desk.note_id, "Which site?", language="ru", ordinal=2)
    with desk.office.means.work(desk.office.registry) as work:
        note = work.session.get_one(Note, desk.note_id)
        source = [(one.id, texts.text_in(one, "en").text) for one in texts.live_paragraphs(note)]  # type: ignore[union-attr]
        source[1] = (
            source[1][0],
            "The papers of the Meeting are available on the website of the Secretariat.",
        )
        drafting.edit_source(work, note, None, paragraphs=source)
        drafting.release_source(work, note, None)
    page = desk.window("translator")
    for colours in ("light", "dark"):
        for width in (1280, 390, 320):
            page.emulate_media(color_scheme=colours)
            page.set_viewport_size({"width": width, "height": 800})
            desk.open(page)
            assert page.locator("#p2 del").inner_text() == "documents"
            assert page.locator("#p2 ins").inner_text() == "papers"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            sound(page)
    source_box, target_box = page.locator("#p2 .tx").first.bounding_box(), page.locator("#t2").bounding_box()
    assert target_box["y"] > source_box["y"] + source_box["height"] - 1


def test_without_a_script_findings_and_conflicts_stand_on_the_page(desk: Desk) -> None:
    page = desk.open(desk.window("translator", java_script_enabled=False))
    page.locator("#t2").fill("The documents of the Meeting are available.")
    page.locator("#p2 button[value=done]").click()
    assert page.locator("#agreement .find1[id]").count() > 0
    desk.write(2, "Документы доступны.")
    page.locator("#t2").fill("Документы есть.")
    page.locator("#p2 button[value=done]").click()
    assert "Документы доступны." in page.locator("main [role=alert]").first.inner_text()
    assert page.locator("#t2").input_value() == "Документы есть."
    assert desk.text(2)[0] == "Документы доступны."
    with desk.office.means.look() as work:
        assert work.session.query(Remark).count() == 0


def test_the_list_of_keys_is_what_the_script_does() -> None:
    folder = Path(__file__).parents[2] / "web" / "static"
    script = "".join(path.read_text("utf-8") for path in folder.glob("*.js"))
    listed = {key.code for key in keys.KEYS if key.code}
    assert set(re.findall(r"\b(Key[A-Z])\b", script)) == listed
    assert not {code[-1] for code in listed} & keys.TAKEN_BY_BROWSERS
    for place in (keys.TRANSLATION, keys.REVIEW):
        pressed = [key.keys for key in keys.of(place)]
        assert len(pressed) == len(set(pressed))
