"""From raw bytes to evidence, and the line between what moves a delivery and what merely attaches."""

from __future__ import annotations

import hashlib
import re

from workflow.post.returned import addresses
from workflow.post.returned.message import Message, read, words
from workflow.post.returned.model import Category, Note, RecipientReport, Returned
from workflow.post.returned.verdict import Verdict, judge

# Where a mailbox notes the envelope's recipient, from the surest to the least sure.
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to")
_IDENTIFIER = re.compile(r"<[^<>\s]{3,250}>")
_PLACE = r"([A-Za-z0-9._~=-]{1,64}?)"
IDENTIFIERS_LIMIT = 50


def classify(raw: bytes) -> tuple[str, set[str]]:
    """The class of a returned message, and the lower-case addresses that it is about.

    One of fail, delay, ok, auto, complaint, unknown.  The addresses are those that share the
    class's outcome.  Never raises.
    """
    try:
        verdict = judge(read(raw))
        return verdict.category.value, {one.address for one in _concerned(verdict) if one.address}
    except Exception:  # A fault of ours in reading hostile bytes must never lose the message.
        return Category.UNKNOWN.value, set()


def parse(raw: bytes) -> Returned:
    """All that a returned message says.  Never raises: what cannot be read is `unknown` with a note."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        return _returned(read(raw), digest)
    except Exception:  # As above: the raw message is kept, and waits for a person.
        return Returned(Category.UNKNOWN, digest=digest, notes=frozenset({Note.UNREADABLE}))


def tokens(returned: Returned | bytes, return_path: str) -> tuple[str, ...]:
    """The attempts' tokens that the message was delivered with: the only ones that may move anything.

    `return_path` is the pattern of the return path with one `{token}` place, as in
    `bounces+{token}@secretariat.example`.  Tokens come from the envelope recipient, as the mailbox's own
    headers note it, and from the Original-Envelope-Id of the message's own report; never from
    Message-ID, References, or a copy inside the message, which anyone who saw the note can quote.
    More than one token means that the two disagree: then nothing may be moved.
    Raises ValueError for a pattern without its place.
    """
    before, place, after = return_path.partition("{token}")
    if not place:
        raise ValueError("a return path pattern has the place {token}")
    pattern = re.compile(re.escape(before) + _PLACE + re.escape(after), re.I)
    if isinstance(returned, bytes):
        returned = parse(returned)
    found = [match[1] for one in returned.envelope_recipients if (match := pattern.fullmatch(one))]
    if returned.envelope_id:
        # The whole identifier is the token; a relay may have kept or changed its case.
        whole = pattern.fullmatch(returned.envelope_id)
        found.append(whole[1] if whole else returned.envelope_id)
    unique: dict[str, str] = {}
    for token in found:
        unique.setdefault(token.lower(), token)
    return tuple(unique.values())


def content_digest(returned: Returned, raw: bytes, return_path: str) -> str:
    """The SHA-256 of what tells a message from every other, in hexadecimal; empty where nothing does.

    A message that comes by two ways, say from a mailbox and by LMTP, differs in the fields that servers put
    on top and in the ends of its lines.  What its sender wrote is the same: its identifier, sender, subject and
    body.  The tokens that it came to count, too, since they say what it may move.
    """
    if not returned.message_id:
        return ""
    body = raw.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[2].rstrip(b"\n")
    said = (returned.message_id, returned.sender, returned.subject, *sorted(tokens(returned, return_path)))
    parts = [one.encode("utf-8", "surrogatepass") for one in said]
    return hashlib.sha256(b"\0".join([*parts, hashlib.sha256(body).digest()])).hexdigest()


def _concerned(verdict: Verdict) -> list[RecipientReport]:
    actions = {
        Category.FAIL: {"failed"},
        Category.DELAY: {"delayed"},
        Category.OK: {"delivered", "relayed", "expanded"},
    }.get(verdict.category, set())
    return [one for one in verdict.reports if one.action in actions]


def _returned(message: Message, digest: str) -> Returned:
    verdict = judge(message)
    return Returned(
        category=verdict.category,
        recipients=verdict.reports,
        envelope_recipients=tuple(_envelope_recipients(message)),
        envelope_id=verdict.envelope_id,
        message_ids=tuple(_message_ids(message)),
        message_id=_identifier(message.header("message-id")),
        subject=words(message.header("subject"))[:1000],
        sender=addresses.only(words(message.header("from"))),
        digest=digest,
        notes=verdict.notes,
        reporting_mta=verdict.reporting_mta,
    )


def _envelope_recipients(message: Message) -> list[str]:
    found = [
        address
        for name in _ENVELOPE
        for value in message.headers.get(name, [])[:10]
        for address in _cased(value)
    ]
    return list(dict.fromkeys(found))


def _cased(value: str) -> list[str]:
    """The addresses of `value` as they are written: a token may be told by its case."""
    lowered = value.lower()
    result = []
    for address in addresses.every(value):
        at = lowered.find(address)
        result.append(value[at : at + len(address)] if at >= 0 else address)
    return result


def _message_ids(message: Message) -> list[str]:
    """The messages that this one names: the returned copies' identifiers, then what it answers."""
    values = [value for headers in message.embedded for value in headers.get("message-id", [])[:2]]
    for name in ("in-reply-to", "references", "original-message-id"):
        values += message.headers.get(name, [])[:5]
    for part in message.leaves():
        if part.type.endswith("disposition-notification") or part.type == "message/feedback-report":
            values.append(part.text.partition("riginal-Message-ID:")[2].partition("\n")[0])
    found = [identifier for value in values for identifier in _IDENTIFIER.findall(value)]
    return list(dict.fromkeys(found))[:IDENTIFIERS_LIMIT]


def _identifier(value: str) -> str:
    found = _IDENTIFIER.search(value)
    return found[0] if found else ""
