"""Which notes of a family hold: nothing is kept of it, it follows from who follows whom.

A note has its versions (itself, its revisions, the revisions of these), of which the last one counts, and
what amends it (corrigenda and addenda, each with versions and amendments of its own).  A revision takes
the place of what stood before it together with all that amended it; a withdrawal notice ends what it
names with all that amends it.  What amends is never more than what it amends: where that has ended,
it has ended too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from workflow.models import Delivery, Note
from workflow.operations import audience
from workflow.operations.context import Work
from workflow.states import NoteState

# How a note may follow a dispatched one; an outcome is that of a silence procedure.
RELATIONS = ("corrigendum", "addendum", "revision", "reminder", "withdrawal_notice", "outcome")
# What belongs to the text of the note that it follows, which stays.
AMENDMENTS = ("corrigendum", "addendum")
# What belongs to the text of a note: who holds all of it holds the current version.
AMENDING = (*AMENDMENTS, "revision")
# What takes the place of the note that it follows, so that nobody is reminded of that one any more.
REPLACING = ("revision", "withdrawal_notice")


def children_of(work: Work, note: Note, *, out: bool = False) -> Sequence[Note]:
    """The dispatched notes that follow a note, in the order of their release; with `out` only those released.

    One whose dispatch was called off before any of it went out is none of them.
    """
    rows = work.session.scalars(
        select(Note).where(
            Note.parent_id == note.id, Note.state == NoteState.DISPATCHED, Note.relation.in_(RELATIONS)
        )
    )
    now = work.now()
    return in_order(
        row for row in rows if not (out and (row.release_at or now) > now) and not _called_off(work, row)
    )


def _called_off(work: Work, note: Note) -> bool:
    mine = select(Delivery).where(Delivery.note_id == note.id)
    standing = work.session.scalar(select(mine.where(Delivery.cancelled_at.is_(None)).exists()))
    if standing:
        return False
    return not any(audience.has_it(row) for row in work.session.scalars(mine))


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Notes in the order in which they went out."""
    return sorted(notes, key=lambda one: (one.release_at or one.changed_at, one.id))


def root_of(work: Work, note: Note) -> Note:
    """The note at which a family begins; a sibling begins its own."""
    while note.parent_id is not None and note.relation in RELATIONS:
        note = work.session.get_one(Note, note.parent_id)
    return note


def first_version(work: Work, note: Note) -> Note:
    """The note of which this one is a revision, in however many steps; else itself."""
    while note.relation == "revision" and note.parent_id is not None:
        note = work.session.get_one(Note, note.parent_id)
    return note


def versions_of(work: Work, note: Note, *, out: bool = False) -> list[Note]:
    """A note with its revisions and theirs, in the order of their release: the last is the one that counts."""
    found, level = [note], [note]
    while level:
        level = [
            child
            for one in level
            for child in children_of(work, one, out=out)
            if child.relation == "revision"
        ]
        found += level
    return [note, *in_order(found[1:])]


def last_of(work: Work, note: Note) -> Note:
    """The version of a note that counts."""
    return versions_of(work, first_version(work, note))[-1]


def ending_of(work: Work, note: Note, *, out: bool = False) -> Note | None:
    """What ended a note: its withdrawal, the version after it, or what ended the note that it amends; else None."""
    for one in children_of(work, note, out=out):
        if one.relation == "withdrawal_notice":
            return one
    first = first_version(work, note)
    versions = versions_of(work, first, out=out)
    later = versions[versions.index(note) + 1 :] if note in versions else []
    if later:
        return later[0]
    if first.relation in AMENDMENTS and first.parent_id is not None:
        return ending_of(work, work.session.get_one(Note, first.parent_id), out=out)
    return None


def withdrawal_of(work: Work, note: Note, *, out: bool = False) -> Note | None:
    """The dispatched notice that withdrew a note, or the one that it amends; None while there is none."""
    ended = ending_of(work, note, out=out)
    return ended if ended is not None and ended.relation == "withdrawal_notice" else None


def in_force(work: Work, note: Note, *, out: bool = False) -> tuple[Note, ...]:
    """The notes that together are the current version of a note: the last one, and what amends it."""
    last = versions_of(work, note, out=out)[-1]
    children = children_of(work, last, out=out)
    if any(one.relation == "withdrawal_notice" for one in children):
        return ()
    amending = [
        each for one in children if one.relation in AMENDMENTS for each in in_force(work, one, out=out)
    ]
    return (last, *in_order(amending))


def amended_by(work: Work, note: Note) -> list[Note]:
    """A note with all that was ever dispatched to amend it, its reminders too: what goes when it goes."""
    found, level = [note], [note]
    while level:
        level = [
            child
            for one in level
            for child in children_of(work, one)
            if child.relation in (*AMENDMENTS, "reminder")
            or (child.relation == "revision" and one is not note)
        ]
        found += level
    return found


def descendants(work: Work, note: Note) -> list[Note]:
    """All that followed a note and went out, in the order in which it did."""
    found: list[Note] = []
    level: Sequence[Note] = [note]
    while level:
        level = [child for parent in level for child in children_of(work, parent, out=True)]
        found += level
    return in_order(found)


def successors_of(work: Work, note: Note) -> list[Note]:
    """What changes or ends a note, as its receivers are to know: corrections, revisions, withdrawals.

    What amends a note ends with it, so the versions of that one and its withdrawal are told, too.
    """
    wanted = (*AMENDING, "withdrawal_notice")
    found = [one for one in descendants(work, note) if one.relation in wanted]
    first = first_version(work, note)
    if first is not note:
        # A later revision may have followed an earlier one, when both were drafted at once.
        versions = versions_of(work, first, out=True)
        found += versions[versions.index(note) + 1 :] if note in versions else []
    lines = _amended(work, first)
    if lines:
        found += [
            one
            for one in descendants(work, lines[-1])
            if one.relation in REPLACING and first_version(work, _parent(work, one)) in lines
        ]
    return in_order({one.id: one for one in found if one is not note}.values())


def _amended(work: Work, note: Note) -> list[Note]:
    """The first versions of what a note amends, and of what that one amends, up to the root."""
    found = []
    while note.relation in AMENDMENTS:
        note = first_version(work, _parent(work, note))
        found.append(note)
    return found


def _parent(work: Work, note: Note) -> Note:
    return work.session.get_one(Note, note.parent_id)
