"""What people of the house are told by mail, in each language: `templates/mail/notices/<code>.toml`.

Nothing here can hold a note's text: the places are the note's name, its subject where its marking
may go by mail, a language, a day and a link.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workflow.post.wording import FOLDER as MAILS
from workflow.post.wording import text_of

FOLDER = MAILS / "notices"
FACTS = ("note", "incoming", "title", "language", "member", "due")
DEFAULT = "en"
WIDTH = 78


@dataclass(frozen=True)
class Item:
    """One thing to be told: its kind, the facts that are known (see `FACTS`), and where to go."""

    kind: str
    facts: Mapping[str, str]
    link: str


@dataclass(frozen=True)
class NoticeWords:
    """The mails of one language."""

    language: str
    single: tuple[str, str]
    digest: tuple[str, str]
    labels: Mapping[str, str]
    kinds: Mapping[str, tuple[str, str]]

    def write(
        self, items: Sequence[Item], *, organisation: str, settings: str, digest: bool
    ) -> tuple[str, str]:
        """Subject and text of one mail: the day's list, or the one item there is."""
        frame = {"organisation": organisation, "settings": settings}
        if digest:
            listed = "\n\n".join(f"{number}. {self._listed(one)}" for number, one in enumerate(items, 1))
            subject, body = self.digest
            return subject.format(count=len(items), **frame), body.format(items=listed, **frame)
        (item,) = items
        words, sentence = self.kinds[item.kind]
        subject, body = self.single
        return (
            subject.format(subject=words, note=item.facts.get("note") or item.facts["incoming"], **frame),
            body.format(
                sentence=textwrap.fill(sentence, WIDTH), facts=self._facts(item), link=item.link, **frame
            ),
        )

    def _facts(self, item: Item, indent: str = "") -> str:
        known = [(self.labels[name], item.facts[name]) for name in FACTS if item.facts.get(name)]
        width = max(len(label) for label, _ in known) + 2
        return "\n".join(f"{indent}{label + ':':<{width}}{value}" for label, value in known)

    def _listed(self, item: Item) -> str:
        sentence = textwrap.fill(self.kinds[item.kind][1], WIDTH - 3, subsequent_indent="   ")
        return f"{sentence}\n{self._facts(item, '   ')}\n   {item.link}"


def languages() -> tuple[str, ...]:
    """The codes of the languages that have these mails, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@lru_cache(maxsize=16)
def load(language: str) -> NoticeWords:
    """The mails of `language`, or of English where there are none."""
    # The list of the folder is asked, not the path: a language code must not name a file.
    code = language if language in languages() else DEFAULT
    return read(code, (FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def read(language: str, text: str) -> NoticeWords:
    """The mails that the TOML `text` holds; raises ValueError with a sentence per fault."""
    data = tomllib.loads(text)
    faults: list[str] = []
    frame = {"organisation", "settings"}
    single = _pair(
        data, "single", {"organisation", "subject", "note"}, frame | {"sentence", "facts", "link"}, faults
    )
    digest = _pair(data, "digest", {"organisation", "count"}, frame | {"items"}, faults)
    labels = {name: text_of(data.get("facts", {}), f"facts.{name}", set(), faults) for name in FACTS}
    kinds = {
        name: (
            text_of(table, f"kinds.{name}.subject", set(), faults),
            text_of(table, f"kinds.{name}.sentence", set(), faults),
        )
        for name, table in data.get("kinds", {}).items()
    }
    if faults:
        raise ValueError(f"The notices of {language}: " + " ".join(faults))
    return NoticeWords(language, single, digest, labels, kinds)


def _pair(
    data: Mapping[str, Mapping[str, object]],
    name: str,
    subject: set[str],
    body: set[str],
    faults: list[str],
) -> tuple[str, str]:
    table = data.get(name, {})
    return (
        text_of(table, f"{name}.subject", subject, faults),
        text_of(table, f"{name}.body", body, faults) + "\n",
    )
