"""The particulars of a note and another language of an enclosure, given on the pages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SetClock, make_settings
from tests.integration.pages import Pages, words
from tests.integration.pages import database_url as database_url
from tests.office import PEOPLE, Office, pdf
from workflow.means import Means
from workflow.models import Note
from workflow.operations import accounts, directory


class Commission(Office):
    """The few people of another organisation that these pages need."""

    def __init__(self, means: Means) -> None:
        self.means = means
        with means.work() as work:
            directory.import_members(work, work.profile)
            self.ids = {
                name: accounts.create(work, f"{name}@commission.example", name.title(), PEOPLE[name]).id
                for name in ("registry", "chair", "director")
            }


@pytest.fixture(params=["cica", "veldana"])
def profile(request: pytest.FixtureRequest) -> str:
    """An organisation whose notes have few particulars, and one whose letters have all."""
    return str(request.param)


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: SetClock, profile: str) -> Iterator[Office]:
    """The office of that organisation."""
    means = Means.of(make_settings(tmp_path, database_url=database_url, profile=profile), clock)
    yield Office(means) if profile == "cica" else Commission(means)
    means.database.close()


@pytest.fixture
def pages(office: Office) -> Pages:
    """Its pages."""
    return Pages(office)


def _made(pages: Pages, **given: Any) -> str:
    page = pages.page("registry", "/notes/new")
    form = pages.form(page, "/notes/new")
    code = next(name for name in form if name.startswith("title-"))
    form |= {code: "Fourth meeting", "text": "informs that the meeting is held", **given}
    answer = pages.done(pages.post("registry", "/notes/new", form))
    return str(answer.headers["Location"]).rpartition("/")[2]


def _kept(pages: Pages, key: str) -> dict[str, Any]:
    with pages.office.means.look() as work:
        note = work.session.query(Note).filter_by(reference=key).one()
        return dict(note.particulars)


def _source(pages: Pages, key: str) -> dict[str, Any]:
    return pages.form(pages.page("registry", f"/notes/{key}/source"), f"/notes/{key}/source")


def _offered(form: dict[str, Any]) -> set[str]:
    return {
        name.removeprefix("particular-").partition("-")[0] for name in form if name.startswith("particular-")
    }


def test_a_kind_is_asked_only_for_what_it_has(pages: Pages, profile: str) -> None:
    form = _source(pages, _made(pages))
    usual = {"file_reference", "related", "copies"}
    if profile == "cica":
        assert _offered(form) - {"level"} == usual
        letter = pages.form(pages.page("registry", "/notes/new?kind=letter"), "/notes/new")
        assert "signatory" in _offered(letter)
    else:
        everything = {"day", "time", "offset", "channel", "distribution", "signatory"}
        assert _offered(form) - {"level"} == usual | everything
    assert not _offered(pages.form(pages.page("chair", "/notes/new"), "/notes/new"))


def test_particulars_are_given_on_both_pages_and_stay(pages: Pages) -> None:
    key = _made(
        pages,
        **{
            "particular-file_reference": "A/7",
            "particular-related-link-1": "replaces",
            "particular-related-number-1": "12/2026",
            "particular-related-day-1": "2026-01-09",
        },
    )
    first = {
        "file_reference": "A/7",
        "related": [{"link": "replaces", "number": "12/2026", "date": "2026-01-09"}],
    }
    assert _kept(pages, key) == first
    # A form that is sent back as it was shown changes nothing.
    form = _source(pages, key)
    pages.done(pages.post("registry", f"/notes/{key}/source", form | {"change": "save"}))
    assert _kept(pages, key) == first
    form = _source(pages, key)
    form |= {
        "particular-copies-en": "The depositary\r\nThe host state",
        "particular-related-link-2": "further_to",
        "particular-related-number-2": "13",
        "particular-related-day-2": "2026-02-01",
        "particular-file_reference": "",
    }
    pages.done(pages.post("registry", f"/notes/{key}/source", form | {"change": "save"}))
    kept = _kept(pages, key)
    assert kept["copies"] == ["The depositary", "The host state"] and "file_reference" not in kept
    assert [row["number"] for row in kept["related"]] == ["12/2026", "13"]
    form = _source(pages, key)
    form |= {"particular-related-number-1": "", "particular-related-day-1": "", "particular-copies-en": ""}
    pages.done(pages.post("registry", f"/notes/{key}/source", form | {"change": "save"}))
    assert [row["number"] for row in _kept(pages, key)["related"]] == ["13"]
    assert "copies" not in _kept(pages, key)


WRONG = {
    "related": ({"related-number-1": "12"}, "related-day-1"),
    "date": ({"related-number-1": "12", "related-day-1": "soon"}, "related-day-1"),
    "link": (
        {"related-link-1": "cites", "related-number-1": "1", "related-day-1": "2026-01-09"},
        "related-link-1",
    ),
    "control": ({"file_reference": "A\x01"}, "file_reference"),
    "copies": ({"copies-en": "one\ntwo", "copies-%": "un"}, "copies-%"),
    "source": ({"copies-%": "un"}, "copies-en"),
}
WRONG_LETTER = {
    "day": ({"time": "18:00"}, "day"),
    "bad day": ({"day": "2026-02-30"}, "day"),
    "offset": ({"day": "2026-06-01", "time": "18:00", "offset": "CET"}, "offset"),
    "time": ({"day": "2026-06-01", "time": "25:00"}, "time"),
    "offset too far": ({"day": "2026-06-01", "time": "18:00", "offset": "+99:00"}, "time"),
    "twice": ({"day": "2026-10-25", "time": "02:30"}, "time"),
    "title": ({"signatory-title-en": "Secretary"}, "signatory-name-en"),
}


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(pages: Pages, profile: str) -> None:
    key = _made(pages)
    other = "ru" if profile == "cica" else "fr"
    wrong = list(WRONG.values()) + (list(WRONG_LETTER.values()) if profile == "veldana" else [])
    for given, field in wrong:
        typed = {"particular-" + name.replace("%", other): text for name, text in given.items()}
        name = "particular-" + field.replace("%", other)
        for path, form in (
            (f"/notes/{key}/source", _source(pages, key) | {"change": "save"}),
            (
                "/notes/new",
                pages.form(pages.page("registry", "/notes/new"), "/notes/new") | {"title-en": "Other"},
            ),
        ):
            sent = form | typed
            page = pages.refused(pages.post("registry", path, sent), 422)
            field_shown = page.get_element_by_id(name)
            assert field_shown.get("aria-invalid") == "true", (path, given)
            back = pages.form(page, path)
            for one, text in typed.items():
                assert one in back and (back[one] == text or "\x01" in text or "link" in one), (one, back)
        assert _kept(pages, key) == {}


@pytest.mark.parametrize("profile", ["veldana"], indirect=True)
def test_a_deadline_is_a_day_or_a_moment_with_its_zone(pages: Pages) -> None:
    key = _made(pages, **{"particular-day": "2026-06-01"})
    assert _kept(pages, key)["action_by"] == "2026-06-01"
    for given, kept in (
        ({"time": "18:00"}, "2026-06-01T18:00:00+02:00"),
        ({"offset": "+05:00"}, "2026-06-01T18:00:00+05:00"),
        ({"offset": "", "day": "2026-12-01"}, "2026-12-01T18:00:00+01:00"),
        ({"time": ""}, "2026-12-01"),
        ({"day": ""}, None),
    ):
        form = _source(pages, key) | {f"particular-{name}": text for name, text in given.items()}
        pages.done(pages.post("registry", f"/notes/{key}/source", form | {"change": "save"}))
        assert _kept(pages, key).get("action_by") == kept


@pytest.mark.parametrize("profile", ["veldana"], indirect=True)
def test_texts_are_one_for_all_languages_or_one_in_each(pages: Pages) -> None:
    key = _made(
        pages,
        **{
            "particular-distribution-en": "General",
            "particular-distribution-fr": "Générale",
            "particular-channel-en": "By bag",
            "particular-signatory-name-en": "Ada Veldana",
            "particular-copies-en": "A\nB",
            "particular-copies-fr": "A\nBé",
        },
    )
    kept = {
        "distribution": {"en": "General", "fr": "Générale"},
        "channel": "By bag",
        "signatory": {"name": "Ada Veldana"},
        "copies": ["A", {"en": "B", "fr": "Bé"}],
    }
    assert _kept(pages, key) == kept
    form = _source(pages, key)
    assert form["particular-copies-fr"] == "A\nBé" and form["particular-channel-fr"] == ""
    pages.done(pages.post("registry", f"/notes/{key}/source", form | {"change": "save"}))
    assert _kept(pages, key) == kept


def test_another_language_of_an_enclosure_is_added_beside_it(pages: Pages, profile: str) -> None:
    other = "ru" if profile == "cica" else "fr"
    file = {"enclosure": (io.BytesIO(pdf(2)), "report.pdf"), "enclosure_language": "en"}
    key = _made(pages, **file, **{"enclosure_title-en": "Report"})
    path = f"/notes/{key}/enclosures/1/languages"

    def form() -> dict[str, Any]:
        page = pages.page("registry", f"/notes/{key}")
        return {
            "revision": page.xpath("//input[@name='revision']/@value")[0],
            "enclosure_language": other,
            "enclosure_standing": "courtesy",
            "enclosure_title": "Second title",
        }

    first = form()
    page = pages.refused(pages.post("registry", path, first), 422)
    shown = page.get_element_by_id("add_enclosure-1-enclosure")
    assert shown.get("aria-invalid") == "true"
    assert page.get_element_by_id("add_enclosure-1-enclosure_title").value == "Second title"
    # A file that was taken need not be chosen again when something else is wrong.
    wrong = first | {"enclosure_standing": "sworn", "enclosure": (io.BytesIO(pdf(3)), "second.pdf")}
    page = pages.refused(pages.post("registry", path, wrong), 422)
    kept = page.xpath("//input[@name='kept_upload']/@value")
    assert len(kept) == 1
    pages.done(pages.post("registry", path, first | {"kept_upload": kept[0]}))
    with pages.office.means.look() as work:
        (enclosure,) = work.session.query(Note).filter_by(reference=key).one().enclosures
        assert enclosure.titles == {"en": "Report", other: "Second title"}
        found = {one.language: (one.standing, one.pages) for one in enclosure.versions}
        assert found == {"en": ("authentic", 2), other: ("courtesy", 3)}
    said = words(pages.get("registry", f"/notes/{key}"))
    assert "courtesy" in said and said.count("Remove") == 1
    again = first | {
        "revision": pages.page("registry", f"/notes/{key}").xpath("//input[@name='revision']/@value")[0],
        "enclosure": (io.BytesIO(pdf(3)), "again.pdf"),
    }
    answer = pages.post("registry", path, again)
    assert answer.status_code == 409 and "Remove it first" in words(answer)
    again["enclosure"] = (io.BytesIO(pdf(3)), "again.pdf")
    strange = pages.post("registry", path.replace("/1/", "/7/"), again)
    assert strange.status_code == 422 and "no enclosure 7" in words(strange)
