"""A pack of evidence made whole: the record, its PDF, and its files, as JSON, PDF or ZIP."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from web import sheets
from web.sheets import evidence
from workflow.models import Note
from workflow.operations import packs
from workflow.operations.context import Work
from workflow.proof import pack
from workflow.proof.check import DRAWN, RECORD

KINDS = ("zip", "pdf", "json")


def record_of(work: Work, note: Note, code: str = "", language: str = "") -> dict[str, Any]:
    """The evidence of a note, of one member or of all, as plain data."""
    spoken = sheets.spoken(language or note.source_language)
    return packs.collect(work, note, code, language=spoken, renderer=evidence.renderer(spoken))


def files_of(work: Work, record: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a pack: what happened as data and as PDF, the documents, the raw messages, the proofs handed in."""
    return {
        RECORD: pack.as_json(record),
        DRAWN: evidence.draw(record)[1],
        **packs.files(work, record),
    }


def make(work: Work, note: Note, kind: str, code: str = "", language: str = "") -> bytes:
    """The pack as `zip`, or its record alone as `json` or `pdf`; the same state of the log gives the same bytes."""
    record = record_of(work, note, code, language)
    if kind == "json":
        return pack.as_json(record)
    if kind == "pdf":
        return evidence.draw(record)[1]
    moment = max(datetime.fromisoformat(one["at"]) for one in record["log"]["entries"])
    return pack.write(
        files_of(work, record),
        moment,
        format=record["format"],
        note=str(note.symbol or note.reference),
        member=record["member"],
    )


def name_of(note_stem: str, code: str, kind: str) -> str:
    """What the file of a pack is called: `TTF-374.evidence.KZ.zip`."""
    return f"{note_stem}.evidence{'.' + code.upper() if code else ''}.{kind}"
