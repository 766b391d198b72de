"""What the concordance can find: the closed list of types, and one finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ERROR = "error"
WARNING = "warning"

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "number": "The note's number, or the number of a document that it cites, is not the same.",
        "number-script": "The number is written with letters of another script that look alike.",
        "date": "A date, or a date range, is not the same.",
        "deadline": "The day, the hour or the time zone of a deadline is not the same.",
        "place": "A place is not the same, or its name was not in force on the note's date.",
        "ordinal": "An ordinal, in words or in digits, is not the same.",
        "meeting": "An ordinal is tied to a body in one version and stands alone in another.",
        "quantity": "A quantity or its unit is not the same.",
        "pages": "The count of pages or sheets of an enclosure is not the same.",
        "page-unit": "The unit in which an enclosure is counted is unclear, or is not the one of the profile.",
        "enclosure": "The enclosure line is there in one version only, or announces another number of enclosures.",
        "url": "A web address is not the same.",
        "email": "An e-mail address is not the same.",
        "quoted-title": "A title in quotation marks is missing, or is not the same.",
        "institution": "Another institution is named.",
        "state": "Another state is named, or its name was not in force on the note's date.",
        "name-form": "One body or thing is named in two ways within one version.",
        "abbreviation": "An abbreviation is not defined, is defined twice, or is not the same.",
        "enclosed-noun": "What is enclosed is called by nouns of different meaning.",
        "act": "What was done to a document (prepared, submitted, adopted) is not the same.",
        "forbidden-term": "A word is used that the glossary forbids for what another version names.",
        "availability": "What is available, and whether now or in future, is not the same.",
        "opening": "The opening formula is missing or not of equal level.",
        "closing": "The closing formula is missing or not of equal level.",
        "addressee": "The addressee is not the same, or stands in the wrong grammatical case.",
        "paragraph-missing": "A paragraph of the other versions is missing.",
        "paragraph-added": "A paragraph stands in one version only.",
        "paragraph-order": "Paragraphs stand in another order.",
        "untranslated": "Text was left in the language of another version.",
        "wrong-script": "A word has letters of another script that look alike.",
        "placeholder": "A place to be filled, or a draft's mark, was left in the text.",
        "spacing": "There are double spaces, or a space where none belongs.",
        "quotation-marks": "Quotation marks are not those of the language, or are not closed.",
    }
)
"""Type of finding → its meaning, in one line."""


@dataclass(frozen=True)
class Finding:
    """One thing that a person has to look at.

    `type` is a key of TYPES; `severity` is "error" or "warning"; `languages`
    are the versions at fault (all that differ, where no majority says which);
    `quotes` hold the passage of each version, the right ones too;
    `paragraphs` the number of its paragraph in the text, counted from 1;
    `message` says in a sentence what differs and how to mend it: English to whoever prints it, and a
    Phrase, so that an edge can say it in the language of its reader.
    """

    type: str
    severity: str
    languages: tuple[str, ...]
    quotes: Mapping[str, str] = field(default_factory=dict)
    paragraphs: Mapping[str, int] = field(default_factory=dict)
    message: str = ""

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"{self.type} is not in the closed list of types")


def as_json(findings: list[Finding]) -> dict[str, object]:
    """The findings as plain data, with the number of errors and of warnings."""
    return {
        "findings": [
            {
                "type": finding.type,
                "severity": finding.severity,
                "languages": list(finding.languages),
                "quotes": dict(finding.quotes),
                "paragraphs": dict(finding.paragraphs),
                "message": str(finding.message),
            }
            for finding in findings
        ],
        "errors": sum(finding.severity == ERROR for finding in findings),
        "warnings": sum(finding.severity == WARNING for finding in findings),
    }
