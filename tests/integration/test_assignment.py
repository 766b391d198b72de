"""Assignment: several translators, reassigning, and the four eyes of a version and of a note."""

from __future__ import annotations

from datetime import date

import pytest

from tests.integration.pages import Pages
from tests.office import TRANSLATIONS, Office
from workflow.errors import Refusal
from workflow.models import Account, Note
from workflow.operations import accounts, approval, four_eyes, texts, translation
from workflow.states import NoteState, Role, VersionState


@pytest.fixture
def released(office: Office) -> int:
    """A released note, in an office whose people know each other's languages and trades."""
    note_id = office.submitted()
    office.released(note_id)
    for person in ("translator", "kazakh_translator", "reviewer"):
        with office.means.work(office.administrator) as work:
            account = work.session.get_one(Account, office.ids[person])
            accounts.change(
                work,
                account,
                roles=[Role.TRANSLATOR.value, Role.REVIEWER.value],
                languages=["ru", "kk"],
            )
    return note_id


def give(
    office: Office, note_id: int, translators: list[str], reviewer: str | None, language: str = "ru"
) -> None:
    office.do(
        "registry",
        translation.assign,
        note_id,
        None,
        language,
        translators=[office.ids[one] for one in translators],
        reviewer=office.ids[reviewer] if reviewer else None,
        due=date(2026, 5, 20),
    )


def write(office: Office, note_id: int, person: str, ordinal: int) -> None:
    with office.means.work(office.actor(person)) as work:
        note = work.session.get_one(Note, note_id)
        paragraph = texts.live_paragraphs(note)[ordinal - 1]
        row = texts.text_in(paragraph, "ru")
        words = TRANSLATIONS["ru"][ordinal - 1]
        translation.save_paragraph(work, note, "ru", paragraph.id, words, row.revision if row else 0)


def people(office: Office, note_id: int) -> list[tuple[str, str]]:
    names = {identity: name for name, identity in office.ids.items()}
    with office.means.look() as work:
        version = texts.version_of(work.session.get_one(Note, note_id), "ru")
        return [(names[one.account_id], one.duty) for one in version.assignments]


def test_several_translators_share_a_version(office: Office, released: int) -> None:
    give(office, released, ["translator", "kazakh_translator"], "reviewer")
    write(office, released, "translator", 1)
    write(office, released, "kazakh_translator", 2)
    office.do("kazakh_translator", translation.submit_version, released, "ru")
    for person in ("translator", "kazakh_translator"):
        with pytest.raises(Refusal):
            office.do(person, translation.accept_version, released, "ru")
    office.do("reviewer", translation.accept_version, released, "ru")


def test_on_the_page_several_are_ticked(office: Office, released: int) -> None:
    pages = Pages(office)
    path = f"/notes/{pages.reference(released)}"
    page = pages.page("registry", path)
    boxes = page.xpath("//form[contains(@action, '/versions/ru/assign')]//input[@name='translator']")
    assert len(boxes) == 3 and [box.get("value") for box in boxes if box.get("checked") is not None] == [
        str(office.ids["translator"])
    ]
    form = pages.form(page, f"{path}/versions/ru/assign")
    chosen = [str(office.ids["translator"]), str(office.ids["kazakh_translator"])]
    pages.done(pages.post("registry", f"{path}/versions/ru/assign", form | {"translator": chosen}))
    assert ("kazakh_translator", "translate") in people(office, released)
    form = pages.form(pages.page("registry", path), f"{path}/versions/ru/assign")
    pages.refused(
        pages.post(
            "registry", f"{path}/versions/ru/assign", form | {"translator": [*chosen, form["reviewer"]]}
        ),
        422,
    )


def test_a_duty_can_change_before_a_word_is_written(office: Office, released: int) -> None:
    give(office, released, ["translator"], "reviewer")
    give(office, released, ["reviewer"], "translator")
    assert sorted(people(office, released)) == [("reviewer", "translate"), ("translator", "review")]
    give(office, released, ["translator"], None)
    assert people(office, released) == [("translator", "translate")]


def test_who_wrote_or_submitted_cannot_review_it_later(office: Office, released: int) -> None:
    give(office, released, ["translator", "kazakh_translator"], "reviewer")
    write(office, released, "translator", 1)
    # Somebody else writes over it, and the first one is taken off: they still worked on it.
    with office.means.work(office.kazakh_translator) as work:
        note = work.session.get_one(Note, released)
        first = texts.live_paragraphs(note)[0]
        translation.save_paragraph(work, note, "ru", first.id, "направить {enclosed.accusative}.", 1)
    give(office, released, ["kazakh_translator"], "reviewer")
    before = office.counts()
    with pytest.raises(Refusal, match="worked on the translation"):
        give(office, released, ["kazakh_translator"], "translator")
    assert office.counts() == before and ("reviewer", "review") in people(office, released)


def test_a_reassigned_translator_may_write_no_more_and_the_next_one_may(
    office: Office, released: int
) -> None:
    write(office, released, "translator", 1)
    give(office, released, ["kazakh_translator"], "reviewer")
    with pytest.raises(Refusal, match="not assigned"):
        write(office, released, "translator", 2)
    write(office, released, "kazakh_translator", 2)
    office.do("kazakh_translator", translation.submit_version, released, "ru")
    # What is with the reviewer comes back to whoever translates now.
    office.do("reviewer", translation.return_version, released, "ru", "Once more.")
    with office.means.look() as work:
        version = texts.version_of(work.session.get_one(Note, released), "ru")
        assert version.state is VersionState.IN_PROGRESS


def test_who_worked_on_a_note_may_not_approve_it(office: Office, released: int) -> None:
    give(office, released, ["translator"], "reviewer")
    give(office, released, ["kazakh_translator"], "reviewer", "kk")
    for language in ("ru", "kk"):
        office.written(released, language)
        office.do("reviewer", translation.accept_version, released, language)
    assert office.state(released) is NoteState.TRANSLATED
    for person in ("translator", "reviewer", "registry"):
        with office.means.work(office.administrator) as work:
            account = work.session.get_one(Account, office.ids[person])
            roles = [row.role.value for row in account.role_rows] + [Role.DIRECTOR.value]
            accounts.change(work, account, roles=roles)
    with office.means.look(office.director) as work:
        seen = approval.preview(work, work.session.get_one(Note, released))
    given = {"digest": seen.digest, "number": seen.number, "day": seen.day}
    before = office.counts()
    for person in ("translator", "reviewer", "registry"):
        with pytest.raises(Refusal, match="You may not approve"):
            office.do(person, approval.approve, released, None, **given)
        with office.means.look(office.actor(person)) as work:
            assert four_eyes.worked_on(work, work.session.get_one(Note, released))
    assert office.counts() == before
    office.do("director", approval.approve, released, None, **given)
