"""Setting the demonstration up: once, with four eyes, and never in a production."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from web import service
from web.demo import data as demonstration
from web.demo import installation
from workflow import audit, models
from workflow.errors import Misuse
from workflow.models.directory import ContactState
from workflow.operations import accounts
from workflow.operations.context import Work

GIVEN = demonstration.load()


@pytest.fixture
def ready(means, monkeypatch):
    """An installation with a database and no people; a password's hash, slow by design, is a sign here."""
    monkeypatch.setattr(installation, "hash_password", lambda text: f"hash of {text}")
    service.prepare(means)
    return means


def count(work: Work, model) -> int:
    return work.session.scalar(select(func.count()).select_from(model))


def test_a_second_run_sets_up_nothing_again(ready):
    first = installation.set_up(ready)
    with ready.look() as work:
        before = [
            count(work, one) for one in (models.Account, models.Contact, models.Delegation, models.Series)
        ]
    second = installation.set_up(ready)
    with ready.look() as work:
        after = [
            count(work, one) for one in (models.Account, models.Contact, models.Delegation, models.Series)
        ]
    assert before == after
    assert before[:2] == [len(GIVEN.accounts["account"]), len(GIVEN.lines)]
    assert {key: person.id for key, person in first.items()} == {
        key: person.id for key, person in second.items()
    }
    assert all(first[key].token != second[key].token for key in first)


def test_everybody_has_the_password_that_is_told(ready):
    installation.set_up(ready)
    with ready.look() as work:
        kept = set(work.session.scalars(select(models.Account.password)))
    assert kept == {f"hash of {GIVEN.accounts['password']}"}


def test_the_tokens_are_those_of_the_people(ready):
    people = installation.set_up(ready)
    with ready.look() as work:
        for person in people.values():
            account = accounts.account_of_token(work.session, person.token, ready.clock)
            assert account is not None
            assert (account.id, account.email) == (person.id, person.address)


def test_every_contact_is_confirmed_by_somebody_else_than_its_proposer(ready):
    people = installation.set_up(ready)
    with ready.look() as work:
        rows = work.session.scalars(select(models.Contact)).all()
        assert {row.address for row in rows} == GIVEN.addresses
        assert {row.state for row in rows} == {ContactState.CONFIRMED}
        assert {row.proposed_by for row in rows} == {people[GIVEN.accounts["directory"]["proposes"]].id}
        assert {row.confirmed_by for row in rows} == {people[GIVEN.accounts["directory"]["confirms"]].id}


def test_the_deputy_may_act_and_the_series_begins_where_the_data_say(ready):
    people = installation.set_up(ready)
    with ready.look() as work:
        row = GIVEN.accounts["delegation"][0]
        account = work.session.get_one(models.Account, people[row["deputy"]].id)
        actor = accounts.actor_of(work.session, account, ready.clock)
        assert actor.deputy_for == dict.fromkeys(row["actions"], people[row["principal"]].id)
        series = work.session.scalars(
            select(models.Series).where(models.Series.code == GIVEN.note["series"])
        ).one()
        assert series.next_serial == GIVEN.note["register"]["first"]


def test_a_register_that_has_begun_goes_on(ready):
    with ready.work() as work:
        work.session.add(models.Series(code=GIVEN.note["series"], year=0, next_serial=900))
    installation.set_up(ready)
    with ready.look() as work:
        series = work.session.scalars(
            select(models.Series).where(models.Series.code == GIVEN.note["series"])
        ).one()
        assert series.next_serial == 900


def test_what_the_set_up_did_is_in_the_log_and_the_log_is_whole(ready):
    installation.set_up(ready)
    with ready.look() as work:
        found = audit.verify(work.session, ready.settings.keys.audit, [])
        assert found.faults == []
        actions = set(work.session.scalars(select(models.AuditEntry.action)))
    assert {
        "create_account",
        "propose_contact",
        "confirm_contact",
        "delegate",
        "open_series",
        "issue_token",
    } <= actions


def test_a_production_is_no_place_for_a_sample_note(monkeypatch, tmp_path):
    for name, value in {
        "MODE": "production",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": "postgresql://localhost/chancery",
        "BROKER_URL": "redis://localhost/0",
        "SECRET_KEY": "s" * 40,
        "AUDIT_KEY": "a" * 40,
        "IMAP_URL": "imaps://user:word@localhost/INBOX",
    }.items():
        monkeypatch.setenv(f"CHANCERY_{name}", value)
    with pytest.raises(Misuse, match="sample note"):
        installation.settings()


def test_the_waits_are_short_unless_the_operator_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.setenv("CHANCERY_DATA_DIR", str(tmp_path))
    assert installation.settings().backoff_seconds == installation.WAITS["backoff_seconds"]
    monkeypatch.setenv("CHANCERY_SWEEP_SECONDS", "7")
    assert installation.settings().sweep_seconds == 7


def test_the_invitation_names_everybody_and_the_password():
    said = installation.invitation("http://127.0.0.1:8000")
    assert GIVEN.accounts["password"] in said
    assert all(row["address"] in said for row in GIVEN.accounts["account"])
    assert max(len(line) for line in said.splitlines()) <= 100
