"""A secretariat's own Word letterhead as the base of the DOCX: kept, cleaned, checked like any upload."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.shared import Mm, Pt
from lxml import etree
from PIL import Image

from tests.hostile import registry
from tests.hostile import words as _makers  # noqa: F401  They enter themselves.
from workflow.errors import Refusal
from workflow.letters import data_example, data_file, note_docx, plain, profile
from workflow.letters.letter import Letter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def picture() -> io.BytesIO:
    made = io.BytesIO()
    Image.new("RGB", (60, 40), (20, 90, 60)).save(made, "PNG")
    made.seek(0)
    return made


def letterhead(change: Callable[[docx.document.Document], object] | None = None) -> bytes:
    """A letterhead as people make them in Word: logo and name in the header, address in the footer."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = Mm(45)
    section.different_first_page_header_footer = True
    head = section.first_page_header.paragraphs[0]
    head.add_run().add_picture(picture(), Mm(15))
    head.add_run("  SECRETARIAT OF THE GULF OF STONES")
    section.first_page_footer.paragraphs[0].add_run("Quay of the Pilots 4, gulf.example")
    section.header.paragraphs[0].add_run("Gulf of Stones")
    document.core_properties.author = "Somebody Else"
    document.core_properties.last_modified_by = "Somebody Else"
    document.core_properties.comments = "made in a hurry"
    document.styles[
        "Salutation" if "Salutation" in [s.name for s in document.styles] else "Normal"
    ].font.size = Pt(11)
    if change:
        change(document)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def organisation(folder: Path, content: bytes, more: str = "") -> Path:
    """A profile with this letterhead."""
    made = folder / "gulf"
    shutil.copytree(profile.ROOT / "skeleton" / "profile", made)
    (made / "letterhead.docx").write_bytes(content)
    file = made / "profile.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[docx]\nbase = "letterhead.docx"\n' + more, "utf-8")
    return made


def letter(made: Path, final: bool = True) -> Letter:
    read = profile.load(str(made))
    text = data_example.example(read)
    if final:
        text = 'date = 2026-03-02\nnumber = "NV/1-2026"\nacknowledgement_code = "4R7K3B"\n' + text
    (made.parent / "note.toml").write_text(text, encoding="utf-8")
    return data_file.letters(read, data_file.load(made.parent / "note.toml"))["en"]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_headers_footers_and_logo_stay_and_the_letter_comes_in_between(tmp_path: Path) -> None:
    made = organisation(tmp_path, letterhead())
    assert profile.check(made) == []
    given = letter(made)
    data = note_docx.render(given)
    assert data == note_docx.render(Letter.from_json(given.to_json()))
    document = docx.Document(io.BytesIO(data))
    section = document.sections[0]
    assert "GULF OF STONES" in section.first_page_header.paragraphs[0].text
    assert "Quay of the Pilots" in section.first_page_footer.paragraphs[0].text
    files = parts(data)
    assert sum(name.startswith("word/media/") for name in files) == 1
    said = "".join(text.text or "" for text in document.element.body.iter(f"{W}t"))
    for block in given.blocks:
        shown = block.zone != "head"
        assert (plain.block_text(block).split("\n")[0] in said) == shown, block
    assert round(section.left_margin.mm) == given.layout.start and round(section.top_margin.mm) == 45


def test_nothing_says_who_made_the_letterhead(tmp_path: Path) -> None:
    data = note_docx.render(letter(organisation(tmp_path, letterhead())))
    for name, content in parts(data).items():
        assert b"Somebody" not in content and b"hurry" not in content, name
        assert "thumbnail" not in name and "app.xml" not in name and "customXml" not in name, name
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_part_has_a_style_and_those_of_the_letterhead_win(tmp_path: Path) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    def styled(document: docx.document.Document) -> None:
        document.styles.add_style("Letter Addressee", WD_STYLE_TYPE.PARAGRAPH).font.size = Pt(17)

    document = docx.Document(io.BytesIO(note_docx.render(letter(organisation(tmp_path, letterhead(styled))))))
    known = {style.style_id: style for style in document.styles}
    used = {style.get(f"{W}val") for style in document.element.body.iter(f"{W}pStyle")}
    assert used <= known.keys()
    base = known["LetterAddressee"]
    assert (base.font.size or base.base_style.font.size) == Pt(17)
    assert known["LetterOpening"].base_style.name == "Letter Text"
    names = [style.name.casefold() for style in document.styles]
    assert len(names) == len(set(names))


