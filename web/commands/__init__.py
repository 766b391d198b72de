"""The commands of `chancery`, by what they are about; each module has `register(group)`."""

from __future__ import annotations

from functools import cache

from web.service import embedded_settings
from workflow import schema
from workflow.means import Means
from workflow.permissions import Actor


@cache
def means() -> Means:
    """The means that the variables of this process describe.

    Raises Unavailable where the database does not answer, or is not at this program's migration.
    """
    found = Means.of(embedded_settings())
    found.database.ping()
    schema.require_current(found.database)
    return found


def actor(email: str) -> Actor:
    """The person with this address, as the operations see them; raises NotFound."""
    from workflow.operations import accounts

    with means().look() as work:
        return accounts.actor_of(work.session, accounts.find(work, email), means().clock)
