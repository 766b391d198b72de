"""The catalogues are whole: every sentence of the interface is there in Russian and Kazakh.

After a sentence changed, `python -m web.catalogues` brings them up to date and lists what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from web import catalogues
from web.formats import NBSP
from web.views import words

PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+(?:\.\w+)?\}|</?\w+[^>]*>")

# The table of words for each status: what a reader of Russian and of Kazakh sees.
STATUS_WORDS = {
    "draft": ("Черновик", "Жоба"),
    "translated": ("Переведена", "Аударылды"),
    "approved": ("Утверждена", "Бекітілді"),
    "dispatched": ("Отправлена", "Жіберілді"),
    "withdrawn": ("Отозвана", "Кері қайтарылды"),
    "void": ("Аннулирован", "Күші жойылған"),
    "waiting": ("Ожидает", "Күтуде"),
    "in_progress": ("В работе", "Орындалуда"),
    "submitted": ("На проверке", "Тексеруде"),
    "accepted": ("Принят", "Қабылданды"),
    "stale": ("Устарел", "Ескірген"),
    "sent_back": ("Возвращена", "Қайтарылды"),
    "in_transit": ("В пути", "Жолда"),
    "reached": ("Доставлена", "Жеткізілді"),
    "downloaded": ("Скачана", "Жүктеп алынды"),
    "acknowledged": ("Получение подтверждено", "Алынғаны расталды"),
    "on_behalf": ("За государство, по документу", "Мемлекет атынан"),
    "waived": ("Допущено с обоснованием", "Негіздемемен рұқсат етілді"),
    "undeliverable": ("Не доставлена", "Жеткізілмеді"),
    "delayed": ("Задерживается", "Кешігуде"),
    "unknown": ("Исход неизвестен", "Нәтижесі белгісіз"),
    "late": ("Просрочено", "Мерзімі өтті"),
    "due_today": ("Срок сегодня", "Мерзімі бүгін"),
    "error": ("Ошибка", "Қате"),
    "warning": ("Предупреждение", "Ескерту"),
}


@cache
def template() -> Catalog:
    return catalogues.extract()


@cache
def kept(language: str, domain: str) -> Catalog:
    return catalogues.read(language, domain)


def entries(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text,)


languages = pytest.mark.parametrize("language", catalogues.LANGUAGES)
catalogue = pytest.mark.parametrize(
    ("language", "domain"), [(one, domain) for one in catalogues.LANGUAGES for domain in catalogues.DOMAINS]
)


@languages
def test_every_sentence_is_translated(language: str) -> None:
    catalog = kept(language, "messages")
    missing = []
    for wanted in entries(template()):
        found = catalog.get(wanted.id, wanted.context)
        if found is None or not catalogues.is_translated(found):
            missing.append(f"{wanted.locations[0][0]}: {wanted.id!r}")
    assert not missing, "run `python -m web.catalogues` and translate:\n" + "\n".join(missing)


@languages
def test_no_entry_is_left_over(language: str) -> None:
    wanted = {(message.id, message.context) for message in entries(template())}
    over = [m.id for m in entries(kept(language, "messages")) if (m.id, m.context) not in wanted]
    over += list(kept(language, "messages").obsolete)
    assert not over, f"run `python -m web.catalogues`; the code no longer says: {over}"


@catalogue
def test_no_entry_is_empty_or_guessed(language: str, domain: str) -> None:
    assert [m.id for m in entries(kept(language, domain)) if not catalogues.is_translated(m)] == []


@catalogue
def test_named_places_and_marks_are_kept(language: str, domain: str) -> None:
    """A lost `%(name)s` would lose a fact; an invented one would be a fault in front of the reader."""
    wrong = []
    for message in entries(kept(language, domain)):
        wanted = sorted(set(PLACE.findall(forms(message.id)[-1])))
        for text in forms(message.string):
            if sorted(set(PLACE.findall(text))) != wanted:
                wrong.append((message.id, text))
    assert not wrong


@catalogue
def test_plurals_have_each_form_of_the_language(language: str, domain: str) -> None:
    count = {"ru": 3, "kk": 2}[language]
    catalog = kept(language, domain)
    assert catalog.num_plurals == count
    assert all(len(forms(m.string)) == count for m in entries(catalog) if m.pluralizable)


@catalogue
def test_the_compiled_catalogue_agrees(language: str, domain: str) -> None:
    with catalogues.path(language, domain, "mo").open("rb") as file:
        compiled = read_mo(file)
    source = kept(language, domain)
    assert {forms(m.id): forms(m.string) for m in entries(compiled)} == {
        forms(m.id): forms(m.string) for m in entries(source)
    }, "run `python -m web.catalogues`"


@languages
def test_statuses_read_as_the_table_says(language: str) -> None:
    catalog = kept(language, "messages")
    which = catalogues.LANGUAGES.index(language)
    said = {key: catalog[words.status(key).word].string for key in STATUS_WORDS}
    assert said == {key: pair[which] for key, pair in STATUS_WORDS.items()}


@catalogue
def test_typography_of_the_language(language: str, domain: str) -> None:
    """Quotation marks are « », no space is doubled, and a number sign holds on to its number."""
    wrong = [
        text
        for message in entries(kept(language, domain))
        for text in forms(message.string)
        if re.search(r"[“”]|  |№ %| [,.:;!?](?: |$)", text) or f"{NBSP} " in text or text != text.strip()
    ]
    assert not wrong


def test_kazakh_is_marked_as_to_be_confirmed() -> None:
    for domain in catalogues.DOMAINS:
        assert "to be confirmed by the secretariat's translator" in kept("kk", domain).header_comment


@languages
def test_letters_of_the_other_alphabet_do_not_hide_in_words(language: str) -> None:
    """A Latin "c" in a Cyrillic word looks right and is never found by a search."""
    mixed = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[а-яА-ЯёЁәғқңөұүһіӘҒҚҢӨҰҮҺІ])\w+")
    wrong = [
        (text, mixed.findall(PLACE.sub(" ", text)))
        for message in entries(kept(language, "messages"))
        for text in forms(message.string)
        if mixed.search(PLACE.sub(" ", text))
    ]
    assert not wrong


def test_sentences_of_refusals_are_found() -> None:
    """The sentence of a refusal stands after its code, often over several lines."""
    known = {message.id for message in entries(template())}
    assert "The reason has more than 2,000 characters. Shorten it." in known
    assert (
        "Not approved: %(changed)s changed since you opened the page. Nothing was allotted. "
        "Open it again and look at what changed."
    ) in known
    assert not [
        one for one in known if isinstance(one, str) and re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)+", one)
    ]
