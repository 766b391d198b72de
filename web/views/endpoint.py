"""How an address of the pages is written down: its name, rule, arguments and fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """`name` for url_for, `rule` for Flask, GET arguments `query`, POST fields `fields` (`posts` when there are none)."""

    name: str
    rule: str
    query: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    gets: bool = True
    posts: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods of the rule."""
        return (("GET",) if self.gets else ()) + (("POST",) if self.posts or self.fields else ())


def get(name: str, rule: str, *query: str) -> Endpoint:
    """A page that is looked at, with its arguments."""
    return Endpoint(name, rule, query=query)


def post(name: str, rule: str, *fields: str) -> Endpoint:
    """An act, with its fields."""
    return Endpoint(name, rule, fields=fields, gets=False, posts=True)


def form(name: str, rule: str, *fields: str, query: tuple[str, ...] = ()) -> Endpoint:
    """A page whose form comes back to it."""
    return Endpoint(name, rule, query=query, fields=fields, posts=True)
