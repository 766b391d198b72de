"""The embedded service: web, one worker process with beat, and a post office, on loopback only.

One command shows a whole circulation with it.  Whatever it starts, it stops: on Ctrl-C, on a
fault, and (through the kernel) when it is killed itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, TextIO
from urllib.parse import urlsplit

import structlog
from waitress import wasyncore
from waitress.server import create_server

from workflow import config, schema
from workflow.config import ROOT, Settings
from workflow.errors import Unavailable
from workflow.means import Means
from workflow.operations import directory

HOST = "127.0.0.1"
READY_SECONDS = 60
STOP_SECONDS = 10
HANG_UP_SECONDS = 1
PR_SET_PDEATHSIG = 1


def prepare(means: Means) -> None:
    """Brings the database up to date and the profile's members into the directory; harmless to repeat."""
    means.database.wait()
    schema.upgrade(means.database)
    with means.work() as work:
        directory.import_members(work, work.profile)


def require_free(port: int, what: str, variable: str) -> None:
    """Raises Unavailable with a sentence when another program listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Unavailable(
                "port-busy",
                "Port %(port)s, which %(what)s needs, is taken by another program. Stop that program, or choose "
                "another port with %(variable)s.",
                port=port,
                what=what,
                variable=variable,
            ) from error


class Service:
    """The processes of the embedded service; `running()` is the context in which they run."""

    def __init__(self, settings: Settings, weather: Path | None = None) -> None:
        self.settings = settings
        self.weather = weather
        self.means = Means.of(settings)
        self._children: list[tuple[str, subprocess.Popen[str]]] = []
        self._stopping = threading.Event()
        self._log: TextIO | None = None

    @property
    def port(self) -> int:
        """The port of the pages."""
        return urlsplit(self.settings.base_url).port or 8000

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Everything is up inside the block; gives the address of the pages."""
        smtp = urlsplit(self.settings.smtp_url.get_secret_value())
        embedded_post = smtp.hostname in (HOST, "localhost") and not self.settings.imap_url.get_secret_value()
        require_free(self.port, "the web server", "CHANCERY_BASE_URL")
        if embedded_post:
            require_free(smtp.port or 25, "the embedded post office", "CHANCERY_SMTP_URL")
        prepare(self.means)
        serving = None
        try:
            if embedded_post:
                self._start_post_office(smtp.port or 25)
            self._start_worker()
            serving = self._serve()
            yield self.settings.base_url
        finally:
            if serving is not None:
                close_server(*serving)
            self.stop()
            if self._log is not None:
                # A browser that still listens hears of the end only now; there is nobody to tell it to.
                logging.getLogger("waitress").handlers = [logging.NullHandler()]
                structlog.reset_defaults()
                self._log.close()

    def wait(self) -> None:
        """Waits until Ctrl-C, a termination signal, or the end of a process that should not end."""
        self._stopping.wait()

    def stop(self) -> None:
        """Stops the processes that were started, gently first."""
        self._stopping.set()
        for _, process in self._children:
            # Only the parent of a group is asked: it ends its own children when their work is done.
            process.terminate()
        for _, process in self._children:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._children.clear()

    def end(self, _signal: int | None = None, _frame: FrameType | None = None) -> None:
        """Lets `wait` return; usable as a signal handler."""
        self._stopping.set()

    def is_ending(self) -> bool:
        """Whether somebody asked for the end, or a process that should not end has."""
        return self._stopping.is_set()

    def _start_post_office(self, port: int) -> None:
        arguments = [
            "-m",
            "workflow.post.office",
            "--smtp-port",
            str(port),
            "--folder",
            str(self.settings.office_dir),
        ]
        if self.weather is not None:
            arguments += ["--weather", str(self.weather)]
        process = self._start("the embedded post office", arguments)
        assert process.stdout is not None
        line = process.stdout.readline()
        if "ready" not in line:
            raise Unavailable(
                "post-office",
                "The embedded post office did not start: %(why)s",
                why=line.strip() or "it said nothing.",
            )
        threading.Thread(target=self._watch, args=("the embedded post office", process), daemon=True).start()

    def _start_worker(self) -> None:
        from tasks.app import QUEUES

        arguments = ["-m", "celery", "-A", "tasks.app", "worker", "-B", "-P", "prefork", "-c", "2"]
        arguments += ["-Q", ",".join(QUEUES), "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        arguments += ["-s", str(self.settings.data_dir / "beat-schedule")]
        process = self._start("the worker", arguments, output=self.settings.data_dir / "worker.log")
        threading.Thread(target=self._watch, args=("the worker", process), daemon=True).start()

    def _start(self, what: str, arguments: list[str], output: Path | None = None) -> subprocess.Popen[str]:
        sink: Any = subprocess.PIPE
        if output is not None:
            sink = output.open("a")
        process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment(self.settings)},
            stdout=sink,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        if output is not None:
            # The child has the file; this process writes nothing to it.
            sink.close()
        self._children.append((what, process))
        return process

    def _watch(self, what: str, process: subprocess.Popen[str]) -> None:
        # Reading to the end also keeps a talkative child from stopping at a full pipe.
        if process.stdout is not None:
            with process.stdout as lines:
                for _ in lines:
                    pass
        process.wait()
        if not self._stopping.is_set():
            print(f"chancery: {what} ended unexpectedly; see {self.settings.data_dir}.", file=sys.stderr)  # noqa: T201
            self.end()

    def _serve(self) -> tuple[Any, threading.Thread]:
        from web.app import create_app

        # Requests are logged to a file: the terminal belongs to whoever started the service.
        self._log = log = (self.settings.data_dir / "web.log").open("a", buffering=1)
        # So is what the server says of browsers that still listen to a board when it closes.
        noise = logging.getLogger("waitress")
        noise.handlers, noise.propagate = [logging.StreamHandler(log)], False
        structlog.configure(
            processors=[
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.WriteLoggerFactory(file=log),
            cache_logger_on_first_use=False,
        )
        app = create_app(self.means)
        # What is there now stays: the collector need not walk all of it in the middle of somebody's page.
        gc.collect()
        gc.freeze()
        server = create_server(app, host=HOST, port=self.port, threads=12, ident="chancery")
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        return server, thread


def close_server(server: Any, thread: threading.Thread) -> None:
    """Ends waitress whose loop runs in `thread`: first what it listens to, then its workers, then the loop.

    Its own `close` takes the loop's wake-up away at once, on which a worker that still writes to a
    browser stumbles with "Bad file descriptor".
    """

    def hang_up() -> None:
        # Not the server's own `close`: that is what takes the wake-up away.
        wasyncore.dispatcher.close(server)
        for one in list(server._map.values()):
            if one is not server.trigger:
                one.handle_close()

    # Both are done by the loop itself, between two looks at its connections; without any it ends.
    server.trigger.pull_trigger(hang_up)
    server.task_dispatcher.shutdown(timeout=HANG_UP_SECONDS)
    server.trigger.pull_trigger(server._map.clear)
    thread.join(STOP_SECONDS)
    if not server.task_dispatcher.threads:
        server.trigger.close()


def environment(settings: Settings) -> dict[str, str]:
    """The `CHANCERY_*` variables that give a child process the same settings."""
    given = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if hasattr(value, "get_secret_value"):
            value = value.get_secret_value()
        if isinstance(value, tuple):
            value = "[" + ",".join(str(item) for item in value) + "]"
        if isinstance(value, dict):
            value = ",".join(f"{key}={item}" for key, item in value.items())
        if value not in ("", None):
            given[f"CHANCERY_{name.upper()}"] = str(value)
    return given


def embedded_settings(**given: Any) -> Settings:
    """The settings of this process; the data folder is made absolute, since children share it."""
    settings = config.load(**given)
    return settings.model_copy(update={"data_dir": settings.data_dir.resolve()})


def _die_with_parent() -> None:
    """Asks the kernel to end this child when its parent is gone, however that came about (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
