"""The driver: circulates the sample note from submission to receipts, by HTTP alone.

Each person of the data acts through the API with a token of their own; each contact acts through
the personal page with what it found in its mailbox.  Nothing is written into the database here, so
every receipt arises from mail that the returned-mail reader parsed, or from a form that was posted.
"""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from web.demo import data as demonstration
from web.demo import expectations, reading
from web.demo.client import Program
from web.demo.data import Demonstration, Person
from web.demo.drafting import Drafting
from web.demo.receipts import Receipts
from workflow.errors import Conflict, Unavailable
from workflow.post import office as post_office

# How often the driver asks while it waits for workers, reports and hosts.
POLL_SECONDS = 0.25
# Evidence is asked for delivery by delivery, so less often.
EVIDENCE_SECONDS = 1.0
WORK_PATIENCE_SECONDS = 60.0
# How wide a line of progress is, behind its time.
WIDTH = 86
# What a transport is called here, where its own word says it less plainly.
PLAIN = {None: "waiting", "prepared": "waiting", "refused_temp": "put off", "refused_perm": "refused"}
# Between two answers of the relay there is nothing to tell.
UNDECIDED = (None, "prepared", "sending")


@dataclass
class Outcome:
    """What a run gave: the report as data, and a sentence for each expectation that was not met."""

    report: dict[str, Any]
    faults: list[str] = field(default_factory=list)


@dataclass
class Run:
    """What the steps of one run share: the people's programs, the data, the clock of the progress."""

    base_url: str
    people: Mapping[str, Person]
    programs: Mapping[str, Program]
    data: Demonstration
    folder: Path
    progress: Callable[[str], None]
    ended: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    timings: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """A line of progress with the seconds since the beginning; a long one goes on below itself."""
        self.go_on()
        lines = textwrap.wrap(sentence.strip(), WIDTH) or [""]
        pad = sentence[: len(sentence) - len(sentence.lstrip())]
        self.progress(f"{time.monotonic() - self.began:7.1f} s  {pad}{lines[0]}")
        for line in lines[1:]:
            self.progress(f"{'':11}{pad}{line}")

    def go_on(self) -> None:
        """Raises Unavailable when the service is being stopped: nobody would answer any more."""
        if self.ended():
            raise Unavailable(
                "demo-stopped", "Stopped before the note had gone all the way; what was done of it is kept."
            )

    def as_(self, duty: str) -> Program:
        """The program of the person who has a duty in the note (`people` in note.toml)."""
        return self.programs[self.data.note["people"][duty]]

    def name(self, key: str) -> str:
        """A person's name."""
        return self.people[key].name

    def wait(self, what: str, done: Callable[[], bool], patience: float = WORK_PATIENCE_SECONDS) -> None:
        """Waits until `done` says so; raises Conflict when it takes longer than `patience` seconds."""
        end = time.monotonic() + patience
        while not done():
            self.go_on()
            if time.monotonic() > end:
                raise Conflict(
                    "demo-patience",
                    "%(what)s took longer than %(seconds)s seconds. Look at the worker's log in the data folder.",
                    what=what,
                    seconds=round(patience),
                )
            time.sleep(POLL_SECONDS)

    def took(self, step: str, since: float) -> None:
        """Keeps how long a step took."""
        self.timings[step] = round(time.monotonic() - since, 3)


