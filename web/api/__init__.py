"""The API under /api/v1: JSON in and out, a bearer token per account, problems per RFC 9457.

`door`      how an endpoint is declared: route, access, input, output
`openapi`   the description that /api/v1/openapi.json gives
`schemas`   what goes in and out, as pydantic models
`present`   rows as those models
`paging`    keyset pages

One module per resource: `uploads`, `notes`, `source`, `versions`, `exchange`, `memory`, `glossary`,
`suggestions`, `approval`, `documents`, `deliveries`, `halting`, `receipts`, `handing`, `reminders`,
`silence`, `family`, `register`, `incoming`, `incoming_acts`, `returned`, `directory`, `certificates`, `deputies`, `people`, `audit`.

A note is named in an address by its draft's reference (`D-2026-0012`, which it keeps for ever) or
by its number in any script, with the slash as it is or as %2F: `/notes/TTF/374/documents` and
`/notes/ТТФ%2F374/documents` are the same.

Doing a thing twice is harmless: a transition carries the revision that it was decided on, and a
repeated one is refused (409) with nothing changed; PUT and DELETE say what shall be; the POSTs that
make something (notes, uploads, incoming papers, contacts, deputies, accounts, receipts on behalf) honour an
`Idempotency-Key` and give what the first request made.
"""

from __future__ import annotations

from importlib import import_module

from apiflask import APIFlask

from web.api import openapi
from web.api.door import blueprint

RESOURCES = (
    "uploads",
    "notes",
    "source",
    "enclosures",
    "versions",
    "exchange",
    "memory",
    "glossary",
    "suggestions",
    "approval",
    "documents",
    "deliveries",
    "halting",
    "receipts",
    "reminders",
    "handing",
    "silence",
    "family",
    "register",
    "incoming",
    "incoming_acts",
    "returned",
    "directory",
    "contacts",
    "certificates",
    "deputies",
    "people",
    "audit",
)


def init_app(app: APIFlask) -> None:
    """Adds the API to the application."""
    for name in RESOURCES:
        import_module(f"web.api.{name}")
    app.register_blueprint(blueprint)
    openapi.init_app(app)


__all__ = ["blueprint", "init_app"]
