"""Words that the glossary forbids, as the concordance finds them: by stem, by date, and not where they are right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.concordance.corpus import HERE
from workflow.concordance import Finding, compare
from workflow.errors import InputRefused
from workflow.memory.glossary import Entry

GENERIC = str(HERE / "profiles" / "generic")
SITE = [
    Entry("pilot", "en", "pilot", forbidden=("steersman",)),
    Entry("pilot", "ru", "лоцман", forbidden=("рулевой", "штурман")),
    Entry("pilot", "kk", "лоцман", forbidden=("штурман",)),
]
RIGHT = {
    "en": "The Board thanks the pilots of the harbour for their work at night.",
    "ru": "Совет благодарит лоцманов гавани за их работу ночью.",
    "kk": "Кеңес айлақ лоцмандарына түнгі жұмысы үшін алғыс айтады.",
}


def found(
    texts: Mapping[str, str], entries: list[Entry] = SITE, day: date | None = date(2024, 5, 6)
) -> list[Finding]:
    terms: dict[str, dict[str, list[Entry]]] = {}
    for entry in entries:
        terms.setdefault(entry.concept, {}).setdefault(entry.language, []).append(entry)
    return [one for one in compare(GENERIC, texts, day=day, glossary=terms) if one.type == "forbidden-term"]


def test_a_variant_is_found_by_its_stem_and_the_word_to_write_is_named() -> None:
    assert found(RIGHT) == []
    [finding] = found(RIGHT | {"ru": "Совет благодарит штурманов гавани за их работу ночью."})
    assert finding.severity == "error" and finding.languages == ("ru",)
    assert finding.quotes == {"ru": "штурманов", "en": "pilots", "kk": "лоцмандарына"}
    assert finding.paragraphs == {"ru": 1, "en": 1, "kk": 1}
    assert "Write “лоцман”" in finding.message
    [finding] = found(
        {"en": RIGHT["en"].replace("pilots", "steersmen".replace("men", "man"))} | {"ru": RIGHT["ru"]}
    )
    assert finding.languages == ("en",)


@pytest.mark.parametrize(
    ("en", "ru"),
    [
        # The word is there too: the variant is another person.
        ("The Board thanks the pilots and the navigators.", "Совет благодарит лоцманов и штурманов."),
        # Nobody names the concept.
        ("The Board thanks the navigators of the ship.", "Совет благодарит штурманов корабля."),
        # In the title of a document and in an address words stand as they are.
        ('The pilots read "Night Watch" again.', "Лоцманов просят читать «Штурман» опять."),
        ("The pilots write to pilot@port.example.", "Лоцманы пишут по адресу штурман@port.example."),
    ],
)
def test_a_variant_that_is_right_where_it_stands_is_no_finding(en: str, ru: str) -> None:
    assert found({"en": en, "ru": ru}) == []


def test_a_word_of_another_concept_is_right_though_a_first_one_forbids_it() -> None:
    entries = [
        *SITE,
        Entry("navigator", "en", "navigator"),
        Entry("navigator", "ru", "штурман"),
        Entry("navigator", "kk", "штурман"),
    ]
    texts = {"en": "The navigators met the pilots.", "ru": "Штурманы встретили их."}
    assert found(texts, entries) == []


def test_all_versions_that_agree_on_what_is_not_wanted_are_warned() -> None:
    texts = {
        "en": "The Board thanks the steersman of the harbour.",
        "ru": "Совет благодарит рулевого гавани.",
        "kk": "Кеңес айлақ штурманына алғыс айтады.",
    }
    assert [(one.severity, one.languages) for one in found(texts)] == [
        ("warning", ("en",)),
        ("warning", ("ru",)),
        ("warning", ("kk",)),
    ]


def test_words_hold_from_a_day_to_a_day() -> None:
    entries = [
        Entry("head", "en", "Executive Director", until=date(2022, 10, 12)),
        Entry("head", "en", "Secretary General", since=date(2022, 10, 13)),
        Entry("head", "ru", "Исполнительный директор", until=date(2022, 10, 12)),
        Entry("head", "ru", "Генеральный секретарь", since=date(2022, 10, 13)),
    ]
    old = {"en": "The Executive Director left.", "ru": "Исполнительный директор уехал."}
    new = {"en": "The Secretary General left.", "ru": "Генеральный секретарь уехал."}
    assert found(new, entries, date(2023, 1, 9)) == [] == found(old, entries, date(2022, 1, 9))
    # Another organisation may still have one: where all name the same, nothing is wrong.
    assert found(old, entries, date(2023, 1, 9)) == []
    [finding] = found(new | {"ru": old["ru"]}, entries, date(2023, 1, 9))
    assert (
        finding.languages == ("ru",)
        and "on the note’s date. Write “Генеральный секретарь”" in finding.message
    )
    [finding] = found(old | {"en": new["en"]}, entries, date(2022, 1, 9))
    assert finding.languages == ("en",) and "Write “Executive Director”" in finding.message
    forbidden = [
        Entry("seat", "en", "seat"),
        Entry("seat", "ru", "место", until=date(2021, 12, 31)),
        Entry("seat", "ru", "местопребывание", since=date(2022, 1, 1), forbidden=("штаб-квартира",)),
    ]
    texts = {"en": "The seat is open.", "ru": "Штаб-квартира открыта."}
    assert len(found(texts, forbidden, date(2022, 1, 1))) == 1
    assert found(texts, forbidden, date(2021, 12, 31)) == []


def test_a_variant_with_the_stem_of_its_word_is_found_by_its_letters() -> None:
    entries = [
        Entry("panel", "en", "snow panel"),
        Entry("panel", "kk", "қар зерттеу орталықтары", forbidden=("қар зерттеу орталықтарының",)),
    ]
    texts = {"en": "The snow panel meets.", "kk": "Қар зерттеу орталықтары жиналады."}
    assert found(texts, entries) == []
    [finding] = found(texts | {"kk": "Қар зерттеу орталықтарының жиыны."}, entries)
    assert finding.quotes["kk"] == "Қар зерттеу орталықтарының"


def test_a_script_without_spaces_is_searched_by_its_signs() -> None:
    entries = [Entry("member", "en", "Member States"), Entry("member", "zh", "会员国", forbidden=("成员国",))]
    texts = {"en": "The Member States reply by letter.", "zh": "会员国以信函答复。"}
    assert found(texts, entries) == []
    [finding] = found(texts | {"zh": "成员国以信函答复。"}, entries)
    assert finding.quotes["zh"] == "成员国"


def test_a_folder_without_a_profile_may_have_a_glossary_and_is_told_its_faults(tmp_path: Path) -> None:
    (tmp_path / "concordance.toml").write_text('languages = ["en", "ru"]\n', "utf-8")
    (tmp_path / "glossary.toml").write_text(
        '[pilot]\nen = { term = "pilot" }\nru = { term = "лоцман", forbidden = ["штурман"] }\n', "utf-8"
    )
    texts = {"en": RIGHT["en"], "ru": RIGHT["ru"].replace("лоцманов", "штурманов")}
    assert [one.type for one in compare(str(tmp_path), texts)] == ["forbidden-term"]
    (tmp_path / "glossary.toml").write_text('[pilot]\nru = { forbidden = ["штурман"] }\n', "utf-8")
    with pytest.raises(InputRefused) as refusal:
        compare(str(tmp_path), texts)
    assert refusal.value.details
