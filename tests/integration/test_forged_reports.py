"""Reports that somebody forged: nothing moves, the log tells of each, and a person finds it on a page."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.integration.browser import Browser, plain
from tests.integration.returning import origin
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.unit.returned_samples import letter, report, status
from workflow.models import AuditEntry, Delivery, Event, ReturnedMessage
from workflow.operations import returned_mail
from workflow.states import Transport

PATH = "bounces+{}@secretariat.example"
NOBODY = "postmaster@secretariat.example"
MINE = "k7Qz2mB9xW4nT6pR"


def failed(address: str, *, to: str, envid: str = "", text: str = "", copy: str = "", **more: str) -> bytes:
    fields = status("failed", "5.1.1", address).replace(
        f"Original-Envelope-Id: {MINE}\n", f"Original-Envelope-Id: {envid}\n" if envid else ""
    )
    return report(fields, text=text or "It failed.\n", copy=copy or "Subject: x\n\ny\n", to=to, **more)


# Each gets the true tokens of two deliveries, the address of the first, and its Message-ID.
FORGERIES = {
    "a guessed token": lambda one, two, address, name: failed(address, to=PATH.format("0" * 32)),
    "nearly the token": lambda one, two, address, name: failed(address, to=PATH.format(one[:-1])),
    "the token and more": lambda one, two, address, name: failed(address, to=PATH.format(one + "x")),
    "the token at another domain": lambda one, two, address, name: failed(
        address, to=f"bounces+{one}@evil.example"
    ),
    "the token at a domain behind ours": lambda one, two, address, name: failed(
        address, to=f"bounces+{one}@secretariat.example.evil.example"
    ),
    "tokens of two deliveries": lambda one, two, address, name: failed(
        address, to=PATH.format(one), delivered_to=PATH.format(two)
    ),
    "a token and the identifier of another": lambda one, two, address, name: failed(
        address, to=PATH.format(one), envid=two
    ),
    "a token and a foreign identifier": lambda one, two, address, name: failed(
        address, to=PATH.format(one), envid="QQ314159"
    ),
    "the token in the text": lambda one, two, address, name: failed(
        address, to=NOBODY, text=f"To: {PATH.format(one)}\nOriginal-Envelope-Id: {one}\n\nIt failed.\n"
    ),
    "the token in the copy": lambda one, two, address, name: failed(
        address,
        to=NOBODY,
        copy=f"Return-Path: <{PATH.format(one)}>\nDelivered-To: {PATH.format(one)}\nSubject: x\n\ny\n",
    ),
    "the token in the subject": lambda one, two, address, name: failed(
        address, to=NOBODY, subject=f"Undelivered {PATH.format(one)}"
    ),
    "the token where replies point": lambda one, two, address, name: failed(
        address, to=NOBODY, references=f"<{PATH.format(one)}>", reply_to=PATH.format(one)
    ),
    "our message's own name": lambda one, two, address, name: failed(
        address, to=NOBODY, references=name, copy=f"Message-ID: {name}\nSubject: x\n\ny\n"
    ),
    "in a mailer's words": lambda one, two, address, name: letter(
        f"Your message could not be delivered:\n\n<{address}>: 550 5.1.1 unknown\n", to=NOBODY
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_report_changes_nothing_and_is_seen(dispatched: Prepared, name: str) -> None:
    with dispatched.means.work() as work:
        first, second = work.session.scalars(select(Delivery).order_by(Delivery.id)).all()[:2]
        tokens = origin(work, first).envid, origin(work, second).envid
        raw = FORGERIES[name](*tokens, first.address, first.message_id)
    for _ in range(2):
        with dispatched.means.work() as work:
            row = returned_mail.process(work, raw)
            assert (row.state, row.verified) == ("waiting", False)
    with dispatched.means.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Event)) == 0
        assert work.session.scalar(select(func.count()).select_from(ReturnedMessage)) == 1
        transports = {one.transport for one in work.session.scalars(select(Delivery))}
        assert Transport.FAILED not in transports
        logged = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "returned_waiting")
        assert work.session.scalar(logged) == 1
    pages = Browser(dispatched.office)
    listed = plain(pages.get("registry", "/returned"))
    assert "no token of ours came with it" in listed or "It belongs to no message of ours" in listed
    shown = plain(pages.get("registry", "/returned/1"))
    assert "Final-Recipient" in shown or "550 5.1.1" in shown
