"""The incoming papers of a pack of evidence, as its PDF lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext

from web.formats import write_day
from web.views.words import INCOMING_KINDS, STATUSES
from workflow.letters import sheet as model
from workflow.letters.sheet import Part


def incoming(record: Mapping[str, Any]) -> list[Part]:
    """The incoming papers about the note; a pack of before knows none."""
    rows = [
        [
            str(one["number"]),
            write_day(date.fromisoformat(one["received_on"])),
            one["member"] or "",
            " ".join(filter(None, [one["reference"], one["dated"] or ""])),
            _kind(one) + (f" ({gettext(STATUSES['void'].word)})" if one["cancelled_at"] else ""),
            one["subject"],
            "\n".join(file["sha256"] for file in one["files"]),
        ]
        for one in record.get("incoming", ())
    ]
    if not rows:
        return []
    header = [
        gettext("Number"), gettext("Received"), gettext("State"), gettext("Sender’s number"), gettext("Kind"),
        gettext("Subject"), "SHA-256",
    ]  # fmt: skip
    return [
        model.heading(gettext("Incoming papers")),
        model.table(header, rows, widths=[0, 0, 0, 2, 2, 4, 4], codes=[6]),
    ]


def _kind(one: Mapping[str, Any]) -> str:
    words = INCOMING_KINDS[str(one["kind"])]
    return gettext(words)
