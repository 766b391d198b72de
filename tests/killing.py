"""Processes that are killed at every place where a crash can tell: before each commit, file and word sent, and at the end.

`python -m tests.killing` reads jobs, a line of JSON each, forks, and lets the child do the real
work.  The places that the work comes to are counted in the child; at the one that was asked for it
says where it is and kills itself with SIGKILL.  Work that comes to its end first says `end`.  The
product knows nothing of this.

A test asks for place 0, 1, 2 … until the work comes to its end: then every place was one of a crash.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from workflow.means import Means

Job = dict[str, Any]

# Where this process speaks to its parent; its standard output is for what the work prints.
_OUT = 1


class Places:
    """The places that the work of this process comes to, and the one at which it is killed."""

    def __init__(self, stop_at: int, only: Sequence[str] = ()) -> None:
        self.left, self.only = stop_at, frozenset(only)
        self.armed = False

    def come_to(self, place: str) -> None:
        """Counts a place, named after what is about to be done; the one that was asked for is the last."""
        if not self.armed or (self.only and place not in self.only):
            return
        self.left -= 1
        if self.left < 0:
            _say(at=place, pid=os.getpid())
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Puts the counting around whatever leaves this process: commits, files, words on a line."""
        from sqlalchemy import Engine, event

        event.listen(Engine, "commit", lambda _: self.come_to("commit"))
        for owner, name, what in (
            (os, "fsync", "sync"),
            (os, "replace", "rename"),
            (os, "rename", "rename"),
            (os, "unlink", "remove"),
            (socket.socket, "send", "send"),
            (socket.socket, "sendall", "send"),
            (ssl.SSLSocket, "sendall", "send"),
        ):
            setattr(owner, name, self._before(getattr(owner, name), what))
        sys.addaudithook(self._hear)

    def _before(self, real: Callable[..., Any], what: str) -> Callable[..., Any]:
        def counting(*args: Any, **kwargs: Any) -> Any:
            self.come_to(what)
            return real(*args, **kwargs)

        return counting

    def _hear(self, name: str, args: tuple[Any, ...]) -> None:
        writes = os.O_WRONLY | os.O_RDWR
        if name == "open" and not isinstance(args[0], int) and args[2] & writes and self.armed:
            self.come_to("open")


def _say(**words: Any) -> None:
    os.write(_OUT, json.dumps(words).encode() + b"\n")


def _maildir(means: Means, job: Job) -> object:
    from tasks.mailbox import drain
    from workflow.post.mailbox import MaildirBox

    return drain(means, MaildirBox(Path(job["folder"])))


def _imap(means: Means, job: Job) -> object:
    from tasks.mailbox import drain
    from workflow.post.mailbox import open_mailbox

    with open_mailbox(job["url"]) as box:
        job["places"].armed = True
        return drain(means, box)


def _lmtp(means: Means, job: Job) -> object:
    from workflow.post.lmtp import Door, Handler

    settings = means.settings
    with Door(Handler(Path(job["folder"]), settings.return_path, settings.reply_address), *job["listen"]):
        job["places"].armed = True
        _say(at="ready", pid=os.getpid())
        while True:
            signal.pause()


def _notices(means: Means, job: Job) -> object:
    from workflow.operations import notice_mail
    from workflow.post.smtp import Relay

    with Relay(job["relay"]) as relay:
        return vars(notice_mail.send_due(means, job["account"], relay))


def _questions(means: Means, job: Job) -> object:
    from workflow.operations import address_mail
    from workflow.post.smtp import Relay

    with Relay(job["relay"]) as relay:
        return vars(address_mail.send_due(means, relay))


def _task(means: Means, job: Job) -> object:
    import tasks.app

    tasks.app._means = means
    tasks.app.app.tasks[job["task"]](*job.get("arguments", ()))
    return None


def _command(means: Means, job: Job) -> object:
    import web.commands
    from web.cli import main

    web.commands.means = lambda: means  # type: ignore[assignment]
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("web.commands.") and hasattr(module, "means"):
            module.means = lambda: means  # type: ignore[attr-defined]
    try:
        main(job["words"])
    except SystemExit as end:
        return end.code
    return None


