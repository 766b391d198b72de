"""Addresses of the pages, taken from the table of endpoints so that no two can differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint

from web.views.endpoints import BY_NAME

View = TypeVar("View", bound=Callable[..., Any])


def at(blueprint: Blueprint, name: str) -> Callable[[View], View]:
    """Serves a view at the address and with the methods that the table has for `name`.

    A note in an address may be its draft's reference or its number, so the converter for notes
    takes its place.  Raises KeyError for a name that the table does not have.
    """
    endpoint = BY_NAME[f"{blueprint.name}.{name}"]
    rule = endpoint.rule.replace("<note>", "<note:note>")

    def register(view: View) -> View:
        blueprint.add_url_rule(rule, name, view, methods=list(endpoint.methods))
        return view

    return register
