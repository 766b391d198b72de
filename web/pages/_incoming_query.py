"""What the incoming register is asked for: filters, search, order, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, or_, select

from web.pages import _tables
from web.views.parts import Keyset
from workflow import register
from workflow.models import IncomingEntry, IncomingKind, Member
from workflow.operations import incoming, incoming_papers
from workflow.operations.context import Work

STATES = ("open", "late", "settled", "cancelled")
# How the register is ordered; the first way, by number, is paged by keys.
SORTS = ("number", "received", "due", "sender")


@dataclass(frozen=True)
class Query:
    """What is asked for; empty texts ask for everything."""

    text: str = ""
    year: int = 0
    member: str = ""
    kind: str = ""
    status: str = ""
    sort: str = "number"

    @property
    def arguments(self) -> dict[str, str]:
        """The same as arguments of an address."""
        said = {
            "q": self.text,
            "year": str(self.year) if self.year else "",
            "member": self.member,
            "kind": self.kind,
            "status": self.status,
            "sort": self.sort if self.sort != SORTS[0] else "",
        }
        return {name: value for name, value in said.items() if value}


def asked() -> Query:
    """The query in the address; an unknown choice asks for nothing."""

    def one_of(name: str, choices: Sequence[str], default: str = "") -> str:
        value = request.args.get(name, "")
        return value if value in choices else default

    year = request.args.get("year", "")
    return Query(
        text=request.args.get("q", "").strip()[:200],
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else 0,
        member=request.args.get("member", "").strip().upper()[:16],
        kind=one_of("kind", [one.value for one in IncomingKind]),
        status=one_of("status", STATES),
        sort=one_of("sort", SORTS, SORTS[0]),
    )


def statement(work: Work, query: Query) -> Select[tuple[IncomingEntry]]:
    """The entries that a query asks for, of those that the person may see."""
    found = select(IncomingEntry).where(incoming.visible_entries(work.actor))
    if query.year:
        found = found.where(IncomingEntry.year == query.year)
    if query.member:
        found = found.where(IncomingEntry.member_id.in_(select(Member.id).where(Member.code == query.member)))
    if query.kind:
        found = found.where(IncomingEntry.kind == query.kind)
    if query.status in ("open", "late"):
        found = found.where(incoming.unsettled(work))
    if query.status == "late":
        found = found.where(IncomingEntry.due < work.today())
    if query.status == "settled":
        found = found.where(IncomingEntry.settled_at.is_not(None), IncomingEntry.cancelled_at.is_(None))
    if query.status == "cancelled":
        found = found.where(IncomingEntry.cancelled_at.is_not(None))
    if query.text:
        found = found.where(_matches(work, query.text))
    return found


def _matches(work: Work, text: str) -> Any:
    """By our number or theirs in any script, and by what is written of the paper, who may read that."""
    key = register.fold(text)
    conditions = [IncomingEntry.subject.icontains(text, autoescape=True)]
    if incoming.reads_all(work.actor):
        wanted = incoming_papers.in_one_case(text)
        conditions.append(IncomingEntry.search.contains(wanted, autoescape=True))
    if key:
        conditions += [
            IncomingEntry.key.contains(key, autoescape=True),
            IncomingEntry.reference_key.contains(key, autoescape=True),
        ]
    return or_(*conditions)


def page_of(work: Work, query: Query) -> tuple[list[IncomingEntry], Keyset]:
    """One page of the entries that are asked for, in the order that is asked for."""
    wanted = statement(work, query)
    if query.sort == SORTS[0]:
        return _tables.keyset(work, wanted, IncomingEntry.id, keep=query.arguments)
    text = request.args.get("page", "")
    number = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else 1
    ordered = wanted.order_by(*_order(query.sort)).offset(max(number - 1, 0) * _tables.PAGE)
    found = list(work.session.scalars(ordered.limit(_tables.PAGE + 1)).unique())
    older = {**query.arguments, "page": str(number + 1)} if len(found) > _tables.PAGE else None
    newer = {**query.arguments, "page": str(number - 1)} if number > 1 else None
    return found[: _tables.PAGE], Keyset(older=older, newer=newer)


def _order(sort: str) -> tuple[Any, ...]:
    newest = IncomingEntry.id.desc()
    if sort == "received":
        return (IncomingEntry.received_on.desc(), newest)
    if sort == "due":
        return (IncomingEntry.due.is_(None), IncomingEntry.due, newest)
    code = select(Member.code).where(Member.id == IncomingEntry.member_id).scalar_subquery()
    return (func.coalesce(code, IncomingEntry.party), newest)


def all_of(work: Work, query: Query) -> list[IncomingEntry]:
    """Every entry that is asked for, by number."""
    return list(work.session.scalars(statement(work, query).order_by(IncomingEntry.id)).unique())
