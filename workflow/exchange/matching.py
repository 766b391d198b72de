"""What came back against what stands there: changes, conflicts, and the faults that refuse a file.

A file is taken whole or not at all.  A fault is what no honest translation brings about: a unit that
is missing, a source or a formula that was changed, codes that were lost or doubled; the file is
refused with each unit named.  A difference is what happened here while the file was away.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from workflow.errors import InputRefused, Phrase
from workflow.exchange.model import (
    Change,
    Difference,
    GivenUnit,
    Handover,
    Matched,
    Returned,
    Standing,
    Unit,
)
from workflow.exchange.pieces import BRACES, TOKEN, Code, Pieces, alike, cut, slot_of, tidy
from workflow.letters import slots
from workflow.letters.slots import Slot

_IDENTITY = re.compile(r"(p[1-9][0-9]{0,17})-(0|[1-9][0-9]{0,8})")
_REFERENCE = re.compile(r"D-\d{4}-\d{4,}")
MOST_FAULTS = 30


def match(handover: Handover, returned: Returned) -> Matched:
    """What the file means for the note as it stands.

    Raises InputRefused when the file is not of ours, of another note or another language, or damaged;
    each fault is a detail that names its unit.
    """
    _check_origin(handover, returned)
    faults = list(returned.faults)
    given = _by_key(handover, returned, faults)
    changes: list[Change] = []
    differences: list[Difference] = []
    untranslated: list[int] = []
    unchanged = 0
    for unit in handover.units:
        if unit.key not in given:
            faults.append(
                Phrase(
                    "%(unit)s is not in the file. It was taken out of it, or added to the note after the file was made.",
                    unit=unit.name,
                )
            )
            continue
        row, revision = given[unit.key]
        if unit.locked:
            faults += _faults_of_locked(unit, row)
            continue
        found = _judge(unit, row, revision, faults)
        if isinstance(found, Change):
            changes.append(found)
        elif isinstance(found, Difference):
            differences.append(found)
        elif found is None:
            untranslated.append(unit.ordinal)
        else:
            unchanged += 1
    for key, (row, _) in given.items():
        if key in handover.removed and row.target:
            differences.append(Difference("removed", key, 0, "", _plain(row.target)))
    if faults:
        raise InputRefused(
            "exchange-damaged",
            "The file was not taken, and nothing was changed: it is damaged in %(count)s places. "
            "Mend it in the program that it was translated with, or hand the version out again.",
            count=len(faults),
            details=tuple(faults[:MOST_FAULTS]),
        )
    return Matched(tuple(changes), tuple(differences), tuple(untranslated), unchanged)


def _check_origin(handover: Handover, returned: Returned) -> None:
    if returned.original != handover.reference:
        if _REFERENCE.fullmatch(returned.original):
            raise InputRefused(
                "exchange-other-note",
                "The file belongs to note %(theirs)s, and this is %(ours)s. Bring it in there.",
                theirs=returned.original,
                ours=handover.reference,
            )
        raise InputRefused(
            "exchange-not-ours",
            "The file was not handed out from here: it does not name a note. "
            "Hand the version out, translate that file, and bring it back.",
        )
    for theirs, ours in (
        (returned.source_language, handover.source_language),
        (returned.target_language, handover.target_language),
    ):
        if _language(theirs) != _language(ours):
            raise InputRefused(
                "exchange-other-language",
                "The file goes from “%(source)s” to “%(target)s”, and this version goes from “%(from_)s” to “%(to)s”. "
                "Bring it in at the version of its own language.",
                source=returned.source_language or "?",
                target=returned.target_language or "?",
                from_=handover.source_language,
                to=handover.target_language,
            )


def _language(tag: str) -> str:
    # Programs add a region of their own (ru becomes ru-RU).
    return tag.strip().replace("_", "-").partition("-")[0].lower()


def _by_key(handover: Handover, returned: Returned, faults: list[str]) -> dict[str, tuple[GivenUnit, int]]:
    """The units of the file by their key, with the revision that they were handed out with."""
    known = {unit.key: unit for unit in handover.units}
    found: dict[str, tuple[GivenUnit, int]] = {}
    for row in returned.units:
        parts = _IDENTITY.fullmatch(row.identity)
        key, revision = (parts[1], int(parts[2])) if parts else (row.identity, 0)
        unit = known.get(key)
        if (unit is None and key not in handover.removed) or (unit and unit.locked == bool(parts)):
            faults.append(
                Phrase("The unit “%(unit)s” was not handed out with this note.", unit=row.identity[:60])
            )
        elif key in found:
            faults.append(
                Phrase("%(unit)s is in the file more than once.", unit=unit.name if unit else row.identity)
            )
        else:
            found[key] = row, revision
    return found


def _faults_of_locked(unit: Unit, row: GivenUnit) -> Iterator[str]:
    pairs = [(row.source, unit.source)]
    if row.target is not None and alike(row.target):
        pairs.append((row.target, unit.target))
    elif unit.target and row.target is not None:
        yield Phrase("%(unit)s is locked, and its text was taken out.", unit=unit.name)
    for theirs, ours in pairs:
        if alike(theirs) != alike(cut(ours)):
            yield Phrase(
                "%(unit)s is locked, and the file does not have it as the profile does. "
                "Put it back, or hand the version out again.",
                unit=unit.name,
            )
            return


def _judge(unit: Unit, row: GivenUnit, revision: int, faults: list[str]) -> Change | Difference | bool | None:
    """What one paragraph's unit means; None where it has no translation, True where nothing changes."""
    source = cut(unit.source)
    said = alike(_resolved(row.source, source))
    outdated = said != alike(source)
    if outdated and said not in {alike(cut(text)) for text in unit.former_sources}:
        faults.append(
            Phrase(
                "%(unit)s: its source was changed in the file. The source is the registry’s.", unit=unit.name
            )
        )
        return True
    if revision > unit.revision:
        faults.append(Phrase("%(unit)s: the file names a revision that it never had.", unit=unit.name))
        return True
    if row.partial or row.target is None or not alike(row.target):
        return None
    theirs = _plain(row.target)
    if outdated:
        exported = unit.earlier.get(revision, "")
        if alike(cut(exported)) == alike(row.target):
            return True
        return Difference("source", unit.key, unit.ordinal, unit.target, theirs)
    if not unit.target and not row.settled and alike(row.target) == said:
        # Some programs fill an untranslated target with its source.
        return None
    exported = unit.earlier.get(revision, "")
    untouched = bool(exported) and alike(_resolved(row.target, cut(exported, source))) == alike(cut(exported))
    found = exported if untouched else _text(unit, row.target, source, revision, faults)
    if found is None:
        return True
    same = unit.target == found
    if same or found == exported:
        confirms = same and unit.standing is Standing.STALE and row.settled is True
        return Change(unit.key, unit.ordinal, unit.target, found, unit.revision) if confirms else True
    if revision != unit.revision:
        return Difference("text", unit.key, unit.ordinal, unit.target, found)
    return Change(unit.key, unit.ordinal, unit.target, found, revision)


