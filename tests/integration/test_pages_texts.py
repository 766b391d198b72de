"""The desks of a language version, the review and the approval."""

from __future__ import annotations

import pytest
from lxml import html

import web.accounts as login
from tests.conftest import SetClock
from tests.integration.pages import Pages, words
from tests.integration.pages import database_url as database_url
from tests.integration.pages import pages as pages
from tests.integration.pages import settings as settings
from workflow.models import Account, Note, Waiver
from workflow.operations import completion, composition, drafting, texts, translation
from workflow.states import NoteState, VersionState

JSON = {"Accept": "application/json"}


@pytest.fixture
def released(pages: Pages) -> int:
    """A note whose source is released and whose versions are assigned."""
    note_id = pages.office.submitted()
    pages.office.released(note_id)
    return note_id


def text_of(pages: Pages, note_id: int, ordinal: int, language: str = "ru") -> tuple[str, int, bool]:
    """A paragraph's text, its revision, and whether it is stale or missing."""
    with pages.office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        paragraph = texts.live_paragraphs(note)[ordinal - 1]
        row = texts.text_in(paragraph, language)
        stale = paragraph in texts.stale_paragraphs(note, language)
        return (row.text, row.revision, stale) if row else ("", 0, stale)


def test_a_translator_writes_paragraph_by_paragraph_and_submits(pages: Pages, released: int) -> None:
    path = f"/notes/{pages.reference(released)}/versions/ru"
    page = pages.page("translator", path)
    assert "Nothing like this paragraph was accepted yet." in page.get_element_by_id("beside").text_content()
    assert "{meeting.genitive}" in page.xpath("//*[@data-insert]/@data-insert")
    for ordinal, text in enumerate(
        ("направить {enclosed.accusative} {meeting.genitive} заседания.", "Документы доступны."), 1
    ):
        save = f"{path}/paragraphs/{ordinal}"
        form = pages.form(pages.page("translator", path), save)
        answer = pages.done(pages.post("translator", save, form | {"text": text, "decision": "done"}))
    assert answer.headers["Location"].endswith("#p2")
    assert "направить резюме четвёртого заседания" in words(pages.get("translator", path)).replace(
        "четвертого", "четвёртого"
    )
    submit = f"{path}/submit"
    form = pages.form(pages.page("translator", path), submit)
    pages.done(pages.post("translator", submit, form))
    pages.refused(pages.post("translator", submit, form), 409)
    assert not pages.page("translator", path).xpath("//form[@class='autosave']")


def test_an_unfinished_version_is_not_submitted(pages: Pages, released: int) -> None:
    path = f"/notes/{pages.reference(released)}/versions/ru"
    page = pages.refused(pages.post("translator", f"{path}/submit", {"revision": "1"}), 422)
    assert "1, 2" in page.xpath("//*[@role='alert']")[0].text_content()


def test_what_is_typed_is_kept_by_fetch_and_nothing_is_overwritten(pages: Pages, released: int) -> None:
    save = f"/notes/{pages.reference(released)}/versions/ru/paragraphs/2"
    sent = {"revision": "0", "source_revision": "1", "text": "Первый текст.", "decision": "save"}
    answer = pages.post("translator", save, sent, headers=JSON)
    assert answer.status_code == 200 and answer.get_json()["revision"] == 1
    before = pages.office.counts()
    answer = pages.post("translator", save, sent | {"text": "Другой текст."}, headers=JSON)
    assert answer.status_code == 409 and "Первый текст." in answer.get_json()["detail"]
    assert text_of(pages, released, 2)[0] == "Первый текст." and pages.office.counts() == before
    # Without script the form comes back with what was typed, and says what stands there.
    page = pages.refused(
        pages.post("translator", save, sent | {"text": "Другой текст.", "decision": "done"}), 409
    )
    assert page.get_element_by_id("t2").value == "Другой текст."
    assert "Первый текст." in page.xpath("//*[@role='alert']")[0].text_content()
    bad = pages.post("translator", save, sent | {"revision": "1", "text": "{unknown}"}, headers=JSON)
    assert bad.status_code == 422 and "{unknown}" in bad.get_json()["detail"]
    assert pages.post("translator", save, sent | {"decision": "maybe"}).status_code == 422
    assert pages.post("translator", save.replace("/2", "/9"), sent).status_code == 404
    assert pages.post("kazakh_translator", save, sent).status_code == 403


