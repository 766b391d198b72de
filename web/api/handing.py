"""Notes that a person brings: how each was handed over, the lists and slips, and receipt slips."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from web.access import allowed
from web.api.deliveries import ONE, READERS, present_delivery
from web.api.door import endpoint
from web.api.files import attachment, scan
from web.api.schemas import outcome as schemas
from web.api.schemas.evidence import HandoverStep, SheetQuery
from web.pages import _papers
from web.session import looking, writing
from web.sheets import handing as sheets
from web.sheets import slip
from workflow.operations import deliveries, handing
from workflow.operations.context import find_note
from workflow.permissions import why_not


@endpoint(
    "POST",
    f"{ONE}/handover",
    allowed(actions="record_handover"),
    tag="Receipts",
    body=HandoverStep,
    gives=schemas.Delivery,
    status=201,
    form=True,
    once=True,
)
def record_handover(note: str, delivery: int, body: HandoverStep) -> schemas.Delivery:
    """Record how a note was brought to a state: by hand, courier or post, or told by telephone.

    Handed over, it needs the file that shows it; given to a courier or the post, the number there.
    """
    data = body.file.read() if body.file else b""
    with writing() as work:
        row = find_note(work, note)
        one = deliveries.find_delivery(work, row, delivery)
        refusal = why_not(work.actor, "record_handover", row.state)
        if refusal is not None:
            raise refusal  # Nothing is kept of a file that nobody may hand in.
        name = scan(work, body.file, data, "evidence-missing", "") if data else ""
        handing.record_handover(
            work,
            row,
            one,
            handing.Handover(
                body.channel,
                body.step,
                body.at or work.now(),
                person=body.person,
                office=body.office,
                waybill=body.waybill,
                words=body.remark,
            ),
            file_sha256=work.store.put(data) if data else "",
            filename=name,
            nonce=request.headers.get("Idempotency-Key", "")[:200],
        )
        work.session.refresh(one)
        return present_delivery(work, one)


@endpoint(
    "GET",
    "/notes/<note:note>/delivery-list",
    READERS,
    tag="Receipts",
    query=SheetQuery,
    media="application/pdf",
)
def download_delivery_list(note: str, query: SheetQuery) -> Response:
    """Download the list of the places that the note is still to be brought to."""
    with looking() as work:
        row = find_note(work, note)
        waiting = handing.waiting(work, row, query.member or "")
        data = sheets.delivery_list(work, row, waiting, query.language or "")
        return attachment(data, f"{_papers.stem(row)}-delivery-list.pdf", "pdf")


@endpoint(
    "GET",
    "/notes/<note:note>/covering-slips",
    READERS,
    tag="Receipts",
    query=SheetQuery,
    media="application/pdf",
)
def download_covering_slips(note: str, query: SheetQuery) -> Response:
    """Download a covering slip for each place that the note is still to be brought to."""
    with looking() as work:
        row = find_note(work, note)
        waiting = handing.waiting(work, row, query.member or "")
        data = sheets.slips(work, row, waiting, query.language or "")
        return attachment(data, f"{_papers.stem(row)}-covering-slips.pdf", "pdf")


@endpoint("GET", f"{ONE}/receipt-slip", READERS, tag="Receipts", media="application/pdf")
def download_receipt_slip(note: str, delivery: int) -> Response:
    """Download the slip of a confirmed receipt, in the contact's language."""
    with looking() as work:
        row = find_note(work, note)
        one = deliveries.find_delivery(work, row, delivery)
        return attachment(slip.make(work, one, one.language), f"{_papers.stem(row)}-receipt.pdf", "pdf")
