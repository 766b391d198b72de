"""A note from one data file: everything is written, or nothing and a sentence for each fault."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from workflow.errors import InputRefused, Refusal
from workflow.letters import data_example, data_file, note_pdf, profile


@pytest.mark.parametrize("name", profile.names())
def test_the_example_of_each_profile_renders_in_every_language(name: str, tmp_path: Path) -> None:
    organisation = profile.load(name)
    (tmp_path / "note.toml").write_text(data_example.example(organisation), encoding="utf-8")
    written = data_file.render_all(organisation, data_file.load(tmp_path / "note.toml"), tmp_path / "out")
    assert {path.name for path in written} == {
        f"note.{code}.{form}" for code in organisation.languages for form in ("pdf", "docx", "txt")
    }
    assert all(path.stat().st_size > 200 for path in written)
    assert note_pdf.page_count((tmp_path / "out" / "note.en.pdf").read_bytes()) == 1


def test_a_profile_without_an_example_gives_a_frame_that_loads_as_a_draft(tmp_path: Path) -> None:
    folder = tmp_path / "river"
    shutil.copytree(profile.ROOT / "veldana", folder)
    (folder / "example.toml").unlink()
    (tmp_path / "note.toml").write_text(data_example.example(profile.load(str(folder))), encoding="utf-8")
    data = data_file.load(tmp_path / "note.toml")
    assert data.draft and set(data.paragraphs) == {"en", "fr"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "“paragraphs” is missing"),
        ("[paragraphs]\nen = 3", "a list of texts"),
        ("numer = 'x'\n[paragraphs]", "did you mean “number”?"),
        ("date = 'soon'\n[paragraphs]", "no date"),
        ("[paragraphs]\n[values.x]\nkind = 'odd'\nvalue = 1", "one of term"),
        ("[paragraphs]\n[values.x]\nkind = 'term'", "“value” is missing"),
        ("[paragraphs]\n[[enclosures]]\ntitles = { en = 'A' }", "“pages” is missing"),
        ("[paragraphs]\n[[enclosures]]\ntitles = { en = 'A' }\npages = 0", "a number from 1"),
        ("[paragraphs]\n[addressee]\nkind = 'king'", "one of collective"),
        ("[paragraphs]\n[particulars]\naction_by = 2026-01-01T10:00:00", "no offset from UTC"),
        ("[paragraphs]\n[particulars]\ncopies = [1]", "wrong kind"),
        ("[paragraphs]\n[[particulars.related]]\nlink = 'replaces'\nnumber = '1'", "“date” is missing"),
        ("[paragraphs", "not well-formed TOML"),
    ],
)
def test_each_fault_of_a_data_file_gets_a_sentence(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "note.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        data_file.load(tmp_path / "note.toml")
    assert any(words in fault for fault in caught.value.details), caught.value.details


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as caught:
        data_file.load(tmp_path / "nothing.toml")
    assert "missing" in caught.value.details[0]


def test_a_missing_language_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "note.toml").write_text("[paragraphs]\nen = ['inform']\nxx = ['a']", encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        data_file.render_all(profile.load("cica"), data_file.load(tmp_path / "note.toml"), tmp_path / "out")
    assert "Русский, Қазақша" in caught.value.sentence and "xx" in caught.value.sentence
    assert not (tmp_path / "out").exists()


def number_of(tmp_path: Path, number: str) -> str | None:
    """The number of the circular letter of the second profile, with this number in its data file."""
    organisation = profile.load("veldana")
    text = re.sub(r"(?m)^number = .*$", f"number = {number}", data_example.example(organisation), count=1)
    (tmp_path / "note.toml").write_text(text, encoding="utf-8")
    return data_file.letters(organisation, data_file.load(tmp_path / "note.toml"))["en"].number


def test_a_number_may_be_given_by_its_parts(tmp_path: Path) -> None:
    assert number_of(tmp_path, '{ serial = 6, year = 2020, revision = "REV2", audience = "PR" }') == (
        "CL 2020/06(REV2)-PR"
    )
    assert number_of(tmp_path, "{ serial = 6 }").endswith("/06")
    for number, code in (
        ('{ serial = 6, topic = "A" }', "number-part-unknown"),
        ('{ serial = 6, series = "XX" }', "profile-part-unknown"),
        ("{ year = 2020 }", "data-file-faulty"),
    ):
        with pytest.raises(Refusal) as caught:
            number_of(tmp_path, number)
        assert caught.value.code == code


@pytest.mark.parametrize("name", profile.names())
def test_the_frame_of_a_data_file_renders_with_every_example_line_put_to_use(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "profiles" / name
    shutil.copytree(profile.ROOT / name, folder)
    (folder / "example.toml").unlink()
    organisation = profile.load(str(folder))
    frame = data_example.example(organisation)
    used = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", frame).replace('"…"', '"A"')
    # The revision marks, topics and audiences of a profile are its own.
    used = re.sub(r"number = \{ serial = 12.*?\}", "number = { serial = 12 }", used)
    for text in (frame, used):
        (tmp_path / "note.toml").write_text(text, encoding="utf-8")
        for letter in data_file.letters(organisation, data_file.load(tmp_path / "note.toml")).values():
            assert note_pdf.page_count(note_pdf.render(letter)) >= 1
            assert letter.draft == (text == frame)
