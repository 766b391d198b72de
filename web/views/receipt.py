"""The personal page of a contact, and why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.following import Successor
from web.views.parts import UNTYPED, NoteLine, Typed


@dataclass(frozen=True)
class ReceiptFile:
    """A document on the page.

    `formats` are (format, document key, size in bytes); each is a POST form.  `standing` "authentic", "courtesy"
    or "" (an enclosure); `language` is that of the text.
    """

    title: str
    language: str
    formats: tuple[tuple[str, str, int], ...]
    pages: int
    kind: str = "note"
    standing: str = ""
    picture: str = ""
    digest: str = ""
    downloaded: datetime | None = None


@dataclass(frozen=True)
class Acknowledged:
    """What was acknowledged: by whom, office, their reference and its date, when."""

    name: str
    office: str
    at: datetime
    reference: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class ReceiptPage:
    """The page in the contact's language, with the organisation's own head.

    `token` is the personal part of the address; `nonce` goes with every form, so that a repeated post is
    harmless.  `head` are the lines of the letterhead.  `addressee` is the ministry or state in this language.
    `summary` is the sentence of what the note forwards.  `successors` are the notes that change or end it.
    `code_tries` are left when few.  `languages` are those the page can be read in.
    """

    token: str
    nonce: str
    note: NoteLine
    head: tuple[str, ...]
    addressee: str
    place: str
    dated: date
    summary: str
    files: tuple[ReceiptFile, ...]
    language: str
    languages: tuple[str, ...]
    registry_address: str
    acknowledged: Acknowledged | None = None
    successors: tuple[Successor, ...] = ()
    typed: Typed = UNTYPED
    code_tries: int | None = None
    reported: bool = False


@dataclass(frozen=True)
class ClosedPage:
    """A link that opens nothing.  `reason`: "unknown", "expired", "revoked" or "limited" (too many tries).

    "unknown" covers foreign and mistyped links alike; `successor` is the notice that withdrew the note.  `until` is when it may be tried again.
    """

    reason: str
    head: tuple[str, ...]
    registry_address: str
    language: str
    languages: tuple[str, ...] = ()
    until: datetime | None = None
    successor: Successor | None = None


@dataclass(frozen=True)
class VerificationPage:
    """The public page that tells whether a file is what was dispatched.

    `result`: None (nothing asked yet), "genuine", "unsealed" (the text without its seal), "altered" (was one,
    and was changed), "sealed" (seal good, not known here) or "unknown".  It reveals number and date only, never
    recipients.  `seal` is a sentence about the seal, or "".
    """

    head: tuple[str, ...]
    result: str | None = None
    digest: str = ""
    filename: str = ""
    symbol: str = ""
    dated: date | None = None
    part: str = ""
    seal: str = ""
    successors: tuple[Successor, ...] = ()
    max_bytes: int = 20_000_000
    typed: Typed = UNTYPED
    language: str = "en"
    languages: tuple[str, ...] = ()
