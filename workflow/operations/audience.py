"""Who gets what follows a note: exactly those who got the note itself, and changed contacts of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from workflow.errors import Invalid, Phrase
from workflow.models import Delivery, Member, Note
from workflow.operations import choices
from workflow.operations.context import Work
from workflow.operations.directory import members_on
from workflow.states import Handing, Human, Transport

# What goes to all that got the first, nobody more and nobody less; a reminder goes to some of them.
TO_ALL = ("corrigendum", "addendum", "revision", "withdrawal_notice", "outcome")
# Of an attempt with such an outcome the contact has the message, or may have it.
_SENT = (
    Transport.SENDING,
    Transport.UNKNOWN,
    Transport.ACCEPTED,
    Transport.DELAYED,
    Transport.RELAYED,
    Transport.DELIVERED,
)


def has_it(row: Delivery) -> bool:
    """Whether a contact has a note, or may have it: by mail, by hand, or because its people said so."""
    return (
        row.human is not Human.NONE
        or row.handed in (Handing.SENT, Handing.DELIVERED)
        or row.late_bounce
        or any(one.transport in _SENT for one in row.attempts)
    )


def went_out(row: Delivery, relation: str | None) -> bool:
    """Whether a delivery counts as sent for a note that follows so.

    A correction also goes to whom the first is still on its way; nobody is told of the withdrawal of what
    was never sent to them.
    """
    return has_it(row) or (row.cancelled_at is None and relation != "withdrawal_notice")


def follows_all(note: Note) -> bool:
    """Whether a note goes to all that got another one, so that its addressees are not for choice."""
    return note.parent_id is not None and note.relation in TO_ALL


def got(work: Work, note: Note) -> dict[int, list[Delivery]]:
    """By member, the deliveries of the note which this one follows that count for this one.

    A corrigendum of one language counts those in that language, where the profile says so.
    """
    found: dict[int, list[Delivery]] = {}
    only = choices.one_language(work.profile, note.concerns)
    rows = select(Delivery).where(Delivery.note_id == note.parent_id).order_by(Delivery.id)
    for row in work.session.scalars(rows):
        if went_out(row, note.relation) and only in (None, row.language):
            found.setdefault(row.member_id, []).append(row)
    return found


def spoken(rows: Sequence[Delivery]) -> bool:
    """Whether a member acknowledged by one of the contacts that count for it."""
    return any(one.human is Human.ACKNOWLEDGED and one.role != "cc" for one in rows)


def expected(work: Work, note: Note) -> dict[int, str]:
    """The members that a note which follows another is to go to, with their codes; a reminder, the silent ones.

    Who is no member any more is not addressed as one.
    """
    mine = got(work, note)
    present = {one.id: one.code for one in members_on(work.session, work.today())}
    parent = work.session.get_one(Note, note.parent_id)
    return {
        one.member_id: present[one.member_id]
        for one in parent.addressees
        if one.member_id in mine
        and one.member_id in present
        and not (note.relation == "reminder" and spoken(mine[one.member_id]))
    }


def require(work: Work, note: Note, wanted: Mapping[int, str]) -> None:
    """Raises Invalid where a person chose other addressees than the note that it follows had."""
    theirs = expected(work, note)
    parent = work.session.get_one(Note, note.parent_id)
    outside = sorted(code for identity, code in wanted.items() if identity not in theirs)
    if outside:
        raise Invalid(
            "follow-outside",
            "%(codes)s did not get %(note)s, so what follows it does not go there. Nothing was changed.",
            codes=", ".join(outside),
            note=parent.name,
        )
    left = sorted(code for identity, code in theirs.items() if identity not in wanted)
    if left and follows_all(note):
        raise Invalid(
            "follow-left-out",
            "%(codes)s got %(note)s, so what follows it goes there, too. Nothing was changed.",
            codes=", ".join(left),
            note=parent.name,
        )


def differences(work: Work, note: Note) -> list[str]:
    """How the addressees of a following note differ from those who got the first by now: sentences."""
    if not follows_all(note):
        return []
    theirs = expected(work, note)
    parent = work.session.get_one(Note, note.parent_id)
    mine = {one.member_id for one in note.addressees}
    found: list[str] = []
    left = sorted(code for identity, code in theirs.items() if identity not in mine)
    if left:
        found.append(
            Phrase(
                "%(codes)s got %(note)s by now, and would not get this one. Send this one back to draft, and "
                "set its recipients anew.",
                codes=", ".join(left),
                note=parent.name,
            )
        )
    gone = mine - set(theirs)
    codes = sorted(
        row.code for row in work.session.scalars(select(Member).where(Member.id.in_(gone))) if gone
    )
    if codes:
        found.append(
            Phrase(
                "%(codes)s would get this one, and did not get %(note)s. Send this one back to draft, and "
                "set its recipients anew.",
                codes=", ".join(codes),
                note=parent.name,
            )
        )
    return found
