"""The page of an error: what was not done, why, and the next thing to press."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorPage:
    """An error with its HTTP status.

    `sentence` is the refusal in the reader's language, or "" for the general words of the status.  `details` are
    further sentences.  `next_url` and `next_label` lead on; without them the desk is offered.  `typed` is a text
    that the person wrote and should not lose.  `reference` finds the log entry of a fault (500).
    """

    status: int
    sentence: str = ""
    details: tuple[str, ...] = ()
    next_url: str = ""
    next_label: str = ""
    typed: str = ""
    reference: str = ""
    retry_after: int | None = None
