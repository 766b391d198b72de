"""Corrections: to exactly those who got the first, in one language only, what they end, and who holds what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.office import SOURCE, TRANSLATIONS
from tests.prepared import Prepared
from tests.prepared import dispatched as dispatched
from tests.relay import ScriptedRelay, World
from workflow.errors import Conflict, Gone, Invalid
from workflow.models import Contact, Delivery, Note, ReminderPlan, SilenceOutcome, SilenceProcedure
from workflow.operations import (
    completion,
    composition,
    directory,
    dispatch,
    drafting,
    evidence,
    family,
    ladder,
    lineage,
    receipt,
    recipients,
    sending,
    silence,
    translation,
)
from workflow.operations.submission import Submission
from workflow.states import DeliveryQueue, NoteState, Transport


class Desk:
    """An installation with one dispatched note, and the notes that follow it."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared, self.means, self.clock = prepared, prepared.means, prepared.clock
        self.office, self.note_id = prepared.office, prepared.note_id

    def send(self, note_id: int | None = None) -> World:
        world = World()
        sending.send_note(self.means, note_id or self.note_id, ScriptedRelay(world), "worker")
        return world

    def deliver(self, note_id: int, *codes: str) -> None:
        """Reports say that a note is in the mailboxes of these states."""
        for code in codes:
            with self.means.work() as work:
                member = directory.find_member(work, code)
                for row in work.session.scalars(
                    select(Delivery).where(Delivery.note_id == note_id, Delivery.member_id == member.id)
                ):
                    evidence.record(
                        work, row, "transport", Transport.DELIVERED.value,
                        key=evidence.key_of("test", row.id), at=work.now(), attempt=row.attempts[-1],
                    )  # fmt: skip

    def draft(self, relation: str, parent: str = "TTF/1", **given: Any) -> int:
        with self.means.work(self.office.registry) as work:
            given = {"paragraphs": (SOURCE[1],), **given}
            return drafting.submit(
                work,
                Submission(
                    given.pop("titles", {"en": "A correction"}),
                    kind="note_verbale",
                    parent=parent,
                    relation=relation,
                    **given,
                ),
            ).id

    def dispatched(self, relation: str, parent: str = "TTF/1", **given: Any) -> int:
        """A following note on its whole way, with its versions translated."""
        note_id = self.approved(relation, parent, **given)
        self.office.do("director", dispatch.dispatch, note_id, None)
        return note_id

    def approved(self, relation: str, parent: str = "TTF/1", **given: Any) -> int:
        """A following note that the director has approved."""
        note_id = self.draft(relation, parent, **given)
        self.translate(note_id)
        self.office.approved(note_id)
        return note_id

    def translate(self, note_id: int) -> None:
        """Brings a draft so far that the director may approve it."""
        office = self.office
        with self.means.work(office.registry) as work:
            note = work.session.get_one(Note, note_id)
            drafting.release_source(work, note, None)
            for version in note.versions:
                if not version.is_source:
                    who = "translator" if version.language == "ru" else "kazakh_translator"
                    translation.assign(
                        work, note, None, version.language,
                        translators=[office.ids[who]], reviewer=office.ids["reviewer"],
                    )  # fmt: skip
        for language, texts_ in TRANSLATIONS.items():
            with self.means.look() as work:
                note = work.session.get_one(Note, note_id)
                if language not in {one.language for one in note.versions if not one.is_source}:
                    continue
                (paragraph,) = [one.id for one in note.paragraphs]
            person = "translator" if language == "ru" else "kazakh_translator"
            office.do(person, translation.save_paragraph, note_id, language, paragraph, texts_[1], 0)
            office.do(person, translation.submit_version, note_id, language)
            office.do("reviewer", translation.accept_version, note_id, language)
        self.waive(note_id)
        if office.state(note_id) is NoteState.DRAFT:
            office.do("registry", completion.complete_if_ready, note_id)

    def waive(self, note_id: int) -> None:
        with self.means.work(self.office.second_registry) as work:
            note = work.session.get_one(Note, note_id)
            for one in composition.concordance_of(work, note):
                if one.waiver is None and one.finding.severity == "error":
                    completion.waive_finding(work, note, one.digest, "It is right so.")

    def contacts(self, note_id: int) -> set[str]:
        with self.means.look() as work:
            found = recipients.of(work, work.session.get_one(Note, note_id), work.today())
            return {one.address or "" for one in found}

    def token(self, address: str, note_id: int | None = None) -> str:
        with self.means.look() as work:
            row = work.session.scalars(
                select(Delivery).where(
                    Delivery.address == address, Delivery.note_id == (note_id or self.note_id)
                )
            ).one()
            return dispatch.link_token(work, row.message_id, row.link_serial)