def _plain(pieces: Pieces) -> str:
    """A text of the file as somebody reads it who has to decide by hand."""
    return " ".join(
        "".join(
            one if isinstance(one, str) else BRACES.get(one.token or "", one.token or "{…}") for one in pieces
        ).split()
    )


def _resolved(pieces: Pieces, source: Pieces) -> Pieces:
    """The pieces with the codes that say nothing of themselves known by their id."""
    by_id = {one.identity: one.token for one in source if isinstance(one, Code)}
    return tuple(
        Code(one.identity, by_id.get(one.identity)) if isinstance(one, Code) and one.token is None else one
        for one in pieces
    )


def _text(unit: Unit, target: Pieces, source: Pieces, revision: int, faults: list[str]) -> str | None:
    """The translation as it is typed at the desk; None (and a fault for each) where its codes are not right."""
    by_id = {one.identity: one for one in source if isinstance(one, Code)}
    wanted = Counter(one.slot.name for one in by_id.values() if one.slot)
    written: list[str] = []
    used: Counter[str] = Counter()
    foreign = 0
    for piece in tidy(target):
        for part in _parts(piece, set(wanted)):
            if isinstance(part, str):
                written.append(slots.literal(part))
                continue
            slot = _slot(unit, part, by_id)
            if slot is None or slot.name not in wanted:
                foreign += 1
                faults.append(
                    Phrase(
                        "%(unit)s: the code %(code)s does not belong to it.",
                        unit=unit.name,
                        code=(part.token or f"“{part.identity}”")[:60],
                    )
                )
                continue
            used[slot.name] += 1
            written.append(str(slot))
    before = Counter(
        one.slot.name for one in cut(unit.earlier.get(revision, "")) if isinstance(one, Code) and one.slot
    )
    # A translation that had other codes when it was handed out may keep them.
    if used != wanted and not (before and used == before) and not foreign:
        faults += _miscounted(unit, wanted, used)
        return None
    return None if foreign else "".join(written).strip()


def _miscounted(unit: Unit, wanted: Counter[str], used: Counter[str]) -> Iterator[str]:
    for name in wanted:
        code = "{" + name + "}"
        if used[name] < wanted[name]:
            yield Phrase(
                "%(unit)s: the code %(code)s is missing in the translation.", unit=unit.name, code=code
            )
        elif used[name] > wanted[name]:
            yield Phrase(
                "%(unit)s: the code %(code)s stands too often in the translation.", unit=unit.name, code=code
            )


def _parts(piece: str | Code, known: set[str]) -> Iterator[str | Code]:
    """A piece with slots that were typed as words (`{meeting.genitive}`) as codes."""
    if isinstance(piece, Code):
        yield BRACES.get(piece.token or "", piece)
        return
    at = 0
    for found in TOKEN.finditer(piece):
        if found[1] in known:
            if found.start() > at:
                yield piece[at : found.start()]
            yield Code("", found[0])
            at = found.end()
    if piece[at:]:
        yield piece[at:]


def _slot(unit: Unit, code: Code, by_id: dict[str, Code]) -> Slot | None:
    """The slot that a code of the translation stands for, in a form that the language has.

    A code copied from the source keeps the source's form; where the other language has no such form,
    it becomes the ordinary one, which its translator may then bend.
    """
    origin = by_id.get(code.identity)
    slot = slot_of(code.token)
    if slot is None:
        slot = origin.slot if origin and code.token is None else None
    if slot is None or (origin and origin.slot and origin.slot.name != slot.name):
        return None
    known = unit.forms.get(slot.name)
    copied = any(one.slot == slot for one in by_id.values())
    if slot.form and known is not None and slot.form not in known and copied:
        return Slot(slot.name)
    return slot
