"""What the demonstration has to show, held against what the API reports: sentences where they differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from web.demo.data import Table

Row = Mapping[str, Any]
# Nothing more is told of a delivery that has come to one of these by itself.
FINAL = frozenset({"relayed", "delivered", "failed", "refused_perm"})


def unsettled(deliveries: Sequence[Row], expected: Table) -> list[Row]:
    """The deliveries of which more is still to be heard.

    One that is expected to stay at `accepted` is settled there: its host sends no report.
    """
    ends = {row["address"]: row["transport"] for row in expected["delivery"]}
    return [
        one
        for one in deliveries
        if one["queue"] in ("queued", "claimed")
        or (one["transport"] not in FINAL and one["transport"] != ends.get(one["address"]))
    ]


def deliveries(
    found: Sequence[Row], events: Mapping[str, Sequence[Row]], expected: Table, heard: Collection[str] = ()
) -> list[str]:
    """What is not as expected of the deliveries and their evidence (`events`, by address).

    `heard` are the addresses that got a message of ours before this note: where an expectation
    holds for the first one only, it is not asked of them.
    """
    by_address = {one["address"]: one for one in found}
    faults = []
    for wanted in expected["delivery"]:
        address = wanted["address"]
        one = by_address.get(address)
        if one is None:
            faults.append(f"{address} was sent nothing.")
            continue
        if one["transport"] != wanted["transport"]:
            faults.append(
                f"{address} is {one['transport'] or 'not sent'}; expected was {wanted['transport']}."
            )
        seen = {(event["axis"], event["kind"]) for event in events.get(address, ())}
        for kind in wanted.get("passed", ()):
            if ("transport", kind) not in seen:
                faults.append(f"{address} was never {kind}.")
        side = wanted.get("side")
        if side and ("side", side) not in seen:
            faults.append(f"{address}: no {side.replace('_', ' ')} came back.")
        least = wanted.get("attempts", 1)
        if wanted.get("first_only") and address in heard:
            least = 1
        if len(one["attempts"]) < least:
            faults.append(f"{address} took {len(one['attempts'])} attempts; expected were {least} at least.")
    return faults


def members(found: Sequence[Row], expected: Table) -> list[str]:
    """What is not as expected of the states (the items of the receipts)."""
    wanted = expected["members"]
    by_status = {code: status for status, codes in wanted["status"].items() for code in codes}
    faults = []
    for one in found:
        status = by_status.pop(one["member"], wanted["others"])
        if one["status"] != status:
            faults.append(f"{one['member']} is {one['status']}; expected was {status}.")
        if one["on_behalf"] != (one["member"] in wanted["on_behalf"]):
            faults.append(f"{one['member']}: on behalf is {one['on_behalf']}.")
    faults += [f"{code} is not among the states of the note." for code in by_status]
    return faults