@pytest.fixture
def desk(dispatched: Prepared) -> Desk:
    return Desk(dispatched)


FOUR = {f"notes@mfa.{code}.example" for code in ("cn", "kz", "mn", "tj")}


def test_a_correction_goes_to_those_who_got_the_first_and_to_changed_contacts(desk: Desk) -> None:
    desk.send()
    # A second office that never got the note is none of its receivers.
    desk.office.contact("CN", "another@mfa.cn.example")
    # The address of Mongolia was replaced, twice.
    for address, new in (
        ("notes@mfa.mn.example", "new@mfa.mn.example"),
        ("new@mfa.mn.example", "newest@mfa.mn.example"),
    ):
        with desk.means.look() as work:
            old = work.session.scalars(select(Contact.id).where(Contact.address == address)).one()
        desk.office.contact("MN", new, replaces=old)
    # Tajikistan's contact is gone, and another one came without naming it.
    with desk.means.work(desk.office.registry) as work:
        gone = work.session.scalars(select(Contact).where(Contact.address == "notes@mfa.tj.example")).one()
        directory.retire_contact(work, gone, "The office was closed.")
    desk.office.contact("TJ", "protocol@mfa.tj.example")
    corrigendum = desk.draft("corrigendum")
    assert desk.contacts(corrigendum) == {
        "notes@mfa.cn.example",
        "notes@mfa.kz.example",
        "newest@mfa.mn.example",
        "protocol@mfa.tj.example",
    }


def test_an_alternative_contact_that_got_the_note_gets_its_correction_too(desk: Desk) -> None:
    from workflow.operations import reminding

    desk.office.contact("KZ", "minister@mfa.kz.example", role="escalation")
    desk.office.contact("MN", "minister@mfa.mn.example", role="escalation")
    desk.office.do("registry", ladder.set_reminders, desk.note_id, [{"to": ["escalation"], "after": 1}])
    desk.send()
    with desk.means.work() as work:
        note = work.session.get_one(Note, desk.note_id)
        assert note.approval is not None
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.mn.example")).one()
        said = receipt.Acknowledgement("Registrar", "Registry")
        assert receipt.acknowledge(work, row, said, note.approval.code, "nonce") is None
    desk.clock.pass_(days=3)
    with desk.means.work() as work:
        reminding.sweep(work)
    desk.send()
    assert desk.contacts(desk.draft("addendum")) == FOUR | {"minister@mfa.kz.example"}


