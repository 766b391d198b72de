"""Expectations, the API's client and the words of the demonstration's report."""

from __future__ import annotations

import ast
import copy
from pathlib import Path

import httpx
import pytest

from web.demo import expectations, report
from web.demo.circulation import Outcome, Run
from web.demo.client import Program
from workflow.config import ROOT
from workflow.errors import Conflict, Unavailable

EXPECTED = {
    "delivery": [
        {
            "address": "a@x.example",
            "transport": "delivered",
            "passed": ["delayed"],
            "attempts": 3,
            "first_only": True,
        },
        {"address": "b@x.example", "transport": "accepted"},
        {"address": "c@x.example", "transport": "delivered", "side": "automatic_reply"},
    ],
    "members": {
        "others": "reached",
        "on_behalf": ["KW"],
        "status": {"acknowledged": ["KW", "KZ"], "undeliverable": ["KH"]},
    },
}


def delivery(address: str, transport: str | None, attempts: int = 1, queue: str = "done") -> dict:
    return {"address": address, "transport": transport, "queue": queue, "attempts": [{}] * attempts}


FOUND = [
    delivery("a@x.example", "delivered", 3),
    delivery("b@x.example", "accepted"),
    delivery("c@x.example", "delivered"),
]
EVENTS = {
    "a@x.example": [{"axis": "transport", "kind": "delayed"}],
    "c@x.example": [{"axis": "side", "kind": "automatic_reply"}],
}


def test_what_came_as_expected_is_no_fault():
    assert expectations.deliveries(FOUND, EVENTS, EXPECTED) == []
    assert expectations.unsettled(FOUND, EXPECTED) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found, events: found.pop(0), "a@x.example was sent nothing"),
        (lambda found, events: found[0].update(transport="failed"), "is failed; expected was delivered"),
        (lambda found, events: found[1].update(transport=None), "is not sent; expected was accepted"),
        (lambda found, events: events.pop("a@x.example"), "was never delayed"),
        (lambda found, events: events.pop("c@x.example"), "no automatic reply came back"),
        (lambda found, events: found[0].update(attempts=[{}]), "took 1 attempts; expected were 3"),
    ],
)
def test_each_difference_is_a_sentence(change, words):
    found, events = copy.deepcopy(FOUND), copy.deepcopy(EVENTS)
    change(found, events)
    faults = expectations.deliveries(found, events, EXPECTED)
    assert len(faults) == 1
    assert words in faults[0]


def test_a_host_that_knows_us_already_is_not_asked_for_more_attempts():
    again = [delivery("a@x.example", "delivered", 1), *FOUND[1:]]
    assert expectations.deliveries(again, EVENTS, EXPECTED, heard={"a@x.example"}) == []


@pytest.mark.parametrize(
    ("one", "settled"),
    [
        (delivery("z@x.example", "delivered"), True),
        (delivery("z@x.example", "failed"), True),
        (delivery("z@x.example", "accepted"), False),
        (delivery("b@x.example", "accepted"), True),
        (delivery("b@x.example", "accepted", queue="claimed"), False),
        (delivery("z@x.example", "refused_temp", queue="queued"), False),
        (delivery("z@x.example", None, 0, queue="queued"), False),
    ],
)
def test_a_delivery_is_settled_when_nothing_more_is_to_be_heard(one, settled):
    assert (expectations.unsettled([one], EXPECTED) == []) is settled


def member(code: str, status: str, on_behalf: bool = False) -> dict:
    return {"member": code, "status": status, "on_behalf": on_behalf}


def test_states_are_held_against_what_is_expected_of_them():
    good = [
        member("KH", "undeliverable"),
        member("KW", "acknowledged", True),
        member("KZ", "acknowledged"),
        member("TR", "reached"),
    ]
    assert expectations.members(good, EXPECTED) == []
    assert expectations.members([*good[:-1], member("TR", "downloaded")], EXPECTED) == [
        "TR is downloaded; expected was reached."
    ]
    assert expectations.members(good[1:], EXPECTED) == ["KH is not among the states of the note."]
    assert expectations.members([good[0], member("KW", "acknowledged"), *good[2:]], EXPECTED) == [
        "KW: on behalf is False."
    ]


