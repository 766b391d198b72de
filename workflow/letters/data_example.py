"""A commented data file to start from: what a note of a profile may say, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator

from workflow.letters.kinds import Kind
from workflow.letters.organisation import Profile
from workflow.letters.wording import LINKS


def example(profile: Profile) -> str:
    """The profile's own `example.toml`, or a frame with every part that its ordinary kind has; both render."""
    own = profile.folder / "example.toml"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    return "\n".join(_frame(profile, profile.kind(profile.default_kind))) + "\n"


def _frame(profile: Profile, kind: Kind) -> Iterator[str]:
    series = profile.series[kind.series]
    yield f"# A note of the profile {profile.name}: chancery render --profile {profile.name} --data FILE --out FOLDER"
    yield "# What begins with # is an example; take the sign away to use it.  Without number and date it is a draft."
    yield f'kind = "{kind.name}"   # one of {", ".join(profile.kinds)}'
    yield f'marking = "{next(iter(profile.markings))}"   # one of {", ".join(profile.markings)}'
    yield "# date = 2026-03-02"
    parts = "".join(f', {part} = "…"' for part in series.parts)
    yield f'# number = {{ serial = 12{parts} }}   # by the pattern of the series, or as text: number = "…"'
    yield '# acknowledgement_code = "4R7K3B"'
    if profile.verification_size:
        yield '# verification = "https://…"   # The address of the QR code.'
    yield ""
    yield from _addressee(profile, kind)
    yield "# A value that all languages share is written {name} or {name.form} in the paragraphs.  Kinds: term, ordinal,"
    yield "# date, number, quantity, text, url, member, place."
    yield "[values]"
    yield '# meeting = { kind = "ordinal", value = 3 }'
    yield '# held = { kind = "date", value = "2026-03-02" }'
    if profile.terms:
        yield f'# thing = {{ kind = "term", value = "{next(iter(profile.terms))}" }}'
    yield ""
    if "enclosure" in kind.order:
        yield "# One table for each enclosure; origin is copy, or translated together with translated_from."
        yield "# [[enclosures]]"
        yield f"# titles = {_each(profile, 'Report')}"
        yield f'# language = "{profile.source_language}"'
        yield "# pages = 8"
        yield '# origin = "copy"'
        yield ""
    yield from _particulars(profile, kind)
    yield "# Free paragraphs.  Where the kind has an opening formula, the first goes into it, without its full stop;"
    yield '# one that begins with "- " (or "-- ") is a sub-item.'
    yield "[paragraphs]"
    for code, language in profile.languages.items():
        yield f'{code} = ["[…]", "[…]"]   # {language.own_name}'


def _addressee(profile: Profile, kind: Kind) -> Iterator[str]:
    members = [member.code for member in profile.members]
    first = members[0] if members else "XA"
    if kind.addressee == "individual":
        yield "[addressee]   # kind is collective, state, mission or person."
        yield f'kind = "{kind.addressee_as}"'
        yield ("" if members else "# ") + f'member = "{first}"'
        named = any(
            "{name}" in "".join((words.name, *words.lines))
            for words in (one.wording.addressees[kind.addressee_class] for one in profile.languages.values())
        )
        yield ("" if named else "# ") + f"name = {_each(profile, '[…]')}"
    else:
        yield "# To some of the members only, or to an addressee of another kind and class of the profile:"
        yield "# [addressee]"
        yield '# kind = "collective"'
        yield f"# members = {json.dumps(members[:2] or ['XA', 'XB'])}"
    yield ""


def _particulars(profile: Profile, kind: Kind) -> Iterator[str]:
    text = _each(profile, "[…]")
    lines = {
        "subject": f"subject = {text}",
        "action": "action_by = 2026-04-17T18:00:00+02:00   # or a day alone",
        "references": 'file_reference = "…"',
        "distribution": f"distribution = {text}",
        "channel": f"channel = {text}",
        "copies": f"copies = [{text}]   # one entry for each",
    }
    yield "[particulars]"
    for part, line in lines.items():
        if part in kind.order:
            yield f"# {line}"
    if kind.authentication == "signature":
        yield f"signatory = {{ name = {text} }}   # without a title of its own it is the head's"
    if "references" in kind.order:
        yield "# [[particulars.related]]"
        known = [
            link for link in LINKS if all(link in one.wording.links for one in profile.languages.values())
        ]
        yield f'# link = "{(known or LINKS)[0]}"   # one of {", ".join(known)}'
        yield '# number = "…"'
        yield "# date = 2026-01-09"
    yield ""


def _each(profile: Profile, text: str) -> str:
    """A text for each language, as TOML writes it."""
    return "{ " + ", ".join(f'{code} = "{text}"' for code in profile.languages) + " }"
