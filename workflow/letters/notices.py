"""The words of the notes that are drafted by rule: one file per language in `templates/notices`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from workflow.errors import Invalid
from workflow.letters.kinds import Kind
from workflow.letters.organisation import Profile
from workflow.letters.schema import Faults, Section, read_toml

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "notices"
KINDS = ("reminder", "adopted", "objected", "broken")


@dataclass(frozen=True)
class Notice:
    """One notice: its subject, its first paragraph for a formula or without one, and what follows."""

    title: str
    body: str
    plain: str
    more: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """The notices of a language, and how it writes a deadline and names an objection.

    `particle` is left out of a body where the organisation's formula ends with it already.
    """

    notices: Mapping[str, Notice]
    deadline: str
    objection: str
    particle: str

    def paragraphs(self, name: str, profile: Profile, kind: Kind, language: str) -> tuple[str, ...]:
        """The paragraphs of a notice as the free text of a letter of this kind."""
        notice = self.notices[name]
        formulas = profile.language(language).wording.formulas[kind.level]
        opening = next((one.opening for one in formulas.values() if "{body}" in one.opening), "")
        first = notice.body if opening else notice.plain
        if self.particle and f"{self.particle}{{body}}" in opening:
            first = first.removeprefix(self.particle)
        return (first + ("." if opening else ""), *notice.more)


@lru_cache(maxsize=64)
def load(language: str) -> Words | None:
    """The notices in `language`; None where nobody has written them.  Raises Invalid for a faulty file."""
    # The folder is asked, not the path: a code from outside must not name a file.
    known = {file.stem: file for file in FOLDER.glob("*.toml")}
    if language not in known:
        return None
    faults = Faults()
    section = read_toml(known[language], f"templates/notices/{language}.toml", faults)
    words = _read(section)
    if faults:
        raise Invalid(
            "notices-faulty",
            "The notices in “%(language)s” have %(count)s faults; mend each and try again.",
            details=tuple(faults),
            language=language,
            count=len(faults),
        )
    return words


def _read(section: Section) -> Words:
    notices = {}
    for name in KINDS:
        table = section.section(name, True)
        notices[name] = Notice(
            table.text("title"), table.text("body"), table.text("plain"), table.lines("more")
        )
        table.finish()
    words = Words(notices, section.text("deadline"), section.text("objection"), section.text("particle", ""))
    section.finish()
    return words
