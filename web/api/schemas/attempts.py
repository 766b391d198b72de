"""Attempts to hand a message to the relay, and what the message can be known by."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from web.api.schemas.common import Output


class Message(Output):
    """What the message of an attempt can be known by, recorded before it left; digests are SHA-256.

    `size` is in bytes and of the whole.  `head` is of its own bytes, `tail` of the documents that follow them.
    `covered` is of the own bytes with the secret of the personal link covered by the sign X, as packs of evidence
    show it.  What is signed or encrypted is one whole without a tail.
    """

    size: int
    head: str
    covered: str
    tail: str | None
    protection: Literal["none", "signed", "encrypted", "signed_encrypted"]


class Attempt(Output):
    """One try to hand the message to the relay; `message` is missing where nothing was begun, or of before."""

    number: int
    address: str
    transport: str
    prepared_at: datetime
    sending_at: datetime | None
    unknown_at: datetime | None
    answered_at: datetime | None
    answer: str | None
    queue_id: str | None
    linked: bool
    possible_duplicate: bool
    superseded: bool
    message: Message | None
