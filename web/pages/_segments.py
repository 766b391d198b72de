"""A language version beside its source: the rows of the translation desk and of the review."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from flask_babel import gettext
from sqlalchemy import select

from web.formats import write_moment
from web.pages import _memory, _runs
from web.views.note import Remark
from web.views.parts import Finding
from web.views.parts import Paragraph as Shown
from web.views.translation import Earlier, Segment, SlotChip
from workflow.letters import slots
from workflow.models import MachineSuggestion, Note, Paragraph, ParagraphText, Revision
from workflow.operations import glossary, suggesting, texts
from workflow.operations.context import Work

# Nine of them have a key; more than these would hide the text.
MOST_CHIPS = 15
MOST_EARLIER = 20
# Typing is kept every few seconds; what a person wrote with shorter breaks than this is one text.
MOST_KEPT, BREAK = 500, timedelta(minutes=10)


def segments(
    work: Work,
    note: Note,
    language: str,
    findings: Iterable[Finding],
    people: dict[int, str],
    remarks: Iterable[Remark] = (),
) -> tuple[Segment, ...]:
    """The locked formulas and every free paragraph, source and target in one row each."""
    listed, said = list(findings), list(remarks)
    stale = {one.id for one in texts.stale_paragraphs(note, language)}
    known, asked = glossary.whole(work), suggesting.of_version(work, note, language)
    unread = suggesting.unread(work, note, language)
    found = [_locked(work, note, language, _runs.opening, gettext("Opening formula: comes from the profile"))]
    for at, paragraph in enumerate(texts.live_paragraphs(note)):
        mine = tuple(
            one
            for one in listed
            if one.paragraph == paragraph.ordinal
            and (language in one.languages or any(code == language for code, _, _ in one.quotes))
        )
        machine = _memory.by_machine(asked, paragraph)
        made = _segment(
            work, note, paragraph, language, paragraph.id in stale, mine, people, machine, first=at == 0
        )
        if language != note.source_language:
            made = _memory.with_terms(work, note, language, known, made)
        found.append(
            replace(
                made,
                remarks=tuple(one for one in said if one.paragraph == paragraph.ordinal),
                machine=unread[paragraph.id].engine if paragraph.id in unread else "",
                history=tuple(_told(one, machine) for one in made.history),
            )
        )
    found.append(
        _locked(work, note, language, _runs.closing, gettext("Closing formula: comes from the profile"))
    )
    return tuple(one for one in found if one is not None)


def _told(earlier: Earlier, machine: Mapping[str, MachineSuggestion]) -> Earlier:
    """A step of the history, with the engine named whose words one of its two texts was."""
    engines = [machine[text].engine for text in earlier.texts if text in machine]
    return replace(earlier, machine=engines[0]) if engines else earlier


def _locked(work: Work, note: Note, language: str, formula: object, words: str) -> Segment | None:
    source = formula(work, note, note.source_language)  # type: ignore[operator]
    target = formula(work, note, language)  # type: ignore[operator]
    return Segment(0, source or Shown(0, ()), target, locked=words) if source or target else None


def _segment(
    work: Work,
    note: Note,
    paragraph: Paragraph,
    language: str,
    stale: bool,
    findings: tuple[Finding, ...],
    people: dict[int, str],
    machine: Collection[str],
    *,
    first: bool,
) -> Segment:
    source, target = texts.text_in(paragraph, note.source_language), texts.text_in(paragraph, language)
    written = source.text if source else ""
    runs = _runs.reads(work, note, note.source_language, written)
    changed = bool(stale and target and target.text and target.source_seen is not None)
    if changed and target and target.source_seen is not None:
        before = _runs.reads(work, note, note.source_language, target.source_seen)
        runs = _runs.difference(_plain(before), _plain(runs))
    read = _runs.reads(work, note, language, target.text) if target and target.text else ()
    if read and first:
        read = _runs.opened(work, note, language, read)
    return Segment(
        paragraph.ordinal,
        Shown(paragraph.ordinal, runs),
        _with_marks(Shown(paragraph.ordinal, read), findings, language) if read else None,
        text=target.text if target else "",
        source_text=written,
        source_revision=source.revision if source else 0,
        revision=target.revision if target else 0,
        stale=changed,
        stale_note=_stale_note(work, source, people) if changed and source else "",
        slots=chips(work, note, written, target.text if target else "", language),
        findings=findings,
        history=_history(work, note, target, people, machine),
    )


def _with_marks(reads: Shown, findings: Iterable[Finding], language: str) -> Shown:
    """A text with what the findings quote of it marked, so that the eye goes there."""
    quotes = [
        (quote, one.message)
        for one in findings
        if one.status != "waived" and language in one.languages
        for code, quote, _ in one.quotes
        if code == language
    ]
    return _runs.marked([reads], quotes)[0]


def _plain(runs: Iterable[_runs.Run]) -> str:
    return "".join(run.text for run in runs)


def _stale_note(work: Work, source: ParagraphText, people: dict[int, str]) -> str:
    when = write_moment(source.changed_at, work.zone, "near")
    return gettext("Source changed %(when)s by %(who)s", when=when, who=people.get(source.changed_by, ""))


def chips(work: Work, note: Note, source: str, target: str, language: str) -> tuple[SlotChip, ...]:
    """The slots of a source paragraph as they can be written in the other language, each of their forms."""
    try:
        wanted, used = slots.names(source), set(slots.names(target))
    except slots.Invalid:
        wanted, used = (), set()
    offered: list[list[SlotChip]] = []
    for name in wanted:
        readings: dict[str, str] = {}
        for token in (
            slots.Slot(name, form) for form in (None, *slots.forms(name, language, note.slots, work.profile))
        ):
            run = _runs.reads(work, note, language, str(token))[0]
            if run.kind == "slot":
                readings.setdefault(run.text, str(token))
        offered.append(
            [
                SlotChip(token, words, missing=at == 0 and name not in used)
                for at, (words, token) in enumerate(readings.items())
            ]
        )
    # Each slot gets its share, so that one with many forms does not push the others out.
    kept = sorted((rank, place) for place, listed in enumerate(offered) for rank in range(len(listed)))[
        :MOST_CHIPS
    ]
    return tuple(offered[place][rank] for place, rank in sorted((place, rank) for rank, place in kept))


def _history(
    work: Work, note: Note, target: ParagraphText | None, people: dict[int, str], machine: Collection[str]
) -> tuple[Earlier, ...]:
    """The earlier texts, newest first, each with what the following one changed."""
    if target is None:
        return ()
    rows = work.session.scalars(
        select(Revision)
        .where(Revision.text_id == target.id)
        .order_by(Revision.revision.desc())
        .limit(MOST_KEPT)
    ).all()
    sittings = _sittings(rows, machine)[: MOST_EARLIER + 1]
    return tuple(
        Earlier(
            people.get(after.changed_by, ""),
            after.changed_at,
            _runs.difference(
                _plain(_runs.reads(work, note, target.language, before.text)),
                _plain(_runs.reads(work, note, target.language, after.text)),
            ),
            (before.text, after.text),
        )
        for after, before in pairwise(sittings)
    )


def _sittings(rows: Sequence[Revision], machine: Collection[str]) -> list[Revision]:
    """Of texts, newest first, the last one of each sitting: what one person kept without a longer break.

    The words of a machine stand by themselves, whoever took them over and however soon they were changed.
    """
    last: list[Revision] = []
    earlier: Revision | None = None
    for row in rows:
        same = (
            earlier is not None
            and earlier.changed_by == row.changed_by
            and earlier.changed_at - row.changed_at < BREAK
        )
        if not same or row.text in machine:
            last.append(row)
        earlier = row
    return last
