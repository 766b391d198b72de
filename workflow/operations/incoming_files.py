"""The files of an incoming paper: kept as they came, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.errors import Invalid
from workflow.models import IncomingEntry, IncomingFile
from workflow.operations import papers
from workflow.operations.context import Work
from workflow.store import sha256

MOST_FILES = 20


@dataclass(frozen=True)
class File:
    """A file as it was handed in; one that is `kept` was taken elsewhere, and is not asked what it is again."""

    name: str
    data: bytes
    kept: bool = False


def add(work: Work, entry: IncomingEntry, files: Sequence[File]) -> list[IncomingFile]:
    """Keeps further files with an entry; raises Invalid for one that may not be kept, or is there already."""
    check(work, files, [one.sha256 for one in entry.files])
    return keep(work, entry, files)


def check(work: Work, files: Sequence[File], known: Sequence[str]) -> None:
    """Raises Invalid or InputRefused for files that an entry with those `known` (digests) cannot have."""
    digests = [*known, *(sha256(one.data) for one in files)]
    if len(digests) > MOST_FILES:
        raise Invalid("incoming-files", "A paper has at most %(most)s files.", most=MOST_FILES)
    for one in files:
        if not one.kept:
            papers.require(work, papers.plain_name(one.name), one.data)
    if len(set(digests)) < len(digests):
        raise Invalid("incoming-file-twice", "The same file is there twice. Take one of them out.")


def keep(work: Work, entry: IncomingEntry, files: Sequence[File]) -> list[IncomingFile]:
    """Puts files into the store and behind an entry, as they came."""
    first = max((one.ordinal for one in entry.files), default=0) + 1
    rows = [
        IncomingFile(
            entry_id=entry.id,
            ordinal=ordinal,
            sha256=work.store.put(one.data),
            filename=papers.plain_name(one.name),
            size=len(one.data),
            added_by=work.actor.id,
            added_at=work.now(),
        )
        for ordinal, one in enumerate(files, first)
    ]
    work.session.add_all(rows)
    work.session.flush()
    work.session.refresh(entry, ["files"])
    return rows
