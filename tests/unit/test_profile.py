"""Profiles: what those shipped say, and that each fault of a profile gets a sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflow.errors import Refusal
from workflow.letters import profile
from workflow.letters.organisation import Profile

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE = date(2022, 3, 28)


@pytest.fixture(scope="module")
def cica() -> Profile:
    return profile.load("cica")


@pytest.mark.parametrize("name", profile.names())
def test_each_profile_shipped_is_sound(name: str) -> None:
    assert profile.check(profile.ROOT / name) == []
    assert len(profile.load(name).digest) == 64


def test_membership_is_that_of_the_day(cica: Profile) -> None:
    assert len(cica.members_on(REFERENCE)) == 27
    assert len(cica.members_on(date(2022, 10, 12))) == 27
    assert len(cica.members_on(date(2022, 10, 13))) == 28
    assert len(cica.members_on(date(2002, 6, 4))) == 16
    assert cica.members_on(date(2002, 6, 3)) == ()


def test_names_of_states_are_those_of_the_day(cica: Profile) -> None:
    turkey = cica.member("TR")
    assert turkey.name("en", REFERENCE) == "Turkey"
    assert turkey.name("en", date(2023, 1, 1)) == "Türkiye"
    assert turkey.name("ru", date(2023, 1, 1)) == "Турция"


def test_uncertain_dates_are_marked_as_such(cica: Profile) -> None:
    certainty = {member.code: member.certainty for member in cica.members}
    assert certainty["TH"] == certainty["BH"] == "uncertain"
    assert certainty["KZ"] == certainty["KW"] == "certain"
    assert all(member.source for member in cica.members)


@pytest.mark.parametrize(
    ("day", "english", "russian", "kazakh"),
    [
        (date(2019, 3, 22), "Astana", "город Астана", "Астана қаласы"),
        (date(2019, 3, 23), "Nur-Sultan", "город Нур-Султан", "Нұр-Сұлтан қаласы"),
        (date(2022, 9, 18), "Nur-Sultan", "город Нур-Султан", "Нұр-Сұлтан қаласы"),
        (date(2022, 9, 19), "Astana", "город Астана", "Астана қаласы"),
    ],
)
def test_the_place_has_the_name_of_the_day(
    cica: Profile, day: date, english: str, russian: str, kazakh: str
) -> None:
    assert [cica.place(code, day, "line") for code in ("en", "ru", "kk")] == [english, russian, kazakh]


def test_the_head_has_the_title_of_the_day(cica: Profile) -> None:
    assert cica.head_title("en", REFERENCE) == "Executive Director"
    assert cica.head_title("en", date(2023, 1, 1)) == "Secretary General"
    assert cica.head_title("kk", date(2023, 1, 1)) == "Бас хатшы"


def test_standing_and_required_are_two_settings(cica: Profile) -> None:
    kazakh = cica.languages["kk"]
    assert (kazakh.standing, kazakh.required) == ("courtesy", True)
    assert (kazakh.numbered, kazakh.letterhead) == (False, False)
    assert all(cica.languages[code].standing == "authentic" for code in ("en", "ru"))


def test_lists_follow_the_alphabet_of_each_language(cica: Profile) -> None:
    kazakh = [member.name("kk", REFERENCE) for member in cica.sorted_members("kk", REFERENCE)]
    assert kazakh[:3] == ["Ауғанстан", "Әзербайжан", "Бангладеш"]
    assert kazakh.index("Өзбекстан") < kazakh.index("Палестина") < kazakh.index("Ресей")
    assert kazakh.index("Камбоджа") < kazakh.index("Қазақстан") < kazakh.index("Моңғолия")
    english = [member.code for member in cica.sorted_members("en", date(2023, 1, 1))]
    assert english.index("TJ") < english.index("TH") < english.index("TR") < english.index("AE")


def test_a_list_may_sort_a_name_by_other_words_and_ignores_marks() -> None:
    river = profile.load("veldana")
    day = date(2012, 1, 1)
    assert [member.code for member in river.sorted_members("fr", day)] == ["XA", "XC", "XB", "XD"]


def test_dates_are_written_in_the_diplomatic_form(cica: Profile) -> None:
    written = {code: cica.languages[code].dates.write(REFERENCE) for code in ("en", "ru", "kk")}
    assert written == {
        "en": "28\u00a0March 2022",
        "ru": "28\u00a0марта 2022\u00a0г.",
        "kk": "2022\u00a0жылғы 28\u00a0наурыз",
    }


def test_numbers_are_written_by_the_pattern_of_their_series(cica: Profile) -> None:
    assert cica.series["TTF"].number(374, 2022) == "TTF/374"
    assert cica.series["ADM"].number(5, 2026) == "ADM/5-2026"
    assert cica.series["TTF"].child("TTF/374", "corrigendum", 2) == "TTF/374/Corr.2"
    circular = profile.load("veldana").series["CL"]
    assert circular.number(7, 2026) == "CL 2026/07"
    assert circular.number(7, 2026, revision="REV2", audience="PR") == "CL 2026/07(REV2)-PR"


def test_ordinals_go_to_thirty_in_every_form(cica: Profile) -> None:
    for language in cica.languages.values():
        for form in language.facts.ordinals:
            words = [language.facts.ordinal(at, form) for at in range(1, 31)]
            assert all(words) and len(set(words)) == 30
    facts = {code: language.facts for code, language in cica.languages.items()}
    assert facts["en"].ordinal(9, "title") == "Ninth"
    assert facts["ru"].ordinal(23, "genitive") == "двадцать третьего"
    assert facts["kk"].ordinal(19, None) == "он тоғызыншы"
    assert facts["en"].ordinal(31, None) is None


def test_every_term_has_every_language_and_begins_with_the_nominative(cica: Profile) -> None:
    for term in cica.terms.values():
        assert set(term.forms) == set(cica.languages)
        for forms in term.forms.values():
            assert next(iter(forms)) in ("nominative", "one", "other")


def test_markings_say_what_may_be_mailed_and_published(cica: Profile) -> None:
    allowed = {marking.name: (marking.mail, marking.publish) for marking in cica.markings.values()}
    assert allowed == {
        "unclassified": (True, True),
        "official_use": (True, False),
        "restricted": (False, False),
    }


def test_no_organisation_is_known_to_the_code() -> None:
    known = [re.escape(name) for name in profile.names()]
    for name in profile.names():
        titles = (*profile.load(name).title.values(), *profile.load(name).short_title.values())
        known += [re.escape(title) for title in titles]
    pattern = re.compile(r"\b(" + "|".join(known) + r")\b", re.IGNORECASE)
    for file in sorted((REPOSITORY / "workflow").rglob("*.py")):
        # The settings name the profile that is used where none is set; nothing else names one.
        if file.relative_to(REPOSITORY).as_posix() != "workflow/config.py":
            assert not pattern.search(file.read_text(encoding="utf-8")), file.name


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal) as caught:
        profile.load("nowhere")
    assert "cica" in caught.value.sentence


def change(file: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


FAULTS = [
    (change("profile.toml", "Europe/Vienna", "Europe/Wien"), "no IANA time zone"),
    (change("profile.toml", 'seat = "seat"', 'seat = "moon"'), "no key of [[places]]"),
    (change("profile.toml", 'source_language = "en"', 'source_language = "de"'), "one of en, fr"),
    (change("profile.toml", "default_kind", "defalt_kind"), "“default_kind” is missing"),
    (change("profile.toml", "yearly = true", "yearli = true"), "did you mean “yearly”?"),
    (change("profile.toml", "yearly = true", 'yearly = "yes"'), "has to be true or false"),
    (change("profile.toml", "/{serial}[", "["), "needs the place {serial} once"),
    (change("profile.toml", "{year}/{serial}", "{serial}"), "a number would come twice"),
    (change("profile.toml", "{year}/{serial}", "{yaer}/{serial}"), "has the place {yaer}"),
    (change("profile.toml", "{parent}/Add.{n}", "Add.{n}"), "needs the places {parent} and {n}"),
    (change("profile.toml", 'series = "CL"', 'series = "XX"'), "not in [series]"),
    (change("profile.toml", 'level = "circular"', 'level = "low"'), "[formulas.low"),
    (
        change("profile.toml", 'addressee = "individual"', 'addressee = "all"'),
        "one of collective, individual",
    ),
    (change("profile.toml", '"salutation", "body"', '"salutation", "boddy"'), "is not a part of a letter"),
    (change("profile.toml", '"body", "complimentary_close"', '"complimentary_close"'), "name “body” once"),
    (change("profile.toml", '"({roman})"', '"<{roman}>"'), "in “numbering” is not known"),
    (change("profile.toml", "size = 11.5", "size = 115"), "a number from 8 to 16"),
    (change("profile.toml", "bottom = 26", "bottom = true"), "has to be a number"),
    (change("profile.toml", "[layout.styles.number]", "[layout.styles.nmbr]"), "is not a part of a letter"),
    (change("profile.toml", 'letterhead = ["en", "fr"]', 'letterhead = ["en", "xx"]'), "not in [languages]"),
    (
        change("profile.toml", "[markings.general]\nmail = true", "[markings.general]\nmail = false"),
        "may be mailed",
    ),
    (change("profile.toml", 'fr = "sheets"', 'fr = "leaves"'), "one of pages, sheets"),
    (change("profile.toml", "[unit]", "[unit"), "not well-formed TOML"),
    (change("profile.toml", '[[places]]\nkey = "delta"', '[[places]]\nkey = "seat"'), "two names on one day"),
    (change("languages/fr.toml", "{body}", "x"), "{body} once"),
    (change("languages/fr.toml", "{code}", "code"), "needs the place {code}"),
    (change("languages/fr.toml", 'draft_mark = "PROJET"\n', ""), "“draft_mark” is missing"),
    (change("languages/fr.toml", "({count}", "("), "needs the place {count}"),
    (change("languages/fr.toml", "sheets = {", "sheet = {"), "no word for sheets"),
    (change("languages/fr.toml", 'CL = "', 'CX = "'), "[series] has no “CL”"),
    (change("languages/fr.toml", "[addressees.authority]", "[addressees.nobody]"), "[addressees.authority]"),
    (
        change("languages/fr.toml", "[formulas.circular.any]", "[formulas.circular.king]"),
        "no kind of addressee",
    ),
    (change("languages/fr.toml", "further_to", "further"), "not known; use one of further_to"),
    (change("terms.toml", "[station]\nen", "[station]\nxx"), "“en” is missing"),
    (change("members.csv", "2011-09-15", "15.9.2011"), "no date; write it as YYYY-MM-DD"),
    (change("members.csv", "code,since", "code,from"), "the first line has to be"),
    (change("members.csv", "XC,", "XA,"), "stands twice"),
    (change("members.csv", "XB,1998-05-01,,", "XB,1998-05-01,"), "has to have 5 fields"),
    (change("member_names.csv", ",2009-12-31,", ",,"), "two names in language en on one day"),
    (change("member_names.csv", "XC,fr", "XC,de"), "one of en, fr"),
    (change("member_names.csv", "XC,fr", "XE,fr"), "XE is not in members.csv"),
    (remove("languages/fr.toml"), "the file is missing"),
    (remove("terms.toml"), "terms.toml: the file is missing"),
    (remove("member_names.csv"), "member_names.csv: the file is missing"),
]


@pytest.mark.parametrize(("edit", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_each_fault_of_a_profile_gets_a_sentence(
    edit: Callable[[Path], None], words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "river"
    shutil.copytree(profile.ROOT / "veldana", folder)
    edit(folder)
    faults = profile.check(folder)
    assert any(words in fault for fault in faults), faults
    assert all(fault.rstrip()[-1] in ".?" and ": " in fault for fault in faults)
    with pytest.raises(Refusal) as caught:
        profile.load(str(folder))
    assert caught.value.details == tuple(faults)


def test_the_digest_changes_with_any_file_of_the_folder(tmp_path: Path) -> None:
    folders = [tmp_path / name / "river" for name in ("one", "two")]
    for folder in folders:
        shutil.copytree(profile.ROOT / "veldana", folder)
    before = [profile.load(str(folder)).digest for folder in folders]
    assert before[0] == before[1] == profile.load("veldana").digest
    profile.load.cache_clear()
    (folders[0] / "concordance.toml").write_text("# Read by another part.\n", encoding="utf-8")
    assert profile.load(str(folders[0])).digest != before[0]


def test_every_key_left_out_is_a_fault_or_has_a_default(tmp_path: Path) -> None:
    """Whatever line of a profile is lost, checking it ends in sentences and never in a crash."""
    source = profile.ROOT / "veldana"
    folder = tmp_path / "river"
    shutil.copytree(source, folder)
    for file in ("profile.toml", "languages/en.toml"):
        lines = (source / file).read_text(encoding="utf-8").splitlines()
        for at in range(len(lines)):
            (folder / file).write_text("\n".join(lines[:at] + lines[at + 1 :]), encoding="utf-8")
            assert all(isinstance(fault, str) and fault for fault in profile.check(folder))
        shutil.copy(source / file, folder / file)
