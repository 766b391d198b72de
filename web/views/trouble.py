"""The desk of trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from web.views.parts import SINGLE_PAGE, Keyset, NoteLine


@dataclass(frozen=True)
class TroubleLine:
    """One thing that needs a person: `kind` is a key of TROUBLES, `act` the words of the link to `url`.

    Of a reminder `key` and `may` say what may be done with it from here.  `register` is where a message that
    came back, and is a letter, is registered as an incoming paper; empty for what is none.
    """

    kind: str
    sentence: str
    since: datetime
    act: str
    url: str
    note: NoteLine | None = None
    member: str = ""
    count: int = 1
    key: str = ""
    register: str = ""
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TroublePage:
    """The lines that are shown, the most urgent first; `counts` by kind and `total` count all of them, on every page."""

    lines: tuple[TroubleLine, ...]
    counts: Mapping[str, int]
    kind: str = ""
    total: int = 0
    paging: Keyset = SINGLE_PAGE
