"""Messages that harm a reader: each is kept and waits for a person, and none stands in the way of the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tasks import mailbox as readers
from tests.integration.returning import origin
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.unit.returned_samples import letter, report, status
from workflow.models import Delivery, ReturnedMessage
from workflow.operations import returned_mail
from workflow.post.mailbox import MaildirBox
from workflow.post.office import reports
from workflow.states import Transport

TO = {"to": "bounces@secretariat.example", "sender": "MAILER-DAEMON@relay.example"}
SNS = '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"a@b.example","diagnosticCode":"%s"}]}}'
# What a database may refuse to keep as text: zeros, halves of surrogate pairs.
HARM = {
    "a zero in the subject": letter("x\n", **TO, subject="Note\0 returned"),
    "a zero in an encoded word": letter("x\n", **TO, subject="=?utf-8?q?Note=00?="),
    "a zero in the sender": letter("x\n", sender="a\0@b.example", to=TO["to"]),
    "a zero in an envelope identifier": report(
        status().replace("Envelope-Id: ", "Envelope-Id: +00"), to=TO["to"]
    ),
    "a zero in a diagnostic": report(status(diagnostic_code="smtp; 550 no\0body")),
    "a zero in a message identifier": letter("x\n", **TO, in_reply_to="<a\0b@secretariat.example>"),
    "half a surrogate in UTF-7": letter("x\n", **TO, subject="=?utf-7?q?+2AA-?="),
    "half a surrogate in a text in UTF-7": letter("+2AA- could not be delivered\n", **TO)
    .replace(b"utf-8", b"utf-7"),
    "half a surrogate in JSON": letter(SNS % r"\ud800 550 \u0000", sender="no-reply@sns.amazonaws.com"),
    "a surrogate as a unicode sign": report(
        status().replace("rfc822; registry", r"utf-8; \x{D800}\x{0}registry"),
        kind="message/global-delivery-status",
    ),
}  # fmt: skip


def good(ready: Prepared) -> bytes:
    """A report that the first delivery failed, as the mailbox gets it."""
    with ready.means.work() as work:
        found = origin(work, work.session.scalars(select(Delivery).order_by(Delivery.id)).first())  # type: ignore[arg-type]
        raw = reports.report(found, "failed", "5.1.1", "550 no such mailbox", work.now())
    return f"Delivered-To: {found.sender}\r\n".encode() + raw


def with_token(ready: Prepared, raw: bytes) -> bytes:
    """The message with the token of a new attempt, so that what it says is recorded."""
    with ready.means.work() as work:
        found = origin(work, work.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first())  # type: ignore[arg-type]
    return f"Delivered-To: {found.sender}\n".encode() + raw.replace(
        b"Original-Envelope-Id: k7Qz2mB9xW4nT6pR\n", b""
    ).replace(b"bounces+k7Qz2mB9xW4nT6pR@secretariat.example", found.sender.encode())


@pytest.mark.parametrize("name", HARM)
def test_a_harmful_message_is_taken_in_whole(dispatched: Prepared, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "box"
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "1").write_bytes(HARM[name])
    (folder / "new" / "2").write_bytes(with_token(dispatched, HARM[name]))
    (folder / "new" / "3").write_bytes(good(dispatched))
    assert readers.drain(dispatched.means, MaildirBox(folder)) == 3
    assert list((folder / "new").iterdir()) == []
    with dispatched.means.look() as work:
        assert work.session.scalar(select(func.count()).select_from(ReturnedMessage)) == 3
        row = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert row is not None and row.transport is Transport.FAILED


def test_a_message_that_cannot_be_taken_in_waits_and_lets_the_next_pass(
    dispatched: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "box"
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "1").write_bytes(letter("broken\n", **TO))
    (folder / "new" / "2").write_bytes(good(dispatched))
    parse = returned_mail.returned.parse

    def faulty(raw: bytes):  # type: ignore[no-untyped-def]
        if b"broken" in raw:
            raise RuntimeError("a fault of ours that nobody thought of")
        return parse(raw)

    monkeypatch.setattr(returned_mail.returned, "parse", faulty)
    assert readers.drain(dispatched.means, MaildirBox(folder)) == 2
    with dispatched.means.look() as work:
        kept = work.session.scalars(select(ReturnedMessage).order_by(ReturnedMessage.id)).all()
        assert [(one.category, one.state) for one in kept] == [("unknown", "waiting"), ("fail", "moved")]
        assert "could not be read" in kept[0].reason
        assert b"broken" in work.store.get(kept[0].sha256)
