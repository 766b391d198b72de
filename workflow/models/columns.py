"""Column types and constraints that several models share."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.types import TypeDecorator


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


def one_of(column: str, kind: type[StrEnum], name: str) -> CheckConstraint:
    """CHECK that `column` holds a member of `kind`."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({words})", name=name)


def both_or_neither(first: str, second: str, name: str) -> CheckConstraint:
    """CHECK that two columns are given together or not at all."""
    return CheckConstraint(f"({first} IS NULL) = ({second} IS NULL)", name=name)
