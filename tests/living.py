"""Workers that live until they are killed: each loops over sweep, mailbox and sending, by a clock in a file.

`python -m tests.living` reads a line of JSON per worker to be born, forks it, and says its process id.
Whoever asked kills it with kill -9 when it likes; nothing in the product knows of this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


class FileClock:
    """A clock that starts at `begin` and goes RATE times as fast as time, plus the seconds that the file names."""

    RATE = 100.0

    def __init__(self, file: Path, begin: datetime, started: float) -> None:
        self.file, self.begin, self.started = file, begin, started

    def __call__(self) -> datetime:
        ahead = float(self.file.read_text() or "0")
        return self.begin + timedelta(seconds=(time.monotonic() - self.started) * self.RATE + ahead)

    def pass_(self, seconds: float) -> None:
        """Lets time pass for everybody who looks at this file."""
        ahead = float(self.file.read_text() or "0") + seconds
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(ahead))
        fresh.replace(self.file)


def live(job: dict[str, Any]) -> None:
    """One worker's life."""
    from tasks.mailbox import drain
    from workflow import audit, config
    from workflow.errors import Refusal
    from workflow.means import Means
    from workflow.operations import claims, sending
    from workflow.post.mailbox import open_mailbox
    from workflow.post.smtp import Relay

    clock = FileClock(Path(job["clock"]), datetime.fromisoformat(job["begin"]), job["started"])
    means = Means.of(config.load(**job["settings"]), clock)
    relay = Relay(means.settings.smtp_url.get_secret_value())
    while True:
        with means.work() as work:
            claims.mend_times(work)
            claims.release_stale_claims(work)
            audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
        with suppress(Refusal), open_mailbox(means.settings.mailbox) as box:
            drain(means, box)
        with means.work() as work:
            due = claims.due_notes(work)
        for note_id in due:
            sending.send_note(means, note_id, relay, f"worker-{os.getpid()}")
        time.sleep(0.05)


def main() -> None:
    """Reads jobs until the end of the input; each becomes a worker."""
    import tests.conftest
    from tasks import mailbox
    from workflow.letters import profile
    from workflow.operations import sending
    from workflow.post import wording

    assert tests.conftest and sending and mailbox
    for language in profile.load("cica").languages:
        wording.load(language)
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                with open(job["log"], "a") as log:
                    os.dup2(log.fileno(), 1)
                    os.dup2(log.fileno(), 2)
                live(job)
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(1)
        os.write(1, f"{pid}\n".encode())
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


@contextmanager
def nursery() -> Iterator[Any]:
    """Gives a function that brings a worker to life and gives its process id."""
    folder = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.living"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def born(**job: Any) -> int:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield born
        process.stdin.close()
        assert process.wait(10) == 0


BEGIN = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)

if __name__ == "__main__":
    main()
