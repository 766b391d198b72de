"""A pack held against the same pack made anew: nothing that stood then may be missing or be told otherwise.

Life goes on after a pack was made.  What is only newer is no fault of it, nor are personal data that
were erased since; whatever is written once and for all has to be the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.errors import Phrase
from workflow.models import AuditEntry, Note
from workflow.operations import packs
from workflow.operations.context import Work
from workflow.operations.pack_sent import ERASED_AT, offered
from workflow.proof.check import pieces
from workflow.proof.sent import PROVED

# What a delivery is from the moment that it is written.
_OF_DELIVERY = ("kind", "reminder", "follows", "contact", "role", "language", "channel")
# What an attempt is from its beginning, and what becomes known of it once.
_OF_ATTEMPT = ("id", "linked", "possible_duplicate", "prepared_at")
_TOLD_ONCE = ("sending_at", "unknown_at", "answered_at", "answer", "queue_id")
_OF_MESSAGE = ("delivery", "sha256", "category", "verified", "received_at")
_OF_INCOMING = ("number", "registered_at", "registered_by")
# What a message that is made again from the same things has to be.
_OF_SENT = ("delivery", "number", "file", "head", "tail", "size", "sha256", "as_sent")

Record = Mapping[str, Any]


def made(work: Work, note: Note, record: Record) -> dict[str, Any]:
    """The same pack made anew; raises NotFound where it is of a member that the note was not addressed to."""
    return packs.collect(
        work, note, record["member"], language=record["language"], renderer=record["renderer"]
    )


def faults(work: Work, record: Record, fresh: Record) -> Iterator[Phrase]:
    """A sentence for each thing that the rows here say otherwise, or that the pack does not hold and should."""
    if record["note"] != fresh["note"]:
        yield Phrase("What the pack says of the note itself is not what stands here.")
    if [one["code"] for one in record["members"]] != [one["code"] for one in fresh["members"]]:
        yield Phrase("The pack does not hold the members that the note was addressed to.")
    yield from _entries(record, fresh)
    moment = _moment(work, record)
    for member, now in zip(record["members"], fresh["members"], strict=False):
        if member["waived_reason"] != now["waived_reason"]:
            yield Phrase("Why %(member)s was left out is told otherwise here.", member=now["code"])
        yield from _deliveries(member, now, record["log"]["count"])
    yield from _sent(record, fresh)
    yield from _messages(record, fresh, moment)
    yield from _incoming(record, fresh)
    yield from _papers(record, fresh)


def renamed(record: Record, fresh: Record) -> Iterator[Phrase]:
    """A sentence for each name that is another one here: it may have been corrected since, or altered in the pack."""
    for member, now in zip(record["members"], fresh["members"], strict=False):
        if member["name"] != now["name"]:
            yield Phrase("%(what)s is called “%(name)s” here.", what=now["code"], name=now["name"])
    for number, name in record["people"].items():
        if fresh["people"].get(number, name) != name:
            yield Phrase("%(what)s is called “%(name)s” here.", what=number, name=fresh["people"][number])


def made_otherwise(record: Record, fresh: Record) -> Iterator[Phrase]:
    """A sentence where messages were made again from other things than here now, so that they cannot be held against each other."""
    rows = _by(fresh["sent"]["messages"], "attempt")
    told = record.get("sent", {"messages": ()})["messages"]
    count = sum(
        rows[one["attempt"]]["made_from"] != one["made_from"]
        for one in told
        if one["attempt"] in rows and one["file"] and rows[one["attempt"]]["file"] and not _is_proved(one)
    )
    if count:
        yield Phrase(
            "Sent messages that the settings, names, words or program of now would make otherwise, so that they were "
            "not held against the rows: %(count)s.",
            count=count,
        )
    hidden = sum(one.get("sha256_covered") is not None for one in record["files"])
    if hidden and record.get("covering") != fresh["covering"]:
        yield Phrase(
            "Files in which another version of the program covered a personal link, so that they were not held "
            "against what came: %(count)s.",
            count=hidden,
        )


def _sent(record: Record, fresh: Record) -> Iterator[Phrase]:
    """Messages made again: the same things give the same bytes, and none that was offered may be left out."""
    if "sent" not in record:
        # A pack of before knew none.
        return
    held, rows = (_by(one["sent"]["messages"], "attempt") for one in (record, fresh))
    for number, one in held.items():
        row = rows.get(number)
        if row is None:
            yield _otherwise(f"sent:{number}")
        elif row["file"] and not one["file"]:
            yield _missing(row["file"])
        elif row["file"] and (row["made_from"] == one["made_from"] or _is_proved(one, row)):
            links = {one["sha256_with_link"], row["sha256_with_link"]} - {None}
            if any(one.get(name) != row[name] for name in _OF_SENT if name in one) or len(links) > 1:
                yield _otherwise(row["file"])
    wanted = {
        attempt["id"]
        for member in record["members"]
        for delivery in member["deliveries"]
        for attempt in delivery["attempts"]
        if offered(attempt)
    }
    for number, row in rows.items():
        if number in wanted and number not in held:
            yield _missing(row["file"] or f"sent:{number}")


def _is_proved(*given: Record) -> bool:
    """Whether each is what was recorded before it left, so that what it was made from does not matter."""
    return all(one.get("as_sent") in PROVED for one in given)


def _moment(work: Work, record: Record) -> str:
    """When the last entry of the log that the pack knows was written."""
    row = work.session.get(AuditEntry, record["log"]["count"])
    return row.at if row is not None else ""


def _entries(record: Record, fresh: Record) -> Iterator[Phrase]:
    held = {one["number"] for one in record["log"]["entries"]}
    for entry in fresh["log"]["entries"]:
        if entry["number"] <= record["log"]["count"] and entry["number"] not in held:
            yield Phrase("Entry %(number)s of the log is missing in the pack.", number=entry["number"])


def _deliveries(member: Record, now: Record, count: int) -> Iterator[Phrase]:
    held = _by(member["deliveries"], "id")
    for one in now["deliveries"]:
        sealed = [event for event in one["events"] if event["seal"] and event["seal"]["entry"] <= count]
        told = held.get(one["id"])
        if told is None:
            if sealed or one["kind"] == "note":
                yield _missing(one["message_id"])
            continue
        pieces = {event["sealed"]["id"] for event in told["events"]}
        for event in sealed:
            if event["sealed"]["id"] not in pieces:
                yield Phrase("Piece of evidence %(id)s is missing in the pack.", id=event["sealed"]["id"])
        ended = [name for name in ("cancelled_at", "link_revoked_at") if told[name] is not None]
        if any(told[name] != one[name] for name in (*_OF_DELIVERY, *ended)):
            yield _otherwise(one["message_id"])
        yield from _attempts(told, one)
    for number in set(held) - {one["id"] for one in now["deliveries"]}:
        yield _otherwise(held[number]["message_id"])


def _attempts(told: Record, now: Record) -> Iterator[Phrase]:
    rows = _by(now["attempts"], "number")
    for attempt in told["attempts"]:
        row = rows.get(attempt["number"])
        what = f"{now['message_id']}, attempt {attempt['number']}"
        if row is None or any(attempt[name] != row[name] for name in _OF_ATTEMPT):
            yield _otherwise(what)
            continue
        erased = row["address"].endswith(ERASED_AT)
        told_once = [
            name for name in _TOLD_ONCE if attempt[name] is not None and not (erased and name == "answer")
        ]
        moved = attempt["address"] != row["address"] and not erased
        # The answer is written with the evidence of it.
        heard = any(event["sealed"]["attempt"] == row["id"] for event in told["events"])
        silenced = heard and row["answered_at"] and not attempt["answered_at"]
        # What is recorded of the message is written with the moment at which it began to leave.
        begun = attempt["sending_at"] is not None and attempt.get("message") != row["message"]
        if moved or silenced or begun or any(attempt[name] != row[name] for name in told_once):
            yield _otherwise(what)


def _messages(record: Record, fresh: Record, moment: str) -> Iterator[Phrase]:
    held, rows = _by(record["messages"], "id"), _by(fresh["messages"], "id")
    named = {one["sealed"]["data"].get("sha256") for one in pieces(record)}
    for number, one in held.items():
        row = rows.get(number)
        if row is None or any(one[name] != row[name] for name in _OF_MESSAGE):
            yield _otherwise(f"returned:{number}")
    for number, row in rows.items():
        if number not in held and (row["sha256"] in named or row["received_at"] < moment):
            yield _missing(f"returned:{number}")


def _incoming(record: Record, fresh: Record) -> Iterator[Phrase]:
    """Incoming papers: their numbers stay, and the note's own log names each."""
    held, rows = _by(record.get("incoming", ()), "id"), _by(fresh["incoming"], "id")
    for number, one in held.items():
        row = rows.get(number)
        if (
            row is None
            or any(one[name] != row[name] for name in _OF_INCOMING)
            or any(file not in row["files"] for file in one["files"])
        ):
            yield _otherwise(str(one["number"]))
    named = {
        json.loads(entry["data"])["incoming"]
        for entry in record["log"]["entries"]
        if entry["action"] == "link_incoming"
    }
    for number, row in rows.items():
        if number in named and number not in held and "incoming" in record:
            yield _missing(str(row["number"]))


