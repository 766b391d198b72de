"""Import of states and contacts from a table, CSV or XLSX: all lines or none, every fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow.errors import Conflict, Invalid, Phrase, Refusal
from workflow.models import Contact, Member, MemberName, Membership
from workflow.models.directory import ContactState
from workflow.operations import contact_line, proposals
from workflow.operations.context import Work, begin_office
from workflow.tables import reading

CONTACT_COLUMNS = ("member", "address", "office", "role", "language", "channel", "source")
# Columns that may be left out; the state is written by the export and says nothing to the import.
CONTACT_MORE = ("valid_from", "valid_until")
IGNORED = ("state",)
STATE_COLUMNS = ("code", "since", "until", "certain", "source")
MOST_LINES = 5000


@dataclass(frozen=True)
class Line:
    """What a line of the file would do: `what` is "new", "changed" or "known"; `changed` names the details."""

    number: int
    member: str
    address: str
    what: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do: how many were new, changed, and there already.

    `lines` tell it one by one, `missing` are contacts in force of the states that the file names and that it
    does not name, which stay as they are; `ignored` are columns that mean nothing here.
    """

    noun: str
    new: int
    known: int
    dry_run: bool
    changed: int = 0
    lines: tuple[Line, ...] = ()
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        verb = "would be brought in" if self.dry_run else "brought in"
        more = f", {self.changed} would change" if self.dry_run else f", {self.changed} proposed as changes"
        return (
            f"{self.new} {self.noun} {verb}{more if self.changed else ''}, {self.known} were there already."
        )


