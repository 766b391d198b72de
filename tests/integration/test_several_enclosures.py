"""Several enclosures of one note: title, language, origin and count of each, checked again at dispatch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.integration.pages import Pages
from tests.office import pdf
from tests.secretariat import Secretariat
from workflow.errors import Conflict, Invalid
from workflow.letters import plain
from workflow.letters.letter import Letter
from workflow.means import Means
from workflow.models import EnclosureVersion, Note
from workflow.operations import dispatch, documents, drafting, enclosing, intake

TITLES = {"en": "Election of judges", "fr": "Élection de juges"}
FRENCH = {"fr": ("d'annoncer l'élection de juges.",)}


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Secretariat]:
    """The assembly of states, in English and French."""
    means = Means.of(make_settings(tmp_path, database_url=database_url, profile="riverclaims"), clock)
    yield Secretariat(means)
    means.database.close()


def submitted(office: Secretariat, *rows: tuple[int, str, str, str]) -> int:
    """A note with an enclosure for each (pages, title, language, origin)."""
    with office.means.work(office.registry) as work:
        enclosed = [
            enclosing.Enclosed(
                intake.upload(work, f"{title.lower()}.pdf", pdf(pages)).id, {"en": title}, language, origin
            )
            for pages, title, language, origin in rows
        ]
        submission = drafting.Submission(
            TITLES, "note_states", paragraphs=["announce the election of judges."], enclosures=enclosed
        )
        return drafting.submit(work, submission).id


def approved(office: Secretariat) -> int:
    note_id = submitted(
        office, (3, "Procedure", "en", ""), (1, "Statute", "fr", "Copy"), (5, "Rules", "en", "translated:fr")
    )
    office.complete(note_id, FRENCH)
    office.approve(note_id)
    office.make_documents()
    return note_id


def test_each_enclosure_is_cited_with_title_language_origin_and_its_own_count(office: Secretariat) -> None:
    note_id = approved(office)
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        assert note.approval is not None
        said = {
            row.language: plain.text(Letter.from_json(row.letter))
            for row in note.approval.documents
            if row.format == "pdf"
        }
        assert (note.enclosures[1].versions[0].original_name, note.enclosures[1].versions[0].pages) == (
            "statute.pdf",
            1,
        )
    lines = said["en"][said["en"].index("Enclosures: 3") :].split("\n")[1:4]
    assert lines == [
        "1. Procedure, 3\u00a0pages",
        "2. Statute, copy, in French, 1\u00a0page",
        "3. Rules, translated from French, 5\u00a0pages",
    ]
    assert "3. Rules" in said["fr"] and "5\u00a0pages" in said["fr"]


def test_a_count_that_is_not_that_of_the_attached_file_stops_the_dispatch(office: Secretariat) -> None:
    note_id = approved(office)
    with office.means.work() as work:
        version = work.session.query(EnclosureVersion).filter_by(pages=5).one()
        version.frozen_sha256 = work.store.put(pdf(4))
    with pytest.raises(Conflict) as caught:
        office.do("director", dispatch.dispatch, note_id, None)
    assert "has 4 pages, but 5 are recorded" in caught.value.sentence
    with office.means.look() as work:
        assert [one.good for one in documents.verify(work, work.session.get_one(Note, note_id))].count(
            False
        ) == 1


@pytest.mark.parametrize(
    ("language", "origin", "code"),
    [
        ("en", "photocopy", "enclosure-origin"),
        ("en", "translated:", "enclosure-origin"),
        ("en", "translated:xx", "enclosure-origin"),
        ("xx", "", "enclosure-language-unknown"),
    ],
)
def test_an_origin_or_language_that_no_letter_has_words_for_is_refused(
    office: Secretariat, language: str, origin: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        submitted(office, (1, "Rules", language, origin))
    assert caught.value.code == code


def test_page_and_api_take_and_show_the_origin(office: Secretariat) -> None:
    note_id = submitted(office, (3, "Procedure", "en", "translated:fr"))
    reference = Pages(office).reference(note_id)
    pages, api = Pages(office), Api(office)
    page = pages.page("registry", f"/notes/{reference}")
    said = " ".join(page.text_content().split())
    assert said.count("Translated from") == 3, said  # The enclosure, and two choices of the form.
    values = page.xpath("//select[@name='enclosure_origin']/option/@value")
    assert values == ["", "copy", "translated:en", "translated:fr"]
    (shown,) = api.good("registry", "GET", f"/notes/{reference}")["enclosures"]
    assert shown["origin"] == "translated:fr"
    assert shown["versions"][0]["original_sha256"]
