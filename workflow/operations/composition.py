"""From the rows of a note to the letter model: what every language version says, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow import register
from workflow.canonical import digest
from workflow.concordance import Finding
from workflow.errors import Invalid, NotFound
from workflow.letters import letter as letters
from workflow.letters import plain, slots
from workflow.letters.letter import EnclosureFacts, Letter, Particulars, Signatory
from workflow.letters.particulars import read_mapping
from workflow.letters.wording import ORIGINS
from workflow.models import Account, AccountRole, Addressee, Approval, Member, Note, Waiver
from workflow.operations import choices, comparing, texts
from workflow.operations.context import Work
from workflow.states import Role


@dataclass(frozen=True)
class To:
    """The addressee of one document where the profile makes a document per addressee."""

    code: str


@dataclass(frozen=True)
class Judged:
    """A concordance finding, the digest by which it is waived, and its waiver if it has one."""

    finding: Finding
    digest: str
    waiver: Waiver | None


def check_text(work: Work, text: str, values: Mapping[str, Any], language: str) -> None:
    """Raises Invalid for a brace that belongs to no slot, or a slot that says nothing in this language."""
    slots.fill(text, language, values, work.profile, work.today())


def letter_of(
    work: Work,
    note: Note,
    language: str,
    *,
    number: str | None,
    day: date | None,
    code: str | None,
    addressee: To | None = None,
    draft: bool,
    only: Collection[int] | None = None,
) -> Letter:
    """The letter model of a note in one language, from its rows as they stand.

    `only` are the ids of the paragraphs that take part; None stands for all.
    """
    paragraphs = [
        text.text
        for paragraph in texts.live_paragraphs(note)
        if (only is None or paragraph.id in only)
        and (text := texts.text_in(paragraph, language)) is not None
        and text.text
    ]
    return letters.compose(
        work.profile,
        language,
        kind=note.kind,
        values=note.slots,
        paragraphs=paragraphs,
        enclosures=enclosures_in(note, language),
        number=number,
        day=day,
        acknowledgement_code=code,
        marking=note.marking,
        draft=draft,
        addressee=_addressee(work, note, addressee),
        particulars=_particulars(work, note),
        # Where the profile prints it: the page at which a receiver asks whether the file is genuine.
        verification=None if draft else f"{work.settings.base_url}/verify",
    )


def _addressee(work: Work, note: Note, to: To | None) -> letters.Addressee:
    """The addressee of one document: a state of its own, or all those that the note is addressed to."""
    if to is not None:
        given = note.particulars.get("addressee_names", {}).get(to.code)
        kind = choices.kind_of(work.profile, note.kind)
        return letters.Addressee(kind=kind.addressee_as, member=to.code, name=given)
    codes = work.session.scalars(
        select(Member.code)
        .join(Addressee, Addressee.member_id == Member.id)
        .where(Addressee.note_id == note.id)
        .order_by(Member.code)
    ).all()
    return letters.Addressee(members=codes or None)


def draft_of(work: Work, note: Note, language: str) -> Letter:
    """The letter as it would look if it were approved now, with the draft mark across it."""
    return _as_of_now(work, note, language, work.today(), draft=True)


def text_of(work: Work, note: Note, language: str) -> str:
    """What a version says from head to foot, with the number and date that it would get now."""
    day = note.approval.dated if note.approval else work.today()
    return plain.text(_as_of_now(work, note, language, day, draft=False))


def _as_of_now(
    work: Work,
    note: Note,
    language: str,
    day: date,
    *,
    draft: bool,
    number: str | None = None,
    only: Collection[int] | None = None,
) -> Letter:
    return letter_of(
        work,
        note,
        language,
        number=number or _expected(work, note, day),
        day=day,
        code=None,
        addressee=_example_addressee(work, note),
        draft=draft,
        only=only,
    )


def _example_addressee(work: Work, note: Note) -> To | None:
    """Where each addressee gets a document of its own, the first one, by code, stands for all."""
    if choices.kind_of(work.profile, note.kind).addressee == "collective":
        return None
    code = work.session.scalar(
        select(Member.code)
        .join(Addressee, Addressee.member_id == Member.id)
        .where(Addressee.note_id == note.id)
        .order_by(Member.code)
        .limit(1)
    )
    if code is None:
        raise Invalid(
            "no-addressee", "This kind of note names each addressee in its text. Set the addressees first."
        )
    return To(code)


def enclosures_in(note: Note, language: str) -> list[EnclosureFacts]:
    """What a letter in `language` says of the enclosures.

    It cites the version in its own language, else the authentic one, naming its language.  A version
    in the language that the others were translated from is no translation itself.
    """
    facts = []
    for enclosure in note.enclosures:
        versions = enclosure.versions
        cited = next((one for one in versions if one.language == language), None)
        cited = cited or next((one for one in versions if one.standing == "authentic"), versions[0])
        origin, _, source = enclosure.origin.lower().partition(":")
        known = origin in ORIGINS and source != cited.language
        facts.append(
            EnclosureFacts(
                ordinal=enclosure.ordinal,
                titles=enclosure.titles,
                language=cited.language,
                pages=cited.pages,
                origin=origin if known else None,
                translated_from=source if known and source else None,
            )
        )
    return facts


def addressees_of(work: Work, note: Note, approval: Approval, language: str) -> list[To | None]:
    """For whom documents are made: one set for all, or one per member where the kind says so."""
    if choices.kind_of(work.profile, note.kind).addressee == "collective":
        return [None]
    ids = dict.fromkeys(one.member_id for one in approval.recipients)
    members = work.session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.code))
    return [To(member.code) for member in members]


def source_digest(note: Note) -> str:
    """The digest of all that translators work from: when it is unchanged, nothing is reopened."""
    return digest(
        {
            "paragraphs": [
                [paragraph.id, text.text]
                for paragraph in texts.live_paragraphs(note)
                if (text := texts.text_in(paragraph, note.source_language)) is not None
            ],
            "titles": note.titles,
            "slots": note.slots,
            "particulars": note.particulars,
            "enclosures": [
                [one.ordinal, one.titles, one.origin, sorted([v.language, v.pages] for v in one.versions)]
                for one in note.enclosures
            ],
        }
    )


def _expected(work: Work, note: Note, day: date) -> str:
    return (
        note.symbol
        or register.expected(work.session, choices.series_of(work.profile, note.series), day, note).symbol
    )


def _particulars(work: Work, note: Note) -> Particulars:
    given, _ = read_mapping(note.particulars)
    titles = note.titles
    subject = {code: titles.get(code) or titles[note.source_language] for code in work.profile.languages}
    signatory = given.signatory
    if signatory is None and choices.kind_of(work.profile, note.kind).authentication == "signature":
        # Who signs is the head of the secretariat, unless the registry names somebody else.
        signatory = Signatory(_director(work))
    return replace(given, subject=subject, signatory=signatory)


def _director(work: Work) -> str:
    name = work.session.scalar(
        select(Account.name)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == Role.DIRECTOR, Account.active)
        .order_by(Account.id)
        .limit(1)
    )
    if name is None:
        raise NotFound(
            "no-director", "There is no account of a director who could sign. The administrator makes one."
        )
    return name


def concordance_of(work: Work, note: Note) -> list[Judged]:
    """The findings over all versions that have a text, each with its waiver if it has one.

    A note without a number is compared under the first one of its series, not under the one that
    it would get now: the approval of another note would change that, and a waiver holds for the
    quotes that it was given for.
    """
    complete = [
        version.language
        for version in note.versions
        if version.is_source or not texts.stale_paragraphs(note, version.language)
    ]
    return compared(work, note, complete)


def compared(
    work: Work, note: Note, languages: Sequence[str], only: Collection[int] | None = None
) -> list[Judged]:
    """The findings over these versions, cut to the paragraphs `only` where it is given."""
    if len(languages) < 2:
        return []
    day = note.approval.dated if note.approval else work.today()
    number = note.symbol or choices.series_of(work.profile, note.series).number(1, day.year)
    versions = tuple(
        (code, plain.text(_as_of_now(work, note, code, day, draft=False, number=number, only=only)))
        for code in languages
    )
    known = {waiver.finding: waiver for waiver in waivers_of(work, note)}
    judged = []
    for finding in comparing.findings(work, versions, day):
        mark = digest(
            {"type": finding.type, "languages": sorted(finding.languages), "quotes": dict(finding.quotes)}
        )
        judged.append(Judged(finding, mark, known.get(mark)))
    return judged


def waivers_of(work: Work, note: Note) -> list[Waiver]:
    """The waivers of a note, oldest first."""
    return list(work.session.scalars(select(Waiver).where(Waiver.note_id == note.id).order_by(Waiver.id)))
