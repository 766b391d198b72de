"""Emblem and QR code: plain data in the letter, drawn with their words in both formats, safe to read."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from workflow.letters import data_example, data_file, note_docx, note_pdf, profile, profile_new
from workflow.letters.figures import qr_code
from workflow.letters.fingerprint import fingerprint
from workflow.letters.letter import Letter

ADDRESS = "https://register.example/verify/NV-4-2026"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="{fill}"/></svg>'


def png(wide: int, high: int) -> bytes:
    """A picture of one colour, made here."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\x20\x40\x80" * wide for _ in range(high))
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def made(folder: Path, emblem: bytes | None, file: str = "emblem.svg", words: bool = True) -> Path:
    """A new profile with the optional tables of the skeleton taken into use."""
    made = profile_new.create("figured", folder)
    text = (made / "profile.toml").read_text(encoding="utf-8")
    for key in ("[emblem]", 'file = "emblem.svg"', "height = 18", "[verification]", "qr = true", "size = 16"):
        assert f"# {key}" in text
        text = text.replace(f"# {key}", key)
    (made / "profile.toml").write_text(text.replace('"emblem.svg"', f'"{file}"'), encoding="utf-8")
    language = made / "languages" / "en.toml"
    if words:
        uncommented = language.read_text(encoding="utf-8").replace("# emblem =", "emblem =")
        language.write_text(uncommented.replace("# verification =", "verification ="), encoding="utf-8")
    if emblem is not None:
        (made / file).write_bytes(emblem)
    return made


def letter_of(folder: Path, *, verification: str | None = ADDRESS, paragraphs: int = 1) -> Letter:
    organisation = profile.load(str(folder))
    body = ", ".join(f'"inform them of matter {at}"' for at in range(paragraphs))
    data = folder.parent / "note.toml"
    address = f'verification = "{verification}"\n' if verification else ""
    example = data_example.example(organisation).replace('en = ["[…]", "[…]"]', f"en = [{body}]")
    data.write_text(address + example, encoding="utf-8")
    return data_file.letters(organisation, data_file.load(data))["en"]


@pytest.mark.parametrize("file", ["emblem.svg", "emblem.png"])
def test_both_formats_carry_the_figures_with_their_words(file: str, tmp_path: Path) -> None:
    emblem = png(40, 20) if file.endswith("png") else SVG.format(fill="#204080").encode()
    folder = made(tmp_path, emblem, file)
    assert profile.check(folder) == []
    letter = letter_of(folder)
    shown, code = letter.figure("emblem"), letter.figure("verification")
    assert shown and code
    assert (shown.width, shown.height) == (36, 18) and ADDRESS in code.alt
    stored = Letter.from_json(letter.to_json())
    assert stored == letter
    assert note_pdf.render(stored) == note_pdf.render(letter)
    assert note_docx.render(stored) == note_docx.render(letter)
    with pikepdf.open(io.BytesIO(note_pdf.render(letter))) as pdf:
        alts = {
            str(thing.Alt)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        }
    assert {shown.alt, code.alt} <= alts
    with zipfile.ZipFile(io.BytesIO(note_docx.render(letter))) as archive:
        document = archive.read("word/document.xml").decode()
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert len(pictures) == 2
    assert shown.alt in document and code.alt in document


def test_the_qr_code_stands_in_the_foot_of_the_last_page_only(tmp_path: Path) -> None:
    folder = made(tmp_path, SVG.format(fill="none").encode())
    pdf = note_pdf.render(letter_of(folder, paragraphs=60))
    document = pypdfium2.PdfDocument(pdf)
    try:
        dark = []
        for page in document:
            picture = page.render(scale=1, grayscale=True)
            signs, height = bytes(picture.buffer), picture.height
            # The bottom margin at the start of the body, where nothing else may stand.
            foot = [signs[row * picture.stride :][142:190] for row in range(height - 65, height - 4)]
            dark.append(sum(sign < 100 for row in foot for sign in row) > 100)
    finally:
        document.close()
    assert len(dark) > 1 and dark == [False] * (len(dark) - 1) + [True]


def test_a_letter_without_address_or_a_profile_without_the_setting_has_no_code(tmp_path: Path) -> None:
    folder = made(tmp_path, SVG.format(fill="none").encode())
    assert letter_of(folder, verification=None).figure("verification") is None
    plainly = profile_new.create("without", tmp_path)
    assert letter_of(plainly).figures == ()


def test_the_code_says_the_address_and_is_the_same_each_time() -> None:
    first = qr_code(ADDRESS, "words", 16)
    assert first == qr_code(ADDRESS, "words", 16)
    assert first != qr_code(ADDRESS + "x", "words", 16)
    assert first.data.startswith("<svg") and "viewBox" in first.data


def test_another_emblem_is_another_profile(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = letter_of(made(tmp_path / "a", SVG.format(fill="red").encode()))
    other = letter_of(made(tmp_path / "b", SVG.format(fill="blue").encode()))
    assert one.profile_digest != other.profile_digest
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"GIF89a", "neither PNG nor an SVG"),
        (b"\xff\xfe", "neither PNG nor SVG"),
        (png(0, 5), "has no size"),
        (b"x" * 600_000, "larger than"),
        (SVG.format(fill="url(http://tracker.example/x)").encode(), "fetch nothing"),
        (
            SVG.format(fill="none").replace("<rect", '<image href="file:///etc/hostname"/><rect').encode(),
            "fetch",
        ),
        (SVG.format(fill="none").replace("<rect", "<script>1</script><rect").encode(), "no code"),
    ],
)
def test_an_emblem_that_cannot_be_used_is_a_sentence(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    faults = profile.check(made(tmp_path, content))
    assert len(faults) == 1 and words in faults[0]


def test_an_emblem_needs_its_words_and_a_code_its_room(tmp_path: Path) -> None:
    folder = made(tmp_path, SVG.format(fill="none").encode(), words=False)
    assert "say what the emblem shows" in profile.check(folder)[0]
    text = (folder / "profile.toml").read_text(encoding="utf-8")
    (folder / "profile.toml").write_text(text.replace("size = 16 ", "size = 39 "), encoding="utf-8")
    assert any("the code stands in that margin" in fault for fault in profile.check(folder))


def test_a_png_is_kept_as_it_is(tmp_path: Path) -> None:
    figure = letter_of(made(tmp_path, png(8, 8), "emblem.png")).figure("emblem")
    assert figure and base64.b64decode(figure.data) == png(8, 8)
