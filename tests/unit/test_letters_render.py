"""The renderers: the same bytes, nothing lost, everything at its place, no trace of the maker."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import unicodedata
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.errors import Refusal
from workflow.letters import data_example, data_file, note_docx, note_pdf, profile
from workflow.letters.fingerprint import fingerprint
from workflow.letters.letter import EnclosureFacts, Letter, compose
from workflow.letters.slots import literal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
LANGUAGES = ("en", "ru", "kk")
# What the bundled font draws: Latin and Cyrillic, without the characters that only shape others.
DRAWN = "abc XYZ éö ғқңөұүһі АӘЯ 0123 ,;:–«»“”()%&<>"


def note(language: str = "en", paragraphs: list[str] | None = None, **changes: Any) -> Letter:
    """A note of the first profile with an enclosure and a code."""
    given: dict[str, Any] = {
        "kind": "note_verbale",
        "values": {},
        "paragraphs": ["inform them of the date"] if paragraphs is None else paragraphs,
        "enclosures": [EnclosureFacts(1, {"en": "Summary"}, None, 8)],
        "number": "TTF/9",
        "day": date(2022, 3, 28),
        "acknowledgement_code": "4R7K3B",
        "marking": "unclassified",
        "draft": False,
    }
    return compose(profile.load("cica"), language, **{**given, **changes})


def long_body(count: int) -> list[str]:
    """`count` paragraphs, each with a number of its own that occurs nowhere else."""
    return [
        f"Paragraph pa{at:03}ra concerns a matter that takes more than one line to be told, as matters do."
        for at in range(count)
    ]


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[at].get_textpage().get_text_range() for at in range(len(document))]
    finally:
        document.close()


def height_of(pdf: bytes, page: int, words: str) -> float:
    """How far from the top `words` begin on a page, as a part of its height."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[page]
        textpage = sheet.get_textpage()
        found = textpage.search(words, match_case=True).get_next()
        assert found is not None, words
        _, _, _, top = textpage.get_charbox(found[0])
        return float(1 - top / sheet.get_height())
    finally:
        document.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", [False, True])
def test_the_same_letter_gives_the_same_bytes(language: str, draft: bool) -> None:
    letter = note(language, draft=draft)
    stored = Letter.from_json(letter.to_json())
    assert note_pdf.render(letter) == note_pdf.render(stored)
    assert note_docx.render(letter) == note_docx.render(stored)
    assert fingerprint(letter) == fingerprint(stored)


def test_the_fingerprint_changes_with_the_profile() -> None:
    data = note().to_json()
    other = Letter.from_json({**data, "profile_digest": "0" * 64})
    assert fingerprint(other) != fingerprint(note())


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_addressee_stands_at_the_foot_of_the_first_page_for_short_and_long_bodies(count: int) -> None:
    pdf = note_pdf.render(note(paragraphs=long_body(count)))
    assert height_of(pdf, 0, "MEMBER STATES") > 0.8
    assert "MEMBER STATES" not in "".join(pages_of(pdf)[1:])


@pytest.mark.parametrize("count", [1, 12, 60])
def test_the_code_stands_in_the_foot_zone_of_the_last_page(count: int) -> None:
    pdf = note_pdf.render(note(paragraphs=long_body(count)))
    last = note_pdf.page_count(pdf) - 1
    assert height_of(pdf, last, "4R7-K3B") > 0.92
    assert all("4R7-K3B" not in page for page in pages_of(pdf)[:-1])


def test_the_enclosure_line_stands_in_the_margin_level_with_the_opening() -> None:
    pdf = note_pdf.render(note())
    assert height_of(pdf, 0, "Enclosure") == pytest.approx(height_of(pdf, 0, "The Secretariat"), abs=0.012)


def test_continuation_pages_carry_number_and_page() -> None:
    pages = pages_of(note_pdf.render(note(paragraphs=long_body(60))))
    assert len(pages) > 2
    assert f"2 / {len(pages)}" in pages[1] and "TTF/9" in pages[1]
    assert f"1 / {len(pages)}" not in pages[0]


@given(st.lists(st.text(DRAWN, min_size=1, max_size=60).filter(str.strip), max_size=60))
@settings(max_examples=10, deadline=None)
def test_every_block_is_drawn_once_in_both_formats(texts: list[str]) -> None:
    letter = note(paragraphs=[literal(f"p{at:02}q {text.strip()}") for at, text in enumerate(texts)])
    drawn = "".join(pages_of(note_pdf.render(letter)))
    written = "\n".join(docx_paragraphs(note_docx.render(letter)))
    for text in (drawn, written):
        places = [text.find(f"p{at:02}q") for at in range(len(texts))]
        assert -1 not in places and places == sorted(places)
        assert all(text.count(f"p{at:02}q") == 1 for at in range(len(texts)))
        assert text.count("IN ASIA") == 2 and text.count("4R7-K3B") == 1


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_docx_holds_any_text_and_a_pdf_draws_it_or_says_why_not(text: str) -> None:
    letter = note(paragraphs=["inform", "x" + literal(text)])
    docx.Document(io.BytesIO(note_docx.render(letter)))
    try:
        assert note_pdf.page_count(note_pdf.render(letter)) >= 1
    except Refusal as refusal:
        assert refusal.code == "glyph-missing"


