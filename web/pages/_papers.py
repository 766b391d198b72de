"""The papers behind a page: final documents, drafts as they would be printed, enclosures, originals.

A paper's key is a letter and the id of its row: `d7` a final document, `e7` a frozen enclosure,
`o7` the file as it was submitted, and `p7-ru` the Russian draft of note 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from web.pages._cache import Cache
from workflow.canonical import digest as digest_of
from workflow.errors import Conflict, NotFound, Phrase
from workflow.letters import note_pdf, pictures
from workflow.models import Approval, Document, Enclosure, EnclosureVersion, Note
from workflow.operations import composition, documents, texts
from workflow.operations.context import Work, find_note
from workflow.store import sha256

KEY = re.compile(
    r"(?:(?P<row>[deo])(?P<id>[1-9]\d{0,8})|p(?P<note>[1-9]\d{0,8})-(?P<language>[A-Za-z-]{2,12}))"
)
# Pages that one child process draws, and how wide in pixels.
AT_ONCE, WIDTH = 6, 1_000
DRAFTS, PICTURES = Cache(60), Cache(60)


@dataclass(frozen=True)
class Paper:
    """A file that may be shown: its bytes, digest, format (such as `pdf`) and a name in ASCII."""

    data: bytes
    digest: str
    format: str
    name: str
    original: bool = False


def find(work: Work, key: str) -> Paper:
    """The paper of a key; raises NotFound when there is none that the person may see."""
    match = KEY.fullmatch(key)
    if match is None:
        raise _missing()
    if match["note"]:
        note = find_note(work, int(match["note"]))
        texts.version_of(note, match["language"])
        data = draft(work, note, match["language"])
        return Paper(data, sha256(data), "pdf", f"draft-{note.reference}.{match['language']}.pdf")
    kind, identity = match["row"], int(match["id"])
    return _document(work, identity) if kind == "d" else _enclosure(work, identity, kind == "o")


def _document(work: Work, identity: int) -> Paper:
    row = work.session.get(Document, identity)
    if row is None:
        raise _missing()
    note = find_note(work, work.session.get_one(Approval, row.approval_id).note_id)
    digest = row.final_sha256
    if digest is None:
        fault = row.fault or Phrase("Wait a moment.")
        raise Conflict("document-pending", "This document is not made yet. %(fault)s", fault=fault)
    return Paper(work.store.get(digest), digest, row.format, document_name(note, row))


def document_name(note: Note, row: Document) -> str:
    """What a final document is called as a file: `TTF-374.ru.pdf`."""
    addressee = f".{row.addressee}" if row.addressee else ""
    return f"{stem(note)}.{row.language}{addressee}.{row.format}"


def _enclosure(work: Work, identity: int, original: bool) -> Paper:
    row = work.session.get(EnclosureVersion, identity)
    if row is None:
        raise _missing()
    enclosure = work.session.get_one(Enclosure, row.enclosure_id)
    note = find_note(work, enclosure.note_id)
    digest = row.original_sha256 if original else row.frozen_sha256
    kind = ending(row.original_name) if original else "pdf"
    return Paper(
        work.store.get(digest), digest, kind, enclosure_name(note, enclosure, row, original), original
    )


def enclosure_name(note: Note, enclosure: Enclosure, row: EnclosureVersion, original: bool) -> str:
    """What an enclosure is called as a file; its submitted form keeps its ending."""
    kind = f"original.{ending(row.original_name)}" if original else "pdf"
    return f"{stem(note)}.enclosure-{enclosure.ordinal}.{row.language}.{kind}"


def stem(note: Note) -> str:
    """A note's name as part of a file's name: `TTF-374`."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", note.name)


def ending(name: str) -> str:
    """The format that a submitted file's name says."""
    found = name.rpartition(".")[2].lower()
    return found if found.isalnum() and found.isascii() and len(found) <= 8 else "bin"


def _missing() -> NotFound:
    return NotFound("no-such-document", "There is no such document that you may see.")


def draft(work: Work, note: Note, language: str) -> bytes:
    """A version as PDF as it would be printed now, with the draft mark across it."""
    letter = composition.draft_of(work, note, language)
    return DRAFTS.get(digest_of(letter.to_json()), lambda: (documents.render(letter, "pdf"),))[0]


def picture(paper: Paper, page: int) -> bytes:
    """One page of a PDF as PNG, counted from 1; raises NotFound for a page that is not there."""
    if paper.format != "pdf" or paper.original:
        raise NotFound("no-picture", "There is no picture of this file. Open the file itself.")
    count = note_pdf.page_count(paper.data)
    if not 1 <= page <= count:
        raise NotFound("no-such-page", "The document has no page %(page)s.", page=page)
    first = (page - 1) // AT_ONCE * AT_ONCE
    wanted = range(first, min(first + AT_ONCE, count))
    drawn = PICTURES.get(
        f"{paper.digest}/{first}",
        lambda: tuple(pictures.page_pictures(paper.data, pages=wanted, width_px=WIDTH)),
    )
    return drawn[page - 1 - first]
