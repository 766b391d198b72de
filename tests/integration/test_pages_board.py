"""The board, the register, the directory and the rest of the secretariat's books, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.browser import Browser, plain
from tests.prepared import Prepared, prepare
from workflow.models import Note
from workflow.states import NoteState


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members; nothing is on its way yet."""
    yield from prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED)


@pytest.fixture
def browser(sent: Prepared) -> Browser:
    return Browser(sent.office)


@pytest.fixture
def board(sent: Prepared) -> str:
    """The address of the note's board."""
    with sent.means.look() as work:
        return f"/notes/{work.session.get_one(Note, sent.note_id).reference}/circulation"


PAGES = {
    "/circulation": ("registry", "director"),
    "BOARD": ("registry", "director"),
    "BOARD/rows": ("registry", "director"),
    "BOARD.csv": ("registry", "director"),
    "BOARD/KZ/on-behalf": ("registry",),
    "/returned": ("registry",),
    "/register": ("registry", "director", "administrator"),
    "/register/journal": ("registry", "director", "administrator"),
    "/register.csv": ("registry", "director", "administrator"),
    "/directory": ("registry", "director", "administrator"),
    "/directory/KZ": ("registry", "director", "administrator"),
    "/directory/import": ("registry", "administrator"),
    "/audit": ("registry", "director", "administrator"),
    "/accounts": ("administrator",),
    "/accounts/new": ("administrator",),
    "/accounts/1": ("administrator",),
    "/delegations": ("director", "administrator"),
    "/office": ("registry", "administrator"),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_opens_for_those_it_is_for_and_changes_nothing(
    address: str, browser: Browser, board: str, sent: Prepared
) -> None:
    path = address.replace("BOARD", board)
    before = sent.office.counts()
    for person in ("registry", "director", "administrator", "chair", "translator", "reviewer"):
        answer = browser.get(person, path, 200 if person in PAGES[address] else 403)
        if person not in PAGES[address]:
            assert "Only" in plain(answer)
    assert "/login" in browser.get(None, path, 302).headers["Location"]
    assert sent.office.counts() == before
