"""Readers of returned mail over real lines: IMAP with tokens, waiting in IDLE, lost lines; LMTP into a Maildir."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tasks import mailbox as readers
from tests.imap import ImapServer
from tests.integration.returning import origin
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from workflow.errors import Invalid, Unavailable
from workflow.means import Means
from workflow.models import Delivery, Event, ReturnedMessage
from workflow.post.lmtp import Door, Handler
from workflow.post.mailbox import ImapBox, MaildirBox, open_mailbox
from workflow.post.office import reports
from workflow.states import Transport


def report(ready: Prepared) -> bytes:
    """A report that the first delivery failed, as the mailbox gets it."""
    with ready.means.work() as work:
        found = origin(work, work.session.scalars(select(Delivery).order_by(Delivery.id)).first())  # type: ignore[arg-type]
        raw = reports.report(found, "failed", "5.1.1", "550 no such mailbox", work.now())
    return f"Delivered-To: {found.sender}\r\n".encode() + raw


def count(ready: Prepared, kind: type = ReturnedMessage) -> int:
    with ready.means.look() as work:
        return work.session.scalar(select(func.count()).select_from(kind)) or 0


def until(found: Callable[[], bool]) -> None:
    """Waits until something is so, at most half a minute."""
    pause = threading.Event()
    for _ in range(600):
        if found():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come to that")


@contextmanager
def watching(ready: Prepared, server: ImapServer) -> Iterator[None]:
    """The reader that waits at the mailbox, in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(
        target=readers.watch, args=(ready.means, stop), kwargs={"url": server.url(), "rest": 1}
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def test_a_token_opens_the_mailbox_where_passwords_are_refused(tmp_path: Path) -> None:
    with ImapServer(tmp_path, token="fresh") as server:
        server.bring(b"Subject: x\r\n\r\ny")
        with pytest.raises(Unavailable, match="did not accept"), open_mailbox(server.url()):
            pass
        with open_mailbox(server.url("fresh", "&auth=xoauth2")) as box:
            assert [raw for _, raw in box.messages()] == [b"Subject: x\r\n\r\ny"]
        token = tmp_path / "token"
        url = server.url("", f"&auth=xoauth2&tokenfile={token}")
        with pytest.raises(Invalid, match=r"\(tokenfile\) cannot be read"), open_mailbox(url):
            pass
        # Another program writes a fresh token; each log-in takes the one that is there.
        for text, good in (("stale", False), ("fresh\n", True)):
            token.write_text(text)
            if good:
                with open_mailbox(url):
                    pass
            else:
                with pytest.raises(Unavailable, match="did not accept"), open_mailbox(url):
                    pass
        assert server.logins == ["refused", "token", "refused", "token"]


@pytest.mark.parametrize(
    "more", ["&auth=plain", "&tokenfile=/x", "&auth=", "&port=1", "&auth=xoauth2&tokenfile="]
)
def test_a_setting_that_cannot_be_is_refused_without_its_secret(more: str) -> None:
    with pytest.raises(Invalid) as refused:
        ImapBox.parse(f"imaps://u:s3cret@mail.example/INBOX?processed=Done{more}")
    assert "s3cret" not in str(refused.value)


def test_whoever_waits_is_told_and_each_message_is_processed_once(
    dispatched: Prepared, tmp_path: Path
) -> None:
    raw = report(dispatched)
    with ImapServer(tmp_path) as server, watching(dispatched, server):
        until(server.idling.is_set)
        server.bring(raw)
        until(lambda: len(server.moved) == 1)
        until(server.idling.is_set)
        server.bring(raw)  # The same bytes a second time.
        server.bring(b"Subject: not ours\r\n\r\nhello")
        until(lambda: len(server.moved) == 3)
    assert count(dispatched) == 2 and count(dispatched, Event) == 1
    with dispatched.means.look() as work:
        row = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert row is not None and row.transport is Transport.FAILED


def test_a_lost_line_is_opened_anew_and_nothing_is_missed(dispatched: Prepared, tmp_path: Path) -> None:
    with ImapServer(tmp_path) as server, watching(dispatched, server):
        for number in range(3):
            until(server.idling.is_set)
            server.cut()
            server.bring(b"Subject: %d\r\n\r\nx" % number)
            until(lambda expected=number + 1: len(server.moved) == expected)  # type: ignore[misc]
        assert len(server.logins) >= 4
    assert count(dispatched) == 3


def test_a_message_that_is_gone_meanwhile_and_one_of_ten_megabytes(
    dispatched: Prepared, tmp_path: Path
) -> None:
    large = b"Subject: large\r\n\r\n" + b"x" * 10_000_000
    with ImapServer(tmp_path, idle=False) as server:
        server.bring(b"Subject: first\r\n\r\nx")
        gone = server.bring(b"Subject: gone\r\n\r\nx")
        server.bring(large)
        with open_mailbox(server.url()) as box:
            found = box.messages()
            next(found)
            del server.messages[gone]
            assert [len(raw) for _, raw in found] == [len(large)]
            assert box.wait(1) is False  # This server cannot tell.
            assert readers.drain(dispatched.means, box) == 2
    assert len(server.moved) == 2 and count(dispatched) == 2


def deliver(
    port: int, sender: str, *recipients: str, raw: bytes = b"Subject: x\r\n\r\ny\r\n"
) -> dict[str, int]:
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        client.mail(sender)
        answers = {one: client.rcpt(one)[0] for one in recipients}
        if 250 in answers.values():
            answers["data"] = client.data(raw)[0]
        return answers


def test_a_relay_delivers_into_the_maildir_one_recipient_at_a_time(
    dispatched: Prepared, tmp_path: Path
) -> None:
    raw = report(dispatched).partition(b"\r\n")[2]
    settings = dispatched.means.settings
    with dispatched.means.look() as work:
        token = work.session.scalars(select(Delivery).order_by(Delivery.id)).first().attempts[0].token  # type: ignore[union-attr]
    ours = settings.return_path.replace("{token}", token)
    handler = Handler(tmp_path / "Maildir", settings.return_path, settings.reply_address)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Door(handler, "127.0.0.1", port):
        answers = deliver(port, "", ours, settings.reply_address, "root@localhost", raw=raw)
        assert answers == {ours: 250, settings.reply_address: 452, "root@localhost": 550, "data": 250}
        assert deliver(port, "a@b.example", "bounces+../../x@secretariat.example") == {
            "bounces+../../x@secretariat.example": 550
        }
        (tmp_path / "Maildir" / "tmp").rename(tmp_path / "aside")
        (tmp_path / "Maildir" / "tmp").write_text("in the way")
        assert deliver(port, "a@b.example", settings.reply_address)["data"] == 451
    (tmp_path / "Maildir" / "tmp").unlink()
    with MaildirBox(tmp_path / "Maildir") as box:
        assert readers.drain(dispatched.means, box) == 1
    with dispatched.means.look() as work:
        row = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert row is not None and row.transport is Transport.FAILED


def test_what_the_door_announces_and_answers(tmp_path: Path) -> None:
    """RFC 2033 wants pipelining and enhanced status codes; what is not announced is 555 (RFC 5321)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    to = "RCPT TO:<notes@secretariat.example>"
    said = {
        "MAIL FROM:<> SIZE=1000 BODY=8BITMIME SMTPUTF8": "250 2.0.0 ",
        "MAIL FROM:<> RET=HDRS": "555 5.5.0 ",
        "MAIL FROM:<> SIZE=100000001": "552 5.5.0 ",
        f"MAIL FROM:<>\r\n{to} NOTIFY=NEVER": "555 5.5.0 ",
        f"MAIL FROM:<>\r\n{to}": "250 2.1.5 ",
        "DATA": "503 5.5.0 ",
        "EHLO x": "500 5.5.0 ",
    }
    handler = Handler(tmp_path, "bounces+{token}@secretariat.example", "notes@secretariat.example")
    with Door(handler, "127.0.0.1", port), smtplib.LMTP("127.0.0.1", port) as client:
        client.ehlo()
        assert {*client.esmtp_features} == {
            "size",
            "8bitmime",
            "smtputf8",
            "pipelining",
            "enhancedstatuscodes",
            "help",
        }
        for words, answer in said.items():
            client.send(f"{words}\r\n")  # All of it at once.
            lines = [b"%d %s" % client.getreply() for _ in words.splitlines()]
            assert lines[-1].startswith(answer.encode()), (words, lines)
            assert client.docmd("RSET")[1].startswith(b"2.0.0 ")


def test_a_relay_may_deliver_lines_and_bytes_of_any_kind(dispatched: Prepared, tmp_path: Path) -> None:
    """A line beyond what the standard allows, refused for good, would be an answer that nobody ever sees."""
    settings = dispatched.means.settings
    raws = [
        b"Subject: x\r\n\r\n" + b"a" * 200_000 + b"\r\n",
        b"X: " + b"b" * 200_000 + b"\r\n\r\nx\r\n",
        b"\0\xff\r\n",
    ]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Door(Handler(tmp_path, settings.return_path, settings.reply_address), "127.0.0.1", port):
        for raw in raws:
            assert deliver(port, "", settings.reply_address, raw=raw)["data"] == 250
    head = f"Return-Path: <>\r\nDelivered-To: {settings.reply_address}\r\n".encode()
    with MaildirBox(tmp_path) as box:
        assert sorted(raw for _, raw in box.messages()) == sorted(head + raw for raw in raws)


def test_five_hundred_messages_are_read_look_after_look_within_the_time_that_is_given(
    dispatched: Prepared, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    for number in range(500):
        (tmp_path / "new" / f"{number:04}").write_bytes(b"Subject: %d\r\n\r\nx" % (number % 450))
    with MaildirBox(tmp_path) as box:
        assert readers.drain(dispatched.means, box, seconds=0) == 1
        assert [readers.drain(dispatched.means, box) for _ in range(2)] == [499, 0]
    assert count(dispatched) == 450


def test_a_message_that_came_by_two_ways_is_one(dispatched: Prepared, tmp_path: Path) -> None:
    """A mailbox and a relay's delivery put other fields on top, and end lines in their own way."""
    raw = report(dispatched)
    reply = b"From: a@mfa.example\r\nMessage-ID: <1@mfa.example>\r\nSubject: we agree\r\n\r\nYes.\r\n\r\n"
    (tmp_path / "new").mkdir()
    for number, one in enumerate((raw, reply)):
        top = b"Return-Path: <>\nReceived: from relay.example\n"
        (tmp_path / "new" / str(number)).write_bytes(top + one.replace(b"\r\n", b"\n").rstrip(b"\n"))
    with ImapServer(tmp_path) as server, open_mailbox(server.url()) as box:
        server.bring(raw)
        server.bring(reply)
        # Not the same: another identifier, another text, another token.
        server.bring(reply.replace(b"<1@", b"<2@"))
        server.bring(reply.replace(b"Yes", b"No"))
        server.bring(reply.replace(b"Subject", b"Delivered-To: bounces+abc@secretariat.example\r\nSubject"))
        assert readers.drain(dispatched.means, box) == 5
        with MaildirBox(tmp_path) as folder:
            assert readers.drain(dispatched.means, folder) == 2
    assert count(dispatched) == 5 and count(dispatched, Event) == 1
    with dispatched.means.look() as work:
        kept = {row.sha256 for row in work.session.scalars(select(ReturnedMessage))}
    files = {path.name for path in dispatched.means.store.folder.glob("??/*")}
    assert kept <= files and not [
        name for name in files - kept if b"we agree" in dispatched.means.store.get(name)
    ]


@pytest.mark.parametrize("same", ["the same bytes", "another way"])
def test_readers_that_take_one_message_at_the_same_moment(
    dispatched: Prepared, tmp_path: Path, same: str
) -> None:
    raw = report(dispatched)
    boxes = []
    for number in range(4):
        (tmp_path / str(number) / "new").mkdir(parents=True)
        top = b"Received: by reader %d\r\n" % number if same == "another way" else b""
        (tmp_path / str(number) / "new" / "1").write_bytes(top + raw)
        boxes.append(MaildirBox(tmp_path / str(number)))
    together = threading.Barrier(len(boxes))
    counts, real = [], readers._process

    with pytest.MonkeyPatch.context() as patch:
        first = threading.local()

        def once(means: Means, raw: bytes) -> None:
            if not getattr(first, "waited", False):
                first.waited = True
                together.wait(20)
            real(means, raw)

        patch.setattr(readers, "_process", once)
        threads = [
            threading.Thread(target=lambda box=box: counts.append(readers.drain(dispatched.means, box)))
            for box in boxes
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert counts == [1, 1, 1, 1]
    assert count(dispatched) == 1 and count(dispatched, Event) == 1
