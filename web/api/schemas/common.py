"""What all models share: strict input, plain texts, ids, windows, and the problem document."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from web.problems import said
from workflow.errors import Phrase

# What a database's integer can hold.
MOST = 2**31 - 1


class Input(BaseModel):
    """What is sent to us: a member that is not known is a mistake, and is said to be one."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class Output(BaseModel):
    """What we send."""

    model_config = ConfigDict(from_attributes=True)


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\r\t" for sign in text):
        raise ValueError("has a control character or half a character in it")
    return text


def _bounded(moment: datetime) -> datetime:
    if not 2000 <= moment.year <= 2100:
        raise ValueError("lies outside the years 2000 to 2100")
    return moment


def _empty_as_none(value: Any) -> Any:
    return None if value == "" else value


Text = Annotated[str, AfterValidator(_plain), Field(max_length=20_000)]
Line = Annotated[str, AfterValidator(_plain), Field(max_length=300)]
Word = Annotated[str, AfterValidator(_plain), Field(min_length=1, max_length=60)]
Reason = Annotated[
    Text,
    Field(
        max_length=2_000,
        description="Why; it is kept in the log.",
        examples=["Agreed with the protocol service."],
    ),
]
Id = Annotated[int, Field(ge=1, le=MOST, examples=[12])]
Moment = Annotated[AwareDatetime, AfterValidator(_bounded), Field(examples=["2026-11-24T09:00:00+06:00"])]
Digest = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]
Revision = Annotated[
    int,
    Field(
        ge=0,
        le=MOST,
        description="The revision that you saw; 409 when it is no longer the one of now.",
        examples=[3],
    ),
]
Titles = Annotated[dict[Word, Line], Field(max_length=20, examples=[{"en": "Summary of the ninth meeting"}])]
Day = Annotated[date, Field(examples=["2026-11-24"])]
# A form sends an empty field where JSON would leave it out.
FormDay = Annotated[Day | None, BeforeValidator(_empty_as_none)]
FormMoment = Annotated[Moment | None, BeforeValidator(_empty_as_none)]


def _spoken(value: Any) -> Any:
    return said(value) if isinstance(value, Phrase) else value


# A sentence of ours in the account's language; a person's own as it is.
Sentence = Annotated[str, BeforeValidator(_spoken)]


class Window(Input):
    """Which part of a list."""

    after: Annotated[int | None, Field(ge=0, le=MOST, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="How many at most.")] = 50


class Why(Input):
    """An act that wants a reason."""

    reason: Reason


class Seen(Input):
    """An act on what was seen."""

    revision: Revision


class Fault(BaseModel):
    """One thing that is wrong: a sentence, and where it is a field, its JSON pointer."""

    detail: str
    pointer: str | None = None


class Problem(BaseModel):
    """What was not done, and why (RFC 9457). `type` is stable; `detail` is in the account's language."""

    type: Annotated[str, Field(examples=["/problems/stale"])]
    title: Annotated[str, Field(examples=["Stale"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[409])]
    detail: Annotated[str, Field(examples=["Not done: the note changed since you opened it. Open it again."])]
    errors: list[Fault] | None = None


def longest_token() -> timedelta:
    """For how long a token may be valid."""
    return timedelta(days=365)