@dataclass
class _Directory:
    """What is known of each member while a file is read, so that nothing is asked for each line."""

    members: dict[str, Member]
    contacts: dict[tuple[int, str], Contact]
    waiting: dict[int, Contact]
    named: dict[tuple[int, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, work: Work) -> _Directory:
        rows = list(work.session.scalars(select(Contact).where(Contact.state != ContactState.RETIRED)))
        return cls(
            {member.code: member for member in work.session.scalars(select(Member))},
            # The change of a contact waits beside it; the contact itself is what a line is held against.
            {(one.member_id, one.address.casefold()): one for one in sorted(rows, key=_standing_last)},
            {one.replaces_id: one for one in rows if one.replaces_id and one.state in contact_line.WAITING},
        )


def _standing_last(contact: Contact) -> tuple[bool, int]:
    return contact.state is ContactState.CONFIRMED, contact.id


def import_contacts(
    work: Work, data: bytes, *, dry_run: bool = False, source_file: str | None = None
) -> Outcome:
    """Proposes the contacts of a table; a second person confirms them afterwards.

    A contact that the directory has with other details is proposed as a change of it; one that is the
    same is left as it is, and so is whatever the file does not name.  `source_file` is the digest of the
    document that all of it comes from.  Raises Invalid with one sentence per faulty line, and then
    nothing is brought in.
    """
    begin_office(work, "propose_contact")
    table = reading.read(data, CONTACT_COLUMNS, MOST_LINES)
    known = _Directory.of(work)
    lines: list[Line] = []
    kept: list[tuple[Contact, Member]] = []

    def one(number: int, line: dict[str, str]) -> None:
        found, proposal = _contact(work, known, number, line, source_file)
        lines.append(found)
        if proposal is not None:
            kept.append((proposal, known.members[found.member]))

    _each(table, one)
    if kept and not dry_run:
        proposals.keep(work, kept)
    named, members = set(known.named), {known.members[one.member].id for one in lines}
    return Outcome(
        "contacts",
        sum(one.what == "new" for one in lines),
        sum(one.what == "known" for one in lines),
        dry_run,
        changed=sum(one.what == "changed" for one in lines),
        lines=tuple(lines),
        missing=tuple(
            sorted(
                f"{row.member.code} {row.address}"
                for key, row in known.contacts.items()
                if key not in named and key[0] in members and row.state is ContactState.CONFIRMED
            )
        ),
        ignored=table.others((*CONTACT_COLUMNS, *CONTACT_MORE, *IGNORED)),
    )


def _contact(
    work: Work, known: _Directory, number: int, line: dict[str, str], source_file: str | None
) -> tuple[Line, Contact | None]:
    """What a line would do, and what it proposes, not kept yet; asks nothing of the database."""
    member = known.members.get(line["member"].upper())
    if member is None:
        raise Invalid(
            "unknown-member", "There is no member “%(code)s” in the directory.", code=line["member"]
        )
    place = (member.id, " ".join(line["address"].split()).casefold())
    kept = known.contacts.get(place)
    channel = line["channel"] or (kept.channel.value if kept else "mail")
    address = proposals.require_address(work, line["address"], channel)
    key = (member.id, address.casefold())
    standing = known.contacts.get(key)
    said: dict[str, Any] = {
        "office": proposals.plain_office(line["office"]),
        "role": line["role"] or (standing.role.value if standing else "to"),
        "language": line["language"] or (standing.language if standing else work.profile.source_language),
        "channel": channel,
        "valid_from": _kept_day(line, "valid_from", standing),
        "valid_until": _kept_day(line, "valid_until", standing),
    }
    earlier = known.named.get(key)
    if earlier is not None:
        raise Invalid(
            "line-twice", "%(address)s is named in line %(line)s already.", address=address, line=earlier
        )
    known.named[key] = number
    if standing is not None:
        waiting = known.waiting.get(standing.id)
        if _is_as_said(standing, said) or (waiting is not None and _is_as_said(waiting, said)):
            return Line(number, member.code, address, "known"), None
        if standing.state is not ContactState.CONFIRMED:
            raise Conflict(
                "address-waits",
                "%(address)s waits for a second person already, with other details. Confirm or reject that first.",
                address=standing.address,
            )
        if waiting is not None:
            raise contact_line.change_waits(standing, waiting)
    row = proposals.made(
        work, member, line["address"], standing, source=line["source"], source_file=source_file, **said
    )
    if standing is None:
        return Line(number, member.code, row.address, "new"), row
    differing = (one for one in contact_line.DETAILS if getattr(row, one) != getattr(standing, one))
    return Line(number, member.code, row.address, "changed", tuple(differing)), row


def _is_as_said(contact: Contact, said: Mapping[str, Any]) -> bool:
    return all(getattr(contact, name) == value for name, value in said.items())


def _kept_day(line: dict[str, str], column: str, standing: Contact | None) -> date | None:
    """A day of validity; a column that the file does not have leaves it as it is."""
    if column not in line and standing is not None:
        kept: date | None = getattr(standing, column)
        return kept
    return _day(line.get(column, ""), column)


def import_states(work: Work, data: bytes, *, dry_run: bool = False) -> Outcome:
    """Brings members and their names in; `since` and `until` are ISO dates, both included.

    Each column `name_<language>` gives the name in that language, valid from `since`.
    """
    begin_office(work, "import_directory")
    known = {member.code: member for member in work.session.scalars(select(Member))}
    names = tuple(f"name_{code}" for code in work.profile.languages)

    counted = {True: 0, False: 0}

    def one(number: int, line: dict[str, str]) -> None:
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
        counted[new] += 1

    table = reading.read(data, STATE_COLUMNS + names, MOST_LINES)
    with work.session.begin_nested() as savepoint:
        _each(table, one)
        if dry_run:
            savepoint.rollback()
    outcome = Outcome("states", counted[True], counted[False], dry_run)
    if not dry_run and outcome.new:
        work.log("import_states", "directory", members=outcome.new)
    return outcome


def _each(table: reading.Table, one: Callable[[int, dict[str, str]], None]) -> None:
    """Does each line; raises Invalid with a sentence for every faulty one."""
    faults: list[str] = []
    for number, line in table.lines:
        try:
            one(number, line)
        except Refusal as refusal:
            faults.append(Phrase("Line %(line)s: %(fault)s", line=number, fault=refusal.phrase))
    if faults:
        raise Invalid(
            "import-faults",
            "Nothing was brought in: %(count)s lines are not right. Correct them, then import again.",
            count=len(faults),
            details=tuple(faults),
        )


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            "bad-date", "“%(text)s” in %(column)s is not a date such as 2026-03-28.", text=text, column=column
        ) from None
