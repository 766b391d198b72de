"""Personal data of a contact erased: nothing names it any more, and the chain and every seal still hold."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select, text

from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.integration.returning import answered, bounced
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from web import packs
from web.cli import main
from web.commands import people as commands
from web.sheets import evidence as drawing
from workflow import audit
from workflow.errors import Conflict, Invalid, NotAllowed
from workflow.models import Contact, Delivery, Event, Note
from workflow.operations import directory, erasing, evidence, pack_log, receipt
from workflow.operations.context import Work
from workflow.proof import check
from workflow.states import DeliveryQueue

ADDRESS, PERSON, SAID = "notes@mfa.kz.example", "Aigul Seitova", "Please write to my colleague Dana"
DECISION = "Decision 7 of the data protection officer"


def of(work: Work) -> Delivery:
    member = directory.find_member(work, "KZ")
    return work.session.scalars(select(Delivery).where(Delivery.member_id == member.id)).one()


@pytest.fixture
def lived(dispatched: Prepared) -> Prepared:
    """A contact that bounced, wrote, and acknowledged; all of it sealed; then it was ended."""
    with dispatched.means.work(dispatched.office.registry) as work:
        row = of(work)
        bounced(work, row)
        answered(work, row, SAID)
        receipt.tell_wrong_recipient(work, row, SAID, "n")
        note = work.session.get_one(Note, dispatched.note_id)
        said = receipt.Acknowledgement(PERSON, "Registry of the Ministry", "12-3/4")
        assert receipt.acknowledge(work, row, said, note.approval.code, "n") is None  # type: ignore[union-attr]
        for other in work.session.scalars(select(Delivery)):
            other.queue = DeliveryQueue.DONE
        directory.retire_contact(
            work, work.session.get_one(Contact, row.contact_id), "The office was closed."
        )
        while audit.seal_evidence(work.session, work.settings.keys.audit, work.now()):
            pass
    return dispatched


def everything(ready: Prepared) -> str:
    """Every row of the database as text, and every file of the store."""
    found = []
    with ready.means.look() as work:
        for table in inspect(work.session.get_bind()).get_table_names():
            rows = work.session.execute(text(f"SELECT * FROM {table}")).all()
            found += [str(tuple(row)) for row in rows]
    for path in ready.means.store.folder.rglob("*"):
        if path.is_file():
            found.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(found)


def erase(ready: Prepared, **more: bool) -> erasing.Erased:
    with ready.means.work(ready.office.administrator) as work:
        return erasing.erase_contact(
            work, work.session.get_one(Contact, of(work).contact_id), DECISION, **more
        )


def test_nothing_names_the_contact_any_more_and_everything_still_verifies(lived: Prepared) -> None:
    before = everything(lived)
    assert ADDRESS in before and "Aigul" in before and "Dana" in before
    with lived.means.look() as work:
        old = packs.make(work, work.session.get_one(Note, lived.note_id), "zip")
        leaves = [audit.leaf(one) for one in work.session.scalars(select(Event).order_by(Event.id)).unique()]
    done = erase(lived)
    assert done.pieces >= 4 and done.files == 2
    after = everything(lived)
    for word in (ADDRESS, "Aigul", "Dana", "Registry of the Ministry"):
        assert word not in after, word
    with lived.means.work() as work:
        assert audit.verify(work.session, work.settings.keys.audit).good
        assert [
            audit.leaf(one) for one in work.session.scalars(select(Event).order_by(Event.id)).unique()
        ] == leaves
        assert evidence.rebuild(work)[1] == 0
        assert of(work).human.value == "acknowledged"
    with lived.means.look() as work:
        new = packs.make(work, work.session.get_one(Note, lived.note_id), "zip")
        verdict = pack_log.compare(work, check.check(new, drawing.draw))
        assert verdict.faults == [] and verdict.erased == done.pieces
        record = verdict.record
        told = [one for one in check.pieces(record) if one["erased"]]
        assert {one["erased"]["decision"] for one in told} == {DECISION}
        assert PERSON not in json.dumps(record, ensure_ascii=False)
        # A pack that was given away before is still whole, and says what was erased since.
        earlier = pack_log.compare(work, check.check(old, drawing.draw))
        assert earlier.faults == [] and any(DECISION in one for one in earlier.notes)


def test_who_may_not_and_what_is_in_use_is_refused(dispatched: Prepared) -> None:
    before = dispatched.office.counts()
    with dispatched.means.look() as work:
        number = of(work).contact_id
    for person, decision, error in (
        ("registry", DECISION, NotAllowed), ("director", DECISION, NotAllowed), ("administrator", " ", Invalid),
        ("administrator", DECISION, Conflict),
    ):  # fmt: skip
        with pytest.raises(error), dispatched.means.work(dispatched.office.actor(person)) as work:
            erasing.erase_contact(work, work.session.get_one(Contact, number), decision)
    assert dispatched.office.counts() == before
    with dispatched.means.work(dispatched.office.registry) as work:
        directory.retire_contact(work, work.session.get_one(Contact, number), "Closed.")
        # What waited for it waits for a person now; only what a worker has in its hand is on its way.
        assert of(work).queue is DeliveryQueue.HELD
        row = of(work)
        with work.session.no_autoflush:
            row.held_as = row.held_reason = None
            row.queue, row.claimed_at, row.claimed_by = DeliveryQueue.CLAIMED, work.now(), "worker"
    with pytest.raises(Conflict, match="on its way"):
        erase(dispatched)


def test_it_is_done_once(lived: Prepared) -> None:
    erase(lived)
    with pytest.raises(Conflict, match="already"):
        erase(lived)


def test_the_page_the_api_and_the_command_line_do_it(
    lived: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lived.means.look() as work:
        number = of(work).contact_id
    api = Api(lived.office)
    path = f"/contacts/{number}/erase"
    assert api.post("registry", path, json={"decision": DECISION}).status_code == 403
    browser = Browser(lived.office)
    assert "Erase the personal data" not in plain(browser.get("registry", "/directory/KZ"))
    assert "Erase the personal data" in plain(browser.get("administrator", "/directory/KZ"))
    monkeypatch.setattr(commands, "means", lambda: lived.means)
    monkeypatch.setattr(commands, "actor", lambda _email: lived.office.administrator)
    done = CliRunner().invoke(main, ["erase", "contact", str(number), "--decision", DECISION, "--as", "x"])
    assert done.exit_code == 0 and "pieces of evidence" in done.output, done.output
    assert f"by decision: {DECISION}" in plain(browser.get("administrator", "/directory/KZ"))
    api.refused(api.post("administrator", path, json={"decision": DECISION}), 409, "erased")
    board = plain(browser.get("registry", "/notes/TTF/1/circulation?open=KZ"))
    assert "erased by decision" in board and ADDRESS not in board
