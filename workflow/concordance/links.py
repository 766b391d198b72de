"""Web and e-mail addresses, and the numbers of other documents."""

from __future__ import annotations

import re
from dataclasses import dataclass

_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”\"'，。；、（）\u3040-\u9fff\ufffc]+"
    r"|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:org|int|com|net|kz|ru|gov|edu|info|eu|ch|cn|uz|kg|tj|tm|am|az|tr|in|ir|fr|es|de|uk|example|test|invalid)(?:/[^\s<>«»“”\"'，。；、（）\u3040-\u9fff\ufffc]*)?(?![\w@-])",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}", re.ASCII)
# Symbols such as A/RES/75/1, TTF/374, 2008-156, CL 2020/06: letters or a year, and a divider.
# Chinese writes its words against a symbol: 第79/123号.
_SIGN, _LETTER = r"[^\W\u3040-\u9fff]", r"[^\W\d_\u3040-\u9fff]"
_REFERENCE = re.compile(
    rf"(?<!{_SIGN})(?<!/)(?:{_LETTER}{{1,8}}(?:[/.](?:{_SIGN}|[.()]){{1,12}}|-\d{{1,6}}(?!{_SIGN})){{1,6}}"
    r"|(?:19|20)\d\d/\d{1,5}|[^\W\d_a-zа-я\u3040-\u9fff]{1,6} (?:19|20)\d\d/\d{1,5}"
    rf"|\d{{1,6}}(?:/{_SIGN}{{1,8}}){{1,4}})(?:\([^\W_\u3040-\u9fff]{{1,8}}\))?(?:-[A-ZА-Я]{{1,4}})?(?!{_SIGN})"
)
# "No.4999" is a number behind its label, whose blank was left out.
_LABELLED = re.compile(r"(?:Nos?|Nr|N|Art|Vol|Para|pp?|Fig|Ch|ст|п|стр|гл|т|рис)\.\d+", re.IGNORECASE)
_OWN_LANGUAGE = re.compile(
    r"(?<![^\W_])(?:ar|en|es|fr|kk|kz|ru|zh|cn)(?:[-_][A-Z]{2})?(?![^\W_])", re.IGNORECASE
)
_END = ".,;:!?)]}»”’'\""


@dataclass(frozen=True)
class Link:
    """An address or a symbol: what is compared, and where it stands."""

    key: str
    start: int
    end: int


def urls(text: str) -> list[Link]:
    """The web addresses in `text`; the scheme's and host's case and a full stop behind do not count."""
    found = []
    for match in _URL.finditer(text):
        url = match[0].rstrip(_END)
        host, slash, path = re.sub(r"^https?://", "", url, flags=re.IGNORECASE).partition("/")
        # A site has its pages in several languages: /en/ and /ru/, ?lang=en and ?lang=fr are one address.
        path = _OWN_LANGUAGE.sub("…", path)
        key = host.lower() + (slash + path if path else "")
        found.append(Link(key, match.start(), match.start() + len(url)))
    return found


def emails(text: str) -> list[Link]:
    """The e-mail addresses in `text`, in lower case."""
    return [
        Link(m[0].rstrip(".").lower(), m.start(), m.start() + len(m[0].rstrip(".")))
        for m in _EMAIL.finditer(text)
    ]


def references(text: str) -> list[Link]:
    """The symbols of documents in `text`, as written."""
    found = []
    for match in _REFERENCE.finditer(text):
        symbol = match[0].rstrip(".")
        letters = [c for c in symbol if c.isalpha()]
        if not any(c.isdigit() for c in symbol) or (
            letters and not symbol[0].isdigit() and not letters[0].isupper()
        ):
            continue
        if re.fullmatch(r"\d{1,2}/\d{1,2}", symbol) or _LABELLED.fullmatch(symbol):
            continue
        found.append(Link(symbol, match.start(), match.start() + len(symbol)))
    return found
