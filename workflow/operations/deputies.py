"""Deputies: who stands in for the director, for which acts, from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.models import Account, Delegation
from workflow.operations.context import Work, begin_office, require_reason
from workflow.states import Role

DELEGATED = ("approve", "dispatch")


def delegate(
    work: Work,
    principal: Account,
    deputy: Account,
    actions: Sequence[str],
    valid_from: datetime,
    valid_until: datetime,
    reason: str,
) -> Delegation:
    """Names a deputy of the director for a period; by the principal or the administrator."""
    begin_office(work, "delegate")
    if not work.actor.has(Role.ADMINISTRATOR) and work.actor.id != principal.id:
        raise NotAllowed("not-yours", "You can name a deputy only for yourself.")
    if Role.DIRECTOR not in {row.role for row in principal.role_rows}:
        raise Invalid(
            "not-a-director",
            "%(name)s is not the director, so there is nothing to pass on.",
            name=principal.name,
        )
    if principal.id == deputy.id or not deputy.active:
        raise Invalid("not-a-deputy", "The deputy is another, active person.")
    wanted = sorted(set(actions))
    if not wanted or not set(wanted) <= set(DELEGATED):
        raise Invalid("delegated-actions", "A deputy may be named to approve, to dispatch, or both.")
    if not valid_from < valid_until:
        raise Invalid("delegation-period", "The period ends before it begins.")
    row = Delegation(
        principal_id=principal.id,
        deputy_id=deputy.id,
        actions=wanted,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=require_reason(reason),
        made_by=work.actor.id,
    )
    work.session.add(row)
    work.session.flush()
    work.log(
        "delegate",
        f"account:{deputy.id}",
        principal=principal.id,
        actions=wanted,
        valid_from=valid_from.isoformat(),
        valid_until=valid_until.isoformat(),
    )
    return row


def end_delegation(work: Work, delegation_id: int, reason: str) -> Delegation:
    """Ends a delegation at once; by the principal or the administrator.  Raises NotFound and Conflict."""
    begin_office(work, "delegate")
    row = work.session.get(Delegation, delegation_id)
    if row is None or (not work.actor.has(Role.ADMINISTRATOR) and work.actor.id != row.principal_id):
        raise NotFound("no-such-delegation", "There is no delegation %(id)s of yours.", id=delegation_id)
    text = require_reason(reason)
    if row.ended_at is not None or row.valid_until <= work.now():
        raise Conflict("delegation-ended", "This delegation has ended already.")
    row.ended_at = work.now()
    work.session.flush()
    work.log("end_delegation", f"account:{row.deputy_id}", principal=row.principal_id, reason=text)
    return row
