"""The words of the mails: one file per language in `templates/mail`, plain text with named places.

A mail has no markup and no picture: what is sent is what is read, and nothing calls home.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workflow.errors import NotFound

FOLDER = Path(__file__).resolve().parent.parent.parent / "templates" / "mail"

# What may stand in braces: in subjects and bodies, and in the two paragraphs about the documents.
PLACES = frozenset({"organisation", "number", "date", "member", "address", "link"})
DOCUMENTS, FILES = "documents", "files"
# A note in Portuguese with an English mail around it arrives; one without a mail does not.
FALLBACK = "en"


@dataclass(frozen=True)
class Wording:
    """Subject and body of one kind of mail."""

    subject: str
    body: str


@dataclass(frozen=True)
class Words:
    """The mails of one language: the note's own, the reminder, the escalation, and the paragraphs that vary."""

    language: str
    note: Wording
    reminder: Wording
    escalation: Wording
    attached: str
    link_only: str
    possible_duplicate: str

    def write(
        self,
        values: Mapping[str, str],
        files: Sequence[str],
        *,
        attached: bool,
        possible_duplicate: bool = False,
        kind: str = "note",
    ) -> tuple[str, str]:
        """Subject and text of one mail; `values` gives each of `PLACES`, `files` the documents' file names.

        `attached` says whether the files travel with the mail or wait behind the link; `kind` is "note",
        "reminder", or "escalation" to an alternative contact.  Raises KeyError for a missing value.
        """
        wording = {"note": self.note, "reminder": self.reminder, "escalation": self.escalation}[kind]
        paragraph = (self.attached if attached else self.link_only).format(
            files="\n".join(f"  - {name}" for name in files)
        )
        text = wording.body.format(documents=paragraph, **values)
        if possible_duplicate:
            text = f"{self.possible_duplicate}\n\n{text}"
        return wording.subject.format(**values), text


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The codes of the languages that have mails, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def written_in(language: str) -> str:
    """The language in which a contact of `language` is written to: its own, or English where it has no mails."""
    return language if language in languages() else FALLBACK


@lru_cache(maxsize=64)
def load(language: str) -> Words:
    """The mails of `language`; raises NotFound when there is no file, ValueError with its faults when it is wrong."""
    # The list of the folder is asked, not the path: a language code from outside must not name a file.
    if language not in languages():
        raise NotFound(
            "mail_language",
            "There are no mails in the language “%(language)s”; add the file templates/mail/%(language)s.toml.",
            language=language,
        )
    return read(language, (FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def read(language: str, text: str) -> Words:
    """The mails that the TOML `text` holds; raises ValueError with a sentence per fault."""
    data = tomllib.loads(text)
    faults: list[str] = []
    free = {"possible_duplicate": set[str](), "attached": {FILES}, "link_only": {FILES}}
    plain = {name: text_of(data, name, places, faults) for name, places in free.items()}
    kinds: dict[str, Wording] = {}
    for kind, more in (("note", {DOCUMENTS}), ("reminder", set[str]()), ("escalation", {DOCUMENTS})):
        table = data.get(kind, {})
        subject = text_of(table, f"{kind}.subject", {"organisation", "number", "date"}, faults)
        if "\n" in subject:
            faults.append(f"{kind}.subject has more than one line.")
        kinds[kind] = Wording(subject, text_of(table, f"{kind}.body", PLACES | more, faults) + "\n")
    faults += [f"{name} is not known." for name in sorted(set(data) - set(plain) - set(kinds))]
    if faults:
        raise ValueError(f"The mails of {language}: " + " ".join(faults))
    return Words(
        language,
        kinds["note"],
        kinds["reminder"],
        kinds["escalation"],
        plain["attached"],
        plain["link_only"],
        plain["possible_duplicate"],
    )


def text_of(table: Mapping[str, object], label: str, wanted: Iterable[str], faults: list[str]) -> str:
    """The text at the last part of `label` in its table, each of its places known and used; faults go to the list.

    All places are needed: a mail that leaves out the member or the link is worse than none.
    """
    value = table.get(label.rpartition(".")[2])
    if not isinstance(value, str) or not value.strip():
        faults.append(f"{label} is missing.")
        return ""
    found = {place for _, place, _, _ in string.Formatter().parse(value) if place is not None}
    faults += [f"{label} lacks the place {{{place}}}." for place in sorted(set(wanted) - found)]
    faults += [f"{label} has the unknown place {{{place}}}." for place in sorted(found - set(wanted))]
    return value.strip("\n")
