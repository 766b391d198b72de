"""Contacts as the lines of a table, with the columns that the import takes, so that it can be read back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from workflow.models import Contact, Member
from workflow.models.directory import ContactState
from workflow.operations.context import Work
from workflow.operations.importing import CONTACT_COLUMNS, CONTACT_MORE

COLUMNS = (*CONTACT_COLUMNS, *CONTACT_MORE, "state")


def contacts(work: Work) -> Iterator[list[str]]:
    """The contacts that are in force or wait, by member; those that ended are history and stay behind."""
    rows = work.session.scalars(
        select(Contact)
        .join(Member, Member.id == Contact.member_id)
        .where(Contact.state != ContactState.RETIRED)
        .order_by(Member.code, Contact.id)
    )
    for row in rows:
        yield [
            row.member.code,
            row.address,
            row.office,
            row.role.value,
            row.language,
            row.channel.value,
            row.source,
            row.valid_from.isoformat() if row.valid_from else "",
            row.valid_until.isoformat() if row.valid_until else "",
            row.state.value,
        ]