def _papers(record: Record, fresh: Record) -> Iterator[Phrase]:
    """Documents and files by their digests; a file that was erased since is gone here alone."""
    for kind, names in (("documents", None), ("files", ("what", "file"))):
        rows = _by(fresh[kind], "sha256")
        for one in record[kind]:
            row = rows.get(one["sha256"])
            if row is None or any(one.get(name) != row.get(name) for name in names or row):
                yield _otherwise(one["file"])
            elif kind == "files" and row["kept"] and not one["kept"]:
                yield _missing(one["file"])
            elif kind == "files" and row["kept"] and _covered_otherwise(record, fresh, one, row):
                yield _otherwise(one["file"])


def _covered_otherwise(record: Record, fresh: Record, one: Record, row: Record) -> bool:
    """Whether a file is not what it has to be with personal links covered; a pack of before covered none."""
    told, now = one.get("sha256_covered"), row["sha256_covered"]
    if record.get("covering") == fresh["covering"]:
        return bool(told != now)
    # Another version may cover in another way, but none covers where there is nothing to cover.
    return told is not None and now is None


def _missing(what: str) -> Phrase:
    return Phrase("%(what)s is missing in the pack.", what=what)


def _otherwise(what: str) -> Phrase:
    return Phrase("%(what)s: the pack does not say what stands here.", what=what)


def _by(rows: Iterable[Record], name: str) -> dict[Any, Record]:
    return {one[name]: one for one in rows}
