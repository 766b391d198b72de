"""A translation engine: asked by a person only, logged, marked as a machine's, and never for a marked note."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.conftest import SetClock, make_settings
from tests.engine import engine
from tests.integration.api import Api
from tests.integration.pages import Pages
from tests.office import SOURCE, TRANSLATIONS, Office
from workflow.errors import Unavailable
from workflow.means import Means
from workflow.memory import machine
from workflow.models import AuditEntry, MachineSuggestion, Note
from workflow.operations import texts, translation

CAME = "[ru] FORWARD HEREWITH THE {enclosed} OF THE {meeting} MEETING OF THE {forum}, PREPARED BY THE CHAIR OF THE FORUM."


@pytest.fixture
def served() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An engine that answers."""
    with engine() as found:
        yield found


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: SetClock, served: Any) -> Iterator[Office]:
    """A secretariat whose operator named the engine."""
    settings = make_settings(
        tmp_path, database_url=database_url, suggest_url=served[0], suggest_key="a key of the tests"
    )
    means = Means.of(settings, clock)
    yield Office(means)
    means.database.close()


@pytest.fixture
def released(office: Office) -> int:
    note_id = office.submitted()
    office.released(note_id)
    return note_id


def address(office: Office, note_id: int, ordinal: int = 1) -> tuple[str, int]:
    """The API's address of a paragraph's suggestions, and the paragraph's id."""
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        paragraph = texts.live_paragraphs(note)[ordinal - 1].id
        return f"/notes/{note.reference}/versions/ru/paragraphs/{paragraph}/suggestions", paragraph


def test_a_machine_s_text_waits_for_a_person(office: Office, released: int, served: Any) -> None:
    api = Api(office)
    path, _ = address(office, released)
    shown = api.good("translator", "GET", path)
    assert shown["machine"] == [] and shown["machine_offered"] and served[1] == []
    given = api.good("translator", "POST", path, 201)
    assert given["text"] == CAME and given["engine"] == "127.0.0.1"
    [asked] = served[1]
    assert asked["api_key"] == "a key of the tests" and asked["path"] == "/translate"
    assert '<x id="1">Summary</x>' in asked["q"] and asked["source"] == "en" and asked["target"] == "ru"
    save = path.removesuffix("/suggestions")
    api.good("translator", "PUT", save, json={"revision": 0, "text": CAME})
    second, _ = address(office, released, 2)
    other = {"revision": 0, "text": TRANSLATIONS["ru"][1]}
    api.good("translator", "PUT", second.removesuffix("/suggestions"), json=other)
    assert api.good("translator", "GET", path)["machine"][0]["unread"]
    version = path.partition("/paragraphs")[0]
    problem = api.refused(api.post("translator", f"{version}/submit"), 409, "machine-text")
    assert "paragraph 1 is a machine's suggestion" in problem["detail"]
    # Nobody else's word is taken for it, and its translator gives it in so many words.
    api.refused(api.post("reviewer", f"{path}/confirm"), 403, "wrong-role")
    assert api.good("translator", "POST", f"{path}/confirm")["confirmed_at"]
    api.refused(api.post("translator", f"{path}/confirm"), 404, "no-suggestion")
    api.good("translator", "POST", f"{version}/submit")
    with office.means.look() as work:
        actions = list(work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
        assert actions.count("ask_machine") == 1 and actions.count("confirm_suggestion") == 1
        log = " ".join(work.session.scalars(select(AuditEntry.data)))
        assert "a key of the tests" not in log and "forward herewith" not in log


def test_an_edited_text_is_a_person_s(office: Office, released: int) -> None:
    api = Api(office)
    path, _ = address(office, released)
    api.good("translator", "POST", path, 201)
    save = path.removesuffix("/suggestions")
    api.good("translator", "PUT", save, json={"revision": 0, "text": CAME})
    api.good("translator", "PUT", save, json={"revision": 1, "text": TRANSLATIONS["ru"][0]})
    assert not api.good("translator", "GET", path)["machine"][0]["unread"]
    # What the machine wrote and a person puts back is the machine's again.
    api.good("translator", "PUT", save, json={"revision": 2, "text": CAME})
    assert api.good("translator", "GET", path)["machine"][0]["unread"]


def test_a_text_that_slipped_through_is_not_accepted(office: Office, released: int, clock: SetClock) -> None:
    office.written(released, "ru")
    with office.means.work() as work:
        note = work.session.get_one(Note, released)
        paragraph = texts.live_paragraphs(note)[0]
        work.session.add(
            MachineSuggestion(
                note_id=note.id,
                paragraph_id=paragraph.id,
                language="ru",
                source_text=SOURCE[0],
                text=TRANSLATIONS["ru"][0],
                digest="0" * 64,
                engine="somewhere",
                asked_by=office.ids["translator"],
                asked_at=clock(),
            )
        )
    with office.means.work(office.reviewer) as work:
        with pytest.raises(Exception, match="machine's suggestion"):
            translation.accept_version(work, work.session.get_one(Note, released), "ru")
        work.session.rollback()


def test_nothing_of_a_marked_note_is_sent(office: Office, released: int, served: Any) -> None:
    api = Api(office)
    path, _ = address(office, released)
    api.token("translator")
    for marking in ("official_use", "restricted"):
        with office.means.work() as work:
            work.session.get_one(Note, released).marking = marking
        before = office.counts()
        problem = api.refused(api.post("translator", path), 409, "marked")
        assert "above unclassified" in problem["detail"] and office.counts() == before
        assert not api.good("translator", "GET", path)["machine_offered"]
    assert served[1] == []


def test_only_a_version_s_own_translator_asks(office: Office, released: int, served: Any) -> None:
    api = Api(office)
    path, _ = address(office, released)
    api.refused(api.post("kazakh_translator", path), 403, "not-assigned")
    api.refused(api.post("registry", path), 403, "wrong-role")
    office.written(released, "ru")
    api.refused(api.post("translator", path), 409, "submitted")
    assert served[1] == []


def test_the_desk_offers_the_button_and_a_get_asks_nobody(office: Office, released: int, served: Any) -> None:
    pages = Pages(office)
    path = f"/notes/{pages.reference(released)}/versions/ru"
    page = pages.page("translator", path)
    ask = f"{path}/paragraphs/1/machine"
    form = pages.form(page, ask)
    pages.page("translator", f"{path}/paragraphs/1/beside")
    assert pages.get("translator", ask).status_code == 405 and served[1] == []
    pages.done(pages.post("translator", ask, form))
    page = pages.page("translator", f"{path}?paragraph=1")
    assert CAME in page.get_element_by_id("beside").text_content() and len(served[1]) == 1
    save = f"{path}/paragraphs/1"
    [use] = page.xpath(f"//section[h2 or header][contains(., 'Machine')]//form[@action='{save}']")
    sent = {one.get("name"): one.get("value") for one in use.xpath(".//input")} | {"decision": "save"}
    pages.done(pages.post("translator", save, sent))
    page = pages.page("translator", f"{path}?paragraph=1")
    assert "Machine suggestion" in page.get_element_by_id("found-1").text_content()
    assert page.get_element_by_id("found-1").get("data-state") == "open"
    confirm = f"{ask}/confirm"
    pages.done(pages.post("translator", confirm, pages.form(page, confirm)))
    assert (
        "Machine suggestion" not in pages.page("translator", path).get_element_by_id("found-1").text_content()
    )
    pages.done(
        pages.post("translator", save, pages.form(page, save) | {"text": "Текст.", "decision": "done"})
    )
    text = pages.page("translator", path).get_element_by_id("p1").text_content()
    assert "machine suggestion (127.0.0.1)" in text


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (302, b""),
        (403, b'{"error": "key"}'),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"translatedText": 3}'),
        (200, b'{"translatedText": "  "}'),
        (200, json.dumps({"translatedText": "a" * 300_000}).encode()),
        (200, b"[" * 100_000),
    ],
)
def test_an_engine_that_answers_wrongly_is_told_of_in_a_sentence(answer: tuple[int, bytes]) -> None:
    with engine(answer) as (url, _), pytest.raises(Unavailable, match=r"\(127.0.0.1\) did not answer"):
        machine.ask(machine.LibreTranslate(url), "Text", {}, "en", "ru")


