"""Reports in prose: what a mailer without RFC 3464 writes, read by its set phrases.

Only the mailer's own words count: the returned copy is cut off first.  "Not yet" outweighs "no",
and giving up for want of time, with no server's refusal to show, is no failure either: prose has no
`Action`, and a false failure is the worst mistake.
"""

from __future__ import annotations

import re
from functools import cached_property

from workflow.post.returned import addresses, formulas, manners
from workflow.post.returned.message import Message, Part, words

TEXT_LIMIT, LINES_LIMIT, RECIPIENTS_LIMIT = 24 * 1024, 400, 200

_COPY = re.compile(
    r"^[ \t]{0,8}[^\w\s]{0,80}[ \t]{0,8}(?:"
    + "|".join(map(re.escape, formulas.RETURNED_COPY))
    + r")[^\n]{0,90}$",
    re.M,
)
_COPIED_HEADER = re.compile(
    r"^(?:received|return-path|message-id|from|to|date|subject|mime-version|content-type|x-[a-z-]{1,40}): ?[^\n]*\n"
    r"(?:[ \t]+\S[^\n]*\n)*"
    r"(?:(?:received|return-path|message-id|from|to|cc|date|subject|mime-version|content-[a-z-]{1,40}|sender|reply-to"
    r"|dkim-[a-z]{1,20}|user-agent|arc-[a-z-]{1,30}|x-[a-z-]{1,40}): ?[^\n]*\n(?:[ \t]+\S[^\n]*\n)*){2}",
    re.M,
)
_RECEIVED = re.compile(r"^(?:received: (?:from|by|\()|return-path: ?<)", re.M)
# A reply of a server that says never, as mailers quote it.
_REFUSAL = re.compile(r"(?:^|[\s:(\[<\"'])5\d\d[ :)\]-](?! ?days| ?hours)|[#( ]5\.\d{1,2}\.\d{1,3}\b")
_REPLY = re.compile(
    r"(?:remote host said|reason|said|responded|reply|response|error)[^\n]{0,40}?\b[45]\d\d[ -]"
)
# What before a phrase of success makes it one of failure.
_DENIAL = re.compile(
    r"(?:\b(?:not|never|cannot|unable to|nicht|pas|aucun|não|non|niet|nie|не|ещё не|ще не)\b|n't\b|未|没有|لم|لا|\bno\b)[^.:\n]{0,24}$"
)
_NAME = re.compile(r"[ \t]{1,20}([A-Za-z0-9][A-Za-z0-9._+-]{1,63})[ \t]{0,20}")
_QUESTION = re.compile(r"[^\W\d_][ \t\u202f]?[?？؟](?:\s|$)")
_LABELS = tuple(" " + label for label in formulas.LABELS)
_BULLETS = " \t>|*•·-=#"
_CODE = re.compile(r"[<>\s|*]*[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3})?[\s<:]*$")
_OPENERS = " \t<(\"'[`:=«“：（【「"
_AFTER = re.compile(
    r"\s*(?:$|:|\.\.\.|--|- |[(\[,;]|,? on \w{3},|<mailto:|[>\])\"'»”]\s*(?:$|[.:,;<(\[]|-|$|\.\.\.))"
)


class Statement:
    """What the mailer's own text says; worked out only when it is asked for, since fields mostly say enough."""

    def __init__(self, parts: list[Part]) -> None:
        self._parts = parts

    @cached_property
    def text(self) -> str:
        """The text of the parts, up to where a returned copy begins."""
        texts: list[str] = []
        plain = [part for part in self._parts if part.type != "text/html"] or self._parts
        for part in plain[:6]:
            text, cut = _own_words(part.text[:TEXT_LIMIT])
            texts.append(text)
            if cut or sum(map(len, texts)) > TEXT_LIMIT:
                break
        return "\n".join(texts)[:TEXT_LIMIT]

    @cached_property
    def words(self) -> str:
        """The text in lower case, with single spaces, without what mailers say about reports in general."""
        words = " ".join(self.text.lower().split()).replace("’", "'")
        for sentence in formulas.DISCLAIMERS:
            words = words.replace(sentence, "")
        return words

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(line[:2000] for line in self.text.split("\n")[:LINES_LIMIT])

    @cached_property
    def says_delayed(self) -> bool:
        return _any(formulas.DELAYS, self.words)

    @cached_property
    def says_failed(self) -> bool:
        return _any(formulas.FAILURES, self.words) or _any(formulas.GROUP_REFUSALS, self.words)

    @cached_property
    def says_delivered(self) -> bool:
        """It speaks of success, and nothing beside the phrase denies it."""
        return any(_affirmed(phrase, self.words) for phrase in formulas.DELIVERIES)

    @cached_property
    def says_gave_up(self) -> bool:
        return _any(formulas.GAVE_UP, self.words) or _any(formulas.UNREACHABLE, self.words)

    @property
    def shows_refusal(self) -> bool:
        """A server's permanent reply is quoted."""
        return bool(_REFUSAL.search(self.words))

    @property
    def shows_reply(self) -> bool:
        """A server's reply is quoted, permanent or not: the host was reached and did not take the message."""
        return self.shows_refusal or bool(_REPLY.search(self.words))

    @property
    def opens_with_failure(self) -> bool:
        """The first words already say that the message was not delivered, or not yet."""
        opening = self.words[:420]
        return _any(formulas.FAILURES, opening) or _any(formulas.DELAYS, opening)

    @property
    def opens_with_success(self) -> bool:
        """The first words already say that the message arrived."""
        opening = self.words[:420]
        return any(_affirmed(phrase, opening) for phrase in formulas.DELIVERIES)

    @property
    def questions(self) -> bool:
        """Somebody asks something, which no mailer does."""
        return bool(_QUESTION.search(self.text))

    @property
    def asks(self) -> bool:
        """It waits for an act: of the sender who shall prove to be a person, or of a moderator."""
        return _any(manners.CHALLENGES, self.words) and not self.shows_refusal

    @property
    def greets(self) -> bool:
        """The text begins with a salutation, as people's letters do."""
        return self.words.startswith(manners.SALUTATIONS)


