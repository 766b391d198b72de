"""Golden pictures: the first page of every profile's example in every language, at a low resolution.

Blocks of some millimetres are compared by how dark they are, so that another rounding of edges does not
count, and a part that moved by a line does.  CHANCERY_UPDATE_GOLDEN=1 writes the pictures anew; a failure
leaves the picture of now and one of the differences beside each other, and says where.
"""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops

from tests.unit.test_letters_profiles import EACH, drawn

PICTURES = Path(__file__).resolve().parents[1] / "golden" / "letters" / "pictures"
WIDTH = 336  # Some 40 dots an inch.
BLOCK = 6
# Of 255: how much one block may differ, and all of them on average.
MOST, MEAN = 40, 1.2


def page(pdf: bytes) -> Image.Image:
    """The first page in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[0]
        return sheet.render(scale=WIDTH / sheet.get_width(), grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def blocks(picture: Image.Image) -> Image.Image:
    """The picture as one dot for each block, as dark as the block is on average."""
    return picture.resize((picture.width // BLOCK, picture.height // BLOCK), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[int, float]:
    """How much the darkest difference of two blocks is, and the mean of all."""
    if one.size != other.size:
        return 255, 255.0
    found = list(ImageChops.difference(blocks(one), blocks(other)).tobytes())
    return max(found), sum(found) / len(found)


def shown(was: Image.Image, now: Image.Image) -> Image.Image:
    """What was and is no more in red, what is new in blue."""
    was = was.resize(now.size)
    return Image.merge("RGB", (now, Image.blend(now, was, 0.5), was))


@pytest.mark.parametrize(("name", "code"), EACH)
def test_the_first_page_looks_as_it_did(name: str, code: str, tmp_path: Path) -> None:
    golden = PICTURES / f"{name}.{code}.png"
    now = page(drawn(name, code))
    if os.environ.get("CHANCERY_UPDATE_GOLDEN") == "1":
        now.point(lambda dark: round(dark / 17) * 17).save(golden, optimize=True)
    assert golden.is_file(), (
        "there is no picture yet; look at the letter, then run with CHANCERY_UPDATE_GOLDEN=1"
    )
    was = Image.open(golden).convert("L")
    most, mean = difference(was, now)
    if most > MOST or mean > MEAN:
        now.save(tmp_path / "now.png")
        shown(was, now).save(tmp_path / "difference.png")
        pytest.fail(
            f"{name}.{code}: a block differs by {most} of 255, all by {mean:.1f}; see {tmp_path}/difference.png "
            "(red: gone, blue: new).  If it is meant, run with CHANCERY_UPDATE_GOLDEN=1."
        )


def test_each_picture_belongs_to_a_letter_and_is_small() -> None:
    kept = {file.stem: file.stat().st_size for file in PICTURES.glob("*.png")}
    assert set(kept) == {f"{name}.{code}" for name, code in EACH}
    assert max(kept.values()) < 20_000


def test_the_comparison_sees_a_line_that_moved_and_not_a_softer_edge() -> None:
    first = page(drawn(*EACH[0]))
    assert difference(first, first) == (0, 0.0)
    softer = first.resize((first.width * 2, first.height * 2)).resize(first.size, Image.Resampling.LANCZOS)
    most, mean = difference(first, softer)
    assert most <= MOST and mean <= MEAN
    moved = ImageChops.offset(first, 0, 6)
    assert difference(first, moved)[0] > MOST
