"""A browser without a screen: people logged in, the forms of a page filled in and sent."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_login import utils as login
from lxml import html
from werkzeug.test import TestResponse

from tests.office import Office
from web.app import create_app
from workflow.models import Account

AGENT = "tests"


class Browser:
    """One application, and a client for each person of `tests.office.PEOPLE`; None is a stranger."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app: Flask = create_app(office.means, testing=True)
        self._clients: dict[str | None, FlaskClient] = {}

    def client(self, person: str | None) -> FlaskClient:
        """The person's browser, logged in as the login itself leaves it."""
        if person not in self._clients:
            client = self.app.test_client()
            if person is not None:
                with self.app.test_request_context(
                    headers={"User-Agent": AGENT}, environ_base={"REMOTE_ADDR": "127.0.0.1"}
                ):
                    mark = login._create_identifier()
                with self.office.means.look() as work:
                    key = work.session.get_one(Account, self.office.ids[person]).fs_uniquifier
                with client.session_transaction() as cookie:
                    cookie.update(_user_id=key, _fresh=True, _id=mark)
            self._clients[person] = client
        return self._clients[person]

    def get(self, person: str | None, path: str, status: int = 200, **given: Any) -> TestResponse:
        """A page, with its status checked."""
        headers = {"User-Agent": AGENT, **given.pop("headers", {})}
        answer = self.client(person).get(path, headers=headers, **given)
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
        answer = self.client(person).post(path, data=data, headers={"User-Agent": AGENT})
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
