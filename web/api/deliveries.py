"""The deliveries of a dispatched note, their evidence, and what can be done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

import tasks.offer
from web.access import allowed
from web.api import paging, present
from web.api.door import endpoint
from web.api.schemas import outcome as schemas
from web.api.schemas.attempts import Attempt
from web.api.schemas.common import Why, Window
from web.session import looking, writing
from workflow import models
from workflow.operations import deliveries, receipt
from workflow.operations.context import Work, find_note
from workflow.states import Role

DELIVERIES = "/notes/<note:note>/deliveries"
ONE = f"{DELIVERIES}/<row:delivery>"
READERS = allowed(Role.REGISTRY, Role.DIRECTOR, actions="dispatch")


def present_delivery(work: Work, row: models.Delivery) -> schemas.Delivery:
    """A delivery with its attempts; neither the attempts' tokens nor the personal link are told."""
    member = work.session.get_one(models.Member, row.member_id)
    return present.plain(  # type: ignore[no-any-return]
        schemas.Delivery,
        row,
        member=member.code,
        contact=row.contact_id,
        attempts=[Attempt.model_validate(one) for one in row.attempts],
    )


@endpoint("GET", DELIVERIES, READERS, tag="Deliveries", query=Window, gives=schemas.Deliveries)
def list_deliveries(note: str, query: Window) -> dict[str, Any]:
    """List the deliveries of a note: one per contact, with every attempt."""
    with looking() as work:
        row = find_note(work, note)
        statement = select(models.Delivery).where(models.Delivery.note_id == row.id)
        return paging.page(
            work, statement, models.Delivery.id, query, lambda one: present_delivery(work, one)
        )


@endpoint("GET", ONE, READERS, tag="Deliveries", gives=schemas.Delivery)
def show_delivery(note: str, delivery: int) -> schemas.Delivery:
    """Show one delivery."""
    with looking() as work:
        return present_delivery(work, deliveries.find_delivery(work, find_note(work, note), delivery))


@endpoint("GET", f"{ONE}/events", READERS, tag="Deliveries", query=Window, gives=schemas.Events)
def list_events(note: str, delivery: int, query: Window) -> dict[str, Any]:
    """List the evidence of a delivery, in the order in which it became known."""
    with looking() as work:
        row = deliveries.find_delivery(work, find_note(work, note), delivery)
        statement = select(models.Event).where(models.Event.delivery_id == row.id)
        by = select(models.Event.actor_id).where(models.Event.delivery_id == row.id).distinct()
        people = present.People(work, work.session.scalars(by))
        numbers = {one.id: one.number for one in row.attempts}

        def event(one: models.Event) -> schemas.Event:
            return schemas.Event(
                id=one.id,
                axis=one.axis,
                kind=one.kind,
                at=one.at,
                recorded_at=one.recorded_at,
                attempt=numbers.get(one.attempt_id) if one.attempt_id else None,
                by=people.get(one.actor_id),
                data=one.data,
            )

        return paging.page(work, statement, models.Event.id, query, event)


def _act(
    note: str, delivery: int, verb: Callable[[Work, models.Note, models.Delivery, str], None], body: Why
) -> tuple[schemas.Delivery, int]:
    with writing() as work:
        row = find_note(work, note)
        one = deliveries.find_delivery(work, row, delivery)
        verb(work, row, one, body.reason)
        return present_delivery(work, one), row.id


@endpoint(
    "POST",
    f"{ONE}/hold",
    allowed(actions="hold_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Delivery,
)
def hold_delivery(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """Stop a delivery that waits to be sent."""
    return _act(note, delivery, deliveries.hold, body)[0]


@endpoint(
    "POST",
    f"{ONE}/resume",
    allowed(actions="resume_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Delivery,
)
def resume_delivery(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """Let a held delivery go on, at once."""
    shown, note_id = _act(note, delivery, deliveries.resume, body)
    tasks.offer.sending(note_id)
    return shown


@endpoint(
    "POST",
    f"{ONE}/retry",
    allowed(actions="resume_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Delivery,
)
def retry_delivery(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """Try a delivery again at once that the relay put off, or that could not be made."""
    shown, note_id = _act(note, delivery, deliveries.retry, body)
    tasks.offer.sending(note_id)
    return shown


@endpoint(
    "POST",
    f"{ONE}/cancel",
    allowed(actions="cancel_delivery"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Delivery,
)
def cancel_delivery(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """Call a held delivery off for good."""
    return _act(note, delivery, deliveries.cancel, body)[0]


@endpoint(
    "POST", f"{ONE}/resend", allowed(actions="resend"), tag="Deliveries", body=Why, gives=schemas.Delivery
)
def resend_delivery(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """Send the note to a contact again, at the address that is right now."""
    shown, note_id = _act(note, delivery, deliveries.resend, body)
    tasks.offer.sending(note_id)
    return shown


@endpoint(
    "POST",
    f"{ONE}/revoke-link",
    allowed(actions="resend"),
    tag="Deliveries",
    body=Why,
    gives=schemas.Delivery,
)
def revoke_link(note: str, delivery: int, body: Why) -> schemas.Delivery:
    """End the personal link of a delivery, for instance after it went to a wrong address."""
    return _act(note, delivery, receipt.revoke_link, body)[0]
