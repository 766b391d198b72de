"""A translation engine that may be asked, as a port; the one behind it speaks LibreTranslate's protocol.

An engine is a program of somebody else: it gets one paragraph and nothing of the note around it,
has `SECONDS` to answer and `MOST_BYTES` to answer in, and what it answers is a text and nothing
more.  Slots travel as elements (`<x id="1">words</x>`), which engines for HTML leave alone, and
come back as slots; one that does not come back is named, and its words stay.
"""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from workflow.errors import Unavailable
from workflow.letters import slots
from workflow.letters.slots import Slot
from workflow.memory.words import same_text

SECONDS = 15.0
MOST_BYTES = 200_000
_ELEMENT = re.compile(r"<x\s+id\s*=\s*[\"']?(\d{1,3})[\"']?\s*>(.*?)</x\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


@dataclass(frozen=True)
class Answer:
    """What an engine answered, as a text to type; `lost` are the slots that it did not give back."""

    text: str
    lost: tuple[str, ...] = ()


class Engine(Protocol):
    """Anything that translates a text; raises Unavailable when it cannot."""

    @property
    def name(self) -> str:
        """What the engine is called in the log and on the page."""
        ...

    def translate(self, text: str, source: str, target: str) -> str:
        """The HTML text in the other language."""
        ...


@dataclass(frozen=True)
class LibreTranslate:
    """An engine at a URL: `POST <url>/translate`, as LibreTranslate and its kin take it."""

    url: str
    key: str = ""
    seconds: float = SECONDS
    transport: httpx.BaseTransport | None = None

    def __repr__(self) -> str:
        return f"LibreTranslate({self.name})"

    @property
    def name(self) -> str:
        """The host, without what is secret in an address."""
        return urlsplit(self.url).hostname or "machine"

    def translate(self, text: str, source: str, target: str) -> str:
        """The text in the other language; raises Unavailable with a sentence, whatever goes wrong."""
        asked = {"q": text, "source": source, "target": target, "format": "html"}
        if self.key:
            asked["api_key"] = self.key
        body = self._call("POST", "translate", asked)
        try:
            given = json.loads(body)["translatedText"]
        except (ValueError, KeyError, TypeError, RecursionError):
            given = None
        if not isinstance(given, str) or not given.strip():
            raise self._away("no translation in its answer")
        return given

    def languages(self) -> frozenset[str]:
        """The languages that the engine says it knows; nothing of a note is sent.  Raises Unavailable.

        Asked of `GET <url>/languages`, which LibreTranslate answers with a list of `{"code": …}`.
        """
        body = self._call("GET", "languages")
        try:
            found = frozenset(str(one["code"]) for one in json.loads(body))
        except (ValueError, KeyError, TypeError, RecursionError):
            found = frozenset()
        if not found:
            raise self._away("no languages in its answer")
        return found

    def _call(self, method: str, path: str, asked: Mapping[str, str] | None = None) -> bytes:
        """The body of an answer; raises Unavailable with a sentence, whatever goes wrong."""
        end = time.monotonic() + self.seconds
        try:
            # The address is the operator's own, so neither proxies nor netrc of the machine are asked for it.
            with (
                httpx.Client(
                    timeout=self.seconds, follow_redirects=False, trust_env=False, transport=self.transport
                ) as client,
                client.stream(method, f"{self.url.rstrip('/')}/{path}", json=asked) as response,
            ):
                body = _bounded(response, end)
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._away(type(error).__name__) from error
        if status != 200:
            raise self._away(f"status {status}")
        return body

    def _away(self, why: str) -> Unavailable:
        return Unavailable(
            "machine-away",
            "The translation engine (%(engine)s) did not answer as it should: %(why)s. Translate without it, or ask again later.",
            engine=self.name,
            why=why,
        )


def _bounded(response: httpx.Response, end: float) -> bytes:
    """The body, as far as size and time allow: an engine that drips its answer is given up, too."""
    found = b""
    for piece in response.iter_bytes():
        found += piece
        if time.monotonic() > end:
            raise httpx.ReadTimeout("answer too slow")
        if len(found) > MOST_BYTES:
            raise httpx.DecodingError("answer too large")
    return found


def ask(engine: Engine, typed: str, said: Mapping[str, str], source: str, target: str) -> Answer:
    """A typed paragraph translated by an engine, its slots as slots; `said` is what each of them reads.

    Raises Unavailable when the engine does not answer, or answers nothing.
    """
    parts = slots.parse(typed)
    tokens = [str(part) for part in parts if isinstance(part, Slot)]
    counted = iter(range(1, len(tokens) + 1))
    sent = "".join(
        f'<x id="{next(counted)}">{html.escape(said.get(str(part), part.name))}</x>'
        if isinstance(part, Slot)
        else html.escape(part, quote=False)
        for part in parts
    )
    came = engine.translate(sent, source, target)
    used: set[int] = set()

    def slot(match: re.Match[str]) -> str:
        number = int(match[1])
        if not 1 <= number <= len(tokens) or number in used:
            return match[2]
        used.add(number)
        # A form of the source's grammar says nothing in another language: its translator chooses one.
        return "\0" + tokens[number - 1].strip("{}").partition(".")[0] + "\1"

    text = _TAG.sub("", _ELEMENT.sub(slot, came.replace("\0", "").replace("\1", "")))
    text = slots.literal(html.unescape(text)).replace("\0", "{").replace("\1", "}")
    lost = tuple(token for number, token in enumerate(tokens, 1) if number not in used)
    return Answer(same_text(text), lost)
