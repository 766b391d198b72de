"""The documents and enclosures of a note, as its pages list them."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select

from web.formats import language_name
from web.pages._lines import reader
from web.problems import said
from web.views.note import EnclosureLine
from web.views.parts import DocumentLine
from workflow.errors import Refusal
from workflow.models import Document, Enclosure, EnclosureVersion, Note, Upload
from workflow.operations import documents
from workflow.operations.context import Work


def lines(work: Work, note: Note) -> tuple[DocumentLine, ...]:
    """Final documents by language, then frozen enclosures, then the files as they were submitted."""
    groups: dict[tuple[str, str], list[Document]] = {}
    for row in note.approval.documents if note.approval else ():
        groups.setdefault((row.language, row.addressee), []).append(row)
    found = [_final(work, note, rows) for rows in groups.values()]
    pairs = [(enclosure, version) for enclosure in note.enclosures for version in enclosure.versions]
    found += [_frozen(work, enclosure, version) for enclosure, version in pairs]
    found += [_original(work, version) for _, version in pairs]
    return tuple(found)


def _final(work: Work, note: Note, rows: list[Document]) -> DocumentLine:
    first = min(rows, key=lambda row: row.format != "pdf")
    language = work.profile.languages[first.language]
    title = f"{work.profile.kinds[note.kind].titles[first.language]}, {language.own_name}"
    failed = next((row for row in rows if row.state == "failed"), None)
    waiting = any(_unfinished(work, note, row) for row in rows)
    # What only waits (for a token, for a time-stamp server) says so, and is tried again by itself.
    told = failed or next((row for row in rows if row.fault), None)
    status = "failed" if failed else "making" if waiting else "ready"
    ordered = sorted(rows, key=lambda row: row.format != "pdf")
    return DocumentLine(
        title=f"{title}, {first.addressee}" if first.addressee else title,
        kind="note",
        language=first.language,
        formats=tuple(
            (row.format.upper(), f"d{row.id}", row.final_size or 0) for row in ordered if row.sha256
        ),
        pages=first.pages,
        standing=language.standing,
        picture=picture_url(f"d{first.id}", 1, first.final_sha256)
        if first.final_sha256 and first.format == "pdf"
        else "",
        digest=first.final_sha256 or "",
        status=status,
        problem=str(said(told.fault or "")) if told else "",
        sealed=first.sealed_at,
    )


def _frozen(work: Work, enclosure: Enclosure, version: EnclosureVersion) -> DocumentLine:
    return DocumentLine(
        title=gettext("Enclosure %(n)s: %(title)s", n=enclosure.ordinal, title=title_of(work, enclosure)),
        kind="enclosure",
        language=version.language,
        formats=(("PDF", f"e{version.id}", size(work, version.frozen_sha256)),),
        pages=version.pages,
        standing=version.standing,
        picture=picture_url(f"e{version.id}", 1, version.frozen_sha256),
        digest=version.frozen_sha256,
    )


def _original(work: Work, version: EnclosureVersion) -> DocumentLine:
    kind = version.original_name.rpartition(".")[2].upper() or gettext("File")
    return DocumentLine(
        title=gettext("As submitted"),
        kind="original",
        language=reader(work.profile),
        formats=((kind, f"o{version.id}", size(work, version.original_sha256)),),
        digest=version.original_sha256,
        origin=version.original_name,
    )


def picture_url(key: str, page: int, digest: str) -> str:
    """The address of one page's picture; it changes whenever the document does."""
    return url_for("notes.picture", document=key, page=page, v=digest[:12])


def title_of(work: Work, enclosure: Enclosure) -> str:
    """An enclosure's title in the reader's language where it has one."""
    titles = enclosure.titles
    return titles.get(reader(work.profile)) or next(iter(titles.values()), "")


def size(work: Work, digest: str) -> int:
    """The size of a stored file in bytes; 0 when it is not there."""
    try:
        return work.store.path(digest).stat().st_size
    except OSError:
        return 0


def _unfinished(work: Work, note: Note, row: Document) -> bool:
    """Whether a worker has still to make a document, or to seal it."""
    return row.state == "pending" or (note.dispatched_at is None and documents.lacks_seal(work, row))


def making(work: Work, note: Note) -> tuple[int, int] | None:
    """How many of the final documents are made, while some are not."""
    rows = note.approval.documents if note.approval else []
    ready = sum(row.state == "ready" and not _unfinished(work, note, row) for row in rows)
    return (ready, len(rows)) if ready < len(rows) else None


def agree(work: Work, note: Note) -> bool | None:
    """Whether every file of an approved note is stored as recorded; None before approval.

    Documents that are still being made count for neither; rendering them again is `verify`.
    """
    if note.approval is None:
        return None
    wanted = [row.final_sha256 for row in note.approval.documents if row.sha256]
    wanted += [version.frozen_sha256 for one in note.enclosures for version in one.versions]
    try:
        for digest in wanted:
            work.store.get(digest or "")
    except Refusal:
        return False
    return True


def enclosure_lines(work: Work, note: Note) -> tuple[EnclosureLine, ...]:
    """The enclosures with their counts and what was found in the files."""
    ids = [version.upload_id for one in note.enclosures for version in one.versions]
    found = {row.id: row for row in work.session.scalars(select(Upload).where(Upload.id.in_(ids)))}
    unit = work.profile.unit
    lines = []
    for enclosure in note.enclosures:
        there = {version.language for version in enclosure.versions}
        missing = tuple(code for code in work.profile.languages if code not in there)
        for version in enclosure.versions:
            counts_sheets = "sheets" in unit.words.values()
            upload = found.get(version.upload_id)
            lines.append(
                EnclosureLine(
                    enclosure.ordinal,
                    title_of(work, enclosure),
                    version.language,
                    version.pages,
                    _sheets(version.pages, unit.simplex) if counts_sheets else None,
                    _origin(enclosure.origin, version.language),
                    tuple(str(said(one)) for one in upload.warnings) if upload else (),
                    courtesy=version.standing == "courtesy",
                    last=version is enclosure.versions[-1],
                    missing=missing,
                )
            )
    return tuple(lines)


def _origin(origin: str, language: str) -> str:
    kind, _, source = origin.partition(":")
    if kind == "copy":
        return gettext("Copy")
    if kind == "translated" and source != language:
        return gettext("Translated from %(language)s", language=language_name(source))
    return ""


def _sheets(pages: int, simplex: bool) -> int:
    return pages if simplex else (pages + 1) // 2
