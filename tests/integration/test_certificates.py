"""Contacts' certificates: proposed with their document, confirmed by another person, by page, API and command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from lxml import html
from sqlalchemy import select, text

from tests.desk import Desk
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.browser import pages as pages
from tests.integration.browser import sent as sent
from tests.integration.test_smime import BEGIN, KEYS, KZ, contact, give, make, offer
from tests.post import post_office
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import World
from web.cli import main
from web.commands import certificates as commands
from web.doctor import mail as doctor_mail
from workflow import config, schema
from workflow.errors import Conflict, InputRefused, Invalid, NotAllowed, NotFound
from workflow.models import AuditEntry, Contact, ContactCertificate
from workflow.operations import address_checks, address_mail, certificates, directory, erasing, trouble
from workflow.post import certificate as read
from workflow.post import office as posts
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue

STAMPED = b"%PDF-1.7 a note verbale"


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    return Desk(dispatched, World())


def signed(
    name: str, address: str, issuer: tuple[x509.Name, Any] | None = None, **given: Any
) -> tuple[Any, Any]:
    """A certificate and its key, signed by an authority where one is given; `purpose` limits its use."""
    key = KEYS["rsa"]()
    own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    above, with_key = issuer or (own, key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(given.get("serial", 0xC0FFEE))
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + timedelta(days=given.get("days", 365)))
        .add_extension(x509.BasicConstraints(ca=not address, path_length=None), critical=True)
    )
    if address:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False
        )
    if "purpose" in given:
        builder = builder.add_extension(x509.ExtendedKeyUsage([given["purpose"]]), critical=False)
    return builder.sign(with_key, SHA256()), key


@pytest.fixture(scope="module")
def family() -> tuple[x509.Certificate, x509.Certificate, x509.Certificate]:
    """A contact's certificate, the authority that issued it, and the root."""
    root, root_key = signed("Root of Trust", "")
    middle, middle_key = signed("Ministry Authority", "", (root.subject, root_key))
    leaf, _ = signed("Protocol", KZ, (middle.subject, middle_key))
    return leaf, middle, root


FORMS: dict[str, Callable[[list[x509.Certificate]], bytes]] = {
    "pem": lambda family: family[0].public_bytes(Encoding.PEM),
    "der": lambda family: family[0].public_bytes(Encoding.DER),
    "pem chain": lambda family: b"".join(one.public_bytes(Encoding.PEM) for one in reversed(family)),
    "pkcs7 der": lambda family: pkcs7.serialize_certificates(family[::-1], Encoding.DER),
    "pkcs7 pem": lambda family: pkcs7.serialize_certificates(family, Encoding.PEM),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_certificate_is_found_in_every_form_with_its_chain(form: str, family: Any) -> None:
    offered = read.recipient(FORMS[form](list(family)))
    assert offered.certificate == family[0]
    assert list(offered.chain) == (list(family[1:]) if "chain" in form or "pkcs7" in form else [])
    assert read.load_chain(read.as_pem(*offered.chain)) == list(offered.chain)


def test_two_that_fit_are_for_a_person_to_choose_and_a_signing_one_beside_it_is_not(tmp_path: Path) -> None:
    one, two = (make(tmp_path, name, KZ)[0].read_bytes() for name in ("One", "Two"))
    with pytest.raises(InputRefused, match="2 certificates"):
        read.recipient(one + two)
    signing = make(tmp_path, "Signing", KZ, usage=False)[0].read_bytes()
    assert read.name(read.recipient(signing + one).certificate) == "CN=One"


def test_a_certificate_of_a_web_server_is_none_for_mail() -> None:
    server, _ = signed("www", KZ, purpose=x509.ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(InputRefused, match="not for encrypting mail"):
        read.recipient(server.public_bytes(Encoding.PEM))
    mail, _ = signed("mail", KZ, purpose=x509.ExtendedKeyUsageOID.EMAIL_PROTECTION)
    assert read.usages(read.recipient(mail.public_bytes(Encoding.DER)).certificate) == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 50,
        b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
        b"-----BEGIN CERTIFICATE-----\n" + b"A" * 200_000,
        b"\x30\x82\xff\xff" + b"\x30" * 500,
        "сертификат".encode(),
    ],
)
def test_other_files_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(InputRefused, match="no certificate") as refused:
        read.recipient(data)
    assert refused.value.exit_code == 3


