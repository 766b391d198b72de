"""The pack of evidence as PDF: what happened to a note on its way to a state, line by line, with its proof."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext, ngettext

from web import formats, sheets
from web.catalogues import TRANSLATIONS
from web.formats import language_name, write_day
from web.pages import _evidence
from web.problems import said
from web.sheets import _covered, _incoming, _lines, _sent
from web.sheets._covered import covered
from web.sheets._incoming import incoming
from web.sheets._lines import attempts, both, events, local
from web.sheets._sent import sent
from web.views import acts, words
from web.views.acts import act_words
from web.views.words import CHANNELS, CONTACT_ROLES, STATUSES
from workflow.errors import unpacked
from workflow.letters import sheet as model
from workflow.letters.fingerprint import sheet_fingerprint
from workflow.letters.sheet import Part, Sheet
from workflow.post.receipts import ContactReceipt, MemberReceipt, member_receipt
from workflow.states import DeliveryQueue, Handing, Human, MemberStatus, Transport

Record = Mapping[str, Any]


@cache
def renderer(language: str) -> str:
    """What decides the bytes of a pack's PDF beside its record: the program, the words, the fonts."""
    digest = hashlib.sha256(sheet_fingerprint().encode())
    for source in (
        __file__,
        _lines.__file__,
        _incoming.__file__,
        _sent.__file__,
        _covered.__file__,
        acts.__file__,
        _evidence.__file__,
        formats.__file__,
        words.__file__,
    ):
        digest.update(Path(source).read_bytes())
    catalogue = TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo"
    digest.update(catalogue.read_bytes() if catalogue.exists() else b"")
    return digest.hexdigest()


def draw(record: Record) -> tuple[str, bytes]:
    """The name of this renderer and the PDF that it makes of a record; the same record gives the same bytes."""
    language = sheets.spoken(str(record["language"]))
    with sheets.speaking(language):
        return renderer(language), model.render(_sheet(record, language))


def _sheet(record: Record, language: str) -> Sheet:
    note = record["note"]
    number = note["number"] or note["reference"]
    members = record["members"]
    who = members[0]["name"] if record["member"] else ""
    titles = record["organisation"]
    title = (
        gettext("Evidence of note No. %(number)s: %(state)s", number=number, state=who)
        if who
        else gettext("Evidence of note No. %(number)s", number=number)
    )
    parts: list[Part] = [*_about(record, language), *_documents(record)]
    if not record["member"]:
        parts += _overview(record)
    for member in members:
        parts += _member(record, member)
    parts += [*sent(record), *incoming(record), *covered(record), *_log(record), *_how(record)]
    moments = [entry["at"] for entry in record["log"]["entries"]] or [note["dispatched_at"]]
    return Sheet(
        title=title,
        language=language,
        moment=max(datetime.fromisoformat(one) for one in moments),
        head=(str(titles.get(language) or next(iter(titles.values()))),),
        running=title,
        page=gettext("Page {page} of {pages}"),
        wide=True,
        parts=tuple(parts),
    )


def _about(record: Record, language: str) -> list[Part]:
    note, people = record["note"], record["people"]
    titles = note["titles"]
    release = both(record, note["release_at"])
    return [
        model.facts(
            [
                (gettext("Subject"), titles.get(language) or next(iter(titles.values()))),
                (gettext("Number"), f"{note['number'] or ''} ({note['reference']})"),
                (gettext("Date"), write_day(date.fromisoformat(note["dated"]))),
                (
                    gettext("Approved"),
                    f"{both(record, note['approved_at'])}, {people.get(str(note['approved_by']), '')}",
                ),
                (
                    gettext("Dispatched"),
                    f"{both(record, note['dispatched_at'])}, {people.get(str(note['dispatched_by']), '')}",
                ),
                (gettext("Released for sending"), release),
                (gettext("Digest of the approval"), note["approval_digest"], True),
                (
                    gettext("Times"),
                    gettext("in UTC, and on the clock of the secretariat (%(zone)s)", zone=record["zone"]),
                ),
            ]
        )
    ]


def _documents(record: Record) -> list[Part]:
    rows = [
        [one["file"].partition("/")[2], language_name(one["language"]), str(one.get("pages") or ""),
         str(one["size"]), one["sha256"]]
        for one in record["documents"]
    ]  # fmt: skip
    if not rows:
        return []
    header = [gettext("File"), gettext("Language"), gettext("Pages"), gettext("Bytes"), "SHA-256"]
    return [
        model.heading(gettext("Documents that were sent")),
        model.table(header, rows, widths=[2, 0, 0, 0, 4], codes=[4]),
    ]


def status_of(member: Mapping[str, Any]) -> MemberReceipt:
    """How a member of a record stands, by the same fold as on the board."""
    return member_receipt(
        ContactReceipt(
            role=one["role"],
            transport=Transport(one["transport"]) if one["transport"] else None,
            human=Human(one["human"]),
            final=one["queue"] in (DeliveryQueue.DONE, DeliveryQueue.HELD),
            cancelled=one["cancelled_at"] is not None,
            on_behalf=one["on_behalf"],
            handed=Handing(one["handed"]) if one["handed"] else None,
        )
        for one in member["deliveries"]
        if one["kind"] == "note"
    )


