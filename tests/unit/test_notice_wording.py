"""Mail to people of the house: every kind in every language of the pages, compared with checked-in texts."""

from __future__ import annotations

import pytest

from tests.unit.test_compose import compare
from web.frame import LANGUAGES
from workflow.models import NoticeKind
from workflow.post import notice_wording
from workflow.post.notice_wording import Item

FACTS = {
    "en": {
        "note": "D-2026-0003",
        "title": "Summary of the Eleventh Meeting",
        "language": "Қазақша",
        "due": "14 May 2026",
    },
    "ru": {
        "note": "D-2026-0003",
        "title": "Резюме одиннадцатого заседания",
        "language": "Қазақша",
        "due": "14 мая 2026 г.",
    },
    "kk": {
        "note": "D-2026-0003",
        "title": "Он бірінші отырыстың түйіндемесі",
        "language": "Қазақша",
        "due": "2026 жылғы 14 мамыр",
    },
}
LINK = "https://notes.example.org/notes/D-2026-0003/versions/kk"


def item(language: str, kind: str) -> Item:
    facts = dict(FACTS[language])
    if kind in ("undeliverable", "silent", "held"):
        del facts["language"], facts["due"]
        facts["member"] = {"en": "Tajikistan", "ru": "Таджикистан", "kk": "Тәжікстан"}[language]
    if kind.startswith("incoming"):
        del facts["language"], facts["note"]
        facts["incoming"] = "IN-12/2026"
        return Item(kind, facts, "https://notes.example.org/incoming/12")
    return Item(kind, facts, LINK)


def test_every_language_of_the_pages_has_every_kind() -> None:
    assert set(LANGUAGES) <= set(notice_wording.languages())
    for language in notice_wording.languages():
        assert set(notice_wording.load(language).kinds) == {kind.value for kind in NoticeKind}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_each_language(language: str) -> None:
    words = notice_wording.load(language)
    frame = {"organisation": "CICA", "settings": "https://notes.example.org/settings"}
    pieces = []
    for kind in NoticeKind:
        subject, text = words.write([item(language, kind.value)], digest=False, **frame)
        pieces.append(f"=== {kind.value}\nSubject: {subject}\n\n{text}")
    several = [item(language, kind) for kind in ("assigned", "undeliverable", "late")]
    subject, text = words.write(several, digest=True, **frame)
    pieces.append(f"=== digest\nSubject: {subject}\n\n{text}")
    whole = "\n".join(pieces)
    assert not set("{}") & set(whole)
    assert max(map(len, whole.splitlines())) <= 100
    compare(f"notices.{language}.txt", whole.encode())


def test_a_language_without_mails_gets_english_and_no_other_file() -> None:
    assert notice_wording.load("xx").language == "en"
    assert notice_wording.load("../en").language == "en"


def test_faults_of_a_file_are_named() -> None:
    with pytest.raises(ValueError, match=r"single.subject is missing.*digest.body is missing"):
        notice_wording.read("xx", "")
    text = (notice_wording.FOLDER / "en.toml").read_text("utf-8")
    with pytest.raises(ValueError, match=r"lacks the place \{link\}"):
        notice_wording.read("xx", text.replace("{link}", ""))
    with pytest.raises(ValueError, match=r"unknown place \{text\}"):
        notice_wording.read("xx", text.replace("{sentence}", "{sentence} {text}"))
