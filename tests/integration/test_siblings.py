"""Siblings: the same said to another audience, by another kind of the profile, in the same dossier."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.integration.pages import Pages
from tests.office import pdf
from tests.secretariat import Secretariat
from workflow.errors import Conflict, NotAllowed
from workflow.means import Means
from workflow.models import Note
from workflow.operations import approval, drafting, enclosing, intake, texts
from workflow.states import VersionState

TITLES = {"en": "Election of judges", "fr": "Élection de juges"}
TEXT = ("announce the election of judges on {opening}.", "The procedure for the election is enclosed.")
FRENCH = {"fr": ("d'annoncer l'élection de juges le {opening}.", "La procédure d'élection est jointe.")}
SLOTS = {"opening": {"kind": "date", "value": "2026-11-23"}}


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Secretariat]:
    """The assembly of states, which writes to states parties, observers and civil society."""
    means = Means.of(make_settings(tmp_path, database_url=database_url, profile="riverclaims"), clock)
    yield Secretariat(means)
    means.database.close()


def first(office: Secretariat) -> int:
    """The note to the States Parties, translated, with an enclosure."""
    with office.means.work(office.registry) as work:
        upload = intake.upload(work, "procedure.pdf", pdf(3))
        enclosed = enclosing.Enclosed(upload.id, {"en": "Procedure"}, "en")
        note_id = drafting.submit(
            work,
            drafting.Submission(TITLES, "note_states", paragraphs=TEXT, slots=SLOTS, enclosures=[enclosed]),
        ).id
    office.complete(note_id, FRENCH)
    return note_id


def sibling(office: Secretariat, of: str, kind: str) -> int:
    return office.submit(drafting.Submission({}, kind, parent=of, relation="sibling"))


def test_a_sibling_says_the_same_under_a_number_and_to_an_audience_of_its_own(office: Secretariat) -> None:
    note_id = first(office)
    assert office.approve(note_id) == "RCT-ASP/26/SP/01"
    other_id = sibling(office, "RCT-ASP/26/SP/01", "note_observers")
    with office.means.look(office.registry) as work:
        note, other = work.session.get_one(Note, note_id), work.session.get_one(Note, other_id)
        assert (other.parent_id, other.relation, other.series) == (note_id, "sibling", "OS")
        assert (other.titles, other.slots, other.addressees) == (note.titles, note.slots, [])
        written = [[(row.language, row.text) for row in one.texts] for one in texts.live_paragraphs(other)]
        assert written == [[("en", en), ("fr", fr)] for en, fr in zip(TEXT, FRENCH["fr"], strict=True)]
        assert texts.version_of(other, "fr").state is VersionState.WAITING
        assert not texts.stale_paragraphs(other, "fr")
        (mine,), (theirs,) = other.enclosures, note.enclosures
        assert mine.versions[0].frozen_sha256 == theirs.versions[0].frozen_sha256
        assert mine.versions[0].pages == 3
        translators = {row.changed_by for one in texts.live_paragraphs(other) for row in one.texts[1:]}
        assert translators == {office.ids["translator"]}
    office.do("registry", drafting.edit_source, other_id, None, titles={"en": "Election of four judges"})
    with office.means.look() as work:
        assert work.session.get_one(Note, note_id).titles["en"] == TITLES["en"]


def test_each_sibling_shows_the_others_on_page_and_api_and_in_the_dossier(office: Secretariat) -> None:
    note_id = first(office)
    office.approve(note_id)
    second = sibling(office, "RCT-ASP/26/SP/01", "note_observers")
    pages, api = Pages(office), Api(office)
    third = sibling(office, pages.reference(second), "letter_civil_society")
    references = {pages.reference(one) for one in (note_id, second, third)}
    for own in references:
        linked = api.good("registry", "GET", f"/notes/{own}")["linked"]
        assert {one["reference"] for one in linked} == references - {own}
        assert {one["relation"] for one in linked} == {"sibling"}
        page = pages.page("registry", f"/notes/{own}")
        assert all(page.xpath(f"//a[@href='/notes/{other}']") for other in references - {own})
    assert "Letter to civil society" in pages.get("registry", f"/notes/{pages.reference(note_id)}").text
    dossier = zipfile.ZipFile(
        io.BytesIO(pages.get("registry", f"/notes/{references.pop()}/dossier.zip").data)
    )
    assert len(json.loads(dossier.read("note.json"))["linked"]) == 2
    assert api.good("chair", "GET", "/notes")["items"] == []


def test_the_page_of_a_sibling_begins_with_what_the_note_says(office: Secretariat) -> None:
    note_id = first(office)
    pages = Pages(office)
    reference = pages.reference(note_id)
    note = pages.page("registry", f"/notes/{reference}")
    (link,) = note.xpath("//a[contains(@href, 'relation=sibling')]/@href")
    page = pages.page("registry", link)
    form = pages.form(page, "/notes/new")
    assert (form["kind"], form["title-fr"], form["relation"]) == (
        "note_observers",
        TITLES["fr"],
        "sibling",
    )
    assert form["text"].split("\n\n") == list(TEXT)
    answer = pages.post("registry", "/notes/new", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    made = Api(office).good("registry", "GET", answer.headers["Location"])
    assert made["slots"] == SLOTS and made["kind"] == "note_observers"
    assert made["paragraphs"][0]["texts"]["fr"]["text"] == FRENCH["fr"][0]


def test_only_the_registry_makes_siblings_and_none_of_a_withdrawn_note(office: Secretariat) -> None:
    note_id = first(office)
    reference = Pages(office).reference(note_id)
    before = office.counts()
    with pytest.raises(NotAllowed), office.means.work(office.chair) as work:
        drafting.submit(
            work, drafting.Submission(TITLES, "note_observers", parent=reference, relation="sibling")
        )
    assert office.counts() == before
    office.do("registry", approval.withdraw, note_id, None, "The election is put off.")
    with pytest.raises(Conflict) as caught:
        sibling(office, reference, "note_observers")
    assert caught.value.code == "sibling-withdrawn"


def test_the_api_makes_a_sibling_of_what_it_leaves_out(office: Secretariat) -> None:
    note_id = first(office)
    api = Api(office)
    reference = Pages(office).reference(note_id)
    body = {"parent": reference, "relation": "sibling", "kind": "letter_civil_society"}
    made = api.good("registry", "POST", "/notes", 201, json=body)
    assert (made["series"], made["titles"]) == ("CS", TITLES)
    assert len(made["enclosures"]) == 1
    answer = api.call("registry", "POST", "/notes", json={"kind": "note_states"})
    api.refused(answer, 422, "title-missing")
