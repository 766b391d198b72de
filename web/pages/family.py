"""A note with all that followed it, and which state holds the current version."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext

from web.access import allowed
from web.pages._lines import line, note_day, reader
from web.pages._routes import at
from web.session import looking
from web.views.following import FamilyPage, HoldingRow, KinRow
from workflow.models import Note
from workflow.operations import directory, lineage, succession
from workflow.operations import family as families
from workflow.operations.context import Work, find_note
from workflow.permissions import may
from workflow.states import NoteState, Role

blueprint = Blueprint("family", __name__)


@at(blueprint, "show")
@allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")
def show(note: str) -> str:
    """The notes of a family, and per state what it has of them."""
    with looking() as work:
        row = find_note(work, note)
        found = families.family_of(work, row)
        language = reader(work.profile)
        held = families.holdings(work, found)
        key, day = work.profile.sort_key(language), note_day(work, found.root)
        order = ("no", "on_its_way", "yes")
        held.sort(
            key=lambda one: (order.index(one.current), key(directory.name_of(one.member, language, day)))
        )
        page = FamilyPage(
            note=line(work, row),
            kin=tuple(
                KinRow(
                    line(work, one),
                    relation_words(one.relation or "") if one is not found.root else "",
                    one.approval.dated if one.approval else None,
                    one in found.holds,
                    one.concerns or "",
                    _depth(found, one),
                    one not in found.holds and (one is found.root or one.relation in lineage.AMENDING),
                )
                for one in _as_tree(found)
            ),
            states=tuple(
                HoldingRow(
                    one.member.code,
                    directory.name_of(one.member, language, day),
                    f"holds_{one.current}",
                    {
                        item.note.reference: (item.status.value, ", ".join(item.languages).upper())
                        for item in one.items
                    },
                )
                for one in held
            ),
            held=sum(one.current == "yes" for one in held),
            withdrawn=line(work, found.withdrawn_by) if found.withdrawn_by else None,
            relations=_relations(work, row),
        )
        return render_template("family.html", page=page)


def _as_tree(found: families.Family) -> list[Note]:
    """The notes of a family, each behind the one that it follows."""
    rows: list[Note] = []

    def add(note: Note) -> None:
        rows.append(note)
        for one in found.members:
            if one.parent_id == note.id:
                add(one)

    add(found.root)
    return rows


def _depth(found: families.Family, note: Note) -> int:
    """How many notes of a family a note stands under."""
    by_id = {one.id: one for one in found.members}
    depth = 0
    while note is not found.root and note.parent_id in by_id:
        note, depth = by_id[note.parent_id], depth + 1
    return depth


def relation_words(relation: str) -> str:
    """How a note follows another, as a noun."""
    return {
        "corrigendum": gettext("Corrigendum"),
        "addendum": gettext("Addendum"),
        "revision": gettext("Revision"),
        "reminder": gettext("Reminder"),
        "withdrawal_notice": gettext("Withdrawal notice"),
        "outcome": gettext("Outcome of a silence procedure"),
    }.get(relation, relation)


def _relations(work: Work, note: Note) -> tuple[tuple[str, str], ...]:
    if note.state is not NoteState.DISPATCHED or not may(work.actor, "submit", None):
        return ()
    names = ("corrigendum", "addendum", "revision", "withdrawal_notice")
    return tuple((name, relation_words(name)) for name in succession.may_follow(work, note, names))