def test_a_corrigendum_of_one_language_exists_in_it_and_goes_to_its_contacts(desk: Desk) -> None:
    with desk.means.look() as work:
        old = work.session.scalars(select(Contact.id).where(Contact.address == "notes@mfa.kz.example")).one()
    desk.send()
    with desk.means.work() as work:
        # The contact of Kazakhstan got the note in Russian.
        for table in (Delivery, Contact):
            for row in work.session.scalars(select(table).where(table.address == "notes@mfa.kz.example")):
                row.language = "ru"
    assert old
    title = {"ru": "Исправление"}
    note_id = desk.dispatched("corrigendum", concerns="ru", titles=title, paragraphs=[TRANSLATIONS["ru"][1]])
    with desk.means.look() as work:
        note = work.session.get_one(Note, note_id)
        assert note.symbol == "TTF/1/Corr.1" and note.concerns == "ru" and note.source_language == "ru"
        assert [one.language for one in note.versions] == ["ru"]
        rows = work.session.scalars(select(Delivery).where(Delivery.note_id == note_id)).all()
        assert [row.address for row in rows] == ["notes@mfa.kz.example"]
        assert {item["language"] for item in rows[0].documents} == {"ru"}
        # Only Kazakhstan is asked to hold it.
        found = family.family_of(work, note)
        states = {one.member.code: one for one in family.holdings(work, found)}
        assert [one.note.symbol for one in states["KZ"].items] == ["TTF/1", "TTF/1/Corr.1"]
        assert states["KZ"].current == "no" and states["CN"].current == "on_its_way"
    desk.deliver(desk.note_id, "KZ", "CN")
    (taken,) = desk.send(note_id).taken
    with desk.means.look() as work:
        # A correction is known by its digests as every message is.
        rows = work.session.scalars(select(Delivery).where(Delivery.note_id == note_id)).all()
        assert [one.message and one.message["size"] for row in rows for one in row.attempts] == [
            len(taken.data)
        ]
    desk.deliver(note_id, "KZ")
    with desk.means.look() as work:
        found = family.family_of(work, work.session.get_one(Note, desk.note_id))
        assert [one.symbol for one in found.holds] == ["TTF/1", "TTF/1/Corr.1"]
        states = {one.member.code: one.current for one in family.holdings(work, found)}
        assert states == {"KZ": "yes", "CN": "yes", "MN": "on_its_way", "TJ": "on_its_way"}


def test_where_nobody_or_no_language_is_concerned_it_is_refused(desk: Desk) -> None:
    for given, sentence in (
        ({"relation": "addendum", "concerns": "ru"}, "Only a corrigendum"),
        ({"relation": "corrigendum", "concerns": "fr"}, "not in “fr”"),
        # All contacts of the test's states read English.
        ({"relation": "corrigendum", "concerns": "kk", "titles": {"kk": "Түзету"}}, "Nobody would get"),
        ({"relation": "comment"}, "A note follows another as"),
    ):
        with pytest.raises(Invalid, match=sentence):
            desk.draft(**given)


def test_a_withdrawal_notice_ends_links_reminders_and_silence(desk: Desk) -> None:
    desk.office.do("registry", ladder.set_reminders, desk.note_id, [{"to": ["to"], "after": 7}])
    with desk.means.work(desk.office.registry) as work:
        held = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.tj.example")).one()
        held.queue, held.held_reason = DeliveryQueue.HELD, "The mission is moving."
    desk.send()
    desk.office.do("registry", silence.start, desk.note_id, desk.clock() + timedelta(days=14))
    token = desk.token("notes@mfa.kz.example")
    with desk.means.look() as work:
        assert receipt.open_link(work, token)
    notice = desk.dispatched("withdrawal_notice")
    with desk.means.look() as work:
        with pytest.raises(Gone, match="was withdrawn by note TTF/2 of"):
            receipt.open_link(work, token)
        plan = work.session.get_one(ReminderPlan, desk.note_id)
        assert plan.ended_by_id == notice and plan.next_at is None
        assert work.session.scalars(select(SilenceProcedure)).one().outcome is SilenceOutcome.CANCELLED
        row = work.session.get_one(Delivery, held.id)
        assert row.queue is DeliveryQueue.DONE and row.cancelled_at is not None
        # What was never sent to a state is not withdrawn from it either: it hears nothing of it.
        got = work.session.scalars(select(Delivery.address).where(Delivery.note_id == notice)).all()
        found = family.family_of(work, work.session.get_one(Note, desk.note_id))
        assert found.withdrawn_by is not None and found.holds == ()
        assert set(got) == FOUR - {"notes@mfa.tj.example"}
    with pytest.raises(Conflict, match="was withdrawn by"):
        desk.draft("corrigendum")
    with pytest.raises(Conflict, match="taken the place"):
        desk.office.do("registry", ladder.set_reminders, desk.note_id, [])


