"""What only some kinds of note have, read back from the fields of a form (`_particular_fields`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from web.formats import language_name
from workflow.clock import local_moment
from workflow.errors import Invalid, Refusal
from workflow.letters.kinds import Kind
from workflow.letters.profile import Profile
from workflow.operations import choices
from workflow.operations.context import Work
from workflow.operations.texts import clean_text

PREFIX = "particular-"
OFFSET = re.compile(r"Z|[+-][0-9]{2}:[0-9]{2}")
RELATED = re.compile(r"related-(?:link|number|day)-([0-9]{1,3})")


def unprefixed(form: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(PREFIX): text for name, text in form.items() if name.startswith(PREFIX)}


def rows_of(fields: Mapping[str, str]) -> list[int]:
    return [int(found[1]) for name in fields if (found := RELATED.fullmatch(name))]


def shown_of(profile: Profile, kept: Mapping[str, Any]) -> dict[str, str]:
    """Field → text for the particulars that a note has."""
    found: dict[str, str] = {}
    due = kept.get("action_by")
    if due:
        moment = datetime.fromisoformat(str(due)) if len(str(due)) > len("2026-03-28") else None
        found["day"] = str(due)[:10]
        if moment is not None:
            found["time"] = f"{moment:%H:%M}"
            found["offset"] = moment.isoformat()[-6:] if moment.tzinfo is not None else ""
    for name in ("file_reference", "level"):
        found[name] = kept.get(name) or ""
    for number, row in enumerate(kept.get("related") or (), 1):
        found[f"related-link-{number}"] = row["link"]
        found[f"related-number-{number}"] = row["number"]
        found[f"related-day-{number}"] = str(row.get("day") or row.get("date") or "")[:10]
    signatory = kept.get("signatory") or {}
    texts = {
        "channel": kept.get("channel"),
        "distribution": kept.get("distribution"),
        "signatory-name": signatory.get("name"),
        "signatory-title": signatory.get("title"),
    }
    for name, text in texts.items():
        for code in profile.languages:
            found[f"{name}-{code}"] = _local(profile, text, code)
    for code in profile.languages:
        lines = [_local(profile, text, code, True) for text in kept.get("copies") or ()]
        same = code != profile.source_language and all(
            isinstance(one, str) for one in kept.get("copies") or ()
        )
        found[f"copies-{code}"] = "" if same else "\n".join(lines)
    return found


def _local(profile: Profile, text: Any, code: str, always: bool = False) -> str:
    """A text in a language; one text for all languages stands at the source language alone."""
    if isinstance(text, Mapping):
        return str(text.get(code, ""))
    return str(text or "") if always or code == profile.source_language else ""


def read(work: Work, kind: Kind, form: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The particulars after a form: `form` has all its fields, `kept` are the particulars of before.

    What the form left as it was shown stays as it was kept, as does what no field offers.  Raises a
    refusal with the field it is about (`field_of`).
    """
    typed = {name: _clean(name, text) for name, text in unprefixed(form).items()}
    shown = shown_of(work.profile, kept)
    result = dict(kept)
    for name in choices.particulars_of(work.profile, kind):
        first = "day" if name == "action_by" else name
        mine = {
            key: text
            for key, text in typed.items()
            if key == first
            or key.startswith(first + "-")
            or (name == "action_by" and key in ("time", "offset"))
        }
        # The choice of an empty row has something chosen from the beginning.
        if all(text == shown.get(key, text if "-link-" in key else "") for key, text in mine.items()):
            continue
        value = _value(work, kind, name, mine)
        if value:
            result[name] = value
        else:
            result.pop(name, None)
    return result


def field_of(refusal: Refusal) -> dict[str, str]:
    """Code → field for a refusal of `read`; nothing for any other."""
    field = str(refusal.values.get("field", ""))
    return {refusal.code: field} if field.startswith(PREFIX) else {}


