"""Rows as the models that the API sends: plain values, nothing that a session would have to load later."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from web.api.schemas import notes as out
from web.api.schemas import texts
from web.api.schemas.addressees import Recipient
from web.problems import said
from workflow import models
from workflow.errors import Phrase, both
from workflow.operations import directory, following, four_eyes, recipients
from workflow.operations import texts as facts
from workflow.operations.composition import Judged
from workflow.operations.context import Work
from workflow.permissions import why_not
from workflow.states import DUTIES, TRANSITIONS

# What a person can be told that they may or may not do with a note that is there.
LISTED = tuple(
    dict.fromkeys(
        row.name for row in (*TRANSITIONS, *DUTIES) if row.name not in {"submit", "complete_translation"}
    )
)


class People:
    """Names of accounts, asked for once."""

    def __init__(self, work: Work, ids: Iterable[int | None]) -> None:
        wanted = {number for number in ids if number is not None}
        rows = work.session.execute(
            select(models.Account.id, models.Account.name).where(models.Account.id.in_(wanted))
        )
        self._names: dict[int, str] = {row.id: row.name for row in rows}

    def get(self, number: int | None) -> out.Person | None:
        """Somebody by id; None for nobody."""
        return out.Person(id=number, name=self._names[number]) if number in self._names else None


def line(row: models.Note) -> out.NoteLine:
    """A note in a list."""
    return out.NoteLine.model_validate(row)


def note(work: Work, row: models.Note) -> out.Note:
    """A note whole, as the person who asks may see it."""
    remarks = work.session.scalars(
        select(models.Remark).where(models.Remark.note_id == row.id).order_by(models.Remark.id)
    ).all()
    people = _people(work, row, remarks)
    return out.Note(
        **line(row).model_dump(),
        source_language=row.source_language,
        source_revision=row.source_revision,
        number_parts=row.number_parts,
        slots=row.slots,
        particulars=row.particulars,
        submitted_by=people.get(row.submitted_by),
        versions=[version(row, one, people) for one in row.versions],
        paragraphs=[paragraph(row, one) for one in facts.live_paragraphs(row)],
        enclosures=[enclosure(one) for one in row.enclosures],
        addressees=addressees(work, row),
        remarks=[remark(one, people) for one in remarks],
        approval=_approval(row, people),
        dispatch=_dispatch(row, people),
        withdrawal=_withdrawal(row, people),
        linked=[
            out.Linked(reference=one.reference, symbol=one.symbol, kind=one.kind, relation=relation)
            for one, relation in following.linked(work, row)
        ],
        actions=actions(work, row),
    )


def remark(one: models.Remark, people: People) -> out.Remark:
    """A remark."""
    return out.Remark(
        id=one.id,
        language=one.language,
        paragraph=one.paragraph_id,
        text=one.text,
        by=people.get(one.made_by),
        at=one.made_at,
        settled_at=one.settled_at,
        turns=[
            out.RemarkTurn(turn=each.turn, text=each.text, by=people.get(each.made_by), at=each.made_at)
            for each in one.turns
        ],
    )


def _people(work: Work, row: models.Note, remarks: Iterable[models.Remark]) -> People:
    ids: list[int | None] = [row.submitted_by, row.dispatched_by, row.dispatched_for, row.withdrawn_by]
    if row.approval is not None:
        ids += [row.approval.approved_by, row.approval.approved_for]
    for one in row.versions:
        ids += [one.accepted_by, *(each.account_id for each in one.assignments)]
    return People(work, [*ids, *(number for remark in remarks for number in speakers(remark))])


def speakers(one: models.Remark) -> list[int]:
    """The ids of all who said something of a remark."""
    return [one.made_by, *(turn.made_by for turn in one.turns)]


def version(row: models.Note, one: models.LanguageVersion, people: People) -> out.Version:
    """A language version."""
    duties = {
        duty: [each.account_id for each in one.assignments if each.duty == duty]
        for duty in ("translate", "review")
    }
    translators = [person for number in duties["translate"] if (person := people.get(number))]
    return out.Version(
        language=one.language,
        standing=one.standing,
        required=one.required,
        is_source=one.is_source,
        state=one.state.value,
        current=facts.is_current(row, one),
        revision=one.revision,
        due=one.due,
        translators=translators,
        reviewer=people.get(duties["review"][0]) if duties["review"] else None,
        stale=[each.id for each in facts.stale_paragraphs(row, one.language)],
        submitted_at=one.submitted_at,
        accepted_at=one.accepted_at,
        accepted_by=people.get(one.accepted_by),
    )


def paragraph(row: models.Note, one: models.Paragraph) -> out.Paragraph:
    """A paragraph in all its languages."""
    source = facts.text_in(one, row.source_language)
    stands = source.text if source else None
    return out.Paragraph(
        id=one.id,
        ordinal=one.ordinal,
        texts={
            text.language: out.ParagraphText(
                text=text.text,
                revision=text.revision,
                stale=text.language != row.source_language and text.source_seen != stands,
                changed_at=text.changed_at,
            )
            for text in one.texts
        },
    )


def enclosure(one: models.Enclosure) -> out.Enclosure:
    """An enclosure with its language versions."""
    return out.Enclosure(
        ordinal=one.ordinal,
        titles=one.titles,
        origin=one.origin,
        versions=[
            out.EnclosureVersion(
                language=each.language,
                standing=each.standing,
                name=each.original_name,
                pages=each.pages,
                sha256=each.frozen_sha256,
                original_sha256=each.original_sha256,
            )
            for each in one.versions
        ],
    )


def addressees(work: Work, row: models.Note) -> list[out.Addressee]:
    """The addressees by code, with their names on the note's day."""
    day = row.approval.dated if row.approval else work.today()
    pairs = work.session.execute(
        select(models.Addressee, models.Member)
        .join(models.Member, models.Member.id == models.Addressee.member_id)
        .where(models.Addressee.note_id == row.id)
        .order_by(models.Member.code)
    ).all()
    return [
        out.Addressee(
            member=member.code,
            name=directory.name_of(member, row.source_language, day),
            waived_reason=addressee.waived_reason,
        )
        for addressee, member in pairs
    ]