def test_a_stale_paragraph_stays_stale_until_its_translator_says_so(pages: Pages, released: int) -> None:
    path = f"/notes/{pages.reference(released)}/versions/ru"
    save = f"{path}/paragraphs/2"
    first = {"revision": "0", "source_revision": "1", "text": "Документы доступны.", "decision": "done"}
    pages.done(pages.post("translator", save, first))
    with pages.office.means.work(pages.office.registry) as work:
        note = work.session.get_one(Note, released)
        source = [(one.id, texts.text_in(one, "en").text) for one in texts.live_paragraphs(note)]  # type: ignore[union-attr]
        source[1] = (source[1][0], "The outcome documents are available.")
        drafting.edit_source(work, note, None, paragraphs=source)
        drafting.release_source(work, note, None)
    page = pages.page("translator", path)
    assert "outcome" in " ".join(page.xpath("//div[@id='p2']//ins/text()"))
    # The old page's decision is refused; what is merely typed is kept, and settles nothing.
    before = pages.office.counts()
    pages.refused(pages.post("translator", save, first | {"revision": "1"}), 409)
    assert pages.office.counts() == before
    form = pages.form(page, save)
    assert (
        pages.post(
            "translator", save, form | {"text": "Документы", "decision": "save"}, headers=JSON
        ).status_code
        == 200
    )
    assert text_of(pages, released, 2) == ("Документы", 2, True)
    form = pages.form(pages.page("translator", path), save)
    pages.done(pages.post("translator", save, form | {"decision": "still_right"}))
    assert text_of(pages, released, 2) == ("Документы", 2, False)


def test_a_version_is_returned_with_remarks_and_accepted(pages: Pages, released: int) -> None:
    pages.office.written(released, "ru")
    path = f"/notes/{pages.reference(released)}/versions/ru"
    page = pages.page("reviewer", f"{path}/review")
    back = pages.form(page, f"{path}/return")
    accept = pages.form(page, f"{path}/accept")
    came = pages.refused(pages.post("reviewer", f"{path}/return", back | {"reason": ""}), 422)
    assert came.get_element_by_id("return-reason").get("aria-invalid") == "true"
    pages.done(pages.post("reviewer", f"{path}/return", back | {"reason": "Please mend ¶2."}))
    assert "Returned by Reviewer" in words(pages.get("translator", path))
    pages.refused(pages.post("reviewer", f"{path}/accept", accept), 409)
    with pages.office.means.work(pages.office.translator) as work:
        translation.submit_version(work, work.session.get_one(Note, released), "ru")
    accept = pages.form(pages.page("reviewer", f"{path}/review"), f"{path}/accept")
    pages.done(pages.post("reviewer", f"{path}/accept", accept))
    with pages.office.means.look() as work:
        version = texts.version_of(work.session.get_one(Note, released), "ru")
        assert version.state is VersionState.ACCEPTED
    assert pages.get("translator", f"{path}/review").status_code == 403


def test_a_finding_is_waived_with_a_reason_by_somebody_else(pages: Pages, released: int) -> None:
    pages.office.written(released, "ru")
    with pages.office.means.work(pages.office.kazakh_translator) as work:
        note = work.session.get_one(Note, released)
        first, second = texts.live_paragraphs(note)
        translation.save_paragraph(
            work, note, "kk", first.id, "{forum.genitive} {meeting} отырысының {enclosed.accusative}", 0
        )
        translation.save_paragraph(
            work, note, "kk", second.id, "Отырыс құжаттары 45 парақта қолжетімді болады.", 0
        )
    path = f"/notes/{pages.reference(released)}/versions/kk"
    assert not pages.page("kazakh_translator", path).xpath("//form[contains(@action, '/waive')]")
    page = pages.page("reviewer", f"{path}/review")
    waive = page.xpath("//form[contains(@action, '/findings/')]/@action")[0]
    form = pages.form(page, waive)
    came = pages.refused(pages.post("reviewer", waive, form | {"reason": " "}), 422)
    assert "reason" in came.xpath("//*[@role='alert']")[0].text_content().lower()
    pages.done(pages.post("reviewer", waive, form | {"reason": "The profile wants it so."}))
    pages.done(pages.post("reviewer", waive, form | {"reason": "The profile wants it so."}))
    assert "The profile wants it so." in words(pages.get("reviewer", f"{path}/review"))
    with pages.office.means.look() as work:
        assert work.session.query(Waiver).count() == 1


