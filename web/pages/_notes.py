"""The blueprint of the note, which several modules of pages share."""

from __future__ import annotations

from flask import Blueprint

notes = Blueprint("notes", __name__)
