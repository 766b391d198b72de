"""The enclosure line: wording, counts, the origin and the language of what is enclosed."""

from __future__ import annotations

from workflow.errors import Invalid
from workflow.letters.blocks import Block
from workflow.letters.composition import Composition
from workflow.letters.facts import EnclosureFacts
from workflow.letters.slots import insert, plural
from workflow.letters.wording import ORIGINS


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
    return note.block("enclosure", text, zone="margin" if note.kind.enclosure_at == "margin" else "flow")


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
