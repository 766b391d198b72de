"""Stems, skeletons and the glossary: what counts as the same in each language."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.letters import profile as profiles
from workflow.memory import glossary, words
from workflow.memory.differences import difference
from workflow.memory.glossary import Entry, Glossary
from workflow.memory.placeables import PLACE, adapted, skeleton

DAY = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", ("заседание", "заседания", "заседанию", "заседаниями")),
        ("ru", ("подготовленный", "подготовленное", "подготовленными")),
        ("ru", ("отчёт", "отчета", "Отчётом")),
        ("kk", ("отырыс", "отырыстың", "отырысты", "отырысында", "отырыстарға", "отырысының")),
        ("kk", ("түйіндеме", "түйіндемесін", "түйіндемені")),
        ("kk", ("хатшылық", "хатшылықты", "хатшылығының", "хатшылыққа")),
        ("kk", ("мемлекет", "мемлекеттер", "мемлекеттердің")),
        ("en", ("document", "documents", "document's")),
        ("fr", ("candidature", "candidatures")),
        ("es", ("documento", "documentos")),
        ("ar", ("اجتماع", "الاجتماع")),
    ],
)
def test_forms_of_a_word_meet_in_one_stem(language: str, forms: tuple[str, ...]) -> None:
    assert len({words.stemmer(language).stem(form) for form in forms}) == 1


def test_words_of_a_script_without_spaces_are_pairs_of_signs() -> None:
    assert words.stems("zh", "会员国会议") == {"会员", "员国", "国会", "会议"}
    assert words.stems("tlh", "Qapla jaj") == {"qapla", "jaj"}


def test_two_threads_stem_alike() -> None:
    given = [f"государственн{end}" for end in ("ый", "ого", "ому", "ыми")] * 300
    wrong: list[str] = []

    def stem() -> None:
        algorithm = words._algorithm("russian")
        wrong.extend(one for one in given if algorithm.stemWord(one) != "государствен")

    threads = [Thread(target=stem) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "text", "bare"),
    [
        ("en", "the {a} of 28 March 2022, on 8 pages", f"the {PLACE} of {PLACE}, on {PLACE} pages"),
        ("en", "on March 28, 2022 and in May 2023", f"on {PLACE} and in {PLACE}"),
        ("en", "it may be; the May session", "it may be; the May session"),
        ("en", "see https://a.example/b?c=1, or a.b@c.example.", f"see {PLACE}, or {PLACE}."),
        ("ru", "28 марта 2022 года, 9-го заседания", f"{PLACE}, {PLACE}-го заседания"),
        ("kk", "2022 жылғы 28 наурызда өткен", f"{PLACE} өткен"),
        ("fr", "le 1er mars 2024", f"le {PLACE}"),
        ("zh", "2022年3月28日", f"{PLACE}年{PLACE}月{PLACE}日"),
        ("en", "a {brace of its own", "a {brace of its own"),
    ],
)
def test_a_skeleton_has_no_slots_numbers_and_dates(language: str, text: str, bare: str) -> None:
    assert skeleton(language, text) == bare


@pytest.mark.parametrize(
    ("before", "target", "now", "written", "whole"),
    [
        (
            "on {held}, 45 pages",
            "{held.genitive}, 45 страниц",
            "on {day}, 46 pages",
            "{day.genitive}, 46 страниц",
            True,
        ),
        ("the 3 of 3", "3 из 3", "the 4 of 5", "3 из 3", False),
        ("on 5 May", "5 мая", "on 6 May", "6 мая", True),
        ("5 pages", "пять страниц", "6 pages", "пять страниц", False),
        ("{a} and {b}", "{b} и {a}", "{b} and {a}", "{a} и {b}", True),
        (
            "at https://a.example",
            "на https://a.example",
            "at https://b.example",
            "на https://b.example",
            True,
        ),
    ],
)
def test_a_translation_is_written_for_the_new_numbers_where_that_is_sure(
    before: str, target: str, now: str, written: str, whole: bool
) -> None:
    assert adapted(before, target, now) == (written, whole)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    parts = list(difference(before, after))
    assert "".join(text for kind, text in parts if kind != "ins") == before
    assert "".join(text for kind, text in parts if kind != "del") == after


def use(source: str, target: str, language: str = "ru") -> dict[str, tuple[bool, list[str]]]:
    """What the glossary of the first profile says of a pair: concept → (used, forbidden variants)."""
    known = glossary.of(profiles.load("cica"))
    return {
        one.concept: (one.used, [target[start:end] for start, end, _ in one.wrong])
        for one in glossary.uses(known, "en", language, source, target, DAY)
    }


def test_terms_are_found_by_stem_and_forbidden_variants_named() -> None:
    assert use(
        "prepared by the Chair for the Member States", "подготовленным председателями для государств-членов"
    ) == {
        "prepared": (True, []),
        "chair": (True, []),
        "member_states": (True, []),
    }
    assert use("to the Member State", "странам-участницам") == {
        "member_states": (False, ["странам-участницам"])
    }
    assert use("the summary", "отчётом") == {"enclosed_summary": (False, ["отчётом"])}
    # The same word is right where another concept of the paragraph calls for it, and a longer one is no variant.
    assert use("are available", "также доступны") == {"available": (False, ["также доступны"])}
    assert use("nothing of it", "ничего") == {}


def test_a_variant_with_the_stem_of_its_term_is_found_by_its_letters() -> None:
    right, wrong = "АӨСШК-тің Талдау орталықтары форумы", "талдау орталықтарының форумы"
    assert use("the CICA Think Tank Forum", right, "kk") == {"think_tank_forum": (True, [])}
    assert use("the CICA Think Tank Forum", wrong, "kk") == {"think_tank_forum": (False, [wrong])}


def test_a_word_counts_while_it_is_valid() -> None:
    known = Glossary(
        {
            "seat": (
                Entry("seat", "en", "the capital"),
                Entry("seat", "ru", "Нур-Султан", until=date(2022, 9, 18)),
                Entry("seat", "ru", "Астана", since=date(2022, 9, 19)),
            )
        }
    )
    for day, term in ((date(2022, 9, 18), "Нур-Султан"), (date(2022, 9, 19), "Астана")):
        [found] = glossary.uses(known, "en", "ru", "in the capital", "", day)
        assert found.target is not None and found.target.term == term


def test_a_profile_says_words_by_date_and_with_forms(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from workflow.letters.profile import read_glossary
    from workflow.letters.schema import Faults

    (tmp_path / "glossary.toml").write_text(
        '[seat]\nen = { term = "capital" }\n'
        'ru = [{ term = "Нур-Султан", until = 2022-09-18 }, { term = "Астана", from = 2022-09-19, forms = ["Астане"] }]\n',
        encoding="utf-8",
    )
    faults = Faults()
    found = read_glossary(tmp_path, ("en", "ru"), faults)
    assert [word.term for word in found["seat"]["ru"]] == ["Нур-Султан", "Астана"] and not faults
    assert found["seat"]["ru"][1].forms == ("Астане",)
    (tmp_path / "glossary.toml").write_text(
        '[seat]\nru = [{ term = "А" }, { term = "Б", from = 2022-09-19, form = "x" }]\nfr = { term = "c" }\n',
        encoding="utf-8",
    )
    read_glossary(tmp_path, ("en", "ru"), faults)
    told = " ".join(faults)
    assert "two words on one day" in told and "did you mean “forms”" in told and "no language of this" in told
