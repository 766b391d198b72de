"""The memory: fed by acceptance, silent while a version is open, matched, searched, and kept from eyes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.office import SLOTS, SOURCE, TRANSLATIONS, Office
from workflow.errors import Invalid, NotAllowed
from workflow.means import Means
from workflow.memory.matching import Match
from workflow.models import MemoryPosting, MemoryTerm, MemoryUnit, Note
from workflow.operations import drafting, memory, texts, translation
from workflow.states import NoteState


@pytest.fixture
def accepted(office: Office) -> int:
    """A note with both versions accepted."""
    return office.note(NoteState.TRANSLATED)


def asked(means: Means, office: Office, note_id: int, language: str, person: str) -> list[list[Match]]:
    """The matches of each paragraph of a note."""
    with means.look(office.actor(person)) as work:
        note = work.session.get_one(Note, note_id)
        return [memory.matches_of(work, note, language, one) for one in texts.live_paragraphs(note)]


def draft(office: Office, paragraphs: list[str], **slots: Any) -> int:
    """A released draft with these paragraphs, assigned to the usual translators."""
    note_id = office.submitted()
    office.released(note_id)
    with office.means.work(office.registry) as work:
        note = work.session.get_one(Note, note_id)
        drafting.edit_source(
            work, note, None, paragraphs=[(None, one) for one in paragraphs], slots={**SLOTS, **slots}
        )
        drafting.release_source(work, note, None)
    return note_id


def test_what_is_accepted_answers_the_next_note(office: Office, means: Means, accepted: int) -> None:
    other = {"meeting": {"kind": "ordinal", "value": 9}}
    note_id = draft(office, [SOURCE[0], SOURCE[1].replace("website", "web site")], **other)
    first, second = asked(means, office, note_id, "ru", "translator")
    assert (first[0].kind, first[0].percent, first[0].whole) == ("exact", 100, True)
    assert first[0].target == TRANSLATIONS["ru"][0]
    assert first[0].pair.note_id == accepted
    assert (second[0].kind, second[0].target) == ("fuzzy", TRANSLATIONS["ru"][1])
    assert 90 <= second[0].percent <= 98


def test_slots_numbers_and_dates_make_no_other_text(office: Office, means: Means) -> None:
    first = draft(office, ["invite {forum} to a session on 12 May 2026 with 3 experts.", "recall {meeting}."])
    words = ("пригласить {forum} на сессию 12 мая 2026 года с 3 экспертами.", "напомнить {meeting}.")
    with means.work(office.translator) as work:
        note = work.session.get_one(Note, first)
        for paragraph, text in zip(texts.live_paragraphs(note), words, strict=True):
            translation.save_paragraph(work, note, "ru", paragraph.id, text, 0)
        translation.submit_version(work, note, "ru")
    office.do("reviewer", translation.accept_version, first, "ru")
    body = {"kind": "term", "value": "ttf"}
    second = draft(office, ["invite {body} to a session on 3 June 2027 with 5 experts."], body=body)
    [[match]] = asked(means, office, second, "ru", "translator")
    assert (match.kind, match.percent) == ("slots", 99)
    # The slot is the new note's and so is the count; the date is left for a person, and that is said.
    assert match.target == "пригласить {body} на сессию 3 мая 2027 года с 5 экспертами."
    assert "{forum}" not in match.target


def test_a_slot_that_the_note_lacks_comes_as_the_words_that_it_read(office: Office, means: Means) -> None:
    office.note(NoteState.TRANSLATED)
    with means.work(office.registry) as work:
        note = work.session.get_one(Note, office.submitted())
        read = "forward herewith the Summary of the 4th Meeting of the CICA Think Tank Forum, prepared by the Chair of the Forum."
        drafting.edit_source(work, note, None, paragraphs=[(None, read)], slots={})
        drafting.release_source(work, note, None)
    [found] = asked(means, office, note.id, "ru", "registry")
    assert found[0].percent >= 90
    assert "{" not in found[0].target and "резюме" in found[0].target


def test_a_version_that_is_opened_again_is_silent_until_it_is_accepted(
    office: Office, means: Means, accepted: int
) -> None:
    note_id = draft(office, list(SOURCE))
    assert asked(means, office, note_id, "ru", "translator")[1][0].percent == 100

    def edit(text: str) -> None:
        with means.work(office.registry) as work:
            note = work.session.get_one(Note, accepted)
            source = [(one.id, texts.text_in(one, "en").text) for one in texts.live_paragraphs(note)]  # type: ignore[union-attr]
            source[1] = (source[1][0], text)
            drafting.edit_source(work, note, None, paragraphs=source)
            drafting.release_source(work, note, None)

    from workflow.operations import approval

    office.do("registry", approval.send_back, accepted, None, "A word is wrong.")
    edit("The papers of the Meeting are available on the website of the Secretariat.")
    assert asked(means, office, note_id, "ru", "translator") == [[], []]
    office.written(accepted, "ru")
    office.do("reviewer", translation.accept_version, accepted, "ru")
    first, second = asked(means, office, note_id, "ru", "translator")
    assert first[0].percent == 100
    assert second[0].kind == "fuzzy" and "papers" in second[0].pair.source
    with means.look() as work:
        rows = list(work.session.scalars(select(MemoryUnit).where(MemoryUnit.target_language == "ru")))
        assert [row.withdrawn_at is None for row in sorted(rows, key=lambda row: row.id)] == [
            True,
            False,
            True,
        ]


def test_a_note_above_unclassified_is_for_those_who_see_it(
    office: Office, means: Means, accepted: int
) -> None:
    with means.work() as work:
        work.session.get_one(Note, accepted).marking = "restricted"
    with means.work() as work:
        from workflow.operations import accounts

        stranger = accounts.create(
            work, "other@secretariat.example", "Other", ["translator"], languages=("ru",)
        )
        person = accounts.actor_of(work.session, stranger, means.clock)
    for actor, seen in ((person, False), (office.translator, True), (office.registry, True)):
        with means.look(actor) as work:
            assert bool(memory.lookup(work, "en", "ru", SOURCE[1])) is seen
            assert bool(memory.find(work, "documents")) is seen


def test_a_pair_is_read_backwards_too(office: Office, means: Means, accepted: int) -> None:
    with means.look(office.registry) as work:
        [match] = memory.lookup(work, "ru", "en", TRANSLATIONS["ru"][1])
        assert (match.kind, match.target, match.backwards) == ("exact", SOURCE[1], True)


def test_a_phrase_is_found_by_its_stems_in_every_language(
    office: Office, means: Means, accepted: int
) -> None:
    with means.look(office.reviewer) as work:
        [hit] = memory.find(work, "документами заседаний")
        assert hit.pair.source_language == "ru" and hit.together
        start, end = hit.places[0]
        assert hit.pair.source_reads[start:end] == "Документы заседания"
        [kazakh] = memory.find(work, "отырыстың құжатын", "kk")
        assert kazakh.pair.target_language == "en" and kazakh.together
        assert len(memory.find(work, "Meeting", "en")) == 4
        assert len(memory.find(work, "Meeting", "en", "kk")) == 2
        assert memory.find(work, "locomotive") == [] and memory.find(work, "  ") == []


def test_words_apart_come_after_the_whole_phrase(office: Office, means: Means, accepted: int) -> None:
    with means.look(office.reviewer) as work:
        hits = memory.find(work, "Meeting available", "en", "ru")
        assert [hit.together for hit in hits] == [False]


def test_who_may_not_ask_is_told_so(office: Office, means: Means, accepted: int) -> None:
    with means.look(office.director) as work, pytest.raises(NotAllowed, match="search the translation"):
        memory.find(work, "documents")
    with means.look(office.translator) as work, pytest.raises(NotAllowed, match="import or export"):
        memory.export_tmx(work)
    with means.look(office.registry) as work:
        for source, target in (("en", "en"), ("en", "tlh")):
            with pytest.raises(Invalid):
                memory.lookup(work, source, target, "Text")
        with pytest.raises(Invalid):
            memory.find(work, "x" * 301)


def test_the_index_made_anew_answers_the_same(office: Office, means: Means, accepted: int) -> None:
    def answers() -> object:
        with means.look(office.registry) as work:
            found = memory.lookup(work, "en", "ru", SOURCE[1].replace("website", "site"))
            terms = sorted(map(tuple, work.session.execute(select(MemoryTerm.term, MemoryTerm.units))))
            return [(one.unit, one.percent) for one in found], terms

    before = answers()
    with means.work() as work:
        work.session.query(MemoryTerm).delete()
        work.session.query(MemoryPosting).delete()
    with means.work(office.registry) as work:
        assert memory.rebuild(work) == (2, 4)
    assert answers() == before
    with means.work() as work:
        work.session.query(MemoryUnit).delete()
    with means.work(office.registry) as work:
        assert memory.rebuild(work) == (2, 4)
    with means.look(office.registry) as work:
        assert memory.lookup(work, "en", "ru", SOURCE[1])[0].percent == 100
