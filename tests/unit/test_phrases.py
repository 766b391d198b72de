"""Phrases: the parts of a refusal's sentence are translated with it."""

from __future__ import annotations

import copy

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from web import catalogues
from web.problems import said
from workflow.errors import Conflict, Phrase, both, either, one_after_another
from workflow.permissions import ACTION_WORDS, Actor, why_not, why_not_office
from workflow.states import NoteState, Role

TRANSLATOR = Actor(1, "Aliya", frozenset({Role.TRANSLATOR}))
DIRECTOR = Actor(2, "Dana", frozenset({Role.DIRECTOR}))


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("phrases")
    Babel(app, default_translation_directories=str(catalogues.TRANSLATIONS))
    return app


def spoken(app: Flask, language: str, text: object) -> object:
    with app.test_request_context(), force_locale(language):
        return said(text)


def test_a_phrase_is_its_english_text() -> None:
    phrase = Phrase("the date (now %(day)s)", day="2026-03-28")
    assert phrase == "the date (now 2026-03-28)"
    assert f"{phrase}!" == "the date (now 2026-03-28)!"
    again = copy.deepcopy(phrase)
    assert (again, again.message, again.values) == (phrase, phrase.message, phrase.values)


def test_words_are_joined() -> None:
    assert either(["a", "b", "c"]) == "a or b or c"
    assert both(["a", "b"]) == "a and b"
    assert one_after_another(["One.", "Two."]) == "One. Two."
    assert either([]) == both([]) == one_after_another([]) == ""
    assert either(["a"]) == "a"


def test_a_wrong_role_is_told_in_the_readers_language(app: Flask) -> None:
    refusal = why_not(TRANSLATOR, "approve", NoteState.TRANSLATED)
    assert refusal is not None
    assert refusal.sentence == "Only the director may approve the note."
    assert spoken(app, "ru", refusal.phrase) == "Только директор может утвердить ноту."
    assert spoken(app, "kk", refusal.phrase) == "Тек директор ғана нотаны бекіту құқығына ие."


def test_a_wrong_state_is_told_in_the_readers_language(app: Flask) -> None:
    refusal = why_not(DIRECTOR, "withdraw", NoteState.DISPATCHED)
    assert refusal is not None
    assert spoken(app, "ru", refusal.phrase) == (
        "Сейчас нельзя отозвать ноту: состояние ноты — «отправлена», "
        "а требуется «черновик или переведена или утверждена»."
    )


def test_roles_of_the_office_are_joined_in_the_readers_language(app: Flask) -> None:
    refusal = why_not_office(TRANSLATOR, "read_audit")
    assert refusal is not None
    assert spoken(app, "ru", refusal.phrase) == (
        "Только канцелярия или директор или администратор может просматривать журнал аудита."
    )


def test_a_fact_in_a_place_is_never_translated(app: Flask) -> None:
    refusal = Conflict("x", "There is no action called “%(action)s”.", action="Draft")
    assert spoken(app, "ru", refusal.phrase) == "Действия «Draft» не существует."


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_action_has_words_of_its_own(app: Flask, language: str) -> None:
    spoken_words = [spoken(app, language, words) for words in ACTION_WORDS.values()]
    assert len(set(spoken_words)) == len(spoken_words)
    assert not set(spoken_words) & set(ACTION_WORDS.values())
