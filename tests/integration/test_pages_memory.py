"""The pages of the memory and the glossary, and what stands beside a paragraph at the desk."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.integration.pages import Pages, words
from tests.integration.pages import database_url as database_url
from tests.integration.pages import pages as pages
from tests.integration.pages import settings as settings
from tests.office import SOURCE, TRANSLATIONS
from workflow.memory import tbx
from workflow.memory.glossary import Entry
from workflow.models import Note
from workflow.operations import glossary, memory, translation
from workflow.states import NoteState

TMX = """<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4"><header srclang="en" datatype="plaintext"
segtype="sentence" adminlang="en" creationtool="other" creationtoolversion="1" o-tmf="x"/><body>
<tu creationdate="20200229T100000Z"><tuv xml:lang="en-GB"><seg>The {sign} is kept.</seg></tuv>
<tuv xml:lang="ru"><seg>Знак {sign} сохраняется.</seg></tuv></tu></body></tmx>"""
TBX = """<?xml version="1.0"?><martif type="TBX-Basic" xml:lang="en"><text><body><termEntry id="harbour">
<langSet xml:lang="en"><tig><term>harbour</term></tig></langSet>
<langSet xml:lang="ru"><tig><term>гавань</term></tig></langSet></termEntry></body></text></martif>"""


@pytest.fixture
def second(pages: Pages) -> int:
    """A released note whose texts are those of an accepted one."""
    pages.office.note(NoteState.TRANSLATED)
    note_id = pages.office.submitted()
    pages.office.released(note_id)
    return note_id


def test_the_desk_shows_terms_and_earlier_translations(pages: Pages, second: int) -> None:
    path = f"/notes/{pages.reference(second)}/versions/ru"
    page = pages.page("translator", path)
    beside = page.get_element_by_id("beside")
    assert "100" in beside.text_content() and "the same text" in beside.text_content()
    assert "Форум аналитических центров СВМДА" in beside.text_content()
    assert page.xpath("//div[@id='p2']//span[@class='gl']/@title") == ["доступны"]
    assert page.xpath("//div[@id='p1']//span[@class='gl'][contains(., 'Chair')]/@title") == ["председатель"]
    # Without script “Use” is a form, and the paragraph is kept with the text.
    save = f"{path}/paragraphs/1"
    [form] = page.xpath(f"//form[@action='{save}'][contains(@class, 'use')]")
    sent = {one.get("name"): one.get("value") for one in form.xpath(".//input")} | {"decision": "save"}
    pages.done(pages.post("translator", save, sent))
    page = pages.page("translator", path)
    assert page.get_element_by_id("t1").value == TRANSLATIONS["ru"][0]
    form = pages.form(page, f"{path}/paragraphs/2")
    words_of = [Entry("site", "en", "website"), Entry("site", "ru", "веб-сайт", (), ("интернет-страница",))]
    with pages.office.means.work(pages.office.registry) as work:
        glossary.import_tbx(work, tbx.write(words_of, "Words", "en"), "site.tbx")
    wrong = form | {"text": "Документы доступны на интернет-странице.", "decision": "save"}
    pages.done(pages.post("translator", f"{path}/paragraphs/2", wrong))
    [mark] = pages.page("translator", path).xpath("//div[@id='reads-2']//mark")
    assert mark.text == "интернет-странице" and "rite “веб-сайт”." in mark.get("title")
    part = pages.page("translator", f"{path}/paragraphs/2/beside")
    assert "The text has “интернет-странице”." in part.text_content()
    assert part.get("data-ordinal") == "2" or part.get_element_by_id("beside").get("data-ordinal") == "2"
    assert TRANSLATIONS["ru"][1] in part.text_content()
    assert pages.get("translator", f"{path}/paragraphs/9/beside").status_code == 404
    assert pages.get("kazakh_translator", f"{path}/paragraphs/2/beside").status_code == 200


def test_the_reviewer_sees_terms_and_memory_of_the_paragraph_in_review(pages: Pages, second: int) -> None:
    pages.office.written(second, "ru")
    path = f"/notes/{pages.reference(second)}/versions/ru/review"
    page = pages.page("reviewer", path)
    beside = page.get_element_by_id("beside")
    assert beside.get("data-ordinal") == "1" and "the same text" in beside.text_content()
    assert "Форум аналитических центров СВМДА" in beside.text_content()
    assert not beside.xpath(".//form|.//button"), "who reviews writes nothing"
    # Without script the number of a paragraph leads to what helps with it.
    [address] = page.xpath("//div[@id='p2']//a[@data-place]/@href")
    assert address.endswith("?paragraph=2#p2")
    beside = pages.page("reviewer", address.partition("#")[0]).get_element_by_id("beside")
    assert beside.get("data-ordinal") == "2" and TRANSLATIONS["ru"][1] in beside.text_content()
    for odd in ("9" * 5000, "-1", "²", "x", ""):
        page = pages.page("reviewer", f"{path}?paragraph={odd}")
        assert page.get_element_by_id("beside").get("data-ordinal") == "1"


def test_what_the_glossary_forbids_is_a_finding_at_the_desk_and_for_the_director(
    pages: Pages, second: int
) -> None:
    office = pages.office
    words_of = [Entry("site", "en", "website"), Entry("site", "ru", "веб-сайт", (), ("интернет-страница",))]
    with office.means.work(office.registry) as work:
        glossary.import_tbx(work, tbx.write(words_of, "Words", "en"), "site.tbx")
    path = f"/notes/{pages.reference(second)}/versions/ru"
    wrong = TRANSLATIONS["ru"][1].replace("веб-сайте", "интернет-странице")
    assert wrong != TRANSLATIONS["ru"][1]
    for ordinal, text in ((1, TRANSLATIONS["ru"][0]), (2, wrong)):
        form = pages.form(pages.page("translator", path), f"{path}/paragraphs/{ordinal}")
        pages.done(
            pages.post(
                "translator", f"{path}/paragraphs/{ordinal}", form | {"text": text, "decision": "done"}
            )
        )
    said = "“интернет-странице” in Russian is not to be used here, says the glossary. Write “веб-сайт”."
    assert said in pages.page("translator", path).text_content()
    pages.post("translator", f"{path}/submit", pages.form(pages.page("translator", path), f"{path}/submit"))
    page = pages.page("reviewer", f"{path}/review")
    assert said in page.text_content()
    [waive] = {one for one in page.xpath("//form/@action") if one.endswith("/waive")}
    reason = pages.form(page, waive) | {"reason": "The page is so called by its owner."}
    pages.done(pages.post("reviewer", waive, reason))
    for language in ("ru", "kk"):
        if language == "kk":
            office.written(second, language)
        office.do("reviewer", translation.accept_version, second, language)
    approval = pages.page("director", f"/notes/{pages.reference(second)}/approval").text_content()
    assert said in approval and "The page is so called by its owner." in approval


def test_a_phrase_is_searched_in_all_past_notes(pages: Pages, second: int) -> None:
    page = pages.page("translator", "/memory?q=документам+заседаниями")
    [mark] = page.xpath("//td//mark")
    assert mark.text == "Документы заседания"
    assert SOURCE[1] in page.text_content()
    assert "Nobody has said" in words(pages.get("reviewer", "/memory?q=locomotive"))
    assert "at most 300" in words(pages.get("reviewer", "/memory?q=" + "x" * 301))
    assert pages.get("director", "/memory").status_code == 403
    assert pages.get("administrator", "/memory").status_code == 200


def test_a_tmx_file_comes_in_after_a_trial_and_goes_out_again(pages: Pages) -> None:
    load = "/memory/import"
    page = pages.page("registry", "/memory")
    form = pages.form(page, load)
    pages.refused(pages.post("registry", load, form), 422)
    broken = form | {"file": (BytesIO(TMX.replace("</tu>", "").encode()), "broken.tmx")}
    refused = pages.refused(pages.post("registry", load, broken), 422)
    assert "broken.tmx is damaged" in refused.xpath("//*[@role='alert']")[0].text_content()
    before = pages.office.counts()
    answer = pages.post("registry", load, form | {"file": (BytesIO(TMX.encode()), "old.tmx")})
    assert answer.status_code == 200 and pages.office.counts() == before
    page = __import__("lxml.html").html.fromstring(answer.get_data(as_text=True))
    wrote = {
        one.get("name"): one.get("value")
        for one in page.xpath(f"//form[@action='{load}'][.//input[@value='write']]//input")
    }
    pages.done(pages.post("registry", load, wrote))
    pages.refused(pages.post("registry", load, wrote | {"digest": "made up"}), 422)
    text = words(pages.get("translator", "/memory?q=знаки"))
    assert "Знак {sign} сохраняется." in text and "old.tmx" in text and "29 February 2020" in text
    out = pages.get("registry", "/memory.tmx")
    assert out.status_code == 200 and b"The {sign} is kept." in out.data
    assert pages.get("translator", "/memory.tmx").status_code == 403
    with pages.office.means.look(pages.office.translator) as work:
        [match] = memory.lookup(work, "en", "ru", "The {sign} is kept.")
        assert match.percent == 100 and match.pair.origin == "old.tmx"


def test_the_glossary_is_browsed_and_takes_a_tbx_file(pages: Pages) -> None:
    page = pages.page("reviewer", "/glossary?q=государствами-членами")
    assert "member_states" in page.text_content() and "страны-участницы" in page.text_content()
    assert not page.xpath("//form[@action='/glossary/import']")
    page = pages.page("registry", "/glossary")
    form = pages.form(page, "/glossary/import")
    answer = pages.post("registry", "/glossary/import", form | {"file": (BytesIO(TBX.encode()), "port.tbx")})
    page = __import__("lxml.html").html.fromstring(answer.get_data(as_text=True))
    wrote = {
        one.get("name"): one.get("value") for one in page.xpath("//form[.//input[@value='write']]//input")
    }
    pages.done(pages.post("registry", "/glossary/import", wrote))
    assert "гавань" in words(pages.get("translator", "/glossary?q=harbours"))
    assert b"harbour" in pages.get("administrator", "/glossary.tbx?edition=2019").data
    remove = "/glossary/harbour/remove"
    pages.done(pages.post("registry", remove, pages.form(pages.page("registry", "/glossary"), remove)))
    assert pages.post("registry", remove).status_code == 404
    assert "harbour" not in words(pages.get("translator", "/glossary"))


def test_a_machine_is_not_offered_where_none_is_named(pages: Pages, second: int) -> None:
    path = f"/notes/{pages.reference(second)}/versions/ru"
    page = pages.page("translator", path)
    assert not page.xpath("//h2[@id='machine']")
    pages.refused(pages.post("translator", f"{path}/paragraphs/1/machine"), 409)
    with pages.office.means.look() as work:
        assert work.session.get_one(Note, second).revision
