"""A note's text as runs: what is typed, what is shared by all languages, what the profile fixes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from web.pages._lines import note_day
from web.problems import said
from web.views.parts import Paragraph, Run
from workflow.errors import Refusal
from workflow.letters import slots
from workflow.memory import differences
from workflow.models import Note
from workflow.operations import texts
from workflow.operations.context import Work
from workflow.operations.formulas import FULL_STOPS, formula


def reads(work: Work, note: Note, language: str, text: str) -> tuple[Run, ...]:
    """A typed paragraph as it comes out, with its shared values marked.

    A slot that says nothing in this language stays as it was typed, marked with the reason.
    """
    try:
        parts = slots.parse(text)
    except Refusal:
        return (Run(text),)
    day = note_day(work, note)
    runs = []
    for part in parts:
        if isinstance(part, str):
            runs.append(Run(part))
            continue
        try:
            words = slots.resolve(part, language, note.slots, work.profile, day)
            runs.append(Run(words, "slot", part.name))
        except Refusal as refusal:
            runs.append(Run(str(part), "mark", str(said(refusal.phrase))))
    return tuple(runs)


def opened(work: Work, note: Note, language: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The first paragraph in its opening formula, without its own full stop."""
    before, after = formula(work, note, language, "opening")
    if not before and not after:
        return runs
    inner = list(runs)
    last = inner[-1] if inner else None
    if last is not None and last.text.rstrip().endswith(FULL_STOPS):
        inner[-1] = Run(last.text.rstrip()[:-1], last.kind, last.note)
    return tuple(run for run in (Run(before, "formula"), *inner, Run(after, "formula")) if run.text)


def closing(work: Work, note: Note, language: str) -> Paragraph | None:
    """The closing formula; None where the kind has none."""
    text, _ = formula(work, note, language, "closing")
    return Paragraph(0, (Run(text, "formula"),)) if text else None


def opening(work: Work, note: Note, language: str) -> Paragraph | None:
    """The opening formula with an ellipsis where the first paragraph goes; None where there is none."""
    before, after = formula(work, note, language, "opening")
    rest = "" if after in FULL_STOPS else after
    runs = tuple(run for run in (Run(before, "formula"), Run("…"), Run(rest, "formula")) if run.text)
    return Paragraph(0, runs) if before or after else None


def body(work: Work, note: Note, language: str) -> tuple[Paragraph, ...]:
    """Every paragraph of a version as it reads; those that have no text in it are left out."""
    paragraphs = []
    for paragraph in texts.live_paragraphs(note):
        row = texts.text_in(paragraph, language)
        if row is None or not row.text:
            continue
        runs = reads(work, note, language, row.text)
        if not paragraphs:
            runs = opened(work, note, language, runs)
        paragraphs.append(Paragraph(paragraph.ordinal, runs))
    return tuple(paragraphs)


def marked(paragraphs: Iterable[Paragraph], quotes: Iterable[tuple[str, str]]) -> tuple[Paragraph, ...]:
    """The paragraphs with each quoted passage marked where it stands; `quotes` are (passage, what is found)."""
    wanted = [(quote, message) for quote, message in quotes if quote.strip()]
    return tuple(Paragraph(one.ordinal, tuple(_mark(one.runs, wanted))) for one in paragraphs)


def _mark(runs: Iterable[Run], wanted: Sequence[tuple[str, str]]) -> Iterable[Run]:
    for run in runs:
        found = [(run.text.find(quote), quote, message) for quote, message in wanted if quote in run.text]
        if run.kind != "text" or not found:
            yield run
            continue
        at, quote, message = min(found)
        rest = Run(run.text[at + len(quote) :])
        yield from (one for one in (Run(run.text[:at]), Run(quote, "mark", message)) if one.text)
        yield from _mark((rest,) if rest.text else (), wanted)


def difference(before: str, after: str) -> tuple[Run, ...]:
    """What changed between two texts, word by word, as ins and del runs."""
    return tuple(
        Run(text, "text" if kind == "same" else kind) for kind, text in differences.difference(before, after)
    )
