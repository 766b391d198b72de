"""A client of the API for tests: people with their tokens, over the application itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.office import SLOTS, SOURCE, TRANSLATIONS, Office, pdf
from web.accounts import hash_password
from web.app import create_app
from workflow.models import Account, Note
from workflow.operations import accounts

PASSWORD = "a long enough pass phrase"


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


def upload(
    api: Api, person: str = "chair", data: bytes | None = None, name: str = "summary.pdf", **headers: str
) -> Any:
    """Uploads a file, by default a clean PDF of two pages."""
    form = {"file": (BytesIO(pdf() if data is None else data), name)}
    return api.post(person, "/uploads", data=form, content_type="multipart/form-data", headers=headers)


def submit(api: Api, **headers: str) -> Any:
    """The chair institute uploads a summary and submits it."""
    made = upload(api)
    assert made.status_code == 201, made.get_data(as_text=True)
    body = {
        "titles": {"en": "Summary of the Fourth Meeting"},
        "enclosures": [{"upload": made.get_json()["id"], "titles": {"en": "Summary"}, "language": "en"}],
    }
    return api.post("chair", "/notes", json=body, headers=headers)


def translated(api: Api) -> str:
    """A note that has come to `translated` over HTTP alone; gives its reference."""
    note = submit(api).get_json()
    name = note["reference"]
    note = api.good(
        "registry",
        "PATCH",
        f"/notes/{name}/source",
        json={
            "revision": note["revision"],
            "slots": SLOTS,
            "paragraphs": [{"text": text} for text in SOURCE],
        },
    )
    note = api.good(
        "registry",
        "PUT",
        f"/notes/{name}/recipients",
        json={"revision": note["revision"], "members": ["KZ", "CN"]},
    )
    note = api.good("registry", "POST", f"/notes/{name}/source/release", json={"revision": note["revision"]})
    for language, translator in (("ru", "translator"), ("kk", "kazakh_translator")):
        note = api.good(
            "registry",
            "PUT",
            f"/notes/{name}/versions/{language}/assignment",
            json={
                "revision": note["revision"],
                "translators": [api.office.ids[translator]],
                "reviewer": api.office.ids["reviewer"],
            },
        )
        for paragraph, text in zip(note["paragraphs"], TRANSLATIONS[language], strict=True):
            saved = api.good(
                translator,
                "PUT",
                f"/notes/{name}/versions/{language}/paragraphs/{paragraph['id']}",
                json={"revision": 0, "text": text},
            )
            assert saved["revision"] == 1
        assert (
            api.good(translator, "POST", f"/notes/{name}/versions/{language}/submit")["state"] == "submitted"
        )
        note = api.good("reviewer", "POST", f"/notes/{name}/versions/{language}/accept", json={})
    assert note["state"] == "translated", api.good("registry", "GET", f"/notes/{name}/findings")
    return str(name)


def move(api: Api, person: str, name: str, action: str, **given: Any) -> Any:
    """One transition at the revision that the note has now."""
    revision = api.good("registry", "GET", f"/notes/{name}")["revision"]
    return api.post(
        person, f"/notes/{name}/transitions", json={"action": action, "revision": revision, **given}
    )


def approve(api: Api, name: str, **other: Any) -> Any:
    """The director approves what the preview shows, but for what `other` gives otherwise."""
    seen = api.good("director", "GET", f"/notes/{name}/approval")
    assert seen["objections"] == []
    given = {"digest": seen["digest"], "number": seen["number"], "date": seen["date"], **other}
    return move(api, "director", name, "approve", **given)


def give_password(office: Office, person: str, **others: Any) -> str:
    """Gives a person a password and returns their address."""
    with office.means.work() as work:
        account = work.session.get_one(Account, office.ids[person])
        account.password = hash_password(PASSWORD)
        for name, value in others.items():
            setattr(account, name, value)
        return account.email


def enter(app: Flask, email: str, password: str = PASSWORD) -> tuple[Any, Any]:
    """Logs in as a script would, with the form's own token; gives the client and the answer."""
    client = app.test_client()
    form = client.get("/login", headers={"Content-Type": "application/json"}).get_json()
    token = form["response"]["csrf_token"]
    answer = client.post(
        "/login", json={"email": email, "password": password}, headers={"X-CSRFToken": token}
    )
    return client, answer
