"""An IMAP server that does everything that servers do: nothing is lost, nothing is read twice, and people are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tasks import mailbox as readers
from tests.imap import ImapServer
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from web.doctor import mail as doctor
from workflow.errors import Unavailable
from workflow.models import ReturnedMessage
from workflow.operations import trouble
from workflow.post import imap_box, imap_client
from workflow.post.mailbox import open_mailbox


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ImapServer]:
    """A server with a mailbox in which three messages wait."""
    with ImapServer(tmp_path) as made:
        for number in range(3):
            made.bring(message(number))
        yield made


def message(number: int, size: int = 1) -> bytes:
    return b"Message-ID: <m%d@mfa.example>\r\nSubject: %d\r\n\r\n" % (number, number) + b"x" * size + b"\r\n"


def read(ready: Prepared, server: ImapServer) -> int | str:
    """What the task of the mailbox does once: how many messages it read, or the sentence of why not."""
    try:
        with open_mailbox(server.url()) as box:
            return readers.drain(ready.means, box)
    except Unavailable as refusal:
        readers._met(ready.means, refusal)
        return refusal.sentence


def kept(ready: Prepared) -> int:
    with ready.means.look() as work:
        return work.session.scalar(select(func.count()).select_from(ReturnedMessage)) or 0


def desk(ready: Prepared) -> list[str]:
    """What the desk says of the mailbox."""
    with ready.means.look() as work:
        return [str(one.sentence) for one in trouble.of(work) if one.kind == "mailbox"]


COMMANDS = ["LOGIN", "SELECT", "LIST", "UID SEARCH", "UID FETCH", "UID STORE", "UID MOVE", "IDLE", "LOGOUT"]


@pytest.mark.parametrize("when", ["", "+"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_line_is_lost_at_a_command(
    command: str, when: str, dispatched: Prepared, server: ImapServer
) -> None:
    server.lose = command + when
    with suppress(Unavailable), open_mailbox(server.url()) as box:
        readers.drain(dispatched.means, box)
        box.wait(0.05)
    server.lose = ""
    assert isinstance(read(dispatched, server), int)
    assert kept(dispatched) == 3 and len(server.moved) == 3
    assert read(dispatched, server) == 0
    assert desk(dispatched) == []  # It came back by itself.


def test_a_server_that_falls_silent_is_left_and_asked_again(
    dispatched: Prepared, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_box, "TIMEOUT", 0.3)
    for command in ("UID FETCH", "UID MOVE"):
        server.mute = command
        assert "no answer in time" in str(read(dispatched, server))
    server.mute = "DONE"
    # It still seems to rest, and never hears that it shall go on.
    with pytest.raises(Unavailable, match="no answer in time"), open_mailbox(server.url()) as box:
        box.wait(0.05)
    server.mute = ""
    read(dispatched, server)
    assert kept(dispatched) == 3 and len(server.moved) == 3


def test_a_line_that_stays_away_is_a_persons_after_a_while(dispatched: Prepared, server: ImapServer) -> None:
    server.lose = "UID SEARCH"
    read(dispatched, server)
    assert desk(dispatched) == []
    dispatched.clock.pass_(minutes=16)
    read(dispatched, server)
    assert "cannot be reached" in desk(dispatched)[0]
    server.lose = ""
    assert read(dispatched, server) == 3 and desk(dispatched) == []


def test_a_folder_that_is_made_anew_between_two_looks_is_read_from_its_beginning(
    dispatched: Prepared, server: ImapServer
) -> None:
    assert read(dispatched, server) == 3
    server.make_anew(message(0), message(7))  # One was brought back by whoever restored the folder.
    assert read(dispatched, server) == 2 and kept(dispatched) == 4


def test_a_folder_that_is_made_anew_under_a_reader_has_nothing_moved_by_an_old_number(
    dispatched: Prepared, server: ImapServer
) -> None:
    with open_mailbox(server.url()) as box:
        found = box.messages()
        key, _ = next(found)
        # The folder is removed and made again; its first message has the number of the one that was read.
        server.make_anew(message(9))
        server.aside["NOOP"] = ["* OK [UIDVALIDITY 8] another one"]
        box._client.noop()  # type: ignore[attr-defined]
        with pytest.raises(Unavailable, match="made anew"):
            box.done(key)
    assert not server.moved
    server.aside = {}
    assert read(dispatched, server) == 1 and kept(dispatched) == 1


def test_a_reader_that_rests_notices_a_folder_that_is_another_one(
    dispatched: Prepared, server: ImapServer
) -> None:
    with open_mailbox(server.url()) as box:
        assert readers.drain(dispatched.means, box) == 3
        server.make_anew(message(9))
        assert readers.drain(dispatched.means, box) == 1
        server.folders.discard("INBOX")
        with pytest.raises(Unavailable, match="does not open the folder INBOX"):
            list(box.messages())
    assert kept(dispatched) == 4


@pytest.mark.parametrize("moves", [True, False])
def test_messages_that_somebody_else_removes_are_passed_over(
    moves: bool, dispatched: Prepared, server: ImapServer
) -> None:
    server.moves = moves
    with open_mailbox(server.url()) as box:
        taken = []
        for key, raw in box.messages():
            taken.append(raw)
            server.messages.clear()  # All are gone: those not read yet, and the one that is being read.
            box.done(key)
        assert taken == [message(0)] and box.fault is None
    assert not server.moved


def test_what_the_server_tells_unasked_disturbs_nothing(dispatched: Prepared, server: ImapServer) -> None:
    for command in ("UID SEARCH", "UID FETCH", "UID STORE", "UID MOVE"):
        server.aside[command] = ["* 5 EXISTS", "* 1 RECENT", "* 2 EXPUNGE", r"* 1 FETCH (FLAGS (\Answered))"]
        server.aside[command] += ["* OK Still here", "* NO Disk is nearly full", "* FLAGS (x)"]
    assert read(dispatched, server) == 3
    assert kept(dispatched) == 3 and len(server.moved) == 3


def test_a_mailbox_for_reading_only_is_said_at_once_and_read_when_it_is_mended(
    dispatched: Prepared, server: ImapServer
) -> None:
    server.read_only = True
    assert "for reading only" in str(read(dispatched, server))
    assert "for reading only" in desk(dispatched)[0] and kept(dispatched) == 0
    server.read_only = False
    assert read(dispatched, server) == 3 and desk(dispatched) == []


@pytest.mark.parametrize("moves", [True, False])
def test_a_mailbox_that_is_full_is_read_once_and_emptied_when_there_is_room(
    moves: bool, dispatched: Prepared, server: ImapServer
) -> None:
    server.moves = moves
    server.refuse = {"UID MOVE": "[OVERQUOTA] full", "UID COPY": "[OVERQUOTA] full"}
    assert read(dispatched, server) == 3
    assert kept(dispatched) == 3 and not server.moved
    fetched = server.commands.count("UID FETCH")
    assert read(dispatched, server) == 0 and server.commands.count("UID FETCH") == fetched
    assert "the mailbox is not full" in desk(dispatched)[0]
    settings = dispatched.means.settings.model_copy(
        update={"imap_url": type(dispatched.means.settings.imap_url)(server.url())}
    )
    states = {(one.state, one.sentence.split(",")[0]) for one in doctor.mailbox(settings)}
    assert ("fault", "Returned mail is read") in states
    server.refuse = {}
    server.bring(message(3))
    assert read(dispatched, server) == 1 and kept(dispatched) == 4
    if moves:
        assert len(server.moved) == 4 and desk(dispatched) == []
    else:
        # There may be copies of them in the folder already; a person looks.
        assert len(server.moved) == 1 and desk(dispatched)


def test_a_server_without_keywords_is_read_all_the_same(dispatched: Prepared, server: ImapServer) -> None:
    server.keywords, server.refuse = False, {"UID MOVE": "[OVERQUOTA] full", "UID STORE": "[NOPERM] no"}
    assert read(dispatched, server) == 3 and read(dispatched, server) == 3
    assert kept(dispatched) == 3 and desk(dispatched)
    server.refuse = {}
    assert read(dispatched, server) == 3 and len(server.moved) == 3 and desk(dispatched) == []


def test_the_folder_of_what_is_done_is_made_again_when_somebody_removed_it(
    dispatched: Prepared, server: ImapServer
) -> None:
    with open_mailbox(server.url()) as box:
        server.folders.discard("Processed")
        assert readers.drain(dispatched.means, box) == 3
        assert box.fault is None
    assert "Processed" in server.folders and len(server.moved) == 3


def test_a_folder_that_vanished_is_named_on_the_desk(dispatched: Prepared, server: ImapServer) -> None:
    server.folders.discard("INBOX")
    assert "does not open the folder INBOX" in str(read(dispatched, server))
    assert "does not open the folder INBOX" in desk(dispatched)[0]
    server.folders.add("INBOX")
    assert read(dispatched, server) == 3 and desk(dispatched) == []


def test_a_literal_without_measure_ends_the_line_before_it_is_read(
    dispatched: Prepared, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.aside["UID FETCH"] = ["* 1 FETCH (UID 1 BODY[]<0> {99999999999999}"]
    assert "cannot be reached" in str(read(dispatched, server))
    server.aside = {"UID SEARCH": ["* SEARCH " + "1 " * 2000]}
    monkeypatch.setattr(imap_client, "MOST_LINE", 1000)
    assert "cannot be reached" in str(read(dispatched, server))
    server.aside = {}
    assert read(dispatched, server) == 3


def test_a_message_of_sixty_megabytes_is_read_to_its_limit_and_kept_whole(
    dispatched: Prepared, server: ImapServer
) -> None:
    large = server.bring(message(9, 60_000_000))
    assert read(dispatched, server) == 4
    assert len(server.moved[large]) > 60_000_000
    with dispatched.means.look() as work:
        rows = work.session.scalars(select(ReturnedMessage)).all()
        assert max(work.store.size(one.sha256) for one in rows) == 25_000_000
