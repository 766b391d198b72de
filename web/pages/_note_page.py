"""The page of one note, from its rows."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from web.api.present import LISTED
from web.formats import write_day
from web.pages import _documents, _events, _findings, _incoming, _lines, _recipients, _runs, _steps, _waiting
from web.pages.family import relation_words
from web.problems import said
from web.views.note import NotePage, Remark, RemarkTurn, Version
from web.views.parts import UNTYPED, NoteLine, Person, Typed
from workflow.counting import by_characters
from workflow.models import Account, AccountRole, Delegation, LanguageVersion, Note
from workflow.operations import (
    composition,
    following,
    four_eyes,
    lineage,
    measuring,
    remarks,
    succession,
    texts,
)
from workflow.operations.composition import Judged
from workflow.operations.context import Work
from workflow.permissions import may, why_not_office
from workflow.states import NoteState, Role, VersionState

# A number is found by look-alikes of another script; these show one that people type.
CYRILLIC = str.maketrans("ABCEHKMOPTXYF", "АВСЕНКМОРТХУФ")
MOST_EVENTS = 12
# What may be made of a dispatched note, which itself never changes; the words are in the template.
FOLLOW_UPS = ("corrigendum", "addendum", "revision", "reminder", "withdrawal_notice")


def allowed_acts(work: Work, note: Note) -> frozenset[str]:
    """What the person may do with the note here and now."""
    found = {name for name in LISTED if may(work.actor, name, note.state)}
    if four_eyes.worked_on(work, note):
        found.discard("approve")
    if remarks.may_remark(work, note):
        found.add("remark")
    if sees_recipients(work):
        found.add("dossier")
    return frozenset(found)


def sees_recipients(work: Work) -> bool:
    """Whether the person may see addresses of contacts: the registry, the director and deputies."""
    return work.actor.has(Role.REGISTRY, Role.DIRECTOR) or bool(work.actor.deputy_for)


def make(work: Work, note: Note, typed: Typed = UNTYPED, action: str = "") -> NotePage:
    """The page of a note; with `typed` and `action`, after the form of that act was refused."""
    people = _lines.names(work)
    log = _events.entries(work, note)
    judged = composition.concordance_of(work, note) if _comparable(note) else []
    groups = _recipients.of_note(work, note, people)
    members, contacts = _recipients.counts(groups)
    acts = allowed_acts(work, note)
    waits = _waiting.waiting(note, people)
    profile = work.profile
    shown = _lines.reader(profile)
    approval = note.approval
    ended = lineage.ending_of(work, note) if note.state is NoteState.DISPATCHED else None
    return NotePage(
        note=_lines.line(work, note),
        state=note.state.value,
        revision=note.revision,
        kind=_lines.kind_words(profile, note.kind),
        marking=_lines.marking_words(profile, note.marking),
        steps=_steps.steps(note, log, people, contacts),
        versions=tuple(_version(work, note, one, people, acts, judged) for one in _ordered(note)),
        may=acts,
        main=_main(work, note, acts, waits),
        act=_act(work, waits),
        place=profile.place(shown, approval.dated, "nominative") if approval else "",
        dated=approval.dated if approval else None,
        sender=people.get(note.submitted_by, ""),
        aliases=_aliases(note),
        documents=_documents.lines(work, note),
        enclosures=_documents.enclosure_lines(work, note),
        recipients=groups if sees_recipients(work) else (),
        members=members,
        contacts=contacts,
        remarks=remark_lines(work, note, people),
        incoming=_incoming.of_note(work, note),
        may_register=note.state is NoteState.DISPATCHED
        and why_not_office(work.actor, "register_incoming") is None,
        events=_events.told(log, people, now=True)[:MOST_EVENTS],
        linked=_linked(work, note),
        follow_ups=_follow_ups(work, note),
        superseded_by=_lines.line(work, ended) if ended else None,
        is_withdrawn=ended is not None and ended.relation == "withdrawal_notice",
        deputies=_deputies(work, people),
        making=_documents.making(work, note),
        open_findings=len(_findings.open_errors(judged)),
        approval_digest=approval.digest if approval else "",
        digests_agree=_documents.agree(work, note),
        blocked=_blocked(note, judged, acts),
        languages=_lines.codes_of(note),
        typed=typed,
        typed_action=action,
    )


def _comparable(note: Note) -> bool:
    return note.state is not NoteState.WITHDRAWN and bool(texts.live_paragraphs(note))


def _ordered(note: Note) -> list[LanguageVersion]:
    return sorted(note.versions, key=lambda one: one.ordinal)


def _version(
    work: Work,
    note: Note,
    version: LanguageVersion,
    people: dict[int, str],
    acts: frozenset[str],
    judged: Iterable[Judged],
) -> Version:
    duties = {
        duty: ", ".join(people.get(one.account_id, "") for one in version.assignments if one.duty == duty)
        for duty in ("translate", "review")
    }
    found = [one for one in _findings.open_errors(judged) if version.language in one.finding.languages]
    quotes = [(one.finding.quotes.get(version.language, ""), str(said(one.finding.message))) for one in found]
    url, label = _work(work, note, version, acts, bool(found))
    assigning = "assign" in acts and not version.is_source
    stale = texts.stale_paragraphs(note, version.language)
    written = [one for one in stale if (row := texts.text_in(one, version.language)) and row.text]
    return Version(
        language=version.language,
        standing=version.standing,
        status=version.state.value,
        paragraphs=_runs.marked(_runs.body(work, note, version.language), quotes),
        source=version.is_source,
        required=version.required,
        translator=duties["translate"],
        reviewer=duties["review"],
        due=version.due,
        accepted=version.accepted_at,
        stale=len(written),
        open_findings=len(found),
        work_url=url,
        work_label=label,
        words=measuring.length_of(work, note, version.language),
        signs=by_characters(version.language),
        translators=people_for(work, Role.TRANSLATOR, version.language) if assigning else (),
        reviewers=people_for(work, Role.REVIEWER, version.language) if assigning else (),
    )


def _work(
    work: Work, note: Note, version: LanguageVersion, acts: frozenset[str], findings: bool
) -> tuple[str, str]:
    """Where the person works on a version, and the words of the button; two empty texts for who does not."""
    key = note.reference
    if version.is_source:
        if "edit_source" in acts:
            return url_for("notes.source", note=key), gettext("Edit the source")
        return "", ""
    duty = texts.duty_of(version, work.actor.id)
    if duty == "translate" and "save_paragraph" in acts:
        written = version.state in (VersionState.WAITING, VersionState.IN_PROGRESS)
        words = gettext("Translate") if written else gettext("Read the version")
        return url_for("translation.show", note=key, language=version.language), words
    if duty == "review" and "accept_version" in acts:
        words = gettext("Review") if version.state is VersionState.SUBMITTED else gettext("Read the version")
        return url_for("review.show", note=key, language=version.language), words
    if "assign" in acts and version.assignments:
        words = gettext("See the findings") if findings else gettext("Read side by side")
        return url_for("translation.show", note=key, language=version.language), words
    return "", ""


def people_for(work: Work, role: Role, language: str) -> tuple[Person, ...]:
    """Everybody of a role; who does not work in the language cannot be chosen."""
    rows = work.session.scalars(
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == role, Account.active)
        .order_by(Account.name)
    )
    words = gettext("does not work in this language")
    return tuple(Person(str(row.id), row.name, "" if language in row.languages else words) for row in rows)


def _main(work: Work, note: Note, acts: frozenset[str], waits: tuple[_waiting.Waiting, ...]) -> str:
    """The act that is the page's one filled button."""
    mine = [one for one in waits if one.is_for(work)]
    for name in ("release_source", "approve", "dispatch"):
        if name in acts and any(one.act == name for one in mine):
            return name if name != "release_source" or texts.live_paragraphs(note) else "write"
    if any(one.act in ("save_paragraph", "accept_version") for one in mine):
        return "work"
    if note.state is NoteState.DISPATCHED and work.actor.has(Role.REGISTRY, Role.DIRECTOR):
        return "board"
    return ""