def test_nothing_is_encrypted_before_a_second_person_has_confirmed(desk: Desk, tmp_path: Path) -> None:
    data = make(tmp_path, "KZ", KZ)[0].read_bytes()
    identity = offer(desk, KZ, data)
    with pytest.raises(Conflict, match="waits for a second person"):
        offer(desk, KZ, make(tmp_path, "Another", KZ)[0].read_bytes())
    for person, refusal in (("registry", "You proposed"), ("director", "Only the registry|may not|registry")):
        with pytest.raises(NotAllowed, match=refusal), desk.means.work(desk.office.actor(person)) as work:
            certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
    assert desk.run().accepted == 4
    (taken,) = desk.world.to(KZ)
    assert taken.mail.get_content_type() == "multipart/mixed"
    with desk.means.work(desk.office.second_registry) as work:
        row = certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
        with pytest.raises(Conflict, match="does not wait"):
            certificates.reject(work, row, "Too late.")
    with pytest.raises(Conflict, match="has this certificate already"):
        offer(desk, KZ, data)


def test_the_one_before_is_used_until_its_successor_is_confirmed(desk: Desk, tmp_path: Path) -> None:
    give(desk, KZ, make(tmp_path, "Old", KZ)[0].read_bytes())
    identity = offer(desk, KZ, make(tmp_path, "New", KZ)[0].read_bytes())

    def standing() -> list[str]:
        with desk.means.look() as work:
            return [one.subject for one in certificates.standing(work, contact(desk, KZ))]

    assert standing() == ["CN=Old"]
    with desk.means.work(desk.office.second_registry) as work:
        certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
    assert standing() == ["CN=New"]
    third = offer(desk, KZ, make(tmp_path, "Third", KZ)[0].read_bytes())
    with desk.means.work(desk.office.registry) as work:  # Its proposer takes it back.
        certificates.reject(work, work.session.get_one(ContactCertificate, third), "The wrong file.")
    assert standing() == ["CN=New"]
    with desk.means.look() as work:
        rows = certificates.of_contact(work, contact(desk, KZ))
        assert [certificates.state_of(one) for one in rows] == ["rejected", "in_force", "ended"]
        assert rows[0].end_reason == "The wrong file."


def test_one_that_names_another_address_is_taken_only_where_that_is_said(desk: Desk, tmp_path: Path) -> None:
    data = make(tmp_path, "Ministry", "protocol@ministry.kz.example")[0].read_bytes()
    with pytest.raises(Invalid, match=r"does not name notes@mfa\.kz\.example, but protocol@ministry"):
        offer(desk, KZ, data)
    identity = offer(desk, KZ, data, other_address=True)
    with desk.means.work(desk.office.second_registry) as work:
        row = certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
        assert row.other_address
    desk.run()
    assert desk.world.to(KZ)[0].mail.get_content_type() == "application/pkcs7-mime"


def test_a_proposal_that_ended_meanwhile_is_not_confirmed(desk: Desk, tmp_path: Path) -> None:
    identity = offer(desk, KZ, make(tmp_path, "KZ", KZ, days=132)[0].read_bytes())
    desk.clock.pass_(days=3)
    with pytest.raises(Invalid, match="not now"), desk.means.work(desk.office.second_registry) as work:
        certificates.confirm(work, work.session.get_one(ContactCertificate, identity))


