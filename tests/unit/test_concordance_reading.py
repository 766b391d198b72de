"""Reading a note from bytes: plain text and DOCX, and what is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from workflow.concordance import compare, read_text
from workflow.concordance.reading import LARGEST_FILE_BYTES, LARGEST_PART_BYTES
from workflow.errors import InputRefused, Invalid

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
    # A word in each, since a version without any text is refused.
    findings = compare(
        "cica", {"en": "\n\n".join([*en, "A"]), "ru": "\n".join([*ru, "А"]), "kk": " ".join([*kk, "А"])}
    )
    assert all(finding.message.endswith(".") for finding in findings)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_reading_fail(data: bytes) -> None:
    try:
        assert isinstance(read_text(data, "x"), str)
    except InputRefused as refusal:
        assert refusal.exit_code == 3


def footnoted() -> bytes:
    """A DOCX with a table, a text box in both of its forms, and a footnote under its rule."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    box = "<w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f'<w:document xmlns:w="{space}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>'
        "<w:p><w:r><w:t>Before.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Left.</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>Right.</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
    )
    notes = (
        f'<w:footnotes xmlns:w="{space}"><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>____</w:t></w:r></w:p>'
        '</w:footnote><w:footnote w:id="2"><w:p><w:r><w:t>See AB/7.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", body)
        archive.writestr("word/footnotes.xml", notes)
    return target.getvalue()


def test_a_docx_gives_text_boxes_once_tables_and_footnotes() -> None:
    assert read_text(footnoted(), "a.docx") == "Before.\n\nIn the box.\n\nLeft.\n\nRight.\n\nSee AB/7."


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff", "— …"])
def test_a_file_without_text_is_refused(text: str) -> None:
    with pytest.raises(InputRefused) as caught:
        read_text(text.encode(), "a.txt")
    assert caught.value.code == "no-text"
    with pytest.raises(Invalid):
        compare("cica", {"en": "A note.", "ru": text})


def test_the_letterheads_of_the_profile_are_no_text_in_another_language() -> None:
    from workflow.letters import profile as profiles

    organisation = profiles.load("greffes")
    heads = "\n\n".join(
        "\n".join((*one.wording.letterhead, *one.wording.contacts)) for one in organisation.languages.values()
    )
    golden = REPOSITORY / "tests" / "golden" / "letters"
    texts = {code: (golden / f"greffes.{code}.txt").read_text("utf-8") for code in organisation.languages}
    before = compare("greffes", texts)
    assert compare("greffes", {code: f"{heads}\n\n{text}" for code, text in texts.items()}) == before


def test_a_mistyped_command_is_wrong_use_and_a_bad_file_is_refused(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from web.cli import main

    good, empty = tmp_path / "a.txt", tmp_path / "b.txt"
    good.write_text("The Office presents its compliments.", "utf-8")
    empty.write_text("")
    legacy = tmp_path / "c.txt"
    legacy.write_bytes(bytes(range(128, 256)))

    def code(*given: object) -> int:
        return CliRunner().invoke(main, ["compare", *map(str, given)]).exit_code

    versions = (f"en={good}", f"ru={good}")
    assert code("--profile", "nowhere", *versions) == 2
    assert code("--profile", "cica", f"en={good}", f"de={good}") == 2
    assert code("--profile", "cica", "--date", "2022-13-01", *versions) == 2
    assert code("--profile", "cica", f"en={good}") == 2
    assert code("--profile", "cica", f"en={good}", f"ru={tmp_path / 'missing'}") == 2
    assert code("--profile", "cica", f"en={good}", f"ru={empty}") == 3
    assert code("--profile", "cica", f"en={good}", f"ru={legacy}") == 3


OLDER = {
    "ru": "Секретариат имеет честь направить отчет о заседании и просит ответить по этому адресу до конца месяца.",
    "kk": "Хатшылық осы мүмкіндікті пайдалана отырып, ілтипатын тағы да растайды және жауапты күтеді.",
    "fr": "Le Secrétariat présente ses compliments et a l'honneur de transmettre le rapport de la réunion à Genève.",
    "ar": "تهدي الأمانة تحياتها إلى البعثات وتطلب منها أن ترد على هذه المذكرة قبل نهاية الشهر",
    "zh": "秘书处向各国代表团致意，并转交会议报告。",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("ru", "cp1251"),
        ("ru", "koi8-r"),
        ("ru", "cp866"),
        ("ru", "mac_cyrillic"),
        ("kk", "kz1048"),
        ("kk", "ptcp154"),
        ("fr", "cp1252"),
        ("fr", "mac_roman"),
        ("ar", "cp1256"),
        ("zh", "gb18030"),
        ("ru", "utf-16-le"),
        ("kk", "utf-16-be"),
        ("fr", "utf-16-le"),
        ("ru", "utf-32"),
    ],
)
def test_older_encodings_are_known_by_the_words_of_the_language(language: str, encoding: str) -> None:
    assert read_text(OLDER[language].encode(encoding), "note.txt", language) == OLDER[language]


def test_what_is_in_no_encoding_of_the_language_is_refused_and_not_guessed() -> None:
    for data, language in (
        (OLDER["ru"].encode("cp1251"), ""),
        (OLDER["ru"].encode("cp1251"), "fr"),
        (OLDER["ar"].encode("cp1256"), "ru"),
        (bytes(range(128, 256)) * 4, "ru"),
        (b"<!DOCTYPE html><html><p>Note</p></html>", "en"),
    ):
        with pytest.raises(InputRefused) as refusal:
            read_text(data, "note.txt", language)
        assert refusal.value.code == "neither-text-nor-docx"
