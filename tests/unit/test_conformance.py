"""The check of PDF/A and PDF/UA: what we make is clean, and what breaks a rule is found by its clause."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from tests import sealing as made
from tests.sealing import NAME, NOW
from workflow.letters import conformance, note_pdf, profile
from workflow.letters.seal import opening, sealing
from workflow.letters.seal.sealing import Mark, Spot

Change = Callable[[pikepdf.Pdf], None]


def changed(pdf: bytes, change: Change) -> bytes:
    """The PDF with one thing made otherwise."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(target, static_id=True, fix_metadata_version=False)
    return target.getvalue()


@pytest.mark.parametrize("name", profile.names())
def test_the_letters_of_every_profile_are_clean(name: str) -> None:
    for language in profile.load(name).languages:
        assert conformance.faults(note_pdf.render(made.letter(name, language))) == []


def test_saving_anew_alone_breaks_nothing() -> None:
    assert conformance.faults(changed(made.unsealed(), lambda _: None)) == []


def metadata(**values: str) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        with document.open_metadata(set_pikepdf_as_editor=False) as found:
            for key, value in values.items():
                found[key.replace("_", ":")] = value

    return change


def font(document: pikepdf.Pdf, key: str) -> Dictionary:
    return next(one for one in document.objects if isinstance(one, Dictionary) and key in one)


def no_font_file(document: pikepdf.Pdf) -> None:
    descriptor = next(
        one
        for one in document.objects
        if isinstance(one, Dictionary) and one.get("/Type") == "/FontDescriptor"
    )
    for key in ("/FontFile2", "/FontFile3"):
        if key in descriptor:
            del descriptor[key]


def link(document: pikepdf.Pdf) -> Dictionary:
    note = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([0, 0, 10, 10]),
            F=4,
            Contents=pikepdf.String("a link"),
        )
    )
    document.pages[0].Annots = Array([note])
    return note


def untagged_words(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.contents_add(document.make_stream(b"0 0 10 10 re f"))


def stray_mark(document: pikepdf.Pdf) -> None:
    document.pages[0].contents_add(document.make_stream(b"/P <</MCID 9999>> BDC 0 0 1 1 re f EMC"))


def element(document: pikepdf.Pdf) -> Dictionary:
    return next(
        one for one in document.objects if isinstance(one, Dictionary) and one.get("/Type") == "/StructElem"
    )


def drop(owner: Callable[[pikepdf.Pdf], Dictionary], key: str) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        del owner(document)[key]

    return change


def put(owner: Callable[[pikepdf.Pdf], Dictionary], key: str, value: object) -> Change:
    def change(document: pikepdf.Pdf) -> None:
        owner(document)[key] = value

    return change


def root(document: pikepdf.Pdf) -> Dictionary:
    return document.Root


def heading(document: pikepdf.Pdf) -> Dictionary:
    return next(one for one in document.objects if isinstance(one, Dictionary) and one.get("/S") == "/H1")


def attach(document: pikepdf.Pdf) -> None:
    document.attachments["a.txt"] = b"a file"


BROKEN: dict[str, tuple[Change, str]] = {
    "part": (metadata(pdfaid_part="1"), "6.6.4"),
    "level": (metadata(pdfaid_conformance="B"), "6.6.4"),
    "accessible": (metadata(pdfuaid_part="2"), "14289-1, 5"),
    "no metadata": (drop(root, "/Metadata"), "6.6.2.1"),
    "no language": (drop(root, "/Lang"), "7.2"),
    "wrong language": (put(root, "/Lang", "not a language"), "7.2"),
    "no title shown": (drop(root, "/ViewerPreferences"), "7.1"),
    "no tags": (drop(root, "/StructTreeRoot"), "6.7.2"),
    "not marked": (drop(root, "/MarkInfo"), "6.7.2"),
    "no colours": (drop(root, "/OutputIntents"), "6.2.3"),
    "no font": (no_font_file, "6.2.11.4"),
    "no unicode": (drop(lambda document: font(document, "/ToUnicode"), "/ToUnicode"), "6.2.11.7"),
    "script": (
        put(
            root,
            "/OpenAction",
            Dictionary(Type=Name.Action, S=Name("/JavaScript"), JS=pikepdf.String("1")),
        ),
        "6.5.1",
    ),
    "own action": (put(root, "/AA", Dictionary()), "6.5.2"),
    "form by reader": (put(root, "/AcroForm", Dictionary(NeedAppearances=True)), "6.4.1"),
    "untagged": (untagged_words, "7.1"),
    "stray": (stray_mark, "6.7.3"),
    "unknown tag": (put(element, "/S", Name("/Sonnet")), "6.7.3.4"),
    "heading": (put(heading, "/S", Name("/H3")), "7.4.2"),
    "figure": (put(element, "/S", Name.Figure), "7.3"),
    "hidden note": (lambda document: link(document).__setitem__("/F", 2), "6.3.2"),
    "note outside": (lambda document: link(document) and None, "7.18.1"),
    "attached": (attach, "6.8"),
    "rights": (put(root, "/Perms", Dictionary({"/Other": Dictionary()})), "6.1.12"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_rule_is_found_by_its_clause(what: str) -> None:
    change, clause = BROKEN[what]
    found = conformance.faults(changed(made.unsealed(), change))
    assert any(f"{clause})" in one or f"{clause};" in one or f"{clause} " in one for one in found), found


def test_what_is_no_pdf_and_what_is_encrypted_says_so() -> None:
    assert any("cannot be read" in one for one in conformance.faults(b"%PDF-1.7\nnothing"))
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(made.unsealed())) as document:
        document.save(target, encryption=pikepdf.Encryption(owner="o", user=""))
    assert any("encrypted" in one for one in conformance.faults(target.getvalue()))
    assert any("6.1.3" in one for one in conformance.faults(made.unsealed() + b"more"))


def test_a_seal_without_its_tag_or_name_is_found(tmp_path) -> None:
    place = made.organisation().write(tmp_path)
    with opening.signer(place, NOW) as signer:
        mark = Mark(made.unsealed(), Spot(0, (10, 10, 60, 60)))
        pdf = sealing.seal(made.unsealed(), signer, NOW, words=NAME, mark=mark)

    def seal(document: pikepdf.Pdf) -> Dictionary:
        return document.Root.AcroForm.Fields[0]

    for key, clause in (("/StructParent", "7.18.1"), ("/TU", "7.18.1"), ("/AP", "6.3.3")):
        found = conformance.faults(changed(pdf, drop(seal, key)))
        assert any(clause in one for one in found), (key, found)
    found = conformance.faults(changed(pdf, lambda one: one.pages[0].__delitem__("/Tabs")))
    assert any("7.18.3" in one for one in found)