def docx_paragraphs(data: bytes) -> list[str]:
    """The texts of all paragraphs of the body, those of tables too, in the order of the file."""
    body = docx.Document(io.BytesIO(data)).element.body
    return ["".join(text.text or "" for text in paragraph.iter(f"{W}t")) for paragraph in body.iter(f"{W}p")]


@pytest.mark.parametrize(
    ("sign", "package"),
    [("中", "fonts-noto-cjk"), ("ب", "fonts-hosny-amiri"), ("\u0e01", "fonts-noto-core")],
)
def test_a_missing_glyph_stops_the_render_with_character_language_and_package(
    sign: str, package: str
) -> None:
    with pytest.raises(Refusal) as caught:
        note_pdf.render(note("ru", paragraphs=["направить", f"слово {sign}"]))
    for words in (sign, unicodedata.name(sign), "ru version", package):
        assert words in caught.value.sentence


# Noto Serif CJK has outlines of another format (CFF) than the others (TrueType).
@pytest.mark.parametrize("language", ["en", "zh", "ar"])
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ก", "U+0E01 THAI CHARACTER KO KAI"),
        ("\u0378", "U+0378 unnamed"),
        ("\ue000", "U+E000 unnamed"),
        ("\x07", "U+0007 unnamed"),
        ("𝔄", "U+1D504 MATHEMATICAL FRAKTUR CAPITAL A"),
        ("a\u0489", "U+0489 COMBINING CYRILLIC MILLIONS SIGN"),
    ],
)
def test_no_font_prints_a_box_for_a_missing_glyph(language: str, text: str, named: str) -> None:
    letter = compose(
        profile.load("greffes"),
        language,
        kind="note_verbale",
        values={},
        paragraphs=["inform", f"中 {text}"] if language == "zh" else ["inform", f"x {text}"],
        number="CPA/2026/NV.1",
        day=date(2026, 4, 20),
        marking="general",
        draft=False,
    )
    with pytest.raises(Refusal) as caught:
        note_pdf.render(letter)
    assert caught.value.code == "glyph-missing"
    assert named in caught.value.sentence and f"the {language} version" in caught.value.sentence


def test_the_pdf_claims_its_standards_and_names_language_and_title() -> None:
    with pikepdf.open(io.BytesIO(note_pdf.render(note("kk")))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2" and metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert "TTF/9" in str(metadata["dc:title"])
            assert "dc:creator" not in metadata
        root = pdf.Root
        assert str(root.Lang) == "kk"
        assert root.MarkInfo.Marked
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo.CreationDate).startswith("D:20220328")


def test_the_docx_has_real_styles_languages_and_no_foreign_author() -> None:
    data = note_docx.render(note("ru"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any("thumbnail" in name or "theme" in name for name in archive.namelist())
    document = docx.Document(io.BytesIO(data))
    core = document.core_properties
    assert (core.author, core.last_modified_by, core.language) == ("", "", "ru-RU")
    assert core.title == "Вербальная нота TTF/9"
    body = document.element.body
    languages = {run.find(f"{W}rPr/{W}lang").get(f"{W}val") for run in body.iter(f"{W}r")}
    assert languages == {"en-GB", "ru-RU"}
    known = {style.style_id for style in document.styles}
    used = {style.get(f"{W}val") for style in body.iter(f"{W}pStyle")}
    assert used <= known and {"LetterNumber", "LetterOpening", "LetterAddressee"} <= used


def test_only_a_draft_has_the_draft_mark() -> None:
    final, draft = note(), note(draft=True)
    assert "DRAFT" in pages_of(note_pdf.render(draft))[0]
    assert "DRAFT" not in pages_of(note_pdf.render(final))[0]

    def headers(letter: Letter) -> bytes:
        with zipfile.ZipFile(io.BytesIO(note_docx.render(letter))) as archive:
            return b"".join(archive.read(name) for name in archive.namelist() if "header" in name)

    assert b"DRAFT" in headers(draft)
    assert b"DRAFT" not in headers(final)


@pytest.mark.libreoffice
def test_libreoffice_gives_the_docx_as_many_pages_as_the_pdf(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        assert os.environ.get("CHANCERY_TEST_ALL") != "1", "LibreOffice is not installed"
        pytest.skip("LibreOffice is not installed")
    made = {
        f"{language}-{count}": note(language, long_body(count)) for language in LANGUAGES for count in (1, 24)
    }
    river = profile.load("veldana")
    (tmp_path / "letter.toml").write_text(data_example.example(river), encoding="utf-8")
    made |= {
        f"river-{code}": one
        for code, one in data_file.letters(river, data_file.load(tmp_path / "letter.toml")).items()
    }
    for name, letter in made.items():
        (tmp_path / f"{name}.docx").write_bytes(note_docx.render(letter))
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", "pdf"]
    files = [str(tmp_path / f"{name}.docx") for name in made]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=120
    )
    for name, letter in made.items():
        converted = (tmp_path / f"{name}.pdf").read_bytes()
        assert note_pdf.page_count(converted) == note_pdf.page_count(note_pdf.render(letter)), name
        assert letter.of_role("addressee")[0].text.split("\n")[0] in pages_of(converted)[0]