def test_mail_leaves_in_the_clear_after_its_end_where_the_settings_say_so(desk: Desk, tmp_path: Path) -> None:
    give(desk, KZ, make(tmp_path, "KZ", KZ, days=132)[0].read_bytes())
    desk.clock.pass_(days=2)
    with desk.means.look() as work:
        (line,) = [one for one in trouble.of(work) if one.kind == "expiring"]
        assert line.sentence.endswith("nothing can be sent there.")
    settings = config.load(**{**desk.means.settings.model_dump(exclude={"keys"}), "smime_unusable": "plain"})
    desk.means = replace(desk.means, settings=settings)
    with desk.means.look() as work:
        (line,) = [one for one in trouble.of(work) if one.kind == "expiring"]
        assert line.sentence.endswith("mail leaves without encryption.")
    assert desk.run().accepted == 4
    assert desk.world.to(KZ)[0].mail.get_content_type() == "multipart/mixed"
    assert desk.delivery(KZ).queue is DeliveryQueue.DONE


def test_a_retired_contact_and_one_by_hand_take_none(desk: Desk, tmp_path: Path) -> None:
    data = make(tmp_path, "KZ", KZ)[0].read_bytes()
    identity = offer(desk, KZ, data)
    with desk.means.work(desk.office.registry) as work:
        directory.retire_contact(work, work.session.get_one(Contact, contact(desk, KZ)), "Closed.")
    with pytest.raises(Conflict, match="retired"):
        offer(desk, KZ, data)
    with pytest.raises(Conflict, match="retired"), desk.means.work(desk.office.second_registry) as work:
        certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
    with desk.means.look() as work:
        assert certificates.all_waiting(work) == []
    place = desk.office.contact("KZ", "Embassy, Beibitshilik Street 1", channel="courier")
    with pytest.raises(Conflict, match="Nothing is mailed"), desk.means.work(desk.office.registry) as work:
        certificates.propose(work, work.session.get_one(Contact, place), data, "Note 1")


def test_erasing_a_contact_erases_its_certificates_too(desk: Desk, tmp_path: Path) -> None:
    with desk.means.work() as work:
        kept = work.store.put(STAMPED)
    offer(desk, KZ, make(tmp_path, "KZ", KZ)[0].read_bytes(), source_file=kept)
    desk.run()
    with desk.means.work(desk.office.registry) as work:
        directory.retire_contact(work, work.session.get_one(Contact, contact(desk, KZ)), "Closed.")
    number = contact(desk, KZ)
    with desk.means.work(desk.office.administrator) as work:
        erasing.erase_contact(work, work.session.get_one(Contact, number), "Decision 7")
    with desk.means.look() as work:
        (row,) = certificates.of_contact(work, number)
        assert (row.pem, row.subject, row.source_file) == ("", "", None) and len(row.digest) == 64
        assert not work.store.has(kept)
    shown = plain(Browser(desk.office).get("registry", f"/directory/contacts/{number}/certificate"))
    assert "Certificates of before" in shown


def test_the_migration_keeps_what_stands_and_ends_what_waits(desk: Desk, tmp_path: Path) -> None:
    give(desk, KZ, make(tmp_path, "KZ", KZ)[0].read_bytes())
    other = "notes@mfa.mn.example"
    offer(desk, other, make(tmp_path, "MN", other)[0].read_bytes())
    database = desk.means.database
    schema.downgrade(database, "0011")
    with database.reading() as session:
        rows = session.execute(
            text("SELECT subject, ended_at IS NULL FROM contact_certificates ORDER BY id")
        ).all()
    assert [(subject, bool(stands)) for subject, stands in rows] == [("CN=KZ", True), ("CN=MN", False)]
    schema.upgrade(database)
    assert schema.differences(database) == []
    with desk.means.look() as work:
        (row,) = certificates.standing(work, contact(desk, KZ))
        assert row.confirmed_by is None and row.confirmed_at == row.added_at
        assert certificates.standing(work, contact(desk, other)) == []


