"""Approval: what the director sees, the digest of it, and the acts of deciding."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.exc import IntegrityError

from workflow import register
from workflow.canonical import digest
from workflow.errors import Conflict, NotAllowed, Phrase, Stale, both, one_after_another
from workflow.models import Approval, ApprovedRecipient, Document, Note
from workflow.operations import (
    choices,
    composition,
    four_eyes,
    notices,
    numbering,
    recipients,
    succession,
    texts,
)
from workflow.operations.composition import Judged
from workflow.operations.context import Work, begin, note_subject, require_reason, touch
from workflow.operations.recipients import Recipient
from workflow.states import NoteState, VersionState

# No 0/O, 1/I/L: the code is read off paper and typed.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6


@dataclass(frozen=True)
class Preview:
    """Everything that an approval covers, as it is now, with the digest over it.

    `number` and `day` are what the approval would allot; `left_out` are optional versions that are
    not accepted and so do not go out; `objections` are sentences that stand in the way.
    """

    digest: str
    number: str
    day: date
    languages: tuple[str, ...]
    left_out: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    findings: tuple[Judged, ...]
    objections: tuple[str, ...]


def preview(work: Work, note: Note) -> Preview:
    """What the director would approve at this moment; nothing is allotted."""
    stands = _standing(work, note)
    findings = tuple(composition.concordance_of(work, note))
    return Preview(
        digest=stands.digest,
        number=stands.number,
        day=stands.day,
        languages=stands.languages,
        left_out=tuple(one.language for one in note.versions if one.language not in stands.languages),
        recipients=stands.recipients,
        findings=findings,
        objections=tuple(_objections(work, note, stands, findings)),
    )


@dataclass(frozen=True)
class _Standing:
    """What an approval is compared by: cheap to have, so an outdated screen is refused at once."""

    digest: str
    number: str
    day: date
    languages: tuple[str, ...]
    recipients: tuple[Recipient, ...]


def _standing(work: Work, note: Note) -> _Standing:
    day = work.today()
    series = choices.series_of(work.profile, note.series)
    number = note.symbol or register.expected(work.session, series, day, note).symbol
    languages = tuple(version.language for version in note.versions if texts.is_current(note, version))
    people = tuple(recipients.of(work, note, day))
    return _Standing(_digest(work, note, languages, people, day), number, day, languages, people)


def approve(work: Work, note: Note, revision: int | None, *, digest: str, number: str, day: date) -> Approval:
    """Approves exactly what the digest covers; allots number and date in this transaction.

    `digest`, `number` and `day` are those on the approver's screen.  When any of them is not that
    of now, nothing is allotted and Stale says which.
    """
    action = begin(work, note, "approve", revision=revision)
    done = four_eyes.worked_on(work, note)
    if done:
        raise NotAllowed(
            "four-eyes",
            "You may not approve this note, because you %(done)s. Somebody who worked on nothing of it has to.",
            done=both(done),
        )
    series = choices.series_of(work.profile, note.series)
    # Locked before anything is compared: else another approval could take the number between the
    # comparison and the allotment.
    register.hold(work.session, series, note, work.today())
    now = _standing(work, note)
    changed = [
        words
        for words, seen, stands in (
            (Phrase("the texts, enclosures or recipients"), digest, now.digest),
            (Phrase("the expected number (now %(number)s)", number=now.number), number, now.number),
            (Phrase("the date (now %(day)s)", day=now.day.isoformat()), day, now.day),
        )
        if seen != stands
    ]
    if changed:
        raise Stale(
            "approval-outdated",
            "Not approved: %(changed)s changed since you opened the page. Nothing was allotted. "
            "Open it again and look at what changed.",
            changed=both(changed),
        )
    objections = tuple(_objections(work, note, now, composition.concordance_of(work, note)))
    if objections:
        raise Conflict(
            "not-approvable",
            "Not approved: %(why)s",
            why=one_after_another(objections),
            details=objections,
        )
    principal = work.actor.acting_for(action)
    try:
        with work.session.begin_nested():
            entry = register.allot(work.session, series, note, now.day, work.now())
    except IntegrityError:
        # Another series took a number that reads the same at this very moment.
        why = numbering.collision(work.session, note, now.number)
        raise Conflict("number-collides", "Not approved: %(why)s", why=why or now.number) from None
    approval = Approval(
        note_id=note.id,
        digest=now.digest,
        code="".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH)),
        dated=now.day,
        languages=list(now.languages),
        approved_by=work.actor.id,
        approved_for=principal,
        approved_at=work.now(),
    )
    approval.recipients = [
        ApprovedRecipient(
            member_id=one.member_id,
            contact_id=one.contact_id,
            role=one.role,
            address=one.address,
            language=one.language,
            channel=one.channel,
            waived_reason=one.waived_reason,
        )
        for one in now.recipients
    ]
    work.session.add(approval)
    work.session.flush()
    touch(work, note, state=NoteState.APPROVED, approval_id=approval.id, entry_id=entry.id)
    work.log(
        "approve",
        note_subject(note),
        acting_for=principal,
        symbol=entry.symbol,
        dated=now.day.isoformat(),
        digest=now.digest,
    )
    for language in now.languages:
        for addressee in composition.addressees_of(work, note, approval, language):
            letter = composition.letter_of(
                work,
                note,
                language,
                number=entry.symbol,
                day=now.day,
                code=approval.code,
                addressee=addressee,
                draft=False,
            )
            for kind in ("pdf", "docx"):
                work.session.add(
                    Document(
                        approval_id=approval.id,
                        language=language,
                        format=kind,
                        addressee=addressee.code if addressee else "",
                        letter=letter.to_json(),
                    )
                )
    work.session.flush()
    return approval


def send_back(work: Work, note: Note, revision: int | None, reason: str) -> Note:
    """Returns a translated or approved note to draft; an approval is void, a number stays with the note."""
    begin(work, note, "send_back", revision=revision, reason=reason)
    was = note.state
    text = require_reason(reason)
    _void_approval(work, note, text)
    # The source has to be released anew: what was wrong with it is for the registry to see first.
    source = texts.version_of(note, note.source_language)
    texts.drop(source, VersionState.IN_PROGRESS)
    touch(work, note, state=NoteState.DRAFT, approval_id=None, translated_at=None)
    work.log("send_back", note_subject(note), reason=text, was=was.value)
    notices.sent_back(work, note)
    return note


def withdraw(work: Work, note: Note, revision: int | None, reason: str) -> Note:
    """Ends a note before dispatch; its number, if any, is void and stays in the register."""
    begin(work, note, "withdraw", revision=revision, reason=reason)
    text = require_reason(reason)
    _void_approval(work, note, text)
    if note.entry is not None:
        register.void(note.entry, work.actor.id, text, work.now())
    touch(
        work,
        note,
        state=NoteState.WITHDRAWN,
        approval_id=None,
        withdrawn_at=work.now(),
        withdrawn_by=work.actor.id,
        withdrawn_reason=text,
    )
    work.log("withdraw", note_subject(note), reason=text, symbol=note.symbol)
    return note


def _void_approval(work: Work, note: Note, reason: str) -> None:
    if note.approval is not None:
        note.approval.void_at, note.approval.void_by = work.now(), work.actor.id
        note.approval.void_reason = reason
        work.session.flush()


def _digest(
    work: Work, note: Note, languages: tuple[str, ...], people: tuple[Recipient, ...], day: date
) -> str:
    """SHA-256 over the canonical JSON of everything that is approved (the number left empty)."""
    paragraphs = texts.live_paragraphs(note)
    written = {
        language: [
            text.text if (text := texts.text_in(paragraph, language)) else "" for paragraph in paragraphs
        ]
        for language in languages
    }
    return digest(
        {
            "kind": note.kind,
            "source": note.source_language,
            "titles": note.titles,
            "texts": written,
            "slots": note.slots,
            "particulars": note.particulars,
            "number": "",
            # Where a series leaves nothing of its numbers to the note, there is nothing to cover.
            **({"number_parts": note.number_parts} if note.number_parts else {}),
            "date": day.isoformat(),
            "marking": note.marking,
            "enclosures": [
                {
                    "ordinal": enclosure.ordinal,
                    "titles": enclosure.titles,
                    "origin": enclosure.origin,
                    "files": sorted(
                        [version.language, version.frozen_sha256] for version in enclosure.versions
                    ),
                }
                for enclosure in note.enclosures
            ],
            "recipients": [
                [
                    one.member,
                    one.contact_id,
                    one.role,
                    one.address,
                    one.language,
                    one.channel,
                    one.waived_reason,
                ]
                for one in sorted(people, key=lambda one: (one.member, one.contact_id or 0))
            ],
            "waivers": sorted(
                [waiver.finding, waiver.reason] for waiver in composition.waivers_of(work, note)
            ),
            "profile": work.profile.digest,
        }
    )


def _objections(work: Work, note: Note, stands: _Standing, findings: Sequence[Judged]) -> list[str]:
    """Why the note as it stands cannot be approved by anybody: sentences, each with its mend."""
    found: list[str] = []
    if not stands.recipients:
        found.append(Phrase("The note has no addressee. The registry sets the addressees in the draft."))
    for one in stands.recipients:
        if not one.is_member:
            found.append(
                Phrase(
                    "%(code)s is not a member on %(day)s. Send the note back and correct the list.",
                    code=one.member,
                    day=stands.day.isoformat(),
                )
            )
    found += _without_contact(note, stands.recipients)
    missing = [v.language for v in note.versions if v.required and not texts.is_current(note, v)]
    if missing:
        found.append(
            Phrase(
                "The required version in %(languages)s is not accepted at the source as it stands.",
                languages=", ".join(missing),
            )
        )
    errors = [item for item in findings if item.finding.severity == "error" and item.waiver is None]
    if errors:
        found.append(
            Phrase(
                "%(count)s differences between the language versions are neither mended nor waived.",
                count=len(errors),
            )
        )
    found += succession.objections(work, note)
    collision = numbering.collision(work.session, note, stands.number)
    return found if collision is None else [*found, collision]


def _without_contact(note: Note, people: Sequence[Recipient]) -> list[str]:
    """A sentence for each addressee that nobody would answer for: it has no contact, or gets copies only."""
    waived = {row.member_id for row in note.addressees if row.waived_reason}
    counting = {one.member_id for one in people if one.contact_id is not None and one.role != "cc"}
    copied = {one.member_id for one in people if one.role == "cc"}
    found: dict[str, str] = {}
    for one in people:
        if one.member_id in counting or one.member_id in waived:
            continue
        sentence = Phrase(
            "%(code)s has no usable contact. Confirm one, or send the note back and waive the addressee with a reason.",
            code=one.member,
        )
        if one.member_id in copied:
            sentence = Phrase(
                "%(code)s has only contacts that get a copy, so its receipt could never count. Confirm one of "
                "the role “to”, or send the note back and waive the addressee with a reason.",
                code=one.member,
            )
        found[one.member] = sentence
    return list(found.values())
