"""A note goes all the way by the pages alone: real browsers, the embedded service, its worker and its post office.

Every step is somebody at a page: nothing is prepared behind the pages but the people and the directory.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typst
from docx import Document
from sqlalchemy import func, select

from bench.circulation import given
from web import service
from web.demo import data as demonstration
from web.demo import installation
from web.demo.offices import printed_code
from workflow.means import Means
from workflow.models import Event

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("journey")]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SECONDS = 30.0

# A note of two paragraphs; the first continues the opening formula, so it has no full stop.
TITLES = {
    "en": "Summary of the Eleventh Meeting of the CICA Think Tank Forum",
    "ru": "Резюме одиннадцатого заседания Форума аналитических центров СВМДА",
    "kk": "АӨСШК-тің Талдау орталықтары форумының он бірінші отырысының түйіндемесі",
}
PARAGRAPHS = {
    "en": (
        "forward herewith the {enclosed.title} of the {meeting.title} Meeting of the {forum}",
        "The Secretariat would be grateful for the views of the Member States on the proposals in it.",
    ),
    "ru": (
        "направить {enclosed.accusative} {meeting.genitive} заседания {forum.genitive}",
        "Секретариат был бы признателен государствам-членам за мнения об изложенных в нем предложениях.",
    ),
    "kk": (
        "{forum.genitive} {meeting} отырысының {enclosed.accusative} жіберуді",
        "Хатшылық мүше мемлекеттердің ондағы ұсыныстар туралы пікірлері үшін алғыс білдіреді.",
    ),
}
STATES = ("IN", "KZ", "UZ")
CONTACT = "notes@mfa.in.example"
SUMMARY = b"""#set document(title: "Summary")
#set page(paper: "a4")
#set text(lang: "en")
= Summary of the Eleventh Meeting
#lorem(300)
#pagebreak()
== Proposals
#lorem(200)
"""


@dataclass
class Place:
    """An installation that runs, with the demonstration's people and contacts, and a browser to visit it."""

    address: str
    means: Means
    data: demonstration.Demonstration
    browser: Any

    def window(self, key: str, **given: Any) -> Any:
        """A window of the person with a key of the data, at the desk."""
        from tests.journey.browsing import Window

        person = next(row for row in self.data.accounts["account"] if row["key"] == key)
        return Window(self.browser, self.address, **given).log_in(
            person["address"], self.data.accounts["password"]
        )

    def stranger(self) -> Any:
        """A window of somebody without an account."""
        from tests.journey.browsing import Window

        return Window(self.browser, self.address)

    def name(self, key: str) -> str:
        """A person's name."""
        return str(next(row["name"] for row in self.data.accounts["account"] if row["key"] == key))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The embedded service in a folder of its own, on free ports."""
    from playwright.sync_api import sync_playwright

    embedded = service.Service(given(tmp_path_factory.mktemp("journey")), weather=installation.WEATHER)
    with embedded.running() as address, sync_playwright() as driver:
        installation.set_up(embedded.means)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield Place(address, embedded.means, demonstration.load(), browser)
        browser.close()
    embedded.means.database.close()


def test_a_note_goes_from_the_institute_to_an_acknowledged_receipt(place: Place, tmp_path: Path) -> None:
    institute, registry, director = (place.window(key) for key in ("institute", "registry", "director"))
    windows = [institute, registry, director]

    summary = tmp_path / "summary.pdf"
    summary.write_bytes(bytes(typst.compile(SUMMARY, format="pdf")))
    reference = submit(institute, summary)
    assert "2 p." in institute.page.locator("#enclosures").locator("..").locator("..").inner_text()

    write_covering_note(place, registry, reference)
    for language, scripts in (("ru", True), ("kk", False)):
        translator = place.window(f"translator_{language}", scripts=scripts)
        translate(translator, reference, language)
        reviewer = place.window(f"reviewer_{language}")
        accept(reviewer, reference, language)
        windows += [translator, reviewer]

    symbol = approve(director, reference)
    until_made(director, reference)
    send_off(director)

    board = registry.open(f"/notes/{reference}/circulation")
    registry.see()
    mark_page(registry)
    # The workers send and the post office reports meanwhile; nobody loads the page again.
    status(registry, "IN").filter(has_text="Reached").wait_for()

    contact = place.stranger()
    windows.append(contact)
    colleague = place.window("registry_second")
    windows.append(colleague)
    link = link_in_mailbox(colleague, symbol)
    before = human_acts(place)
    contact.open(link)
    contact.open(link)
    contact.see()
    assert human_acts(place) == before == 0, "opening the page counts for nothing"

    pdf = download(contact)
    status(registry, "IN").filter(has_text="Downloaded").wait_for()
    acknowledge(contact, printed_code(pdf))
    contact.see()
    status(registry, "IN").filter(has_text="Acknowledged").wait_for()
    assert board.evaluate("window.stayed") == "since dispatch", "the board moved without being loaded again"
    assert human_acts(place) == 2

    register = registry.open("/register")
    registry.see()
    assert symbol in register.locator("main table").inner_text()

    assert [complaint for window in windows for complaint in window.complaints] == []
    for window in windows:
        window.close()


@pytest.mark.libreoffice
def test_a_summary_may_be_a_word_processors_document(place: Place, tmp_path: Path) -> None:
    document = Document()
    document.add_heading("Summary of the Eleventh Meeting", 1)
    document.add_paragraph("The Forum met in two sessions.")
    document.add_page_break()
    document.add_paragraph("The proposals stand on this page.")
    summary = tmp_path / "summary.docx"
    document.save(str(summary))
    institute = place.window("institute")
    submit(institute, summary)
    assert "on 2 p." in institute.page.locator("main").inner_text()
    assert institute.complaints == []
    institute.close()


def submit(institute: Any, summary: Path) -> str:
    """The chair institute hands its summary in; gives the draft's reference."""
    page = institute.open("/notes/new")
    institute.see()
    for language, title in TITLES.items():
        page.locator(f"[name=title-{language}]").fill(title)
        page.locator(f"[name=enclosure_title-{language}]").fill(title)
    page.locator("[name=slot-meeting]").fill("11")
    page.locator("[name=slot-enclosed]").select_option("summary")
    page.locator("[name=slot-forum]").select_option("ttf")
    page.locator("[name=enclosure_language]").select_option("en")
    page.locator("input[type=file][name=enclosure]").set_input_files(summary)
    institute.form("/notes/new").locator("button.btn-go").click()
    page.wait_for_url(re.compile(r"/notes/D-\d{4}-\d{4}$"))
    assert "The draft is made" in institute.told()
    institute.see()
    return str(page.url.rsplit("/", 1)[1])


