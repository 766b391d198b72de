"""Reports made of fields: delivery status (RFC 3464, RFC 6533), and what mailers make of it.

The outcome is decided by `Action` alone.  A status of class 4 with `Action: failed` is mail that expired: failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workflow.post.returned import addresses
from workflow.post.returned.model import RecipientReport

_FIELD = re.compile(
    r"^([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\s][^\n]*)*)|^[ \t]*$", re.M
)
_ABOUT_MESSAGE = {
    "reporting-mta",
    "original-envelope-id",
    "arrival-date",
    "received-from-mta",
    "dsn-gateway",
}
_ABOUT_RECIPIENT = {
    "final-recipient",
    "original-recipient",
    "x-actual-recipient",
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
    "will-retry-until",
    "last-attempt-date",
}
# RFC 3464's five words, and what mailers write in their place.
_ACTIONS = (
    ("fail", "failed"),
    ("error", "failed"),
    ("undeliver", "failed"),
    ("expire", "failed"),
    ("delay", "delayed"),
    ("defer", "delayed"),
    ("warn", "delayed"),
    ("deliver", "delivered"),
    ("relay", "relayed"),
    ("expand", "expanded"),
)
_ACTION = re.compile(rb"^Action[ \t]*:[ \t]*([A-Za-z-]{1,40})", re.M | re.I)
_UNICODE = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
GROUPS_LIMIT = 500


@dataclass
class Report:
    """The fields about the message, and a group of fields per recipient."""

    message: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, str]] = field(default_factory=list)

    @property
    def envelope_id(self) -> str:
        """The ENVID that the sender gave, with RFC 3461's xtext undone."""
        return unxtext(self.message.get("original-envelope-id", "")).strip()

    @property
    def reporting_mta(self) -> str:
        return self.message.get("reporting-mta", "").rpartition(";")[2].strip()


def read(text: str) -> Report:
    """The report that `text` holds; lines that are no fields are passed over.

    Groups are parted by empty lines, but mailers forget them or put one too many: a group ends
    where a field that it already has comes again, or after an empty line once it is complete.
    """
    report = Report()
    group: dict[str, str] = {}
    gap = False
    for found in _FIELD.finditer(text):
        if found[1] is None:
            gap = True
            continue
        name, value = found[1].lower(), " ".join(found[2].split())[:1000]
        if name in _ABOUT_MESSAGE:
            report.message.setdefault(name, value)
        if name not in _ABOUT_RECIPIENT:
            continue
        if name == "final-recipient" and gap and set(group) <= {"action", "status"}:
            group = {}  # Said of the message as a whole; each recipient's own fields follow.
        complete = "action" in group and ("final-recipient" in group or "original-recipient" in group)
        if (gap and complete) or (
            name in group and name in {"final-recipient", "action", "original-recipient"}
        ):
            report.groups.append(group)
            group = {}
            if len(report.groups) >= GROUPS_LIMIT:
                break
        group.setdefault(name, value)
        gap = False
    if group:
        report.groups.append(group)
    return report


def action(value: str) -> str:
    """The action that a field's value stands for; empty when it stands for none."""
    word = value.strip().lower()
    for beginning, meaning in _ACTIONS:
        if word.startswith(beginning):
            return meaning
    return ""


def recipient(value: str) -> str:
    """The address of a recipient field `type; address`, in lower case; empty when it holds none.

    Undoes the encodings of RFC 6533 (utf-8 addresses) and removes brackets and remarks.
    """
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon else value
    if "\\x{" in text:
        text = _UNICODE.sub(_sign, text)
    if kind.strip().lower() == "utf-8":
        text = unxtext(text)
    return addresses.only(text)


def reports(report: Report) -> list[RecipientReport]:
    """A RecipientReport per group; the action is empty where the group gives none."""
    result = []
    for group in report.groups:
        original = recipient(group.get("original-recipient", ""))
        final = recipient(group.get("final-recipient", "")) or original
        if original and "." not in final.rpartition("@")[2]:
            # An internal name of the mailer's own, such as a delivery program.
            final = original
        final = final or recipient(group.get("x-actual-recipient", ""))
        if not final and "action" not in group:
            continue
        status = _STATUS.search(group.get("status", ""))
        result.append(
            RecipientReport(
                address=final,
                action=action(group.get("action", "")),
                status=status[1] if status else "",
                diagnostic=group.get("diagnostic-code", ""),
                remote_mta=group.get("remote-mta", "").rpartition(";")[2].strip(),
                original_recipient=original,
                envelope_id=report.envelope_id,
                stated=bool(action(group.get("action", ""))),
            )
        )
    return result


def looks_like(text: str) -> bool:
    """Whether running text holds a report's fields: a recipient and what became of it, each at a line's start."""
    lowered = text.lower()
    if "-recipient:" not in lowered or ("action:" not in lowered and "status:" not in lowered):
        return False
    names = {found[1].lower() for found in _FIELD.finditer(text) if found[1]}
    return bool(names & {"final-recipient", "original-recipient"}) and bool(names & {"action", "status"})


def states_no_failure(body: bytes) -> bool:
    """Whether lines of a report stand in whatever part of the message that say an action, and none a failure."""
    stated = {action(found[1].decode("latin-1")) for found in _ACTION.finditer(body)}
    return bool(stated) and "failed" not in stated


def unxtext(text: str) -> str:
    """The text that RFC 3461's xtext encoded; a faulty escape stays as it is, a zero is left out."""
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "")


def _sign(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