def _clean(name: str, text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n") if name.startswith("copies-") else [text]
    try:
        return "\n".join(filter(None, (" ".join(clean_text(line).split()) for line in lines)))
    except Invalid as refusal:
        raise _at(refusal, name) from None


def _at(refusal: Refusal, name: str) -> Refusal:
    refusal.values["field"] = PREFIX + name
    return refusal


def _value(work: Work, kind: Kind, name: str, typed: Mapping[str, str]) -> Any:
    if name == "action_by":
        return _deadline(work, typed)
    if name == "related":
        return _related(work.profile, typed)
    if name == "copies":
        return _copies(work.profile, typed)
    if name == "signatory":
        return _signatory(work.profile, typed)
    if name == "level":
        return _known(typed.get(name, ""), choices.levels_of(work.profile, kind), name)
    if name == "file_reference":
        return typed.get(name, "")
    return _text(work.profile, name, typed)


def _known(text: str, known: tuple[str, ...], field: str) -> str:
    if text and text not in known:
        raise Invalid(
            "particular-choice",
            "There is no “%(name)s” to choose here. Choose one of: %(known)s.",
            name=text,
            known=", ".join(known),
            field=PREFIX + field,
        )
    return text


def _deadline(work: Work, typed: Mapping[str, str]) -> str:
    day, time, offset = (typed.get(name, "") for name in ("day", "time", "offset"))
    if not day:
        if time:
            raise Invalid(
                "particular-day", "A time of day needs its day. Give the day, too.", field=PREFIX + "day"
            )
        return ""
    try:
        written = choices.require_day(day).isoformat()
    except Invalid as refusal:
        raise _at(refusal, "day") from None
    if not time:
        return written
    if offset and not OFFSET.fullmatch(offset):
        raise Invalid(
            "particular-offset",
            "“%(text)s” is no offset from UTC; write it as +05:00.",
            text=offset,
            field=PREFIX + "offset",
        )
    try:
        moment = local_moment(f"{written}T{time}{offset}", work.zone)
        if offset:
            return datetime.fromisoformat(f"{written}T{time}{offset}").isoformat()
    except Invalid as refusal:
        raise _at(refusal, "time") from None
    return moment.astimezone(ZoneInfo(work.zone)).isoformat()


def _related(profile: Profile, typed: Mapping[str, str]) -> list[dict[str, str]]:
    found = []
    for row in sorted(set(rows_of(typed))):
        link, number, day = (typed.get(f"related-{part}-{row}", "") for part in ("link", "number", "day"))
        if not number and not day:
            continue
        for part, text in (("number", number), ("day", day)):
            if not text:
                raise Invalid(
                    "particular-related",
                    "Give the number and the date of the earlier document, or leave both empty.",
                    field=f"{PREFIX}related-{part}-{row}",
                )
        try:
            written: date = choices.require_day(day)
        except Invalid as refusal:
            raise _at(refusal, f"related-day-{row}") from None
        known = choices.links_of(profile)
        _known(link or "?", known, f"related-link-{row}")
        found.append({"link": link, "number": number, "date": written.isoformat()})
    return found


def _text(profile: Profile, name: str, typed: Mapping[str, str]) -> str | dict[str, str]:
    """One text for all languages, or a text in each; an empty one is as in the source language."""
    source = profile.source_language
    given = {code: typed.get(f"{name}-{code}", "") for code in profile.languages}
    if not any(given.values()):
        return ""
    if not given[source]:
        raise Invalid(
            "particular-source",
            "Give this in %(language)s, too; the other languages follow it.",
            language=language_name(source),
            field=f"{PREFIX}{name}-{source}",
        )
    full = {code: text or given[source] for code, text in given.items()}
    return full if len(set(full.values())) > 1 else given[source]


def _copies(profile: Profile, typed: Mapping[str, str]) -> list[str | dict[str, str]]:
    source = profile.source_language
    given = {code: typed.get(f"copies-{code}", "") for code in profile.languages}
    if not given[source]:
        # Nothing at all, or the refusal that other languages follow the source.
        _text(profile, "copies", typed)
        return []
    lines = {code: text.split("\n") for code, text in given.items()}
    for code, mine in lines.items():
        if mine != [""] and len(mine) != len(lines[source]):
            raise Invalid(
                "particular-copies",
                "Each language names the same copies in the same order, one a line, or none; "
                "%(language)s has another count than %(source)s.",
                language=language_name(code),
                source=language_name(source),
                field=f"{PREFIX}copies-{code}",
            )
    return [
        _text(profile, "copy", {f"copy-{code}": mine[place] for code, mine in lines.items() if mine != [""]})
        for place in range(len(lines[source]))
    ]


def _signatory(profile: Profile, typed: Mapping[str, str]) -> dict[str, Any]:
    name, title = (_text(profile, f"signatory-{part}", typed) for part in ("name", "title"))
    if title and not name:
        raise Invalid(
            "particular-signatory",
            "A title needs the name of who signs. Give the name, too.",
            field=f"{PREFIX}signatory-name-{profile.source_language}",
        )
    return {"name": name, **({"title": title} if title else {})} if name else {}
