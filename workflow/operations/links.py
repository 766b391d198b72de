"""Which of the secrets that a file might hold are those of our links, so that they can be covered.

They are the personal links of deliveries, and those by which a contact agrees to a changed address.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from workflow.models import AddressCheck, Delivery
from workflow.operations.context import Work
from workflow.operations.dispatch import link_digest, link_token
from workflow.proof.covering import InUse

# So many digests are asked about in one statement.
MOST = 500


def in_use(work: Work, deliveries: Collection[int]) -> InUse:
    """What tells secrets of links from other words: every link in force, and of `deliveries` those replaced since."""
    renewed = work.session.scalars(
        select(Delivery).where(Delivery.id.in_(deliveries), Delivery.link_serial > 0)
    )
    replaced = {
        link_token(work, one.message_id, serial) for one in renewed for serial in range(one.link_serial + 1)
    }

    def asked(found: Collection[str]) -> set[str]:
        digests = {link_digest(one): one for one in found}
        known = replaced & set(found)
        asking = sorted(digests)
        for first in range(0, len(asking), MOST):
            some = asking[first : first + MOST]
            for column in (Delivery.link_digest, AddressCheck.link_digest):
                rows = work.session.scalars(select(column).where(column.in_(some)))
                known |= {digests[row] for row in rows if row is not None}
        return known

    return asked
