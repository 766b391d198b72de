"""Pictures of pages: what is asked for, in its order, within limits."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.hostile import clean
from workflow.errors import Invalid
from workflow.letters.pictures import page_pictures


def sizes(pictures: list[bytes]) -> list[tuple[int, int]]:
    return [Image.open(io.BytesIO(picture)).size for picture in pictures]


def test_every_page_is_drawn_at_the_width_asked_for() -> None:
    assert sizes(page_pictures(clean.saved(clean.pdf(3)), width_px=100)) == [(100, 142)] * 3


def test_pages_come_in_the_order_asked_for() -> None:
    document = clean.pdf(2)
    document.pages[1].obj.MediaBox = [0, 0, 842, 595]
    pictures = page_pictures(clean.saved(document), pages=[1, 0], width_px=100)
    assert [width > height for width, height in sizes(pictures)] == [True, False]


def test_a_very_tall_page_stays_within_the_limit_of_pixels() -> None:
    document = clean.pdf(1)
    document.pages[0].obj.MediaBox = [0, 0, 20, 14_000]
    (size,) = sizes(page_pictures(clean.saved(document), width_px=3_000))
    assert size[0] * size[1] <= 20_200_000


@pytest.mark.parametrize(
    ("pages", "width", "code"),
    [
        ([2], 100, "no_such_page"),
        ([-1], 100, "no_such_page"),
        (None, 5, "picture_width"),
        (None, 5_000, "picture_width"),
        (range(61), 100, "too_many_pictures"),
    ],
)
def test_more_than_allowed_is_refused(pages: list[int] | None, width: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        page_pictures(clean.saved(clean.pdf(2)), pages=pages, width_px=width)
    assert caught.value.code == code


def test_too_many_pages_of_the_document_are_refused() -> None:
    with pytest.raises(Invalid, match="61 pages"):
        page_pictures(clean.saved(clean.pdf(61)))


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(Invalid, match="No picture can be made"):
        page_pictures(b"%PDF-1.7 nothing")


def test_the_time_is_bounded() -> None:
    with pytest.raises(Invalid, match="takes too long"):
        page_pictures(clean.saved(clean.pdf(1)), seconds=0.001)
