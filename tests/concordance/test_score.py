"""The figures that the concordance has to reach, over the notes it was made with and over those held out."""

from __future__ import annotations

import pytest

from tests.concordance.corpus import Note, notes
from tests.concordance.mutations import MAKERS, cases
from tests.concordance.score import score
from workflow.concordance import TYPES, compare

WANTED = 0.95


@pytest.mark.parametrize("note", notes(), ids=lambda note: note.name)
def test_a_correct_note_has_no_finding(note: Note) -> None:
    assert compare(note.profile, note.texts) == []


@pytest.mark.parametrize("held_out", [False, True], ids=["development", "held out"])
def test_precision_and_recall_over_all_types(held_out: bool, capsys: pytest.CaptureFixture[str]) -> None:
    result = score(note for note in notes() if note.held_out == held_out)
    with capsys.disabled():
        print(f"\n{'held out' if held_out else 'development'}\n{result.table()}")
    assert result.precision() >= WANTED, "\n".join(result.remarks)
    assert result.recall() >= WANTED, "\n".join(result.remarks)
    assert result.cut == []


def test_the_notes_are_of_several_organisations_and_a_third_is_held_out() -> None:
    assert len(notes()) >= 12
    assert all(len(note.texts) == 3 for note in notes())
    assert sum(note.held_out for note in notes()) == len(notes()) // 3


def test_every_type_that_a_fault_can_have_is_made_somewhere() -> None:
    made = set().union(*(types for _, types in MAKERS.values()))
    assert set(TYPES) - made == {"meeting", "enclosure"}
    assert {case.maker for note in notes() for case in cases(note)} == set(MAKERS)
