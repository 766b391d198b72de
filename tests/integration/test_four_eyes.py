"""Four eyes: what a person did to a note counts for ever, also when somebody wrote over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.office import Office
from workflow.errors import NotAllowed
from workflow.means import Means
from workflow.models import Account, AccountRole, Note
from workflow.operations import addressing, approval, drafting, four_eyes, texts, translation
from workflow.states import NoteState, Role, VersionState


@pytest.fixture
def office(means: Means) -> Office:
    return Office(means)


def promote(office: Office, person: str) -> None:
    """Makes a person a director as well."""
    with office.means.work() as work:
        account = work.session.get_one(Account, office.ids[person])
        account.role_rows.append(AccountRole(role=Role.DIRECTOR))


def refusal(office: Office, person: str, note_id: int) -> str:
    """Why the person may not approve, when everything else is right."""
    with office.means.look(office.actor(person)) as work:
        seen = approval.preview(work, work.session.get_one(Note, note_id))
    with pytest.raises(NotAllowed) as caught:
        office.do(
            person, approval.approve, note_id, None, digest=seen.digest, number=seen.number, day=seen.day
        )
    return caught.value.sentence


def overwrite(office: Office, note_id: int) -> None:
    """Another translator writes every Russian paragraph anew, so that nothing of the first one's stands."""
    with office.means.work(office.actor("registry")) as work:
        note = work.session.get_one(Note, note_id)
        second = work.session.get_one(Account, office.ids["kazakh_translator"])
        second.languages = ["ru", "kk"]
        translation.assign(work, note, None, "ru", translators=[second.id], reviewer=office.ids["reviewer"])
    with office.means.work(office.actor("kazakh_translator")) as work:
        note = work.session.get_one(Note, note_id)
        for paragraph in texts.live_paragraphs(note):
            row = texts.text_in(paragraph, "ru")
            assert row is not None
            changed = row.text.replace("веб-сайте", "портале")
            translation.save_paragraph(work, note, "ru", paragraph.id, changed + " ", row.revision)


Act = Callable[[Office, int], Any]
ACTS: dict[str, tuple[str, Act, str]] = {
    "addressing": (
        "registry",
        lambda office, note_id: office.do("registry", addressing.set_recipients, note_id, None, ["CN"]),
        "drafted it",
    ),
    "releasing": ("registry", lambda office, note_id: None, "released the source"),
    "reviewing": ("reviewer", lambda office, note_id: None, "reviewed ru"),
}


@pytest.mark.parametrize("what", list(ACTS))
def test_whoever_had_a_hand_in_a_note_may_not_approve_it(office: Office, what: str) -> None:
    person, act, said = ACTS[what]
    note_id = office.submitted()
    office.released(note_id, ["CN", "MN"])
    act(office, note_id)
    for language in ("ru", "kk"):
        office.written(note_id, language)
        office.do("reviewer", translation.accept_version, note_id, language)
    assert office.state(note_id) is NoteState.TRANSLATED
    promote(office, person)
    assert said in refusal(office, person, note_id)


def test_a_translator_whose_words_were_all_written_over_still_worked_on_it(office: Office) -> None:
    note_id = office.submitted()
    office.released(note_id)
    office.written(note_id, "ru")
    office.do("reviewer", translation.return_version, note_id, "ru", "Say it another way.")
    overwrite(office, note_id)
    with office.means.look(office.actor("translator")) as work:
        note = work.session.get_one(Note, note_id)
        assert four_eyes.worked_on(work, note) == ["translated ru"]
    with office.means.look(office.actor("director")) as work:
        assert four_eyes.worked_on(work, work.session.get_one(Note, note_id)) == []


def test_a_submitted_version_goes_back_to_its_translator_when_the_source_of_a_paragraph_changed(
    office: Office,
) -> None:
    note_id = office.submitted()
    office.released(note_id)
    for language in ("ru", "kk"):
        office.written(note_id, language)
    with office.means.work(office.actor("registry")) as work:
        note = work.session.get_one(Note, note_id)
        first, *rest = texts.live_paragraphs(note)
        told = [(one.id, one.texts[0].text) for one in rest]
        words = texts.text_in(first, "en")
        assert words is not None
        drafting.edit_source(work, note, None, paragraphs=[(first.id, words.text + " today"), *told])
    with office.means.look() as work:
        states = {one.language: one.state for one in work.session.get_one(Note, note_id).versions}
        assert states["ru"] is VersionState.SUBMITTED  # Not before the registry has released it.
    office.do("registry", drafting.release_source, note_id, None)
    with office.means.look() as work:
        note = work.session.get_one(Note, note_id)
        assert {one.state for one in note.versions if not one.is_source} == {VersionState.IN_PROGRESS}
        assert [one.ordinal for one in texts.stale_paragraphs(note, "kk")] == [1]
