"""The frame around a page: who is here, where one can go, what changed for all."""

from __future__ import annotations

from dataclasses import dataclass, field

from web.views.words import N_

# Where each entry of the masthead leads: key → (endpoint, arguments, words).
NAVIGATION: dict[str, tuple[str, dict[str, str], str]] = {
    "desk": ("desk.index", {}, N_("Desk")),
    "notes": ("notes.index", {}, N_("Notes")),
    "approvals": ("notes.index", {"state": "translated"}, N_("Approvals")),
    "circulation": ("circulation.index", {}, N_("Circulation")),
    "memory": ("memory.index", {}, N_("Memory")),
    "glossary": ("glossary.index", {}, N_("Glossary")),
    "register": ("register.index", {}, N_("Register")),
    "incoming": ("incoming.index", {}, N_("Incoming")),
    "directory": ("directory.index", {}, N_("Directory")),
    "returned": ("returned.index", {}, N_("Returned mail")),
    "accounts": ("accounts.index", {}, N_("Accounts")),
    "delegations": ("delegations.index", {}, N_("Deputies")),
    "audit": ("audit.index", {}, N_("Audit")),
    "office": ("office.index", {}, N_("Post office")),
    "design": ("about.design", {}, N_("Design")),
}

# What each role sees in its masthead, in this order.
ENTRIES: dict[str, tuple[str, ...]] = {
    "chair_institute": ("desk", "notes"),
    "registry": ("desk", "notes", "circulation", "register", "incoming", "directory", "returned", "memory"),
    "translator": ("desk", "notes", "memory", "glossary"),
    "reviewer": ("desk", "notes", "memory", "glossary"),
    "director": ("desk", "approvals", "circulation", "register", "incoming", "delegations"),
    "administrator": ("accounts", "directory", "delegations", "audit", "memory", "design"),
}


@dataclass(frozen=True)
class Entry:
    """An entry of the masthead: a key of `NAVIGATION`, and how much waits there (0 shows nothing)."""

    key: str
    count: int = 0


@dataclass(frozen=True)
class Chrome:
    """The frame of one page for one person.

    `organisation` is the name in the reader's language, `place` and `offset` where its clock stands
    ("Nur-Sultan", "UTC+6").  `person` is "" for somebody who is not logged in; `initials` stand in the circle.
    `colours` is "light", "dark" or "auto"; `keys` says whether keys that act are on.
    `languages` are the interface's languages by code, `language` the reader's.
    `notice` is a sentence for everybody (the demo says here that its addresses are invented), or "".
    """

    organisation: str
    place: str = ""
    offset: str = ""
    person: str = ""
    initials: str = ""
    entries: tuple[Entry, ...] = field(default_factory=tuple)
    language: str = "en"
    languages: tuple[str, ...] = ("en", "ru", "kk")
    colours: str = "auto"
    keys: bool = True
    notice: str = ""
