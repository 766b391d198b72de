"""Whom a note of today or of the next weeks would not reach: states without a contact, contacts whose days run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from workflow.models import Contact, Member
from workflow.models.directory import ContactRole, ContactState
from workflow.operations.context import Work
from workflow.operations.directory import is_valid_on, members_on

# How long before its last day somebody is told of a contact.
NOTICE = timedelta(days=30)


@dataclass(frozen=True)
class Reach:
    """Members of today without a contact that is addressed now, and the last contacts of others that end soon."""

    without: tuple[Member, ...]
    ending: tuple[Contact, ...]


def reach(work: Work) -> Reach:
    """Asked of the directory as it stands today; a copy or an alternative contact is not enough."""
    today = work.today()
    members = members_on(work.session, today)
    found: dict[int, list[Contact]] = {}
    for contact in work.session.scalars(
        select(Contact)
        .where(Contact.state == ContactState.CONFIRMED, Contact.role == ContactRole.TO)
        .order_by(Contact.id)
    ):
        found.setdefault(contact.member_id, []).append(contact)
    without, ending = [], []
    for member in members:
        rows = found.get(member.id, [])
        usable = [one for one in rows if is_valid_on(one, today)]
        if not usable:
            without.append(member)
        elif not any(_lasts(one, today + NOTICE) for one in rows):
            ending.append(max(usable, key=lambda one: one.valid_until or date.max))
    return Reach(tuple(without), tuple(sorted(ending, key=lambda one: (one.valid_until or date.max, one.id))))


def _lasts(contact: Contact, day: date) -> bool:
    return contact.valid_until is None or contact.valid_until > day
