"""What is reported instead of refused, and what the copy that is converted leaves out."""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from lxml import etree

from tests.hostile import clean
from workflow.errors import InputRefused
from workflow.letters.enclosure import Limits, freeze, inspect
from workflow.letters.intake import archive, cleaning, opc, opendocument

W = f"{{{clean.WORD}}}"
REVISED = (
    '<w:p><w:r><w:t xml:space="preserve">The participants </w:t></w:r>'
    '<w:ins w:id="1" w:author="N. N."><w:r><w:t>agreed</w:t></w:r></w:ins>'
    '<w:del w:id="2"><w:r><w:delText>refused</w:delText></w:r></w:del></w:p>'
    '<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr>'
    '<w:r><w:t xml:space="preserve"> to meet</w:t></w:r></w:p>'
    '<w:p><w:commentRangeStart w:id="0"/>'
    '<w:r><w:t xml:space="preserve"> again.</w:t></w:r><w:commentRangeEnd w:id="0"/>'
    '<w:r><w:commentReference w:id="0"/></w:r>'
    "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r></w:p>"
    '<w:tbl><w:tr><w:trPr><w:del w:id="4"/></w:trPr><w:tc><w:p/></w:tc></w:tr>'
    "<w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
)


def revised() -> bytes:
    comments = f'<w:comments xmlns:w="{clean.WORD}"><w:comment w:id="0"><w:p/></w:comment></w:comments>'
    return clean.word(
        REVISED,
        rows=(("comments", "comments.xml", False),),
        parts={"word/comments.xml": comments},
        kinds={"word/comments.xml": f"{clean.MAIN}.comments+xml"},
    )


def copied(data: bytes, *, agreed: bool) -> dict[str, bytes]:
    copy = cleaning.copy_of_package(opc.read(archive.unpack(data, Limits()), Limits()), clean=agreed)
    return archive.unpack(copy, Limits())


def test_changes_and_comments_are_reported_with_their_place() -> None:
    findings = {finding.code: finding for finding in inspect(revised(), "summary.docx").findings}
    assert findings["tracked_changes"].consent
    assert findings["tracked_changes"].place == "word/document.xml, paragraph 1"
    assert "has 4 tracked changes" in findings["tracked_changes"].sentence
    assert findings["comments"].place == "word/document.xml, paragraph 3"
    assert not findings["hidden_text"].consent


def test_a_file_with_changes_is_not_frozen_without_consent() -> None:
    with pytest.raises(InputRefused, match="agree that it is frozen without them") as caught:
        freeze(revised(), "summary.docx")
    assert caught.value.code == "needs_consent"
    assert len(caught.value.details) == 2


def test_clean_copy_has_all_changes_accepted() -> None:
    parts = copied(revised(), agreed=True)
    root = etree.fromstring(parts["word/document.xml"])
    paragraphs = ["".join(text.text or "" for text in p.iter(W + "t")) for p in root.iter(W + "p")]
    assert paragraphs == ["The participants agreed", " to meet again.", ""]
    assert not list(root.iter(W + "ins", W + "del", W + "delText", W + "commentReference", W + "vanish"))
    assert "word/comments.xml" not in parts
    assert b"comments" not in parts["word/_rels/document.xml.rels"] + parts["[Content_Types].xml"]


def test_copy_without_consent_keeps_the_text_as_it_is() -> None:
    parts = copied(revised(), agreed=False)
    assert b"refused" in parts["word/document.xml"]


def test_clean_copy_is_a_clean_file() -> None:
    data = cleaning.copy_of_package(opc.read(archive.unpack(revised(), Limits()), Limits()), clean=True)
    assert inspect(data, "summary.docx").findings == ()