def _act(work: Work, waits: tuple[_waiting.Waiting, ...]) -> str:
    """The sentence of who must act, by when."""
    if not waits:
        return ""
    first = next((one for one in waits if one.is_for(work)), waits[0])
    values = {"who": first.who, "what": first.words}
    if first.due:
        return gettext("%(who)s to act: %(what)s by %(day)s", day=write_day(first.due, "due"), **values)
    return gettext("%(who)s to act: %(what)s", **values)


def _blocked(note: Note, judged: list[Judged], acts: frozenset[str]) -> tuple[str, ...]:
    """Why the note cannot go on, for those who can do something about it."""
    if note.state is not NoteState.DRAFT or not acts & {"release_source", "assign", "waive_finding"}:
        return ()
    found = []
    if not texts.live_paragraphs(note):
        found.append(gettext("The covering note has no text yet."))
    if not note.addressees and "set_recipients" in acts:
        found.append(gettext("No addressee is chosen yet."))
    for version in _ordered(note):
        if version.required and not version.is_source and not version.assignments and "assign" in acts:
            language = _lines.language_words([version.language])
            found.append(gettext("%(language)s has no translator.", language=language))
    if judged and _findings.open_errors(judged):
        found.append(gettext("The versions do not say the same; mend the texts or waive the findings."))
    return tuple(found)