def test_by_page(pages: Browser, sent: Prepared, tmp_path: Path, family: Any) -> None:
    desk = Desk(sent, World())
    number = contact(desk, KZ)
    page = f"/directory/contacts/{number}/certificate"
    leaf = family[0]
    assert "Encrypt its mail" in plain(pages.get("registry", "/directory/KZ"))
    assert "is not encrypted" in plain(pages.get("registry", page))
    pages.get("translator", page, 403)

    def given(data: bytes, **more: Any) -> dict[str, Any]:
        return {
            "certificate": (BytesIO(data), "kz.p7b"),
            "document": (BytesIO(STAMPED), "note.pdf"),
            "reason": "Note verbale 12",
            **more,
        }

    before = sent.office.counts()
    refused = pages.post("registry", f"{page}/propose", page, 422, **given(b"nothing"))
    assert "no certificate" in plain(refused)
    tree = html.fromstring(refused.text)
    assert tree.xpath("//textarea[@name='reason']")[0].text.strip() == "Note verbale 12"
    assert tree.xpath("//input[@name='certificate'][@aria-invalid]")
    assert not tree.xpath("//input[@name='other_address']")
    stranger = make(tmp_path, "Other", "someone@mfa.tj.example")[0].read_bytes()
    asked = pages.post("registry", f"{page}/propose", page, 422, **given(stranger))
    assert "does not name notes@mfa.kz.example" in plain(asked)
    assert html.fromstring(asked.text).xpath("//input[@name='other_address']")
    missing = {**given(leaf.public_bytes(Encoding.DER)), "document": (BytesIO(b""), "")}
    assert "Add the document" in plain(pages.post("registry", f"{page}/propose", page, 422, **missing))
    assert sent.office.counts() == before

    bundle = FORMS["pkcs7 der"](list(family))
    told = pages.told("registry", pages.post("registry", f"{page}/propose", page, **given(bundle)))
    for words in (
        "waits for a second person",
        "CN=Protocol",
        "CN=Ministry Authority",
        "c0ffee",
        "not limited",
    ):
        assert words in told, words
    assert "You proposed it" in told and "Confirm the certificate" not in told
    with sent.means.look() as work:
        (row,) = certificates.of_contact(work, number)
    pages.post("registry", f"{page}/confirm", page, 403, certificate=str(row.id))
    assert "Check a certificate" in plain(pages.get("second_registry", "/"))
    assert "Check a certificate" not in plain(pages.get("registry", "/"))
    paper = pages.get("second_registry", f"/directory/contacts/{number}/certificates/{row.id}/document")
    assert paper.data == STAMPED and paper.headers["Content-Disposition"].startswith("attachment")
    pages.post("second_registry", f"{page}/confirm", page, 404, certificate="999")
    told = pages.told(
        "second_registry", pages.post("second_registry", f"{page}/confirm", page, certificate=str(row.id))
    )
    assert "is encrypted from now on" in told and "In force" in told
    file = pages.get("registry", f"/directory/contacts/{number}/certificates/{row.id}.pem")
    assert x509.load_pem_x509_certificates(file.data) == list(family)
    member = plain(pages.get("registry", "/directory/KZ"))
    assert "the certificate ends on 2027-01-01" in member and "in force" in member
    pages.post("registry", f"{page}/withdraw", page, 422, reason=" ")
    told = pages.told(
        "registry", pages.post("registry", f"{page}/withdraw", page, reason="The key was lost.")
    )
    assert "no longer encrypted" in told and "“The key was lost.”" in told
    with sent.means.look() as work:
        actions = [one.action for one in work.session.query(AuditEntry) if "certificate" in one.action]
    assert actions == ["propose_certificate", "confirm_certificate", "withdraw_certificate"]


