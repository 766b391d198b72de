"""A new profile is sound as it is made, and never written over another."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.errors import Refusal
from workflow.letters import data_example, data_file, note_docx, note_pdf, profile, profile_new


def test_a_new_profile_passes_its_check_and_gives_a_letter(tmp_path: Path) -> None:
    folder = profile_new.create("bridge_office", tmp_path)
    assert profile.check(folder) == []
    organisation = profile.load(str(folder))
    assert organisation.name == "bridge_office"
    data = tmp_path / "note.toml"
    example = data_example.example(organisation)
    data.write_text(
        example.replace('en = ["[…]", "[…]"]', 'en = ["inform them of the opening"]'), encoding="utf-8"
    )
    letter = data_file.letters(organisation, data_file.load(data))["en"]
    assert note_pdf.page_count(note_pdf.render(letter)) == 1
    assert note_docx.render(letter)


def test_what_the_skeleton_says_of_further_keys_is_true(tmp_path: Path) -> None:
    folder = profile_new.create("told", tmp_path)
    # Whoever takes the comment sign away from an optional key has a sound profile still.
    for file, keys in (("profile.toml", ("numbering",)),):
        text = (folder / file).read_text(encoding="utf-8")
        for key in keys:
            assert f"# {key} = " in text
            text = text.replace(f"# {key} = ", f"{key} = ")
        (folder / file).write_text(text, encoding="utf-8")
    assert profile.check(folder) == []


def test_what_the_skeleton_says_of_a_seal_and_an_attached_docx_is_true(tmp_path: Path) -> None:
    folder = profile_new.create("sealed", tmp_path)
    for file, begins in (
        ("profile.toml", ("[seal]", "place", "width", "height = 14", "[pdf]", "attach_docx")),
        ("languages/en.toml", ("seal", "stamp")),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        for begin in begins:
            assert f"# {begin}" in text
            text = text.replace(f"# {begin}", begin)
        (folder / file).write_text(text, encoding="utf-8")
    # The stamp needs room, which is said where it is missing.
    kind = (folder / "profile.toml").read_text(encoding="utf-8")
    sealed = kind.replace('authentication = "initials"', 'authentication = "seal"')
    (folder / "profile.toml").write_text(sealed, encoding="utf-8")
    (fault,) = profile.check(folder)
    assert "authentication_space" in fault
    (folder / "profile.toml").write_text(
        sealed.replace("authentication_space = 6", "authentication_space = 15"), encoding="utf-8"
    )
    assert profile.check(folder) == []
    organisation = profile.load(str(folder))
    assert organisation.attach_docx and organisation.stamp is not None
    assert (organisation.stamp.width, organisation.stamp.height) == (64, 14)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('place = "authentication"', 'place = "sky"'), "“place” is “sky”"),
        (("height = 14", "height = 3"), "“height” is 3"),
        (("width = 64", "width = 120"), "“width” is more than the body's"),
        (('place = "authentication"', 'place = "foot"\nheight = 30'), "4 mm smaller"),
    ],
)
def test_a_stamp_that_does_not_fit_is_a_fault_of_the_profile(
    tmp_path: Path, change: tuple[str, str], words: str
) -> None:
    folder = profile_new.create("stamped", tmp_path)
    text = (folder / "profile.toml").read_text(encoding="utf-8")
    table = '[seal]\nplace = "authentication"\nwidth = 64\nheight = 14\n'
    if "30" in change[1]:
        table = table.replace("height = 14\n", "")
    # A narrow body, so that the widest stamp does not go into it.
    text = text.replace("start = 50", "start = 78")
    text = text.replace("[layout]", f"{table.replace(*change)}\n[layout]", 1)
    (folder / "profile.toml").write_text(text, encoding="utf-8")
    assert any(words in fault for fault in profile.check(folder)), profile.check(folder)


@pytest.mark.parametrize(
    ("stamp", "words"),
    [
        ("", "no words.stamp"),
        ("{holder} {colour}", "{colour}"),
        ("{holder", "belongs to no slot"),
    ],
)
def test_the_words_of_a_stamp_name_what_is_known(tmp_path: Path, stamp: str, words: str) -> None:
    folder = profile_new.create("worded", tmp_path)
    text = (folder / "profile.toml").read_text(encoding="utf-8")
    (folder / "profile.toml").write_text(text.replace("[layout]", '[seal]\nplace = "foot"\n\n[layout]', 1))
    wording = (folder / "languages/en.toml").read_text(encoding="utf-8")
    (folder / "languages/en.toml").write_text(wording.replace("[words]", f'[words]\nstamp = "{stamp}"', 1))
    assert any(words in fault for fault in profile.check(folder)), profile.check(folder)


@pytest.mark.parametrize("name", ["", "A", "x", "../away", "with space", "languages", "skeleton", "1st"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        profile_new.create(name, tmp_path)
    assert caught.value.code == "profile-name"
    assert list(tmp_path.iterdir()) == []


def test_a_profile_is_never_written_over(tmp_path: Path) -> None:
    folder = profile_new.create("twice", tmp_path)
    (folder / "terms.toml").write_text("", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        profile_new.create("twice", tmp_path)
    assert caught.value.code == "profile-exists"
    assert (folder / "terms.toml").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ('pattern = "{prefix}', 'audience = "SP"\npattern = "{prefix}', "has no place {audience}"),
        ("required = true", 'letterheads = ["en", "fr"]', "“letterheads” names the language fr"),
        ('# numbering = ["{n}."', 'numbering = ["{n}>"', "“{n}>” in “numbering” is not known"),
    ],
)
def test_a_fault_in_a_new_profile_is_a_sentence(key: str, value: str, words: str, tmp_path: Path) -> None:
    folder = profile_new.create("faulty", tmp_path)
    text = (folder / "profile.toml").read_text(encoding="utf-8")
    assert key in text
    (folder / "profile.toml").write_text(text.replace(key, value, 1), encoding="utf-8")
    assert any(words in fault for fault in profile.check(folder))


def test_a_number_carries_the_audience_of_its_series_or_the_one_that_is_given() -> None:
    series = profile.load("riverclaims").series["OS"]
    assert series.number(9, 2026) == "RCT-ASP/26/OS/09"
    assert series.number(9, 2026, audience="SP") == "RCT-ASP/26/SP/09"
    assert profile.load("sealanes").series["SLN"].number(41, 2026, revision="2") == "SLN.3/Circ.41/Rev.2"
