"""Who wrote the message: a mailer, a program that answers for a person, a person, or one who complains."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

from workflow.post.returned import addresses, fields, formulas, manners
from workflow.post.returned.message import Message, storable, words
from workflow.post.returned.model import Category, RecipientReport

_REPLY = re.compile(r"^\s*(?:\[[^\]]{0,60}\]\s*)?(\w{1,10})\s*(?:\[\d{1,3}\])?\s*[:：]")
_QUOTED = re.compile(r"^>+ ?[^>\s]", re.M)


class Author:
    """What the headers of a message tell of its writer; each answer is worked out when it is asked for."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._sender = words(message.header("from")).lower()
        self._subject = words(message.header("subject")).lower().removeprefix("[spam]").lstrip(" *-#!")

    @cached_property
    def daemon(self) -> bool:
        """Only programs that return mail are called so."""
        nobody = "<>" in self._sender and not addresses.only(self._sender)
        failed = "x-failed-recipients" in self._message.headers
        return failed or nobody or any(name in self._sender for name in formulas.DAEMONS)

    @cached_property
    def postmaster(self) -> bool:
        """Programs that return mail are called so, but people too."""
        return any(name in self._sender for name in formulas.POSTMASTERS)

    @cached_property
    def program(self) -> bool:
        """It takes no answers."""
        return any(name in self._sender for name in formulas.PROGRAMS)

    @cached_property
    def automatic(self) -> bool:
        """A header says that no person wrote it."""
        for name, values in manners.AUTOMATIC_HEADERS:
            for given in self._message.headers.get(name, ()):
                if given.strip().lower().startswith(values):
                    return True
        return False

    @cached_property
    def reply(self) -> bool:
        """The subject is that of an answer, or of a message passed on."""
        prefix = _REPLY.match(self._subject)
        return bool(prefix and prefix[1] in manners.REPLY_PREFIXES)

    @cached_property
    def returned_subject(self) -> bool:
        """The subject is one that only returned mail has."""
        if self.reply:
            return False
        news = formulas.SUBJECTS + formulas.DELAYS
        return self.delivered_subject or any(phrase in self._subject[:160] for phrase in news)

    @cached_property
    def delivered_subject(self) -> bool:
        """The subject begins as that of a report of success."""
        return self._subject.startswith(formulas.DELIVERED_SUBJECTS)

    @cached_property
    def failed_subject(self) -> bool:
        """The subject by itself says that something was not delivered."""
        bare = self._subject[:160]
        return self.returned_subject and any(
            phrase in bare for phrase in formulas.SUBJECTS if phrase not in formulas.NEUTRAL_SUBJECTS
        )

    @cached_property
    def automatic_subject(self) -> bool:
        """The subject is that of an automatic reply."""
        return self._subject.startswith(manners.AUTOMATIC_SUBJECTS)

    @property
    def like_a_mailer(self) -> bool:
        """Anything in the headers that a program which returns mail has, and a person's message has not."""
        return self.daemon or self.postmaster or self.program or self.automatic or self.returned_subject


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
    return bool(message.embedded) and subject.startswith(manners.COMPLAINT_SUBJECTS)


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
                address=addresses.only(storable(str(one.get("emailAddress", "")))),
                action=action,
                status=storable(str(one.get("status", "")))[:20],
                diagnostic=storable(str(one.get("diagnosticCode", "")))[:1000],
                stated="action" in one,
            )
        )
    failed = any(one.action == "failed" for one in reports)
    return (Category.FAIL if failed else Category.DELAY), reports


def _relayed(address: str, action: str) -> RecipientReport:
    return RecipientReport(address=addresses.only(storable(address)), action=action, stated=True)


def _dictionary(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _dictionaries(value: Any) -> list[dict[str, Any]]:
    return [one for one in value[:500] if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in value[:500] if isinstance(one, str)] if isinstance(value, list) else []


def _addresses(value: Any) -> list[str]:
    return _texts([one.get("emailAddress") for one in _dictionaries(value)])