def write_covering_note(place: Place, registry: Any, reference: str) -> None:
    """The registry writes the text, chooses the states, releases the source and assigns the languages."""
    page = registry.open(f"/notes/{reference}/source")
    first, second = PARAGRAPHS["en"]
    page.locator("[name=paragraph-1]").fill(first)
    page.locator("button[value=add-1]").click()
    page.locator("[name=paragraph-2]").fill(second)
    page.locator("button[value=save]").click()
    assert "The source is saved" in registry.told()
    registry.see()

    page = registry.open(f"/notes/{reference}/recipients")
    for box in page.locator("[name=member]").all():
        row = box.locator("xpath=ancestor::tr")
        box.set_checked(row.locator(".code").first.inner_text() in STATES)
    page.locator("button[form=choose]").click()
    registry.told()
    registry.open(f"/notes/{reference}/recipients")
    registry.see()
    chosen = page.locator("[name=member]:checked").locator("xpath=ancestor::tr").locator(".code")
    assert sorted(chosen.all_inner_texts()) == sorted(STATES)

    page = registry.open(f"/notes/{reference}")
    registry.send("/release")
    registry.told()
    for language in ("ru", "kk"):
        page = registry.open(f"/notes/{reference}")
        form = registry.form(f"/versions/{language}/assign")
        form.locator("xpath=ancestor::details").locator("summary").click()
        form.get_by_label(place.name(f"translator_{language}")).check()
        form.locator("[name=reviewer]").select_option(label=place.name(f"reviewer_{language}"))
        form.locator("button").last.click()
        registry.told()
    registry.see()


def from_desk(window: Any, path: str) -> None:
    """Goes from the desk to what waits there."""
    page = window.open("/")
    window.see()
    page.locator(f'main table a.btn[href^="{path}"]').first.click()
    page.wait_for_url(re.compile(re.escape(path)))


