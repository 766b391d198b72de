"""The catalogues of the interface: found in the code, kept in `web/translations`, compiled beside it.

    python -m web.catalogues

extracts every sentence anew, keeps each translation that still has its sentence, writes
`messages.po` and `messages.mo` of each language, and lists what is left to translate.  A sentence
that changed is a new one: nothing is guessed, so no entry is ever fuzzy.  The compiled catalogues
are kept in the repository, so that a fresh copy speaks every language at once.

The catalogue `flask_security` holds the sentences of the login library that our pages show; it is
written by hand and only compiled here.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "web" / "translations"
LANGUAGES = ("ru", "kk")
DOMAINS = ("messages", "flask_security")

# Besides gettext and its kin: the marks of sentences in tables, and the sentence of each refusal,
# which stands after its code.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "N_": None,
    "message": None,
    "Phrase": None,
    "_refused": None,
    **dict.fromkeys(
        (
            "Refusal",
            "NotAllowed",
            "NotFound",
            "NotSignedIn",
            "Conflict",
            "Stale",
            "Invalid",
            "InputRefused",
            "Unavailable",
            "Misuse",
        ),
        (2,),
    ),
}

HEADER = """\
# The {name} words of Chancery's interface.
# Copyright (C) 2026 the authors of Chancery, under the licence of the project."""
NAMES = {"ru": "Russian", "kk": "Kazakh"}
REMARKS = {
    "kk": "\n# This catalogue is to be confirmed by the secretariat's translator.",
}


def path(language: str, domain: str = "messages", suffix: str = "po") -> Path:
    """Where the catalogue of a language stands; `suffix` is `po`, or `mo` for the compiled one."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.{suffix}"


def extract() -> Catalog:
    """Every sentence of the interface as the code and the pages have it now, with the places by file."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    for filename, _, message, comments, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=False
    ):
        found.add(message, None, [(Path(filename).as_posix(), 0)], auto_comments=comments, context=context)
    return found


def read(language: str, domain: str = "messages") -> Catalog:
    """The catalogue as it is kept; raises FileNotFoundError when there is none."""
    with path(language, domain).open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def compiled(catalog: Catalog) -> bytes:
    """The catalogue in the form that gettext reads."""
    written = BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def is_translated(message: Message) -> bool:
    """Whether the entry has a text in each of its forms, and none that was only guessed."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms) and not message.fuzzy


def updated(language: str, template: Catalog) -> Catalog:
    """The template's entries with the translations that are kept for the same sentences."""
    kept = read(language) if path(language).exists() else Catalog(locale=language)
    new = Catalog(
        locale=language,
        project="Chancery",
        version="1",
        msgid_bugs_address="registry@secretariat.example",
        fuzzy=False,
        header_comment=HEADER.format(name=NAMES[language]) + REMARKS.get(language, ""),
        creation_date=kept.creation_date,
        revision_date=kept.creation_date,
        last_translator="Chancery",
        language_team=language,
    )
    for message in template:
        if message.id:
            old = kept.get(message.id, message.context)
            text = old.string if old is not None and is_translated(old) else None
            new.add(
                message.id,
                text,
                message.locations,
                auto_comments=message.auto_comments,
                context=message.context,
            )
    return new


def main() -> int:
    """Brings the catalogues up to date and compiles them; 1 when something is left to translate."""
    template = extract()
    left = 0
    for language in LANGUAGES:
        catalog = updated(language, template)
        with path(language).open("wb") as file:
            write_po(file, catalog, width=0, sort_by_file=True, include_lineno=False)
        for message in catalog:
            if message.id and not is_translated(message):
                left += 1
                sys.stderr.write(f"{language}: {message.id!r}\n")
        for domain in DOMAINS:
            path(language, domain, "mo").write_bytes(compiled(read(language, domain)))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
