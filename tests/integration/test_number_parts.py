"""Numbers whose parts come with the note: topic, audience, revision mark, by page, API and register."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SetClock, make_settings
from tests.integration.api import Api
from tests.integration.pages import Pages
from tests.secretariat import Secretariat
from workflow import register
from workflow.errors import Invalid, Refusal
from workflow.letters import profile
from workflow.means import Means
from workflow.models import Note
from workflow.operations import approval, dispatch, documents, drafting

TEXT = ("The levels are published each Monday.",)
FRENCH = {"fr": ("Les niveaux sont publiés chaque lundi.",)}
TITLES = {"en": "Levels of the lower reach", "fr": "Niveaux du cours inférieur"}


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Secretariat]:
    """The river commission, whose circulars may carry an audience and a revision mark."""
    means = Means.of(make_settings(tmp_path, database_url=database_url, profile="veldana"), clock)
    yield Secretariat(means)
    means.database.close()


def circular(**given: object) -> drafting.Submission:
    return drafting.Submission(TITLES, paragraphs=TEXT, **given)  # type: ignore[arg-type]


def test_a_note_carries_its_parts_into_number_register_and_documents(office: Secretariat) -> None:
    note_id = office.submit(circular(number_parts={"audience": "PR"}))
    office.complete(note_id, FRENCH)
    assert office.approve(note_id) == "CL 2026/01-PR"
    with office.means.work() as work:
        for identity in documents.pending(work):
            documents.make(work, identity)
        note = work.session.get_one(Note, note_id)
        assert register.find(work.session, "сl 2026/01 – РR") is note  # Cyrillic с and Р.
        assert note.approval is not None
        assert all(row.letter["number"] == "CL 2026/01-PR" for row in note.approval.documents)
    pages = Pages(office)
    for path in ("/register", "/register/journal", "/register?q=01-pr", "/register.csv"):
        assert "CL 2026/01-PR" in pages.get("registry", path).get_data(as_text=True), path


def test_a_revision_of_a_revision_counts_on_and_only_a_number_of_its_own_has_a_mark(
    office: Secretariat,
) -> None:
    def followed(parent: str, relation: str) -> str:
        note_id = office.submit(circular(parent=parent, relation=relation))
        office.complete(note_id, FRENCH)
        number = office.approve(note_id)
        _out(office, note_id)
        return number

    first = office.submit(circular(number_parts={"audience": "MS"}))
    office.complete(first, FRENCH)
    office.approve(first)
    _out(office, first)
    assert followed("CL 2026/01-MS", "corrigendum") == "CL 2026/01-MS/Corr.1"
    assert followed("CL 2026/01-MS/Corr.1", "addendum") == "CL 2026/01-MS/Corr.1/Add.1"
    # A corrigendum has no place for a mark: its revision is a note with a number of its own.
    assert followed("CL 2026/01-MS/Corr.1", "revision") == "CL 2026/02-MS"
    assert followed("CL 2026/01-MS", "revision") == "CL 2026/01(REV)-MS"
    assert followed("CL 2026/01(REV)-MS", "corrigendum") == "CL 2026/01(REV)-MS/Corr.1"
    assert followed("CL 2026/01(REV)-MS", "revision") == "CL 2026/01(REV2)-MS"
    assert followed("CL 2026/01-MS", "revision") == "CL 2026/01(REV3)-MS"


def _out(office: Secretariat, note_id: int) -> None:
    with office.means.work() as work:
        for identity in documents.pending(work):
            documents.make(work, identity)
    office.do("director", dispatch.dispatch, note_id, None)


def test_a_revision_has_the_mark_within_the_number_of_its_parent(office: Secretariat) -> None:
    first = office.submit(circular(number_parts={"audience": "MS"}))
    office.complete(first, FRENCH)
    office.approve(first)
    with office.means.work() as work:
        for identity in documents.pending(work):
            documents.make(work, identity)
    office.do("director", dispatch.dispatch, first, None)
    follows = {"parent": "CL 2026/01-MS", "relation": "revision"}
    numbers = []
    for _ in range(2):
        revised = office.submit(circular(**follows))
        office.complete(revised, FRENCH)
        numbers.append(office.approve(revised))
    assert numbers == ["CL 2026/01(REV)-MS", "CL 2026/01(REV2)-MS"]
    other = office.submit(circular())
    office.complete(other, FRENCH)
    assert office.approve(other) == "CL 2026/02"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"topic": "NDV"}, "number-part-unknown"),
        ({"audience": "XX"}, "number-part"),
        ({"revision": "REV{n}"}, "number-part"),
        ({"revision": "R\u202e"}, "number-part"),
        ({"revision": "R" * 60}, "number-part"),
    ],
)
def test_a_part_that_the_pattern_does_not_have_is_refused(
    office: Secretariat, parts: dict[str, str], code: str
) -> None:
    before = office.counts()
    with pytest.raises(Invalid) as caught:
        office.submit(circular(number_parts=parts))
    assert caught.value.code == code
    assert office.counts() == before


def test_the_parts_stay_once_the_number_is_allotted(office: Secretariat) -> None:
    note_id = office.submit(circular(number_parts={"audience": "PR"}))
    office.complete(note_id, FRENCH)
    office.approve(note_id)
    office.do("director", approval.send_back, note_id, None, "The subject is not right.")
    with pytest.raises(Refusal) as caught:
        office.do("registry", drafting.edit_source, note_id, None, number_parts={"audience": "MS"})
    assert caught.value.code == "numbered-parts"
    office.do("registry", drafting.edit_source, note_id, None, number_parts={"audience": "PR"})


def test_a_change_of_the_parts_changes_what_is_approved(office: Secretariat) -> None:
    note_id = office.submit(circular())
    office.complete(note_id, FRENCH)
    with office.means.look() as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    office.do("registry", approval.send_back, note_id, None, "It is for the parties.")
    office.do("registry", drafting.edit_source, note_id, None, number_parts={"audience": "PR"})
    office.do("registry", drafting.release_source, note_id, None)
    with office.means.look() as work:
        now = approval.preview(work, work.session.get_one(Note, note_id))
    assert (seen.number, now.number) == ("CL 2026/01", "CL 2026/01-PR")
    assert seen.digest != now.digest


def test_pages_and_api_offer_the_parts_of_the_series_and_no_others(office: Secretariat) -> None:
    pages, api = Pages(office), Api(office)
    page = pages.page("registry", "/notes/new?kind=circular_letter")
    assert page.xpath("//select[@name='number-audience']/option/@value") == ["", "PR", "MS"]
    assert page.xpath("//input[@name='number-revision']") and not page.xpath("//*[@name='number-topic']")
    assert not pages.page("registry", "/notes/new?kind=note_verbale").xpath(
        "//*[starts-with(@name, 'number-')]"
    )
    form = pages.form(page, "/notes/new") | {
        "title-en": "Levels",
        "text": TEXT[0],
        "number-audience": "PR",
    }
    answer = pages.post("registry", "/notes/new", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    reference = answer.headers["Location"].rpartition("/")[2]
    assert api.good("registry", "GET", f"/notes/{reference}")["number_parts"] == {"audience": "PR"}
    source = pages.page("registry", f"/notes/{reference}/source")
    form = pages.form(source, f"/notes/{reference}/source") | {"number-audience": "MS", "change": "save"}
    assert pages.post("registry", f"/notes/{reference}/source", form).status_code == 303
    note = api.good("registry", "GET", f"/notes/{reference}")
    assert note["number_parts"] == {"audience": "MS"}
    changed = api.good(
        "registry",
        "PATCH",
        f"/notes/{reference}/source",
        json={"revision": note["revision"], "number_parts": {"revision": "REV9"}},
    )
    assert changed["number_parts"] == {"revision": "REV9"}
    answer = api.call(
        "registry",
        "PATCH",
        f"/notes/{reference}/source",
        json={"revision": changed["revision"], "number_parts": {"topic": "A"}},
    )
    api.refused(answer, 422, "number-part-unknown")


def test_a_series_says_which_parts_a_note_may_and_must_bring() -> None:
    series = profile.load("pastures").series["LTR"]
    assert (series.parts, series.needed) == (("topic",), ())
    assert series.number(3, 2026, **series.check_parts({"topic": " ODA  16 "})) == "2026-0003/ODA 16"
    firm = type(series)("A", "A", "{prefix}/{topic}/{serial}", False, 1, {}, {})
    assert firm.needed == ("topic",)
    with pytest.raises(Invalid) as caught:
        firm.check_parts({})
    assert caught.value.code == "number-part-missing"
