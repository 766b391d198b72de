"""Data files broken in every key: each is refused with a sentence, or makes letters; none ends in an exception."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_letters_profile_broken import WRONG, changed, paths, written
from workflow.errors import Refusal
from workflow.letters import data_example, data_file, note_docx, note_pdf, profile

MORE = """
[addressee]
kind = "state"
member = "XA"
name = { en = "The Director", fr = "Le Directeur" }

[[enclosures]]
titles = { en = "Report", fr = "Rapport" }
language = "en"
pages = 3
origin = "translated"
translated_from = "fr"
"""
PARTICULARS: dict[str, Any] = {
    "subject": {"en": "Levels", "fr": "Niveaux"},
    "action_by": "2026-04-17T18:00:00+02:00",
    "file_reference": "HYD/3",
    "distribution": "All",
    "channel": {"en": "By hand", "fr": "Par porteur"},
    "copies": ["Observers", {"en": "Delta", "fr": "Delta"}],
    "signatory": {"name": "Maren Ostby", "title": {"en": "Head", "fr": "Chef"}},
    "level": "circular",
    "related": [{"link": "further_to", "number": "CL 2026/01", "date": "2026-01-09"}],
}


def outcome(file: Path) -> str:
    """ "made", or the code of the refusal; its sentences are looked at."""
    try:
        letters = data_file.letters(profile.load("veldana"), data_file.load(file))
        for letter in letters.values():
            note_docx.render(letter)
        note_pdf.render(letters["en"])
    except Refusal as refusal:
        for sentence in (refusal.sentence, *refusal.details):
            assert sentence.strip() and sentence.rstrip()[-1] in ".?", sentence
        return refusal.code
    return "made"


@pytest.mark.parametrize("number", ['"CL 2026/07"', '{ serial = 7, year = 2026, audience = "PR" }'])
def test_each_key_with_something_else_in_it_is_refused_or_makes_letters(number: str, tmp_path: Path) -> None:
    file = tmp_path / "note.toml"
    values = tomllib.loads(data_example.example(profile.load("veldana")))
    values.pop("addressee", None)
    values.pop("enclosures", None)
    values |= tomllib.loads(MORE) | {"particulars": PARTICULARS} | tomllib.loads(f"number = {number}")
    file.write_text(written(values), encoding="utf-8")
    assert outcome(file) == "made"
    seen = set()
    for at in paths(values):
        for wrong in WRONG[: 6 if number.startswith("{") else len(WRONG)]:
            file.write_text(written(changed(values, at, wrong)), encoding="utf-8")
            seen.add(outcome(file))
        file.write_text(written(changed(values, at, None, drop=True)), encoding="utf-8")
        seen.add(outcome(file))
    assert {"made", "data-file-faulty"} < seen