JOBS: dict[str, Callable[[Means, Job], object]] = {
    "maildir": _maildir,
    "imap": _imap,
    "lmtp": _lmtp,
    "notices": _notices,
    "questions": _questions,
    "task": _task,
    "command": _command,
}


def _child(job: Job) -> None:
    import tasks.app
    from tests.conftest import SetClock
    from workflow import config

    if job.get("file_limit"):
        # A disk that is full, as far as this process can tell: a file cannot grow beyond so many bytes.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["file_limit"], job["file_limit"]))
    settings = config.load(**job["settings"])
    tasks.app.configure(settings)
    means = Means.of(settings, SetClock(datetime.fromisoformat(job["now"])))
    job["places"] = places = Places(job["place"], job.get("only", ()))
    places.watch()
    # Logging in, or beginning to listen, leaves nothing behind.
    places.armed = job["kind"] not in ("lmtp", "imap")
    given = JOBS[job["kind"]](means, job)
    places.come_to("leave")
    places.armed = False
    means.database.close()
    _say(at="end", pid=os.getpid(), given=given)


def main() -> None:
    """Reads jobs until the end of the input; each runs in a fork of its own."""
    global _OUT
    _OUT = os.dup(1)
    os.dup2(2, 1)
    # Loaded once, before the forks: a child is then soon at its place.
    from sqlalchemy.orm import configure_mappers

    import tasks.dispatch
    import tasks.documents
    import tasks.mailbox
    import tasks.notices
    import tasks.sweeps
    import web.cli
    from workflow.letters import profile
    from workflow.post import lmtp, notice_wording

    assert tasks and web and lmtp
    configure_mappers()
    for language in profile.load("cica").languages:
        notice_wording.load(language)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                _child(json.loads(line))
            except BaseException as error:
                _say(at="error", pid=os.getpid(), error=repr(error))
            finally:
                os._exit(0)
        _, status = os.waitpid(pid, 0)
        _say(ended=status)


class Killer:
    """The parent's side: has jobs run and killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, means: Means, kind: str, place: int, **job: Any) -> dict[str, Any]:
        """Starts a job, and gives what its process says first: where it stands, that it is ready, or its end."""
        assert self.process.stdin is not None
        settings = means.settings
        given = {
            "data_dir": str(settings.data_dir),
            "database_url": settings.database_url,
            "secret_key": settings.secret_key.get_secret_value(),
            "audit_key": settings.audit_key.get_secret_value(),
            "address_check": settings.address_check,
            **job.pop("settings", {}),
        }
        words = {"kind": kind, "place": place, "settings": given, "now": means.clock().isoformat(), **job}
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def run(self, means: Means, kind: str, place: int, **job: Any) -> dict[str, Any]:
        """Runs a job that is killed at `place`; gives where that was, or what it said at its end."""
        said = self.start(means, kind, place, **job)
        assert said["at"] not in ("error", "ready"), said
        assert self.hear() == {"ended": 0 if said["at"] == "end" else signal.SIGKILL}
        return said

    def end(self, said: dict[str, Any]) -> str:
        """Kills a process that serves, if it lives; gives the place at which it was killed before, or nothing."""
        with suppress(ProcessLookupError):
            os.kill(said["pid"], signal.SIGKILL)
        heard = self.hear()
        place = str(heard.get("at", ""))
        assert (self.hear() if place else heard) == {"ended": signal.SIGKILL}
        return place

    def every_place(self, run: Callable[[int], dict[str, Any]]) -> list[str]:
        """Has `run` done for place 0, 1, 2 … until the work comes to its end; gives the places."""
        places: list[str] = []
        while (said := run(len(places)))["at"] != "end":
            places.append(said["at"])
            assert len(places) < 1000
        return places

    def hear(self) -> dict[str, Any]:
        """The next words of the process."""
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))


@contextmanager
def killer() -> Iterator[Killer]:
    """A process that forks those that are killed."""
    folder = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.killing"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Killer(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


if __name__ == "__main__":
    main()
