"""The commands of `chancery`, by what they are about; each module has `register(group)`."""

from __future__ import annotations

from functools import cache

from web.service import embedded_settings
from workflow.means import Means
from workflow.permissions import Actor


@cache
def means() -> Means:
    """The means that the variables of this process describe."""
    return Means.of(embedded_settings())


def actor(email: str) -> Actor:
    """The person with this address, as the operations see them; raises NotFound."""
    from workflow.operations import accounts

    with means().look() as work:
        return accounts.actor_of(work.session, accounts.find(work, email), means().clock)