def actions(work: Work, row: models.Note) -> list[out.ActionNow]:
    """What the person who asks may do with the note as it stands, and why not the rest."""
    found = []
    for name in LISTED:
        refusal = why_not(work.actor, name, row.state)
        reason = str(said(refusal.phrase)) if refusal else None
        if name == "approve" and reason is None and (done := four_eyes.worked_on(work, row)):
            reason = str(
                said(Phrase("You may not approve this note, because you %(done)s.", done=both(done)))
            )
        found.append(out.ActionNow(action=name, allowed=reason is None, reason=reason))
    return found


def _approval(row: models.Note, people: People) -> out.Approved | None:
    one = row.approval
    if one is None:
        return None
    return out.Approved(
        digest=one.digest,
        dated=one.dated,
        languages=one.languages,
        by=people.get(one.approved_by),
        acting_for=people.get(one.approved_for),
        at=one.approved_at,
    )


def _dispatch(row: models.Note, people: People) -> out.Dispatched | None:
    if row.dispatched_at is None:
        return None
    return out.Dispatched(
        at=row.dispatched_at,
        release_at=row.release_at,
        by=people.get(row.dispatched_by),
        acting_for=people.get(row.dispatched_for),
    )


def _withdrawal(row: models.Note, people: People) -> out.Withdrawn | None:
    if row.withdrawn_at is None:
        return None
    return out.Withdrawn(at=row.withdrawn_at, by=people.get(row.withdrawn_by), reason=row.withdrawn_reason)


def recipient(one: recipients.Recipient) -> Recipient:
    """A contact that would get the note."""
    return Recipient(
        member=one.member,
        is_member=one.is_member,
        contact=one.contact_id,
        role=one.role,
        address=one.address,
        language=one.language,
        channel=one.channel,
        office=one.office,
        waived_reason=one.waived_reason,
    )


def findings(work: Work, judged: Iterable[Judged]) -> list[texts.Finding]:
    """Findings with their waivers."""
    listed = list(judged)
    people = People(work, [one.waiver.waived_by for one in listed if one.waiver])
    return [
        texts.Finding(
            digest=one.digest,
            type=one.finding.type,
            severity=one.finding.severity,
            languages=list(one.finding.languages),
            quotes=dict(one.finding.quotes),
            paragraphs=dict(one.finding.paragraphs),
            message=str(said(one.finding.message)),
            waiver=texts.Waived(
                reason=one.waiver.reason, by=people.get(one.waiver.waived_by), at=one.waiver.waived_at
            )
            if one.waiver
            else None,
        )
        for one in listed
    ]


def plain(model: type[Any], row: Any, **others: Any) -> Any:
    """A model of `model`'s kind from a row's columns of the same names, with `others` given."""
    values = {name: getattr(row, name) for name in model.model_fields if name not in others}
    return model(**values, **others)
