"""Who wrote the message: a mailer, a program that answers for a person, a person, or one who complains."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from workflow.post.returned import addresses, fields, formulas, manners
from workflow.post.returned.message import Message, words
from workflow.post.returned.model import Category, RecipientReport

_REPLY = re.compile(r"^\s*(?:\[[^\]]{0,60}\]\s*)?(\w{1,10})\s*(?:\[\d{1,3}\])?\s*[:：]")
_QUOTED = re.compile(r"^>+ ?[^>\s]", re.M)


@dataclass(frozen=True)
class Author:
    """What the headers tell of the writer.

    `daemon`: only programs that return mail are called so.  `postmaster`: mailers are called so, but
    people too.  `program`: it takes no answers.  `automatic`: a header says that no person wrote it.
    """

    daemon: bool
    postmaster: bool
    program: bool
    automatic: bool
    reply: bool
    returned_subject: bool
    automatic_subject: bool

    @property
    def like_a_mailer(self) -> bool:
        """Anything in the headers that a program which returns mail has, and a person's message has not."""
        return self.daemon or self.postmaster or self.program or self.automatic or self.returned_subject


def author(message: Message) -> Author:
    """The Author of `message`, by its headers alone."""
    sender = words(message.header("from")).lower()
    subject = words(message.header("subject")).lower()
    bare = subject.removeprefix("[spam]").lstrip(" *-#!")
    prefix = _REPLY.match(bare)
    replies = bool(prefix and prefix[1] in manners.REPLY_PREFIXES)
    nobody = addresses.only(sender) == "" and "<>" in sender
    failed = "x-failed-recipients" in message.headers
    return Author(
        daemon=failed or nobody or any(name in sender for name in formulas.DAEMONS),
        postmaster=any(name in sender for name in formulas.POSTMASTERS),
        program=any(name in sender for name in formulas.PROGRAMS),
        automatic=_says_automatic(message),
        reply=replies,
        returned_subject=not replies
        and (
            any(phrase in bare[:160] for phrase in formulas.SUBJECTS)
            or any(p in bare for p in formulas.DELAYS)
        ),
        automatic_subject=any(bare.startswith(phrase) for phrase in manners.AUTOMATIC_SUBJECTS),
    )


def answers(message: Message) -> bool:
    """Whether the headers say that the message answers another."""
    return "in-reply-to" in message.headers or "references" in message.headers


def quotes(text: str) -> bool:
    """Whether the text quotes another message as people's programs do: a sign > before each line."""
    return len(_QUOTED.findall(text[:20000])) >= 2


def is_complaint(message: Message) -> bool:
    """A feedback report (RFC 5965), its form of old, or a mail program's request to be left alone."""
    if any(part.type == "message/feedback-report" for part in message.leaves()):
        return True
    if (
        message.type == "multipart/report"
        and message.parameters.get("report-type", "").lower() == "feedback-report"
    ):
        return True
    if message.header("x-apple-unsubscribe").lower() == "true":
        return True
    subject = words(message.header("subject")).lower().lstrip()
    if not any(subject.startswith(phrase) for phrase in manners.COMPLAINT_SUBJECTS):
        return False
    return bool(message.embedded)


def notification(text: str) -> tuple[Category, list[RecipientReport]] | None:
    """A hosted relay's notification in JSON (Amazon SES through SNS), or None.

    Its words are mapped to RFC 3464's; a bounce without an action is a failure only when it is `Permanent`.
    """
    start = text.find("{")
    if start < 0 or ("notificationType" not in text and "eventType" not in text):
        return None
    try:
        data = json.JSONDecoder().raw_decode(text[start:])[0]
        if isinstance(data, dict) and isinstance(data.get("Message"), str):
            data = json.loads(data["Message"])
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    kind = str(data.get("notificationType") or data.get("eventType") or "").lower()
    if kind == "complaint":
        return Category.COMPLAINT, []
    if kind == "delivery":
        named = _dictionary(data, "delivery").get("recipients")
        return Category.OK, [_relayed(one, "delivered") for one in _texts(named)]
    if kind == "deliverydelay":
        delay = _dictionary(data, "deliveryDelay")
        return Category.DELAY, [
            _relayed(one, "delayed") for one in _addresses(delay.get("delayedRecipients"))
        ]
    if kind != "bounce":
        return None
    bounce = _dictionary(data, "bounce")
    reports = []
    for one in _dictionaries(bounce.get("bouncedRecipients")):
        action = fields.action(str(one.get("action", "")))
        if not action:
            action = "failed" if bounce.get("bounceType") == "Permanent" else "delayed"
        reports.append(
            RecipientReport(
                address=addresses.only(str(one.get("emailAddress", ""))),
                action=action,
                status=str(one.get("status", ""))[:20],
                diagnostic=str(one.get("diagnosticCode", ""))[:1000],
                stated="action" in one,
            )
        )
    failed = any(one.action == "failed" for one in reports)
    return (Category.FAIL if failed else Category.DELAY), reports


def _says_automatic(message: Message) -> bool:
    for name, values in manners.AUTOMATIC_HEADERS:
        for given in message.headers.get(name, ()):
            lowered = given.strip().lower()
            if any(lowered.startswith(value) for value in values):
                return True
    return False


def _relayed(address: str, action: str) -> RecipientReport:
    return RecipientReport(address=addresses.only(address), action=action, stated=True)


def _dictionary(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _dictionaries(value: Any) -> list[dict[str, Any]]:
    return [one for one in value[:500] if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in value[:500] if isinstance(one, str)] if isinstance(value, list) else []


def _addresses(value: Any) -> list[str]:
    return _texts([one.get("emailAddress") for one in _dictionaries(value)])
