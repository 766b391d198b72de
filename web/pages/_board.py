"""The board of one note: figures and rows from the folds and the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import gettext, ngettext
from sqlalchemy import select

from web import board
from web.board import Standing, standings
from web.formats import write_moment
from web.pages import _evidence, _happened, _reminded, _successors
from web.pages._halting import acts_on
from web.pages._lines import line, names, reader
from web.problems import said
from web.views.circulation import BoardPage, BoardRow, Progress
from web.views.parts import Count
from web.views.words import CHANNELS
from workflow.models import Delivery, Document, Event, Note
from workflow.models.directory import HANDED
from workflow.operations import family
from workflow.operations.context import Work
from workflow.operations.handing import waits_for_a_person
from workflow.post.receipts import MemberReceipt
from workflow.states import DeliveryQueue, Handing, Hold, Human, MemberStatus, Transport

FILTERS = ("all", "person", "hand", "silent", "done")
GROUPS = ("person", "way", "done")
# Which evidence lights which rung.
RUNGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "in_transit": {"transport": (Transport.ACCEPTED,), "hand": (Handing.SENT,)},
    "reached": {"transport": (Transport.RELAYED, Transport.DELIVERED), "hand": (Handing.DELIVERED,)},
    "downloaded": {"human": (Human.DOWNLOADED,)},
    "acknowledged": {"human": (Human.ACKNOWLEDGED,)},
}
REPORTED = (Transport.DELAYED, Transport.RELAYED, Transport.DELIVERED, Transport.FAILED)
TAKEN = (Transport.ACCEPTED, *REPORTED)


def count(receipts: Mapping[MemberReceipt, int]) -> Count:
    """How many members stand where, by how many have each receipt; waived ones are none of them."""
    on_way = {one: n for one, n in receipts.items() if one.status is MemberStatus.IN_TRANSIT}
    return Count(
        total=sum(receipts.values()),
        **board.counts(receipts),
        delayed=sum(n for one, n in on_way.items() if one.delayed),
        unknown=sum(n for one, n in on_way.items() if one.unknown and not one.delayed),
        on_behalf=sum(n for one, n in receipts.items() if one.on_behalf),
    )


def needs_person(receipt: MemberReceipt, deliveries: Sequence[Delivery]) -> bool:
    """Whether somebody has to look: mail that stopped, is held, late, of unknown outcome, or failed in part."""
    if receipt.status in (MemberStatus.ACKNOWLEDGED, MemberStatus.DOWNLOADED):
        return False
    if receipt.status is MemberStatus.UNDELIVERABLE or receipt.contact_failed or _held(deliveries):
        return True
    if _to_hand(deliveries) and receipt.status is not MemberStatus.REACHED:
        return True
    return receipt.status is not MemberStatus.REACHED and (receipt.delayed or receipt.unknown)


def _held(deliveries: Sequence[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.queue is DeliveryQueue.HELD and one.role != "cc"]


def _to_hand(deliveries: Sequence[Delivery]) -> list[Delivery]:
    return [one for one in deliveries if one.role != "cc" and waits_for_a_person(one)]


def page(work: Work, note: Note, chosen: str, opened: str) -> BoardPage:
    """The board as somebody asked for it: the tab `chosen`, the row of the member `opened` open."""
    all_ = standings(work, note, reader(work.profile))
    opens = [one.id for each in all_ if each.member.code == opened for one in each.deliveries]
    events = _happened.events(work, note, opens)
    counting = [one for one in all_ if one.deliveries or one.waived_reason is None]
    figures = count(Counter(one.receipt for one in counting))
    people, current = names(work), family.current_by_member(work, note)
    rows = []
    for standing in all_:
        evidence = None
        if standing.member.code == opened:
            evidence = _evidence.of(work, note, standing, events, people)
        rows.append(row(work, standing, events, evidence, current.get(standing.member.id, "")))
    waits = [one for one in rows if one.group == "person"]
    shown = {
        "person": waits,
        "hand": [one for one in rows if one.status == "to_hand"],
        "silent": [one for one in rows if one.group != "done" and one.status != "waived"],
        "done": [one for one in rows if one.group == "done"],
    }.get(chosen, rows)
    by_need = sorted(shown, key=lambda one: GROUPS.index(one.group))
    now = work.now()
    return BoardPage(
        note=line(work, note),
        revision=note.revision,
        count=figures,
        contacts=sum(len(one.deliveries) for one in all_),
        progress=progress(work, note, events, [each for one in all_ for each in one.deliveries]),
        rows=tuple(by_need),
        as_of=now,
        serial=_happened.serial(work, note),
        dispatched=note.dispatched_at,
        dispatched_by=people.get(note.dispatched_by or 0, ""),
        since=since_words(note.dispatched_at, now),
        filter=chosen if chosen in FILTERS else "all",
        open_member=opened if any(one.evidence for one in by_need) else "",
        needs_person=len(waits),
        silent=figures.total - figures.acknowledged,
        to_hand=sum(one.status == "to_hand" for one in rows),
        may=acts_on(work, note, [each for one in all_ for each in one.deliveries]),
        stopped=sum(each.held_as is Hold.NOTE for one in all_ for each in one.deliveries),
        release=note.release_at if note.release_at and note.release_at > now else None,
        **_successors.on_board(work, note, current),
    )


def row(
    work: Work,
    standing: Standing,
    events: Mapping[int, Sequence[Event]],
    evidence: _evidence.Evidence | None = None,
    current: str = "",
) -> BoardRow:
    """One member on the board."""
    counting = [one for one in standing.deliveries if one.role != "cc"]
    mine = [event for one in counting for event in events.get(one.id, ())]
    status = _status(standing, counting)
    group = "person" if needs_person(standing.receipt, counting) else "way"
    if standing.receipt.status is MemberStatus.ACKNOWLEDGED:
        group = "done"
    rungs = _rungs(counting, events)
    stopped = ""
    if group == "person":
        stopped = next((name for name in reversed(RUNGS) if name in rungs), "in_transit")
    return BoardRow(
        member=standing.member.code,
        code=standing.member.code,
        name=standing.name,
        language=counting[0].language if counting else "",
        status=status,
        group=group,
        rungs=rungs,
        stopped=stopped,
        remark=_remark(work, standing, status, counting, mine),
        remark_tone="stop" if status == "undeliverable" else "",
        evidence=evidence,
        current=f"holds_{current}" if current else "",
    )


def _status(standing: Standing, counting: Sequence[Delivery]) -> str:
    receipt = standing.receipt
    if standing.waived_reason is not None and not standing.deliveries:
        return "waived"
    if receipt.status is MemberStatus.ACKNOWLEDGED:
        return "on_behalf" if receipt.on_behalf else "acknowledged"
    if receipt.status in (MemberStatus.NOT_SENT, MemberStatus.IN_TRANSIT):
        if _held(counting):
            return "held"
        if receipt.status is MemberStatus.NOT_SENT and _to_hand(counting):
            return "to_hand"
        if receipt.unknown:
            return "unknown"
        if receipt.delayed:
            return "delayed"
    return receipt.status.value


def _rungs(counting: Sequence[Delivery], events: Mapping[int, Sequence[Event]]) -> dict[str, datetime]:
    """The first time of each rung; what an address that was replaced since got is not counted."""
    times: dict[str, datetime] = {}
    for delivery in counting:
        standing = {one.id for one in delivery.attempts if one.address == delivery.address}
        for event in events.get(delivery.id, ()):
            for name, kinds in RUNGS.items():
                if event.kind not in kinds.get(event.axis, ()):
                    continue
                if event.axis != "transport" or event.attempt_id in standing:
                    times[name] = min(event.at, times.get(name, event.at))
    return {name: times[name] for name in RUNGS if name in times}


def _remark(
    work: Work, standing: Standing, status: str, counting: Sequence[Delivery], mine: Sequence[Event]
) -> str:
    receipt = standing.receipt
    if status == "waived":
        return standing.waived_reason or ""
    if status in ("acknowledged", "on_behalf"):
        acts = [event.data for event in mine if event.kind == Human.ACKNOWLEDGED]
        numbered = [data for data in acts if data.get("reference")]
        if numbered:
            return _evidence.reference_words(numbered[-1])
        return str(acts[-1].get("office", "")) if acts else ""
    if status == "undeliverable":
        return _evidence.failure_words(mine) or gettext("Not delivered")
    if status == "to_hand":
        return gettext(CHANNELS[_to_hand(counting)[0].channel])
    if status == "held":
        return str(said(_held(counting)[0].held_reason or ""))
    if any(event.kind == "contact_says" for event in mine):
        return gettext("Wrote at the personal page")
    if receipt.contact_failed:
        return gettext("One contact failed: %(why)s", why=_evidence.failure_words(mine).lower())
    tries = [one.due_at for one in counting if one.queue is DeliveryQueue.QUEUED]
    if tries:
        when = write_moment(min(tries), work.zone, "near")
        begun = any(one.attempts for one in counting)
        if min(tries) <= work.now():
            return gettext("About to be tried again") if begun else gettext("About to be sent")
        if not begun:
            return gettext("Leaves %(when)s", when=when)
        if status == "unknown":
            return gettext("Waits for a report until %(when)s", when=when)
        return gettext("Next try %(when)s", when=when)
    if any(one.late_bounce for one in counting):
        return gettext("A failure was reported after the delivery")
    if any(one.possible_duplicate for one in counting):
        return gettext("Perhaps sent twice")
    if receipt.no_report:
        return ngettext(
            "No report for over %(num)s hour",
            "No report for over %(num)s hours",
            int(work.settings.no_report_hours),
        )
    return gettext("No report yet") if status == "in_transit" else ""


def progress(
    work: Work, note: Note, events: Mapping[int, Sequence[Event]], deliveries: Sequence[Delivery]
) -> Progress:
    """Documents made, messages taken, reports back: so many, of so many."""
    approval = note.approval
    documents = (
        work.session.scalars(select(Document.state).where(Document.approval_id == approval.id)).all()
        if approval
        else []
    )
    sent = [one for one in deliveries if one.cancelled_at is None and one.channel not in HANDED]

    def with_(kinds: Sequence[Transport]) -> int:
        return sum(
            any(e.axis == "transport" and e.kind in kinds for e in events.get(one.id, ())) for one in sent
        )

    return Progress(
        documents=(sum(state == "ready" for state in documents), len(documents)),
        taken=(with_(TAKEN), len(sent)),
        reports=(with_(REPORTED), len(sent)),
        reminder=_reminded.next_day(work, note, deliveries),
    )


def since_words(then: datetime | None, now: datetime) -> str:
    """How long after dispatch, in words: the two largest units."""
    if then is None or now < then:
        return ""
    minutes = int((now - then).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        ngettext("%(num)s day", "%(num)s days", days) if days else "",
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", rest) if not days and rest else "",
    ]
    words = ", ".join(part for part in parts if part)
    return gettext("%(time)s after dispatch", time=words) if words else gettext("just dispatched")
