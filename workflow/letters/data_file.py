"""A whole note from one data file: every language, as PDF, DOCX and plain text, without a database.

The file is TOML; `data_example` gives one to start from.  The documents are made
by the code that the workers use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workflow import whole_files
from workflow.errors import InputRefused
from workflow.letters import note_docx, note_pdf, plain
from workflow.letters.facts import Addressee, EnclosureFacts, Particulars
from workflow.letters.letter import Letter, compose
from workflow.letters.numbers import PARTS
from workflow.letters.organisation import Profile
from workflow.letters.particulars import local_text, read_particulars
from workflow.letters.schema import Faults, Section, read_toml
from workflow.letters.slots import KINDS
from workflow.letters.wording import ADDRESSEE_KINDS, ORIGINS

MAXIMUM_PAGES = 100_000


@dataclass(frozen=True)
class NoteData:
    """What a data file says; `kind` "" is the profile's ordinary kind, `marking` "" its first marking.

    `number` is the number as printed, or the parts of it for the pattern of the kind's series.
    """

    kind: str
    number: str | Mapping[str, Any] | None
    day: date | None
    place_key: str | None
    marking: str
    draft: bool
    acknowledgement_code: str | None
    verification: str | None
    values: Mapping[str, Mapping[str, Any]]
    paragraphs: Mapping[str, tuple[str, ...]]
    enclosures: tuple[EnclosureFacts, ...]
    addressee: Addressee | None
    particulars: Particulars


def load(path: str | Path) -> NoteData:
    """The note in the data file; raises InputRefused with one sentence for each fault in its details."""
    file = Path(path)
    faults = Faults()
    data = _read(read_toml(file, file.name, faults))
    if faults:
        raise InputRefused(
            "data-file-faulty",
            "The data file %(name)s has %(count)s faults; mend each and try again.",
            details=tuple(faults),
            name=file.name,
            count=len(faults),
        )
    return data


def letters(profile: Profile, data: NoteData) -> dict[str, Letter]:
    """One letter for each language that the data has paragraphs for, in the profile's order.

    Raises a Refusal where a required language is missing, or a value does not fit the profile.
    """
    missing = [
        language.own_name
        for language in profile.languages.values()
        if language.required and language.code not in data.paragraphs
    ]
    unknown = [code for code in data.paragraphs if code not in profile.languages]
    if missing or unknown:
        raise InputRefused(
            "data-file-languages",
            "The data file has no paragraphs in %(missing)s, and paragraphs in %(unknown)s; "
            "give each required language of the profile, and no others.",
            missing=", ".join(missing) or "no required language",
            unknown=", ".join(unknown) or "no unknown language",
        )
    number = _number(profile, data)
    return {
        code: compose(
            profile,
            code,
            kind=data.kind or profile.default_kind,
            values=data.values,
            paragraphs=data.paragraphs[code],
            enclosures=data.enclosures,
            number=number,
            day=data.day,
            place_key=data.place_key,
            acknowledgement_code=data.acknowledgement_code,
            marking=data.marking or next(iter(profile.markings)),
            draft=data.draft,
            addressee=data.addressee,
            particulars=data.particulars,
            verification=data.verification,
        )
        for code in profile.languages
        if code in data.paragraphs
    }


def _number(profile: Profile, data: NoteData) -> str | None:
    """The number as printed; raises Invalid for parts that the pattern of its series does not have."""
    if data.number is None or isinstance(data.number, str):
        return data.number
    given = dict(data.number)
    series = profile.series_of(given.pop("series") or profile.kind(data.kind or profile.default_kind).series)
    year = int(given.pop("year") or (data.day.year if data.day else 0))
    serial = int(given.pop("serial"))
    return series.number(
        serial, year, **series.check_parts({key: text for key, text in given.items() if text})
    )


def render_all(profile: Profile, data: NoteData, out_dir: str | Path) -> list[Path]:
    """Write `note.<language>.pdf`, `.docx` and `.txt` into `out_dir`; returns the paths written.

    Everything is rendered before anything is written, so that a refusal leaves no half note.
    """
    folder = Path(out_dir)
    files: dict[Path, bytes] = {}
    for code, letter in letters(profile, data).items():
        files[folder / f"note.{code}.pdf"] = note_pdf.render(letter)
        files[folder / f"note.{code}.docx"] = note_docx.render(letter)
        files[folder / f"note.{code}.txt"] = plain.text(letter).encode()
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        whole_files.write(path, [content])
    return list(files)


def _read(section: Section) -> NoteData:
    paragraphs = section.section("paragraphs", True)
    values = {}
    for name, table in section.sections("values"):
        values[name] = dict(table.values)
        table.choice("kind", KINDS)
        if "value" not in table.values:
            table.fault("“value” is missing; give the value that all languages share.")
    number = _read_number(section)
    day = section.day("date")
    data = NoteData(
        kind=section.text("kind", ""),
        number=number,
        day=day,
        place_key=section.text("place", "") or None,
        marking=section.text("marking", ""),
        draft=section.flag("draft", number is None or day is None),
        acknowledgement_code=section.text("acknowledgement_code", "") or None,
        verification=section.text("verification", "") or None,
        values=values,
        paragraphs={code: paragraphs.lines(code) for code in paragraphs.values},
        enclosures=tuple(_enclosure(row, at) for at, row in enumerate(section.rows("enclosures"), 1)),
        addressee=_addressee(section.section("addressee")) if "addressee" in section.values else None,
        particulars=read_particulars(section.section("particulars")),
    )
    section.finish()
    return data


def _read_number(section: Section) -> str | Mapping[str, Any] | None:
    if not isinstance(section.values.get("number"), dict):
        return section.text("number", "") or None
    table = section.section("number")
    number = {part: table.text(part, "") for part in ("series", *PARTS)}
    given = {
        **number,
        "serial": table.number("serial", None, 1, 10**8),
        "year": table.number("year", 0, 0, 9999),
    }
    table.finish()
    return given


def _enclosure(row: Section, ordinal: int) -> EnclosureFacts:
    facts = EnclosureFacts(
        ordinal=ordinal,
        titles=row.texts("titles", True),
        language=row.text("language", "") or None,
        pages=int(row.number("pages", None, 1, MAXIMUM_PAGES)),
        origin=row.choice("origin", ORIGINS) if "origin" in row.values else None,
        translated_from=row.text("translated_from", "") or None,
    )
    row.finish()
    return facts


def _addressee(table: Section) -> Addressee:
    lines = table.section("lines")
    addressee = Addressee(
        kind=table.choice("kind", ADDRESSEE_KINDS),
        group=table.text("group", "") or None,
        member=table.text("member", "") or None,
        name=local_text(table, "name"),
        lines={code: lines.lines(code) for code in lines.values} or None,
        members=table.lines("members") if "members" in table.values else None,
    )
    table.finish()
    return addressee
