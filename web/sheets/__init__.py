"""Sheets that people print and keep, in the words of their language: evidence, receipt slips, delivery lists.

`evidence`  the pack of evidence of a state or a note, as PDF
`slip`      the receipt slip of a contact
`handing`   the covering slip and the list of what is handed over by a person

Each makes a `Sheet` from plain data; `workflow.letters.sheet` draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

from flask import Flask, has_app_context
from flask_babel import Babel, force_locale

from web.catalogues import TRANSLATIONS
from web.frame import LANGUAGES


@cache
def _speaker() -> Flask:
    """An application that knows the catalogues and nothing else, for the command line."""
    app = Flask("web.sheets", static_folder=None)
    Babel(app, default_translation_directories=str(TRANSLATIONS))
    return app


def spoken(language: str) -> str:
    """The language that a sheet is written in for a reader of `language`."""
    return language if language in LANGUAGES else LANGUAGES[0]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Words inside are in `language`, where the interface has it, inside a request and outside of one."""
    if has_app_context():
        with force_locale(spoken(language)):
            yield
        return
    with _speaker().app_context(), force_locale(spoken(language)):
        yield


def exact_utc(value: datetime | None) -> str:
    """A time in UTC to the second, as logs write it: `2026-05-12 06:00:00`."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if value else ""
