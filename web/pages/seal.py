"""The seal: whose it is, until when its certificates hold, and what waits for it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, render_template
from sqlalchemy import select

from web.access import allowed
from web.pages._routes import at
from web.session import looking
from web.views.seal import CertificateLine, SealPage
from workflow.clock import day_in
from workflow.letters.seal import keys
from workflow.models import Document
from workflow.operations import documents, sealing
from workflow.operations.context import Work
from workflow.states import Role

blueprint = Blueprint("seal", __name__)


@at(blueprint, "index")
@allowed(Role.ADMINISTRATOR)
def index() -> str:
    """What is configured, and what it needs; no key is opened for it."""
    with looking() as work:
        return render_template("seal.html", page=_page(work))


def _page(work: Work) -> SealPage:
    settings = work.settings
    place = settings.seal_place
    if place is None:
        return SealPage()
    own = keys.read_certificates(place.certificate)[0]
    ending = {one.until for one in sealing.ending(settings, work.now())}
    ids = documents.pending(work)
    faults = work.session.scalars(
        select(Document.fault).where(Document.id.in_(ids), Document.fault.is_not(None)).distinct()
    )
    return SealPage(
        holder=keys.holder(own),
        certificate=keys.fingerprint(own),
        certificates=tuple(
            CertificateLine(
                one.holder,
                day_in(one.until, work.zone),
                "late" if one.ended else "due" if one.until in ending else "in_force",
            )
            for one in sealing.terms(settings, work.now())
        ),
        key="token" if place.module else "file" if place.key else "",
        timestamps=urlsplit(settings.seal_timestamp_url.get_secret_value()).hostname or "",
        waiting=len(ids),
        faults=tuple(str(one) for one in faults),
    )
