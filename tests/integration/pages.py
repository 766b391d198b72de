"""A browser of an office for tests: people logged in to the pages, forms as a browser sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import utils as login
from lxml import html
from werkzeug.test import TestResponse

from tests.conftest import make_settings
from tests.office import Office
from web.app import create_app
from workflow import config
from workflow.models import Account, Note

AGENT = "tests"


class Visitors:
    """One application, and a browser for each person of `tests.office.PEOPLE`; None is a stranger."""

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
            client.environ_base["HTTP_USER_AGENT"] = AGENT
            self._clients[person] = client
        return self._clients[person]


class Pages(Visitors):
    """The pages of one office, as forms of a page that is parsed; a GET is checked to write nothing."""

    def get(self, person: str | None, path: str, **given: Any) -> TestResponse:
        """GET as a person."""
        return self.client(person).get(path, **given)

    def page(self, person: str, path: str, status: int = 200) -> Any:
        """The page of a GET, parsed; it has to have this status and write nothing."""
        before = self.office.counts()
        answer = self.get(person, path)
        assert answer.status_code == status, (
            f"{path}: {answer.status_code}\n{answer.get_data(as_text=True)[:3000]}"
        )
        assert self.office.counts() == before, f"GET {path} wrote something"
        return html.fromstring(answer.get_data(as_text=True))

    def form(self, page: Any, action: str) -> dict[str, Any]:
        """The fields of the page's form with this action, as a browser would send them."""
        forms = [one for one in page.xpath("//form[@method='post']") if one.get("action") == action]
        assert forms, f"no form posts to {action}: {[one.get('action') for one in page.xpath('//form')]}"
        return fields(page, forms[0])

    def post(self, person: str, path: str, data: dict[str, Any] | None = None, **given: Any) -> TestResponse:
        """POST as a person, with a fresh token where the data have none."""
        sent = dict(data or {})
        if "csrf_token" not in sent:
            sent["csrf_token"] = self.token(person)
        return self.client(person).post(path, data=sent, **given)

    def token(self, person: str) -> str:
        """A form's token of the person's session."""
        page = html.fromstring(self.get(person, "/settings").get_data(as_text=True))
        return str(page.xpath("//input[@name='csrf_token']/@value")[0])

    def reference(self, note_id: int) -> str:
        """The reference of a note."""
        with self.office.means.look() as work:
            return work.session.get_one(Note, note_id).reference

    def done(self, answer: TestResponse) -> Any:
        """The page after an act that was done, parsed."""
        assert answer.status_code == 303, f"{answer.status_code}\n{words(answer)}"
        return answer

    def refused(self, answer: TestResponse, status: int) -> Any:
        """The page that came back with a refusal, parsed."""
        assert answer.status_code == status, f"{answer.status_code}\n{words(answer)}"
        return html.fromstring(answer.get_data(as_text=True))


def words(answer: TestResponse) -> str:
    """What a page says, without its marks."""
    text = answer.get_data(as_text=True)
    return " ".join(html.fromstring(text).text_content().split()) if text.strip() else ""


def fields(page: Any, form: Any) -> dict[str, Any]:
    """A form's fields with their present values; the first button's name is not among them."""
    found: dict[str, Any] = {}
    controls = form.xpath(".//input|.//textarea|.//select")
    if form.get("id"):
        controls += page.xpath(f"//*[@form='{form.get('id')}']")
    for control in controls:
        name = control.get("name")
        if not name or control.tag == "button" or control.get("type") == "file":
            continue
        if control.get("type") in ("checkbox", "radio"):
            if control.get("checked") is not None:
                found.setdefault(name, []).append(control.get("value"))
        elif control.tag == "select":
            chosen = control.xpath(".//option[@selected]/@value") or control.xpath(".//option/@value")[:1]
            found[name] = chosen[0] if chosen else ""
        else:
            found[name] = control.value or ""
    return found


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages read alike from each database; what differs is tested below them."""
    path = tmp_path / "chancery.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> config.Settings:
    return make_settings(tmp_path, database_url=database_url)


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)
