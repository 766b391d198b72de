"""Documents frozen by the real LibreOffice: pages, letters, names, and no word to the outside."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import docx
import pikepdf
import pypdfium2
import pytest

from tests.hostile import clean
from tests.unit.test_intake_findings import revised, revised_text
from workflow.errors import InputRefused, Unavailable
from workflow.letters.enclosure import Limits, freeze, inspect, layers
from workflow.letters.intake import conversion
from workflow.letters.pictures import page_pictures

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module", autouse=True)
def libreoffice() -> None:
    if "docx" not in layers()["converts"]:
        if os.environ.get("CHANCERY_TEST_ALL") == "1":
            pytest.fail("LibreOffice is missing, or conversion cannot be isolated here")
        pytest.skip("LibreOffice is missing, or conversion cannot be isolated here")


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())


def test_kazakh_document_is_frozen_with_all_its_letters() -> None:
    data = clean.python_docx_default_template()
    frozen = freeze(data, "summary.docx")
    assert frozen.pages == len(pypdfium2.PdfDocument(frozen.pdf)) >= 8
    assert "Ұйымның мүше мемлекеттері" in text_of(frozen.pdf)
    assert frozen.by.startswith("LibreOffice")
    assert not {"sign_not_shown"} & {warning.code for warning in frozen.warnings}
    assert inspect(frozen.pdf, "frozen.pdf").pages == frozen.pages
    assert len(page_pictures(frozen.pdf, pages=[0], width_px=200)) == 1


def test_nobody_is_named_in_the_frozen_copy() -> None:
    document = docx.Document()
    document.add_paragraph("Summary")
    document.core_properties.author = "Aigerim Example"
    document.core_properties.last_modified_by = "Ivan Example"
    written = io.BytesIO()
    document.save(written)
    frozen = freeze(written.getvalue(), "summary.docx")
    with pikepdf.open(io.BytesIO(frozen.pdf)) as pdf:
        assert "/Author" not in pdf.docinfo
        assert "Example" not in str(pdf.open_metadata())
        assert all(b"Aigerim" not in bytes(str(thing), "utf-8") for thing in pdf.objects)


def test_changes_are_accepted_and_comments_gone_with_consent() -> None:
    text = text_of(freeze(revised(), "summary.docx", clean=True).pdf)
    assert "The participants agreed" in text
    assert "to meet again." in text
    assert "refused" not in text
    assert "secret" not in text


def test_open_document_is_frozen() -> None:
    assert freeze(clean.open_document_text(), "summary.odt").pages == 1
    assert text_of(freeze(revised_text(), "summary.odt", clean=True).pdf) == "They agreed to meet."


def test_substituted_fonts_are_reported() -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = "House Style Unheard Of"
    document.add_paragraph("Summary")
    written = io.BytesIO()
    document.save(written)
    warnings = {warning.code for warning in freeze(written.getvalue(), "summary.docx").warnings}
    assert "font_substituted" in warnings


def test_letters_that_no_font_has_are_refused() -> None:
    # A letter of the Cypro-Minoan script: assigned in Unicode 14, and in hardly any font.
    if subprocess.run(["fc-list", ":charset=12f90"], capture_output=True, check=True).stdout:
        pytest.skip("a font of this machine has the rare letter")
    with pytest.raises(InputRefused) as caught:
        freeze(clean.word("<w:p><w:r><w:t>Rare \U00012f90 letter</w:t></w:r></w:p>"), "summary.docx")
    assert caught.value.code == "missing_glyph"
    assert "U+12F90" in caught.value.sentence


def test_private_signs_that_are_not_shown_are_reported() -> None:
    frozen = freeze(clean.word("<w:p><w:r><w:t>Odd \U000f8f8f sign</w:t></w:r></w:p>"), "summary.docx")
    assert "sign_not_shown" in {warning.code for warning in frozen.warnings}


def test_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    make = tempfile.mkdtemp

    def note(*args: str, **kwargs: str) -> str:
        made.append(Path(make(*args, **kwargs)))
        return str(made[-1])

    monkeypatch.setattr(tempfile, "mkdtemp", note)
    freeze(clean.word(), "summary.docx")
    assert made
    assert not [folder for folder in made if folder.exists()]


@pytest.fixture
def listener() -> Iterator[tuple[int, list[str]]]:
    """A web server that notes every connection; in the end it is called, to know that it listened."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    request = connection.recv(1000).decode("latin-1").split("\r\n")[0]
                heard.append(request)
                if request == "stop":
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield port, heard
        with socket.create_connection(("127.0.0.1", port)) as call:
            call.sendall(b"stop")
        thread.join()
        assert heard == ["stop"]


