"""The whole dispatch and the desk of trouble by page, by the API and by the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.desk import Desk
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.test_smime import KZ
from tests.prepared import Prepared, prepare
from tests.relay import NEVER, World
from web.cli import main
from web.commands import posting
from workflow.models import Delivery, Note
from workflow.operations import dispatch
from workflow.states import Hold, NoteState

REASON = "The minister asked us to wait."


@pytest.fixture
def sent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A dispatched note; nothing is sent yet."""
    yield from prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED)


def name(prepared: Prepared) -> str:
    with prepared.means.look() as work:
        return work.session.get_one(Note, prepared.note_id).reference


def held(prepared: Prepared) -> set[Hold | None]:
    with prepared.means.look() as work:
        return set(work.session.scalars(select(Delivery.held_as)))


def test_a_dispatch_is_stopped_and_goes_on_by_the_board(sent: Prepared) -> None:
    pages, note = Browser(sent.office), f"/notes/{name(sent)}/circulation"
    assert "Stop the dispatch" not in plain(pages.get("director", note))
    assert "Stop the dispatch" in plain(pages.get("registry", note))
    answer = pages.post("registry", f"{note}/hold", note, reason=REASON)
    told = pages.told("registry", answer)
    assert "The dispatch is stopped." in told and "4 messages wait until it goes on." in told
    assert held(sent) == {Hold.NOTE}
    assert "Dispatch stopped" in plain(pages.get("director", "/trouble"))
    assert REASON in plain(pages.get("registry", "/trouble?kind=stopped"))
    pages.post("registry", f"{note}/hold", note, 409, reason=REASON)
    pages.post("registry", f"{note}/resume", note, 422, reason=" ")
    assert "The dispatch goes on." in pages.told(
        "registry", pages.post("registry", f"{note}/resume", note, reason=REASON)
    )
    assert held(sent) == {None}
    pages.post("registry", f"{note}/cancel", note, reason=REASON)
    assert "The dispatch was ended: 4 messages are not sent" in plain(
        pages.get("registry", f"/notes/{name(sent)}/log")
    )


def test_the_time_of_release_is_changed_on_the_board_in_the_organisations_zone(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    for made in prepare(request, "sqlite", tmp_path, NoteState.APPROVED):
        made.office.do("director", dispatch.dispatch, made.note_id, None, made.clock() + timedelta(days=1))
        pages, note = Browser(made.office), f"/notes/{name(made)}/circulation"
        shown = plain(pages.get("director", note))
        assert "Not released yet." in shown and "Change the time of release" in shown
        form = pages.page("director", note).xpath("//form[contains(@action, '/release')]")[0]
        (revision,) = form.xpath(".//input[@name='revision']/@value")
        given = {"revision": revision, "release_at": "2026-05-20T09:00", "reason": "The meeting is later."}
        pages.post("director", f"{note}/release", note, **given)
        with made.means.look() as work:
            release = work.session.get_one(Note, made.note_id).release_at
            assert release is not None and release.isoformat() == "2026-05-20T04:00:00+00:00"
            assert {row.due_at for row in work.session.scalars(select(Delivery))} == {release}
        pages.post("director", f"{note}/release", note, 409, **given)  # A stale page.
        api = Api(made.office)
        body = {"revision": int(revision) + 1, "reason": "Now.", "release_at": "2026-05-20T09:00"}
        assert (
            api.post("director", f"/notes/{name(made)}/release", json=body).status_code == 422
        )  # No offset.
        moved = api.good(
            "director", "POST", f"/notes/{name(made)}/release", json={**body, "release_at": None}
        )
        assert moved["moved"] == 4


def test_the_api_stops_resumes_retries_and_tells_of_trouble(sent: Prepared) -> None:
    api, path = Api(sent.office), f"/notes/{name(sent)}/deliveries"
    for verb in ("hold", "resume", "cancel", "retry"):
        assert api.post("director", f"{path}/{verb}", json={"reason": REASON}).status_code == 403
    done = api.good("registry", "POST", f"{path}/hold", json={"reason": REASON})
    assert (done["moved"], done["on_the_wire"]) == (4, 0)
    found = api.good("director", "GET", "/post/trouble")
    assert found["figures"]["held"] == 4
    (line,) = found["items"]
    assert (line["kind"], line["act"], line["count"], line["note"]) == ("stopped", "go_on", 4, name(sent))
    assert api.good("registry", "POST", f"{path}/resume", json={"reason": REASON})["moved"] == 4
    api.refused(api.post("registry", f"{path}/retry", json={"reason": REASON}), 409, "nothing-to-retry")
    assert api.good("registry", "POST", f"{path}/cancel", json={"reason": REASON})["moved"] == 4
    assert api.get("translator", "/post/trouble").status_code == 403


def test_the_command_line_does_the_same(sent: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "means", lambda: sent.means)
    monkeypatch.setattr(posting, "actor", lambda email: sent.office.registry)
    desk = Desk(sent, World({KZ: [NEVER]}))

    def run(*words: Any) -> str:
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert done.exit_code == 0, done.output
        return done.output

    def act(verb: str) -> str:
        return run("post", verb, name(sent), "--as", "registry@secretariat.example", "--reason", REASON)

    assert act("hold") == "Stopped: 4 messages wait.\n"
    assert "stopped" in run("post", "status") and "(4 messages)" in run("post", "status")
    assert act("resume").startswith("4 messages go on")
    desk.run()
    status = json.loads(run("post", "status", "--json"))
    assert status["done"] == 4
    assert [(one["kind"], one["member"], one["act"]) for one in status["trouble"]] == [
        ("undeliverable", "KZ", "correct")
    ]
    assert (
        CliRunner().invoke(main, ["post", "cancel", name(sent), "--as", "x", "--reason", REASON]).exit_code
        == 1
    )
