"""Alembic's environment: it works on the connection that `workflow.schema` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from workflow import models
from workflow.db import Base, Moment
from workflow.models.columns import Word

assert models.Note.metadata is Base.metadata


def render(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Our own column types are written into migrations as what the database sees of them."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return f"sa.String({item.impl_instance.length})"  # type: ignore[attr-defined]
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_item=render,
    compare_type=True,
    render_as_batch=False,
    transaction_per_migration=False,
)
context.run_migrations()
