"""Every address that the pages lead to, with its methods and form fields.

The blueprints follow this table; a test renders all pages and holds each link
and form against it, so a field that a page sends and nobody reads (or the
other way round) is found.  A field that ends with "*" stands for all names
that begin so (`title-en`, `title-ru`).  `csrf_token` goes with every form.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """`name` for url_for, `rule` for Flask, GET arguments `query`, POST fields `fields` (`posts` when there are none)."""

    name: str
    rule: str
    query: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    gets: bool = True
    posts: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods of the rule."""
        return (("GET",) if self.gets else ()) + (("POST",) if self.posts or self.fields else ())


def _get(name: str, rule: str, *query: str) -> Endpoint:
    return Endpoint(name, rule, query=query)


def _post(name: str, rule: str, *fields: str) -> Endpoint:
    return Endpoint(name, rule, fields=fields, gets=False, posts=True)


def _form(name: str, rule: str, *fields: str, query: tuple[str, ...] = ()) -> Endpoint:
    return Endpoint(name, rule, query=query, fields=fields, posts=True)


NOTE = "/notes/<note>"
VERSION = "/notes/<note>/versions/<language>"
# The fields of a form that takes a file to be enclosed.
ENCLOSED = ("enclosure", "enclosure_title-*", "enclosure_language", "enclosure_origin", "kept_upload")

