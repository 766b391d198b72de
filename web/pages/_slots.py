"""Shared values as fields of a form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from web.pages._lines import reader
from web.views.parts import Option
from web.views.submission import SlotField
from workflow.errors import Invalid
from workflow.letters.numbers import Series
from workflow.letters.profile import Profile

# The values that a note of every kind may have; each profile's terms are the choices of the terms.
USUAL: Mapping[str, str] = {
    "meeting": "ordinal",
    "enclosed": "term",
    "forum": "term",
    "institution": "term",
    "held": "date",
    "url": "url",
}
WHOLE = frozenset({"ordinal"})


def labels() -> dict[str, str]:
    """What the usual values are called."""
    return {
        "meeting": gettext("Ordinal of the meeting"),
        "enclosed": gettext("What is enclosed"),
        "forum": gettext("Forum or body"),
        "institution": gettext("Institution that chairs it"),
        "held": gettext("Day of the meeting"),
        "url": gettext("Web address"),
    }


def fields(profile: Profile, values: Mapping[str, Any]) -> tuple[SlotField, ...]:
    """The fields of a note's values: the usual ones, then others that it has.

    A value that one line cannot say (a text per language) is left as it is and not offered.
    """
    words = labels()
    found = []
    for name in dict.fromkeys([*USUAL, *values]):
        given = values.get(name)
        kind = str(given["kind"]) if given else USUAL[name]
        value = given["value"] if given else ""
        if isinstance(value, Mapping):
            continue
        found.append(
            SlotField(
                name,
                words.get(name, name),
                kind,
                str(value),
                _terms(profile, str(value)) if kind == "term" else (),
                required=False,
                hint="{" + name + "}",
            )
        )
    return tuple(found)


def number_parts(series: Series, given: Mapping[str, str]) -> tuple[SlotField, ...]:
    """The fields of what the series leaves of its numbers to the note; none for most series."""
    words = {
        "topic": gettext("Topic in the number"),
        "audience": gettext("Audience in the number"),
        "revision": gettext("Revision mark"),
    }
    found = []
    for part in series.parts:
        value = given.get(part, "")
        choices = series.choices(part)
        found.append(
            SlotField(
                part,
                words[part],
                "text",
                value,
                tuple(Option(code, code, code == value) for code in choices),
                required=part in series.needed,
                hint=gettext("Else %(code)s", code=getattr(series, part))
                if getattr(series, part, "")
                else "",
            )
        )
    return tuple(found)


def _terms(profile: Profile, chosen: str) -> tuple[Option, ...]:
    language = reader(profile)
    empty = Option("", gettext("None"), not chosen)
    return (
        empty,
        *(
            Option(key, next(iter(term.forms[language].values()), key), key == chosen)
            for key, term in profile.terms.items()
        ),
    )


def read(given: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """The shared values after a form: `given` is name → what was typed, `values` those of before.

    An empty field takes its value away; what no field offers stays.  Raises Invalid for an
    ordinal or number that is none.
    """
    result = dict(values)
    for name, text in given.items():
        kind = str(values[name]["kind"]) if name in values else USUAL.get(name, "text")
        typed = text.strip()
        if not typed:
            result.pop(name, None)
        else:
            result[name] = {"kind": kind, "value": _value(kind, typed, labels().get(name, name))}
    return result


def _value(kind: str, text: str, label: str) -> Any:
    if kind not in ("ordinal", "number"):
        return text
    try:
        return int(text) if kind in WHOLE or text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        raise Invalid(
            "slot-number", "“%(text)s” is not a number. Correct “%(label)s”.", text=text, label=label
        ) from None
