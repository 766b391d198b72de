"""The means of a process: settings, database, store and clock, made once and handed around."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workflow.clock import Clock, system_clock
from workflow.config import Settings
from workflow.db import Database
from workflow.operations.context import SYSTEM, Work
from workflow.permissions import Actor
from workflow.store import Store


@dataclass(frozen=True)
class Means:
    """What the pages, the workers and the command line all work with."""

    settings: Settings
    database: Database
    store: Store
    clock: Clock = system_clock

    @classmethod
    def of(cls, settings: Settings, clock: Clock = system_clock) -> Means:
        """The means that `settings` describe."""
        if settings.database.startswith("sqlite"):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        return cls(settings, Database(settings.database), Store(settings.store_dir), clock)

    @contextmanager
    def work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """One piece of work in a transaction: committed at the end, or nothing of it happened."""
        with self.database.transaction() as session:
            yield Work(session, actor, self.settings, self.store, self.clock)

    @contextmanager
    def look(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """A look that changes nothing."""
        with self.database.reading() as session:
            yield Work(session, actor, self.settings, self.store, self.clock)
