"""The pages of the audit log, of accounts and their tokens, and of deputies."""

from __future__ import annotations

import json
from io import BytesIO

from lxml import html
from sqlalchemy import select, text

from tests.integration.browser import Browser, plain
from tests.integration.browser import pages as pages
from tests.integration.browser import sent as sent
from tests.prepared import Prepared
from workflow.models import AuditEntry
from workflow.states import Role


def test_the_audit_log_is_searched_and_verified(pages: Browser, sent: Prepared) -> None:
    assert "Dispatch the note" in plain(pages.get("director", "/audit"))
    assert pages.page("director", "/audit?q=TTF/1").xpath("//tbody/tr")
    assert not pages.page("director", "/audit?q=nothing-of-this").xpath("//tbody/tr")
    before = sent.office.counts()
    verified = pages.post("director", "/audit/verify", "/audit", 200)
    assert "unbroken" in plain(verified) and "1 of 1 anchors agree" in plain(verified)
    assert sent.office.counts() == before
    wrong = pages.post(
        "director", "/audit/verify", "/audit", 422, anchor=(BytesIO(b"nonsense"), "kept.jsonl")
    )
    assert "kept.jsonl is not an anchor" in plain(wrong)
    longer = b'{"count": 9999, "mac": "00", "at": ""}'
    cut = plain(
        pages.post("director", "/audit/verify", "/audit", 200, anchor=(BytesIO(longer), "kept.jsonl"))
    )
    assert "its end was cut off" in cut
    with sent.means.work() as work:
        # Whoever has the database itself can take its own guards away.
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
        for name in work.session.scalars(text(guards)).all():
            work.session.execute(text(f"DROP TRIGGER {name}"))
        work.session.execute(text("UPDATE audit_entries SET subject = 'note:9' WHERE number = 3"))
    assert "The chain is broken at entry 3." in plain(pages.post("director", "/audit/verify", "/audit", 200))


PERSON = {
    "name": "New Person",
    "address": "new@secretariat.example",
    "password": "a long enough phrase",
    "role": ["translator"],
    "language": ["ru"],
}


def test_an_account_is_made_changed_closed_and_opened(pages: Browser, sent: Prepared) -> None:
    short = pages.post(
        "administrator", "/accounts/new", "/accounts/new", 422, **{**PERSON, "password": "short"}
    )
    assert "at least 12 characters" in plain(short) and "short" not in html.fromstring(short.text).xpath(
        "//input/@value"
    )
    assert html.fromstring(short.text).xpath("//input[@name='role'][@checked]/@value") == ["translator"]
    taken = pages.post(
        "administrator",
        "/accounts/new",
        "/accounts/new",
        409,
        **{**PERSON, "address": "registry@secretariat.example"},
    )
    assert "already an account" in plain(taken)
    answer = pages.post("administrator", "/accounts/new", "/accounts/new", **PERSON)
    path = answer.headers["Location"]
    assert "The account of New Person is made." in pages.told("administrator", answer)
    pages.post("administrator", "/accounts/new", "/accounts/new", 409, **PERSON)
    seen = pages.page("administrator", path).xpath("//input[@name='revision']/@value")[0]
    changed = {
        "revision": seen,
        "name": "Newer Person",
        "address": "new@secretariat.example",
        "role": ["reviewer"],
        "language": ["ru", "kk"],
    }
    assert "The account is saved." in pages.told(
        "administrator", pages.post("administrator", path, path, **changed)
    )
    assert "changed since you opened it" in plain(pages.post("administrator", path, path, 409, **changed))
    assert "Give the reason" in plain(pages.post("administrator", f"{path}/close", path, 422, reason=""))
    assert "Ended" in pages.told(
        "administrator", pages.post("administrator", f"{path}/close", path, reason="Left.")
    )
    assert "In force" in pages.told("administrator", pages.post("administrator", f"{path}/reopen", path))
    pages.post("administrator", f"{path}/reset-second-factor", path, reason="Lost telephone.")
    assert "Newer Person" in plain(pages.get("administrator", "/accounts?q=newer"))
    with sent.means.look() as work:
        log = [
            json.loads(row.data)
            for row in work.session.scalars(select(AuditEntry))
            if row.action == "change_account"
        ]
        assert [one.get("reason") for one in log] == [None, "Left.", None, "Lost telephone."]


def test_the_last_administrator_stays(pages: Browser, sent: Prepared) -> None:
    path = f"/accounts/{sent.office.ids['administrator']}"
    assert "is the last administrator" in plain(
        pages.post("administrator", f"{path}/close", path, 409, reason="Left.")
    )
    seen = pages.page("administrator", path).xpath("//input[@name='revision']/@value")[0]
    form = {
        "revision": seen,
        "name": "Administrator",
        "address": "administrator@secretariat.example",
        "role": ["registry"],
    }
    pages.post("administrator", path, path, 409, **form)
    assert sent.office.administrator.roles == {Role.ADMINISTRATOR}


def test_a_token_is_shown_once_and_revoked(pages: Browser, sent: Prepared) -> None:
    path = f"/accounts/{sent.office.ids['registry']}"
    made = pages.post("administrator", f"{path}/tokens", path, 201, name="Script", until="2026-06-01")
    assert "chy_" in plain(made)
    tree = pages.page("administrator", path)
    assert "chy_" not in tree.text_content() and "Script" in tree.text_content()
    for until in ("2026-05-12", "2030-01-01", "soon"):
        pages.post("administrator", f"{path}/tokens", path, 422, name="Script", until=until)
    revoke = tree.xpath("//form[contains(@action, '/revoke')]/@action")[0]
    other = revoke.replace(path, f"/accounts/{sent.office.ids['director']}")
    pages.post("administrator", other, path, 404)
    assert "The token is revoked." in pages.told("administrator", pages.post("administrator", revoke, path))


def test_a_deputy_is_named_for_days_and_ended(pages: Browser, sent: Prepared) -> None:
    ids = sent.office.ids
    form = {
        "principal": str(ids["director"]),
        "deputy": str(ids["registry"]),
        "action": ["dispatch"],
        "since": "2026-05-12",
        "until": "2026-05-14",
        "reason": "Leave",
    }
    wrong = pages.post("director", "/delegations", "/delegations", 422, **{**form, "until": "2026-05-10"})
    tree = html.fromstring(wrong.text)
    assert "ends before it begins" in plain(wrong)
    assert tree.xpath("//input[@name='action'][@checked]/@value") == ["dispatch"]
    assert tree.xpath("//select[@name='deputy']/option[@selected]/@value") == [str(ids["registry"])]
    pages.post(
        "director", "/delegations", "/delegations", 403, **{**form, "principal": str(ids["second_director"])}
    )
    told = pages.told("director", pages.post("director", "/delegations", "/delegations", **form))
    assert "Registry is the deputy." in told and "14 May 2026" in told
    assert sent.office.registry.deputy_for == {"dispatch": ids["director"]}
    tree = pages.page("director", "/delegations")
    end = tree.xpath("//form[contains(@action, '/end')]/@action")[0]
    pages.post("second_director", end, "/delegations", 404, reason="Not mine.")
    assert "has ended" in pages.told(
        "director", pages.post("director", end, "/delegations", reason="Back early.")
    )
    assert "has ended already" in plain(
        pages.post("director", end, "/delegations", 409, reason="Back early.")
    )
    assert sent.office.registry.deputy_for == {}
    assert pages.page("second_director", "/delegations").xpath("//tbody/tr") == []
