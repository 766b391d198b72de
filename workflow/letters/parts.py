"""The parts of a letter: one function for each part that a kind's order may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from workflow.errors import Invalid
from workflow.letters.addressing import addressee, formula, formula_pattern
from workflow.letters.blocks import Block
from workflow.letters.composition import Composition
from workflow.letters.enclosing import enclosure
from workflow.letters.paragraphs import body_blocks
from workflow.letters.slots import insert
from workflow.letters.wording import LINKS


def _marking(note: Composition) -> list[Block]:
    marking = note.profile.markings.get(note.marking)
    return note.block("marking", marking.labels[note.language.code] if marking else "")


def _letterhead(note: Composition) -> list[Block]:
    if not note.language.letterhead:
        return []
    own = note.language.code
    common = note.profile.letterhead if own in note.profile.letterhead else (own,)
    codes = note.language.letterheads or common
    heads = [note.profile.language(code) for code in codes]
    return [
        Block(
            "letterhead",
            "\n".join(head.wording.letterhead),
            head.code,
            head.direction,
            zone="head",
            detail="\n".join(head.wording.contacts),
        )
        for head in heads
    ]


def _number(note: Composition) -> list[Block]:
    if not note.language.numbered:
        return []
    words = note.language.wording
    return note.block("number", words.number_label + (note.number or words.number_draft))


def _references(note: Composition) -> list[Block]:
    words = note.language.wording
    lines = []
    if note.more.file_reference:
        lines.append(insert(words.file_reference, {"reference": note.more.file_reference}))
    for related in note.more.related:
        if related.link not in words.links:
            raise Invalid(
                "link-unknown",
                "The profile has no words for the relation “%(link)s” in %(language)s; use one of %(known)s.",
                link=related.link,
                language=note.language.code,
                known=", ".join(link for link in LINKS if link in words.links),
            )
        said = {"number": related.number, "date": note.date(related.day)}
        lines.append(insert(words.links[related.link], said))
    return note.block("references", "\n".join(lines))


def _place_date(note: Composition) -> list[Block]:
    place = note.profile.place(note.language.code, note.profile.day(note.day), "line", note.place_key)
    said = {"place": place, "date": note.date(note.day)}
    return note.block("place_date", insert(note.language.wording.place_date, said))


def _channel(note: Composition) -> list[Block]:
    return note.block("channel", note.local(note.more.channel) or note.language.wording.channel)


def _distribution(note: Composition) -> list[Block]:
    text = note.local(note.more.distribution)
    words = note.language.wording.distribution
    return note.block("distribution", insert(words, {"text": text}) if text else "")


def _subject(note: Composition) -> list[Block]:
    text = note.fill(note.more.subject)
    return note.block("subject", insert(note.language.wording.subject, {"text": text}) if text else "")


def _action(note: Composition) -> list[Block]:
    due = note.more.action_by
    if due is None:
        return []
    words = note.language.wording
    said = note.date(due.date() if isinstance(due, datetime) else due)
    if isinstance(due, datetime):
        if due.tzinfo is None:
            raise Invalid(
                "deadline-zone",
                "The deadline %(due)s has a time but no time zone; write it with its offset from UTC.",
                due=due.isoformat(sep=" "),
            )
        said = insert(words.moment, {"date": said, "time": f"{due:%H:%M}", "zone": due.tzname() or ""})
    return note.block("action", insert(words.action, {"date": said}))


def _salutation(note: Composition) -> list[Block]:
    return note.block("salutation", formula(note, "salutation"))


def _complimentary_close(note: Composition) -> list[Block]:
    return note.block("complimentary_close", formula(note, "complimentary_close"))


def _body(note: Composition) -> list[Block]:
    filled = [note.fill(paragraph) for paragraph in note.paragraphs]
    merge = (lambda body: formula(note, "opening", body=body)) if formula_pattern(note, "opening") else None
    blocks = body_blocks(filled, merge, note.kind.numbering, note.language)
    return blocks + note.block("closing", formula(note, "closing"))


def _authentication(note: Composition) -> list[Block]:
    how, words = note.kind.authentication, note.language.wording
    if how == "none":
        return []
    text = words.initials if how == "initials" else words.seal
    if how == "signature":
        if note.more.signatory is None:
            raise Invalid(
                "signatory-missing",
                "A %(kind)s is signed; name who signs it.",
                kind=note.kind.titles[note.language.code],
            )
        title = note.more.signatory.title
        said = {
            "name": note.local(note.more.signatory.name),
            "title": note.local(title)
            if title
            else note.profile.head_title(note.language.code, note.profile.day(note.day)),
        }
        text = insert(words.signature, said)
    return note.block("authentication", text, space=note.kind.authentication_space)


def _copies(note: Composition) -> list[Block]:
    names = "\n".join(note.local(copy) for copy in note.more.copies)
    return note.block("copies", insert(note.language.wording.copies, {"names": names}) if names else "")


def _courtesy(note: Composition) -> list[Block]:
    courtesy = note.language.standing == "courtesy"
    return note.block("courtesy", note.language.wording.courtesy if courtesy else "")


def _acknowledgement(note: Composition) -> list[Block]:
    if note.code is None:
        return []
    text = insert(note.language.wording.acknowledgement, {"code": note.code})
    return note.block("acknowledgement", text, zone="last_foot")


PARTS: Mapping[str, Callable[[Composition], list[Block]]] = {
    "marking": _marking,
    "letterhead": _letterhead,
    "number": _number,
    "references": _references,
    "place_date": _place_date,
    "channel": _channel,
    "distribution": _distribution,
    "addressee": addressee,
    "subject": _subject,
    "action": _action,
    "salutation": _salutation,
    "body": _body,
    "complimentary_close": _complimentary_close,
    "authentication": _authentication,
    "enclosure": enclosure,
    "copies": _copies,
    "courtesy": _courtesy,
    "acknowledgement": _acknowledgement,
}
