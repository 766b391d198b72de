"""Concordance: the reference note, its faults, and what the findings carry."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from tests.unit.concordance_reference import FAULTS, RIGHT
from workflow.concordance import TYPES, Finding, as_json, compare
from workflow.errors import NotFound, Refusal
from workflow.letters import data_example, data_file, plain, profile

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "note-ttf-374.txt"


def found(
    texts: dict[str, str], name: str = "cica", day: date | None = None
) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.type, finding.languages) for finding in compare(name, texts, day=day)]


def test_the_corrected_reference_has_no_finding() -> None:
    assert compare("cica", RIGHT) == []


@pytest.mark.parametrize(("language", "right", "sent", "type_"), FAULTS)
def test_each_fault_of_the_reference_is_found_alone(language: str, right: str, sent: str, type_: str) -> None:
    texts = {**RIGHT, language: RIGHT[language].replace(right, sent)}
    assert found(texts) == [(type_, (language,))]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
def test_forms_of_unicode_and_kinds_of_space_are_no_difference(form: str, space: str) -> None:
    texts = {
        code: unicodedata.normalize(form, re.sub(r"(?<=\d) ", space, text))  # type: ignore[arg-type]
        for code, text in RIGHT.items()
    }
    assert compare("cica", texts) == []


def test_names_are_those_in_force_on_the_date() -> None:
    later = {code: text.replace("2022", "2023") for code, text in RIGHT.items()}
    assert {type_ for type_, _ in found(later)} == {"place"}
    assert found(RIGHT, day=date(2022, 12, 1))[0][0] == "place"


def test_a_finding_quotes_all_versions_and_says_how_to_mend_it() -> None:
    texts = {**RIGHT, "ru": RIGHT["ru"].replace("28 марта", "29 марта")}
    (finding,) = compare("cica", texts)
    assert (finding.type, finding.severity, finding.languages) == ("date", "error", ("ru",))
    assert finding.quotes == {"en": "28 March 2022", "ru": "29 марта 2022", "kk": "2022 жылғы 28 наурыз"}
    assert finding.paragraphs == {"en": 7, "ru": 7, "kk": 5}
    assert finding.message.endswith(".")
    report = as_json([finding])
    assert report["errors"] == 1 and report["warnings"] == 0
    assert set(report["findings"][0]) == {"type", "severity", "languages", "quotes", "paragraphs", "message"}  # type: ignore[index]


def test_types_are_a_closed_list() -> None:
    with pytest.raises(ValueError, match="closed list"):
        Finding("other", "error", ("en",))
    assert all(meaning.endswith(".") for meaning in TYPES.values())


def test_two_versions_are_compared_without_a_third() -> None:
    texts = {"en": RIGHT["en"], "ru": RIGHT["ru"].replace("9-го", "8-го")}
    assert found(texts) == [("ordinal", ("en", "ru"))]


@pytest.mark.parametrize(
    ("name", "language"), [("no-such-profile", "en"), ("cica", "xx"), ("", "en"), ("../..", "en")]
)
def test_an_unknown_profile_or_language_is_refused(name: str, language: str) -> None:
    with pytest.raises(NotFound) as refusal:
        compare(name, {language: "text"})
    assert refusal.value.sentence.endswith(".")


def test_a_folder_without_rules_of_its_own_is_compared_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "concordance.toml").write_text('languages = ["en", "de"]\n', encoding="utf-8")
    texts = {
        "en": "The fee is 250 euros, see https://a.example/x.",
        "de": "Der Beitrag ist 260 Euro, siehe https://a.example/y.",
    }
    assert {type_ for type_, _ in found(texts, str(tmp_path))} == {"quantity", "url"}


def test_rules_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "concordance.toml").write_text("languages = [", encoding="utf-8")
    with pytest.raises(Refusal, match=r"concordance\.toml"):
        compare(str(tmp_path), {"en": "text"})


@pytest.mark.parametrize("name", profile.names())
def test_the_rendered_example_of_each_profile_agrees_in_its_languages(name: str, tmp_path: Path) -> None:
    organisation = profile.load(name)
    (tmp_path / "note.toml").write_text(data_example.example(organisation), encoding="utf-8")
    letters = data_file.letters(organisation, data_file.load(tmp_path / "note.toml"))
    texts = {code: plain.text(letter) for code, letter in letters.items()}
    errors = [f for f in compare(organisation, texts, draft=True) if f.severity == "error"]
    assert errors == []


@pytest.mark.skipif(not SEED.exists(), reason="the seed note is not beside this checkout")
def test_the_note_as_it_was_sent() -> None:
    text = SEED.read_text("utf-8").partition("Summary of the Ninth Meeting of the CICA Think Tank Forum\n\n")[
        0
    ]
    second = text.index("**SECRETARIAT", text.index("**SECRETARIAT") + 1)
    third = text.index("*Қосымша")
    texts = {"en": text[:second], "ru": text[second:third], "kk": text[third:]}
    findings = {finding.type: finding for finding in compare("cica", texts)}
    errors = {type_ for type_, finding in findings.items() if finding.severity == "error"}
    assert errors == {"number-script", "enclosed-noun", "page-unit", "availability", "act", "name-form"}
    assert set(findings) - errors == {"meeting"}
    assert findings["number-script"].quotes == {"en": "TTF/374", "ru": "ТТФ/374"}
