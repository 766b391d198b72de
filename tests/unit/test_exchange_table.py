"""The table for Word: out, through LibreOffice, and back in; what makes it unfit is refused."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document

from tests.unit.exchange_samples import HANDOVER, TRANSLATION, UNITS
from workflow import exchange
from workflow.errors import InputRefused

# Braces are typed as at the desk.
TYPED = TRANSLATION


def table() -> bytes:
    return exchange.write(HANDOVER, "docx")


def typed(data: bytes, row: int, words: str, column: int = 2) -> bytes:
    """The document with a cell typed anew, as python-docx and any word processor do it."""
    document = Document(io.BytesIO(data))
    cell = document.tables[0].rows[row].cells[column]
    cell.text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def edited(data: bytes, change: Callable[[str], str]) -> bytes:
    """The document with the XML of its body changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                before = content.decode()
                content = change(before).encode()
                assert content.decode() != before
            new.writestr(name, content)
    return out.getvalue()


def matched(data: bytes) -> exchange.Matched:
    return exchange.match(HANDOVER, exchange.read(data, "table.docx"))


def refused(data: bytes) -> InputRefused:
    with pytest.raises(InputRefused) as caught:
        matched(data)
    return caught.value


def test_a_translation_typed_into_the_table_is_a_change() -> None:
    (change,) = matched(typed(table(), 2, TYPED)).changes
    assert (change.key, change.after, change.revision) == ("p11", TRANSLATION, 0)


def test_the_cells_show_slots_as_they_are_typed_and_hide_the_marks() -> None:
    document = Document(io.BytesIO(table()))
    rows = document.tables[0].rows
    assert len(rows) == 1 + len(UNITS)
    body = document.element.body.xml
    assert body.count("<w:vanish/>") == 1 + len(UNITS)
    assert body.count('w:val="contentLocked"') == 8
    assert "{meeting.genitive}" in body and "{{in braces}}" in rows[3].cells[1].text


def test_several_paragraphs_and_breaks_in_a_cell_are_one_text() -> None:
    (change,) = matched(typed(table(), 2, TYPED.replace(" Документы", "\nДокументы"))).changes
    assert change.after == TRANSLATION


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda data: typed(data, 2, "направить {meeting}"), "Paragraph 1: the code {enclosed} is missing"),
        (
            lambda data: typed(data, 2, "{enclosed} {meeting} {url}"),
            "Paragraph 1: the code {url} does not belong",
        ),
        (lambda data: typed(data, 2, "{enclosed} {meeting} {"), "Row 2 of the table has a brace"),
        (lambda data: typed(data, 2, "forward nothing", 1), "Paragraph 1: its source was changed"),
        (lambda data: typed(data, 1, "Посольство свидетельствует"), "The opening formula is locked"),
        (lambda data: typed(data, 3, "2", 0), "Row 3 of the table lost its hidden mark"),
    ],
)
def test_a_damaged_table_is_refused_with_the_row_named(
    change: Callable[[bytes], bytes], sentence: str
) -> None:
    found = refused(change(table()))
    assert found.code == "exchange-damaged"
    assert any(sentence in fault for fault in found.details), found.details


def test_a_row_taken_out_is_missed() -> None:
    document = Document(io.BytesIO(table()))
    row = document.tables[0].rows[3]._tr
    row.getparent().remove(row)
    out = io.BytesIO()
    document.save(out)
    assert any("Paragraph 2 is not in the file" in fault for fault in refused(out.getvalue()).details)


def test_tracked_changes_are_refused_with_what_to_do() -> None:
    def track(text: str) -> str:
        run = "<w:r><w:t>Новое</w:t></w:r>"
        return text.replace(
            "</w:p></w:tc></w:tr></w:tbl>",
            f'<w:ins w:id="1" w:author="A" w:date="2026-05-12T08:00:00Z">{run}</w:ins></w:p></w:tc></w:tr></w:tbl>',
        )

    found = refused(edited(table(), track))
    assert found.code == "exchange-tracked"
    assert "Accept or reject them all" in found.sentence


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("chancery D-2026-0007", "chancery D-2026-0008"), "exchange-other-note"),
        (lambda text: text.replace("D-2026-0007 en ru ", "D-2026-0007 en kk "), "exchange-other-language"),
        (lambda text: text.replace("chancery D-2026-0007", "D-2026-0007"), "exchange-not-ours"),
        (lambda text: text.replace("?>\n", "?>\n<!DOCTYPE x>", 1), "dtd"),
        (lambda text: text[: len(text) // 2], "malformed"),
    ],
)
def test_a_foreign_or_hostile_document_is_refused(change: Callable[[str], str], code: str) -> None:
    assert refused(edited(table(), change)).code == code


def test_any_other_document_is_not_taken_for_the_table() -> None:
    document = Document()
    document.add_table(2, 3)
    out = io.BytesIO()
    document.save(out)
    assert refused(out.getvalue()).code == "exchange-not-ours"
    assert refused(b"PK\x03\x04" + b"\0" * 60).sentence
    with pytest.raises(InputRefused) as caught:
        exchange.read(table(), "table.odt")
    assert caught.value.code == "renamed"


@pytest.mark.libreoffice
def test_the_table_survives_libreoffice(tmp_path: Path) -> None:
    source = tmp_path / "table.docx"
    source.write_bytes(typed(table(), 2, TYPED))
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program
    subprocess.run(
        [
            program,
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--infilter=MS Word 2007 XML",
            "--convert-to",
            "docx:MS Word 2007 XML",
            "--outdir",
            str(tmp_path / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    data = (tmp_path / "out" / "table.docx").read_bytes()
    assert data != source.read_bytes()
    found = matched(data)
    assert [change.after for change in found.changes] == [TRANSLATION]
    assert found.unchanged == 2 and found.differences == ()
