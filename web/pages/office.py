"""The embedded post office as a page: it plays the mailboxes of the states, for trying things out.

It is served only while the embedded post office is what mail goes to; with a relay of its own, an
installation has no such page.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import Message

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from web.access import allowed
from web.pages import _files, _mail
from web.pages._forms import whole
from web.pages._lines import reader
from web.pages._routes import at
from web.pages._tables import PAGE
from web.session import looking
from web.views.parts import Keyset
from web.views.post import Mailbox, MailboxPage, MessageLine, MessagePage, OfficePage, Part
from workflow.errors import NotFound
from workflow.models import Contact
from workflow.operations import directory
from workflow.operations.context import Work
from workflow.post import office
from workflow.post.returned.message import words
from workflow.states import Role

blueprint = Blueprint("office", __name__)

VISITORS = allowed(Role.REGISTRY, Role.ADMINISTRATOR)
SMALL = 10_000_000


def _require_embedded(work: Work) -> None:
    if not work.settings.embedded_post:
        raise NotFound(
            "no-office",
            "This installation sends its mail through a relay; there are no mailboxes to look at.",
        )


def _owners(work: Work) -> dict[str, str]:
    """Whose mailbox an address is: the member and its office, or the secretariat."""
    language, day = reader(work.profile), work.today()
    found = {
        contact.address.lower(): ", ".join(
            part for part in (directory.name_of(contact.member, language, day), contact.office) if part
        )
        for contact in work.session.scalars(select(Contact).order_by(Contact.id))
    }
    found[work.settings.reply_address.lower()] = gettext("Returned mail of the secretariat")
    return found


def _boxes(work: Work) -> list[Mailbox]:
    owners = _owners(work)
    return [
        Mailbox(box.address, box.address, owners.get(box.address.lower(), ""), box.count, box.newest)
        for box in office.mailboxes(work.settings.office_dir)
    ]


def _box(work: Work, key: str) -> Mailbox:
    _require_embedded(work)
    found = next((box for box in _boxes(work) if box.key == key), None)
    if found is None:
        raise NotFound("no-such-mailbox", "There is no mailbox of this address.")
    return found


@at(blueprint, "index")
@VISITORS
def index() -> str:
    """All mailboxes by domain."""
    with looking() as work:
        _require_embedded(work)
        domains: dict[str, list[Mailbox]] = {}
        for box in _boxes(work):
            domains.setdefault(box.address.rpartition("@")[2], []).append(box)
        page = OfficePage({domain: tuple(boxes) for domain, boxes in sorted(domains.items())})
        return render_template("office.html", page=page)


@at(blueprint, "mailbox")
@VISITORS
def mailbox(mailbox: str) -> str:
    """The messages of one mailbox, newest first."""
    with looking() as work:
        box = _box(work, mailbox)
        found = office.messages(work.settings.office_dir, box.address)
        before = request.args.get("before", "")
        keys = [one.key for one in found]
        start = keys.index(before) + 1 if before in keys else 0
        shown = found[start : start + PAGE]
        more = len(found) > start + PAGE
        lines = tuple(MessageLine(one.key, one.sender, one.subject, one.at, one.size) for one in shown)
        paging = Keyset(
            older={"mailbox": box.key, "before": shown[-1].key} if more else None,
            newer={"mailbox": box.key} if start else None,
        )
        return render_template("mailbox.html", page=MailboxPage(box, lines, paging))


@at(blueprint, "message")
@VISITORS
def message(mailbox: str, message: str) -> str:
    """One message as its recipient got it, as text that does nothing."""
    with looking() as work:
        box = _box(work, mailbox)
        raw = office.raw(work.settings.office_dir, box.address, message)
        return render_template("message.html", page=_page(work, box, message, raw))


def _page(work: Work, box: Mailbox, key: str, raw: bytes) -> MessagePage:
    parts = [
        Part(
            _name(part, number),
            part.get_content_type(),
            len(data),
            url_for("office.part", mailbox=box.key, message=key, part=number) if data else "",
        )
        for number, (part, data) in enumerate(_attached(raw), 1)
    ]
    page = _mail.shown(raw, back=(url_for("office.mailbox", mailbox=box.key), box.address), parts=parts)
    personal = re.escape(work.settings.base_url) + r"/r/[A-Za-z0-9_-]{20,100}"
    links = dict.fromkeys(re.findall(personal, page.text))
    named = tuple((url, gettext("Open the personal page of this contact")) for url in links)
    at_ = next(
        (one.at for one in office.messages(work.settings.office_dir, box.address) if one.key == key), None
    )
    return MessagePage(**{**vars(page), "links": named, "at": at_})


def _attached(raw: bytes) -> list[tuple[Message, bytes]]:
    """The parts with a name, and their bytes.  Only this machine's own office has written the message."""
    found: list[tuple[Message, bytes]] = []
    if len(raw) > SMALL * 4:
        return found
    for part in message_from_bytes(raw, policy=policy.compat32).walk():
        if part.is_multipart() or not part.get_filename():
            continue
        data = part.get_payload(decode=True)
        found.append((part, data if isinstance(data, bytes) else b""))
    return found


def _name(part: Message, number: int) -> str:
    name = words(str(part.get_filename() or "")).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in name if sign.isprintable())[:200] or f"part-{number}"


@at(blueprint, "part")
@VISITORS
def part(mailbox: str, message: str, part: str) -> Response:
    """An attachment, as a download."""
    with looking() as work:
        box = _box(work, mailbox)
        found = _attached(office.raw(work.settings.office_dir, box.address, message))
        number = whole(part) or 0
        if not 1 <= number <= len(found):
            raise NotFound("no-such-part", "The message has no such attachment.")
        piece, data = found[number - 1]
        return _files.download(data, _name(piece, number))