def program(answer) -> Program:
    return Program("http://localhost", "A person", "chy_token", httpx.MockTransport(answer))


def test_a_program_sends_its_token_and_reads_every_page():
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer chy_token"
        after = request.url.params.get("after")
        return httpx.Response(200, json={"items": [{"id": after}], "next": None if after else 7})

    assert list(program(answer).items("/things", limit=1)) == [{"id": None}, {"id": "7"}]


def test_a_problem_becomes_the_api_s_own_sentence():
    problem = {
        "type": "/problems/stale",
        "detail": "The note changed.",
        "errors": [{"detail": "Revision 3."}],
    }
    with pytest.raises(
        Conflict, match=r"A person was refused at POST /notes \(409\): The note changed. Revision 3."
    ):
        program(lambda _: httpx.Response(409, json=problem)).send("POST", "/notes", {})


def test_a_service_that_is_away_is_said_to_be_away():
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(Unavailable, match="did not answer GET /me"):
        program(answer).get("/me")


def run_of(**given) -> Run:
    lines: list[str] = []
    values = {
        "base_url": "",
        "people": {},
        "programs": {},
        "data": None,
        "folder": Path(),
        "progress": lines.append,
    }
    return Run(**{**values, "ended": lambda: False, **given})


def test_a_wait_that_is_over_says_what_was_waited_for():
    with pytest.raises(Conflict, match="Making the documents took longer than -1 seconds"):
        run_of().wait("Making the documents", lambda: False, patience=-1)
    run_of().wait("Nothing", lambda: True)


def test_a_service_that_is_being_stopped_ends_the_run():
    for step in (lambda run: run.say("A line."), lambda run: run.wait("A worker", lambda: False)):
        with pytest.raises(Unavailable, match="Stopped before"):
            step(run_of(ended=lambda: True))


def test_a_long_line_of_progress_goes_on_below_itself():
    lines: list[str] = []
    run_of(progress=lines.append).say("  " + "word " * 40)
    assert len(lines) == 3
    assert max(len(line) for line in lines) <= 100
    assert lines[0].index("word") == 13
    assert all(line.startswith(" " * 13 + "word") for line in lines[1:])


