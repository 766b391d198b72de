"""Reading a note from bytes: plain text and DOCX, and what is refused."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.concordance import compare, read_text
from workflow.concordance.reading import LARGEST_FILE_BYTES, LARGEST_PART_BYTES
from workflow.errors import InputRefused

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def archive(**parts: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(f"word/{name}.xml", content)
    return data.getvalue()


def document(body: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'


def test_a_docx_gives_headers_body_and_tables_in_order() -> None:
    file = docx.Document()
    file.sections[0].header.paragraphs[0].text = "LETTERHEAD"
    file.add_paragraph("Opening\nsecond line")
    file.add_table(rows=1, cols=1).cell(0, 0).text = "In a table"
    file.add_paragraph("End")
    data = io.BytesIO()
    file.save(data)
    assert (
        read_text(data.getvalue(), "note.docx") == "LETTERHEAD\n\nOpening\nsecond line\n\nIn a table\n\nEnd"
    )


def test_deleted_text_is_left_out_and_inserted_text_is_read() -> None:
    body = (
        "<w:p><w:r><w:t>on </w:t></w:r><w:del><w:r><w:delText>7</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>8</w:t></w:r></w:ins><w:r><w:t> p.</w:t></w:r></w:p>"
        "<w:moveFrom><w:p><w:r><w:t>moved away</w:t></w:r></w:p></w:moveFrom>"
    )
    assert read_text(archive(document=document(body)), "note.docx") == "on 8 p."


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7 text",
        b"\xff\xd8\xff\xe0\x00\x10JFIF",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04 no archive",
        archive(other="<x/>"),
        archive(document="<no end"),
        archive(document=f'<!DOCTYPE a [<!ENTITY b "c">]>{document("<w:p/>")}'),
        archive(document=document("<w:p/>" + " " * LARGEST_PART_BYTES)),
        b"a" * (LARGEST_FILE_BYTES + 1),
    ],
    ids=["pdf", "jpeg", "ole", "no archive", "no docx", "broken", "entities", "bomb", "large"],
)
def test_anything_else_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InputRefused) as refusal:
        read_text(data, "note.docx")
    assert refusal.value.sentence.startswith("note.docx ") and refusal.value.sentence.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text_is_read_in_unicode(encoding: str) -> None:
    assert read_text("Нота № 1, 北京".encode(encoding), "note.txt") == "Нота № 1, 北京"


LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            ["№TTF/374", "Enclosure: on 8 p.", "Қосымша: 8 п", "28 March 2022", "2022 жылғы 28 наурыз", "«", "“", "XX",
             "{date}", "{x} [", "32 марта 2022 г.", "³² Ⅸ ٣٤", "presents its compliments to", "第九次", "99:99 UTC+99", "\ud800"]
        ),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(LINES, LINES, LINES)
def test_no_text_makes_the_comparison_fail(en: list[str], ru: list[str], kk: list[str]) -> None:
    findings = compare("cica", {"en": "\n\n".join(en), "ru": "\n".join(ru), "kk": " ".join(kk)})
    assert all(finding.message.endswith(".") for finding in findings)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reading_fail(data: bytes) -> None:
    try:
        assert isinstance(read_text(data, "x"), str)
    except InputRefused as refusal:
        assert refusal.exit_code == 3
