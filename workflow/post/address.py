"""Mail addresses: one exact form, and a sentence for each way of being wrong.

An address is `local@domain` and nothing else: no display name, no comment, no list.  Only what
the field uses is accepted: the dot-atom form of RFC 5321 and RFC 6531 (letters of any script in
the local part).  Quoted local parts and address literals are legal but no ministry has one, and
both are known ways to smuggle commands past a parser; they are refused with a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import idna

from workflow.errors import Invalid

# RFC 5321, 4.5.3.1: octets of the local part, of the domain, and of a path less its brackets.
LOCAL_OCTETS, DOMAIN_OCTETS, ADDRESS_OCTETS = 64, 253, 254

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Separators, private, unassigned, surrogate and invisible formatting characters have no place in
# an address: the eye cannot tell them, and some gateways cut or reorder the text at them.
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}


def check_address(text: str) -> str:
    """`text` as the one form that is stored: local part in NFC, domain in lower-case ASCII (IDNA 2008).

    Raises Invalid with a sentence that says what is wrong.  Checking a checked address gives it back.
    """
    if _CONTROL.search(text):
        raise _refused("The mail address has a line break or a control character in it; type it anew.")
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise _refused("The mail address is empty; give one such as registry@mfa.example.")
    if any(sign in text for sign in "<>()"):
        raise _refused("Give only the mail address itself, without a name, brackets or a remark.")
    if "," in text or ";" in text:
        raise _refused("This looks like several mail addresses; give each contact one.")
    if '"' in text or "\\" in text:
        raise _refused("Quotation marks and backslashes are not accepted in a mail address; leave them out.")
    if " " in text or (not text.isascii() and any(unicodedata.category(sign) in _HIDDEN for sign in text)):
        raise _refused("The mail address has a space or an invisible character in it; type it anew.")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise _refused("A mail address has a part on each side of the sign @, such as registry@mfa.example.")
    if "@" in local:
        raise _refused("The sign @ may stand only once in a mail address.")
    if not _LOCAL.fullmatch(local):
        raise _refused(
            "The part of the mail address before the @ has a sign or a dot that is not allowed there."
        )
    domain = _domain(domain)
    if len(local.encode()) > LOCAL_OCTETS:
        raise _refused(
            "The part of the mail address before the @ is longer than %(limit)s bytes.", limit=LOCAL_OCTETS
        )
    if len(local.encode()) + 1 + len(domain) > ADDRESS_OCTETS:
        raise _refused("The mail address is longer than %(limit)s bytes.", limit=ADDRESS_OCTETS)
    return f"{local}@{domain}"


def needs_smtputf8(address: str) -> bool:
    """Whether only a relay with SMTPUTF8 (RFC 6531) can take the checked `address`."""
    return not address.isascii()


def domain_of(address: str) -> str:
    """The domain of a checked address, in ASCII: the key by which sending is paced."""
    return address.rpartition("@")[2]


def readable(address: str) -> str:
    """A checked address as people read it: an international domain in its own script."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except idna.IDNAError:
        return address


def is_mixed(address: str) -> bool:
    """Whether one part of a checked address mixes alphabets, as an address does that imitates another.

    A part is what stands between dots and the sign @; digits and signs are of no alphabet.
    """
    parts = re.split(r"[.@+_-]", readable(address))
    return any(len({_alphabet(sign) for sign in part if sign.isalpha()}) > 1 for part in parts)


def _alphabet(sign: str) -> str:
    """The alphabet of a letter by its name in Unicode; kana and han are written together everywhere."""
    word = unicodedata.name(sign, "").partition(" ")[0]
    return "EAST ASIAN" if word in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO") else word


def return_path(pattern: str, token: str) -> str:
    """The envelope sender of one attempt: `pattern` with its `{token}` filled (VERP).

    The result is a checked address, so that a faulty pattern or token never reaches the wire.
    """
    return check_address(pattern.replace("{token}", token))


def _domain(text: str) -> str:
    if text.startswith("["):
        raise _refused("Give the name of the mail domain instead of a number in square brackets.")
    if text.isascii():
        # IDNA would refuse the underscores and double hyphens of plain names less clearly than this.
        name = text.lower()
    else:
        try:
            name = idna.encode(text, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise _refused("The domain of the mail address is not a valid international name.") from None
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        raise _refused("The domain of the mail address is not complete; it reads like mfa.example.")
    if len(name) > DOMAIN_OCTETS or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("The domain of the mail address has an empty, over-long or malformed part.")
    return name


def _refused(sentence: str, **values: Any) -> Invalid:
    # The address itself is left out on purpose: it may hold anything, and the sentence is logged.
    return Invalid("address", sentence, **values)
