"""A version goes out as a file and comes back: by the operation, the pages, the API and the command line."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.integration.api import Api
from tests.integration.pages import Pages, words
from tests.office import SOURCE, TRANSLATIONS, Office
from workflow.errors import Conflict, InputRefused, Invalid, NotAllowed, NotFound, Refusal
from workflow.exchange import FORMATS
from workflow.models import AuditEntry, Note
from workflow.operations import drafting, exchange, texts, translation


@pytest.fixture
def note(office: Office) -> int:
    """A note whose source is released and whose versions are assigned."""
    made = office.submitted()
    office.released(made)
    return made


def out(office: Office, note: int, form: str = "xliff-2.1", language: str = "ru") -> exchange.File:
    with office.means.look(office.actor("translator")) as work:
        return exchange.export(work, work.session.get_one(Note, note), language, form)


def filled(file: exchange.File, *translations: str) -> bytes:
    """The XLIFF 2.1 file with translations put in, slots typed as words."""
    text = file.data.decode()
    for ordinal, words_ in enumerate(translations, 1):
        found = re.search(
            rf'name="Paragraph {ordinal}".*?</source>(\s*<target>.*?</target>)?', text, re.DOTALL
        )
        assert found
        whole = re.sub(r"\s*<target>.*?</target>", "", found[0], flags=re.DOTALL)
        text = text.replace(found[0], f"{whole}<target>{words_}</target>")
    return text.encode()


def bring(
    office: Office, note: int, data: bytes, person: str = "translator", **given: Any
) -> exchange.Outcome:
    found = office.do(
        person, exchange.import_translation, note, "ru", data, given.pop("name", "a.xlf"), **given
    )
    assert isinstance(found, exchange.Outcome)
    return found


def standing(office: Office, note: int) -> list[str]:
    with office.means.look() as work:
        paragraphs = texts.live_paragraphs(work.session.get_one(Note, note))
        return [row.text if (row := texts.text_in(one, "ru")) else "" for one in paragraphs]


def test_a_whole_version_is_translated_elsewhere_and_submitted(office: Office, note: int) -> None:
    data = filled(out(office, note), *TRANSLATIONS["ru"])
    before = office.counts()
    trial = bring(office, note, data, dry_run=True)
    assert office.counts() == before and standing(office, note) == ["", ""]
    taken = bring(office, note, data)
    assert taken.changes == trial.changes and len(taken.changes) == 2
    assert standing(office, note) == list(TRANSLATIONS["ru"])
    office.do("translator", translation.submit_version, note, "ru")
    with office.means.look() as work:
        entry = work.session.query(AuditEntry).filter_by(action="import_translation").one()
        assert '"language":"ru"' in entry.data.replace(" ", "") and "sha256" in entry.data


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_comes_back_without_a_change(office: Office, note: int, form: str) -> None:
    office.written(note, "ru")
    office.do("reviewer", translation.return_version, note, "ru", "Look again.")
    file = out(office, note, form)
    assert file.name == f"{_reference(office, note)}.en-ru.{FORMATS[form].suffix}"
    found = bring(office, note, file.data, name=file.name)
    assert found.empty and found.unchanged == 2 and found.untranslated == ()


def test_the_file_says_what_each_code_reads_and_in_which_forms(office: Office, note: int) -> None:
    text = out(office, note).data.decode()
    assert 'equiv="{meeting}" disp="fourth"' in text
    assert "{meeting.genitive} = четвертого" in text.replace("ё", "е")
    assert text.count('translate="no"') == 2


def test_a_paragraph_that_changed_meanwhile_is_a_conflict_and_nothing_is_overwritten(
    office: Office, note: int
) -> None:
    data = filled(out(office, note), *TRANSLATIONS["ru"])
    with office.means.work(office.actor("translator")) as work:
        row = work.session.get_one(Note, note)
        second = texts.live_paragraphs(row)[1]
        translation.save_paragraph(work, row, "ru", second.id, "Документы есть.", 0)
    trial = bring(office, note, data, dry_run=True)
    (conflict,) = trial.differences
    assert (conflict.kind, conflict.ordinal, conflict.ours) == ("text", 2, "Документы есть.")
    before = office.counts()
    with pytest.raises(Conflict) as caught:
        bring(office, note, data)
    assert caught.value.code == "exchange-conflict" and caught.value.status == 409
    assert "Paragraph 2" in str(caught.value.details[0])
    assert standing(office, note) == ["", "Документы есть."] and office.counts() == before


def test_a_source_that_changed_meanwhile_is_a_conflict(office: Office, note: int) -> None:
    data = filled(out(office, note), *TRANSLATIONS["ru"])
    with office.means.work(office.actor("registry")) as work:
        row = work.session.get_one(Note, note)
        first, second = texts.live_paragraphs(row)
        drafting.edit_source(
            work, row, None, paragraphs=[(first.id, SOURCE[0]), (second.id, "The documents follow.")]
        )
    (conflict,) = bring(office, note, data, dry_run=True).differences
    assert (conflict.kind, conflict.ordinal) == ("source", 2)
    with pytest.raises(Conflict):
        bring(office, note, data)
    assert standing(office, note) == ["", ""]


def test_a_slot_that_says_nothing_in_the_language_refuses_the_whole_file(office: Office, note: int) -> None:
    wrong = TRANSLATIONS["ru"][0].replace("{meeting.genitive}", "{meeting.ablative}")
    with pytest.raises(Invalid) as caught:
        bring(office, note, filled(out(office, note), wrong, TRANSLATIONS["ru"][1]))
    assert caught.value.code == "exchange-faults"
    assert "Paragraph 1" in str(caught.value.details[0]) and "ablative" in str(caught.value.details[0])
    assert standing(office, note) == ["", ""]


def test_a_damaged_file_changes_nothing(office: Office, note: int) -> None:
    data = filled(
        out(office, note), TRANSLATIONS["ru"][0].replace("{forum.genitive}", ""), TRANSLATIONS["ru"][1]
    )
    before = office.counts()
    for dry_run in (True, False):
        with pytest.raises(InputRefused) as caught:
            bring(office, note, data, dry_run=dry_run)
        assert [str(one) for one in caught.value.details] == [
            "Paragraph 1: the code {forum} is missing in the translation."
        ]
    assert office.counts() == before


def test_the_file_of_another_note_or_version_is_refused(office: Office, note: int) -> None:
    other = office.submitted()
    office.released(other)
    with pytest.raises(InputRefused) as caught:
        bring(office, note, out(office, other).data)
    assert caught.value.code == "exchange-other-note"
    with pytest.raises(InputRefused) as caught:
        bring(office, note, out(office, note, language="kk").data)
    assert caught.value.code == "exchange-other-language"


def test_only_its_translator_brings_a_version_in_and_only_while_it_is_open(office: Office, note: int) -> None:
    data = filled(out(office, note), *TRANSLATIONS["ru"])
    for person in ("kazakh_translator", "reviewer", "registry", "director"):
        with pytest.raises(NotAllowed):
            bring(office, note, data, person, dry_run=True)
    office.written(note, "ru")
    with pytest.raises(Conflict) as caught:
        bring(office, note, data)
    assert caught.value.code == "submitted"


def test_a_stale_text_is_confirmed_by_its_state(office: Office, note: int) -> None:
    office.written(note, "ru")
    with office.means.work(office.actor("registry")) as work:
        row = work.session.get_one(Note, note)
        first, second = texts.live_paragraphs(row)
        drafting.edit_source(
            work, row, None, paragraphs=[(first.id, SOURCE[0]), (second.id, SOURCE[1] + " Indeed.")]
        )
        drafting.release_source(work, row, None)
    text = out(office, note).data.decode()
    assert "The source changed after this was translated. It was: " + SOURCE[1] in text
    assert bring(office, note, text.encode()).empty
    found = bring(office, note, text.replace('state="initial"', 'state="translated"').encode())
    assert [one.ordinal for one in found.confirmed] == [2]
    office.do("translator", translation.submit_version, note, "ru")


def test_the_source_and_unknown_forms_are_not_handed_out(office: Office, note: int) -> None:
    with pytest.raises(Invalid):
        out(office, note, language="en")
    with pytest.raises(NotFound):
        out(office, note, "po")
    with pytest.raises(Refusal):
        bring(office, note, b"")


def _reference(office: Office, note: int) -> str:
    with office.means.look() as work:
        return work.session.get_one(Note, note).reference


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)


def test_a_translator_takes_the_file_away_tries_it_and_takes_it(pages: Pages, note: int) -> None:
    path = f"/notes/{pages.reference(note)}/versions/ru"
    desk = pages.page("translator", path)
    assert f"{path}/exchange" in desk.xpath("//a/@href")
    page = pages.page("translator", f"{path}/exchange")
    links = page.xpath("//a[contains(@href, '/exchange/')]/@href")
    assert [link.rpartition("/")[2] for link in links] == list(FORMATS)
    answer = pages.get("translator", links[0])
    assert answer.status_code == 200 and answer.mimetype == "application/xliff+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    data = filled(exchange.File("", "", answer.data), *TRANSLATIONS["ru"])
    before = pages.office.counts()
    form = pages.form(page, f"{path}/exchange")
    tried = pages.post("translator", f"{path}/exchange", form | {"file": (BytesIO(data), "ru.xlf")})
    assert tried.status_code == 200 and pages.office.counts() == before
    shown = words(tried)
    assert "Trial of ru.xlf" in shown and "четвертого заседания" in shown.replace("ё", "е")
    from lxml import html

    take = [
        one
        for one in html.fromstring(tried.get_data(as_text=True)).xpath("//form")
        if one.xpath(".//input[@name='step'][@value='write']")
    ]
    sent = {one.get("name"): one.get("value") for one in take[0].xpath(".//input")}
    done = pages.done(pages.post("translator", f"{path}/exchange", sent))
    assert done.headers["Location"].endswith(path)
    assert standing(pages.office, note) == list(TRANSLATIONS["ru"])


def test_a_refused_file_names_its_units_on_the_page(pages: Pages, note: int) -> None:
    path = f"/notes/{pages.reference(note)}/versions/ru/exchange"
    data = filled(out(pages.office, note), "направить", "Документы.")
    form = pages.form(pages.page("translator", path), path)
    answer = pages.post("translator", path, form | {"file": (BytesIO(data), "ru.xlf")})
    pages.refused(answer, 422)
    assert "Paragraph 1: the code {forum} is missing" in words(answer)
    pages.refused(pages.post("translator", path, form), 422)
    pages.refused(pages.post("translator", path, {"step": "write", "digest": "made up"}), 422)


def test_who_only_reads_may_take_away_and_not_bring(pages: Pages, note: int) -> None:
    path = f"/notes/{pages.reference(note)}/versions/ru/exchange"
    page = pages.page("registry", path)
    assert not page.xpath("//input[@type='file']") and page.xpath("//a[contains(@href, 'docx')]")
    data = filled(out(pages.office, note), *TRANSLATIONS["ru"])
    answer = pages.post("registry", path, {"step": "check", "file": (BytesIO(data), "a.xlf")})
    assert answer.status_code == 403


def test_a_conflict_is_shown_with_both_texts_and_cannot_be_taken(pages: Pages, note: int) -> None:
    path = f"/notes/{pages.reference(note)}/versions/ru/exchange"
    data = filled(out(pages.office, note), *TRANSLATIONS["ru"])
    with pages.office.means.work(pages.office.actor("translator")) as work:
        row = work.session.get_one(Note, note)
        translation.save_paragraph(work, row, "ru", texts.live_paragraphs(row)[1].id, "Документы есть.", 0)
    form = pages.form(pages.page("translator", path), path)
    answer = pages.post("translator", path, form | {"file": (BytesIO(data), "ru.xlf")})
    shown = words(answer)
    assert "Документы есть." in shown and TRANSLATIONS["ru"][1] in shown and "In conflict" in shown
    assert 'value="write"' not in answer.get_data(as_text=True)


def test_the_api_hands_out_and_takes_back(office: Office, note: int) -> None:
    api = Api(office)
    path = f"/notes/{api.reference(note)}/versions/ru/exchange"
    answer = api.get("translator", f"{path}/xliff-2.1")
    assert answer.status_code == 200 and "xliff" in answer.headers["Content-Type"]
    data = filled(exchange.File("", "", answer.data), *TRANSLATIONS["ru"])

    def post(body: bytes, person: str = "translator", **more: str) -> Any:
        form = {"file": (BytesIO(body), "ru.xlf"), **more}
        return api.post(person, path, data=form, content_type="multipart/form-data")

    tried = post(data, dry_run="true").get_json()
    assert tried["dry_run"] and [one["after"] for one in tried["changes"]] == list(TRANSLATIONS["ru"])
    assert standing(office, note) == ["", ""]
    assert len(post(data).get_json()["changes"]) == 2
    # The same file again would undo nothing: what it holds stands there already.
    assert post(data).get_json()["unchanged"] == 2
    problem = api.refused(
        post(data.replace(b"disp=", b"lost=").replace(b"forward", b"send")), 422, "exchange-damaged"
    )
    assert "Paragraph 1: its source was changed" in problem["errors"][0]["detail"]
    api.refused(post(data, "registry"), 403, "wrong-role")
    api.refused(api.get("translator", f"{path}/po"), 404, "exchange-format")


def test_the_command_line_hands_out_and_takes_back(
    office: Office, note: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web import commands
    from web.cli import main
    from web.commands import exchange as command

    for module in (commands, command):
        monkeypatch.setattr(module, "means", lambda: office.means)
    run = CliRunner().invoke
    file = tmp_path / "ru.xlf"
    person = ["--as", "translator@secretariat.example"]
    name = _reference(office, note)
    assert run(main, ["exchange", "export", name, "ru", "--out", str(file), *person]).exit_code == 0
    file.write_bytes(filled(exchange.File("", "", file.read_bytes()), *TRANSLATIONS["ru"]))
    tried = run(main, ["exchange", "import", name, "ru", str(file), "--dry-run", *person])
    assert "2 paragraphs would be taken" in tried.output and standing(office, note) == ["", ""]
    assert "2 paragraphs taken" in run(main, ["exchange", "import", name, "ru", str(file), *person]).output
    assert standing(office, note) == list(TRANSLATIONS["ru"])
    file.write_text("no XLIFF")
    refused = run(main, ["exchange", "import", name, "ru", str(file), *person])
    assert refused.exit_code == 3 and "neither XLIFF" in refused.output
