"""The messages that were sent, as the PDF of a pack of evidence lists them: file, size, SHA-256, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from web.problems import said
from workflow.errors import unpacked
from workflow.letters import sheet as model
from workflow.letters.sheet import Part


def sent(record: Mapping[str, Any]) -> list[Part]:
    """The messages made again, and the documents that follow them; a pack of before knows none."""
    found = record.get("sent")
    if not found or not found["messages"]:
        return []
    addresses = {
        attempt["id"]: attempt["address"]
        for member in record["members"]
        for delivery in member["deliveries"]
        for attempt in delivery["attempts"]
    }
    settings = found["settings"]
    return [
        model.heading(gettext("Messages that were sent")),
        model.words(str(said(unpacked(found["about"])))),
        model.words(
            gettext(
                "Each file holds a message’s own fields and text; where another file is named behind it, the two joined "
                "are the message. Its length and SHA-256 are those of the whole: cat FILE FILE | sha256sum."
            )
        ),
        model.facts(
            [
                (gettext("Sender"), settings["sender"], True),
                (gettext("Answers to"), settings["reply_to"], True),
                (gettext("Address of this service"), settings["base_url"], True),
            ]
        ),
        model.table(
            [gettext("File"), gettext("To"), gettext("Bytes"), "SHA-256", gettext("Remarks")],
            [_row(one, addresses.get(one["attempt"], "")) for one in found["messages"]],
            widths=[3, 3, 0, 5, 4],
            codes=[0, 3],
        ),
        *_tails(found["tails"]),
    ]


def _row(one: Mapping[str, Any], address: str) -> list[str]:
    remarks = [str(said(unpacked(why))) for why in one["reasons"]]
    if one["sha256_with_link"]:
        remarks.append(gettext("With its personal link: %(digest)s", digest=one["sha256_with_link"]))
    return [
        "\n+ ".join(name.partition("/")[2] for name in (one["file"], one["tail"]) if name),
        f"{address} ({gettext('Attempt %(n)s', n=one['number'])})",
        str(one["size"] or ""),
        one["sha256"] or "",
        "\n".join(remarks),
    ]


def _tails(tails: list[Mapping[str, Any]]) -> list[Part]:
    if not tails:
        return []
    rows = [[one["file"].partition("/")[2], str(one["size"]), one["sha256"]] for one in tails]
    return [model.table([gettext("File"), gettext("Bytes"), "SHA-256"], rows, widths=[0, 0, 4], codes=[0, 2])]