def _word(status: str) -> str:
    return gettext(STATUSES[status].word)


def _status_words(member: Mapping[str, Any]) -> str:
    if member["waived_reason"] and not member["deliveries"]:
        return _word("waived")
    found = status_of(member)
    if found.on_behalf and found.status is MemberStatus.ACKNOWLEDGED:
        return f"{_word('acknowledged')} ({_word('on_behalf')})"
    return _word(found.status.value)


def _overview(record: Record) -> list[Part]:
    rows = [[one["code"], one["name"], _status_words(one)] for one in record["members"]]
    return [
        model.heading(gettext("Where each state stands")),
        model.table([gettext("Code"), gettext("State"), gettext("Status")], rows, widths=[0, 2, 2]),
    ]


def _member(record: Record, member: Mapping[str, Any]) -> list[Part]:
    parts = [
        model.heading(f"{member['name']} ({member['code']})"),
        model.facts(
            [
                (gettext("Status"), _status_words(member)),
                (gettext("Waived"), member["waived_reason"] or ""),
            ]
        ),
    ]
    for delivery in member["deliveries"]:
        parts += _delivery(record, delivery)
    return parts


def _head(one: Mapping[str, Any]) -> str:
    whom = str(one["address"]) + (f" ({one['office']})" if one["office"] else "")
    if one["kind"] == "reminder":
        return gettext("Reminder %(step)s to %(whom)s", step=one["reminder"], whom=whom)
    return whom


def _delivery(record: Record, one: Mapping[str, Any]) -> list[Part]:
    channel = {"link_only": "link"}.get(one["channel"], one["channel"])
    marks = [
        gettext("a reminder of the message above") if one.get("reminder") else "",
        gettext("sent because the first contact kept silent")
        if one.get("follows") and not one.get("reminder")
        else "",
        gettext("a failure was reported after the delivery") if one["late_bounce"] else "",
        gettext("perhaps sent twice") if one["possible_duplicate"] else "",
        gettext("called off: %(why)s", why=said(unpacked(one["held_reason"])) or "")
        if one["cancelled_at"]
        else "",
        gettext("the personal link was revoked") if one["link_revoked_at"] else "",
    ]
    parts = [
        model.heading(_head(one), 3),
        model.facts(
            [
                (
                    gettext("Contact"),
                    ", ".join(
                        (
                            gettext(CONTACT_ROLES.get(one["role"], one["role"])),
                            language_name(one["language"]),
                            gettext(CHANNELS.get(channel, channel)),
                        )
                    ),
                ),
                ("Message-ID", one["message_id"], True),
                (gettext("Remarks"), "; ".join(mark for mark in marks if mark)),
            ]
        ),
    ]
    lines = sorted([*attempts(one), *events(record, one)], key=lambda line: (line[0], line[1]))
    if not lines:
        return [*parts, model.words(gettext("No attempt was made yet."))]
    rows = [
        [sheets.exact_utc(at), local(record, at), what, more, proof] for at, _, what, more, proof in lines
    ]
    header = [
        "UTC",
        gettext("Local time"),
        gettext("What happened"),
        gettext("As it was said"),
        gettext("Proof"),
    ]
    return [*parts, model.table(header, rows, widths=[0, 0, 3, 6, 2], codes=[0])]


def _log(record: Record) -> list[Part]:
    entries = [one for one in record["log"]["entries"] if one["action"] != "evidence"]
    rows = [
        [
            str(one["number"]),
            sheets.exact_utc(datetime.fromisoformat(one["at"])),
            record["people"].get(str(one["actor"]), ""),
            act_words(one["action"]),
            one["data"],
        ]
        for one in entries
    ]
    header = [gettext("Entry"), "UTC", gettext("Person"), gettext("Act"), gettext("As it is logged")]
    return [
        model.heading(gettext("Acts in the audit log")),
        model.table(header, rows, widths=[0, 0, 2, 2, 6], codes=[1, 4]),
    ]


def _how(record: Record) -> list[Part]:
    log = record["log"]
    sealed = {one["number"] for one in log["entries"] if one["action"] == "evidence"}
    return [
        model.heading(gettext("How this is proved")),
        model.words(
            gettext(
                "Each piece of evidence is a leaf of a Merkle tree (RFC 6962) whose root an entry of the audit log "
                "holds; the entries are chained by HMAC. The file evidence.json has every leaf, the way from it to "
                "its root, and the entries. “chancery verify” with this pack says whether it is whole, without a "
                "network; at the secretariat it also asks the log."
            )
        ),
        model.facts(
            [
                (
                    gettext("Log"),
                    ngettext("%(num)s entry", "%(num)s entries", log["count"]),
                ),
                (gettext("Head of the log"), log["head"], True),
                (gettext("Entries that seal evidence"), ", ".join(str(one) for one in sorted(sealed))),
            ]
        ),
    ]