def test_the_desk_and_the_page_warn_of_the_end(pages: Browser, sent: Prepared, tmp_path: Path) -> None:
    desk = Desk(sent, World())
    give(desk, KZ, make(tmp_path, "KZ", KZ, days=140)[0].read_bytes())
    page = f"/directory/contacts/{contact(desk, KZ)}/certificate"
    assert "Ask for a new certificate" in plain(pages.get("registry", "/"))
    assert "The certificate ends soon" in plain(pages.get("registry", page))
    sent.clock.pass_(days=10)
    assert "has ended" in plain(pages.get("registry", "/"))
    assert "Nothing can be sent to this contact" in plain(pages.get("registry", page))


def test_by_the_api(sent: Prepared, tmp_path: Path) -> None:
    api, desk = Api(sent.office), Desk(sent, World())
    path = f"/contacts/{contact(desk, KZ)}/certificates"
    data = make(tmp_path, "KZ", KZ)[0].read_bytes()
    assert api.good("registry", "GET", path) == {"items": []}

    def ask(person: str, given: bytes = data, key: str = "", **more: Any) -> Any:
        form = {
            "file": (BytesIO(given), "kz.cer"),
            "document": (BytesIO(STAMPED), "note.pdf"),
            "source": "Note verbale 12 of the mission",
            **more,
        }
        headers = {"Idempotency-Key": key} if key else {}
        return api.post(person, path, data=form, content_type="multipart/form-data", headers=headers)

    api.refused(ask("registry", b"x"), 422, "certificate-unreadable")
    assert ask("director").status_code == 403
    made = ask("registry", key="once").get_json()
    assert made["state"] == "proposed" and made["not_after"].startswith("2027-01-01")
    assert made["usages"] == ["digital_signature", "content_commitment", "key_encipherment", "key_cert_sign"]
    assert ask("registry", key="once").get_json()["id"] == made["id"]
    api.refused(ask("registry"), 409, "certificate-waiting")
    one = f"{path}/{made['id']}"
    api.refused(api.post("registry", f"{one}/confirm"), 403, "four-eyes")
    api.refused(api.post("second_registry", f"{path}/99/confirm"), 404, "no-such-certificate")
    assert api.good("second_registry", "POST", f"{one}/confirm")["state"] == "in_force"
    api.refused(api.post("registry", f"{one}/reject", json={"reason": "Late."}), 409, "certificate-state")
    ended = api.good("registry", "POST", f"{path}/withdraw", json={"reason": "Lost."})
    assert [(item["state"], item["end_reason"]) for item in ended["items"]] == [("ended", "Lost.")]
    api.refused(api.post("registry", f"{path}/withdraw", json={"reason": "Lost."}), 404, "no-certificate")


def test_by_the_command_line(sent: Prepared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk = Desk(sent, World())
    number = str(contact(desk, KZ))
    monkeypatch.setattr(commands, "means", lambda: sent.means)
    monkeypatch.setattr(commands, "actor", sent.office.actor)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["certificate", *words])
        assert done.exit_code == code, done.output
        return done.output

    file = str(make(tmp_path, "KZ", KZ)[0])
    (tmp_path / "junk").write_bytes(b"junk")
    assert "no certificate" in run(
        "add", number, str(tmp_path / "junk"), "--as", "registry", "--source", "N 12", code=3
    )
    run("add", number, str(tmp_path / "absent"), "--as", "registry", "--source", "N 12", code=2)
    told = run("add", number, file, "--as", "registry", "--source", "N 12", "--document", file)
    assert "waits for a second person" in told and "SHA-256" in told
    identity = told.split()[1]
    assert "somebody else" in run("confirm", number, identity, "--as", "registry", code=1)
    assert "is encrypted for CN=KZ, until 2027-01-01" in run(
        "confirm", number, identity, "--as", "second_registry"
    )
    assert f"{identity}: in force" in run("list", number)
    assert "no longer encrypted" in run("withdraw", number, "--as", "registry", "--reason", "Lost.")
    with pytest.raises(NotFound), sent.means.look() as work:
        certificates.find(work, work.session.get_one(Contact, int(number)), 99)


