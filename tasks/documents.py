"""Documents: freeze an upload as PDF, make a final document."""

from __future__ import annotations

from tasks.app import means, task
from workflow.operations import documents, intake


@task("documents.freeze", "conversion")
def freeze(upload_id: int) -> None:
    """Freezes one pending upload; harmless when it is done already."""
    with means().work() as work:
        intake.freeze(work, upload_id)


@task("documents.make", "documents")
def make(document_id: int) -> None:
    """Makes and seals one pending document; harmless when it is done already."""
    with means().look() as work:
        made = documents.prepare(work, document_id)
    with means().work() as work:
        documents.record(work, made)
