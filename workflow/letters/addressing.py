"""The addressee's block, and the formulas that name the addressee."""

from __future__ import annotations

from workflow.errors import Invalid
from workflow.letters.blocks import Block
from workflow.letters.composition import Composition
from workflow.letters.slots import Slot, insert, names, parse
from workflow.letters.wording import ADDRESSEE_KINDS, AddresseeWords


def addressee(note: Composition) -> list[Block]:
    """The block that names the addressee.

    A list of states that would take too much of the first page's foot stands in the flow instead.
    """
    code = note.language.code
    given = (note.addressee.lines or {}).get(code)
    text = "\n".join(given or [_line(note, line) for line in _addressee_words(note).lines])
    layout = note.profile.layout
    height = (text.count("\n") + 1) * layout.pitch(layout.style("addressee"))
    at_foot = note.kind.addressee_at == "page_foot" and height <= layout.most_beside
    return note.block("addressee", text, zone="page_foot" if at_foot else "flow")


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
    return words.some if words.some and _to_some(note) else words


def _to_some(note: Composition) -> bool:
    """Whether a collective letter goes to some of the day's members only."""
    day = note.profile.day(note.day)
    members = note.addressee.members
    return members is not None and {one.code for one in note.profile.members_on(day)} != set(members)


def _line(note: Composition, line: str) -> str:
    """A line of the block; a list of states by itself has one on each line."""
    return "\n".join(_states(note)) if line.strip() == "{states}" else _worded(note, line)


def _worded(note: Composition, text: str) -> str:
    """A text of the profile for the addressee, with the states and the name in their places."""
    parts = parse(text)
    wanted = {part.name for part in parts if isinstance(part, Slot)}
    given = {
        "state": bool(note.addressee.member),
        "name": bool(note.addressee.name),
        "states": "states" in wanted and bool(_states(note)),
    }
    missing = [name for name in names(text) if name in given and not given[name]]
    if missing:
        raise Invalid(
            "addressee-incomplete",
            "A %(kind)s names its addressee, and the %(missing)s is not given; say to whom it goes.",
            kind=note.kind.titles[note.language.code],
            missing=" and the ".join(missing),
        )
    return "".join(part if isinstance(part, str) else _place(note, part) for part in parts)


def _place(note: Composition, slot: Slot) -> str:
    if slot.name == "state" and note.addressee.member:
        member = note.profile.member(note.addressee.member)
        return member.name(note.language.code, note.profile.day(note.day), slot.form or "nominative")
    if slot.name == "states":
        names, (between, last) = _states(note), _addressee_words(note).joints
        return last.join([between.join(names[:-1]), names[-1]] if names[1:] else names)
    return note.local(note.addressee.name) if slot.name == "name" else str(slot)


def _states(note: Composition) -> list[str]:
    """The states that a collective letter goes to, each as the class words it, by the language's alphabet."""
    code, day = note.language.code, note.profile.day(note.day)
    item = _addressee_words(note).item
    chosen = note.addressee.members
    members = note.profile.sorted_members(
        code, day, None if chosen is None else [note.profile.member(one) for one in chosen]
    )
    return [
        "".join(
            part if isinstance(part, str) else member.name(code, day, part.form or "nominative")
            for part in parse(item)
        )
        for member in members
    ]


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
