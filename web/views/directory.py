"""The directory: members, contacts, changes that wait for a second person, import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from web.views.parts import UNTYPED, Event, Option, Typed


@dataclass(frozen=True)
class ContactLine:
    """A contact.  `status`: "in_force", "quarantine", "asked", "ended" or "undeliverable" (its last message failed).

    `shared` names other members with the same address.  `questions` are what the addresses were asked and
    said.  `lost` counts notes that came back and can be sent again to a new address.  `certificate` says with a
    status and in a sentence whether mail is encrypted; `mailed` that there is mail at all.
    """

    key: str
    name: str
    office: str
    address: str
    language: str
    role: str
    channel: str
    status: str
    since: date | None = None
    until: date | None = None
    note: str = ""
    may_retire: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    shared: str = ""
    questions: tuple[Event, ...] = ()
    may_release: bool = False
    may_erase: bool = False
    erased: str = ""
    lost: int = 0
    certificate: tuple[str, str] = ("", "")
    mailed: bool = True


@dataclass(frozen=True)
class Proposal:
    """A change that waits: what, by whom, with which document; `why_not` tells why this person may not confirm.

    `kind` is "add" or "change"; `before` is the address that `after` would replace, empty where it stays.
    `details` are (word, how it was where that is different, how it would be).  `document` is (key, words);
    `warnings` are sentences that the second person has to read.
    """

    key: str
    member: str
    member_name: str
    kind: str
    before: str
    after: str
    details: tuple[tuple[str, str, str], ...]
    reason: str
    by: str
    at: datetime
    document: tuple[str, str] | None = None
    warnings: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class MemberLine:
    """A member with its contacts, in the reader's alphabet."""

    member: str
    code: str
    name: str
    contacts: tuple[ContactLine, ...]
    since: date | None = None
    problem: str = ""


@dataclass(frozen=True)
class DirectoryPage:
    """All members on `day`; `usable` counts members with a usable contact."""

    members: tuple[MemberLine, ...]
    proposals: tuple[Proposal, ...] = ()
    day: date | None = None
    usable: int = 0
    query: str = ""
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NameLine:
    """A member's name in a language, with the days between which it holds."""

    language: str
    name: str
    since: date | None = None
    until: date | None = None
    source: str = ""


@dataclass(frozen=True)
class MemberPage:
    """One member: names by date, contacts, proposals, history, and the form of a change.

    The form proposes a new contact, or a change of `changing` (key of a contact).
    """

    member: str
    code: str
    name: str
    names: tuple[NameLine, ...]
    contacts: tuple[ContactLine, ...]
    revision: int = 0
    proposals: tuple[Proposal, ...] = ()
    history: tuple[Event, ...] = ()
    since: date | None = None
    since_source: str = ""
    may: frozenset[str] = frozenset()
    changing: ContactLine | None = None
    languages: tuple[Option, ...] = ()
    roles: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    typed: Typed = UNTYPED


@dataclass(frozen=True)
class ImportProblem:
    """A fault of a line of the file (1 is the first line)."""

    line: int
    message: str


@dataclass(frozen=True)
class ImportLine:
    """What a line of the file would do, in words."""

    line: int
    member: str
    address: str
    words: str


@dataclass(frozen=True)
class ImportPage:
    """Import of members or contacts (`noun`) from a table: choose, try, then write.

    After a trial `checked` is true: `lines` were read, `additions`, `changes` and `unchanged` counted, `problems`
    listed; `digest` is that of the tried file and goes back, so that what is written is what was tried.
    `shown` are the first lines that bring something in, `missing` contacts that the file does not name and
    that stay as they are, `ignored` columns without a meaning; `more` and `more_problems` are not shown.
    """

    columns: tuple[str, ...]
    checked: bool = False
    filename: str = ""
    digest: str = ""
    lines: int = 0
    additions: int = 0
    changes: int = 0
    unchanged: int = 0
    problems: tuple[ImportProblem, ...] = ()
    more_problems: int = 0
    noun: str = "contacts"
    shown: tuple[ImportLine, ...] = ()
    more: int = 0
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    typed: Typed = UNTYPED
    max_bytes: int = 2_000_000


@dataclass(frozen=True)
class AddressPage:
    """The page where an address answers; `side` "new", "old" or "key", `state` "open", "agreed", "objected" or "settled".

    `in_force` says that a change is so already; `fingerprint` and `until` are those of a certificate that is asked about.
    """

    token: str
    head: tuple[str, ...]
    member: str
    address: str
    replaces: str
    side: str
    state: str
    language: str
    languages: tuple[str, ...]
    registry_address: str
    in_force: bool = False
    fingerprint: str = ""
    until: date | None = None
