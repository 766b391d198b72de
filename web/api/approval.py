"""What the director would approve, and how the letters would look."""

from __future__ import annotations

from werkzeug.wrappers import Response

from web.access import allowed, allowed_signed_in
from web.accounts import second_factor
from web.api import present
from web.api.door import endpoint
from web.api.files import attachment
from web.api.schemas.texts import Preview
from web.problems import said
from web.session import looking
from workflow import models
from workflow.operations import approval, composition, documents, texts
from workflow.operations.context import find_note
from workflow.states import Role


@endpoint(
    "GET",
    "/notes/<note:note>/approval",
    allowed(Role.REGISTRY, actions=("approve", "dispatch")),
    tag="Approval",
    gives=Preview,
)
def preview_approval(note: str) -> Preview:
    """Show everything that an approval would cover at this moment; nothing is allotted."""
    with looking() as work:
        row = find_note(work, note)
        seen = approval.preview(work, row)
        account = work.session.get_one(models.Account, work.actor.id)
        return Preview(
            revision=row.revision,
            digest=seen.digest,
            number=seen.number,
            date=seen.day,
            languages=list(seen.languages),
            left_out=list(seen.left_out),
            recipients=[present.recipient(one) for one in seen.recipients],
            findings=present.findings(work, seen.findings),
            objections=[str(said(one)) for one in seen.objections],
            second_factor=second_factor(account),
        )


@endpoint(
    "GET",
    "/notes/<note:note>/preview/<language>.pdf",
    allowed_signed_in,
    tag="Approval",
    media="application/pdf",
)
def preview_pdf(note: str, language: str) -> Response:
    """Download a version as it would be printed now, with the draft mark across it."""
    with looking() as work:
        row = find_note(work, note)
        texts.version_of(row, language)
        data = documents.render(composition.draft_of(work, row, language), "pdf")
        return attachment(data, f"draft-{row.reference}.{language}.pdf", "pdf")
