"""Somebody's words stand in the quotation marks of the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from tests.unit.test_codebase import CODE, REPOSITORY
from web.catalogues import TRANSLATIONS
from web.formats import quoted


@pytest.mark.parametrize(("language", "said"), [("en", "“Late.”"), ("ru", "«Late.»"), ("kk", "«Late.»")])
def test_the_marks_are_those_of_the_language(language: str, said: str) -> None:
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app)
    with app.app_context(), force_locale(language):
        assert quoted("Late.") == said and quoted("") == ""


def test_no_page_writes_english_marks_round_what_a_person_said() -> None:
    pages = [*(REPOSITORY / "templates" / "pages").rglob("*.html"), *CODE]
    found = [
        f"{path.name}: {line.strip()[:80]}"
        for path in pages
        if "demo" not in path.parts and "commands" not in path.parts
        for line in Path(path).read_text(encoding="utf-8").splitlines()
        if "“{{" in line
        or (path.suffix == ".py" and path.is_relative_to(REPOSITORY / "web") and "“{" in line)
    ]
    assert found == []
