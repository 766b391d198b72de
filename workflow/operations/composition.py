"""From the rows of a note to the letter model: what every language version says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from workflow import concordance, register
from workflow.canonical import digest
from workflow.errors import Invalid
from workflow.letters import letter as letters
from workflow.letters import plain, slots
from workflow.letters.letter import EnclosureFacts, Letter
from workflow.letters.profile import Kind, Profile, Series
from workflow.models import LanguageVersion, Note, Waiver
from workflow.operations import translation
from workflow.operations.context import Work
