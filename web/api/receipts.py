"""Receipts: how each member stands, what is recorded on behalf of one, and the board of all notes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import request
from flask_babel import get_locale
from sqlalchemy import select
from werkzeug.wrappers import Response

from web import board, packs
from web.access import allowed
from web.api import paging
from web.api.deliveries import DELIVERIES, READERS, present_delivery
from web.api.door import endpoint
from web.api.files import attachment, scan
from web.api.schemas import outcome as schemas
from web.api.schemas.common import Window
from web.api.schemas.evidence import PackQuery
from web.pages import _papers
from web.session import looking, writing
from workflow import models
from workflow.errors import Phrase
from workflow.operations import deliveries, family, receipt
from workflow.operations.context import find_note
from workflow.operations.receipt import Acknowledgement
from workflow.permissions import why_not
from workflow.states import NoteState
from workflow.store import sha256


@endpoint("GET", "/notes/<note:note>/receipts", READERS, tag="Receipts", gives=schemas.Receipts)
def list_receipts(note: str) -> schemas.Receipts:
    """List how every member stands, with the flags beside it and its contacts."""
    with looking() as work:
        row = find_note(work, note)
        standings = board.standings(work, row, work.actor.locale)
        offices = board.offices(work, [each for one in standings for each in one.deliveries])
        said = board.acknowledgements(work, row)
        current = family.current_by_member(work, row)
        items = [
            schemas.MemberReceipt(
                member=one.member.code,
                name=one.name,
                status=one.receipt.status.value,
                on_behalf=one.receipt.on_behalf,
                delayed=one.receipt.delayed,
                unknown=one.receipt.unknown,
                contact_failed=one.receipt.contact_failed,
                no_report=one.receipt.no_report,
                waived_reason=one.waived_reason,
                current=current.get(one.member.id),
                contacts=[
                    schemas.ContactReceipt(
                        delivery=each.id,
                        role=each.role,
                        office=offices.get(each.contact_id, ""),
                        address=each.address,
                        transport=each.transport.value if each.transport else None,
                        human=each.human.value,
                        queue=each.queue.value,
                        on_behalf=each.on_behalf,
                        acknowledged=said.get(each.id),
                    )
                    for each in one.deliveries
                ],
            )
            for one in standings
        ]
        return schemas.Receipts(items=items, counts=board.counts(Counter(one.receipt for one in standings)))


@endpoint(
    "POST",
    f"{DELIVERIES}/<row:delivery>/on-behalf",
    allowed(actions="record_on_behalf"),
    tag="Receipts",
    body=schemas.OnBehalf,
    gives=schemas.Delivery,
    status=201,
    form=True,
    once=True,
)
def record_on_behalf(note: str, delivery: int, body: schemas.OnBehalf) -> schemas.Delivery:
    """Record a receipt on behalf of a state, with the file that proves it.

    Such as a stamped copy or the report of a delivery by hand. The same file a second time changes
    nothing.
    """
    data = body.file.read()
    with writing() as work:
        row = find_note(work, note)
        one = deliveries.find_delivery(work, row, delivery)
        refusal = why_not(work.actor, "record_on_behalf", row.state)
        if refusal is not None:
            raise refusal  # Nothing is kept of a file that nobody may hand in.
        missing = Phrase("Add the file that proves the receipt, such as the stamped copy.")
        name = scan(work, body.file, data, "evidence-missing", missing)
        receipt.record_on_behalf(
            work,
            row,
            one,
            Acknowledgement(name=body.name, office=body.office, reference=body.reference, dated=body.dated),
            reason=body.reason,
            file_sha256=work.store.put(data),
            filename=name,
            at=body.at,
            nonce=request.headers.get("Idempotency-Key", "")[:200],
        )
        work.session.refresh(one)
        return present_delivery(work, one)


@endpoint(
    "GET",
    "/notes/<note:note>/evidence",
    READERS,
    tag="Receipts",
    query=PackQuery,
    media="application/zip",
)
def download_evidence(note: str, query: PackQuery) -> Response:
    """Download the pack of evidence of a note, or of one member, with its proofs into the audit log.

    ZIP with PDF, JSON, documents and raw messages; or the PDF or the JSON alone. The same state of the
    log gives the same bytes.
    """
    with looking() as work:
        row = find_note(work, note)
        data = packs.make(
            work, row, query.format, query.member or "", query.language or str(get_locale() or "")
        )
        name = packs.name_of(_papers.stem(row), query.member or "", query.format)
        return attachment(data, name, query.format, sha256(data))


@endpoint("GET", "/board", READERS, tag="Receipts", query=Window, gives=schemas.Board)
def show_board(query: Window) -> dict[str, Any]:
    """List the dispatched notes, the newest first, with how many members stand where."""
    with looking() as work:
        statement = select(models.Note).where(models.Note.state == NoteState.DISPATCHED)
        page = paging.page(work, statement, models.Note.id, query, lambda row: row, newest_first=True)
        rows: list[models.Note] = page["items"]
        counted = board.counts_of(work, rows)
        page["items"] = [
            schemas.BoardLine(
                reference=row.reference,
                symbol=row.symbol,
                titles=row.titles,
                dated=row.approval.dated if row.approval else None,
                dispatched_at=row.dispatched_at or row.changed_at,
                members=counted[row.id][0],
                counts=counted[row.id][1],
                waiting=counted[row.id][2],
            )
            for row in rows
        ]
        return page