def translate(translator: Any, reference: str, language: str) -> None:
    """A translator writes each paragraph and submits the version, whatever the language of the pages."""
    from_desk(translator, f"/notes/{reference}/versions/{language}")
    page = translator.page
    for place, text in enumerate(PARAGRAPHS[language]):
        form = page.locator("form.autosave").nth(place)
        form.locator("textarea").fill(text)
        form.locator("button[value=done]").click()
        page.locator("form.autosave").nth(place).locator(".reads").wait_for()
        assert page.locator("form.autosave").nth(place).locator("textarea").input_value() == text
        assert page.locator("main .callout.stop:visible").count() == 0
    translator.see()
    translator.send("/submit")
    translator.told()


def accept(reviewer: Any, reference: str, language: str) -> None:
    """A reviewer reads the version and accepts it."""
    from_desk(reviewer, f"/notes/{reference}/versions/{language}/review")
    reviewer.see()
    reviewer.send("/accept")
    reviewer.told()


def approve(director: Any, reference: str) -> str:
    """The director looks at every page as it will go out, and approves; gives the number."""
    from_desk(director, f"/notes/{reference}/approval")
    page = director.page
    leaves = page.locator("a[data-picture]")
    assert leaves.count() == 5, "three notes of one page, and an enclosure of two"
    for leaf in leaves.all():
        leaf.click()
        page.wait_for_function(
            "name => { const sheet = document.getElementById('sheet');"
            " return sheet.src.endsWith(name) && sheet.complete && sheet.naturalWidth > 400 }",
            arg=leaf.get_attribute("data-picture"),
        )
    director.see()
    symbol = str(director.form("/approve").locator("[name=number]").input_value())
    director.send("/approve")
    assert symbol in director.told()
    return symbol


def until_made(director: Any, reference: str) -> None:
    """Loads the note again until its documents are there, as somebody does who waits."""
    end = time.monotonic() + SECONDS
    page = director.open(f"/notes/{reference}")
    while page.locator("main [aria-busy=true]").count():
        assert time.monotonic() < end, "the documents were not made in time"
        page.reload()
    director.see()


def send_off(director: Any) -> None:
    """The director dispatches, and agrees when the page asks."""
    page = director.page
    page.locator('form[action$="/dispatch"][data-confirm] button').click()
    page.locator("dialog.ask button[value=go]").click()
    director.told()
    director.see()


def mark_page(window: Any) -> None:
    """Leaves a mark that a new load of the page would lose."""
    window.page.evaluate("window.stayed = 'since dispatch'")


def status(window: Any, member: str) -> Any:
    """The status of a state on the board."""
    return window.page.locator(f"#state-{member} td.ch")


def link_in_mailbox(visitor: Any, symbol: str) -> str:
    """Looks into the contact's mailbox and gives the personal link in its message."""
    page = visitor.open("/office")
    page.get_by_role("link", name=CONTACT, exact=True).click()
    page.locator("main table a").filter(has_text=symbol).first.click()
    visitor.see()
    found = page.locator('main a[rel=noreferrer][href*="/r/"]').first.get_attribute("href")
    assert found is not None
    return str(found)


def human_acts(place: Place) -> int:
    """How many acts of recipients are recorded."""
    with place.means.look() as work:
        return int(
            work.session.scalar(select(func.count()).select_from(Event).where(Event.axis == "human")) or 0
        )


def download(contact: Any) -> bytes:
    """Downloads the note from the personal page."""
    with contact.page.expect_download() as waiting:
        contact.page.locator('form[action*="/documents/"] button').first.click()
    content = Path(waiting.value.path()).read_bytes()
    assert content.startswith(b"%PDF")
    return content


def acknowledge(contact: Any, code: str) -> None:
    """Confirms the receipt."""
    form = contact.form("/acknowledge")
    form.locator("[name=name]").fill("Asha Menon")
    form.locator("[name=office]").fill("Registry of Notes")
    form.locator("[name=reference]").fill("ORG-2026/118")
    form.locator("[name=code]").fill(code)
    form.locator("button.btn-go").click()
    contact.page.locator("#acknowledge").wait_for()
    contact.page.locator(".callout.done[role=status]").first.wait_for()
