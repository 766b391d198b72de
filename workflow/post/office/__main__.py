"""`python -m workflow.post.office`: the embedded post office as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import errno
import fcntl
import logging
import signal
import sys
from dataclasses import replace
from pathlib import Path

from workflow.clock import Clock, system_clock
from workflow.errors import Refusal
from workflow.post.office.hosts import RETRY_SECONDS, Hosts
from workflow.post.office.server import Office, OfficeSMTP
from workflow.post.office.spool import Entry, Spool
from workflow.post.office.weather import Weather, load

# It plays other people's hosts and checks no one's name: no other machine may ever reach it.
HOST = "127.0.0.1"


class Running:
    """The office at work: the sessions put entries in, the hosts finish them when they are due."""

    def __init__(self, folder: Path, weather: Weather, clock: Clock = system_clock) -> None:
        self._spool = Spool(folder)
        self._hosts = Hosts(folder, self._spool, weather, clock)
        self._clock = clock
        self._office = Office(self._spool, weather, clock, self._schedule)
        self._server: asyncio.Server | None = None

    async def start(self, port: int) -> int:
        """Listen on loopback, take up what a former run left; gives the port, chosen freely for 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: OfficeSMTP(self._office, loop=loop), HOST, port)
        for entry in self._spool.entries():
            self._schedule(entry)
        return int(self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Take no more mail; what is not finished stays in the spool."""
        if self._server is not None:
            # Clients that rest on an open connection are not waited for: newer Pythons would for ever.
            self._server.close()

    def _schedule(self, entry: Entry) -> None:
        wait = max(entry.due - self._clock().timestamp(), 0)
        asyncio.get_running_loop().call_later(wait, self._try, entry)

    def _try(self, entry: Entry) -> None:
        try:
            later = self._hosts.try_delivery(entry)
        except OSError as error:
            # A full disk ends some day; the entry is still in the spool, and every step may be repeated.
            logging.getLogger(__name__).error("delivery put off: %s", error.strerror)
            later = replace(entry, due=self._clock().timestamp() + RETRY_SECONDS)
        if later is not None:
            self._schedule(later)


async def serve(folder: Path, weather: Weather, port: int) -> None:
    """Run until SIGTERM or SIGINT."""
    running = Running(folder, weather)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sys.stdout.write(f"ready {await running.start(port)}\n")
    sys.stdout.flush()
    await stopped.wait()
    running.stop()


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 after a stop by signal, 1 when it cannot run, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m workflow.post.office", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=2525, metavar="P", help="0 takes a free one")
    parser.add_argument(
        "--folder", type=Path, required=True, metavar="DIR", help="where the mailboxes are kept"
    )
    parser.add_argument("--weather", type=Path, metavar="FILE", help="how addresses behave; fair without it")
    given = parser.parse_args(arguments)
    try:
        weather = load(given.weather)
        given.folder.mkdir(parents=True, exist_ok=True)
        with (given.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            asyncio.run(serve(given.folder, weather, given.smtp_port))
    except Refusal as refusal:
        return _failed(refusal.sentence)
    except BlockingIOError:
        return _failed(f"Another post office works in {given.folder}; stop it, or choose another folder.")
    except (OSError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno != errno.EADDRINUSE:
            return _failed(f"The post office cannot start: {error.strerror}.")
        port = given.smtp_port
        return _failed(
            f"Port {port} is taken or not a port; stop what uses it, or choose one by --smtp-port."
        )
    return 0


def _failed(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
