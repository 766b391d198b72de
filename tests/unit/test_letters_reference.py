"""Note TTF/374 from data: it agrees with the note that was sent, except for the corrections listed here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflow.letters import data_example, data_file, plain, profile

REPOSITORY = Path(__file__).resolve().parents[2]
GOLDEN = REPOSITORY / "tests" / "golden" / "letters"
SEED = REPOSITORY.parent / "shared" / "seed" / "note-ttf-374.txt"

# Language → (what the note says, what it has to say, why).  Nothing else may differ.
CORRECTIONS = {
    "en": [],
    "ru": [
        ("№ТТФ/374", "№TTF/374", "one number, in Latin letters, in every language"),
        ("отчет", "резюме", "the enclosed document calls itself a summary"),
        ("подготовленный председателем", "подготовленное председателем", "agrees with «резюме»"),
        ("также доступны", "доступны", "«также» says what the other languages do not"),
    ],
    "kk": [
        ("аталған 8 п", "аталған, 8 бет", "«п» is no unit of counting pages"),
        ("қорытынды есебін", "түйіндемесін", "the enclosed document calls itself a summary"),
        ("ұсынған", "дайындаған", "prepared, not submitted"),
        ("9-отырыстың", "ТОФ-тың 9-отырысының", "the meeting is tied to the Forum"),
        (
            "АӨСШК-тің талдау орталықтарының форумы",
            "АӨСШК-тің Талдау орталықтары форумы",
            "one Kazakh form of the Forum's name",
        ),
        ("қолжетімді болады", "қолжетімді", "are available, not will be"),
    ],
}


def sent(language: str) -> list[str]:
    """The blocks of the note as it was sent, without its enclosure."""
    text = SEED.read_text(encoding="utf-8").split(
        "Summary of the Ninth Meeting of the CICA Think Tank Forum\n"
    )[0]
    english, rest = text.split("**SECRETARIAT", 2)[1:]
    russian, kazakh = rest.split("*Қосымша", 1)
    part = {"en": "**SECRETARIAT" + english, "ru": "**SECRETARIAT" + russian, "kk": "*Қосымша" + kazakh}[
        language
    ]
    return blocks(part)


def blocks(text: str) -> list[str]:
    plainly = text.replace("*", "").replace("\N{NO-BREAK SPACE}", " ")
    found = (re.sub(r"\s+", " ", block).strip() for block in re.split(r"\n\s*\n", plainly))
    return [block for block in found if block]


def rendered(language: str) -> str:
    organisation = profile.load("cica")
    data = data_file.load(GOLDEN / "ttf-374.toml")
    return plain.text(data_file.letters(organisation, data)[language])


@pytest.mark.parametrize("language", CORRECTIONS)
def test_the_reference_note_agrees_with_the_one_sent_but_for_the_corrections(language: str) -> None:
    if not SEED.is_file():
        pytest.skip("the note that was sent lies beside the repository and is absent here")
    corrected = sent(language)
    for said, has_to_say, why in CORRECTIONS[language]:
        assert any(said in block for block in corrected), f"nothing to correct ({why}): {said}"
        corrected = [block.replace(said, has_to_say) for block in corrected]
    # The enclosure line stands in the margin: where a reader meets it is a matter of layout.
    assert sorted(blocks(rendered(language))) == sorted(corrected)


@pytest.mark.parametrize("language", CORRECTIONS)
def test_the_text_of_the_reference_note_stays_as_it_is(language: str) -> None:
    golden = (GOLDEN / f"ttf-374.{language}.txt").read_text(encoding="utf-8")
    assert rendered(language) == golden


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_text_of_the_circular_letter_stays_as_it_is(language: str, tmp_path: Path) -> None:
    organisation = profile.load("veldana")
    (tmp_path / "letter.toml").write_text(data_example.example(organisation), encoding="utf-8")
    letter = data_file.letters(organisation, data_file.load(tmp_path / "letter.toml"))[language]
    golden = (GOLDEN / f"veldana-circular.{language}.txt").read_text(encoding="utf-8")
    assert plain.text(letter) == golden
