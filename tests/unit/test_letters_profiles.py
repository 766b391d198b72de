"""Every profile's example in every language: text in order, pages, and what a PDF of the standards has to carry."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from workflow.letters import data_example, data_file, note_docx, note_pdf, plain, profile
from workflow.letters.letter import Letter

EACH = [(name, code) for name in profile.names() for code in profile.load(name).languages]
GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "letters"
EXAMPLES = ("greffes", "pastures", "riverclaims", "sealanes", "timesignals")
# What has no business in a letter, wherever in the file it stands.
ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/OpenAction",
    "/AA",
    "/EmbeddedFiles",
    "/XFA",
    "/RichMedia",
    "/SubmitForm",
}


@lru_cache(maxsize=32)
def example(name: str) -> dict[str, Letter]:
    """The letters of a profile's own example."""
    organisation = profile.load(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "example.toml"
        file.write_text(data_example.example(organisation), encoding="utf-8")
        return data_file.letters(organisation, data_file.load(file))


@lru_cache(maxsize=64)
def drawn(name: str, code: str) -> bytes:
    return note_pdf.render(example(name)[code])


def letters_only(text: str) -> str:
    """The letters and figures of a text, one after the other: line breaks and ligatures do not count."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum())


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[at].get_textpage().get_text_range() for at in range(len(document))]
    finally:
        document.close()
    return letters_only("".join(pages))


def test_five_organisations_are_shipped_beside_the_first_and_none_looks_like_another() -> None:
    assert set(EXAMPLES) <= set(profile.names())
    orders = {tuple(profile.load(name).kinds[profile.load(name).default_kind].order) for name in EXAMPLES}
    patterns = {series.pattern for name in EXAMPLES for series in profile.load(name).series.values()}
    assert len(orders) == len(EXAMPLES) and len(patterns) >= len(EXAMPLES)
    for name in EXAMPLES:
        for file in ("example.toml", "glossary.toml", "concordance.toml", "members.csv"):
            assert (profile.ROOT / name / file).is_file(), f"{name} has no {file}"


@pytest.mark.parametrize(("name", "code"), EACH)
def test_the_pdf_says_everything_in_the_order_of_reading(name: str, code: str) -> None:
    letter, said = example(name)[code], text_of(drawn(name, code))
    if letter.direction == "rtl":
        # The order within right-to-left lines is the reader's business; that every word is there is ours.
        for word in re.findall(r"[A-Za-z0-9]{4,}", plain.text(letter)):
            assert word in said
        return
    at = 0
    for block in letter.blocks:
        if block.zone != "flow":
            assert letters_only(block.text) in said or block.zone == "head", block.text
            continue
        found = said.find(letters_only(block.text), at)
        assert found >= 0, f"after {at}: {block.text}"
        at = found


@pytest.mark.parametrize(("name", "code"), [pair for pair in EACH if pair[0] in EXAMPLES])
def test_the_text_of_an_example_stays_as_it_is(name: str, code: str) -> None:
    golden = (GOLDEN / f"{name}.{code}.txt").read_text(encoding="utf-8")
    assert plain.text(example(name)[code]) == golden


@pytest.mark.parametrize(("name", "code"), EACH)
def test_an_example_fits_on_one_page(name: str, code: str) -> None:
    assert note_pdf.page_count(drawn(name, code)) == 1


@pytest.mark.parametrize(("kind", "audience"), [("note_observers", "OS"), ("letter_civil_society", "CS")])
def test_sibling_notes_carry_the_code_and_the_formulas_of_their_audience(
    kind: str, audience: str, tmp_path: Path
) -> None:
    organisation = profile.load("riverclaims")
    source = data_example.example(organisation).replace("/SP/", f"/{audience}/")
    source = source.replace('kind = "note_states"', f'kind = "{kind}"').replace(
        "[particulars]\nsubject", '[particulars]\nsignatory = { name = "Amara Lindqvist" }\nsubject'
    )
    (tmp_path / "sibling.toml").write_text(source, encoding="utf-8")
    siblings = data_file.letters(organisation, data_file.load(tmp_path / "sibling.toml"))
    series = organisation.series[organisation.kind(kind).series]
    for code, letter in siblings.items():
        first = example("riverclaims")[code]
        assert letter.number == series.number(11, 2026)
        assert letter.of_role("paragraph") == first.of_role("paragraph")
        assert letter.of_role("addressee") != first.of_role("addressee")
        assert plain.text(letter).count(f"/{audience}/") == 1


def objects(value: Any, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    """Every object that can be reached, direct ones too."""
    if not isinstance(value, pikepdf.Object) or (value.is_indirect and value.objgen in seen):
        return
    if value.is_indirect:
        seen.add(value.objgen)
    yield value
    if isinstance(value, pikepdf.Array):
        for item in value:
            yield from objects(item, seen)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        for _, item in value.items():
            yield from objects(item, seen)


@pytest.mark.parametrize(("name", "code"), EACH)
def test_the_pdf_carries_what_its_standards_demand(name: str, code: str) -> None:
    letter = example(name)[code]
    with pikepdf.open(io.BytesIO(drawn(name, code))) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["pdfuaid:part"] == "1"
            assert letter.title in str(metadata["dc:title"])
        root = pdf.Root
        assert str(root.Lang).split("-")[0] == code
        assert root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
        intent = root.OutputIntents[0]
        assert intent.S == "/GTS_PDFA1" and intent.DestOutputProfile.N in (1, 3, 4)
        everything = list(objects(pdf.trailer, set()))
        tables = [thing for thing in everything if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream)]
        assert not [key for thing in tables for key in thing.keys() if key in ACTIVE]  # noqa: SIM118
        assert not pdf.is_encrypted and not pdf.attachments
        tags = [str(thing.S) for thing in tables if thing.get("/Type") == "/StructElem"]
        assert {"/Document", "/P"} <= set(tags)
        figures = [thing for thing in tables if thing.get("/S") == "/Figure"]
        assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
        if headed := letter.of_role("subject", "number"):
            # A bookmark leads to the subject, or where there is none to the number.
            assert "/H1" in tags
            assert str(root.Outlines.First.Title) in {block.text for block in headed}
        fonts = [thing for thing in tables if thing.get("/Type") == "/FontDescriptor"]
        assert fonts
        for font in fonts:
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()), font.FontName
            assert re.match(r"/[A-Z]{6}\+", str(font.FontName)), "a subset is named as one"
        for thing in tables:
            if thing.get("/Type") == "/Font" and thing.get("/Subtype") == "/Type0":
                assert "/ToUnicode" in thing


def mirrored() -> Letter:
    """The Arabic example with its enclosure in the start margin, where the geometry is hardest."""
    organisation = profile.load("greffes")
    kind = organisation.kinds["note_verbale"]
    order = ("letterhead", "number", "enclosure", "body", "place_date", "addressee", "acknowledgement")
    layout = replace(organisation.layout, start=50, head_start=20, end=18)
    changed = replace(
        organisation,
        layout=layout,
        kinds={**organisation.kinds, kind.name: replace(kind, enclosure_at="margin", order=order)},
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "example.toml"
        file.write_text(data_example.example(organisation), encoding="utf-8")
        return data_file.letters(changed, data_file.load(file))["ar"]


def edges(pdf: bytes, words: str) -> tuple[float, float]:
    """Where the lines with any of these characters begin and end on the first page, in mm from the left."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        textpage = document[0].get_textpage()
        text = unicodedata.normalize("NFC", textpage.get_text_range())
        boxes = [
            textpage.get_charbox(at) for match in re.finditer(words, text) for at in range(*match.span())
        ]
    finally:
        document.close()
    assert boxes, words
    return min(box[0] for box in boxes) * 25.4 / 72, max(box[2] for box in boxes) * 25.4 / 72


def converted(letters: dict[str, Letter], folder: Path) -> dict[str, bytes]:
    """The DOCX of each letter as LibreOffice shows it."""
    office = shutil.which("soffice")
    if office is None:
        assert os.environ.get("CHANCERY_TEST_ALL") != "1", "LibreOffice is not installed"
        pytest.skip("LibreOffice is not installed")
    for name, letter in letters.items():
        (folder / f"{name}.docx").write_bytes(note_docx.render(letter))
    command = [office, "--headless", f"-env:UserInstallation=file://{folder}/office", "--convert-to", "pdf"]
    files = [str(folder / f"{name}.docx") for name in letters]
    subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True, timeout=180)
    return {name: (folder / f"{name}.pdf").read_bytes() for name in letters}


@pytest.mark.libreoffice
def test_libreoffice_shows_every_example_on_as_many_pages_as_the_pdf(tmp_path: Path) -> None:
    letters = {f"{name}-{code}": example(name)[code] for name, code in EACH}
    for key, pdf in converted(letters, tmp_path).items():
        name, code = key.split("-")
        assert note_pdf.page_count(pdf) == note_pdf.page_count(drawn(name, code)), key
        # The frames come earlier in one than in the other; nothing is lost and nothing is said twice.
        assert Counter(text_of(pdf)) == Counter(text_of(drawn(name, code))), key


@pytest.mark.libreoffice
def test_right_to_left_frames_stand_where_the_pdf_has_them(tmp_path: Path) -> None:
    letter = mirrored()
    shown, meant = converted({"ar": letter}, tmp_path)["ar"], note_pdf.render(letter)
    for words in ("TR", "CPA", "https"):
        for here, there in zip(edges(shown, words), edges(meant, words), strict=True):
            assert here == pytest.approx(there, abs=6), words
    # The note in the margin keeps clear of the body, which ends 50 mm from the right edge.
    assert edges(shown, "المرفق")[0] > letter.layout.width - letter.layout.start
