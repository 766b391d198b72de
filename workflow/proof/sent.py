"""The messages that were sent, held against what was recorded of each before it left.

What is recorded stands on the attempt and in the evidence of the relay's answer, which the log seals:
`size` of the whole message, `head` the SHA-256 of its own bytes, `covered` of the same with the secret of
the personal link covered, `tail` of the documents that follow.  A pack shows the own bytes covered, so
`covered`, `tail` and `size` prove its files to anybody; `head` is for whoever received the message.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow.errors import Phrase

# How a message that was made again stands to what was sent.
SAME = "same"  # Its digests are those that were recorded before it left.
PROTECTED = "protected"  # It is what was then signed or encrypted, which cannot be made again.
DIFFERS = "differs"  # It is not what was sent: settings, names or words were changed since.
NO_DIGEST = "no_digest"  # Nothing was recorded of attempts of before.
PROVED = frozenset({SAME, PROTECTED})

Record = Mapping[str, Any]


def standing(recorded: Record | None, covered: str, tail: str | None, size: int) -> str:
    """How a message stands to what was recorded, by the digests and the size of what was made again."""
    if recorded is None:
        return NO_DIGEST
    if recorded["covered"] != covered:
        return DIFFERS
    if recorded["protection"] != "none":
        return PROTECTED
    return SAME if (recorded["tail"], recorded["size"]) == (tail, size) else DIFFERS


def names_message(axis: str, kind: str, facts: Record) -> bool:
    """Whether a piece of evidence is of our own line to the relay, and so names the message if anything was recorded."""
    return axis == "transport" and ("step" in facts or kind == "unknown")


def faults(record: Record, known: Mapping[str, bytes]) -> Iterator[Phrase]:
    """A sentence for each message that is not what the pack says; `known` are the pack's files by their SHA-256."""
    recorded = {}
    for delivery in _deliveries(record):
        yield from _unsealed(delivery)
        recorded.update({one["id"]: one.get("message") for one in delivery["attempts"]})
    digests = {one["file"]: one["sha256"] for one in record["sent"]["tails"]} if "sent" in record else {}
    for one in record["sent"]["messages"] if "sent" in record else ():
        if one["file"] is None:
            continue
        own = known.get(one["head"]["sha256"])
        tail = known.get(digests[one["tail"]]) if one["tail"] else b""
        if own is None or tail is None:
            yield Phrase(
                "%(file)s is missing or was altered.", file=one["file"] if own is None else one["tail"]
            )
            continue
        joined = hashlib.sha256(own)
        joined.update(tail)
        size = len(own) + len(tail)
        if joined.hexdigest() != one["sha256"] or size != one["size"]:
            yield Phrase("%(file)s with what follows it is not the message of its digest.", file=one["file"])
        behind = digests[one["tail"]] if one["tail"] else None
        found = standing(recorded.get(one["attempt"]), one["head"]["sha256"], behind, size)
        if found != one.get("as_sent", NO_DIGEST):
            yield Phrase("%(file)s: the pack does not say how it stands to what was sent.", file=one["file"])


def _deliveries(record: Record) -> Iterable[Record]:
    return (delivery for member in record["members"] for delivery in member["deliveries"])


def _unsealed(delivery: Record) -> Iterator[Phrase]:
    """Attempts whose evidence, which the log seals, names another message than they do."""
    attempts = {one["id"]: one for one in delivery["attempts"]}
    for event in delivery["events"]:
        leaf = event["sealed"]
        attempt = attempts.get(leaf["attempt"])
        if attempt is None or not names_message(leaf["axis"], leaf["kind"], leaf["data"]):
            continue
        if leaf["data"].get("message") != attempt.get("message"):
            yield Phrase(
                "Attempt %(number)s of %(message)s: what is recorded of its message is not what piece of evidence "
                "%(id)s says.",
                number=attempt["number"],
                message=delivery["message_id"],
                id=leaf["id"],
            )
