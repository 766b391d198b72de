"""Remarks on a paragraph: answers, settling, opening again; from a desk, the note's page and the API."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from tests.integration.api import Api
from tests.integration.pages import Pages, words
from tests.office import Office
from workflow.errors import Refusal
from workflow.models import AuditEntry, Note, Remark
from workflow.operations import approval, remarks, translation
from workflow.states import NoteState


@pytest.fixture
def released(office: Office) -> int:
    note_id = office.submitted()
    office.released(note_id)
    return note_id


def turns(office: Office, remark_id: int) -> list[tuple[str, str]]:
    with office.means.look() as work:
        return [(turn.turn, turn.text) for turn in work.session.get_one(Remark, remark_id).turns]


def test_a_thread_from_its_first_word_to_its_end_and_back(office: Office, released: int) -> None:
    made = office.do("reviewer", remarks.remark, released, "Which website?", language="ru", ordinal=2).id
    office.do("translator", remarks.reply, released, made, "That of the Secretariat.")
    office.do("reviewer", remarks.settle, released, made)
    office.do("reviewer", remarks.settle, released, made)
    before = office.counts()
    with pytest.raises(Refusal, match="Open it again"):
        office.do("translator", remarks.reply, released, made, "One more thing.")
    assert office.counts() == before
    office.do("registry", remarks.reopen, released, made)
    office.do("registry", remarks.reopen, released, made)
    office.do("registry", remarks.reply, released, made, "Say which page.")
    assert [turn for turn, _ in turns(office, made)] == ["reply", "settled", "reopened", "reply"]
    with office.means.look() as work:
        logged = list(work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)))
    assert [one for one in logged if "remark" in one] == [
        "remark",
        "reply_to_remark",
        "settle_remark",
        "reopen_remark",
        "reply_to_remark",
    ]


def test_what_is_refused_writes_nothing(office: Office, released: int) -> None:
    made = office.do("reviewer", remarks.remark, released, "Which website?", language="ru", ordinal=2).id
    other = office.submitted()
    before = office.counts()
    for person, verb, note_id, given in (
        ("translator", remarks.reply, released, (made, "  ")),
        ("translator", remarks.reply, released, (made, "x" * 2001)),
        ("translator", remarks.reply, released, (made + 99, "Yes.")),
        ("registry", remarks.reply, other, (made, "Of another note.")),
        # Who may not see the note cannot tell that there is such a remark.
        ("administrator", remarks.reply, released, (made, "Hello.")),
        # Who has no part in the Russian version may not settle what concerns it.
        ("kazakh_translator", remarks.settle, released, (made,)),
    ):
        with pytest.raises(Refusal):
            office.do(person, verb, note_id, *given)
    assert office.counts() == before
    office.do("registry", approval.withdraw, released, None, "Put off.")
    for verb, given in ((remarks.reply, (made, "Late.")), (remarks.settle, (made,))):
        with pytest.raises(Refusal):
            office.do("registry", verb, released, *given)


def test_what_was_said_stays_said(office: Office, released: int) -> None:
    made = office.do("reviewer", remarks.remark, released, "Which website?", language="ru").id
    office.do("translator", remarks.reply, released, made, "Ours.")
    for statement in ("UPDATE remark_turns SET text = 'Theirs.'", "DELETE FROM remark_turns"):
        with pytest.raises(Exception, match="append-only"), office.means.work() as work:
            work.session.execute(text(statement))
    assert turns(office, made) == [("reply", "Ours.")]


def test_a_version_goes_back_with_its_open_remarks(office: Office, released: int) -> None:
    pages = Pages(office)
    office.written(released, "ru")
    path = f"/notes/{pages.reference(released)}/versions/ru"
    review = pages.page("reviewer", f"{path}/review")
    remark = f"/notes/{pages.reference(released)}/remarks"
    forms = [one for one in review.xpath("//form") if one.get("action") == remark]
    assert len(forms) == 3  # One at each paragraph, one for the whole version.
    sent = {"paragraph": "2", "language": "ru", "page": "review", "text": "Which website?", "revision": "1"}
    answer = pages.done(pages.post("reviewer", remark, sent))
    assert answer.headers["Location"].endswith("/versions/ru/review#remark-1")
    page = pages.page("reviewer", f"{path}/review")
    listed = page.xpath("//form[contains(@action, '/return')]//ul/li")
    assert [" ".join(one.text_content().split()) for one in listed] == ["¶2: Which website?"]
    office.do("reviewer", translation.return_version, released, "ru", "See my remarks.")
    desk = pages.page("translator", path)
    assert desk.xpath("//div[@id='p2']//*[@id='remark-1']")
    links = desk.xpath("//main//div[contains(@class, 'callout')]//a[starts-with(@href, '#remark-')]/@href")
    assert links == ["#remark-1", "#remark-2"]
    reply = f"{remark}/1/replies"
    form = pages.form(desk, reply)
    assert form["page"] == "translation"
    came = pages.refused(pages.post("translator", reply, form | {"text": " "}), 422)
    assert "Write the remark." in came.xpath("//*[@role='alert']")[0].text_content()
    answer = pages.done(pages.post("translator", reply, form | {"text": "That of the Secretariat."}))
    assert answer.headers["Location"].endswith("/versions/ru#remark-1")
    pages.done(pages.post("translator", f"{remark}/1/settle", {"page": "translation", "language": "ru"}))
    desk = pages.page("translator", path)
    assert "1 settled remark" in desk.xpath("//div[@id='p2']")[0].text_content()
    assert "That of the Secretariat." in words(pages.get("registry", f"/notes/{pages.reference(released)}"))
    # A page that is none of ours leads nowhere but to the note.
    answer = pages.done(pages.post("translator", f"{remark}/1/reopen", {"page": "//x", "language": "ru"}))
    assert answer.headers["Location"].endswith(f"/notes/{pages.reference(released)}#remark-1")


def test_the_same_by_the_api(office: Office, released: int) -> None:
    api = Api(office)
    with office.means.look() as work:
        name = work.session.get_one(Note, released).reference
    made = api.good(
        "reviewer",
        "POST",
        f"/notes/{name}/remarks",
        201,
        json={"text": "Which website?", "language": "ru", "ordinal": 2},
    )
    path = f"/notes/{name}/remarks/{made['id']}"
    answered = api.good("translator", "POST", f"{path}/replies", 201, json={"text": "Ours."})
    assert [(one["turn"], one["text"], one["by"]["name"]) for one in answered["turns"]] == [
        ("reply", "Ours.", "Translator")
    ]
    assert api.good("reviewer", "POST", f"{path}/settle")["settled_at"] is not None
    api.refused(api.post("translator", f"{path}/replies", json={"text": "More."}), 409, "remark-settled")
    assert api.good("registry", "POST", f"{path}/reopen")["settled_at"] is None
    note = api.good("registry", "GET", f"/notes/{name}")
    assert [one["turn"] for one in note["remarks"][0]["turns"]] == ["reply", "settled", "reopened"]
    assert office.state(released) is NoteState.DRAFT