def test_workbook_of_a_chart_is_cut_out_and_reported() -> None:
    data = clean.word_with_every_ordinary_part()
    codes = {finding.code: finding.place for finding in inspect(data, "report.docx").findings}
    assert codes["workbook_of_chart"] == "word/embeddings/Microsoft_Excel_Worksheet.xlsx"
    assert codes["embedded_font"] == "word/fonts/font1.odttf"
    assert codes["author"] == "docProps/core.xml"
    parts = copied(data, agreed=False)
    assert not [name for name in parts if "embeddings" in name]
    assert b"externalData" not in parts["word/charts/chart1.xml"]


def test_the_same_file_gives_the_same_copy() -> None:
    data = clean.word_with_every_ordinary_part()
    package = [opc.read(archive.unpack(data, Limits()), Limits()) for _ in range(2)]
    assert cleaning.copy_of_package(package[0], clean=True) == cleaning.copy_of_package(
        package[1], clean=True
    )


def revised_text() -> bytes:
    return clean.text_document(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>refused</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>They <text:change/>agreed"
        "<office:annotation><text:p>really?</text:p></office:annotation> to meet.</text:p>",
        parts={"Configurations2/toolbar/x.xml": "<x/>"},
    )


def test_open_document_is_cleaned_alike() -> None:
    codes = [finding.code for finding in inspect(revised_text(), "summary.odt").needs_consent]
    assert codes == ["comments", "tracked_changes"]
    document = opendocument.read(archive.unpack(revised_text(), Limits()), Limits())
    copy = cleaning.copy_of_text(document, clean=True)
    parts = archive.unpack(copy, Limits())
    assert "".join(etree.fromstring(parts["content.xml"]).itertext()) == "They agreed to meet."
    assert "Configurations2/toolbar/x.xml" not in parts
    assert zipfile.ZipFile(io.BytesIO(copy)).infolist()[0].filename == "mimetype"


def test_comments_of_a_workbook_need_consent() -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    comments = f'<comments xmlns="{space}"><commentList><comment ref="A1"/></commentList></comments>'
    data = clean.workbook(
        parts={"xl/comments1.xml": comments}, kinds={"xl/comments1.xml": f"{clean.SHEET}.comments+xml"}
    )
    assert [finding.place for finding in inspect(data, "list.xlsx").needs_consent] == ["xl/comments1.xml"]


def test_hidden_sheets_are_reported() -> None:
    data = clean.workbook(names='<sheets><sheet name="Old" sheetId="2" state="veryHidden"/></sheets>')
    assert [finding.sentence for finding in inspect(data, "list.xlsx").findings] == [
        "The sheet “Old” is hidden (xl/workbook.xml); the frozen copy does not show it."
    ]


def marked_pdf() -> bytes:
    document = clean.pdf()
    document.docinfo["/Author"] = "A. Person"
    mark = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Highlight, Rect=[0, 0, 9, 9])
    document.pages[0].obj.Annots = pikepdf.Array([mark])
    return clean.saved(document)


def test_review_marks_of_a_pdf_need_consent_and_go() -> None:
    data = marked_pdf()
    assert [finding.code for finding in inspect(data, "report.pdf").findings] == ["comments", "author"]
    with pytest.raises(InputRefused, match="agree"):
        freeze(data, "report.pdf")
    frozen = freeze(data, "report.pdf", clean=True)
    assert frozen.pages == 2
    assert inspect(frozen.pdf, "report.pdf").findings == ()


def test_clean_pdf_keeps_its_bytes() -> None:
    data = clean.pikepdf_pdf()
    for agreed in (False, True):
        frozen = freeze(data, "plain.pdf", clean=agreed)
        assert frozen.pdf == data
        assert frozen.pages == 2
        assert frozen.sha256 == inspect(data, "plain.pdf").sha256
        assert frozen.by == "as submitted"


@pytest.mark.parametrize("name", ["png_picture", "jpeg_picture", "png_with_transparency"])
def test_picture_is_frozen_as_one_page(name: str) -> None:
    filename, make = clean.CLEAN[name]
    frozen = freeze(make(), filename)
    assert frozen.pages == 1
    assert inspect(frozen.pdf, "frozen.pdf").findings == ()
    assert frozen == freeze(make(), filename)
