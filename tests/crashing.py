"""Workers that can be killed at a step: a process that forks one for each job it is given.

`python -m tests.crashing` reads jobs, a line of JSON each, forks, and lets the child run the real
`send_note` with a stop at the named step.  At the step the child says so and stands still until it
is killed; without a stop it says `end`.  The product knows nothing of this: the stops are put
around its functions in the child.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

STEPS = (
    "before the claim",
    "before the attempt row",
    "after the attempt row",
    "before sending is committed",
    "after sending is committed",
    "inside the content",
    "after the final dot",
    "before the answer is committed",
    "after the answer is committed",
)


def _child(job: dict[str, Any]) -> None:
    from tests.conftest import SetClock
    from workflow import config
    from workflow.means import Means
    from workflow.operations import claims, sending
    from workflow.post.smtp import Relay
    from workflow.post.wire import Line

    def stop(step: str) -> None:
        if step == job["step"]:
            _say(at=step, pid=os.getpid())
            while True:
                signal.pause()

    def around(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        setattr(owner, name, make(getattr(owner, name)))

    def claim(real: Any) -> Any:
        left = [job["most"]]

        def stopping(*args: Any) -> Any:
            stop("before the claim")
            # The run goes on from claim to claim; here it ends with the job's share.
            claimed = real(*args, most=left[0]) if left[0] else None
            left[0] -= len(claimed or ())
            stop("after the attempt row")
            return claimed

        return stopping

    def prepare(real: Any) -> Any:
        def stopping(*args: Any) -> Any:
            stop("before the attempt row")
            return real(*args)

        return stopping

    def send(real: Any) -> Any:
        def stopping(relay: Any, jobs: Any, commit: Any, **kwargs: Any) -> None:
            def committing(turn: Any) -> bool:
                if turn.entering:
                    stop("before sending is committed")
                done: bool = commit(turn)
                if turn.answered:
                    stop("after the answer is committed")
                if turn.entering:
                    stop("after sending is committed")
                return done

            real(relay, jobs, committing, **kwargs)

        return stopping

    def answer(real: Any) -> Any:
        def stopping(*args: Any) -> Any:
            outcomes = real(*args)
            if args[1]:
                stop("before the answer is committed")
            return outcomes

        return stopping

    def line(real: Any) -> Any:
        def stopping(self: Line, data: bytes, seconds: float) -> None:
            if len(data) > 5000 and job["step"] == "inside the content":
                real(self, data[: len(data) // 2], seconds)
                stop("inside the content")
            real(self, data, seconds)
            if data.startswith(b".\r\n"):
                stop("after the final dot")

        return stopping

    around(claims, "claim", claim)
    around(claims, "_prepare", prepare)
    around(sending, "send", send)
    around(sending, "_record_answers", answer)
    around(Line, "send", line)
    means = Means.of(config.load(**job["settings"]), SetClock(datetime.fromisoformat(job["now"])))
    with Relay(f"smtp://127.0.0.1:{job['port']}?starttls=off") as relay:
        sent = sending.send_note(means, job["note"], relay, f"worker-{os.getpid()}")
    means.database.close()
    _say(at="end", pid=os.getpid(), accepted=sent.accepted, trouble=sent.trouble)


def _say(**words: Any) -> None:
    os.write(1, json.dumps(words).encode() + b"\n")


def main() -> None:
    """Reads jobs until the end of the input; each runs in a fork of its own."""
    # Loaded once, before the forks: a child is then at its step in some hundredths of a second.
    import tests.conftest
    from workflow.letters import profile
    from workflow.operations import sending
    from workflow.post import wording

    assert tests.conftest and sending
    for language in profile.load("cica").languages:
        wording.load(language)
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


class Workers:
    """The parent's side of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, **job: Any) -> str:
        """Runs a job and kills its worker where it stops; gives where that was."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        said = self._hear()
        assert said["at"] != "error", said
        if said["at"] != "end":
            os.kill(said["pid"], signal.SIGKILL)
        assert self._hear() == {"ended": 0 if said["at"] == "end" else signal.SIGKILL}
        return str(said["at"])

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))


@contextmanager
def workers() -> Iterator[Workers]:
    """A process that forks workers."""
    folder = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "tests.crashing"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Workers(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


if __name__ == "__main__":
    main()