ENDPOINTS = (
    # The desk.
    _get("desk.index", "/", "w", "v"),
    _get("desk.deadlines", "/deadlines.ics"),
    # Notes.
    _get("notes.index", "/notes", "q", "state", "series", "before", "after"),
    _form(
        "notes.new",
        "/notes/new",
        "kind",
        "series",
        "marking",
        "source_language",
        "title-*",
        "slot-*",
        "number-*",
        "particular-*",
        "text",
        "due",
        *ENCLOSED,
        "parent",
        "relation",
        "concerns",
        "step",
        query=("kind", "parent", "relation"),
    ),
    _get("notes.show", NOTE),
    _form(
        "notes.source",
        NOTE + "/source",
        "revision",
        "title-*",
        "slot-*",
        "number-*",
        "particular-*",
        "paragraph-*",
        "marking",
        "change",
    ),
    _post("notes.release_source", NOTE + "/release", "revision"),
    _post("notes.add_enclosure", NOTE + "/enclosures", "revision", *ENCLOSED),
    _post(
        "notes.add_enclosure_language",
        NOTE + "/enclosures/<int:ordinal>/languages",
        "revision",
        "enclosure",
        "enclosure_*",
        "kept_upload",
    ),
    _post("notes.remove_enclosure", NOTE + "/enclosures/<int:ordinal>/remove", "revision"),
    _form("notes.recipients", NOTE + "/recipients", "revision", "member"),
    _post("notes.waive_addressee", NOTE + "/recipients/<member>/waive", "revision", "reason"),
    _post("notes.assign", VERSION + "/assign", "revision", "translator", "reviewer", "due"),
    _post("notes.send_back", NOTE + "/send-back", "revision", "reason", "paragraph", "language"),
    _post("notes.withdraw", NOTE + "/withdraw", "revision", "reason"),
    _post("notes.dispatch", NOTE + "/dispatch", "revision", "release_at"),
    _post("notes.verify", NOTE + "/verify"),
    _post("notes.remark", NOTE + "/remarks", "revision", "paragraph", "language", "text", "page"),
    _post("notes.reply_remark", NOTE + "/remarks/<remark>/replies", "text", "language", "page"),
    _post("notes.settle_remark", NOTE + "/remarks/<remark>/settle", "language", "page"),
    _post("notes.reopen_remark", NOTE + "/remarks/<remark>/reopen", "language", "page"),
    _get("notes.differences", NOTE + "/differences"),
    _get("notes.log", NOTE + "/log"),
    _get("notes.dossier", NOTE + "/dossier.zip"),
    _get("notes.document", "/documents/<document>"),
    _get("notes.picture", "/documents/<document>/pages/<int:page>.png", "v"),
    # The desks of a language version.
    _get("translation.show", VERSION, "paragraph"),
    _post(
        "translation.save",
        VERSION + "/paragraphs/<int:paragraph>",
        "revision",
        "source_revision",
        "text",
        "decision",
    ),
    _post("translation.submit", VERSION + "/submit", "revision"),
    _get("exchange.download", VERSION + "/exchange/<form>"),
    _form("exchange.load", VERSION + "/exchange", "step", "digest", "file"),
    _get("review.show", VERSION + "/review"),
    _post("review.accept", VERSION + "/accept", "revision"),
    _post("review.return_version", VERSION + "/return", "revision", "reason"),
    _post("review.waive", NOTE + "/findings/<finding>/waive", "revision", "reason"),
    _post("review.take_back", NOTE + "/findings/<finding>/take-back", "revision", "reason"),
    # The memory and the glossary.
    _get("memory.index", "/memory", "q", "language", "other"),
    _get("memory.export", "/memory.tmx", "language", "other"),
    _post("memory.load", "/memory/import", "file", "step", "digest"),
    _get("memory.beside", VERSION + "/paragraphs/<int:paragraph>/beside"),
    _post("memory.ask", VERSION + "/paragraphs/<int:paragraph>/machine"),
    _post("memory.confirm", VERSION + "/paragraphs/<int:paragraph>/machine/confirm"),
    _get("glossary.index", "/glossary", "q", "language"),
    _get("glossary.export", "/glossary.tbx", "edition"),
    _post("glossary.load", "/glossary/import", "file", "step", "digest"),
    _post("glossary.remove", "/glossary/<concept>/remove"),
    # Approval.
    _get("approval.show", NOTE + "/approval", "page"),
    _post("approval.approve", NOTE + "/approve", "revision", "digest", "number", "date", "otp"),
    # Circulation.
    _get("circulation.index", "/circulation"),
    _get("circulation.board", NOTE + "/circulation", "open", "show"),
    _get("circulation.rows", NOTE + "/circulation/rows", "open", "show"),
    _get("circulation.events", NOTE + "/circulation/events"),
    _get("circulation.table", NOTE + "/circulation.csv"),
    _form(
        "circulation.on_behalf",
        NOTE + "/circulation/<member>/on-behalf",
        "revision",
        "name",
        "office",
        "reference",
        "date",
        "channel",
        "reason",
        "evidence",
    ),
    _post("halting.hold", NOTE + "/circulation/hold", "reason"),
    _post("halting.resume", NOTE + "/circulation/resume", "reason"),
    _post("halting.cancel", NOTE + "/circulation/cancel", "reason"),
    _post("halting.retry", NOTE + "/circulation/retry", "reason"),
    _post("halting.reschedule", NOTE + "/circulation/release", "revision", "release_at", "reason"),
    _post("circulation.hold", "/deliveries/<delivery>/hold", "reason"),
    _post("circulation.resume", "/deliveries/<delivery>/resume", "reason"),
    _post("circulation.cancel", "/deliveries/<delivery>/cancel", "reason"),
    _post("circulation.resend", "/deliveries/<delivery>/resend", "reason"),
    _get("circulation.evidence", "/evidence/<file>"),
    _post("circulation.revoke", "/deliveries/<delivery>/revoke-link", "reason"),
    _form(
        "handing.record",
        NOTE + "/circulation/<member>/handover",
        "nonce",
        "way",
        "at",
        "name",
        "office",
        "waybill",
        "words",
        "evidence",
    ),
    _get("handing.delivery_list", NOTE + "/delivery-list.pdf"),
    _get("handing.slips", NOTE + "/covering-slips.pdf", "member"),
    _get("circulation.pack", NOTE + "/evidence.<kind>", "member"),
    _get("circulation.message", "/messages/<message>"),
    _get("trouble.index", "/trouble", "kind"),
    # What follows a dispatch: reminders, silence procedures, corrections.
    _form("reminders.show", NOTE + "/reminders", "to-*", "after-*", "times-*", "form-*"),
    _post("reminders.pause", NOTE + "/reminders/pause", "reason"),
    _post("reminders.resume", NOTE + "/reminders/resume"),
    _post("reminders.settle", NOTE + "/reminders/<member>/settle", "reason"),
    _post("reminder.hold", "/reminders/<message>/hold", "reason"),
    _post("reminder.resume", "/reminders/<message>/resume", "reason"),
    _post("reminder.retry", "/reminders/<message>/retry", "reason"),
    _post("reminder.cancel", "/reminders/<message>/cancel", "reason"),
    _form("silence.show", NOTE + "/silence", "deadline", "zone", "level"),
    _post("silence.extend", NOTE + "/silence/extend", "deadline", "reason"),
    _post(
        "silence.object",
        NOTE + "/silence/objections",
        "member",
        "reference",
        "date",
        "received",
        "file",
        "remark",
    ),
    _post("silence.withdraw", NOTE + "/silence/objections/<objection>/withdraw", "reason"),
    _post("silence.end", NOTE + "/silence/end", "how", "reason"),
    _get("silence.file", NOTE + "/silence/objections/<objection>/file"),
    _get("family.show", NOTE + "/family"),
    # Returned mail that waits for a person.
    _get("returned.index", "/returned", "before"),
    _get("returned.show", "/returned/<message>"),
    _post("returned.settle", "/returned/<message>/settle", "reason"),
    # Register.
    _get(
        "register.index", "/register", "q", "series", "since", "until", "state", "marking", "before", "after"
    ),
    _get("register.journal", "/register/journal", "q", "series", "since", "until", "state", "marking"),
    _get("register.table", "/register.csv", "q", "series", "since", "until", "state", "marking"),
    # Directory.
    _get("directory.index", "/directory", "q"),
    _get("directory.member", "/directory/<member>", "contact"),
    _post(
        "directory.propose",
        "/directory/<member>/propose",
        "revision",
        "contact",
        "office",
        "address",
        "language",
        "role",
        "channel",
        "valid_from",
        "valid_until",
        "reason",
        "document",
        "resend",
    ),
    _post("directory.erase", "/directory/contacts/<contact>/erase", "reason", "papers"),
    _post("directory.release", "/directory/contacts/<contact>/release", "reason"),
    _post("directory.give_up", "/directory/contacts/<contact>/give-up", "reason"),
    _get("directory.table", "/directory.csv"),
    _post("directory.retire", "/directory/contacts/<contact>/retire", "reason"),
    _post("directory.confirm", "/directory/proposals/<proposal>/confirm"),
    _post("directory.reject", "/directory/proposals/<proposal>/reject", "reason"),
    _get("directory.document", "/directory/documents/<document>"),
    _get("certificates.show", "/directory/contacts/<contact>/certificate"),
    _post(
        "certificates.propose",
        "/directory/contacts/<contact>/certificate/propose",
        "certificate",
        "document",
        "reason",
        "other_address",
    ),
    _post("certificates.confirm", "/directory/contacts/<contact>/certificate/confirm", "certificate"),
    _post("certificates.reject", "/directory/contacts/<contact>/certificate/reject", "certificate", "reason"),
    _post("certificates.withdraw", "/directory/contacts/<contact>/certificate/withdraw", "reason"),
    _get("certificates.document", "/directory/contacts/<contact>/certificates/<certificate>/document"),
    _get("certificates.file", "/directory/contacts/<contact>/certificates/<certificate>.pem"),
    _form("directory.load", "/directory/import", "file", "step", "digest"),
    # Audit.
    _get("audit.index", "/audit", "q", "before", "after"),
    _post("audit.verify", "/audit/verify", "anchor"),
    # The electronic seal.
    _get("seal.index", "/seal"),
    # Accounts, deputies, one's own settings.
    _get("accounts.index", "/accounts", "q"),
    _form("accounts.new", "/accounts/new", "name", "address", "password", "role", "language"),
    _form("accounts.show", "/accounts/<account>", "revision", "name", "address", "role", "language"),
    _post("accounts.close", "/accounts/<account>/close", "reason"),
    _post("accounts.reopen", "/accounts/<account>/reopen"),
    _post("accounts.reset_factor", "/accounts/<account>/reset-second-factor", "reason"),
    _post("accounts.make_token", "/accounts/<account>/tokens", "name", "until"),
    _post("accounts.revoke_token", "/accounts/<account>/tokens/<token>/revoke"),
    _form("delegations.index", "/delegations", "principal", "deputy", "action", "since", "until", "reason"),
    _post("delegations.end", "/delegations/<delegation>/end", "reason"),
    _form("settings.show", "/settings", "language", "colours", "keys", "mail"),
    _get("settings.calendar", "/calendar/<token>.ics"),
    _get("settings.language", "/language/<language>", "next"),
    # The embedded post office.
    _get("office.index", "/office"),
    _get("office.mailbox", "/office/<mailbox>", "before"),
    _get("office.message", "/office/<mailbox>/<message>"),
    _get("office.part", "/office/<mailbox>/<message>/<part>"),
    # Pages for a recipient, without an account.
    _get("receipt.show", "/r/<token>", "lang"),
    _post("receipt.download", "/r/<token>/documents/<document>", "nonce", "lang"),
    _post(
        "receipt.acknowledge",
        "/r/<token>/acknowledge",
        "nonce",
        "lang",
        "name",
        "office",
        "reference",
        "date",
        "code",
    ),
    _post("receipt.report", "/r/<token>/report", "nonce", "lang", "kind", "message"),
    _form("address.show", "/a/<token>", "lang", "answer", query=("lang",)),
    _get("receipt.slip", "/r/<token>/slip.pdf", "lang"),
    _form("verification.index", "/verify", "file", query=("lang",)),
    # About.
    _get("about.design", "/about/design"),
    _get("about.keyboard", "/about/keyboard"),
    _get("about.accessibility", "/about/accessibility"),
)

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
