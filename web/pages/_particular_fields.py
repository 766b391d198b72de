"""What only some kinds of note have, as fields of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from web.formats import language_name
from web.pages._particulars import rows_of, shown_of, unprefixed
from web.views.particulars import ParticularField, ParticularGroup
from web.views.parts import Option
from workflow.letters.kinds import Kind
from workflow.letters.profile import Profile
from workflow.letters.slots import insert
from workflow.operations import choices
from workflow.operations.context import Work

PLACE = "…"


def groups(
    work: Work, kind: Kind, kept: Mapping[str, Any], typed: Mapping[str, str] | None = None
) -> tuple[ParticularGroup, ...]:
    """The fields of what a kind has; `kept` are the particulars so far, `typed` a form that came back."""
    profile = work.profile
    shown = shown_of(profile, kept)
    rows = max([*rows_of(shown), *rows_of(unprefixed(typed or {}))], default=0)
    if not any(shown.get(f"related-{part}-{rows}") for part in ("number", "day")) and rows:
        rows -= 1
    had = choices.particulars_of(profile, kind)
    words = profile.language(profile.source_language).wording
    wide = {
        "distribution": words.distribution,
        "copies": words.copies,
        "file_reference": words.file_reference,
    }
    places = {"text": PLACE, "names": PLACE, "reference": PLACE}
    hints = {name: " ".join(insert(text, places).split()) for name, text in wide.items()}
    hints["action_by"] = insert(words.action, {"date": PLACE})
    if words.channel:
        hints["channel"] = gettext("Else: %(text)s", text=words.channel)
    legends = _legends()
    return tuple(
        ParticularGroup(legends[name], _fields(work, kind, name, shown, rows + 1, kept), hints.get(name, ""))
        for name in had
    )


def _legends() -> dict[str, str]:
    return {
        "action_by": gettext("Action required by"),
        "file_reference": gettext("File reference"),
        "related": gettext("Earlier documents that the note refers to"),
        "channel": gettext("Statement on the channel"),
        "distribution": gettext("Distribution"),
        "copies": gettext("Copies, one a line"),
        "signatory": gettext("Signatory"),
        "level": gettext("Level of the formulas"),
    }


def _fields(
    work: Work, kind: Kind, name: str, shown: Mapping[str, str], rows: int, kept: Mapping[str, Any]
) -> tuple[ParticularField, ...]:
    profile = work.profile
    if name == "action_by":
        zone = gettext("Empty: by the clock of %(zone)s", zone=work.zone)
        return (
            ParticularField("day", gettext("Day"), "date", shown.get("day", "")),
            ParticularField("time", gettext("Time of day"), "time", shown.get("time", "")),
            ParticularField(
                "offset", gettext("Offset from UTC, such as +05:00"), "text", shown.get("offset", ""), zone
            ),
        )
    if name == "file_reference":
        return (ParticularField(name, gettext("Reference"), value=shown.get(name, "")),)
    if name == "related":
        return tuple(
            one for row in range(1, rows + 1) for one in _related_fields(profile, kind, row, shown, kept)
        )
    if name == "level":
        levels = dict.fromkeys([*choices.levels_of(profile, kind), *([kept[name]] if kept.get(name) else [])])
        chosen = shown.get(name, "")
        options = tuple(Option(level, level, level == chosen) for level in levels)
        empty = gettext("that of the kind: %(level)s", level=kind.level)
        return (ParticularField(name, gettext("Level"), "select", chosen, "", options, empty=empty),)
    parts = {"signatory": ("name", "title")}.get(name, ("",))
    labels = {"name": gettext("Name"), "title": gettext("Title or position")}
    hints = {
        "name": gettext("Empty: the director"),
        "title": gettext("Empty: the title of the head of the organisation on that day"),
    }
    source = profile.source_language
    as_source = gettext("Empty: as in %(language)s", language=language_name(source))
    found = []
    for part in parts:
        for code in profile.languages:
            key = "-".join(filter(None, (name, part, code)))
            spoken = language_name(code)
            label = f"{labels[part]}, {spoken}" if part else spoken
            hint = as_source if code != source else hints.get(part, "")
            box = "textarea" if name == "copies" else "text"
            found.append(ParticularField(key, label, box, shown.get(key, ""), hint, language=code))
    return tuple(found)


def _related_fields(
    profile: Profile, kind: Kind, row: int, shown: Mapping[str, str], kept: Mapping[str, Any]
) -> tuple[ParticularField, ...]:
    words = profile.language(profile.source_language).wording.links
    said = {"number": PLACE, "date": PLACE}
    chosen = shown.get(f"related-link-{row}", "")
    links = dict.fromkeys([*choices.links_of(profile), *([chosen] if chosen else [])])
    options = tuple(
        Option(link, insert(words[link], said) if link in words else link, link == chosen) for link in links
    )
    return (
        ParticularField(
            f"related-link-{row}", gettext("Relation %(n)s", n=row), "select", chosen, "", options
        ),
        ParticularField(
            f"related-number-{row}",
            gettext("Number of document %(n)s", n=row),
            value=shown.get(f"related-number-{row}", ""),
        ),
        ParticularField(
            f"related-day-{row}",
            gettext("Date of document %(n)s", n=row),
            "date",
            shown.get(f"related-day-{row}", ""),
        ),
    )