SAMPLE = {
    "note": {
        "symbol": "TTF/1",
        "reference": "D-2026-0001",
        "state": "dispatched",
        "dated": "2026-05-12",
        "place": "Astana",
        "titles": {"en": "A long title of a summary " * 8},
        "digest": "d" * 64,
    },
    "languages": [
        {"language": "en", "standing": "authentic", "required": True, "is_source": True, "state": "accepted"},
        {"language": "kk", "standing": "courtesy", "required": True, "is_source": False, "state": "accepted"},
    ],
    "documents": [
        {
            "language": "en",
            "kind": "pdf",
            "pages": 1,
            "bytes": 30000,
            "sha256": "a" * 64,
            "sealed_sha256": "d" * 64,
        },
        {
            "language": "en",
            "kind": "docx",
            "pages": None,
            "bytes": 5000,
            "sha256": "b" * 64,
            "sealed_sha256": None,
        },
    ],
    "enclosures": [{"name": "summary.docx", "language": "en", "pages": 8, "sha256": "c" * 64, "path": "x"}],
    "deliveries": [
        {
            "state": "KH",
            "name": "Cambodia",
            "contact": "notes@kh.example",
            "transport": "failed",
            "human": "none",
            "attempts": 1,
            "passed": ["accepted", "failed"],
            "beside": [],
        },
        {
            "state": "MN",
            "name": "Mongolia",
            "contact": "notes@mn.example",
            "transport": "delivered",
            "human": "acknowledged",
            "attempts": 3,
            "passed": ["refused_temp", "accepted", "delayed", "delivered"],
            "beside": ["wrong_code"],
        },
        {
            "state": "QA",
            "name": "Qatar",
            "contact": "notes@qa.example",
            "transport": "accepted",
            "human": "none",
            "attempts": 1,
            "passed": ["accepted"],
            "beside": [],
        },
    ],
    "states": [
        {"state": "KH", "name": "Cambodia", "status": "undeliverable", "flags": [], "acknowledged": None},
        {
            "state": "MN",
            "name": "Mongolia",
            "status": "acknowledged",
            "flags": ["on_behalf"],
            "acknowledged": {
                "name": "B. Person",
                "office": "Registry " * 8,
                "reference": "X-1",
                "dated": "2026-05-13",
            },
        },
        {
            "state": "QA",
            "name": "Qatar",
            "status": "in_transit",
            "flags": ["no_report"],
            "acknowledged": None,
        },
    ],
    "register": {
        "symbol": "TTF/1",
        "series": "TTF",
        "dates": ["2026-05-12"],
        "state": "dispatched",
        "void_at": None,
        "void_reason": None,
    },
    "returned": {"moved": 3, "aside": 1, "waiting": 2, "settled": 0},
    "files": {"good": True, "checked": 3},
    "seal": {
        "documents": 1,
        "state": "intact",
        "holder": "Secretariat",
        "certificate": "e" * 64,
        "answer": "genuine",
    },
    "audit": {"entries": 40, "head": "e" * 64, "verified": True, "anchors": 1},
    "timings": dict.fromkeys(("draft", "approval", "deliveries", "receipts", "total", "first_attempts"), 1.0),
    "places": {"board": "http://x/board", "mailboxes": "http://x/office", "documents": "/var/x"},
}


def test_the_report_says_in_words_what_the_data_say():
    said = report.words(Outcome(SAMPLE))
    for words in (
        "Note No. TTF/1, Astana, 2026-05-12",
        "English (authentic, source), Kazakh (courtesy).",
        "Acknowledged: 1",
        "Not reached: 1",
        "No. X-1 of 2026-05-13",
        "Qatar (no report came).",
        "Mongolia, notes@mn.example: put off by its host, delayed, then delivered at attempt 3; a wrong code",
        "Cambodia: no contact could be reached.",
        "2 returned messages wait to be looked at.",
        "Log: 40 entries, whole, 1 anchors",
        "./run verify TTF/1",
    ):
        assert words in " ".join(said.split()), words
    assert "Not as expected" not in said


def test_the_report_keeps_to_its_width_and_names_each_fault():
    said = report.words(Outcome(SAMPLE, ["KH is reached; expected was undeliverable. " * 4]))
    assert max(len(line) for line in said.splitlines()) <= 100
    assert "Not as expected" in said
    assert " ".join(said.split()).count("KH is reached") == 4


def test_a_log_that_is_not_whole_and_files_that_differ_are_said_so():
    broken = copy.deepcopy(SAMPLE)
    broken["audit"]["verified"] = broken["files"]["good"] = False
    said = report.words(Outcome(broken))
    assert "NOT whole" in said
    assert "NOT all are what was recorded" in said


@pytest.mark.parametrize(
    "name",
    [
        "circulation",
        "drafting",
        "receipts",
        "reading",
        "client",
        "forms",
        "offices",
        "expectations",
        "report",
    ],
)
def test_the_driver_reaches_neither_database_nor_operations(name):
    """Only the set-up writes rows, through the operations; what is reported arose from mail and forms."""
    tree = ast.parse((Path(ROOT) / "web" / "demo" / f"{name}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    forbidden = (
        "sqlalchemy",
        "workflow.models",
        "workflow.db",
        "workflow.means",
        "workflow.operations",
        "tasks",
        "web.session",
    )
    assert [
        one for one in imported if one.startswith(forbidden) and one != "workflow.operations.approval"
    ] == []
    assert "web.demo.installation" not in imported