def test_the_director_reads_real_pages_and_approves_once(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    path = f"/notes/{pages.reference(note_id)}"
    page = pages.page("director", f"{path}/approval")
    pictures = page.xpath("//nav[@class='rail']//img/@src")
    assert len(pictures) >= 3 + 2
    for url in (pictures[0], pictures[-1]):
        assert pages.get("director", url).data.startswith(b"\x89PNG")
    for url in page.xpath("//a[starts-with(@href, '/documents/')]/@href"):
        assert pages.get("director", url).data.startswith(b"%PDF")
    assert page.get_element_by_id("sheet").get("src") == pictures[0]
    chosen = pages.page("director", f"{path}/approval?page=kk-1")
    assert chosen.get_element_by_id("sheet").get("lang") == "kk"
    assert not page.xpath("//input[@name='otp']")
    form = pages.form(page, f"{path}/approve")
    assert (form["number"], form["date"], len(form["digest"])) == ("TTF/1", "2026-05-12", 64)
    pages.done(pages.post("director", f"{path}/approve", form))
    before = pages.office.counts()
    pages.refused(pages.post("director", f"{path}/approve", form), 409)
    assert pages.office.counts() == before and pages.office.state(note_id) is NoteState.APPROVED
    assert "Making the documents" in words(pages.get("director", path))
    pages.page("director", f"{path}/approval")


def test_what_changed_since_the_page_was_opened_is_not_approved(pages: Pages, clock: SetClock) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    path = f"/notes/{pages.reference(note_id)}"
    form = pages.form(pages.page("director", f"{path}/approval"), f"{path}/approve")
    before = pages.office.counts()
    for change in ({"digest": "0" * 64}, {"number": "TTF/9"}, {"date": "2026-05-11"}):
        page = pages.refused(pages.post("director", f"{path}/approve", form | change), 409)
        assert "Not approved" in page.xpath("//*[@role='alert']")[0].text_content()
    pages.refused(pages.post("director", f"{path}/approve", form | {"date": "soon"}), 422)
    clock.pass_(days=1)
    again = Pages(pages.office)
    again.refused(
        again.post("director", f"{path}/approve", {**form, "csrf_token": again.token("director")}), 409
    )
    assert pages.office.counts() == before and pages.office.state(note_id) is NoteState.TRANSLATED


def test_who_may_not_approve_is_told_why(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    path = f"/notes/{pages.reference(note_id)}"
    page = pages.page("registry", f"{path}/approval")
    assert "Only the director may approve the note." in page.text_content()
    assert not page.xpath(f"//form[@action='{path}/approve']")
    assert pages.post("registry", f"{path}/approve", {"revision": "1"}).status_code == 403
    assert pages.get("translator", f"{path}/approval").status_code == 403
    draft = f"/notes/{pages.reference(pages.office.submitted())}"
    assert "The note is a draft" in words(pages.get("director", f"{draft}/approval"))


def test_a_second_factor_is_asked_for_where_it_is_set_up(pages: Pages) -> None:
    note_id = pages.office.note(NoteState.TRANSLATED)
    factory = login.totp(pages.office.means.settings)
    secret = factory.generate_totp_secret()
    with pages.office.means.work() as work:
        account = work.session.get_one(Account, pages.office.ids["director"])
        account.tf_primary_method, account.tf_totp_secret = "authenticator", secret
    path = f"/notes/{pages.reference(note_id)}"
    form = pages.form(pages.page("director", f"{path}/approval"), f"{path}/approve")
    page = pages.refused(pages.post("director", f"{path}/approve", form | {"otp": ""}), 422)
    assert page.get_element_by_id("otp").get("aria-invalid") == "true"
    page = pages.refused(pages.post("director", f"{path}/approve", form | {"otp": "000000x"}), 422)
    # A code never comes back into a page.
    assert page.get_element_by_id("otp").value == ""
    code = factory.generate_totp_password(secret)
    pages.done(pages.post("director", f"{path}/approve", form | {"otp": code}))
    assert pages.office.state(note_id) is NoteState.APPROVED


def test_a_waiver_is_taken_back_with_a_reason_and_the_finding_is_open_again(
    pages: Pages, released: int
) -> None:
    pages.office.written(released, "ru")
    wrong = (
        "{forum.genitive} {meeting} отырысының {enclosed.accusative}",
        "Отырыс құжаттары 45 парақта қолжетімді болады.",
    )
    with pages.office.means.work(pages.office.kazakh_translator) as work:
        note = work.session.get_one(Note, released)
        for paragraph, text in zip(texts.live_paragraphs(note), wrong, strict=True):
            translation.save_paragraph(work, note, "kk", paragraph.id, text, 0)
    path = f"/notes/{pages.reference(released)}/versions/kk"
    page = pages.page("reviewer", f"{path}/review")
    waive = page.xpath("//form[contains(@action, '/waive')]/@action")[0]
    back = waive.replace("/waive", "/take-back")
    form = pages.form(pages.page("registry", path), waive)
    pages.done(pages.post("registry", waive, form | {"reason": "Agreed."}))
    # Neither the translator nor another of the registry, but a reviewer, or who waived it.
    assert not pages.page("kazakh_translator", path).xpath(f"//form[@action='{back}']")
    assert pages.post("second_registry", back, {"reason": "No."}).status_code == 403
    assert pages.page("registry", path).xpath(f"//form[@action='{back}']")
    form = pages.form(pages.page("reviewer", f"{path}/review"), back)
    pages.refused(pages.post("reviewer", back, form | {"reason": ""}), 422)
    pages.done(pages.post("reviewer", back, form | {"reason": "It was not agreed."}))
    shown = words(pages.get("reviewer", f"{path}/review"))
    assert "The waiver was taken back: “It was not agreed.” Reviewer" in shown
    with pages.office.means.look() as work:
        assert work.session.query(Waiver).count() == 0
    assert pages.post("reviewer", back, form | {"reason": "Again."}).status_code == 404


def test_a_translated_note_whose_waiver_is_taken_back_is_not_approved(pages: Pages) -> None:
    office = pages.office
    note_id = office.submitted()
    office.released(note_id)
    office.written(note_id, "ru")
    with office.means.work(office.kazakh_translator) as work:
        note = work.session.get_one(Note, note_id)
        first, second = texts.live_paragraphs(note)
        translation.save_paragraph(
            work,
            note,
            "kk",
            first.id,
            "осымен бірге {forum.genitive} төрағасы дайындаған {meeting} отырысының {enclosed.accusative}",
            0,
        )
        translation.save_paragraph(
            work, note, "kk", second.id, "Отырыс құжаттары Хатшылықтың веб-сайтында қолжетімді болады.", 0
        )
        translation.submit_version(work, note, "kk")
    for language in ("ru", "kk"):
        office.do("reviewer", translation.accept_version, note_id, language)
    with office.means.look(office.reviewer) as work:
        open_ = [
            one.digest
            for one in composition.concordance_of(work, work.session.get_one(Note, note_id))
            if one.finding.severity == "error"
        ]
    for digest in open_:
        office.do("registry", completion.waive_finding, note_id, digest, "The profile wants it so.")
    assert office.state(note_id) is NoteState.TRANSLATED
    path = f"/notes/{pages.reference(note_id)}"
    page = pages.page("registry", f"{path}/approval")
    back = page.xpath("//form[contains(@action, '/take-back')]/@action")[0]
    pages.done(pages.post("registry", back, pages.form(page, back) | {"reason": "On second thoughts."}))
    assert office.state(note_id) is NoteState.TRANSLATED
    shown = words(pages.get("director", f"{path}/approval"))
    assert "neither mended nor waived" in shown and "On second thoughts." in shown


def test_the_history_shows_what_each_sitting_changed(pages: Pages, released: int, clock: SetClock) -> None:
    save = f"/notes/{pages.reference(released)}/versions/ru/paragraphs/2"
    for revision, (text, minutes) in enumerate(
        (
            ("Документы", 1),
            ("Документы есть.", 60),
            ("Документы есть там.", 1),
            ("Документы доступны там.", 1),
        )
    ):
        sent = {"revision": str(revision), "source_revision": "1", "text": text, "decision": "save"}
        assert pages.post("translator", save, sent, headers=JSON).status_code == 200
        clock.pass_(minutes=minutes)
    page = pages.page("translator", save.rpartition("/paragraphs")[0])
    (history,) = page.xpath("//div[@id='p2']//details[@data-history]")
    # Two sittings: the second one changed what the first had left.
    assert len(history.xpath(".//p")) == 1
    assert [" ".join(history.xpath(f".//{mark}/text()")) for mark in ("del", "ins")] == [
        "есть",
        "доступны там",
    ]


def test_what_is_saved_brings_the_findings_of_what_is_there(pages: Pages, released: int) -> None:
    path = f"/notes/{pages.reference(released)}/versions/ru"
    sent = {"revision": "0", "source_revision": "1", "text": "Документы на 45 листах.", "decision": "save"}
    answer = pages.post("translator", f"{path}/paragraphs/2", sent, headers=JSON).get_json()
    live = html.fromstring(f"<div>{answer['html']}</div>")
    findings = live.xpath("//*[@id='agreement']//*[starts-with(@id, 'finding-')]")
    assert findings and "45" in live.get_element_by_id("found-2").text_content()
    assert live.get_element_by_id("found-2").get("data-state") == "open"
    assert live.get_element_by_id("found-1").text_content().strip() == ""
    assert "45 листах" in live.get_element_by_id("reads-2").text_content()
    assert "4 words" in live.get_element_by_id("lengths").text_content()
    # What is not complete is told, and not judged: nobody waives it yet.
    for person in ("translator", "registry"):
        assert not pages.page(person, path).xpath("//form[contains(@action, '/findings/')]")
    # A paragraph that nobody has begun is no difference of the texts.
    assert "¶1" not in live.get_element_by_id("agreement").text_content()
    answer = pages.post(
        "translator",
        f"{path}/paragraphs/2",
        sent | {"revision": "1", "text": "Документы доступны."},
        headers=JSON,
    ).get_json()
    live = html.fromstring(f"<div>{answer['html']}</div>")
    assert not live.xpath("//*[@id='found-2']//a")
