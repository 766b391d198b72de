"""The audit log, and the walk that proves it whole."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from web.access import allowed
from web.api import paging
from web.api.door import endpoint
from web.api.schemas import office as schemas
from web.session import looking
from workflow import anchors, audit, models

READERS = allowed(actions="read_audit")


def _entry(row: models.AuditEntry) -> schemas.Entry:
    return schemas.Entry(
        number=row.number,
        at=row.at,
        actor=row.actor_id,
        acting_for=row.acting_for_id,
        action=row.action,
        subject=row.subject,
        data=json.loads(row.data),
        mac=row.mac,
    )


@endpoint("GET", "/audit", READERS, tag="Audit", query=schemas.AuditQuery, gives=schemas.Entries)
def list_entries(query: schemas.AuditQuery) -> dict[str, Any]:
    """List the entries of the log, oldest first."""
    with looking() as work:
        statement = select(models.AuditEntry)
        if query.subject:
            statement = statement.where(models.AuditEntry.subject == query.subject)
        if query.action:
            statement = statement.where(models.AuditEntry.action == query.action)
        return paging.page(work, statement, models.AuditEntry.number, query, _entry)


@endpoint("GET", "/audit/verification", READERS, tag="Audit", gives=schemas.Verification)
def verify_audit() -> schemas.Verification:
    """Walk the whole log, its evidence and its anchors, and say what is wrong with it."""
    with looking() as work:
        file = work.settings.anchor_file
        known = anchors.read(file) if file.exists() else []
        found = audit.verify(work.session, work.settings.keys.audit, known)
        return schemas.Verification(
            good=found.good,
            entries=found.entries,
            head=found.head,
            sealed=found.sealed,
            unsealed=found.unsealed,
            anchors=len(known),
            faults=found.faults,
        )
