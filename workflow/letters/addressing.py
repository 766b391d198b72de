"""The addressee's block, and the formulas that name the addressee."""

from __future__ import annotations

from workflow.errors import Invalid
from workflow.letters.blocks import Block
from workflow.letters.composition import Composition
from workflow.letters.slots import insert, names
from workflow.letters.wording import ADDRESSEE_KINDS, AddresseeWords


def addressee(note: Composition) -> list[Block]:
    """The block that names the addressee."""
    code = note.language.code
    given = (note.addressee.lines or {}).get(code)
    lines = given or [_worded(note, line) for line in _addressee_words(note).lines]
    zone = "page_foot" if note.kind.addressee_at == "page_foot" else "flow"
    return note.block("addressee", "\n".join(lines), zone=zone)


def _addressee_words(note: Composition) -> AddresseeWords:
    group = note.addressee.group or note.kind.addressee_class
    words = note.language.wording.addressees.get(group)
    if words is None or note.addressee.kind not in ADDRESSEE_KINDS:
        raise Invalid(
            "addressee-unknown",
            "The addressee is of kind “%(kind)s” and class “%(group)s”, which the profile does not word; "
            "classes are %(known)s, kinds %(kinds)s.",
            kind=note.addressee.kind,
            group=group,
            known=", ".join(note.language.wording.addressees),
            kinds=", ".join(ADDRESSEE_KINDS),
        )
    return words


def _worded(note: Composition, text: str) -> str:
    """A text of the profile for the addressee, with the state and the name in their places."""
    words = _named(note)
    missing = [name for name in names(text) if name not in words]
    if missing:
        raise Invalid(
            "addressee-incomplete",
            "A %(kind)s names its addressee, and the %(missing)s is not given; say to whom it goes.",
            kind=note.kind.titles[note.language.code],
            missing=" and the ".join(missing),
        )
    return insert(text, words)


def _named(note: Composition) -> dict[str, str]:
    """The words that the profile's texts for an addressee may use, as far as they are given."""
    words = {}
    if note.addressee.member:
        member = note.profile.member(note.addressee.member)
        words["state"] = member.name(note.language.code, note.profile.day(note.day))
    if note.addressee.name:
        words["name"] = note.local(note.addressee.name)
    return words


def formula_pattern(note: Composition, name: str) -> str:
    """The formula `name` with its places; raises Invalid where level and addressee have none."""
    level = note.more.level or note.kind.level
    formulas = note.language.wording.formula(level, note.addressee.kind)
    if formulas is None:
        raise Invalid(
            "formula-missing",
            "The profile has no formulas of level “%(level)s” for an addressee of kind “%(kind)s” in "
            "%(language)s; add them, or use another level.",
            level=level,
            kind=note.addressee.kind,
            language=note.language.code,
        )
    return str(getattr(formulas, name))


def formula(note: Composition, name: str, **words: str) -> str:
    """The formula `name` with the addressee and `words` in their places; "" where there is none."""
    text = formula_pattern(note, name)
    if "{addressee}" in text:
        words["addressee"] = _worded(note, _addressee_words(note).name)
    return insert(text, words) if text else ""
