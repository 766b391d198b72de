"""Slots: the shared values of a note, written in each language by its own rules.

A text is plain Unicode with slots {name} or {name.form}; {{ and }} are literal
braces.  A value is plain data, {"kind": …, "value": …}, the same for all
languages; here it becomes words.  Kinds:

- term: a key of the profile's terms;
- ordinal: a whole number, written by the language's ordinals;
- date: YYYY-MM-DD; number: a number as it is; url: an address as it is;
- quantity: {"number": n, "unit": key of a term with forms by plural category};
- member: the code of a member; place: the key of a place;
- text: one text for all languages, or language → text, or language → form → text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel import Locale

from workflow.errors import Invalid

if TYPE_CHECKING:
    from workflow.letters.profile import Profile

KINDS = ("term", "ordinal", "date", "number", "text", "url", "quantity", "member", "place")
_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)(?:\.([a-z0-9_]+))?\}|[{}]")
Values = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Slot:
    """A place for a shared value: its `name`, and the grammatical `form` if one is asked for."""

    name: str
    form: str | None = None

    def __str__(self) -> str:
        return "{" + self.name + (f".{self.form}" if self.form else "") + "}"


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Slot, ...]:
    """Texts and slots in order; raises Invalid where a brace belongs to no slot."""
    parts: list[str | Slot] = []
    plain = ""
    at = 0
    for match in _TOKEN.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if match[0] in ("{{", "}}"):
            plain += match[0][0]
        elif match[1] is None:
            raise Invalid(
                "slot-malformed",
                "The text has a brace that belongs to no slot, near “%(near)s”; write {name} or {name.form} "
                "in small Latin letters, or double the brace to print it.",
                near=text[max(0, match.start() - 12) : match.end() + 12],
            )
        else:
            if plain:
                parts.append(plain)
                plain = ""
            parts.append(Slot(match[1], match[2]))
    plain += text[at:]
    if plain:
        parts.append(plain)
    return tuple(parts)


def names(text: str) -> tuple[str, ...]:
    """The names of the slots of `text`, each once, in order of first use."""
    return tuple(dict.fromkeys(part.name for part in parse(text) if isinstance(part, Slot)))


def forms(name: str, language: str, values: Values, profile: Profile) -> tuple[str, ...]:
    """The names of the forms in which a value can be written in a language, beside the ordinary one."""
    given = values.get(name)
    kind, value = (given.get("kind"), given.get("value")) if given else ("", None)
    if kind == "term" and value in profile.terms:
        return tuple(profile.terms[str(value)].forms.get(language, {}))
    if kind == "ordinal":
        return tuple(profile.languages[language].facts.ordinals)
    if kind == "date":
        return tuple(profile.languages[language].dates.patterns)
    words = value.get(language) if kind == "text" and isinstance(value, Mapping) else None
    return tuple(words) if isinstance(words, Mapping) else ()


def literal(text: str) -> str:
    """`text` written so that `parse` takes every brace of it as a brace."""
    return text.replace("{", "{{").replace("}", "}}")


def fill(text: str, language: str, values: Values, profile: Profile, day: date | None) -> str:
    """`text` with each slot written in `language`."""
    return "".join(
        part if isinstance(part, str) else resolve(part, language, values, profile, day)
        for part in parse(text)
    )


def insert(text: str, words: Mapping[str, str]) -> str:
    """`text` with each slot replaced by the words given for it; an unknown slot is refused."""
    parts = []
    for part in parse(text):
        if isinstance(part, Slot):
            if part.name not in words or part.form:
                raise _unknown(part, sorted(words))
            parts.append(words[part.name])
        else:
            parts.append(part)
    return "".join(parts)


def resolve(slot: Slot, language: str, values: Values, profile: Profile, day: date | None) -> str:
    """What a slot says in `language`, for a note of `day` (today's names where it is None).

    Raises Invalid, naming slot, form and language, where the value, the kind
    or the form is not there.
    """
    given = values.get(slot.name)
    if given is None:
        raise _unknown(slot, sorted(values))
    kind, value = given.get("kind"), given.get("value")
    try:
        words = _WRITERS[str(kind)](value, slot.form, language, profile, day)
    except KeyError:
        words = None
    except (TypeError, ValueError, AttributeError):
        raise Invalid(
            "slot-value",
            "The value of slot %(slot)s is not a %(kind)s that can be written; correct the value.",
            slot=str(slot),
            kind=str(kind),
        ) from None
    if words is None:
        raise Invalid(
            "slot-form",
            "Slot %(slot)s (%(kind)s “%(value)s”) has no form “%(form)s” in language %(language)s; "
            "use another form, or add it to the profile.",
            slot=str(slot),
            kind=str(kind),
            value=str(value),
            form=slot.form or "(ordinary)",
            language=language,
        )
    return words


def _unknown(slot: Slot, known: list[str]) -> Invalid:
    return Invalid(
        "slot-unknown",
        "The text has the slot %(slot)s, but no value has that name; known are: %(known)s.",
        slot=str(slot),
        known=", ".join(known) or "none",
    )


def _pick(forms: Mapping[str, str], form: str | None) -> str | None:
    return forms.get(form) if form else next(iter(forms.values()), None)


def _term(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    return _pick(profile.terms[value].forms[language], form)


def _ordinal(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    return profile.languages[language].facts.ordinal(int(value), form)


def _date(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    written = value if isinstance(value, date) else date.fromisoformat(value)
    return profile.languages[language].dates.write(written, form)


def _plain(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    return None if form or value is None else str(value)


def _text(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    given = value[language] if isinstance(value, Mapping) else value
    if isinstance(given, Mapping):
        return _pick(given, form)
    return _plain(given, form, language, profile, day)


def _quantity(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    number = value["number"]
    word = plural(profile.terms[value["unit"]].forms[language], number, language)
    return None if form or word is None else f"{number}\N{NO-BREAK SPACE}{word}"


def _member(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    return profile.member(value).name(language, profile.day(day), form or "nominative")


def _place(value: Any, form: str | None, language: str, profile: Profile, day: date | None) -> str | None:
    return profile.place(language, profile.day(day), form or "nominative", value)


_WRITERS = {
    "term": _term,
    "ordinal": _ordinal,
    "date": _date,
    "number": _plain,
    "url": _plain,
    "text": _text,
    "quantity": _quantity,
    "member": _member,
    "place": _place,
}


def plural(forms: Mapping[str, str], number: float, language: str) -> str | None:
    """The form of a counted word that goes with `number` in `language` (CLDR's plural categories)."""
    category = Locale.parse(language).plural_form(number)
    return forms.get(category, forms.get("other"))