def test_the_doctor_tells_of_certificates_that_end_without_addresses(
    sent: Prepared, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = Desk(sent, World())
    give(desk, KZ, make(tmp_path, "KZ", KZ, days=140)[0].read_bytes())
    other = "notes@mfa.mn.example"
    offer(desk, other, make(tmp_path, "MN", other)[0].read_bytes())
    monkeypatch.setattr(doctor_mail.Means, "of", lambda settings: sent.means)
    monkeypatch.setattr(sent.means.database, "close", lambda: None)

    def told() -> list[tuple[str, str]]:
        return [(one.state, one.sentence) for one in doctor_mail.contact_certificates(sent.means.settings)]

    (ending, waiting) = told()
    assert ending[0] == "note" and "(KZ) ends on 2026-05-21" in ending[1] and "@" not in ending[1]
    assert waiting[0] == "note" and "1 wait for a second person" in waiting[1]
    sent.clock.pass_(days=30)
    assert ("fault", "ended on 2026-05-21, so mail to it is held") in [
        (state, words.split(") ")[-1].partition(". ")[0]) for state, words in told()
    ]


def test_the_contact_is_told_of_its_certificate_and_its_objection_comes_to_the_desk(
    sent: Prepared, tmp_path: Path
) -> None:
    settings = sent.means.settings.model_copy(update={"address_check": "changes"})
    asking = replace(sent.means, settings=settings)
    office = sent.office
    office.means = asking
    with asking.look() as work:
        number = work.session.scalars(select(Contact.id).where(Contact.address == KZ)).one()
    data = make(tmp_path, "KZ", KZ)[0].read_bytes()
    with asking.work(office.registry) as work:
        row = certificates.propose(work, work.session.get_one(Contact, number), data, "Note 12")
        identity, digest = row.id, row.digest
    with asking.work(office.second_registry) as work:
        certificates.confirm(work, work.session.get_one(ContactCertificate, identity))
    folder = tmp_path / "post"
    with post_office(folder, "") as port, Relay(f"smtp://127.0.0.1:{port}?starttls=off") as relay:
        assert address_mail.send_due(asking, relay).sent == 1
    (mail,) = posts.messages(folder, KZ)
    written = message_from_bytes(posts.raw(folder, KZ, mail.key), policy=default).get_content()
    assert " ".join(digest[at : at + 4] for at in range(0, 32, 4)) in written and KZ in written
    browser = Browser(office)
    with asking.look() as work:
        check = address_checks.check_of_certificate(work, work.session.get_one(ContactCertificate, identity))
        assert check is not None
        link = f"/a/{address_checks.link_token(work, check.message_id)}?lang=en"
    assert f"/a/{link.split('/')[2].partition('?')[0]}" in written
    before = office.counts()
    assert "Is this certificate yours?" in plain(browser.get(None, link))
    assert office.counts() == before
    answer = {"csrf_token": browser.token(None, link), "answer": "object", "lang": "en"}
    assert browser.client(None).post(link, data=answer).status_code == 303
    assert "Settle a certificate" in plain(browser.get("registry", "/"))
    page = f"/directory/contacts/{number}/certificate"
    assert "The contact objects to this certificate" in plain(browser.get("second_registry", page))
    refused = browser.post("registry", f"{page}/keep", page, 403, certificate=str(identity), reason="Sure.")
    assert "somebody else" in plain(refused)
    told = browser.told(
        "second_registry",
        browser.post(
            "second_registry", f"{page}/keep", page, certificate=str(identity), reason="They called."
        ),
    )
    assert "stays" in told and "objected, and it was settled" in told
    with asking.look() as work:
        assert not address_checks.in_trouble(work)
    api = Api(office)
    api.refused(
        api.post("second_registry", f"/contacts/{number}/certificates/{identity}/keep", json={"reason": "x"}),
        409, "certificate-undisputed",
    )  # fmt: skip
