"""Readers of returned mail and the door for a relay, killed with kill -9 wherever they commit, write or speak.

Nothing that was answered 250 or stood in a mailbox is lost, nothing is processed twice, the receipts
come out the same when they are computed anew, and the log verifies.
"""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tasks import mailbox as readers
from tests.imap import ImapServer
from tests.integration.returning import origin
from tests.killing import Killer, killer
from tests.office import MEMBERS
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from workflow import audit
from workflow.models import Delivery, Event, ReturnedMessage
from workflow.operations import evidence
from workflow.post.mailbox import MaildirBox, open_mailbox
from workflow.post.office import reports
from workflow.states import Transport

NEVER = 10**6  # A place that nothing comes to.


@pytest.fixture(scope="module")
def kills() -> Iterator[Killer]:
    """Processes to kill."""
    with killer() as made:
        yield made


def report(ready: Prepared, number: int) -> bytes:
    """A report that a new attempt failed, as a mailbox gets it; each is another one."""
    with ready.means.work() as work:
        address = f"notes@mfa.{MEMBERS[number % len(MEMBERS)].lower()}.example"
        delivery = work.session.scalars(select(Delivery).where(Delivery.address == address)).one()
        found = origin(work, delivery)
        raw = reports.report(found, "failed", "5.1.1", f"550 no such mailbox {number}", work.now())
    return f"Delivered-To: {found.sender}\r\n".encode() + raw


def rows(ready: Prepared, kind: type) -> int:
    with ready.means.look() as work:
        return work.session.scalar(select(func.count()).select_from(kind)) or 0


def require_whole(ready: Prepared, messages: int) -> None:
    """Each of so many reports was processed once, and everything agrees with everything."""
    assert rows(ready, ReturnedMessage) == rows(ready, Event) == messages
    with ready.means.work() as work:
        assert {row.transport for row in work.session.scalars(select(Delivery))} == {Transport.FAILED}
        for row in work.session.scalars(select(ReturnedMessage)):
            assert row.state == "moved"
            work.store.get(row.sha256)
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
    with ready.means.work() as work:
        assert evidence.rebuild(work)[1] == 0
        assert audit.verify(work.session, work.settings.keys.audit).good


def test_a_reader_of_a_maildir_killed_anywhere(dispatched: Prepared, kills: Killer, tmp_path: Path) -> None:
    folder = tmp_path / "box"
    (folder / "new").mkdir(parents=True)

    def run(place: int) -> dict[str, object]:
        (folder / "new" / f"{place:04}").write_bytes(report(dispatched, place))
        said = kills.run(dispatched.means, "maildir", place, folder=str(folder))
        with MaildirBox(folder) as box:
            readers.drain(dispatched.means, box)
        return said

    places = kills.every_place(run)
    assert {"open", "sync", "rename", "commit", "leave"} <= {*places}
    assert not list((folder / "new").iterdir()) and len(list((folder / "cur").iterdir())) == len(places) + 1
    require_whole(dispatched, len(places) + 1)


def test_a_reader_over_imap_killed_anywhere(dispatched: Prepared, kills: Killer, tmp_path: Path) -> None:
    with ImapServer(tmp_path) as server:

        def run(place: int) -> dict[str, object]:
            server.bring(report(dispatched, place))
            said = kills.run(dispatched.means, "imap", place, url=server.url())
            with open_mailbox(server.url()) as box:
                readers.drain(dispatched.means, box)
            return said

        places = kills.every_place(run)
        assert {"open", "sync", "rename", "commit", "send", "leave"} <= {*places}
        assert not server.messages and len(server.moved) == len(places) + 1
    require_whole(dispatched, len(places) + 1)


def test_a_full_mailbox_is_read_to_its_end_by_whoever_comes_after_a_kill(
    dispatched: Prepared, kills: Killer, tmp_path: Path
) -> None:
    with ImapServer(tmp_path) as server:
        for number in range(250):
            server.bring(b"Message-ID: <%d@mfa.example>\r\nSubject: %d\r\n\r\nx\r\n" % (number, number))
        # In the midst of the hundredth message or so.
        assert kills.run(dispatched.means, "imap", 1000, url=server.url())["at"] != "end"
        left = len(server.messages)
        assert 0 < left < 250
        # What was done is not even looked at again.
        assert server.commands.count("UID FETCH") <= 250 - left + 1
        # The server may hear the last words of the dead only now.
        assert kills.run(dispatched.means, "imap", NEVER, url=server.url())["given"] in (left, left - 1)
        assert not server.messages and len(server.moved) == 250
    assert rows(dispatched, ReturnedMessage) == 250


def deliver(port: int, raw: bytes, to: str) -> bool:
    """Hands a message over as a relay does; gives whether it was taken: the relay forgets it then."""
    taken = False
    try:
        with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
            client.ehlo()
            client.mail("")
            client.rcpt(to)
            taken = client.data(raw)[0] == 250
    except (OSError, smtplib.SMTPException):
        pass  # The line broke: before the answer, or when the session was about to end.
    return taken


def test_a_door_for_a_relay_killed_anywhere(dispatched: Prepared, kills: Killer, tmp_path: Path) -> None:
    folder = tmp_path / "box"
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = free.getsockname()
    queue: list[tuple[str, bytes]] = []  # What the relay still has.
    seen: set[str] = set()
    for place in count():
        head, _, raw = report(dispatched, place).partition(b"\r\n")
        queue.append((head.decode().removeprefix("Delivered-To: "), raw))
        said = kills.start(dispatched.means, "lmtp", place, folder=str(folder), listen=listen)
        assert said["at"] == "ready"
        to, raw = queue[-1]
        if deliver(listen[1], raw, to):
            queue.pop()
        killed = kills.end(said)
        kept = [path.read_bytes() for path in (folder / "new").glob("*")]
        assert queue[-1:] == [(to, raw)] or any(one.endswith(raw) for one in kept), f"lost {killed}"
        seen.add(killed)
        if not killed:
            break
    assert {"sync", "rename", "send"} <= seen
    assert queue  # There were kills before the answer, and the relay has those messages yet.
    said = kills.start(dispatched.means, "lmtp", NEVER, folder=str(folder), listen=listen)
    assert all(deliver(listen[1], raw, to) for to, raw in queue)
    kills.end(said)
    # What was kept before its 250 could be said came a second time.
    assert len(list((folder / "new").iterdir())) > place + 1
    with MaildirBox(folder) as box:
        assert readers.drain(dispatched.means, box) > place + 1
    require_whole(dispatched, place + 1)
