"""Column types and constraints that several models share."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, String, Text
from sqlalchemy.types import TypeDecorator

from workflow.errors import Phrase, packed, unpacked


class Word(TypeDecorator[StrEnum]):
    """A member of a StrEnum, kept as its word so that the database reads well without us."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | str | None, dialect: object) -> str | None:
        """Refuses a word that is no member."""
        return None if value is None else str(self.kind(value).value)

    def process_result_value(self, value: str | None, dialect: object) -> StrEnum | None:
        """Gives the member back."""
        return None if value is None else self.kind(value)


class Sentence(TypeDecorator[str]):
    """A sentence: one of ours is kept as its catalogue key and its values, a person's own as it is.

    Who reads the row gets it back as a Phrase, English to whoever prints it, and the reader's
    language where an edge translates it.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: object) -> str | None:
        """A phrase as JSON."""
        return json.dumps(packed(value), ensure_ascii=False) if isinstance(value, Phrase) else value

    def process_result_value(self, value: str | None, dialect: object) -> str | None:
        """The phrase, or the text as it is."""
        if value is None or not value.startswith('{"phrase": '):
            return value
        try:
            found = unpacked(json.loads(value))
        except ValueError:
            return value
        return found if isinstance(found, str) else value


class Sentences(TypeDecorator[list[Any]]):
    """A list of sentences, each kept as a `Sentence` is."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[Any] | None, dialect: object) -> list[Any] | None:
        """Phrases as plain data."""
        return None if value is None else [packed(one) for one in value]

    def process_result_value(self, value: list[Any] | None, dialect: object) -> list[Any] | None:
        """The phrases, and texts as they are."""
        return None if value is None else [unpacked(one) for one in value]


def one_of(column: str, kind: type[StrEnum], name: str) -> CheckConstraint:
    """CHECK that `column` holds a member of `kind`."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({words})", name=name)


def both_or_neither(first: str, second: str, name: str) -> CheckConstraint:
    """CHECK that two columns are given together or not at all."""
    return CheckConstraint(f"({first} IS NULL) = ({second} IS NULL)", name=name)
