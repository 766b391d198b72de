"""Addressees of a draft: set, waive, and those of a note that follows another."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from workflow.errors import Invalid
from workflow.models import Addressee, Member, Note
from workflow.operations import audience
from workflow.operations.context import Work, begin, note_subject, require_reason, touch
from workflow.operations.directory import members_on


def set_recipients(work: Work, note: Note, revision: int | None, codes: Sequence[str] | None = None) -> Note:
    """Addresses the note to the members named by their codes, or to all members of today.

    What follows another note goes to those who got that one: without codes to all of these.
    """
    begin(work, note, "set_recipients", revision=revision)
    members = {member.code: member for member in members_on(work.session, work.today())}
    follows = audience.follows_all(note) or note.relation == "reminder"
    if codes is not None:
        wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    else:
        wanted = list(audience.expected(work, note).values()) if follows else list(members)
    unknown = [code for code in wanted if code not in members]
    if unknown:
        raise Invalid(
            "unknown-member",
            "Not a member on %(day)s: %(codes)s. Nothing was changed; correct the list.",
            day=work.today().isoformat(),
            codes=", ".join(unknown),
        )
    if not wanted:
        raise Invalid("no-addressee", "A note needs at least one addressee.")
    if follows:
        audience.require(work, note, {members[code].id: code for code in wanted})
    kept = {row.member_id: row for row in note.addressees}
    chosen = {members[code].id for code in wanted}
    for member_id, row in kept.items():
        if member_id not in chosen:
            work.session.delete(row)
    for code in wanted:
        if members[code].id not in kept:
            work.session.add(Addressee(note_id=note.id, member_id=members[code].id))
    work.session.flush()
    work.session.expire(note, ["addressees"])
    touch(work, note)
    work.log("set_recipients", note_subject(note), members=sorted(wanted))
    return note


def waive_addressee(work: Work, note: Note, revision: int | None, code: str, reason: str) -> None:
    """Lets an addressee go without a message, since it has no usable contact; the reason is kept."""
    begin(work, note, "waive_addressee", revision=revision, reason=reason)
    row = work.session.scalar(
        select(Addressee)
        .join(Member, Member.id == Addressee.member_id)
        .where(Addressee.note_id == note.id, Member.code == code.upper())
    )
    if row is None:
        raise Invalid("unknown-member", "%(code)s is not an addressee of this note.", code=code)
    row.waived_by, row.waived_reason = work.actor.id, require_reason(reason)
    touch(work, note)
    work.log("waive_addressee", note_subject(note), member=code.upper(), reason=reason)


def address_like(work: Work, note: Note, members: Sequence[int] = ()) -> None:
    """A following note goes to everyone who got the first; a reminder only to those who kept silent.

    A corrigendum of one language goes to those who got the first in that language, where the profile
    says so.  `members` are the only ones where they are given.
    """
    kept = [one for one in audience.expected(work, note) if not members or one in members]
    if not kept:
        raise Invalid("no-addressee-left", "Nobody would get this note: nobody who got the first is left.")
    work.session.add_all(Addressee(note_id=note.id, member_id=member_id) for member_id in kept)
    work.session.flush()
