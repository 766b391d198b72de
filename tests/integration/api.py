"""A client of the API for tests: people with their tokens, over the application itself."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.office import Office
from web.app import create_app
from workflow.models import Account, Note
from workflow.operations import accounts


class Api:
    """The API of one office; each call is made as a person of `tests.office.PEOPLE`, or as nobody."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app: Flask = create_app(office.means, testing=True)
        self.client = self.app.test_client()
        self.tokens: dict[str, str] = {}

    def token(self, person: str) -> str:
        """The person's token, issued on first use."""
        if person not in self.tokens:
            with self.office.means.work() as work:
                account = work.session.get_one(Account, self.office.ids[person])
                self.tokens[person] = accounts.issue_token(work, account, "tests")
        return self.tokens[person]

    def call(self, person: str | None, method: str, path: str, **given: Any) -> TestResponse:
        """One request as `person`; `path` is below /api/v1."""
        headers = dict(given.pop("headers", {}))
        if person is not None:
            headers["Authorization"] = f"Bearer {self.token(person)}"
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **given)

    def get(self, person: str | None, path: str, **given: Any) -> TestResponse:
        """GET as a person."""
        return self.call(person, "GET", path, **given)

    def post(self, person: str | None, path: str, **given: Any) -> TestResponse:
        """POST as a person."""
        return self.call(person, "POST", path, **given)

    def good(self, person: str, method: str, path: str, status: int = 200, **given: Any) -> Any:
        """The JSON of a request that has to succeed."""
        response = self.call(person, method, path, **given)
        assert response.status_code == status, response.get_data(as_text=True)
        return response.get_json()

    def refused(self, response: TestResponse, status: int, code: str) -> dict[str, Any]:
        """Checks that an answer is a problem document of this status and type, and gives it."""
        assert response.status_code == status, response.get_data(as_text=True)
        assert response.mimetype == "application/problem+json"
        problem: dict[str, Any] = response.get_json()
        assert problem["type"] == f"/problems/{code}"
        assert problem["status"] == status
        assert problem["title"] and problem["detail"]
        return problem

    def reference(self, note_id: int) -> str:
        """The reference of a note."""
        with self.office.means.look() as work:
            return work.session.get_one(Note, note_id).reference
