"""What happened to one delivery, line by line: attempts, what the mail said of them, what people did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext

from web import sheets
from web.formats import write_day
from web.pages._evidence import aside_words, hand_words, outcome_words, report_words
from workflow.states import Human

Record = Mapping[str, Any]
Line = tuple[datetime, int, str, str, str]


def attempts(delivery: Mapping[str, Any]) -> list[Line]:
    found: list[Line] = []
    for one in delivery["attempts"]:
        more = [
            gettext("to %(address)s", address=one["address"]),
            gettext("with links in place of the files") if one["linked"] else "",
            gettext("may be a second copy") if one["possible_duplicate"] else "",
        ]
        begun = datetime.fromisoformat(one["sending_at"] or one["prepared_at"])
        found.append(
            (begun, 0, gettext("Attempt %(n)s", n=one["number"]), ", ".join(m for m in more if m), "")
        )
    return found


def events(record: Record, delivery: Mapping[str, Any]) -> list[Line]:
    found: list[Line] = []
    numbers = {one["id"]: one["number"] for one in delivery["attempts"]}
    for event in delivery["events"]:
        leaf = event["sealed"]
        seal = event["seal"]
        proof = (
            gettext("piece %(id)s, entry %(entry)s of the log", id=leaf["id"], entry=seal["entry"])
            if seal
            else gettext("piece %(id)s, not sealed yet", id=leaf["id"])
        )
        attempt = numbers.get(leaf["attempt"])
        what = _what(leaf) + (f" ({gettext('Attempt %(n)s', n=attempt)})" if attempt else "")
        found.append((datetime.fromisoformat(leaf["at"]), leaf["id"], what, _said(record, event), proof))
    return found


def _what(leaf: Mapping[str, Any]) -> str:
    if leaf["axis"] == "transport":
        return outcome_words(leaf["kind"])
    if leaf["axis"] == "hand":
        return hand_words(leaf["kind"], str(leaf["data"].get("channel", "")))
    if leaf["kind"] == Human.DOWNLOADED:
        return gettext("Downloaded.")
    if leaf["kind"] == Human.ACKNOWLEDGED:
        return gettext("Recorded on behalf.") if leaf["data"].get("on_behalf") else gettext("Acknowledged.")
    return aside_words(leaf["kind"])


# What is shown of a piece of evidence, in this order; digests stand last.
SHOWN = (
    "name", "office", "reference", "dated", "channel", "person", "waybill", "code", "status", "text", "action",
    "address", "diagnostic", "queue_id", "subject", "reason", "filename", "sha256", "file",
)  # fmt: skip


def _said(record: Record, event: Mapping[str, Any]) -> str:
    leaf = event["sealed"]
    data = {**leaf["data"], **((event["personal"] or {}).get("data") or {})}
    told = [report_words(data)] if report_words(data) else []
    told += [str(data[name]) for name in SHOWN if data.get(name) not in (None, "")]
    if leaf["actor"]:
        told.append(
            gettext("recorded by %(person)s", person=record["people"].get(str(leaf["actor"]), leaf["actor"]))
        )
    if event["erased"]:
        day = write_day(datetime.fromisoformat(event["erased"]["at"]).date())
        told.append(
            gettext(
                "personal data erased on %(day)s by decision: %(decision)s",
                day=day,
                decision=event["erased"]["decision"],
            )
        )
    return "; ".join(told)


def both(record: Record, text: str | None) -> str:
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    return f"{sheets.exact_utc(at)} UTC ({local(record, at)})"


def local(record: Record, at: datetime) -> str:
    return at.astimezone(ZoneInfo(record["zone"])).strftime("%Y-%m-%d %H:%M:%S")
