"""Import of states and contacts from CSV: all lines or none, every fault with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, Phrase, Refusal
from workflow.models import Member, MemberName, Membership
from workflow.operations import directory
from workflow.operations.context import Work, begin_office

CONTACT_COLUMNS = ("member", "address", "office", "role", "language", "channel", "source")
# Columns that may be left out.
CONTACT_MORE = ("valid_from", "valid_until")
STATE_COLUMNS = ("code", "since", "until", "certain", "source")
MOST_LINES = 5000


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: how many were new and how many were there already."""

    noun: str
    new: int
    known: int
    dry_run: bool

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        verb = "would be brought in" if self.dry_run else "brought in"
        return f"{self.new} {self.noun} {verb}, {self.known} were there already."


def import_contacts(work: Work, data: bytes, *, dry_run: bool = False) -> Outcome:
    """Proposes the contacts of a CSV file; a second person confirms them afterwards.

    Contacts that the directory has already are left as they are.  Raises Invalid with one sentence
    per faulty line, and then nothing is brought in.
    """
    begin_office(work, "propose_contact")

    def one(line: dict[str, str]) -> bool:
        member = directory.find_member(work, line["member"])
        try:
            directory.propose_contact(
                work,
                member,
                line["address"],
                language=line["language"] or work.profile.source_language,
                source=line["source"],
                office=line["office"],
                role=line["role"] or "to",
                channel=line["channel"] or "mail",
                valid_from=_day(line["valid_from"], "valid_from"),
                valid_until=_day(line["valid_until"], "valid_until"),
            )
        except Conflict:
            return False
        return True

    return _all_or_none(work, data, CONTACT_COLUMNS, one, "contacts", dry_run, CONTACT_MORE)


def import_states(work: Work, data: bytes, *, dry_run: bool = False) -> Outcome:
    """Brings members and their names in; `since` and `until` are ISO dates, both included.

    Each column `name_<language>` gives the name in that language, valid from `since`.
    """
    begin_office(work, "import_directory")
    known = {member.code: member for member in work.session.scalars(select(Member))}
    names = tuple(f"name_{code}" for code in work.profile.languages)

    def one(line: dict[str, str]) -> bool:
        code = line["code"].upper()
        if not code.isalnum() or len(code) > 16:
            raise Invalid(
                "member-code", "“%(code)s” is not a member's code; use letters and digits.", code=code
            )
        since, until = _day(line["since"], "since"), _day(line["until"], "until")
        if since is None:
            raise Invalid("since-missing", "The day of accession (since) is missing.")
        missing = [name for name in names if not line[name]]
        if missing:
            raise Invalid("name-missing", "The name is missing in %(columns)s.", columns=", ".join(missing))
        member = known.get(code)
        new = member is None
        if member is None:
            member = known[code] = Member(code=code)
            work.session.add(member)
        if not any(period.valid_from == since for period in member.memberships):
            certain = line["certain"].lower() not in ("no", "false", "0")
            member.memberships.append(
                Membership(valid_from=since, valid_until=until, certain=certain, source=line["source"])
            )
        for name in names:
            language = name.removeprefix("name_")
            if not any(row.language == language for row in member.names):
                member.names.append(MemberName(language=language, name=line[name], source=line["source"]))
        work.session.flush()
        return new

    outcome = _all_or_none(work, data, STATE_COLUMNS + names, one, "states", dry_run)
    if not dry_run and outcome.new:
        work.log("import_states", "directory", members=outcome.new)
    return outcome


def _all_or_none(
    work: Work,
    data: bytes,
    columns: tuple[str, ...],
    one: Callable[[dict[str, str]], bool],
    noun: str,
    dry_run: bool,
    more: tuple[str, ...] = (),
) -> Outcome:
    faults: list[str] = []
    new = known = 0
    with work.session.begin_nested() as savepoint:
        for number, line in _lines(data, columns, more):
            try:
                if one(line):
                    new += 1
                else:
                    known += 1
            except Refusal as refusal:
                faults.append(Phrase("Line %(line)s: %(fault)s", line=number, fault=refusal.phrase))
        if faults or dry_run:
            savepoint.rollback()
    if faults:
        raise Invalid(
            "import-faults",
            "Nothing was brought in: %(count)s lines are not right. Correct them, then import again.",
            count=len(faults),
            details=tuple(faults),
        )
    return Outcome(noun, new, known, dry_run)


def _lines(
    data: bytes, columns: tuple[str, ...], more: tuple[str, ...] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("not-utf-8", "The file is not in UTF-8. Save it again as “CSV UTF-8”.") from None
    # Word and Excel write semicolons where the comma is the decimal sign.
    first = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first and "," not in first else ","
    )
    found = [(name or "").strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in columns if name not in found]
    if missing:
        raise Invalid(
            "columns-missing",
            "The first line lacks the columns %(missing)s. It has to name: %(columns)s.",
            missing=", ".join(missing),
            columns=", ".join(columns),
        )
    reader.fieldnames = found
    try:
        for count, row in enumerate(reader, 1):
            if count > MOST_LINES:
                raise Invalid(
                    "too-many-lines", "The file has more than %(most)s lines. Divide it.", most=MOST_LINES
                )
            line = {name: (row.get(name) or "").strip() for name in (*columns, *more)}
            if any(line.values()):
                yield reader.line_num, line
    except csv.Error as error:
        raise Invalid(
            "csv", "Line %(line)s is not well-formed CSV. Save the file again.", line=reader.line_num
        ) from error


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "bad-date", "“%(text)s” in %(column)s is not a date such as 2026-03-28.", text=text, column=column
        ) from None