def test_a_withdrawal_that_goes_out_later_ends_the_links_then(desk: Desk) -> None:
    desk.send()
    token = desk.token("notes@mfa.cn.example")
    with desk.means.work() as work:
        row = work.session.scalars(select(Delivery).where(Delivery.address == "notes@mfa.cn.example")).one()
        row.link_revoked_at = work.now() + timedelta(hours=2)
    with desk.means.look() as work:
        assert receipt.open_link(work, token)
    desk.clock.pass_(hours=2)
    from workflow.errors import NotFound

    with desk.means.look() as work, pytest.raises(NotFound):
        receipt.open_link(work, token)


def test_a_revision_is_the_current_version_and_old_links_say_so(desk: Desk) -> None:
    desk.send()
    corrigendum = desk.dispatched("corrigendum")
    revision = desk.dispatched("revision")
    later = desk.dispatched("addendum", "TTF/1/Rev.1")
    with desk.means.look() as work:
        first = work.session.get_one(Note, desk.note_id)
        names = [one.symbol for one in lineage.successors_of(work, first)]
        assert names == ["TTF/1/Corr.1", "TTF/1/Rev.1", "TTF/1/Rev.1/Add.1"]
        for note_id in (desk.note_id, corrigendum, revision, later):
            found = family.family_of(work, work.session.get_one(Note, note_id))
            assert found.root.id == desk.note_id
            assert [one.symbol for one in found.holds] == ["TTF/1/Rev.1", "TTF/1/Rev.1/Add.1"]
        made = work.session.get_one(Note, revision)
        assert made.particulars["related"][0]["link"] == "replaces"
        assert "Replaces note TTF/1" in composition.text_of(work, made, "en").replace("\u00a0", " ")


def test_the_migration_keeps_what_concerns_a_language(desk: Desk) -> None:
    from workflow import schema

    database = desk.means.database
    schema.downgrade(database, "0004")
    schema.upgrade(database)
    assert schema.differences(database) == []


def test_a_withdrawal_that_is_put_off_leaves_the_links_until_it_goes_out(desk: Desk) -> None:
    from workflow.errors import NotFound, Refusal
    from workflow.operations import halting

    desk.send()
    token = desk.token("notes@mfa.cn.example")
    note_id = desk.approved("withdrawal_notice")
    at = desk.clock() + timedelta(hours=2)
    desk.office.do("director", dispatch.dispatch, note_id, None, at)
    desk.office.do(
        "director", halting.reschedule, note_id, None, at + timedelta(hours=3), "The minister asks."
    )
    desk.clock.pass_(hours=4)
    with desk.means.look() as work:
        assert receipt.open_link(work, token)
        # It is not out yet, so nobody is told of it.
        assert lineage.successors_of(work, work.session.get_one(Note, desk.note_id)) == []
    desk.clock.pass_(hours=1)
    with desk.means.look() as work, pytest.raises((Gone, NotFound)) as refused:
        receipt.open_link(work, token)
    assert isinstance(refused.value, Refusal) and refused.value.status == 410


def test_where_the_profile_says_so_everybody_gets_a_corrigendum_of_one_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from workflow.letters import profile as profiles

    profile = profiles.load(desk.means.settings.profile)
    rule = replace(profile.follow_up, one_language="everyone")
    changed = replace(profile, follow_up=rule)
    monkeypatch.setattr(profiles, "load", lambda name: changed)
    desk.send()
    note_id = desk.draft("corrigendum", concerns="ru", titles={"ru": "Исправление"})
    assert desk.contacts(note_id) == FOUR
    with desk.means.look() as work:
        assert [one.language for one in work.session.get_one(Note, note_id).versions] == ["ru"]
