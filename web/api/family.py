"""A note with all that followed it, and which state holds the current version."""

from __future__ import annotations

from web.access import allowed
from web.api.door import endpoint
from web.api.schemas import following as schemas
from web.session import looking
from workflow.operations import family
from workflow.operations.context import find_note
from workflow.states import Role


@endpoint(
    "GET",
    "/notes/<note:note>/family",
    allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch"),
    tag="Notes",
    gives=schemas.Family,
)
def show_family(note: str) -> schemas.Family:
    """Show a note with its corrigenda, addenda, revisions and notices, and which state has what."""
    with looking() as work:
        found = family.family_of(work, find_note(work, note))
        return schemas.Family(
            root=found.root.name,
            withdrawn_by=found.withdrawn_by.name if found.withdrawn_by else None,
            notes=[
                schemas.Kin(
                    reference=one.reference,
                    symbol=one.symbol,
                    relation=one.relation,
                    dated=one.approval.dated if one.approval else None,
                    concerns=one.concerns,
                    holds=one in found.holds,
                )
                for one in found.members
            ],
            states=[
                schemas.StateHoldings(
                    member=one.member.code,
                    current=one.current,
                    notes=[
                        schemas.Held(
                            note=item.note.name, status=item.status.value, languages=list(item.languages)
                        )
                        for item in one.items
                    ],
                )
                for one in family.holdings(work, found)
            ],
        )