def test_the_letter_takes_the_place_that_is_marked(tmp_path: Path) -> None:
    def marked(document: docx.document.Document) -> None:
        document.add_paragraph("By hand")
        document.add_paragraph("{letter}")
        document.add_paragraph("Printed on paper from managed forests")

    document = docx.Document(io.BytesIO(note_docx.render(letter(organisation(tmp_path, letterhead(marked))))))
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts[0] == "By hand" and texts[-1].startswith("Printed on paper") and "{letter}" not in texts
    assert any("presents its compliments" in text for text in texts[1:-1])


def test_a_draft_has_its_mark_on_every_page_and_a_count_where_there_is_none(tmp_path: Path) -> None:
    made = organisation(tmp_path, letterhead())
    for final in (True, False):
        headers = [
            content
            for name, content in parts(note_docx.render(letter(made, final))).items()
            if name.startswith("word/header")
        ]
        assert all((b"DRAFT" in one) == (not final) for one in headers)
        assert any(b"NUMPAGES" in one for one in headers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda document: document.add_section(), "2 sections"),
        (lambda document: document.add_paragraph("Dear Sir"), "text or a picture in its body"),
        (
            lambda document: setattr(document.sections[0], "page_width", Mm(216)),
            "paper of 216 × 297 mm",
        ),
        (
            lambda document: [document.add_paragraph("{letter}"), document.add_paragraph("{letter}")],
            "more than once",
        ),
        (
            lambda document: document.element.body.insert(
                0,
                etree.fromstring(
                    f'<w:p xmlns:w="{W[1:-1]}"><w:ins w:id="1" w:author="A"><w:r><w:t>x</w:t></w:r></w:ins></w:p>'
                ),
            ),
            "tracked change",
        ),
    ],
)
def test_a_letterhead_that_cannot_serve_gets_a_sentence(
    change: Callable[[docx.document.Document], object], words: str, tmp_path: Path
) -> None:
    faults = profile.check(organisation(tmp_path, letterhead(change)))
    assert len(faults) == 1 and words in faults[0], faults


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"%PDF-1.7", "letterhead.docx is"), (b"PK\x03\x04 nothing", "letterhead.docx is")],
)
def test_a_file_that_is_none_gets_a_sentence(content: bytes, words: str, tmp_path: Path) -> None:
    faults = profile.check(organisation(tmp_path, content))
    assert len(faults) == 1 and words in faults[0], faults


def test_no_hostile_document_becomes_a_letterhead(tmp_path: Path) -> None:
    cases = [case for case in registry.CASES if case.filename.endswith(".docx")][:12]
    assert len(cases) == 12
    for at, case in enumerate(cases):
        folder = tmp_path / str(at)
        folder.mkdir()
        faults = profile.check(organisation(folder, case.make()))
        assert faults and all("letterhead.docx" in fault for fault in faults), case.name


def test_a_missing_file_and_a_letterhead_that_is_gone_are_said(tmp_path: Path) -> None:
    made = organisation(tmp_path, letterhead())
    given = letter(made)
    data = {**given.to_json(), "stationery": "0" * 64}
    with pytest.raises(Refusal) as caught:
        note_docx.render(Letter.from_json(data))
    assert caught.value.code == "letterhead-gone"
    (made / "letterhead.docx").unlink()
    assert "cannot be read" in profile.check(made)[0]