def reaching(port: int) -> dict[str, tuple[bytes, str]]:
    """Documents that try to fetch something: DOCX and ODT, made without going through the intake."""
    address = f"http://127.0.0.1:{port}"
    drawing = (
        '<w:p><w:r><w:pict><v:shape style="width:50pt;height:50pt">'
        '<v:imagedata r:id="rId1"/></v:shape></w:pict></w:r></w:p>'
    )
    return {
        "linked picture": (clean.word(drawing, rows=(("image", f"{address}/a.png", True),)), "docx"),
        "field": (clean.word(clean.field(f' INCLUDEPICTURE "{address}/b.png" \\d ')), "docx"),
        "included text": (clean.word(clean.field(f' INCLUDETEXT "{address}/c.docx" ')), "docx"),
        "picture in a text": (
            clean.text_document(
                f'<text:p><draw:frame><draw:image xlink:href="{address}/d.png"/></draw:frame></text:p>'
            ),
            "odt",
        ),
        "section": (
            clean.text_document(
                f'<text:section text:name="s"><text:section-source xlink:href="{address}/e.odt"/>'
                "<text:p/></text:section>"
            ),
            "odt",
        ),
    }


def test_intake_refuses_what_would_reach_out(listener: tuple[int, list[str]]) -> None:
    for data, kind in reaching(listener[0]).values():
        with pytest.raises(InputRefused):
            freeze(data, f"summary.{kind}")


def test_conversion_alone_reaches_no_listener(listener: tuple[int, list[str]]) -> None:
    """The second and third layer hold even where the first would fail."""
    for data, kind in reaching(listener[0]).values():
        assert conversion.convert(data, kind, "x", Limits()).startswith(b"%PDF-")


def test_settings_alone_reach_no_listener(
    listener: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """LibreOffice's own settings hold where there is no namespace."""
    monkeypatch.setattr(
        conversion.sandbox, "shelter", lambda *command: conversion.sandbox.Shelter((), False, None)
    )
    for data, kind in reaching(listener[0]).values():
        conversion.convert(data, kind, "x", Limits(), {conversion.ALLOW: "1"})


def test_a_real_conversion_stops_at_its_time_limit() -> None:
    content = "<w:tbl><w:tr><w:tc>" * 10 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 10
    with pytest.raises(InputRefused) as caught:
        freeze(clean.word(content), "summary.docx", limits=Limits(conversion_seconds=0.2))
    assert caught.value.code == "conversion_too_slow"


def test_files_saved_by_libreoffice_pass_the_intake(tmp_path: Path) -> None:
    source = tmp_path / "source.docx"
    source.write_bytes(clean.python_docx_default_template())
    program = conversion.soffice()
    assert program is not None
    for form in ("odt", "docx:MS Word 2007 XML", "pdf"):
        subprocess.run(
            [
                program,
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                form,
                "--outdir",
                str(tmp_path / "out"),
                str(source),
            ],
            check=True,
            capture_output=True,
            timeout=100,
        )
        kind = form.split(":")[0]
        data = (tmp_path / "out" / f"source.{kind}").read_bytes()
        assert inspect(data, f"source.{kind}").needs_consent == ()
        assert freeze(data, f"source.{kind}").pages >= 8


def test_workbook_is_frozen_or_the_package_named() -> None:
    if "xlsx" in layers()["converts"]:
        assert freeze(clean.workbook(), "list.xlsx").pages == 1
        # A cell whose address is computed becomes a link into the converter's own folder, which is taken off.
        frozen = freeze(clean.workbook_with_formulas(), "participants.xlsx")
        assert frozen.pages == 1 and b"file:" not in frozen.pdf
    else:
        with pytest.raises(Unavailable, match="libreoffice-calc-nogui"):
            freeze(clean.workbook(), "list.xlsx")


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is missing")
def test_pdf_printed_by_chromium_passes(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>Report</h1><p><a href='https://example.org'>web</a><p>Қазақ", encoding="utf-8")
    made = tmp_path / "page.pdf"
    subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--print-to-pdf={made}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=100,
    )
    assert freeze(made.read_bytes(), "page.pdf").pages == 1