def test_an_engine_that_drips_its_answer_is_given_up() -> None:
    class Dripping(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            def drips() -> Iterator[bytes]:
                while True:
                    yield b" "

            return httpx.Response(200, stream=Stream(drips()))

    class Stream(httpx.SyncByteStream):
        def __init__(self, pieces: Iterator[bytes]) -> None:
            self.pieces = pieces

        def __iter__(self) -> Iterator[bytes]:
            return self.pieces

    slow = machine.LibreTranslate("http://engine.example", seconds=0.01, transport=Dripping())
    with pytest.raises(Unavailable, match="ReadTimeout"):
        machine.ask(slow, "Text", {}, "en", "ru")


def test_an_engine_that_is_away_leaves_the_desk_working(
    database_url: str, tmp_path: Path, clock: SetClock
) -> None:
    with engine() as (url, _):
        pass
    means = Means.of(make_settings(tmp_path, database_url=database_url, suggest_url=url), clock)
    office = Office(means)
    note_id = office.submitted()
    office.released(note_id)
    api = Api(office)
    path, _ = address(office, note_id)
    problem = api.refused(api.post("translator", path), 503, "machine-away")
    assert "Translate without it" in problem["detail"]
    assert api.good("translator", "GET", path)["machine"] == []
    pages = Pages(office)
    desk = f"/notes/{pages.reference(note_id)}/versions/ru"
    back = pages.refused(pages.post("translator", f"{desk}/paragraphs/1/machine"), 503)
    assert "did not answer" in back.xpath("//*[@role='alert']")[0].text_content()
    assert back.get_element_by_id("t1") is not None
    means.database.close()


def test_a_slot_that_the_engine_lost_or_doubled_is_no_slot_twice() -> None:
    class Fixed:
        name = "fixed"

        def __init__(self, text: str) -> None:
            self.text = text

        def translate(self, text: str, source: str, target: str) -> str:
            return self.text

    def came(text: str) -> machine.Answer:
        return machine.ask(Fixed(text), "{a.gen} of {b}", {"{a.gen}": "A"}, "en", "ru")

    assert came('<x id="2">Б</x> из <x id="1">А</x>').text == "{b} из {a}"
    found = came('<x id="1">А</x> и <x id="1">А</x> &amp; <b>{c}</b> <x id="9">?</x>')
    assert found.text == "{a} и А & {{c}} ?" and found.lost == ("{b}",)
