"""About the pages themselves: their parts, their keys, and who can use them."""

from __future__ import annotations

from flask import Blueprint, render_template

from web import samples
from web.access import allowed, allowed_public
from web.pages._routes import at
from workflow.states import Role

blueprint = Blueprint("about", __name__)

GENERAL = "It says how the pages work, and nothing of any note."


@at(blueprint, "design")
@allowed(Role.ADMINISTRATOR)
def design() -> str:
    """All parts and states of the pages, with invented examples."""
    return render_template("design.html", page=samples.design())


@at(blueprint, "keyboard")
@allowed_public(GENERAL)
def keyboard() -> str:
    """The keys that act."""
    return render_template("keyboard.html", page=None)


@at(blueprint, "accessibility")
@allowed_public(GENERAL)
def accessibility() -> str:
    """For whom the pages are made."""
    return render_template("accessibility.html", page=None)
