"""Members of the organisation: their names and their membership, by date.

A name, like a membership, holds from a day to a day and carries its source
and how certain it is, so that a note rendered again for an old date names the
states as they were then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow.errors import NotFound
from workflow.letters.calendar import holds, overlap
from workflow.letters.schema import Faults, read_csv

MEMBER_COLUMNS = ("code", "since", "until", "source", "certainty")
NAME_COLUMNS = ("code", "language", "form", "name", "from", "until", "source", "certainty", "sort")
CERTAINTY = ("certain", "uncertain")


@dataclass(frozen=True)
class MemberName:
    """One name in one language and grammatical form, from `since` to `until` (both included).

    `sort` is what the name is sorted by where that is not the name itself.
    """

    text: str
    form: str
    since: date | None
    until: date | None
    source: str
    certainty: str
    sort: str = ""


@dataclass(frozen=True)
class Member:
    """A member: `code` (ISO 3166-1 alpha-2 for a state), names per language, and its membership."""

    code: str
    names: Mapping[str, tuple[MemberName, ...]]
    since: date | None
    until: date | None
    source: str
    certainty: str

    def name(self, language: str, day: date, form: str = "nominative") -> str:
        """The name valid on `day`; raises NotFound where the profile has none."""
        return self._valid(language, day, form).text

    def sort_text(self, language: str, day: date) -> str:
        """What a list in `language` sorts this member by."""
        found = self._valid(language, day, "nominative")
        return found.sort or found.text

    def _valid(self, language: str, day: date, form: str) -> MemberName:
        for name in self.names.get(language, ()):
            if name.form == form and holds(name, day):
                return name
        raise NotFound(
            "member-name-missing",
            "The profile has no name of member %(member)s in language %(language)s, form %(form)s, "
            "valid on %(day)s; add a row to member_names.csv.",
            member=self.code,
            language=language,
            form=form,
            day=day.isoformat(),
        )


def read_members(folder: Path, languages: frozenset[str], faults: Faults) -> tuple[Member, ...]:
    """The members listed in members.csv and member_names.csv of a profile's folder."""
    if not (folder / "members.csv").exists():
        return ()
    names: dict[str, dict[str, list[MemberName]]] = {}
    for row in read_csv(folder / "member_names.csv", "member_names.csv", NAME_COLUMNS, faults):
        language = row.choice("language", sorted(languages))
        name = MemberName(
            text=row.text("name"),
            form=row.text("form", "") or "nominative",
            since=row.day("from"),
            until=row.day("until"),
            source=row.text("source"),
            certainty=row.choice("certainty", CERTAINTY),
            sort=row.text("sort", ""),
        )
        names.setdefault(row.text("code"), {}).setdefault(language, []).append(name)
    members = []
    for row in read_csv(folder / "members.csv", "members.csv", MEMBER_COLUMNS, faults):
        code = row.text("code")
        given = names.pop(code, {})
        for language in sorted(languages):
            nominative = [name for name in given.get(language, ()) if name.form == "nominative"]
            if not nominative:
                row.fault(f"member {code} has no name in language {language}; add it to member_names.csv.")
            elif overlap(nominative):
                row.fault(f"member {code} has two names in language {language} on one day; end the earlier.")
        members.append(
            Member(
                code=code,
                names={language: tuple(found) for language, found in given.items()},
                since=row.day("since"),
                until=row.day("until"),
                source=row.text("source"),
                certainty=row.choice("certainty", CERTAINTY),
            )
        )
    for code in names:
        faults.append(f"member_names.csv: member {code} is not in members.csv; add it there.")
    codes = [member.code for member in members]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        faults.append(f"members.csv: member {code} stands twice; keep one row.")
    return tuple(members)
