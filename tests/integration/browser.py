"""A browser without a screen: people logged in, the forms of a page filled in and sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from werkzeug.test import TestResponse

from tests.integration.pages import Visitors
from tests.prepared import Prepared, prepare
from workflow.models import Note
from workflow.states import NoteState


class Browser(Visitors):
    """People who open pages and send forms, each answer with the status that is expected of it."""

    def get(self, person: str | None, path: str, status: int = 200, **given: Any) -> TestResponse:
        """A page, with its status checked."""
        answer = self.client(person).get(path, **given)
        assert answer.status_code == status, (path, answer.status_code, plain(answer)[:1500])
        return answer

    def page(self, person: str | None, path: str, status: int = 200) -> Any:
        """A page as a tree."""
        return html.fromstring(self.get(person, path, status).text)

    def token(self, person: str | None, path: str) -> str:
        """The token of the forms on a page."""
        found = self.page(person, path).xpath("//input[@name='csrf_token']/@value")
        assert found, f"{path} has no form"
        return str(found[0])

    def post(
        self, person: str | None, path: str, form: str, status: int = 303, **fields: Any
    ) -> TestResponse:
        """Sends a form that stands on the page `form`; a field may be a list, or (file, name)."""
        data = {"csrf_token": self.token(person, form), **fields}
        answer = self.client(person).post(path, data=data)
        assert answer.status_code == status, (path, answer.status_code, plain(answer)[:1500])
        return answer

    def told(self, person: str | None, answer: TestResponse) -> str:
        """The text of the page that an answer leads to."""
        return plain(self.get(person, answer.headers["Location"]))


def plain(answer: TestResponse) -> str:
    """What somebody reads on a page's main part, in one line."""
    tree = html.fromstring(answer.text or "<p></p>")
    main = tree.find(".//main")
    return " ".join((main if main is not None else tree).text_content().split())


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note dispatched to four members; nothing is on its way yet."""
    yield from prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED)


@pytest.fixture
def pages(sent: Prepared) -> Browser:
    return Browser(sent.office)


@pytest.fixture
def board(sent: Prepared) -> str:
    """The address of the note's board."""
    with sent.means.look() as work:
        return f"/notes/{work.session.get_one(Note, sent.note_id).reference}/circulation"
