"""The contacts' side: what an office does with the message in its mailbox, as its people would.

An office has its mailbox and a browser, nothing else: the personal link stands in the message it
received, the code in the PDF that came with it (or that it downloaded).
"""

from __future__ import annotations

import email
import email.policy
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pypdfium2

from web.demo.data import Table
from web.demo.forms import Form, forms
from workflow.errors import Conflict, NotFound
from workflow.operations.approval import CODE_SIGNS
from workflow.post import office as post_office

SECONDS = 30.0
# The code as it is printed: two groups of three signs that cannot be mistaken for others.
_CODE = re.compile(rf"(?<!\S)([{CODE_SIGNS}]{{3}}-[{CODE_SIGNS}]{{3}})(?!\S)")


@dataclass(frozen=True)
class Letter:
    """A message as it lies in a mailbox: its personal link and the attached files by their names."""

    address: str
    link: str
    attachments: dict[str, bytes]


def received(folder: Path, address: str, message_id: str) -> Letter:
    """The message with this Message-ID in a mailbox; raises NotFound while it is not there."""
    for summary in post_office.messages(folder, address):
        if summary.message_id == message_id:
            return read(address, post_office.raw(folder, address, summary.key))
    raise NotFound("demo-no-mail", "The message has not come to the mailbox of %(address)s.", address=address)


def read(address: str, raw: bytes) -> Letter:
    """A raw message; raises NotFound when no personal link stands in it."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    found = re.search(r"https?://\S+/r/[A-Za-z0-9_-]+", body.get_content() if body else "")
    if found is None:
        raise NotFound(
            "demo-no-link", "The message for %(address)s has no personal link in it.", address=address
        )
    files = {}
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if part.get_filename() and isinstance(content, bytes):
            files[str(part.get_filename())] = content
    return Letter(address, found[0], files)


def printed_code(pdf: bytes) -> str:
    """The acknowledgement code at the foot of a PDF's last page; raises NotFound when there is none."""
    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        last = document[len(document) - 1]
        text = last.get_textpage().get_text_range()
    codes = _CODE.findall(text)
    if not codes:
        raise NotFound("demo-no-code", "No acknowledgement code is printed on the last page of the PDF.")
    return str(codes[-1])


class Office:
    """One contact at its personal page, with a browser of its own."""

    def __init__(self, letter: Letter, transport: httpx.BaseTransport | None = None) -> None:
        parts = urlsplit(letter.link)
        self._letter = letter
        self._path = parts.path
        self._http = httpx.Client(
            base_url=f"{parts.scheme}://{parts.netloc}",
            timeout=SECONDS,
            follow_redirects=True,
            transport=transport,
        )

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def open(self) -> str:
        """Opens the link, which counts for nothing; gives the page."""
        return self._good("open the page", self._http.get(self._path)).text

    def download(self, document: str) -> bytes:
        """Downloads a document by the form of the page whose address ends with its key."""
        page = self.open()
        for form in forms(page):
            if form.method == "post" and urlsplit(form.action).path.endswith(f"/documents/{document}"):
                return self._good("download", self._post(form)).content
        raise NotFound(
            "demo-no-form", "The page of %(who)s offers no such document.", who=self._letter.address
        )

    def acknowledge(self, said: Table, code: str, dated: date) -> bool:
        """Fills in the form of the page and posts it; gives whether the page then says that it is done."""
        form = self._form(self.open())
        if form is None:
            raise NotFound(
                "demo-no-form", "The page of %(who)s has no form for a receipt.", who=self._letter.address
            )
        form.fields |= {"name": str(said["name"]), "office": str(said["office"]), "code": code}
        if said.get("reference"):
            registered = dated + timedelta(days=int(said.get("days", 0)))
            form.fields |= {"reference": str(said["reference"]), "date": registered.isoformat()}
        answer = self._post(form)
        if answer.status_code >= 500:
            self._good("acknowledge", answer)
        return answer.is_success and self._form(self.open()) is None

    def _form(self, page: str) -> Form | None:
        return next((one for one in forms(page) if urlsplit(one.action).path.endswith("/acknowledge")), None)

    def _post(self, form: Form) -> httpx.Response:
        return self._http.post(urlsplit(form.action).path, data=form.fields)

    def _good(self, doing: str, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise Conflict(
                "demo-page",
                "%(who)s could not %(doing)s: the page answered %(status)s.",
                who=self._letter.address,
                doing=doing,
                status=answer.status_code,
            )
        return answer
