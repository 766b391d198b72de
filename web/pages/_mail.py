"""One message as text that does nothing, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext

from web.views.post import MessagePage, Part, ReturnedLine
from workflow.post.returned.message import Message, first, read, words
from workflow.store import sha256

SHOWN = (
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Date",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "Return-Path",
    "Delivered-To",
)
RAW_SHOWN = 60_000
HEADER_SHOWN = 1_000
TEXT = ("text/plain", "text/html", "message/delivery-status", "message/disposition-notification")


def shown(
    raw: bytes,
    *,
    back: tuple[str, str],
    at: datetime | None = None,
    parts: Iterable[Part] | None = None,
    links: Iterable[tuple[str, str]] = (),
    returned: ReturnedLine | None = None,
) -> MessagePage:
    """The page of a message; `back` is (address, words) of the list that it stands in.

    HTML is shown without its tags and nothing of it is loaded: the template escapes every text.
    """
    message = read(raw)
    return MessagePage(
        subject=_clean(words(message.header("subject")))[:HEADER_SHOWN],
        headers=tuple(
            (name, _clean(words(value))[:HEADER_SHOWN])
            for name in SHOWN
            if (value := message.header(name.lower()))
        ),
        text=text(message) or gettext("(no text)"),
        raw=raw[:RAW_SHOWN].decode("utf-8", errors="replace"),
        raw_size=len(raw),
        digest=sha256(raw),
        back_url=back[0],
        back_label=back[1],
        at=at,
        parts=tuple(parts) if parts is not None else _parts(message),
        links=tuple(links),
        returned=returned,
    )


def text(message: Message) -> str:
    """What a person reads of a message: its plain text, else its HTML without tags, then the report."""
    leaves = list(message.leaves())
    plain = [part.text.strip() for part in leaves if part.type == "text/plain"]
    marked = [part.text.strip() for part in leaves if part.type == "text/html"]
    reports = [part.text.strip() for part in leaves if part.type in TEXT[2:]]
    return "\n\n".join(piece for piece in (plain or marked) + reports if piece)


def _parts(message: Message) -> tuple[Part, ...]:
    """The parts that are not text, by name; of a report nothing can be downloaded."""
    return tuple(
        Part(
            _clean(
                words(
                    part.parameters.get("name", "") or _filename(first(part.headers, "content-disposition"))
                )
            )
            or gettext("without a name"),
            part.type,
            len(part.body),
        )
        for part in message.leaves()
        if part.type not in TEXT
    )


def _filename(disposition: str) -> str:
    return disposition.partition("filename=")[2].strip('" ').partition('"')[0]


def _clean(value: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in value).strip()
