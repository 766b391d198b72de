"""Makes the pictures of the README again: `python -m docs.pictures`.

The demonstration's note is circulated in a folder of its own and a second one is left for the
director to approve; then a browser looks at the pages, and a page of the note itself is drawn.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps
from playwright.sync_api import Browser, expect, sync_playwright

from bench.circulation import given
from web import service
from web.demo import data as demonstration
from web.demo import installation
from web.demo.circulation import Run, circulate
from web.demo.client import Program
from web.demo.data import Person
from web.demo.drafting import Drafting

FOLDER = Path(__file__).resolve().parent / "pictures"
WIDTH, HEIGHT = 1280, 1100
# The registry's desk is a short page.
DESK_HEIGHT = 930
# A page of A4 at 110 points an inch is readable in a README, and small.
DOTS_PER_INCH = 110
COLOURS = 128
BORDER = "#c9ccd1"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def main() -> int:
    """Makes all pictures and prints their sizes; 1 when the circulation was not as expected."""
    FOLDER.mkdir(exist_ok=True)
    data = demonstration.load()
    with tempfile.TemporaryDirectory() as folder:
        settings = given(Path(folder))
        embedded = service.Service(settings, weather=installation.WEATHER)
        with embedded.running() as address:
            people = installation.set_up(embedded.means)
            outcome = circulate(address, people, settings.office_dir, print)
            second = _translated(address, people, settings.office_dir, data)
            first = outcome.report["note"]["reference"]
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                look = Looker(browser, address, data)
                look.picture("board", "records", f"/notes/{first}/circulation")
                look.picture("desk", "drafts", "/", DESK_HEIGHT)
                look.picture("approval", "approves", f"/notes/{second}/approval")
                browser.close()
        pdf = next(
            one for one in outcome.report["documents"] if (one["language"], one["kind"]) == ("en", "pdf")
        )
        _page(Path(pdf["path"]))
    for fault in outcome.faults:
        print(fault, file=sys.stderr)  # noqa: T201
    for path in sorted(FOLDER.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} KB")  # noqa: T201
    return 1 if outcome.faults else 0


class Looker:
    """A browser in which the people of the demonstration log in and look."""

    def __init__(self, browser: Browser, address: str, data: demonstration.Demonstration) -> None:
        self._browser, self._address, self._data = browser, address, data

    def picture(self, name: str, duty: str, path: str, height: int = HEIGHT) -> None:
        """Keeps what the person with that duty in the note sees at `path`, from the top."""
        key = self._data.note["people"][duty]
        person = next(row for row in self._data.accounts["account"] if row["key"] == key)
        context = self._browser.new_context(
            base_url=self._address,
            viewport={"width": WIDTH, "height": height},
            locale="en-GB",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto("/login")
        page.get_by_label("Email").fill(person["address"])
        page.get_by_label("Password").fill(self._data.accounts["password"])
        page.locator("main").get_by_role("button").click()
        page.wait_for_url(f"{self._address}/")
        page.goto(path)
        # The small pictures of pages come last; an idle network is no sign, since a board's stream never ends.
        for picture in page.locator("img").all():
            expect(picture).to_have_js_property("complete", True)
        _keep(name, Image.open(io.BytesIO(page.screenshot())))
        context.close()


def _translated(
    address: str, people: Mapping[str, Person], office: Path, data: demonstration.Demonstration
) -> str:
    """Brings a second note as far as the director's desk; gives its reference."""
    with ExitStack() as lines:
        programs = {
            key: lines.enter_context(closing(Program(address, person.name, person.token)))
            for key, person in people.items()
        }
        draft = Drafting(Run(address, people, programs, data, office, print, lambda: False))
        reference = draft.submit()
        draft.write_source()
        draft.translate()
        return reference


def _page(path: Path) -> None:
    """Draws the first page of a PDF with a thin border, since paper has none on a white ground."""
    document = pypdfium2.PdfDocument(path)
    drawn = document[0].render(scale=DOTS_PER_INCH / 72).to_pil()
    document.close()
    _keep("note", ImageOps.expand(drawn, border=1, fill=BORDER))


def _keep(name: str, picture: Image.Image) -> None:
    """Writes a PNG of few colours: pages have few, and a README should come quickly."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
