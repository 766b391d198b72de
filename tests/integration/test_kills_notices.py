"""Workers that mail people of the house, or ask a changed address, killed with kill -9 wherever they commit or speak.

In the end each mail is there, at most one copy of it is without its mark, none has more than two, and all
copies of one have one Message-ID.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import SetClock
from tests.killing import Killer, killer
from tests.office import Office
from tests.post import post_office
from workflow import audit
from workflow.means import Means
from workflow.models import AddressCheck, CheckState, Notice, NoticeState
from workflow.operations import accounts, address_mail, notice_mail
from workflow.post import office as posts
from workflow.post.smtp import Relay

REGISTRY = "registry@secretariat.example"


@pytest.fixture(scope="module")
def kills() -> Iterator[Killer]:
    """Processes to kill."""
    with killer() as made:
        yield made


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A post office: its folder, and the URL of its relay."""
    with post_office(tmp_path / "post") as port:
        yield tmp_path / "post", f"smtp://127.0.0.1:{port}?starttls=off"


def mails(folder: Path, address: str) -> list[Message]:
    return [
        message_from_bytes(posts.raw(folder, address, one.key)) for one in posts.messages(folder, address)
    ]


def require_one_without_mark(copies: list[Message]) -> None:
    """At least one copy, at most two, of which at most one is without its mark; one Message-ID."""
    assert 1 <= len(copies) <= 2
    assert sum(one["X-Chancery-Attempt"] is None for one in copies) <= 1
    assert len({one["Message-ID"] for one in copies}) == 1


def test_a_mail_to_a_person_of_the_house(
    office: Office, means: Means, clock: SetClock, kills: Killer, post: tuple[Path, str]
) -> None:
    folder, url = post
    with means.work(office.second_registry) as work:
        accounts.choose_mail(work, "none")
    account = office.ids["registry"]

    def run(place: int) -> dict[str, object]:
        office.submitted()
        said = kills.run(means, "notices", place, account=account, relay=url)
        clock.pass_(seconds=means.settings.stale_claim_seconds + 1)
        with means.work() as work:
            notice_mail.release_stale(work)
        with Relay(url) as relay:
            assert notice_mail.send_due(means, account, relay).trouble == ""
        return said

    places = kills.every_place(run)
    assert places.count("commit") >= 2 and places.count("send") >= 4
    copies = defaultdict(list)
    for one in mails(folder, REGISTRY):
        copies[re.findall(r"D-2026-\d{4}", str(one.get_payload(decode=True)))[0]].append(one)
    assert len(copies) == len(places) + 1
    for found in copies.values():
        require_one_without_mark(found)
    with means.look() as work:
        assert {*work.session.scalars(select(Notice.state))} == {NoticeState.SENT}
        assert audit.verify(work.session, work.settings.keys.audit).good


def test_a_question_to_a_changed_address(
    office: Office, means: Means, clock: SetClock, kills: Killer, post: tuple[Path, str]
) -> None:
    folder, url = post
    asking = Means(
        means.settings.model_copy(update={"address_check": "always"}), means.database, means.store, clock
    )
    office.means = asking

    def run(place: int) -> dict[str, object]:
        office.contact("KZ", f"office{place}@mfa.kz.example")
        said = kills.run(asking, "questions", place, relay=url)
        clock.pass_(seconds=asking.settings.stale_claim_seconds + 1)
        with Relay(url) as relay:
            assert address_mail.send_due(asking, relay).trouble == ""
        return said

    places = kills.every_place(run)
    assert places.count("commit") >= 2 and places.count("send") >= 4
    for number in range(len(places) + 1):
        require_one_without_mark(mails(folder, f"office{number}@mfa.kz.example"))
    with means.look() as work:
        assert {*work.session.scalars(select(AddressCheck.state))} == {CheckState.SENT}


def test_a_question_whose_outcome_is_unknown_twice_is_a_persons(
    office: Office, means: Means, clock: SetClock, kills: Killer, post: tuple[Path, str]
) -> None:
    _, url = post
    asking = Means(
        means.settings.model_copy(update={"address_check": "always"}), means.database, means.store, clock
    )
    office.means = asking
    office.contact("KZ", "office@mfa.kz.example")
    for _ in range(2):
        assert kills.run(asking, "questions", 5, relay=url)["at"] == "send"
        clock.pass_(seconds=asking.settings.stale_claim_seconds + 1)
    with Relay(url) as relay:
        assert address_mail.send_due(asking, relay).sent == 0
    with means.look() as work:
        row = work.session.scalars(select(AddressCheck)).one()
        assert row.state is CheckState.FAILED and row.relay_answer == address_mail.UNSURE
