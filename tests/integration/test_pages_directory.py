"""The directory's pages: addresses proposed, checked by another person, imported after a trial."""

from __future__ import annotations

from io import BytesIO

from lxml import html
from sqlalchemy import select

from tests.integration.browser import Browser, plain
from tests.integration.browser import pages as pages
from tests.integration.browser import sent as sent
from tests.prepared import Prepared
from workflow.models import Contact

STAMPED = b"%PDF-1.7 a note verbale"
NEW = {
    "revision": "0",
    "address": "Legal@MFA.MN.example",
    "office": "Legal",
    "role": "cc",
    "language": "en",
    "channel": "link",
    "reason": "Note verbale 17",
}


def test_an_address_is_proposed_with_its_document_and_confirmed_by_another(
    pages: Browser, sent: Prepared
) -> None:
    path = "/directory/MN/propose"
    refused = pages.post("registry", path, "/directory/MN", 422, **NEW)
    assert "Add the document" in plain(refused)
    tree = html.fromstring(refused.text)
    assert tree.xpath("//input[@name='address']/@value") == ["Legal@MFA.MN.example"]
    assert tree.xpath("//select[@name='role']/option[@selected]/@value") == ["cc"]
    wrong = pages.post(
        "registry",
        path,
        "/directory/MN",
        422,
        **{**NEW, "address": "legal at mfa"},
        document=(BytesIO(STAMPED), "n.pdf"),
    )
    assert html.fromstring(wrong.text).xpath("//input[@name='address'][@aria-invalid]/@value") == [
        "legal at mfa"
    ]
    told = pages.told(
        "registry", pages.post("registry", path, "/directory/MN", **NEW, document=(BytesIO(STAMPED), "n.pdf"))
    )
    assert "waits for a second person" in told and "You proposed it" in told
    with sent.means.look() as work:
        contact = work.session.scalars(select(Contact).where(Contact.address.contains("Legal@"))).one()
        assert contact.state.value == "proposed" and contact.channel.value == "link_only"
    own = pages.post("registry", f"/directory/proposals/{contact.id}/confirm", "/directory/MN", 403)
    assert "somebody else has to confirm it" in plain(own)
    document = pages.get("second_registry", f"/directory/documents/{contact.id}")
    assert document.data == STAMPED and document.headers["Content-Disposition"].startswith("attachment")
    assert "Legal@mfa.mn.example" in plain(pages.get("second_registry", "/directory"))
    told = pages.told(
        "second_registry",
        pages.post("second_registry", f"/directory/proposals/{contact.id}/confirm", "/directory"),
    )
    assert "is in force" in told and "Legal@mfa.mn.example confirmed" in told
    pages.post("second_registry", f"/directory/proposals/{contact.id}/confirm", "/directory/MN", 409)
    told = pages.told(
        "registry",
        pages.post("registry", f"/directory/contacts/{contact.id}/retire", "/directory/MN", reason="Closed."),
    )
    assert "“Closed.”" in told and "Ended" in told
    pages.post("administrator", path, "/directory/import", 403, **NEW)


def test_a_proposal_is_rejected_with_a_reason_and_never_in_force(pages: Browser, sent: Prepared) -> None:
    pages.post(
        "registry", "/directory/MN/propose", "/directory/MN", **NEW, document=(BytesIO(STAMPED), "n.pdf")
    )
    with sent.means.look() as work:
        key = work.session.scalars(select(Contact.id).where(Contact.address.contains("Legal@"))).one()
    path = f"/directory/proposals/{key}/reject"
    assert "Give the reason" in plain(pages.post("second_registry", path, "/directory", 422, reason=""))
    told = pages.told(
        "second_registry",
        pages.post("second_registry", path, "/directory", reason="Not on their letterhead."),
    )
    assert "is rejected" in told and "Rejected" in told and "“Not on their letterhead.”" in told
    pages.post("second_registry", path, "/directory/MN", 409, reason="Again.")
    with sent.means.look() as work:
        contact = work.session.get_one(Contact, key)
        assert contact.state.value == "retired" and contact.confirmed_by is None


def test_an_import_is_tried_first_and_writes_exactly_what_was_tried(pages: Browser, sent: Prepared) -> None:
    head = "member,address,office,role,language,channel,source\n"
    before = sent.office.counts()
    faulty = head + "MN,legal@mfa.mn.example,Legal,to,en,mail,Note 1\nXX,a@b.example,,to,en,mail,Note 2\n"
    answer = pages.post(
        "registry",
        "/directory/import",
        "/directory/import",
        422,
        step="check",
        file=(BytesIO(faulty.encode()), "c.csv"),
    )
    assert "There is no member “XX”" in plain(answer) and "Trial of c.csv" in plain(answer)
    good = (
        head + "MN,legal@mfa.mn.example,Legal,to,en,mail,Note 1\nMN,notes@mfa.mn.example,,to,en,mail,Note 2\n"
    )
    answer = pages.post(
        "registry",
        "/directory/import",
        "/directory/import",
        200,
        step="check",
        file=(BytesIO(good.encode()), "c.csv"),
    )
    assert sent.office.counts() == before
    tree = html.fromstring(answer.text)
    assert "Import 1 contact" in plain(answer) and "Office New" not in plain(answer)
    digest = tree.xpath("//input[@name='digest']/@value")[0]
    forged = pages.post(
        "registry", "/directory/import", "/directory/import", 422, step="write", digest=digest[:-1]
    )
    assert "Try the file first" in plain(forged)
    told = pages.told(
        "registry",
        pages.post("registry", "/directory/import", "/directory/import", step="write", digest=digest),
    )
    assert "1 contact waits for a second person" in told
    again = pages.post("registry", "/directory/import", "/directory/import", 409, step="write", digest=digest)
    assert "brought in already" in plain(again)
    assert "Choose a CSV or XLSX file" in plain(
        pages.post("registry", "/directory/import", "/directory/import", 422, step="check")
    )
    refused = pages.post(
        "administrator",
        "/directory/import",
        "/directory/import",
        403,
        step="check",
        file=(BytesIO(good.encode()), "c.csv"),
    )
    assert "Only the registry" in plain(refused)
