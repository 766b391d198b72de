"""The intake refuses every hostile file with its reason and place, and passes clean ones."""

from __future__ import annotations

import json

import pikepdf
import pytest

from tests.hostile import CASES, CLEAN, Hostile
from tests.hostile.clean import pdf, saved
from workflow.errors import InputRefused
from workflow.letters.enclosure import Limits, inspect, refused_json


def test_there_are_enough_hostile_files() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_hostile_file_is_refused(case: Hostile) -> None:
    with pytest.raises(InputRefused) as caught:
        inspect(case.make(), case.filename)
    refusal = caught.value
    assert refusal.code == case.code
    assert case.place in refusal.sentence
    assert refusal.exit_code == 3
    # The sentence says what to do next, after what is wrong.
    assert refusal.sentence.count(". ") + refusal.sentence.count("; ") >= 1
    assert refusal.sentence.endswith(".")


@pytest.mark.parametrize("name", CLEAN)
def test_clean_file_passes(name: str) -> None:
    filename, make = CLEAN[name]
    inspection = inspect(make(), filename)
    assert not inspection.needs_consent
    assert json.loads(json.dumps(inspection.to_json()))["accepted"] is True


def test_oversized_file_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(InputRefused, match="101 bytes; 100 are allowed"):
        inspect(b"?" * 101, "x.pdf", Limits(file_bytes=100))


def test_a_refused_file_as_data() -> None:
    with pytest.raises(InputRefused) as caught:
        inspect(b"", "x.pdf")
    answer = refused_json("x.pdf", caught.value)
    assert answer["accepted"] is False
    assert (answer["code"], answer["place"]) == ("empty", "x.pdf")
    assert answer["message"] == "The file x.pdf is empty. Submit it again."


def test_fonts_of_any_name_are_no_actions() -> None:
    document = pdf()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    document.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(AA=font, JS=font, EF=font))
    assert inspect(saved(document), "x.pdf").pages == 2
