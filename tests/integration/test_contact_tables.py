"""The directory as a table: brought in with a second person, taken out, and brought in again without a change."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html
from sqlalchemy import select

from tests.conftest import SetClock
from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.office import Office
from web.cli import main
from web.commands import people
from workflow.errors import Invalid
from workflow.means import Means
from workflow.models import Contact
from workflow.models.directory import ContactState
from workflow.operations import directory, exporting, importing
from workflow.tables import reading, workbook, writing

HEAD = "member,address,office,role,language,channel,source,valid_from,valid_until\n"


def tables(means: Means) -> list[bytes]:
    """The directory as both kinds of file."""
    with means.look() as work:
        rows = list(exporting.contacts(work))
    return [
        writing.csv_file(exporting.COLUMNS, rows),
        workbook.written("contacts", exporting.COLUMNS, rows),
        writing.csv_file(exporting.COLUMNS, rows).decode("utf-8-sig").encode("utf-16"),
    ]


def bring(office: Office, data: bytes | str, **given: Any) -> importing.Outcome:
    with office.means.work(office.registry) as work:
        return importing.import_contacts(work, data.encode() if isinstance(data, str) else data, **given)


def test_taken_out_and_brought_in_it_is_the_same(office: Office, means: Means, clock: SetClock) -> None:
    office.contact("CN", "=desk@mfa.cn.example", office="'=Desk", role="cc", language="ru")
    office.contact("BD", "-4 Harbour Road", channel="courier", office="+880 Chancery", source="@note")
    office.contact("MN", "почта@mfa.mn.example", channel="link_only", valid_until=clock().date())
    before = office.counts()
    for data in tables(means):
        found = bring(office, data)
        assert (found.new, found.changed, found.known) == (0, 0, 7), found
        assert not found.missing and not found.ignored
    assert office.counts() == before


def test_what_differs_is_proposed_as_a_change_and_confirmed_by_another(office: Office, means: Means) -> None:
    text = HEAD + (
        "kz,Notes@mfa.KZ.example,Protocol,,ru,,Note 5,,2030-01-31\n"
        "KZ,second@mfa.kz.example,,cc,,link_only,Note 5,,\n"
    )
    tried = bring(office, text, dry_run=True)
    assert (tried.new, tried.changed, tried.known) == (1, 1, 0)
    before = office.counts()
    bring(office, text, dry_run=True)
    assert office.counts() == before
    done = bring(office, text.replace("Notes@", "notes@"))
    assert [(one.number, one.what, one.changed) for one in done.lines] == [
        (2, "changed", ("office", "language", "valid_until")), (3, "new", ()),
    ]  # fmt: skip
    # The same file again says the same and proposes nothing twice; who else is there stays.
    again = bring(office, text.replace("Notes@", "notes@"))
    assert (again.new, again.changed, again.known) == (0, 0, 2)
    assert bring(office, HEAD + "KZ,third@mfa.kz.example,,to,en,mail,Note 5,,\n", dry_run=True).missing == (
        "KZ notes@mfa.kz.example",
    )
    with means.work(office.second_registry) as work:
        for row in work.session.scalars(select(Contact).where(Contact.state == ContactState.PROPOSED)):
            directory.confirm_contact(work, row)
    with means.look() as work:
        now = {one.address: one for one in work.session.scalars(select(Contact).where(Contact.state == ContactState.CONFIRMED))}  # fmt: skip
        assert (now["notes@mfa.kz.example"].office, now["notes@mfa.kz.example"].language) == (
            "Protocol",
            "ru",
        )
        assert str(now["notes@mfa.kz.example"].valid_until) == "2030-01-31"
        assert now["notes@mfa.kz.example"].role.value == "to"


def test_every_fault_has_its_line_and_nothing_is_half_written(office: Office) -> None:
    before = office.counts()
    with pytest.raises(Invalid) as refused:
        bring(
            office,
            HEAD
            + "KZ,good@mfa.kz.example,,to,en,mail,Note 1,,\n"
            + "XX,a@b.example,,to,en,mail,Note 1,,\n"
            + "KZ,registry@secretariat.example,,to,en,mail,Note 1,,\n"
            + 'KZ,"a@b.example\n c",,to,en,mail,Note 1,,\n'
            + "KZ,GOOD@mfa.kz.example,,to,ru,mail,Note 1,,\n"
            + "MN,x@b.example,,bcc,en,mail,Note 1,,\n"
            + "MN,y@b.example,,to,en,mail,,,\n"
            + "MN,z@b.example,,to,en,mail,Note 1,31.01.2030,\n"
            + "MN,w@b.example,,to,en,fax,Note 1,,\n",
        )
    said = [str(one) for one in refused.value.details]
    assert [one.partition(":")[0] for one in said] == [f"Line {n}" for n in (3, 4, 6, 7, 8, 9, 10, 11)]
    assert "named in line 2 already" in said[3] and "secretariat itself" in said[1]
    assert office.counts() == before


def test_five_thousand_lines_are_read_within_a_transaction_that_is_short(office: Office) -> None:
    lines = "".join(f"KZ,office{n}@mfa.kz.example,Office {n},cc,en,mail,Note 1,,\n" for n in range(5_000))
    found = bring(office, HEAD + lines, dry_run=True)
    assert (found.new, len(found.lines)) == (5_000, 5_000)
    with pytest.raises(Invalid, match="more than 5000 lines"):
        bring(office, HEAD + lines + "KZ,one@mfa.kz.example,,to,en,mail,Note 1,,\n", dry_run=True)


def test_the_page_shows_what_would_come_in_and_keeps_no_table(office: Office, means: Means) -> None:
    browser = Browser(office)
    path = "/directory/import"
    text = (HEAD + "KZ,notes@mfa.kz.example,Protocol,to,ru,mail,Note 5,,\nKZ,new@mfa.kz.example,,to,ru,mail,Note 5,,\n").encode("utf-16")  # fmt: skip
    tried = browser.post(
        "registry", path, path, 200, step="check", file=(BytesIO(text), "c.csv"),
        document=(BytesIO(b"%PDF-1.7 note"), "note.pdf"),
    )  # fmt: skip
    tree = html.fromstring(tried.text)
    rows = [[cell.text_content() for cell in row] for row in tree.xpath("//table/tbody/tr")]
    assert rows == [
        ["2", "KZ", "notes@mfa.kz.example", "Changed: Office, Language"],
        ["3", "KZ", "new@mfa.kz.example", "New"],
    ]
    assert "Import 2 contacts" in plain(tried)
    digest = tree.xpath("//input[@name='digest']/@value")[0]
    told = browser.told("registry", browser.post("registry", path, path, step="write", digest=digest))
    assert "2 contacts wait for a second person" in told
    refused = browser.post("registry", path, path, 409, step="write", digest=digest)
    assert "brought in already" in plain(refused)
    with means.look() as work:
        rows = work.session.scalars(select(Contact).where(Contact.state == ContactState.PROPOSED)).all()
        assert {work.store.get(row.source_file or "") for row in rows} == {b"%PDF-1.7 note"}
        kept = [one.read_bytes() for one in work.store.folder.rglob("*") if one.is_file()]
        assert not any(text in one for one in kept)
    words = plain(browser.get("second_registry", "/directory"))
    assert "Office: none" not in words and "Language: English Русский" in words
    bad = browser.post("registry", path, path, 422, step="check", file=(BytesIO(b"member\n"), "c.csv"))
    assert "lacks the columns" in plain(bad)
    bad = browser.post(
        "registry", path, path, 422, step="check", file=(BytesIO(text), "c.csv"),
        document=(BytesIO(b"no scan"), "note.pdf"),
    )  # fmt: skip
    assert "not a PDF" in plain(bad)


def test_the_api_and_the_command_line_take_and_give_both_kinds(
    office: Office, means: Means, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(office)
    for kind, media in (("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")):  # fmt: skip
        given = api.get("registry", f"/contacts/export?format={kind}")
        assert given.mimetype == media
        assert len(reading.read(given.data, importing.CONTACT_COLUMNS, 10).lines) == 4
        sent = api.post(
            "registry", "/contacts/import", data={"file": (BytesIO(given.data), f"c.{kind}"), "dry_run": "true"},
            content_type="multipart/form-data",
        )  # fmt: skip
        assert (sent.status_code, sent.get_json()["known"]) == (200, 4)
    text = HEAD + "KZ,new@mfa.kz.example,,to,ru,mail,Note 5,,\n"
    sent = api.post(
        "registry", "/contacts/import", content_type="multipart/form-data",
        data={"file": (BytesIO(text.encode()), "c.csv"), "document": (BytesIO(b"%PDF-1.7 n"), "n.pdf")},
    )  # fmt: skip
    assert sent.get_json()["lines"] == [
        {"number": 2, "member": "KZ", "address": "new@mfa.kz.example", "what": "new", "changed": []}
    ]
    api.refused(
        api.post("director", "/contacts/import", content_type="multipart/form-data", data={"file": (BytesIO(text.encode()), "c.csv")}),
        403, "wrong-role",
    )  # fmt: skip
    wrong = api.post(
        "registry", "/contacts/import", content_type="multipart/form-data",
        data={"file": (BytesIO(text.replace("KZ", "XX").encode()), "c.csv")},
    )  # fmt: skip
    api.refused(wrong, 422, "import-faults")
    monkeypatch.setattr(people, "means", lambda: means)
    monkeypatch.setattr(people, "actor", office.actor)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, [*words])
        assert done.exit_code == code, done.output
        return done.output

    for kind in ("csv", "xlsx"):
        file = tmp_path / f"contacts.{kind}"
        run("export", "contacts", "--format", kind, "--out", str(file))
        assert "0 contacts would be brought in, 5 were there" in run(
            "import", "contacts", str(file), "--dry-run", "--as", "registry"
        )
    file = tmp_path / "one.csv"
    file.write_text(HEAD.strip() + ",fax\nKZ,notes@mfa.kz.example,Legal,to,en,mail,Note 6,,,1\n", "utf-8")
    told = run("import", "contacts", str(file), "--as", "registry")
    assert "line 2  KZ  notes@mfa.kz.example  changed: office" in told
    assert "stays as it is" not in told and "without a meaning here: fax" in told
    assert "0 contacts brought in, 1 proposed as changes, 0 were there already." in told
