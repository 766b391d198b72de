"""Hostile PDFs."""

from __future__ import annotations

import io
import zipfile

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.hostile.clean import pdf, saved
from tests.hostile.registry import hostile

NAME = "report.pdf"


def with_annotation(**entries: object) -> bytes:
    document = pdf()
    annotation = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)
    document.pages[1].obj.Annots = Array([annotation])
    return saved(document)


def with_action(**entries: object) -> bytes:
    return with_annotation(Subtype=Name.Link, A=Dictionary(**entries))


@hostile("javascript", "/JavaScript", NAME)
def script_by_name() -> bytes:
    document = pdf()
    action = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), action])))
    return saved(document)


@hostile("javascript", "object", NAME)
def script_on_opening() -> bytes:
    document = pdf()
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("x"))
    return saved(document)


@hostile("javascript", "object", NAME)
def script_deep_in_direct_objects() -> bytes:
    document = pdf()
    nested = Dictionary(S=Name.JavaScript, JS=String("x"))
    for _ in range(20):
        nested = Dictionary(Next=Array([nested]))
    document.pages[0].obj.PieceInfo = nested
    return saved(document)


@hostile("action", "object", NAME)
def launch_on_opening() -> bytes:
    document = pdf()
    document.Root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    return saved(document)


@hostile("action", "object", NAME)
def form_that_sends() -> bytes:
    return with_action(S=Name.SubmitForm, F=String("http://127.0.0.1/"))


@hostile("action", "object", NAME)
def link_into_another_file() -> bytes:
    return with_action(S=Name.GoToR, F=String("\\\\127.0.0.1\\share\\x.pdf"))


@hostile("unsafe_hyperlink", "file:///etc/passwd", NAME)
def link_to_a_file() -> bytes:
    return with_action(S=Name.URI, URI=String("file:///etc/passwd"))


@hostile("action", "/AA", NAME)
def action_on_opening_a_page() -> bytes:
    document = pdf()
    document.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.Print))
    return saved(document)


@hostile("xfa", "/XFA", NAME)
def form_of_xfa() -> bytes:
    document = pdf()
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=document.make_stream(b"<xdp/>"))
    return saved(document)


@hostile("embedded_file", "object", NAME)
def attached_file() -> bytes:
    document = pdf()
    document.attachments["x.exe"] = b"MZ"
    return saved(document)


@hostile("embedded_file", "object", NAME)
def attachment_on_a_page() -> bytes:
    return with_annotation(Subtype=Name.FileAttachment, Contents=String("x"))


@hostile("media", "object", NAME)
def film_on_a_page() -> bytes:
    return with_annotation(Subtype=Name.RichMedia)


@hostile("external_link", "object", NAME)
def stream_in_another_file() -> bytes:
    document = pdf()
    stream = document.make_stream(b"")
    stream.F = String("http://127.0.0.1/x")
    document.pages[0].obj.Contents = stream
    return saved(document)


@hostile("encrypted", "/Encrypt", NAME)
def pdf_with_password() -> bytes:
    return saved(pdf(), encryption=pikepdf.Encryption(owner="owner", user="user"))


@hostile("encrypted", "/Encrypt", NAME)
def pdf_with_restrictions() -> bytes:
    return saved(pdf(), encryption=pikepdf.Encryption(owner="owner", user=""))


@hostile("truncated", NAME, NAME)
def truncated_pdf() -> bytes:
    return saved(pdf())[:-40]


@hostile("damaged", "Print it to PDF again", NAME)
def pdf_with_broken_references() -> bytes:
    data = saved(pdf())
    place = data.rindex(b"startxref") + 10
    return data[:place] + b"7" + data[place + 1 :]


@hostile("trailing_data", NAME, NAME)
def data_after_pdf() -> bytes:
    return saved(pdf()) + b"MZ\x90\0payload"


@hostile("leading_data", "a PDF document", NAME)
def data_before_pdf() -> bytes:
    return b"GIF\x01 junk\n" + saved(pdf())


@hostile("polyglot", "ZIP", NAME)
def pdf_that_is_a_zip_too() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("x.html", "x")
    document = pdf()
    document.Root.Payload = document.make_stream(archive.getvalue())
    return saved(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@hostile("polyglot", "HTML", NAME)
def pdf_that_is_a_web_page_too() -> bytes:
    return saved(pdf()).replace(b"\n%", b"\n%<script>alert(1)</script>", 1)


@hostile("page_size", "page 2", NAME)
def huge_page() -> bytes:
    document = pdf()
    document.pages[1].obj.MediaBox = Array([0, 0, 200_000, 200_000])
    return saved(document)


@hostile("page_size", "page 1", NAME)
def page_of_huge_units() -> bytes:
    document = pdf()
    document.pages[0].obj.UserUnit = 1000
    return saved(document)


@hostile("too_many_pages", "/Pages", NAME)
def thousands_of_pages() -> bytes:
    return saved(pdf(1_001))


@hostile("nested_too_deeply", "object", NAME)
def arrays_in_arrays() -> bytes:
    document = pdf()
    nested = Array([])
    for _ in range(300):
        nested = Array([nested])
    document.Root.Odd = nested
    return saved(document)


@hostile("zip_bomb", "page 1", NAME)
def page_that_is_a_bomb() -> bytes:
    document = pdf()
    document.pages[0].obj.Contents = document.make_stream(b" " * 170_000_000)
    return saved(document)


@hostile("damaged", "Print it to PDF again", NAME)
def pages_that_contain_themselves() -> bytes:
    document = pdf()
    document.Root.Pages.Kids.append(document.Root.Pages)
    return saved(document)
