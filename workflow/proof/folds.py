"""Whether what a record says of attempts, contacts and their receipts is what its own evidence folds to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from workflow.errors import Phrase
from workflow.post import receipts
from workflow.states import Handing, Human, Transport


def faults(record: Mapping[str, Any]) -> Iterator[Phrase]:
    """A sentence for each thing that the evidence of its delivery does not bear out."""
    for member in record["members"]:
        for delivery in member["deliveries"]:
            for name, folded in _folded(delivery):
                yield Phrase(
                    "%(message)s: by its evidence %(what)s is “%(value)s”, and the pack says otherwise.",
                    message=delivery["message_id"],
                    what=name,
                    value=folded if folded is not None else "none",
                )


def _folded(delivery: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """What differs, and what it folds to."""
    leaves = [one["sealed"] for one in delivery["events"]]
    late = False
    for attempt in delivery["attempts"]:
        seen = [
            Transport(one["kind"])
            for one in leaves
            if one["axis"] == "transport" and one["attempt"] == attempt["id"]
        ]
        begun = [Transport.SENDING] if attempt["sending_at"] else []
        transport = receipts.attempt_transport([Transport.PREPARED, *begun, *seen])
        late = late or receipts.is_late_bounce(seen)
        if attempt["transport"] != transport:
            yield f"attempt {attempt['number']}", transport.value
    transport_of_all = receipts.delivery_transport(
        Transport(one["transport"]) for one in delivery["attempts"] if one["address"] == delivery["address"]
    )
    acts = [one for one in leaves if one["axis"] == "human"]
    acknowledged = [one for one in acts if one["kind"] == Human.ACKNOWLEDGED]
    handed = receipts.handed(
        (Handing(one["kind"]), datetime.fromisoformat(one["at"])) for one in leaves if one["axis"] == "hand"
    )
    found = {
        "transport": transport_of_all.value if transport_of_all else None,
        "human": receipts.human(Human(one["kind"]) for one in acts).value,
        "handed": handed.value if handed else None,
        "on_behalf": bool(acknowledged) and all(one["data"].get("on_behalf") for one in acknowledged),
        "late_bounce": late,
        "possible_duplicate": any(one["possible_duplicate"] for one in delivery["attempts"]),
    }
    for name, value in found.items():
        if delivery[name] != value:
            yield name, value