def statement(message: Message) -> Statement:
    """The mailer's own text of `message`, without the returned copy."""
    return Statement([part for part in message.leaves() if part.type.startswith("text/")])


def recipients(said: Statement, others: set[str]) -> list[str]:
    """The addresses that the text says were not reached; `others` are known to be somebody else's.

    Each address is weighed by what stands beside it on its line: alone or at the line's start,
    after a label, after a reply's code; those of the best kind found are taken.
    """
    weighed = _weighed(said, others)
    best = max(weighed.values(), default=0)
    if best < 2:
        return []  # Merely mentioned: a help desk's, a person's, an example's.
    return [address for address, weight in weighed.items() if weight == best][:RECIPIENTS_LIMIT]


def names_plainly(said: Statement, others: set[str]) -> bool:
    """Whether an address stands alone at its line's start or after a label, as mailers write and people seldom do."""
    return max(_weighed(said, others).values(), default=0) >= 5


def _weighed(said: Statement, others: set[str]) -> dict[str, int]:
    weighed: dict[str, int] = {}
    for line in said.lines:
        for found in addresses.find(line) if "@" in line else ():
            weight = _weight(found)
            if found.address in others and weight < 6:
                weight -= 3
            weighed[found.address] = max(weight, weighed.get(found.address, 0))
    return weighed


def _weight(found: addresses.Found) -> int:
    """How surely an address is one that failed: 6 alone at the start of its line, down to 0 for somebody else's."""
    before = found.before.lower()
    bare = before.lstrip(_BULLETS + "(").rstrip(_OPENERS)
    if not bare:
        return 6 if _AFTER.match(found.after) else 3
    if _CODE.match(before):
        return 5
    if bare.startswith(("c=", "/c=", "g=", "/g=")):
        return 6  # An X.400 address that carries the mail address.
    label = " " + " ".join(bare.split())
    against = _longest(label, formulas.NOT_LABELS)
    favour = _longest(label, _LABELS)
    if against > favour:
        return 0
    if favour:
        # A label that begins its line says more than a preposition within a sentence.
        return 5 if len(label) < 50 else 4
    return 3 if len(label) < 40 and before.rstrip(" <(\"'（").endswith((":", "：")) else 1


def _longest(text: str, endings: tuple[str, ...]) -> int:
    if not text.endswith(endings):
        return 0
    return max(len(ending) for ending in endings if text.endswith(ending))


def _own_words(text: str) -> tuple[str, bool]:
    lowered = text.lower()
    ends = [
        found.start()
        for pattern in (_COPY, _COPIED_HEADER, _RECEIVED)
        if (found := pattern.search(lowered)) and (found.start() > 0 or pattern is not _COPY)
    ]
    # Lower case may be longer than the text in a few scripts; the cut then falls a little late.
    return (text[: min(ends)], True) if ends else (text, False)


def _affirmed(phrase: str, words: str) -> bool:
    """Whether the first `phrase` in `words` stands there without a denial before it."""
    at = words.find(phrase)
    return at >= 0 and not _DENIAL.search(words, max(0, at - 40), at)


def _any(phrases: tuple[str, ...], words: str) -> bool:
    return any(phrase in words for phrase in phrases)


def bare_names(said: Statement, sender: str) -> list[str]:
    """Names without a domain, each alone on a line under one that ends in a colon: of the mailer's own domain."""
    domain = addresses.only(sender.lower()).partition("@")[2]
    found = []
    listing = False
    for line in said.lines if domain else ():
        if line.rstrip().endswith(":"):
            listing = True
        elif listing and (name := _NAME.fullmatch(line)):
            found.append(f"{name[1].lower()}@{domain}")
        elif line.strip():
            listing = False
    return found[:RECIPIENTS_LIMIT]


def is_refusal(diagnostic: str) -> bool:
    """Whether a diagnostic quotes a server's permanent reply (5yz)."""
    return bool(_REFUSAL.search(" " + diagnostic.lower()[:1000]))


def says_delayed(subject: str) -> bool:
    """Whether a subject says "not yet"."""
    return _any(formulas.DELAYS, words(subject).lower())


def gave_up(subject: str) -> bool:
    """Whether a subject says that the mailer stopped trying."""
    return _any(formulas.GAVE_UP, words(subject).lower())
