"""What the memory, the glossary and a machine have for one paragraph, as the desk shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext

from web.pages import _runs
from web.pages._lines import note_day
from web.views.memory import NOTHING_BESIDE, Beside, Machine, Suggested, Term, Whence
from web.views.parts import Paragraph, Run
from web.views.translation import Segment
from workflow.memory import matching, search
from workflow.memory.glossary import Glossary, Use
from workflow.memory.glossary import uses as uses_in
from workflow.models import MachineSuggestion, Note
from workflow.models import Paragraph as Row
from workflow.operations import glossary, memory, suggesting, texts
from workflow.operations.context import Work, visible
from workflow.permissions import may, why_not_office

# Terms with a key of their own (Alt Shift 1 … 9).
KEYS = 9


def whence(work: Work, found: Iterable[matching.Match | search.Hit]) -> dict[int, Whence]:
    """Where each pair comes from, by unit; a note that the person may not open has no link."""
    listed = list(found)
    notes = memory.notes_of(work, [one.pair.note_id for one in listed])
    result = {}
    for one in listed:
        note = notes.get(one.pair.note_id or 0)
        if note is None:
            result[one.unit] = Whence(one.pair.origin, one.day, file=True)
        else:
            key = note.reference if visible(work.actor, note) else ""
            result[one.unit] = Whence(note.name, one.day, key)
    return result


def beside(work: Work, note: Note, language: str, paragraph: Row | None, may_write: bool) -> Beside:
    """Terms, matches and machine suggestions for a paragraph; nothing where there is none."""
    if paragraph is None or language == note.source_language:
        return NOTHING_BESIDE
    source, target = texts.text_in(paragraph, note.source_language), texts.text_in(paragraph, language)
    said = memory.reading(work, note, note.source_language, source.text) if source else ""
    reads = memory.reading(work, note, language, target.text) if target else ""
    allowed = why_not_office(work.actor, "search_memory") is None
    found = memory.matches_of(work, note, language, paragraph) if allowed else []
    places = whence(work, found)
    engine = suggesting.engine_of(work)
    return Beside(
        ordinal=paragraph.ordinal,
        revision=target.revision if target else 0,
        source_revision=source.revision if source else 0,
        may_write=may_write,
        terms=_terms(glossary.uses(work, note, language, said, reads), reads, may_write),
        suggested=tuple(
            Suggested(
                one.kind,
                one.percent,
                _runs.difference(one.pair.source_reads, said),
                memory.reading(work, note, language, one.target),
                one.target,
                places[one.unit],
                rest=one.kind == "slots" and not one.whole,
                backwards=one.backwards,
            )
            for one in found
        ),
        machine=_machine(work, note, language, paragraph, target.text if target else ""),
        may_ask=may_write and suggesting.offered(work, note) and may(work.actor, "ask_machine", note.state),
        engine=engine.name if engine else "",
        memory=allowed,
    )


def _terms(uses: Iterable[Use], reads: str, may_write: bool) -> tuple[Term, ...]:
    found: list[Term] = []
    number = 0
    for use in uses:
        if use.target is None:
            continue
        key = 0
        if may_write and not use.used and number < KEYS:
            number += 1
            key = number
        found.append(
            Term(
                use.source.term,
                use.target.term,
                key,
                use.target.forms,
                use.used,
                use.target.forbidden,
                tuple(dict.fromkeys(reads[start:end] for start, end, _ in use.wrong)),
                use.target.note,
            )
        )
    return tuple(found)


def _machine(work: Work, note: Note, language: str, paragraph: Row, standing: str) -> tuple[Machine, ...]:
    rows = [row for row in suggesting.of_version(work, note, language) if row.paragraph_id == paragraph.id]
    return tuple(
        Machine(
            row.engine,
            row.text,
            row.asked_at,
            unread=row.confirmed_at is None and row.text == standing,
            standing=row.text == standing,
            confirmed=row.confirmed_at is not None,
        )
        for row in rows[::-1]
    )


def by_machine(rows: Iterable[MachineSuggestion], paragraph: Row) -> dict[str, MachineSuggestion]:
    """What machines suggested for a paragraph, by the text itself: to know such a text in its history."""
    return {row.text: row for row in rows if row.paragraph_id == paragraph.id}


def with_terms(work: Work, note: Note, language: str, known: Glossary, made: Segment) -> Segment:
    """A row of the desk with the glossary's terms marked in its source, and what is forbidden in its target.

    What shared values say stays as it is; a source that shows what changed is left alone.
    """
    source = "".join(run.text for run in made.source.runs)
    reads = made.reads.runs if made.reads else ()
    target = "".join(run.text for run in reads)
    day = note_day(work, note) or work.today()
    uses = [use for use in uses_in(known, note.source_language, language, source, target, day) if use.target]
    if not made.stale:
        places = [(start, end, use.target.term) for use in uses if use.target for start, end in use.places]
        made = replace(made, source=Paragraph(made.ordinal, marked(made.source.runs, sorted(places))))
    wrong = [
        (start, end, gettext("Glossary: write “%(term)s”.", term=use.target.term))
        for use in uses
        if use.target
        for start, end, _ in use.wrong
    ]
    if made.reads and wrong:
        made = replace(made, reads=Paragraph(made.ordinal, marked(reads, sorted(wrong), "mark")))
    return made


def marked(
    runs: Iterable[Run], places: Iterable[tuple[int, int, str]], kind: str = "term"
) -> tuple[Run, ...]:
    """Runs with each of the places (start, end, note) in their plain text as a run of its own."""
    wanted = list(places)
    result: list[Run] = []
    at = 0
    for run in runs:
        begin, at = at, at + len(run.text)
        if run.kind != "text":
            result.append(run)
            continue
        done = begin
        for start, end, words in wanted:
            if start < done or end > at:
                continue
            result += [Run(run.text[done - begin : start - begin])] if start > done else []
            result.append(Run(run.text[start - begin : end - begin], kind, words))
            done = end
        result += [Run(run.text[done - begin :])] if done < at else []
    return tuple(result)
