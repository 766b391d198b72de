"""Files that come with a form: checked, kept, frozen, and not asked for twice.

A form that comes back cannot hold its file any more, so a file that was accepted is kept and its
id goes back with the form; only a refused file has to be chosen again.
"""

from __future__ import annotations

import time

from flask import request

import tasks.offer
from web.pages._forms import whole
from web.session import looking, writing
from workflow.errors import Conflict, InputRefused, Invalid, Refusal
from workflow.operations import intake
from workflow.operations.enclosing import Enclosed
from workflow.store import sha256

# How long a page waits for a worker to freeze a file, and how often it looks.
PATIENCE, LOOK = 30.0, 0.25


def taken() -> int | None:
    """The id of the upload that the form sent, or kept from before; None when there is no file.

    Raises the refusal of the file; its bytes are not kept, and the log has the one trace of it.
    """
    file = request.files.get("enclosure")
    if file is None or not file.filename:
        return whole(request.form.get("kept_upload"))
    data = file.read()
    name = file.filename
    try:
        with writing() as work:
            row = intake.upload(work, name, data)
            identity, pending = row.id, row.state == "pending"
    except InputRefused as refusal:
        with writing() as work:
            intake.log_refused(work, name, sha256(data), refusal)
        raise
    if pending:
        tasks.offer.freezing(identity)
    return identity


def frozen(identity: int) -> None:
    """Waits until a worker has frozen the file; raises Conflict when that takes too long.

    The file is kept then, and the form can be sent again as it is.
    """
    until = time.monotonic() + PATIENCE
    while True:
        with looking() as work:
            row = intake.find_upload(work, identity)
            state, name = row.state, row.filename
            if state == "refused":
                reason = row.refusal
                raise Invalid(
                    "enclosure-refused", "%(file)s was refused: %(reason)s", file=name, reason=reason
                )
        if state == "ready":
            return
        if time.monotonic() >= until:
            raise Conflict(
                "enclosure-pending",
                "%(file)s was taken and is still being frozen as PDF. Wait a moment, then send the form again; "
                "the file need not be chosen again.",
                file=name,
            )
        time.sleep(LOOK)


def enclosed(identity: int) -> Enclosed:
    """The enclosure that the form describes."""
    form = request.form
    titles = {
        name.removeprefix("enclosure_title-"): text
        for name, text in form.items()
        if name.startswith("enclosure_title-") and text.strip()
    }
    language = form.get("enclosure_language", "")
    # The form for another language of an enclosure has one title, in the language that is chosen.
    if own := form.get("enclosure_title", "").strip():
        titles[language] = own
    return Enclosed(
        identity,
        titles,
        language,
        form.get("enclosure_origin", ""),
        form.get("enclosure_standing") or "authentic",
    )


def is_of_file(refusal: Refusal) -> bool:
    """Whether a refusal is about the file itself, so that it has to be chosen again."""
    return isinstance(refusal, InputRefused) or refusal.code == "enclosure-refused"
