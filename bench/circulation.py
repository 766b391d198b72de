"""From approval to the relay, and how the pages feel meanwhile: `python -m bench.circulation`.

The embedded service circulates the sample note in a folder of its own.  Printed are the seconds
from the approval until the post office has answered for every contact, and the latency of a page
(99th percentile) while workers make documents and send, as a ratio to the same page at rest.
"""

from __future__ import annotations

import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from web import service
from web.demo import installation
from web.demo.circulation import circulate
from web.demo.installation import Person
from workflow.config import Settings

REST_SECONDS = 8.0


def free_port() -> int:
    """A port of loopback that nothing uses now."""
    with socket.socket() as probe:
        probe.bind((service.HOST, 0))
        return int(probe.getsockname()[1])


class Visitor(threading.Thread):
    """Somebody who opens the register again and again; keeps how long each look took, in milliseconds."""

    def __init__(self, address: str, person: Person) -> None:
        super().__init__(daemon=True)
        self._address, self._token = address, person.token
        self._ended = threading.Event()
        self.looks: list[tuple[float, float]] = []

    def run(self) -> None:
        """Looks until it is stopped."""
        with httpx.Client(
            base_url=self._address, headers={"Authorization": f"Bearer {self._token}"}
        ) as client:
            while not self._ended.wait(0.02):
                began = time.monotonic()
                client.get("/api/v1/register").raise_for_status()
                self.looks.append((began, (time.monotonic() - began) * 1000))

    def stop(self) -> None:
        """Ends the looks."""
        self._ended.set()
        self.join()

    def percentile(self, since: float, until: float) -> float:
        """The 99th percentile of the looks that began between two moments."""
        taken = [took for began, took in self.looks if since <= began <= until]
        return statistics.quantiles(taken, n=100)[98]


def main() -> int:
    """Measures once and prints."""
    with tempfile.TemporaryDirectory() as folder:
        settings = given(Path(folder))
        embedded = service.Service(settings, weather=installation.WEATHER)
        with embedded.running() as address:
            people = installation.set_up(embedded.means)
            visitor = Visitor(address, next(one for one in people.values() if "registry" in one.roles))
            visitor.start()
            rest = time.monotonic()
            time.sleep(REST_SECONDS)
            began = time.monotonic()
            outcome = circulate(address, people, settings.office_dir, lambda sentence: None)
            visitor.stop()
            timings = outcome.report["timings"]
            taken = timings["approval"] + timings["first_attempts"]
            idle = visitor.percentile(rest, began)
            sending = began + timings["draft"]
            busy = visitor.percentile(sending, sending + timings["approval"] + timings["last_attempt"])
    print(f"approval to all contacts answered by the post office: {taken:.2f} s (aim: 5 s)")
    print(
        f"register, 99th percentile: at rest {idle:.1f} ms, while sending {busy:.1f} ms: {busy / idle:.2f}× (aim: 3×)"
    )
    return 0


def given(folder: Path) -> Settings:
    """The demonstration's settings on free ports and in a folder of its own."""
    return installation.settings().model_copy(
        update={
            "data_dir": folder,
            "base_url": f"http://{service.HOST}:{free_port()}",
            "smtp_url": type(installation.settings().smtp_url)(
                f"smtp://{service.HOST}:{free_port()}?starttls=off"
            ),
        }
    )


if __name__ == "__main__":
    sys.exit(main())
