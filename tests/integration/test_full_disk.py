"""A disk that is full, for real: a small file system of its own, with a ballast that is taken away later.

Each taker says so in a sentence, leaves nothing half written, and takes the same thing when there is room.
"""

from __future__ import annotations

import smtplib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tasks import mailbox as readers
from tests.imap import ImapServer
from tests.integration.test_silence import Desk
from tests.killing import killer
from tests.office import MEMBERS, pdf
from tests.post import post_office
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from workflow import whole_files
from workflow.errors import Unavailable
from workflow.means import Means
from workflow.models import Note, ReturnedMessage, Upload
from workflow.operations import intake, trouble
from workflow.post.lmtp import Door, Handler
from workflow.post.mailbox import open_mailbox
from workflow.store import Store

LARGE = b"Message-ID: <1@mfa.example>\r\nSubject: large\r\n\r\n" + b"x" * 70 * 4000


class Small:
    """A folder on a file system of one megabyte that is all but full until `empty` is called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "ballast").write_bytes(b"\0" * 900_000)

    def empty(self) -> None:
        """Somebody makes room."""
        (self.folder / "ballast").unlink()

    def files(self) -> list[str]:
        """What else is there."""
        return sorted(
            one.name for one in self.folder.rglob("*") if one.is_file() and "ballast" not in one.name
        )


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    """The small file system; skipped by name where none can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("the right to mount a file system is missing")
    try:
        yield Small(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_store_leaves_no_half_file(small: Small) -> None:
    store = Store(small.folder / "store")
    with pytest.raises(Unavailable, match="The disk is full, so the file was not kept"):
        store.put(LARGE)
    assert small.files() == []
    small.empty()
    assert store.get(store.put(LARGE)) == LARGE


def test_a_file_that_is_written_out_leaves_the_old_one(small: Small) -> None:
    file = small.folder / "out.csv"
    file.write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"):
        whole_files.write(file, [LARGE])
    assert file.read_bytes() == b"old" and small.files() == ["out.csv"]
    small.empty()
    whole_files.write(file, [LARGE[:100], LARGE[100:]])
    assert file.read_bytes() == LARGE


def test_a_relay_is_put_off_by_the_door(small: Small) -> None:
    folder = small.folder / "box"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Handler(folder, "bounces+{token}@secretariat.example", "notes@secretariat.example")

    def hand_over(raw: bytes) -> tuple[int, bytes]:
        with smtplib.LMTP("127.0.0.1", port) as client:
            client.ehlo()
            client.mail("a@mfa.example")
            client.rcpt("notes@secretariat.example")
            return client.data(raw)

    with Door(handler, "127.0.0.1", port):
        assert hand_over(LARGE) == (451, b"4.3.0 Cannot be kept now, try again later")
        assert small.files() == []
        assert hand_over(b"Subject: small\r\n\r\nx\r\n")[0] == 250
        small.empty()
        assert hand_over(LARGE)[0] == 250
    assert len(small.files()) == 2
    assert any(LARGE in path.read_bytes() for path in (folder / "new").iterdir())


def test_the_post_office_puts_off_what_it_cannot_spool(small: Small) -> None:
    with post_office(small.folder / "post") as port, smtplib.SMTP("127.0.0.1", port) as client:

        def send() -> None:
            client.sendmail("a@mfa.example", ["b@mfa.example"], LARGE)

        with pytest.raises(smtplib.SMTPDataError) as refused:
            send()
        assert refused.value.smtp_code == 452
        assert not [name for name in small.files() if name.endswith((".mail", ".draft"))]
        small.empty()
        send()


@contextmanager
def kept_on(small: Small, ready: Prepared) -> Iterator[Means]:
    """The installation with its store on the small file system."""
    before = ready.means
    yield Means(before.settings, before.database, Store(small.folder / "store"), before.clock)


def test_a_reader_leaves_the_message_in_the_mailbox_and_tells_the_desk(
    dispatched: Prepared, small: Small, tmp_path: Path
) -> None:
    def desk() -> list[str]:
        with dispatched.means.look() as work:
            return [str(one.sentence) for one in trouble.of(work) if one.kind == "mailbox"]

    with (
        kept_on(small, dispatched) as means,
        ImapServer(tmp_path) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        server.bring(LARGE)
        settings = means.settings.model_copy(update={"imap_url": type(means.settings.imap_url)(server.url())})
        patch.setattr(readers, "settings", lambda: settings)
        patch.setattr(readers, "means", lambda: means)
        assert readers.read_mailbox() == 0
        assert len(server.messages) == 1 and small.files() == []
        assert desk() == ["The disk is full, so the file was not kept. Free some space, then try again."]
        small.empty()
        assert readers.read_mailbox() == 1
        assert desk() == [] and len(server.moved) == 1
        with open_mailbox(server.url()) as box:
            assert list(box.messages()) == []
        with means.look() as work:
            row = work.session.scalars(select(ReturnedMessage)).one()
            assert work.store.get(row.sha256) == LARGE


def test_an_upload_is_refused_with_a_sentence_and_taken_later(dispatched: Prepared, small: Small) -> None:
    with kept_on(small, dispatched) as means:
        with suppress(OSError), (small.folder / "more ballast").open("wb", 0) as ballast:
            while True:
                ballast.write(b"\0" * 4096)
        with means.look() as work:
            before = work.session.scalar(select(func.count()).select_from(Upload))
        with (
            pytest.raises(Unavailable, match="The disk is full"),
            means.work(dispatched.office.chair) as work,
        ):
            intake.upload(work, "summary.pdf", pdf(3))
        with means.look() as work:
            assert work.session.scalar(select(func.count()).select_from(Upload)) == before
        small.empty()
        with means.work(dispatched.office.chair) as work:
            assert intake.upload(work, "summary.pdf", pdf(3)).state == "ready"


def test_a_pack_is_written_whole_or_not_at_all(dispatched: Prepared, small: Small) -> None:
    Desk(dispatched).reached(*MEMBERS)
    with dispatched.means.look() as work:
        reference = work.session.get_one(Note, dispatched.note_id).reference
    words = ["evidence", reference, "--out", str(small.folder / "out")]
    with killer() as kills:
        assert kills.run(dispatched.means, "command", 10**6, words=words)["given"] == 2
        assert small.files() == []
        small.empty()
        assert kills.run(dispatched.means, "command", 10**6, words=words)["given"] in (0, None)
    assert len(small.files()) == 1
