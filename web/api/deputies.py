"""Deputies of the director."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy import select

from web import once
from web.access import allowed
from web.api import paging
from web.api.directory import READERS
from web.api.door import endpoint
from web.api.schemas import office as schemas
from web.api.schemas.common import Window
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.operations import deputies
from workflow.operations.context import Work


def _delegation(row: models.Delegation) -> schemas.Delegation:
    return schemas.Delegation(
        id=row.id,
        principal=row.principal_id,
        deputy=row.deputy_id,
        actions=row.actions,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        reason=row.reason,
        made_by=row.made_by,
        ended_at=row.ended_at,
    )


@endpoint("GET", "/delegations", READERS, tag="Deputies", query=Window, gives=schemas.Delegations)
def list_delegations(query: Window) -> dict[str, Any]:
    """List the deputies of the director, past ones too, the newest first."""
    with looking() as work:
        return paging.page(
            work, select(models.Delegation), models.Delegation.id, query, _delegation, newest_first=True
        )


@endpoint(
    "POST",
    "/delegations",
    allowed(actions="delegate"),
    tag="Deputies",
    body=schemas.NewDelegation,
    gives=schemas.Delegation,
    status=201,
    once=True,
)
def make_delegation(body: schemas.NewDelegation) -> schemas.Delegation:
    """Name a deputy of the director for a period."""
    key = request.headers.get("Idempotency-Key")
    with writing() as work:
        known = once.done(work, key, ["delegation", body.model_dump(mode="json")])
        if known:
            return _delegation(
                work.session.get_one(models.Delegation, int(known.removeprefix("delegation:")))
            )
        row = deputies.delegate(
            work,
            _account(work, body.principal),
            _account(work, body.deputy),
            body.actions,
            body.valid_from,
            body.valid_until,
            body.reason,
        )
        once.keep(work, key, f"delegation:{row.id}")
        return _delegation(row)


def _account(work: Work, number: int) -> models.Account:
    account = work.session.get(models.Account, number)
    if account is None:
        raise NotFound("no-such-account", "There is no account %(id)s.", id=number)
    return account
