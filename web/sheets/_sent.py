"""The messages that were sent, as the PDF of a pack of evidence lists them: file, size, SHA-256, whether it is as sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from web.problems import said
from workflow.errors import unpacked
from workflow.letters import sheet as model
from workflow.letters.sheet import Part
from workflow.proof.sent import NO_DIGEST, SAME


def sent(record: Mapping[str, Any]) -> list[Part]:
    """The messages made again, and the documents that follow them; a pack of before knows none."""
    found = record.get("sent")
    if not found or not found["messages"]:
        return []
    attempts = {
        attempt["id"]: attempt
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
            [_row(one, attempts.get(one["attempt"], {})) for one in found["messages"]],
            widths=[3, 3, 0, 4, 5],
            codes=[0, 3],
        ),
        *_tails(found["tails"]),
    ]


def _row(one: Mapping[str, Any], attempt: Mapping[str, Any]) -> list[str]:
    number = gettext("Attempt %(n)s", n=one["number"])
    return [
        "\n+ ".join(name.partition("/")[2] for name in (one["file"], one["tail"]) if name),
        f"{attempt.get('address', '')} ({number})",
        str(one["size"] or ""),
        one["sha256"] or "",
        "\n".join(_remarks(one, attempt.get("message"))),
    ]


def _remarks(one: Mapping[str, Any], recorded: Mapping[str, Any] | None) -> Iterator[str]:
    """How the message stands to what was sent, why, and the digests of what was."""
    standing = one.get("as_sent")
    if standing == SAME:
        yield gettext(
            "As sent: the length and the digests that were recorded before it left are those of this file, its link covered."
        )
    elif standing == NO_DIGEST:
        yield gettext("No digest of it was kept when it was sent.")
    for why in one["reasons"]:
        yield str(said(unpacked(why)))
    if one["sha256_with_link"]:
        yield gettext("With its personal link: %(digest)s", digest=one["sha256_with_link"])
    elif recorded:
        tail = recorded["tail"]
        yield gettext(
            "Recorded before it left: %(size)s bytes, SHA-256 %(digest)s",
            size=recorded["size"],
            digest=f"{recorded['head']} + {tail}" if tail else recorded["head"],
        )


def _tails(tails: list[Mapping[str, Any]]) -> list[Part]:
    if not tails:
        return []
    rows = [[one["file"].partition("/")[2], str(one["size"]), one["sha256"]] for one in tails]
    return [model.table([gettext("File"), gettext("Bytes"), "SHA-256"], rows, widths=[0, 0, 4], codes=[0, 2])]
