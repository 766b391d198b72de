"""The enclosure line: wording, counts, the origin and the language of what is enclosed."""

from __future__ import annotations

import textwrap

from workflow.errors import Invalid
from workflow.letters.blocks import Block
from workflow.letters.composition import Composition
from workflow.letters.facts import EnclosureFacts
from workflow.letters.slots import insert, plural
from workflow.letters.wording import ORIGINS

BEFORE_ENCLOSURES = ("opening", "paragraph", "closing", "place_date", "complimentary_close", "authentication")
EAST_ASIAN = ("zh", "ja", "ko")


def enclosure(note: Composition) -> list[Block]:
    """The block that says what is enclosed."""
    if not note.enclosures:
        return []
    words = note.language.wording.enclosure
    if len(note.enclosures) == 1:
        text = insert(words.one, _of_enclosure(note, note.enclosures[0]))
    else:
        lines = [insert(words.many, {"n": str(len(note.enclosures))})]
        lines += [insert(words.item, _of_enclosure(note, one)) for one in note.enclosures]
        text = "\n".join(lines)
    at_margin = (
        note.kind.enclosure_at == "margin"
        and _height_in_margin(note, text) <= note.profile.layout.most_beside
    )
    return note.block("enclosure", text, zone="margin" if at_margin else "flow")


def _height_in_margin(note: Composition, text: str) -> float:
    """About how high the text is in the margin (points), by half an em a sign."""
    layout = note.profile.layout
    style = layout.style("enclosure")
    em = (style.size or layout.size) * 25.4 / 72
    signs = max(6, int(layout.note_width / (em if note.language.code in EAST_ASIAN else em / 2)))
    lines = sum(len(textwrap.wrap(line, signs)) or 1 for line in text.split("\n"))
    return lines * layout.pitch(style)


def after_the_text(note: Composition, blocks: list[Block]) -> list[Block]:
    """The blocks with an enclosure line that is too long for the margin moved behind the text.

    In the margin it stands beside the first lines, so the order of such a kind names it before the body.
    """
    long = [block for block in blocks if block.role == "enclosure" and block.zone == "flow"]
    if note.kind.enclosure_at != "margin" or not long:
        return blocks
    rest = [block for block in blocks if block not in long]
    last = max(
        (at for at, block in enumerate(rest) if block.role in BEFORE_ENCLOSURES), default=len(rest) - 1
    )
    return [*rest[: last + 1], *long, *rest[last + 1 :]]


def _of_enclosure(note: Composition, enclosure: EnclosureFacts) -> dict[str, str]:
    code = note.language.code
    words = note.language.wording.enclosure
    if enclosure.pages < 1 or (enclosure.origin and enclosure.origin not in ORIGINS):
        raise Invalid(
            "enclosure-facts",
            "Enclosure %(ordinal)s has %(pages)s pages and the origin “%(origin)s”; it needs at least one "
            "page, and an origin of copy or translated, or none.",
            ordinal=enclosure.ordinal,
            pages=enclosure.pages,
            origin=enclosure.origin or "",
        )
    unit = note.profile.unit
    count = unit.count(code, enclosure.pages)
    origin = words.origins.get(enclosure.origin or "", "")
    if enclosure.translated_from:
        origin = insert(origin, {"language": _language_name(note, enclosure.translated_from, "source")})
    stated = ""
    if enclosure.language and enclosure.language != code:
        stated = insert(words.language_note, {"language": _language_name(note, enclosure.language, "note")})
    titles = enclosure.titles
    title = titles.get(code) or titles.get(enclosure.language or "") or next(iter(titles.values()), "")
    return {
        "ordinal": str(enclosure.ordinal),
        "title": title,
        "origin": origin,
        "language_note": stated,
        "count": str(count),
        "unit": plural(words.units[unit.words[code]], count, code) or "",
    }


def _language_name(note: Composition, code: str, form: str) -> str:
    forms = note.language.wording.language_names.get(code, {})
    name = forms.get(form) or next(iter(forms.values()), None)
    if name is None:
        raise Invalid(
            "language-name-missing",
            "The profile does not say what language “%(named)s” is called in %(language)s; add it under "
            "[language_names].",
            named=code,
            language=note.language.code,
        )
    return name
