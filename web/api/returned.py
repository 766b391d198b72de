"""Returned mail: what came to the return path, and what waits for a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from werkzeug.wrappers import Response

from web.access import allowed
from web.api import paging, present
from web.api.door import endpoint
from web.api.files import attachment
from web.api.schemas import outcome as schemas
from web.api.schemas.common import Why
from web.session import looking, writing
from workflow import models
from workflow.errors import NotFound
from workflow.operations import returned_mail
from workflow.operations.context import Work

READERS = allowed(actions="settle_returned")


def _find(work: Work, number: int) -> models.ReturnedMessage:
    row = work.session.get(models.ReturnedMessage, number)
    if row is None:
        raise NotFound("no-such-message", "There is no returned message %(id)s.", id=number)
    return row


def _present(work: Work, row: models.ReturnedMessage) -> schemas.Returned:
    people = present.People(work, [row.settled_by])
    return present.plain(  # type: ignore[no-any-return]
        schemas.Returned, row, delivery=row.delivery_id, settled_by=people.get(row.settled_by)
    )


@endpoint(
    "GET", "/returned", READERS, tag="Returned mail", query=schemas.ReturnedQuery, gives=schemas.ReturnedPage
)
def list_returned(query: schemas.ReturnedQuery) -> dict[str, Any]:
    """List returned messages, oldest first; `state=waiting` gives those that wait for a person."""
    with looking() as work:
        statement = select(models.ReturnedMessage)
        if query.state:
            statement = statement.where(models.ReturnedMessage.state == query.state)
        return paging.page(work, statement, models.ReturnedMessage.id, query, lambda row: _present(work, row))


@endpoint("GET", "/returned/<row:message>", READERS, tag="Returned mail", gives=schemas.Returned)
def show_returned(message: int) -> schemas.Returned:
    """Show a returned message."""
    with looking() as work:
        return _present(work, _find(work, message))


@endpoint("GET", "/returned/<row:message>/raw", READERS, tag="Returned mail", media="text/plain")
def raw_returned(message: int) -> Response:
    """Download a returned message as it came; bytes that are no UTF-8 are replaced."""
    with looking() as work:
        row = _find(work, message)
        text = work.store.get(row.sha256).decode("utf-8", errors="replace")
        return attachment(text.encode(), f"returned-{row.id}.txt", "txt")


@endpoint(
    "POST", "/returned/<row:message>/settle", READERS, tag="Returned mail", body=Why, gives=schemas.Returned
)
def settle_returned(message: int, body: Why) -> schemas.Returned:
    """Say that a person has looked at a waiting message, and what was done about it."""
    with writing() as work:
        return _present(work, returned_mail.settle(work, message, body.reason))
