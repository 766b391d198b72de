"""What members are called on a day, for lists of hundreds of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflow.models import Member, MemberName


class Named(NamedTuple):
    """A member by its id, with its code and its name in one language on one day."""

    id: int
    code: str
    name: str


def named(session: Session, language: str, day: date, ids: Collection[int] | None = None) -> dict[int, Named]:
    """The members of these ids, or all of them, by id; one that has no name then is called by its code."""
    names: dict[int, str] = {}
    rows = session.execute(
        select(MemberName.member_id, MemberName.name)
        .where(
            MemberName.language == language,
            or_(MemberName.valid_from.is_(None), MemberName.valid_from <= day),
            or_(MemberName.valid_until.is_(None), MemberName.valid_until >= day),
        )
        .order_by(MemberName.id)
    )
    for member_id, name in rows:
        names.setdefault(member_id, name)
    wanted = select(Member.id, Member.code).order_by(Member.code)
    if ids is not None:
        wanted = wanted.where(Member.id.in_(ids))
    return {one: Named(one, code, names.get(one, code)) for one, code in session.execute(wanted)}
