"""The report of a run in plain words, for a terminal of 80 to 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from web.demo.circulation import Outcome
from web.demo.drafting import language_name

WIDTH = 96
# The statuses from the most to the least, each with its words.
STATUSES = {
    "acknowledged": "Acknowledged",
    "downloaded": "Downloaded, not acknowledged yet",
    "reached": "In the mailbox, nothing done yet",
    "in_transit": "Sent, and no report says more",
    "not_sent": "Not sent",
    "undeliverable": "Not reached",
}
FLAGS = {
    "on_behalf": "on behalf",
    "delayed": "delayed",
    "unknown": "outcome unknown",
    "contact_failed": "a contact failed",
    "no_report": "no report came",
}
KINDS = {"pdf": "PDF", "docx": "DOCX"}
# What is worth telling of a delivery's way, in the order in which it is told.
ON_THE_WAY = {"refused_temp": "put off by its host", "unknown": "of unknown outcome", "delayed": "delayed"}
BESIDE = {
    "automatic_reply": "a machine answered that somebody is away",
    "wrong_code": "a wrong code was typed first",
    "complaint": "a complaint came back",
    "human_reply": "somebody wrote back",
    "read_receipt_displayed": "a read receipt came back",
    "contact_says": "the contact wrote to the registry",
}


def words(outcome: Outcome) -> str:
    """What happened, who needs a person, and where to look next."""
    report = outcome.report
    parts = [
        _head(report),
        _documents(report),
        _states(report),
        _needs(report),
        _books(report),
        _times(report),
        _places(report),
        _faults(outcome.faults),
    ]
    return "\n".join(line for part in parts for line in part)


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    note = report["note"]
    source = next(one["language"] for one in report["languages"] if one["is_source"])
    languages = [
        f"{language_name(one['language'])} ({one['standing']}{', source' if one['is_source'] else ''})"
        for one in report["languages"]
    ]
    yield ""
    yield "=" * WIDTH
    yield f"Note No. {note['symbol']}, {note['place']}, {note['dated']}"
    yield from _wrapped(note["titles"][source])
    yield f"{', '.join(languages)}."
    yield f"State: {note['state']}. Draft: {note['reference']}."


def _documents(report: Mapping[str, Any]) -> Iterator[str]:
    yield from _heading("Documents")
    for one in report["documents"]:
        pages = f"{one['pages']} p." if one["pages"] else ""
        yield f"  {one['language']:4}{KINDS[one['kind']]:6}{pages:>6}{one['bytes']:>10,} bytes   {_digest(one)[:32]}…"
    for one in report["enclosures"]:
        yield f"  {one['language']:4}{'PDF':6}{one['pages']:>3} p.   {'enclosure':>13}   {one['sha256'][:32]}…"
        yield f"      from {one['name']}"
    checked = report["files"]
    found = "each is what was recorded" if checked["good"] else "NOT all are what was recorded"
    yield f"  {checked['checked']} files checked against their record: {found}."
    seal = report["seal"]
    if seal["documents"]:
        yield from _wrapped(
            f"{seal['documents']} PDF sealed as “{seal['holder']}”, certificate {seal['certificate'][:16]}…; asked by a "
            f"receiver: {seal['answer']}, seal {seal['state']}.",
            2,
        )


def _digest(one: Mapping[str, Any]) -> str:
    """The digest of the file that went out."""
    return str(one["sealed_sha256"] or one["sha256"])


def _states(report: Mapping[str, Any]) -> Iterator[str]:
    deliveries = report["deliveries"]
    yield from _heading(f"What happened to the {len(report['states'])} states ({len(deliveries)} contacts)")
    for status, meaning in STATUSES.items():
        found = [one for one in report["states"] if one["status"] == status]
        if not found:
            continue
        yield f"  {meaning}: {len(found)}"
        if status == "acknowledged":
            yield from _acknowledged(found, report["note"]["dated"])
        else:
            yield from _wrapped(", ".join(one["name"] + _flags(one) for one in found) + ".", 6)
    on_the_way = [line for one in deliveries if (line := _way(one))]
    if on_the_way:
        yield "  On the way:"
    for line in on_the_way:
        yield from _wrapped(line, 6)


def _acknowledged(found: list[dict[str, Any]], dated: str) -> Iterator[str]:
    width = max(len(one["name"]) for one in found)
    for one in found:
        said = one["acknowledged"] or {}
        own = f"; No. {said['reference']}" if said.get("reference") else ""
        own += f" of {said['dated']}" if said.get("dated") and said["dated"] != dated else ""
        text = f"{one['name']:{width}}  {said.get('name', '')}, {said.get('office', '')}{own}{_flags(one)}"
        yield from textwrap.wrap(
            text, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * (width + 8), break_on_hyphens=False
        )


def _way(one: Mapping[str, Any]) -> str:
    """What a delivery went through before it ended as it did; empty when there is nothing to tell."""
    steps = [
        words for kind, words in ON_THE_WAY.items() if kind in one["passed"] and kind != one["transport"]
    ]
    told = ""
    if steps:
        many = f" at attempt {one['attempts']}" if one["attempts"] > 1 else ""
        told = f"{', '.join(steps)}, then {one['transport']}{many}"
    elif one["transport"] == "failed":
        told = "taken by the relay, then returned"
    beside = [BESIDE[kind] for kind in one["beside"] if kind in BESIDE]
    parts = [part for part in (told, *beside) if part]
    return f"{one['name']}, {one['contact']}: {'; '.join(parts)}." if parts else ""


def _flags(one: Mapping[str, Any]) -> str:
    return f" ({', '.join(FLAGS[name] for name in one['flags'])})" if one["flags"] else ""


def _needs(report: Mapping[str, Any]) -> Iterator[str]:
    yield from _heading("Who needs a person")
    lines = [
        f"{one['name']}: no contact could be reached. Propose a new address; a second person confirms it."
        for one in report["states"]
        if one["status"] == "undeliverable"
    ]
    lines += [
        f"{one['name']}: one of its contacts failed, another one has the note."
        for one in report["states"]
        if "contact_failed" in one["flags"]
    ]
    lines += [
        f"{one['name']}: {one['contact']} was accepted, and no report came. Ask by telephone."
        for one in report["deliveries"]
        if one["transport"] == "accepted" and one["human"] == "none"
    ]
    waiting = report["returned"]["waiting"]
    if waiting:
        lines.append(f"{waiting} returned messages wait to be looked at.")
    for line in lines or ["Nobody."]:
        yield from _wrapped(line, 2)


def _books(report: Mapping[str, Any]) -> Iterator[str]:
    line, audit, returned = report["register"], report["audit"], report["returned"]
    yield from _heading("Register, returned mail, log")
    dates = ", ".join(line["dates"])
    void = f", void: {line['void_reason']}" if line["void_at"] else ""
    yield f"  Register: {line['symbol']}, series {line['series']}, dated {dates}, {line['state']}{void}."
    yield (
        f"  Returned mail: {returned['moved']} reports told of a delivery; {returned['aside']} put aside, "
        f"{returned['waiting']} waiting for a person."
    )
    verdict = "whole" if audit["verified"] else "NOT whole"
    yield f"  Log: {audit['entries']} entries, {verdict}, {audit['anchors']} anchors; head {audit['head'][:32]}…"


def _times(report: Mapping[str, Any]) -> Iterator[str]:
    timings = report["timings"]
    yield from _heading("How long it took")
    yield from _wrapped(
        f"Draft and translation {timings['draft']:.1f} s; approval and documents {timings['approval']:.1f} s; "
        f"dispatch to the relay's first answer for every contact {timings['first_attempts']:.1f} s; until every "
        f"delivery was settled {timings['deliveries']:.1f} s; receipts {timings['receipts']:.1f} s; "
        f"all together {timings['total']:.1f} s.",
        2,
    )


def _places(report: Mapping[str, Any]) -> Iterator[str]:
    places, symbol = report["places"], report["note"]["symbol"]
    yield from _heading("Where to look")
    yield f"  The circulation:  {places['board']}"
    yield f"  The mailboxes:    {places['mailboxes']}"
    yield f"  The documents:    {places['documents']}"
    yield f"  Made again, the same bytes?  ./run verify {symbol}"


def _faults(faults: list[str]) -> Iterator[str]:
    if faults:
        yield from _heading("Not as expected")
        for fault in faults:
            yield from _wrapped(fault, 2)
    yield "=" * WIDTH


def _heading(text: str) -> Iterator[str]:
    yield ""
    yield text


def _wrapped(text: str, indent: int = 0) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad, break_on_hyphens=False)
