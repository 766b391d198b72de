"""Who uses a mail address: one member, several that share it, or the secretariat itself."""

from __future__ import annotations

from sqlalchemy import func, select

from workflow.config import Settings
from workflow.models import Contact, Member
from workflow.models.directory import HANDED, ContactState
from workflow.operations.context import Work


def sharers(work: Work, contact: Contact) -> list[str]:
    """The codes of the other members that use the same mail address; each gets a message of its own."""
    if contact.channel in HANDED:
        return []
    return list(
        work.session.scalars(
            select(Member.code)
            .join(Contact, Contact.member_id == Member.id)
            .where(
                func.lower(Contact.address) == contact.address.lower(),
                Contact.member_id != contact.member_id,
                Contact.state != ContactState.RETIRED,
            )
            .distinct()
            .order_by(Member.code)
        )
    )


def shared_addresses(work: Work) -> dict[str, list[str]]:
    """The codes of the members that use an address, by the address in lower case, where several do."""
    rows = work.session.execute(
        select(func.lower(Contact.address), Member.code)
        .join(Member, Member.id == Contact.member_id)
        .where(Contact.state != ContactState.RETIRED, Contact.channel.not_in(HANDED))
        .distinct()
        .order_by(Member.code)
    )
    found: dict[str, list[str]] = {}
    for address, code in rows:
        found.setdefault(address, []).append(code)
    return {address: codes for address, codes in found.items() if len(codes) > 1}


def is_own(settings: Settings, address: str) -> bool:
    """Whether mail to an address would come back to ourselves: our sender, our mailbox, or a return path."""
    local, _, domain = address.casefold().rpartition("@")
    ours = {settings.sender.casefold(), settings.reply_address.casefold()}
    path, _, ours_at = settings.return_path.casefold().rpartition("@")
    before, _, after = path.partition("{token}")
    return address.casefold() in ours or (
        domain == ours_at and local.startswith(before) and local.endswith(after) and local != before + after
    )
