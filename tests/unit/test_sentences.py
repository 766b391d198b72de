"""Sentences that are kept in rows, and findings: each reader gets them in their own language."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st

from tests.concordance import corpus
from web import catalogues
from web.problems import said
from workflow import concordance
from workflow.concordance.wording import LANGUAGES
from workflow.errors import Phrase, packed, unpacked
from workflow.letters.intake.report import Finding
from workflow.models.columns import Sentence, Sentences

EMPTY = Phrase("The file %(place)s is empty. Submit it again.", place="a.pdf")


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("sentences")
    Babel(app, default_translation_directories=str(catalogues.TRANSLATIONS))
    return app


def kept(value: str | None) -> str | None:
    column = Sentence()
    return column.process_result_value(column.process_bind_param(value, None), None)


def test_a_sentence_of_ours_is_kept_by_its_key_and_its_values() -> None:
    row = Sentence().process_bind_param(EMPTY, None)
    assert row is not None and json.loads(row) == {"phrase": EMPTY.message, "values": {"place": "a.pdf"}}
    back = kept(EMPTY)
    assert isinstance(back, Phrase) and back == "The file a.pdf is empty. Submit it again."
    nested = Phrase("Line %(line)s: %(fault)s", line=3, fault=EMPTY)
    assert kept(nested) == nested and isinstance(unpacked(packed(nested)).values["fault"], Phrase)


@given(st.text(max_size=40))
def test_a_text_of_a_person_is_kept_as_it_is(text: str) -> None:
    assert kept(text) == text and not isinstance(kept(text), Phrase)


@pytest.mark.parametrize(
    "text",
    [
        '{"phrase": ',
        '{"phrase": "%(a)s", "values": {}}x',
        '{"phrase": 1}',
        '{"phrase": "a", "values": [1]}',
        '{"phrase": "%(b)s", "values": {"a": 1}}',
    ],
)
def test_a_text_that_only_looks_like_one_of_ours_does_no_harm(text: str) -> None:
    assert isinstance(kept(text), str)


def test_a_list_of_sentences_is_kept_likewise() -> None:
    column = Sentences()
    rows = column.process_bind_param([EMPTY, "An old text."], None)
    assert column.process_result_value(json.loads(json.dumps(rows)), None) == [EMPTY, "An old text."]
    assert kept(None) is None and column.process_result_value(None, None) is None


def test_what_the_intake_finds_is_a_phrase(app: Flask) -> None:
    finding = Finding("comments", "word/comments.xml", "The file %(place)s is empty. Submit it again.")
    assert finding.phrase == finding.sentence
    with app.test_request_context(), force_locale("ru"):
        assert "Файл" in str(said(finding.phrase))


FAULTY = {
    "en": "No. AB/12\n\nThe Office presents its compliments to the members and has the honour to forward the report of the "
    "ninth meeting, prepared by the chair. The documents are available at https://a.example/x until 5 May 2026.\n\n"
    "The Office avails itself of this opportunity to renew the assurances of its highest consideration.\n\n"
    "Vienna, 28 March 2026\n\nEnclosure: on 8 p.",
    "ru": "№ АВ/13\n\nБюро свидетельствует свое уважение членам и имеет честь направить протокол десятого заседания, "
    "представленный  председателем. Документы будут доступны по адресу https://a.example/y до 6 мая 2026 года TBC.\n\n"
    "Бюро пользуется случаем, чтобы возобновить уверения в своем уважении.\n\nПрага, 29 марта 2026 года\n\n"
    'Приложение: на 9 л. "открыто',
}


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_finding_is_told_in_the_readers_language(app: Flask, language: str) -> None:
    findings = concordance.compare(str(corpus.HERE / "profiles" / "generic"), FAULTY)
    assert len({finding.type for finding in findings}) >= 9
    with app.test_request_context(), force_locale(language):
        for finding in findings:
            assert isinstance(finding.message, Phrase)
            told = str(said(finding.message))
            # What is left of Latin letters is what the note itself says.
            ours = re.sub(r"«[^»]*»|\S*[/.]\S*", "", told)
            assert not re.search(r"[a-z]{3,}", ours), told
            assert told != finding.message


def test_every_language_that_can_be_compared_has_a_name(app: Flask) -> None:
    from workflow.concordance.language import FOLDER

    assert {file.stem for file in FOLDER.glob("*.toml")} == set(LANGUAGES)