def _aliases(note: Note) -> tuple[str, ...]:
    symbol = note.symbol or ""
    other = symbol.translate(CYRILLIC)
    return (other,) if other != symbol else ()


def remark_lines(work: Work, note: Note, people: dict[int, str], language: str = "") -> tuple[Remark, ...]:
    """The remarks on the note; with `language`, those that concern it."""
    ordinals = {one.id: one.ordinal for one in note.paragraphs}
    return tuple(
        Remark(
            str(row.id),
            ordinals.get(row.paragraph_id or 0, 0),
            row.language or "",
            people.get(row.made_by, ""),
            row.made_at,
            row.text,
            settled=row.settled_at is not None,
            may_settle=remarks.may_settle(work, note, row),
            turns=tuple(
                RemarkTurn(turn.turn, people.get(turn.made_by, ""), turn.made_at, turn.text)
                for turn in row.turns
            ),
            may_reply=row.settled_at is None and remarks.may_remark(work, note),
            may_reopen=remarks.may_reopen(work, note, row),
        )
        for row in _lines.remarks_of(work, note)
        if not language or row.language in (None, language)
    )


def _linked(work: Work, note: Note) -> tuple[tuple[NoteLine, str], ...]:
    words = {"parent": gettext("which it follows")}
    found = []
    for other, relation in following.linked(work, note):
        said = words.get(relation) or relation_words(relation)
        if relation == following.SIBLING:
            said = gettext("sibling: %(kind)s", kind=_lines.kind_words(work.profile, other.kind))
        found.append((_lines.line(work, other), said))
    return tuple(found)


def _follow_ups(work: Work, note: Note) -> tuple[str, ...]:
    """What may be made of the note now: what follows a dispatched one, and a sibling to another audience."""
    if not may(work.actor, "submit", None):
        return ()
    after: tuple[str, ...] = ()
    if note.state is NoteState.DISPATCHED:
        after = succession.may_follow(work, note, FOLLOW_UPS)
    another = len(work.profile.kinds) > 1 and note.state is not NoteState.WITHDRAWN
    return (*after, following.SIBLING) if another and work.actor.has(Role.REGISTRY) else after


def _deputies(work: Work, people: dict[int, str]) -> tuple[str, ...]:
    now = work.now()
    rows = work.session.scalars(
        select(Delegation).where(
            Delegation.valid_from <= now, Delegation.valid_until > now, Delegation.ended_at.is_(None)
        )
    )
    return tuple(dict.fromkeys(people.get(row.deputy_id, "") for row in rows))