def circulate(
    base_url: str,
    people: Mapping[str, Person],
    office_folder: Path,
    progress: Callable[[str], None],
    data: Demonstration | None = None,
    *,
    ended: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Circulates the sample note and gives the report that the API then has of it.

    `people` are those of `installation.set_up`; `office_folder` is where the embedded post office
    keeps its mailboxes; `ended` says that the service is being stopped.  Raises a Refusal when a step is refused or a wait is over; what merely
    came out otherwise than expected is a fault of the outcome.
    """
    given = data or demonstration.load()
    with ExitStack() as open_lines:
        programs = {
            key: open_lines.enter_context(closing(Program(base_url, person.name, person.token)))
            for key, person in people.items()
        }
        run = Run(base_url, people, programs, given, office_folder, progress, ended)
        reference = _draft(run)
        _approve(run, reference)
        heard = {address for address in given.addresses if post_office.messages(office_folder, address)}
        _dispatch(run, reference)
        _follow(run, reference, heard)
        started = time.monotonic()
        Receipts(run, reference).collect()
        run.took("receipts", started)
        found = reading.read(run, reference)
        run.faults += expectations.members(found["receipts"], given.expected)
        run.faults += reading.faults(found)
        run.timings["total"] = round(time.monotonic() - run.began, 3)
        return Outcome(reading.report(found, run.timings), run.faults)


def _draft(run: Run) -> str:
    started = time.monotonic()
    draft = Drafting(run)
    reference = draft.submit()
    draft.write_source()
    draft.translate()
    run.took("draft", started)
    return reference


def _approve(run: Run, reference: str) -> None:
    """The director looks at the rendered drafts and the preview, and approves exactly that."""
    started = time.monotonic()
    director = run.as_("approves")
    path = f"/notes/{reference}"
    seen = director.get(f"{path}/approval")
    for language in seen["languages"]:
        director.download(f"{path}/preview/{language}.pdf")
    open_errors = [
        one["message"] for one in seen["findings"] if one["severity"] == "error" and not one["waiver"]
    ]
    if seen["objections"] or open_errors:
        raise Conflict(
            "demo-objections",
            "The note cannot be approved: %(why)s",
            why=" ".join(seen["objections"] + open_errors),
        )
    note = director.send(
        "POST",
        f"{path}/transitions",
        {"action": "approve", **{name: seen[name] for name in ("revision", "digest", "number", "date")}},
    )
    run.say(
        f"Approved by {director.who}: No. {note['symbol']}, dated {note['approval']['dated']}, "
        f"{len(seen['recipients'])} recipients, digest {seen['digest'][:12]}…"
    )
    # The numbers and the date are allotted; the workers make the documents.
    run.wait("Making the documents", lambda: _made(director, path))
    run.took("approval", started)
    run.say(f"{len(director.get(f'{path}/documents')['items'])} documents made and recorded.")


def _made(program: Program, path: str) -> bool:
    documents = program.get(f"{path}/documents")["items"]
    failed = [one["fault"] for one in documents if one["state"] == "failed"]
    if failed:
        raise Conflict("demo-documents", "A document could not be made: %(why)s", why=" ".join(failed))
    return bool(documents) and all(one["state"] == "ready" for one in documents)


def _dispatch(run: Run, reference: str) -> None:
    director = run.as_("dispatches")
    path = f"/notes/{reference}"
    note = director.get(path)
    director.send("POST", f"{path}/transitions", {"action": "dispatch", "revision": note["revision"]})
    deliveries = list(director.items(f"{path}/deliveries", limit=200))
    states = {one["member"] for one in deliveries}
    run.say(f"Dispatched by {director.who} to {len(deliveries)} contacts of {len(states)} states.")


def _follow(run: Run, reference: str, heard: set[str]) -> None:
    """Watches the deliveries until nothing more is to be heard, telling what changes on the way."""
    started = time.monotonic()
    program, path = run.as_("records"), f"/notes/{reference}/deliveries"
    expected = run.data.expected
    watched = [row["address"] for row in expected["delivery"]]
    patience = time.monotonic() + float(expected["patience"])
    told: dict[str, tuple[str, int]] = {}
    counted = ""
    faults: list[str] = []
    while True:
        run.go_on()
        found = list(program.items(path, limit=200))
        counted = _tell(run, found, counted)
        for one in found:
            _tell_change(run, one, told, watched)
        left = expectations.unsettled(found, expected)
        if not left:
            events = {
                one["address"]: list(program.items(f"{path}/{one['id']}/events", limit=200))
                for one in found
                if one["address"] in watched
            }
            faults = expectations.deliveries(found, events, expected, heard)
            if not faults:
                break
        if time.monotonic() > patience:
            faults += [
                f"{one['address']} was not settled in time: {one['transport'] or 'not sent'}." for one in left
            ]
            break
        time.sleep(POLL_SECONDS if left else EVIDENCE_SECONDS)
    run.faults += faults
    run.took("deliveries", started)
    run.say(
        "Every delivery is settled, each as expected."
        if not faults
        else "The deliveries are not as expected."
    )


def _tell(run: Run, found: list[dict[str, Any]], before: str) -> str:
    """Tells how many deliveries stand where, when that has changed; gives the line."""
    counts: dict[str, int] = {}
    for one in found:
        word = PLAIN.get(one["transport"], one["transport"])
        counts[word] = counts.get(word, 0) + 1
    line = ", ".join(f"{number} {word}" for word, number in sorted(counts.items(), key=lambda item: -item[1]))
    if line != before:
        run.say(f"  {line}")
    return line


def _tell_change(
    run: Run, one: Mapping[str, Any], told: dict[str, tuple[str, int]], watched: list[str]
) -> None:
    """Tells what became of a delivery that the data names, once per change."""
    now = (str(one["transport"]), len(one["attempts"]))
    before = told.get(one["address"])
    told[one["address"]] = now
    if one["address"] not in watched or now == before or one["transport"] in UNDECIDED:
        return
    answer = str(one["attempts"][-1]["answer"] or "") if one["attempts"] else ""
    why = f" ({answer})" if one["transport"] in ("refused_temp", "refused_perm") and answer else ""
    word = PLAIN.get(one["transport"], one["transport"])
    run.say(f"  {one['member']}  {one['address']}: attempt {now[1]}, {word}{why}")
